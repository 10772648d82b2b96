#pragma once

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <saem/base/error.hpp>
#include <utility>

namespace saem {

/// Throws an `E` whose text is `op: message`, formatted as by {fmt}. Never inlined: error paths
/// stay out of the way.
template <class E, class... Args>
[[noreturn, gnu::noinline, gnu::cold]] void raise(const char* op, fmt::format_string<Args...> text,
                                                  Args&&... args) {
  throw E(fmt::format("{}: {}", op, fmt::format(text, std::forward<Args>(args)...)));
}

}  // namespace saem
