#pragma once

namespace saem::testing {

/// While it lives, ops of this thread are not compared with the CPU: for tests that measure, or
/// compare with something else.
class PauseCrossCheck {
 public:
  PauseCrossCheck();
  ~PauseCrossCheck();
  PauseCrossCheck(const PauseCrossCheck&) = delete;
  PauseCrossCheck& operator=(const PauseCrossCheck&) = delete;
};

}  // namespace saem::testing
