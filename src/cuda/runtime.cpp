#include "cuda/runtime.hpp"

#include <atomic>

#include "base/message.hpp"
#include "core/allocator.hpp"
#include "cuda/devices.hpp"

namespace saem::cuda {
namespace {

thread_local GpuState* current = nullptr;

/// Errors after which CUDA refuses everything in this process.
bool is_fatal(cudaError_t error) {
  switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

[[noreturn]] void raise_lost(const char* op, int index) {
  raise<DeviceError>(op,
                     "/GPU:{} was lost by an earlier failure, and what lay on it with it; the CPU "
                     "works on, and a new process can use the GPU again",
                     index);
}

std::atomic<bool> lost{false};

}  // namespace

const Gpu& gpu() { return *current; }

void enter(int index) {
  if (lost.load(std::memory_order_relaxed)) [[unlikely]]
    raise_lost("device", index);
  if (current != nullptr && current->index == index) [[likely]]
    return;
  check(cudaSetDevice(index), "device", "choosing the GPU");
  current = &state_of(index);
}

bool is_lost() { return lost.load(std::memory_order_relaxed); }

void raise_cuda(cudaError_t error, const char* op, const char* doing) {
  (void)cudaGetLastError();
  const int index = current == nullptr ? 0 : current->index;
  if (is_fatal(error)) {
    if (lost.exchange(true)) raise_lost(op, index);
    raise<DeviceError>(op,
                       "/GPU:{} failed while {}: {} ({}). A kernel that ran before may be the "
                       "cause: tf::trace({{.synchronize = true}}) tells which. The GPU is lost to "
                       "this process; the CPU works on",
                       index, doing, cudaGetErrorString(error), cudaGetErrorName(error));
  }
  if (error == cudaErrorMemoryAllocation) {
    raise<OutOfMemoryError>(op, "/GPU:{} has no memory left for {}", index, doing);
  }
  raise<DeviceError>(op, "/GPU:{} refused {}: {} ({})", index, doing, cudaGetErrorString(error),
                     cudaGetErrorName(error));
}

Workspace::Workspace(std::size_t bytes)
    : bytes_(bytes), device_{DeviceType::kGPU, static_cast<std::uint8_t>(gpu().index)} {
  block_ = allocator_of(device_).allocate(bytes_);
}

Workspace::~Workspace() { allocator_of(device_).deallocate(block_, bytes_); }

}  // namespace saem::cuda
