// Finds and loads the CUDA backend, a library of its own: machines without a GPU need nothing of
// it, and machines with one need no other build.
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <saem/version.hpp>
#include <string>
#include <vector>

#include "core/backend.hpp"
#include "core/registry.hpp"

namespace saem {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libsaem_cuda.so";

/// The text of dlopen's last failure.
std::string last_failure() {
  const char* text = dlerror();
  return text == nullptr ? "unknown" : text;
}

/// The file that holds this code: libsaem.so, or a program that saem is linked into.
fs::path own_file() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&load_cuda_backend), &info) == 0) return {};
  std::error_code ignored;
  return fs::canonical(info.dli_fname, ignored);
}

std::vector<fs::path> candidates() {
  if (const char* named = std::getenv("SAEM_CUDA_LIBRARY"); named != nullptr && *named != '\0') {
    return {named};
  }
  const fs::path folder = own_file().parent_path();
  return {folder / kLibrary,                        // beside libsaem.so: installed
          folder / ".." / "src" / kLibrary,         // a program in the build tree
          folder / ".." / ".." / "src" / kLibrary,  // one a level deeper
          folder / ".." / "lib" / kLibrary};        // an installed, statically linked program
}

/// cuBLASLt lies where the toolkit or NVIDIA's Python wheels put it, which the system's loader need
/// not know. Loaded once by full path, it is found by the backend under its name.
void preload(const char* name) {
  if (dlopen(name, RTLD_NOW | RTLD_GLOBAL) != nullptr) return;
  std::vector<fs::path> folders;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
    if (const char* home = std::getenv(variable)) folders.push_back(fs::path(home) / "lib64");
  }
  folders.emplace_back("/usr/local/cuda/lib64");
  if (const char* environment = std::getenv("VIRTUAL_ENV")) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(fs::path(environment) / "lib", ignored)) {
      folders.push_back(entry.path() / "site-packages/nvidia/cu13/lib");
    }
  }
  for (const fs::path& folder : folders) {
    if (dlopen((folder / name).c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return;
  }
}

/// Lets the backend see this library's symbols where this library was itself loaded privately, as a
/// Python extension or a notebook engine may do.
void show_own_symbols() { dlopen(own_file().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL); }

}  // namespace

LoadedBackend load_cuda_backend() {
  if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return {false,
            "there is no GPU to use: no NVIDIA driver is installed (libcuda.so.1 is not found)"};
  }
  fs::path file;
  for (const fs::path& candidate : candidates()) {
    std::error_code ignored;
    if (fs::exists(candidate, ignored)) {
      file = candidate;
      break;
    }
  }
  if (file.empty()) {
    return {false, fmt::format("this build has no GPU backend ({} is not found): configure with "
                               "-DSAEM_CUDA=ON on a machine with a CUDA 13 toolkit",
                               kLibrary)};
  }
  show_own_symbols();
  preload("libcublasLt.so.13");
  return load_backend_file(file.string());
}

LoadedBackend load_backend_file(const std::string& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return {false, fmt::format("the GPU backend cannot be loaded: {}; a missing CUDA library comes "
                               "with the toolkit, or say where it is in LD_LIBRARY_PATH",
                               last_failure())};
  }
  using VersionFunction = const char* (*)();
  using StartFunction = bool (*)(std::string*);
  const auto version =
      reinterpret_cast<VersionFunction>(dlsym(library, "saem_cuda_backend_version"));
  const auto start = reinterpret_cast<StartFunction>(dlsym(library, "saem_cuda_backend_start"));
  if (version == nullptr || start == nullptr) {
    return {false, fmt::format("{} is not saem's GPU backend", file)};
  }
  if (std::string_view(version()) != saem::version()) {
    return {false, fmt::format("{} is of saem {}, this is saem {}; build both together", file,
                               version(), saem::version())};
  }
  LoadedBackend result;
  result.loaded = start(&result.explain);
  return result;
}

}  // namespace saem
