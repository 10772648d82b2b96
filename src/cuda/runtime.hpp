#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <saem/core/op.hpp>

/// What every kernel file of the GPU backend uses: which GPU, its stream, memory, errors.
namespace saem::cuda {

/// What a kernel found wrong while it ran, in memory that host and GPU share. The first finding is
/// kept; the host reads it at the next synchronisation and throws it there.
struct Finding {
  enum Kind : std::uint32_t { kIndex, kLabel, kZeroDivisor };

  std::uint32_t complete;  ///< 1 once the rest is written
  Kind kind;
  std::uint32_t* claim;  ///< in the GPU's memory, where threads can settle who writes
  const char* op;        ///< the host's pointer, handed through
  std::int64_t value;
  std::int64_t position;  ///< of the value in its tensor, counted in row-major order
  std::int64_t limit;     ///< one more than the largest value that is allowed
};

/// One GPU. All work of all threads goes to its one stream in the order in which it was started, so
/// a block of memory that is freed may be used again at once by what is started later.
struct Gpu {
  int index = 0;
  cudaStream_t stream = nullptr;
  int multiprocessors = 0;
  int shared_memory_per_block = 0;  ///< bytes, the most that a kernel may opt in to
  bool overlaps_launches = false;   ///< whether a kernel may start before the one before has ended
  Finding* finding = nullptr;       ///< as the GPU's code addresses it
};

/// The GPU that the op being run belongs to.
const Gpu& gpu();

/// Throws DeviceError for an error of the CUDA runtime, OutOfMemoryError for lack of memory. After
/// an error that CUDA does not recover from, the GPU counts as lost and every later use says so.
[[gnu::cold]] void raise_cuda(cudaError_t error, const char* op, const char* doing);
inline void check(cudaError_t error, const char* op, const char* doing) {
  if (error != cudaSuccess) [[unlikely]]
    raise_cuda(error, op, doing);
}
/// After each launch: a configuration that the GPU refuses is known at once.
inline void check_launch(const char* op) { check(cudaGetLastError(), op, "launching a kernel"); }

/// Memory for the time of one op: given back when it goes out of scope, while the stream keeps it
/// from being used too early.
class Workspace {
 public:
  explicit Workspace(std::size_t bytes);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  template <class T>
  [[nodiscard]] T* as() const {
    return static_cast<T*>(block_);
  }

 private:
  void* block_;
  std::size_t bytes_;
  Device device_;
};

#ifdef __CUDACC__

/// Launches `kernel`, which must begin with `wait_for_inputs`. On Hopper and newer it is set up
/// while the kernel before it still runs: 2.5 us a launch instead of 3.3, measured on an H200.
template <class... Parameters, class... Arguments>
void launch(const char* op, void (*kernel)(Parameters...), std::int64_t blocks, dim3 threads,
            Arguments&&... arguments) {
  cudaLaunchAttribute overlap{};
  overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  overlap.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = static_cast<unsigned>(blocks);
  config.blockDim = threads;
  config.stream = gpu().stream;
  config.attrs = &overlap;
  config.numAttrs = gpu().overlaps_launches ? 1 : 0;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), op,
        "launching a kernel");
}

/// What every kernel that `launch` starts does first: the memory it reads is written by then.
__device__ __forceinline__ void wait_for_inputs() {
#if __CUDA_ARCH__ >= 900
  cudaGridDependencySynchronize();
#endif
}

/// Called by a kernel that meets a value outside [0, limit) and goes on without it: IndexError, or
/// ValueError for a label or a divisor, at the next synchronisation.
__device__ inline void report(Finding* finding, Finding::Kind kind, const char* op,
                              std::int64_t value, std::int64_t position, std::int64_t limit) {
  if (atomicCAS(finding->claim, 0u, 1u) != 0u) return;
  finding->kind = kind;
  finding->op = op;
  finding->value = value;
  finding->position = position;
  finding->limit = limit;
  __threadfence_system();
  *static_cast<volatile std::uint32_t*>(&finding->complete) = 1u;
}
#endif

}  // namespace saem::cuda
