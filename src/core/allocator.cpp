#include "core/allocator.hpp"

#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <new>
#include <vector>

#include "base/message.hpp"
#include "core/registry.hpp"

namespace saem {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kCaching = false;  // a block that is used again would hide a use after free
#else
constexpr bool kCaching = true;
#endif

constexpr std::size_t kAlignment = 64;
/// Blocks up to this size are kept by the thread that frees them, with no lock.
constexpr std::size_t kSmallest = 64;
constexpr std::size_t kThreadLimit = std::size_t{64} << 10;
/// What one thread keeps of one size: enough for a training step's temporaries, little enough to
/// lose.
constexpr std::uint32_t kThreadBlocks = 32;
/// From here on a block is aligned to, and asked to be made of, huge pages: page faults cost more
/// than the arithmetic of most ops (2 MiB pages cut the first touch of a fresh block by about five
/// times).
constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// Sizes are rounded to four steps a power of two, so that at most a fifth of a block is idle.
constexpr int class_of(std::size_t bytes) {
  if (bytes <= kSmallest) return 0;
  const int power = std::bit_width(bytes - 1);  // 2^(power-1) < bytes <= 2^power
  const std::size_t step = std::size_t{1} << (power - 3);
  const auto quarter =
      static_cast<int>((bytes - (std::size_t{1} << (power - 1)) + step - 1) / step);
  return (power - 7) * 4 + quarter;  // 64 bytes is class 0, 80 is 1, 96 is 2, 112 is 3, 128 is 4
}

constexpr std::size_t class_size(int size_class) {
  const std::size_t base = kSmallest << (size_class / 4);
  return base + base / 4 * static_cast<std::size_t>(size_class % 4);
}

static_assert(class_size(class_of(1)) == 64 && class_size(class_of(65)) == 80);
static_assert(class_size(class_of(128)) == 128 && class_size(class_of(129)) == 160);
static_assert(class_size(class_of((1u << 20) + 1)) == (1u << 20) + (1u << 18));

constexpr int kClasses = (63 - 6) * 4;
constexpr int kThreadClasses = class_of(kThreadLimit) + 1;

struct FreeBlock {
  FreeBlock* next;
};

class CpuAllocator final : public Allocator {
 public:
  void* allocate(std::size_t bytes) override;
  void deallocate(void* block, std::size_t bytes) noexcept override;
  [[nodiscard]] config::MemoryInfo info() const override {
    const std::int64_t allocations = allocations_.load(std::memory_order_relaxed);
    return {.current = current_.load(std::memory_order_relaxed),
            .peak = peak_.load(std::memory_order_relaxed),
            .cached = cached(),
            .allocations = allocations,
            .reused = allocations - system_allocations_.load(std::memory_order_relaxed)};
  }
  void reset_peak() override { peak_ = current_.load(); }
  void empty_cache() override;
  void set_cache_limit(std::int64_t bytes) override {
    cache_limit_ = bytes;
    if (cached() > bytes) empty_cache();
  }
  void set_memory_limit(std::int64_t bytes) override { memory_limit_ = bytes; }

  /// Takes back what a thread kept.
  void put_shared(void* block, int size_class) noexcept;

 private:
  void* take_shared(int size_class) noexcept;
  void* from_system(std::size_t size) noexcept;
  void count(std::int64_t size) noexcept;

  /// What the system gave and no tensor holds. Two counters that the usual path leaves alone cost
  /// it nothing.
  [[nodiscard]] std::int64_t cached() const {
    return system_bytes_.load(std::memory_order_relaxed) - current_.load(std::memory_order_relaxed);
  }
  void to_system(void* block, std::int64_t size) noexcept {
    std::free(block);
    system_bytes_.fetch_sub(size, std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> current_{0}, peak_{0}, allocations_{0}, system_bytes_{0};
  std::atomic<std::int64_t> system_allocations_{0};
  std::atomic<std::int64_t> cache_limit_{default_cache_limit()}, memory_limit_{0};
  std::mutex mutex_;
  std::array<FreeBlock*, kClasses> shared_{};

  static std::int64_t default_cache_limit() {
    const std::int64_t memory = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
    return std::min<std::int64_t>(std::int64_t{4} << 30, memory / 4);
  }
};

CpuAllocator& cpu_allocator() {
  static CpuAllocator* allocator =
      new CpuAllocator;  // never destroyed: tensors may outlive statics
  return *allocator;
}

struct ThreadCache {
  struct Bin {
    FreeBlock* first = nullptr;
    std::uint32_t count = 0;
  };
  std::array<Bin, kThreadClasses> bins{};

  ~ThreadCache();
};

// Trivially destructible, so it can still be asked after the thread's cache is gone.
thread_local bool thread_cache_gone = false;
thread_local ThreadCache thread_cache;

ThreadCache::~ThreadCache() {
  thread_cache_gone = true;
  for (int size_class = 0; size_class < kThreadClasses; ++size_class) {
    Bin& bin = bins[static_cast<std::size_t>(size_class)];
    while (bin.first != nullptr) {
      FreeBlock* block = bin.first;
      bin.first = block->next;
      cpu_allocator().put_shared(block, size_class);
    }
  }
}

void* CpuAllocator::allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 62)) {
    raise<OutOfMemoryError>("allocate", "{} bytes is more than any machine has", bytes);
  }
  const int size_class = class_of(std::max<std::size_t>(bytes, 1));
  const auto size = static_cast<std::int64_t>(class_size(size_class));
  const std::int64_t limit = memory_limit_.load(std::memory_order_relaxed);
  if (limit > 0 && current_.load(std::memory_order_relaxed) + size > limit) [[unlikely]] {
    raise<OutOfMemoryError>("allocate",
                            "{} bytes on /CPU:0 asked for, {} in use, and the limit set is {}",
                            bytes, current_.load(), limit);
  }
  if (kCaching) {
    if (size_class < kThreadClasses && !thread_cache_gone) {
      ThreadCache::Bin& bin = thread_cache.bins[static_cast<std::size_t>(size_class)];
      if (bin.first != nullptr) {
        FreeBlock* block = bin.first;
        bin.first = block->next;
        --bin.count;
        count(size);
        return block;
      }
    }
    if (void* block = take_shared(size_class)) {
      count(size);
      return block;
    }
  }
  void* block = from_system(static_cast<std::size_t>(size));
  if (block == nullptr) {
    empty_cache();
    block = from_system(static_cast<std::size_t>(size));
  }
  if (block == nullptr) {
    raise<OutOfMemoryError>("allocate",
                            "{} bytes on /CPU:0 asked for, {} in use: the system has no more",
                            bytes, current_.load());
  }
  system_allocations_.fetch_add(1, std::memory_order_relaxed);
  system_bytes_.fetch_add(size, std::memory_order_relaxed);
  count(size);
  return block;
}

void CpuAllocator::deallocate(void* block, std::size_t bytes) noexcept {
  const int size_class = class_of(std::max<std::size_t>(bytes, 1));
  const auto size = static_cast<std::int64_t>(class_size(size_class));
  current_.fetch_sub(size, std::memory_order_relaxed);
  if (!kCaching) return to_system(block, size);
  if (size_class < kThreadClasses && !thread_cache_gone) {
    ThreadCache::Bin& bin = thread_cache.bins[static_cast<std::size_t>(size_class)];
    if (bin.count < kThreadBlocks) {
      bin.first = new (block) FreeBlock{bin.first};
      ++bin.count;
      return;
    }
  }
  if (cached() > cache_limit_.load(std::memory_order_relaxed)) return to_system(block, size);
  put_shared(block, size_class);
}

void CpuAllocator::put_shared(void* block, int size_class) noexcept {
  const std::scoped_lock lock(mutex_);
  FreeBlock*& first = shared_[static_cast<std::size_t>(size_class)];
  first = new (block) FreeBlock{first};
}

void* CpuAllocator::take_shared(int size_class) noexcept {
  const std::scoped_lock lock(mutex_);
  FreeBlock*& first = shared_[static_cast<std::size_t>(size_class)];
  if (first == nullptr) return nullptr;
  FreeBlock* block = first;
  first = block->next;
  return block;
}

/// Memory and swap together. A system that overcommits without limit hands out more, and kills the
/// program that writes to it.
std::size_t installed_memory() noexcept {
  static const std::size_t bytes = [] {
    struct ::sysinfo info {};
    if (::sysinfo(&info) != 0) return std::numeric_limits<std::size_t>::max();
    return (std::size_t{info.totalram} + info.totalswap) * info.mem_unit;
  }();
  return bytes;
}

void* CpuAllocator::from_system(std::size_t size) noexcept {
  if (size > installed_memory()) return nullptr;
  const bool huge = size >= kHugePage;
  const std::size_t alignment = huge ? kHugePage : kAlignment;
  void* block = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (huge && block != nullptr) madvise(block, size, MADV_HUGEPAGE);
  return block;
}

void CpuAllocator::count(std::int64_t size) noexcept {
  allocations_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t now = current_.fetch_add(size, std::memory_order_relaxed) + size;
  std::int64_t peak = peak_.load(std::memory_order_relaxed);
  while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
}

void CpuAllocator::empty_cache() {
  std::vector<FreeBlock*> lists;
  {
    const std::scoped_lock lock(mutex_);
    for (int size_class = 0; size_class < kClasses; ++size_class) {
      FreeBlock*& first = shared_[static_cast<std::size_t>(size_class)];
      for (FreeBlock* block = first; block != nullptr; block = block->next) {
        system_bytes_.fetch_sub(static_cast<std::int64_t>(class_size(size_class)));
      }
      if (first != nullptr) lists.push_back(first);
      first = nullptr;
    }
  }
  for (FreeBlock* block : lists) {
    while (block != nullptr) std::free(std::exchange(block, block->next));
  }
}

std::array<std::array<Allocator*, 256>, kDeviceTypes>& allocators() {
  static auto* table = new std::array<std::array<Allocator*, 256>, kDeviceTypes>{};
  return *table;
}

}  // namespace

Allocator& allocator_of(Device device) {
  if (device == Device{}) return cpu_allocator();
  ensure_backends();
  Allocator* allocator = allocators()[static_cast<std::size_t>(device.type)][device.index];
  if (allocator == nullptr) {
    raise<DeviceError>("allocate", "there is no device {}; see tf::config::list_physical_devices",
                       device.to_string());
  }
  return *allocator;
}

void set_allocator(Device device, Allocator* allocator) {
  allocators()[static_cast<std::size_t>(device.type)][device.index] = allocator;
}

namespace config {

MemoryInfo get_memory_info(Device device) { return allocator_of(device).info(); }
void reset_memory_stats(Device device) { allocator_of(device).reset_peak(); }
void empty_cache(Device device) { allocator_of(device).empty_cache(); }
void set_cache_limit(std::int64_t bytes, Device device) {
  allocator_of(device).set_cache_limit(bytes);
}
void set_memory_limit(std::int64_t bytes, Device device) {
  allocator_of(device).set_memory_limit(bytes);
}

}  // namespace config
}  // namespace saem
