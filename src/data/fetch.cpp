#include "data/fetch.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/message.hpp"
#include "data/sha256.hpp"

namespace saem::data {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// The XDG base directory specification: a relative XDG_CACHE_HOME does not count.
std::string cache_folder() {
  const std::string cache = environment("XDG_CACHE_HOME");
  if (fs::path(cache).is_absolute()) return (fs::path(cache) / "saem/datasets").string();
  std::string home = environment("HOME");
  if (home.empty()) {
    const ::passwd* user = ::getpwuid(::getuid());
    if (user != nullptr && user->pw_dir != nullptr) home = user->pw_dir;
  }
  return home.empty() ? "" : (fs::path(home) / ".cache/saem/datasets").string();
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::string in_folder(const std::string& place, const DatasetSource& source, const char* name) {
  return place.empty() ? "" : (fs::path(place) / source.folder / name).string();
}

/// The file as published, or unpacked.
std::string find_in(const std::string& place, const DatasetSource& source,
                    const PublishedFile& file) {
  const std::string path = in_folder(place, source, file.name);
  if (path.empty() || is_file(path)) return path;
  if (path.ends_with(".gz")) {
    const std::string unpacked = path.substr(0, path.size() - 3);
    if (is_file(unpacked)) return unpacked;
  }
  return "";
}

std::string find_in_cache(const std::string& place, const DatasetSource& source,
                          const PublishedFile& file) {
  const std::string path = in_folder(place, source, file.name);
  return is_file(path) ? path : "";
}

std::string shown(const std::string& place, const DatasetSource& source, const char* if_empty) {
  return place.empty() ? if_empty : (fs::path(place) / source.folder).string();
}

std::vector<std::string> addresses_of(const DatasetSource& source, const PublishedFile& file,
                                      const Places& places) {
  std::vector<std::string> addresses;
  if (!places.address.empty()) {
    const char* slash = places.address.ends_with('/') ? "" : "/";
    addresses.push_back(places.address + slash + source.folder + "/" + file.name);
    return addresses;
  }
  for (const char* address : source.addresses)
    addresses.push_back(std::string(address) + file.name);
  return addresses;
}

std::string indented(const std::string& lines) {
  std::string text = "    ";
  for (const char c : lines) {
    text += c;
    if (c == '\n') text += "    ";
  }
  return text;
}

}  // namespace

Places Places::from_environment() {
  return {.data = environment("SAEM_DATA"),
          .cache = cache_folder(),
          .system = "/usr/share/datasets",
          .address = environment("SAEM_DATASETS_URL")};
}

std::string cures_for(const DatasetSource& source) {
  std::string text;
  if (source.package != nullptr) text = fmt::format("apt install {}; or ", source.package);
  return text +
         fmt::format(
             "put its {} files into a folder {} and set SAEM_DATA to the folder above it; or "
             "connect to the network, through a mirror by setting SAEM_DATASETS_URL",
             source.files.size(), source.folder);
}

FoundFile fetch_file(const DatasetSource& source, const PublishedFile& file, const Places& places,
                     const DownloadOptions& options) {
  if (std::string path = find_in(places.data, source, file); !path.empty()) {
    return {path, fmt::format("replace it, or remove it from SAEM_DATA ({}) so that saem looks "
                              "elsewhere",
                              places.data)};
  }
  const std::string cached = find_in_cache(places.cache, source, file);
  bool is_damaged = false;
  if (!cached.empty()) {
    is_damaged = sha256_of_file(source.op, cached) != file.sha256;
    if (!is_damaged) return {cached, fmt::format("remove {}", cached)};
  }
  if (std::string path = find_in(places.system, source, file); !path.empty()) {
    return {path, source.package != nullptr
                      ? fmt::format("apt install --reinstall {}", source.package)
                      : fmt::format("reinstall what brought {}", places.system)};
  }
  if (places.cache.empty()) {
    raise<DataError>(source.op,
                     "{} is on this machine nowhere, and there is no folder to download "
                     "it to: neither XDG_CACHE_HOME nor HOME is set; set one, or: {}",
                     file.name, cures_for(source));
  }
  const std::string target = in_folder(places.cache, source, file.name);
  try {
    // A damaged file stays until the good one takes its place: without network nothing gets worse.
    download(source.op, file, addresses_of(source, file, places), target, options);
  } catch (const DownloadError& failure) {
    raise<DataError>(
        source.op,
        "{} {}, and could not be downloaded\n  looked in:\n    {}\n    {}{}\n    {}\n  tried:\n{}\n"
        "  cure: {}",
        file.name, is_damaged ? "is damaged in the cache" : "is on this machine nowhere",
        shown(places.data, source, "$SAEM_DATA (not set)"), shown(places.cache, source, ""),
        is_damaged ? " (damaged: its SHA-256 is not the official one)" : "",
        shown(places.system, source, ""), indented(failure.what()), cures_for(source));
  }
  return {target, fmt::format("remove {}", target)};
}

std::string find_file(const DatasetSource& source, const PublishedFile& file,
                      const Places& places) {
  for (std::string path :
       {find_in(places.data, source, file), find_in_cache(places.cache, source, file),
        find_in(places.system, source, file)}) {
    if (!path.empty()) return path;
  }
  return "";
}

}  // namespace saem::data
