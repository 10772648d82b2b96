#pragma once

#include <saem/base/error.hpp>
#include <string>
#include <utility>

#ifdef __CUDACC__

namespace saem {

/// As below, for names alone: nvcc's front end stumbles over {fmt}'s consteval.
template <class E, class... Names>
[[noreturn, gnu::noinline, gnu::cold]] void raise(const char* op, std::string text,
                                                  const Names&... names) {
  (text.replace(text.find("{}"), 2, names), ...);
  throw E(std::string(op) + ": " + text);
}

}  // namespace saem

#else

#include <fmt/format.h>
#include <fmt/ostream.h>

namespace saem {

/// Throws an `E` whose text is `op: message`, formatted as by {fmt}. Never inlined: error paths
/// stay out of the way.
template <class E, class... Args>
[[noreturn, gnu::noinline, gnu::cold]] void raise(const char* op, fmt::format_string<Args...> text,
                                                  Args&&... args) {
  throw E(fmt::format("{}: {}", op, fmt::format(text, std::forward<Args>(args)...)));
}

}  // namespace saem

#endif  // __CUDACC__
