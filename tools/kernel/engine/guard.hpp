#pragma once

#include <functional>
#include <string>

#include "jit.hpp"

namespace saem_kernel {

/// How the run of a cell ended.
struct Outcome {
  enum class Kind { kDone, kException, kCrash, kExit, kInterrupt };
  Kind kind = Kind::kDone;
  std::string name;  // saem::ShapeError, Segmentation fault, ...
  std::string message;
};

/// Prepares the process for code that may do anything: an alternate stack, signal handlers, the
/// terminate handler, and the cells' own exit() and abort().
/// Call once, from the thread that will run cells.
void install_guard(Jit& jit);

/// Call when a cell begins: an interrupt from here on, also while it is compiled, is meant for it.
void forget_interrupts();

/// Runs `entry` and comes back, whatever it does. Frames that a crash leaves behind are not
/// unwound: what they own is lost, and a lock they hold stays held. If the memory allocator itself
/// was left locked there is no way on, and the process ends with kUnrecoverable.
Outcome run_guarded(Jit::Entry entry);

inline constexpr int kUnrecoverable = 70;

}  // namespace saem_kernel
