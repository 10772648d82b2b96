#pragma once

#include <omp.h>

#include <array>
#include <cstdint>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <saem/core/dtype.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>

/// The one place that knows which oneDNN this is: API 2 (Debian 12) describes an operation before
/// its primitive, API 3 (Debian 13) does not.
namespace saem::cpu::onednn {

inline const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

inline dnnl::stream& stream() {
  thread_local dnnl::stream own(engine());
  return own;
}

/// The dtypes that the CPU's oneDNN multiplies.
inline std::optional<dnnl::memory::data_type> data_type(DType dtype) {
  switch (dtype.code()) {
    case DType::kFloat32:
      return dnnl::memory::data_type::f32;
    case DType::kBFloat16:
      return dnnl::memory::data_type::bf16;
    case DType::kFloat16:
      return dnnl::memory::data_type::f16;
    default:
      return std::nullopt;
  }
}

/// While it lives, what this thread plans runs on one thread: the library asks for their number
/// when it plans.
class OneThread {
 public:
  OneThread() { omp_set_num_threads(1); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  ~OneThread() { omp_set_num_threads(before_); }

 private:
  int before_ = omp_get_max_threads();
};

/// The library's plan for a matrix product; empty if it has none, or only its slow reference loop.
inline std::optional<dnnl::matmul::primitive_desc> matmul_plan(const dnnl::memory::desc& a,
                                                               const dnnl::memory::desc& b,
                                                               const dnnl::memory::desc& output) {
  try {
#if DNNL_VERSION_MAJOR >= 3
    dnnl::matmul::primitive_desc plan(engine(), a, b, output);
#else
    dnnl::matmul::primitive_desc plan(dnnl::matmul::desc(a, b, output), engine());
#endif
    const std::string_view name = plan.impl_info_str();
    if (name.find("ref") != std::string_view::npos) return std::nullopt;
    return plan;
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

/// A primitive with the memory objects of its arguments. One thread's alone: they are pointed anew
/// at each call.
template <std::size_t kArguments>
class PrimitiveOf {
 public:
  struct Argument {
    int role;
    dnnl::memory::desc desc;
  };

  PrimitiveOf(dnnl::primitive primitive, const std::array<Argument, kArguments>& arguments)
      : primitive_(std::move(primitive)) {
    for (std::size_t i = 0; i < kArguments; ++i) {
      memories_[i] = dnnl::memory(arguments[i].desc, engine(), DNNL_MEMORY_NONE);
      arguments_[i] = {arguments[i].role, memories_[i].get()};
    }
  }

  /// Through the C interface: the C++ one builds a hash map for each call.
  void run(const std::array<void*, kArguments>& data) const {
    for (std::size_t i = 0; i < kArguments; ++i) {
      check(dnnl_memory_set_data_handle(arguments_[i].memory, data[i]));
    }
    check(dnnl_primitive_execute(primitive_.get(), stream().get(), static_cast<int>(kArguments),
                                 arguments_.data()));
  }

 private:
  static void check(dnnl_status_t status) {
    dnnl::error::wrap_c_api(status, "onednn: a primitive could not be run");
  }

  dnnl::primitive primitive_;
  std::array<dnnl::memory, kArguments> memories_;
  std::array<dnnl_exec_arg_t, kArguments> arguments_{};
};

using Primitive = PrimitiveOf<3>;

/// What one thread made lately, by what it was made for. No lock: oneDNN's scratch memory belongs
/// to the thread that makes a primitive, so each thread has its own cache.
template <std::size_t kKeySize, class Value = Primitive>
class Cache {
 public:
  using Key = std::array<std::int64_t, kKeySize>;
  static constexpr std::size_t kCapacity = 256;

  /// The value of `key`, made by `make()` where it is missing; the longest unused one leaves if the
  /// cache is full.
  template <class Make>
  const std::optional<Value>& find(const Key& key, Make&& make) {
    ++now_;
    if (last_ != nullptr && last_->first == key) return last_->second.value;
    auto found = entries_.find(key);
    if (found == entries_.end()) {
      if (entries_.size() >= kCapacity) drop_oldest();
      found = entries_.emplace(key, Entry{make(), 0}).first;
    }
    found->second.used = now_;
    last_ = &*found;
    return found->second.value;
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::optional<Value> value;
    std::int64_t used;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      std::uint64_t hash = 0;
      for (const std::int64_t part : key) {
        hash = (hash ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
      }
      return hash;
    }
  };

  void drop_oldest() {
    last_ = nullptr;
    auto oldest = entries_.begin();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->second.used < oldest->second.used) oldest = entry;
    }
    entries_.erase(oldest);
  }

  std::unordered_map<Key, Entry, Hash> entries_;
  std::pair<const Key, Entry>* last_ = nullptr;  // nodes of the map do not move
  std::int64_t now_ = 0;
};

}  // namespace saem::cpu::onednn
