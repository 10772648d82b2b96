#pragma once

#include <vector>

#include "jit.hpp"

namespace saem_kernel {

/// An object of an earlier cell that the running cell replaces.
struct Release {
  unsigned mark = 0;       // reached when what replaces it is complete
  void* object = nullptr;  // destroyed then
};

/// What cells call to say how far they have come.
inline constexpr const char* kReachedFunction = "saem_kernel_reached";

/// Gives cells `kReachedFunction`, and takes note of the destructor of each of their variables.
/// The process ends without these destructors: they may need what is gone by then.
void install_lifetime(Jit& jit);

/// Call before a cell runs. Objects without a destructor are left alone.
void begin_progress(std::vector<Release> releases);

/// The last mark that the cell has reached; 0: none.
unsigned progress();

}  // namespace saem_kernel
