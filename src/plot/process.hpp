#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace saem::plot {

struct ProcessResult {
  int exit_code = 0;  ///< 128 + n if signal n ended it, as in a shell
  bool timed_out = false;
  std::string output;
  std::string errors;
};

/// Where `program` lies in $PATH; empty if it does not.
std::string find_program(const std::string& program);

/// Runs `command` (no shell), gives it `input` and collects what it writes. After `limit` the
/// program and what it started are killed. Safe in several threads at once; raises no SIGPIPE.
/// @throws Error if it cannot be started
ProcessResult run_process(const std::vector<std::string>& command, std::string_view input,
                          std::chrono::milliseconds limit);

}  // namespace saem::plot
