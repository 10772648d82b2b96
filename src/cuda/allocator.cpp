// Memory of a GPU, kept and used again. All work on a GPU is in one order (see Gpu), so a freed
// block can be handed out at once: what used it is in the stream before what will.
#include "core/allocator.hpp"

#include <array>
#include <bit>
#include <map>
#include <mutex>

#include "base/message.hpp"
#include "cuda/devices.hpp"

namespace saem::cuda {
namespace {

/// What cudaMalloc aligns to, and the smallest block.
constexpr std::size_t kSmallest = 512;
/// From here on sizes are multiples of it: at most 2 MiB of a block are idle.
constexpr std::size_t kLarge = std::size_t{8} << 20;
constexpr std::size_t kPage = std::size_t{2} << 20;

/// Small sizes in four steps a power of two, as on the CPU; large ones in pages.
constexpr std::size_t rounded(std::size_t bytes) {
  if (bytes <= kSmallest) return kSmallest;
  if (bytes > kLarge) return (bytes + kPage - 1) / kPage * kPage;
  const std::size_t step = std::bit_ceil(bytes) / 8;
  return (bytes + step - 1) / step * step;
}
static_assert(rounded(513) == 640 && rounded(1024) == 1024 && rounded(1025) == 1280);

/// Which of the small sizes it is, for a rounded one.
constexpr std::size_t class_of(std::size_t size) {
  if (size <= kSmallest) return 0;
  const auto power = static_cast<std::size_t>(std::bit_width(size - 1));
  const std::size_t step = (std::size_t{1} << power) / 8;
  return (power - 10) * 4 + (size - (std::size_t{1} << (power - 1))) / step;
}
static_assert(class_of(640) == 1 && class_of(1024) == 4 && class_of(1280) == 5);
constexpr std::size_t kClasses = class_of(kLarge) + 1;

class GpuAllocator final : public Allocator {
 public:
  explicit GpuAllocator(int index) : index_(index) {
    cudaMemPool_t pool = nullptr;
    check(cudaDeviceGetDefaultMemPool(&pool, index), "allocate", "asking for the memory pool");
    // The pool joins neighbouring free blocks and splits them; it keeps what it has until
    // empty_cache.
    std::uint64_t all = ~std::uint64_t{0};
    check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all), "allocate",
          "setting up the memory pool");
    pool_ = pool;
  }

  void* allocate(std::size_t bytes) override {
    const std::size_t size = rounded(bytes);
    const std::scoped_lock lock(mutex_);
    if (limit_ > 0 && info_.current + static_cast<std::int64_t>(size) > limit_) {
      raise<OutOfMemoryError>("allocate",
                              "{} bytes on /GPU:{} asked for, {} in use, and the limit set is {}",
                              bytes, index_, info_.current, limit_);
    }
    void* block = take(size);
    if (block == nullptr) block = from_pool(bytes, size);
    ++info_.allocations;
    info_.current += static_cast<std::int64_t>(size);
    info_.peak = std::max(info_.peak, info_.current);
    return block;
  }

  void deallocate(void* block, std::size_t bytes) noexcept override {
    const std::size_t size = rounded(bytes);
    const std::scoped_lock lock(mutex_);
    info_.current -= static_cast<std::int64_t>(size);
    if (is_lost()) return;
    info_.cached += static_cast<std::int64_t>(size);
    blocks_of(size).push_back(block);
    if (info_.cached > cache_limit_) release_cached();
  }

  [[nodiscard]] config::MemoryInfo info() const override {
    const std::scoped_lock lock(mutex_);
    return info_;
  }
  void reset_peak() override {
    const std::scoped_lock lock(mutex_);
    info_.peak = info_.current;
  }
  void empty_cache() override {
    const std::scoped_lock lock(mutex_);
    enter(index_);
    release_cached();
    check(cudaStreamSynchronize(state_of(index_).stream), "empty_cache", "waiting for its kernels");
    check(cudaMemPoolTrimTo(pool_, 0), "empty_cache", "giving memory back");
  }
  void set_cache_limit(std::int64_t bytes) override {
    const std::scoped_lock lock(mutex_);
    cache_limit_ = bytes;
    if (info_.cached > bytes) release_cached();
  }
  void set_memory_limit(std::int64_t bytes) override {
    const std::scoped_lock lock(mutex_);
    limit_ = bytes;
  }

 private:
  std::vector<void*>& blocks_of(std::size_t size) {
    return size <= kLarge ? small_[class_of(size)] : large_[size];
  }

  void* take(std::size_t size) {
    std::vector<void*>& blocks = blocks_of(size);
    if (blocks.empty()) return nullptr;
    void* block = blocks.back();
    blocks.pop_back();
    info_.cached -= static_cast<std::int64_t>(size);
    ++info_.reused;
    return block;
  }

  void* from_pool(std::size_t bytes, std::size_t size) {
    enter(index_);
    void* block = nullptr;
    const cudaStream_t stream = state_of(index_).stream;
    cudaError_t error = cudaMallocFromPoolAsync(&block, size, pool_, stream);
    if (error == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      release_cached();
      (void)cudaStreamSynchronize(stream);
      (void)cudaMemPoolTrimTo(pool_, 0);
      error = cudaMallocFromPoolAsync(&block, size, pool_, stream);
    }
    if (error == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      std::size_t unused = 0;
      std::size_t total = 0;
      (void)cudaMemGetInfo(&unused, &total);
      raise<OutOfMemoryError>("allocate",
                              "{} bytes on /GPU:{} asked for, {} in use by tensors; of the GPU's "
                              "{} bytes {} are free",
                              bytes, index_, info_.current, total, unused);
    }
    check(error, "allocate", "allocating memory");
    return block;
  }

  void release_cached() noexcept {
    const cudaStream_t stream = state_of(index_).stream;
    const auto release = [&](std::vector<void*>& blocks) {
      for (void* block : blocks) (void)cudaFreeAsync(block, stream);
      blocks.clear();
    };
    for (std::vector<void*>& blocks : small_) release(blocks);
    for (auto& [size, blocks] : large_) release(blocks);
    info_.cached = 0;
  }

  int index_;
  cudaMemPool_t pool_ = nullptr;
  mutable std::mutex mutex_;
  std::array<std::vector<void*>, kClasses> small_;  ///< free blocks, by size
  std::map<std::size_t, std::vector<void*>> large_;
  config::MemoryInfo info_;
  std::int64_t limit_ = 0;
  std::int64_t cache_limit_ = std::int64_t{1} << 62;
};

}  // namespace

void install_allocator(int index) {
  // Never destroyed: tensors may outlive statics.
  set_allocator({DeviceType::kGPU, static_cast<std::uint8_t>(index)}, new GpuAllocator(index));
}

}  // namespace saem::cuda
