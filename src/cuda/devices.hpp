#pragma once

#include <mutex>

#include "cuda/runtime.hpp"

namespace saem::cuda {

/// Pinned host memory through which bytes travel: the GPU copies from and to nothing else without
/// making the host wait. Two pieces, so that one is filled while the other is on its way.
struct Staging {
  static constexpr std::size_t kPiece = std::size_t{4} << 20;

  std::mutex mutex;
  std::byte* pieces[2] = {};
  cudaEvent_t done[2] = {};  ///< the piece may be filled again
};

/// What the backend keeps of one GPU.
struct GpuState : Gpu {
  Finding* host_finding = nullptr;  ///< the same memory as `finding`, as the host addresses it
  Staging staging;
};

/// The state of GPU `index`, made when the backend started.
GpuState& state_of(int index);

/// The calling thread's kernels run on GPU `index`. @throws DeviceError if the GPU was lost
void enter(int index);
bool is_lost();

/// Gives the library an allocator for GPU `index`.
void install_allocator(int index);

/// Generated from ops.list.
void register_generated_kernels();

}  // namespace saem::cuda
