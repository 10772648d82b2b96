#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <saem/core/tensor.hpp>

namespace saem {

/// What a kernel made of a storage's elements and may need again while nobody writes them.
class Keepsake {
 public:
  Keepsake() = default;
  Keepsake(const Keepsake&) = delete;
  Keepsake& operator=(const Keepsake&) = delete;
  virtual ~Keepsake() = default;
};

/// A block of memory that tensors share. For memory that saem allocated, this header lies in the
/// block's first `kHeader` bytes, so a tensor costs one block.
struct Storage {
  static constexpr std::size_t kHeader = 64;

  std::atomic<std::int32_t> references{1};
  Device device;
  std::uint8_t memory_tag = 0;         ///< what its elements count under; 0: nothing
  std::size_t block_bytes = 0;         ///< header and elements; 0 for external memory
  std::function<void()> release = {};  ///< external memory only
  void* header_block = nullptr;
  std::atomic<Keepsake*> keepsake{nullptr};  ///< of one kernel; gone when elements are written

  static Storage* allocate(std::size_t bytes, Device device, void** data);
  static Storage* external(std::function<void()> release);
  void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept;
  /// What the one kernel that keeps something with elements has kept here; made if nothing is.
  template <class Kept>
  Kept& keep() {
    Keepsake* kept = keepsake.load(std::memory_order_acquire);
    if (kept == nullptr) {
      auto made = std::make_unique<Kept>();
      // Another reader may have been first.
      if (keepsake.compare_exchange_strong(kept, made.get(), std::memory_order_acq_rel)) {
        kept = made.release();
      }
    }
    return static_cast<Kept&>(*kept);
  }
  /// Elements are about to be written, by the only one who sees them.
  void forget() noexcept {
    if (keepsake.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
      delete keepsake.exchange(nullptr, std::memory_order_acq_rel);
  }
};
static_assert(sizeof(Storage) <= 64);

/// What a Tensor points to. Immutable once other threads can see it, but for the counts.
class TensorImpl {
 public:
  static constexpr std::int64_t kNotSymbolic = -1;

  std::atomic<std::int32_t> references{1};
  DType dtype;
  Device device;
  bool contiguous = true;
  Shape shape;
  Dims strides;
  std::int64_t size = 0;
  std::byte* data = nullptr;
  Storage* storage = nullptr;
  std::int64_t symbol = kNotSymbolic;

  ~TensorImpl() {
    if (storage != nullptr) storage->drop();
  }
};

/// Copies the elements of `from`, however they lie, into `to`, which is contiguous and of the same
/// shape, dtype and device.
using CopyFunction = void (*)(const Tensor& from, Tensor& to);
SAEM_API void set_copy_function(DeviceType device, CopyFunction function);
void copy_elements(const Tensor& from, Tensor& to);
/// `tensor` if it is contiguous, else a copy that is.
SAEM_API Tensor contiguous_copy(const Tensor& tensor);

}  // namespace saem
