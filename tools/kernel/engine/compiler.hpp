#pragma once

#include <clang/Frontend/CompilerInstance.h>

#include <memory>
#include <string>
#include <vector>

namespace saem_kernel {

/// What decides how cells are compiled. Whatever a precompiled header must agree on is in here.
struct CompilerOptions {
  std::vector<std::string> include_directories;
  std::vector<std::string> includes;   // headers that every cell sees, in order
  std::vector<std::string> arguments;  // further compiler arguments (-D..., -std=...)
  std::string resource_directory;      // clang's own headers
  std::string optimization = "2";
};

/// A compiler instance for incremental C++20. With an empty `precompiled_header` the headers of
/// `options.includes` are read as text.
/// @throws std::runtime_error if the arguments make no sense to clang
std::unique_ptr<clang::CompilerInstance> create_compiler(const CompilerOptions& options,
                                                         const std::string& precompiled_header);

/// Writes the precompiled form of `options.includes` to `path`, atomically: a reader sees the old
/// file or the new one.
/// @throws std::runtime_error with clang's messages if a header does not compile
void make_precompiled_header(const CompilerOptions& options, const std::string& path);

/// True if `path` was made of just the headers of `options`. Whether those headers, the compiler
/// and its options are still the same is checked by clang while it reads the file.
bool precompiled_header_fits(const CompilerOptions& options, const std::string& path);

}  // namespace saem_kernel
