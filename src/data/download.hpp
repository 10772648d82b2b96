#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <saem/base/error.hpp>
#include <string>
#include <vector>

namespace saem::data {

/// A file as its makers published it.
struct PublishedFile {
  const char* name;
  const char* sha256;
  std::int64_t size;
};

struct DownloadOptions {
  int attempts = 4;  ///< for each address
  std::chrono::milliseconds first_pause{
      500};  ///< before the second attempt; twice as long each time
  std::chrono::seconds connect_timeout{15};
  std::chrono::seconds stall_timeout{30};  ///< without one byte
  std::FILE* progress = stderr;            ///< null shows nothing
};

/// No address gave the file. `what()` has one line for each address: `ADDRESS: reason`.
class DownloadError : public DataError {
 public:
  using DataError::DataError;
};

/// Makes `target` the published file: goes on with what an interrupted download left, tries every
/// address with growing pauses, and gives `target` its name only when size and SHA-256 are right
/// and the bytes are on the disk. Processes and threads that want the same target wait for each
/// other; if it is good by then, nothing is downloaded.
///
/// @param op         the function that the user called; names the errors
/// @param file       what is wanted
/// @param addresses  whole URLs, tried in order
/// @param target     where it goes; its folder is made
/// @throws DownloadError if no address gives it; DataError if it cannot be kept: no space, no
/// permission
void download(const char* op, const PublishedFile& file, const std::vector<std::string>& addresses,
              const std::string& target, const DownloadOptions& options = {});

}  // namespace saem::data
