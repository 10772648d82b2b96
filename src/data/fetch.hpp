#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/download.hpp"

namespace saem::data {

/// A data set as its makers published it.
struct DatasetSource {
  const char* op;       ///< the function that loads it; names the errors
  const char* folder;   ///< its name in every place
  const char* package;  ///< the Debian package that brings it, or null
  std::span<const char* const>
      addresses;  ///< folders on the network, tried in order, ending in "/"
  std::span<const PublishedFile> files;
};

/// The places where data sets lie on this machine; an empty one is not looked at.
struct Places {
  std::string data;     ///< the user's own folder of data sets
  std::string cache;    ///< what saem downloaded
  std::string system;   ///< what packages installed
  std::string address;  ///< where to download from instead of the official addresses

  /// $SAEM_DATA, the cache folder by the XDG rules, /usr/share/datasets, $SAEM_DATASETS_URL.
  static Places from_environment();
};

/// A file on this machine.
struct FoundFile {
  std::string path;
  std::string cure;  ///< what to do if it turns out to be damaged
};

/// Where `file` of `source` lies: in `places`, in their order, downloaded into the cache if it is
/// in none. What lies in the cache is checked by its SHA-256 first and fetched again if that is
/// wrong.
/// @throws DataError with every place and every cure if it cannot be had
FoundFile fetch_file(const DatasetSource& source, const PublishedFile& file, const Places& places,
                     const DownloadOptions& options = {});

/// The path of `file` if it lies in one of `places`; else empty. Reads no contents.
std::string find_file(const DatasetSource& source, const PublishedFile& file, const Places& places);

/// The ways to get `source` onto this machine, joined by "; ".
std::string cures_for(const DatasetSource& source);

}  // namespace saem::data
