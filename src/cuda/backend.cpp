// The GPU backend as the library sees it: devices, copies, synchronisation, and how it starts.
#include "core/backend.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "base/message.hpp"
#include "cuda/devices.hpp"

namespace saem::cuda {
namespace {

std::vector<std::unique_ptr<GpuState>>& states() {
  // Never destroyed: tensors may be freed while statics are, and CUDA is gone by then.
  static auto* list = new std::vector<std::unique_ptr<GpuState>>;
  return *list;
}

void throw_finding(GpuState& state) {
  Finding& finding = *state.host_finding;
  if (__atomic_load_n(&finding.complete, __ATOMIC_ACQUIRE) == 0u) return;
  const Finding found = finding;
  finding.complete = 0;
  check(cudaMemsetAsync(finding.claim, 0, sizeof(*finding.claim), state.stream), found.op,
        "looking for errors");
  // The CPU's words, said later: the kernel went on without the value.
  if (found.kind == Finding::kLabel) {
    raise<ValueError>(found.op, "label {} at position {} is outside [0, {})", found.value,
                      found.position, found.limit);
  }
  if (found.kind == Finding::kZeroDivisor) {
    raise<ValueError>(
        found.op,
        "an integer is divided by zero; tf::cast to tf::float32 for infinity, or take "
        "tf::where to replace the zeros");
  }
  raise<IndexError>(found.op, "indices[{}] = {} is not in [0, {})", found.position, found.value,
                    found.limit);
}

void wait(GpuState& state, const char* op) {
  check(cudaStreamSynchronize(state.stream), op, "waiting for its kernels");
  throw_finding(state);
}

class CudaBackend final : public Backend {
 public:
  [[nodiscard]] int device_count() const override { return static_cast<int>(states().size()); }

  [[nodiscard]] config::DeviceDetails details(Device device) const override {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, device.index), "get_device_details", "asking");
    int driver = 0;
    check(cudaDriverGetVersion(&driver), "get_device_details", "asking for the driver's version");
    return {.device_name = properties.name,
            .compute_capability_major = properties.major,
            .compute_capability_minor = properties.minor,
            .memory_bytes = static_cast<std::int64_t>(properties.totalGlobalMem),
            .multiprocessors = properties.multiProcessorCount,
            .driver_version = fmt::format("{}.{}", driver / 1000, driver % 1000 / 10)};
  }

  void enter(Device device) override { cuda::enter(device.index); }

  void to_device(const void* host, void* memory, std::size_t bytes, Device device) override {
    cuda::enter(device.index);
    GpuState& state = state_of(device.index);
    Staging& staging = state.staging;
    const std::scoped_lock lock(staging.mutex);
    const auto* from = static_cast<const std::byte*>(host);
    auto* to = static_cast<std::byte*>(memory);
    for (std::size_t at = 0, piece = 0; at < bytes; at += Staging::kPiece, piece ^= 1) {
      const std::size_t count = std::min(Staging::kPiece, bytes - at);
      check(cudaEventSynchronize(staging.done[piece]), "copy_to_device", "waiting for a buffer");
      std::memcpy(staging.pieces[piece], from + at, count);
      check(cudaMemcpyAsync(to + at, staging.pieces[piece], count, cudaMemcpyHostToDevice,
                            state.stream),
            "copy_to_device", "copying to the GPU");
      check(cudaEventRecord(staging.done[piece], state.stream), "copy_to_device", "copying");
    }
    // The next copy shall not begin with the piece that is still on its way.
    if ((bytes + Staging::kPiece - 1) / Staging::kPiece % 2 == 1) {
      std::swap(staging.pieces[0], staging.pieces[1]);
      std::swap(staging.done[0], staging.done[1]);
    }
  }

  void to_host(const void* memory, void* host, std::size_t bytes, Device device) override {
    cuda::enter(device.index);
    GpuState& state = state_of(device.index);
    Staging& staging = state.staging;
    const std::scoped_lock lock(staging.mutex);
    const auto* from = static_cast<const std::byte*>(memory);
    auto* to = static_cast<std::byte*>(host);
    const auto start = [&](std::size_t at) {
      const std::size_t piece = at / Staging::kPiece % 2;
      check(cudaEventSynchronize(staging.done[piece]), "copy_to_device", "waiting for a buffer");
      check(cudaMemcpyAsync(staging.pieces[piece], from + at, std::min(Staging::kPiece, bytes - at),
                            cudaMemcpyDeviceToHost, state.stream),
            "copy_to_device", "copying to the host");
      check(cudaEventRecord(staging.done[piece], state.stream), "copy_to_device", "copying");
    };
    start(0);
    for (std::size_t at = 0; at < bytes; at += Staging::kPiece) {
      if (at + Staging::kPiece < bytes) start(at + Staging::kPiece);
      const std::size_t piece = at / Staging::kPiece % 2;
      check(cudaEventSynchronize(staging.done[piece]), "copy_to_device", "copying to the host");
      std::memcpy(to + at, staging.pieces[piece], std::min(Staging::kPiece, bytes - at));
    }
    throw_finding(state);
  }

  void between(const void* from, Device source, void* to, Device target,
               std::size_t bytes) override {
    // Each GPU has one order of work, so the copy, on the target's, waits for what made the source,
    // and the source waits for the copy before its memory can be used again.
    GpuState& origin = state_of(source.index);
    GpuState& goal = state_of(target.index);
    order(origin, goal);
    cuda::enter(target.index);
    check(cudaMemcpyPeerAsync(to, target.index, from, source.index, bytes, goal.stream),
          "copy_to_device", "copying between GPUs");
    order(goal, origin);
  }

  void synchronize(Device device) override {
    cuda::enter(device.index);
    wait(state_of(device.index), "synchronize");
  }

 private:
  /// What `later` is given from now on runs after what `earlier` was given until now.
  static void order(GpuState& earlier, GpuState& later) {
    cuda::enter(earlier.index);
    cudaEvent_t event = nullptr;
    check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "copy_to_device", "an event");
    check(cudaEventRecord(event, earlier.stream), "copy_to_device", "an event");
    cuda::enter(later.index);
    check(cudaStreamWaitEvent(later.stream, event, 0), "copy_to_device", "an event");
    check(cudaEventDestroy(event), "copy_to_device", "an event");
  }
};

std::unique_ptr<GpuState> make_state(int index) {
  constexpr const char* kOp = "device";
  check(cudaSetDevice(index), kOp, "choosing the GPU");
  auto state = std::make_unique<GpuState>();
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), kOp, "asking what it is");
  state->index = index;
  state->multiprocessors = properties.multiProcessorCount;
  state->shared_memory_per_block = static_cast<int>(properties.sharedMemPerBlockOptin);
  state->overlaps_launches = properties.major >= 9;
  check(cudaStreamCreateWithFlags(&state->stream, cudaStreamNonBlocking), kOp, "making a stream");
  void* shared = nullptr;
  check(cudaHostAlloc(&shared, sizeof(Finding), cudaHostAllocMapped), kOp, "pinned memory");
  state->host_finding = new (shared) Finding{};
  check(cudaMalloc(&state->host_finding->claim, sizeof(std::uint32_t)), kOp, "memory");
  check(cudaMemset(state->host_finding->claim, 0, sizeof(std::uint32_t)), kOp, "memory");
  void* address = nullptr;
  check(cudaHostGetDevicePointer(&address, shared, 0), kOp, "pinned memory");
  state->finding = static_cast<Finding*>(address);
  for (int piece = 0; piece < 2; ++piece) {
    void* buffer = nullptr;
    check(cudaHostAlloc(&buffer, Staging::kPiece, cudaHostAllocDefault), kOp, "pinned memory");
    state->staging.pieces[piece] = static_cast<std::byte*>(buffer);
    check(cudaEventCreateWithFlags(&state->staging.done[piece], cudaEventDisableTiming), kOp,
          "making an event");
  }
  return state;
}

/// Oldest GPU that the machine code in this library runs on: the A100's generation.
constexpr int kOldestMajor = 8;

bool start(std::string& explain) {
  int count = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess || count == 0) {
    explain = fmt::format(
        "an NVIDIA driver is installed, but there is no GPU to use: {}",
        count == 0 && error == cudaSuccess ? "it lists none" : cudaGetErrorString(error));
    return false;
  }
  count = std::min(count, 255);
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, i), "device", "asking what it is");
    if (properties.major < kOldestMajor) {
      explain = fmt::format("{} has compute capability {}.{}; the GPU backend needs {}.0 or newer",
                            properties.name, properties.major, properties.minor, kOldestMajor);
      return false;
    }
    explain +=
        fmt::format("{}/GPU:{} is an {} with {:.0f} GiB", i == 0 ? "" : ", ", i, properties.name,
                    static_cast<double>(properties.totalGlobalMem) / (1 << 30));
  }
  for (int i = 0; i < count; ++i) {
    states().push_back(make_state(i));
    install_allocator(i);
  }
  check(cudaSetDevice(0), "device", "choosing the GPU");
  static CudaBackend backend;
  set_backend(DeviceType::kGPU, &backend);
  register_generated_kernels();
  return true;
}

}  // namespace

GpuState& state_of(int index) { return *states()[static_cast<std::size_t>(index)]; }

}  // namespace saem::cuda

extern "C" {

__attribute__((visibility("default"))) const char* saem_cuda_backend_version() {
  return SAEM_VERSION;
}

__attribute__((visibility("default"))) bool saem_cuda_backend_start(std::string* explain) {
  try {
    return saem::cuda::start(*explain);
  } catch (const saem::Error& error) {
    *explain = error.what();
    return false;
  }
}
}
