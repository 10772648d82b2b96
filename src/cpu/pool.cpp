// max_pool, avg_pool and their gradients; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/pool.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <limits>
#include <saem/ops/pool.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_POOL_ONCE
#define SAEM_CPU_POOL_ONCE
namespace saem::cpu {
namespace {

enum class Pooling { kMax, kMaxGrad, kMaxGather, kAvg, kAvgGrad };

/// What a kernel is given. `x` is (N, D, H, W, C); windows stand on D, H and W, of which the first
/// ones may be made up.
struct PoolJob {
  std::array<nn::WindowAxis, 3> axes;
  std::int64_t batch;
  std::int64_t channels;
  const void* x;       // null for averages going back
  const void* second;  // what is spread over windows or taken out of them
  void* result;

  [[nodiscard]] std::int64_t windows() const {
    return axes[0].output() * axes[1].output() * axes[2].output();
  }
  [[nodiscard]] std::int64_t pixels() const {
    return axes[0].input * axes[1].input * axes[2].input;
  }
};
using PoolFunction = void (*)(const PoolJob& job);

/// Channels that are treated at a time: their intermediate results stay in the first-level cache.
constexpr std::int64_t kBlock = 256;

/// Where a window's elements lie, counted in elements from the first of the image; those in the
/// padding are left out.
class WindowElements {
 public:
  explicit WindowElements(const PoolJob& job) : job_(job) {
    rows_.reserve(static_cast<std::size_t>(job.axes[0].size * job.axes[1].size));
    offsets_.reserve(rows_.capacity() * static_cast<std::size_t>(job.axes[2].size));
  }

  void set_row(std::int64_t depth, std::int64_t height) {
    const Span planes = span_of(job_.axes[0], depth);
    const Span lines = span_of(job_.axes[1], height);
    rows_.clear();
    for (std::int64_t i = 0; i < planes.count; ++i) {
      const std::int64_t plane = planes.first + i * job_.axes[0].dilation;
      for (std::int64_t j = 0; j < lines.count; ++j) {
        const std::int64_t line = lines.first + j * job_.axes[1].dilation;
        rows_.push_back((plane * job_.axes[1].input + line) * job_.axes[2].input);
      }
    }
  }

  /// The window at `width` of the row.
  const std::vector<std::int64_t>& at(std::int64_t width) {
    const Span pixels = span_of(job_.axes[2], width);
    offsets_.clear();
    for (const std::int64_t row : rows_) {
      for (std::int64_t k = 0; k < pixels.count; ++k) {
        const std::int64_t pixel = row + pixels.first + k * job_.axes[2].dilation;
        offsets_.push_back(pixel * job_.channels);
      }
    }
    return offsets_;
  }

 private:
  struct Span {
    std::int64_t first;
    std::int64_t count;
  };

  static Span span_of(const nn::WindowAxis& axis, std::int64_t window) {
    const std::int64_t start = window * axis.stride - axis.before;
    const auto steps_to = [&](std::int64_t place) {
      return place <= start ? 0 : (place - start + axis.dilation - 1) / axis.dilation;
    };
    const std::int64_t first = steps_to(0);
    const std::int64_t end = std::min(axis.size, steps_to(axis.input));
    return {start + first * axis.dilation, std::max<std::int64_t>(0, end - first)};
  }

  const PoolJob& job_;
  std::vector<std::int64_t> rows_;
  std::vector<std::int64_t> offsets_;
};

}  // namespace
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {

using Offsets = std::vector<std::int64_t>;

/// The number of an element in its window, beside values of type T.
template <class T>
using Number = std::conditional_t<kHasVectors<T>, T, std::int32_t>;

template <class T>
constexpr T lowest() {
  return std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                              : std::numeric_limits<T>::lowest();
}

/// Whether `value` takes the place of `best`: NaN does, once.
template <class T>
bool is_greater(T value, T best) {
  if constexpr (std::is_floating_point_v<T>) {
    if (value != value) return best == best;
  }
  return value > best;
}

/// The greatest element of a window of each of `count` channels, and which it is. `numbers` is null
/// if nobody wants to know.
template <class T>
HWY_INLINE void find_greatest(const T* x, const Offsets& offsets, std::int64_t count, T* best,
                              Number<T>* numbers) {
  std::int64_t c = 0;
  if constexpr (kHasVectors<T>) {
    const hn::ScalableTag<T> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (; c + lanes <= count; c += lanes) {
      auto greatest = hn::LoadU(d, x + offsets[0] + c);
      auto number = hn::Zero(d);
      for (std::size_t k = 1; k < offsets.size(); ++k) {
        const auto value = hn::LoadU(d, x + offsets[k] + c);
        const auto taken =
            hn::Or(hn::Gt(value, greatest), hn::AndNot(hn::IsNaN(greatest), hn::IsNaN(value)));
        greatest = hn::IfThenElse(taken, value, greatest);
        number = hn::IfThenElse(taken, hn::Set(d, static_cast<T>(k)), number);
      }
      hn::StoreU(greatest, d, best + c);
      if (numbers != nullptr) hn::StoreU(number, d, numbers + c);
    }
  }
  const std::int64_t rest = c;
  for (; c < count; ++c) {
    best[c] = x[offsets[0] + c];
    if (numbers != nullptr) numbers[c] = 0;
  }
  for (std::size_t k = 1; k < offsets.size(); ++k) {
    const T* values = x + offsets[k];
    for (c = rest; c < count; ++c) {
      if (!is_greater(values[c], best[c])) continue;
      best[c] = values[c];
      if (numbers != nullptr) numbers[c] = static_cast<Number<T>>(k);
    }
  }
}

/// As `find_greatest` where only the number matters, for any number of channels: calls
/// `body(channel, offset)`.
template <class T, class Body>
HWY_INLINE void for_each_greatest(const T* x, const Offsets& offsets, std::int64_t begin,
                                  std::int64_t end, Body&& body) {
  T best[kBlock];
  Number<T> numbers[kBlock];
  for (std::int64_t first = begin; first < end; first += kBlock) {
    const std::int64_t count = std::min(kBlock, end - first);
    find_greatest(x + first, offsets, count, best, numbers);
    for (std::int64_t c = 0; c < count; ++c) {
      body(first + c, offsets[static_cast<std::size_t>(numbers[c])] + first + c);
    }
  }
}

/// The mean of a window of each of `channels` channels.
template <class T>
HWY_INLINE void average(const T* x, const Offsets& offsets, std::int64_t channels, T* y) {
  const T size = static_cast<T>(offsets.size());
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    auto sum = hn::Zero(d);
    for (const std::int64_t offset : offsets) sum = hn::Add(sum, hn::LoadU(d, x + offset + c));
    hn::StoreU(hn::Div(sum, hn::Set(d, size)), d, y + c);
  }
  for (; c < channels; ++c) {
    T sum = 0;
    for (const std::int64_t offset : offsets) sum += x[offset + c];
    y[c] = sum / size;
  }
}

/// Adds dy / size to each element of a window, for channels [begin, end).
template <class T>
HWY_INLINE void spread(const T* dy, const Offsets& offsets, std::int64_t begin, std::int64_t end,
                       T* dx) {
  const T size = static_cast<T>(offsets.size());
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = begin;
  for (; c + lanes <= end; c += lanes) {
    const auto share = hn::Div(hn::LoadU(d, dy + c), hn::Set(d, size));
    for (const std::int64_t offset : offsets) {
      T* to = dx + offset + c;
      hn::StoreU(hn::Add(hn::LoadU(d, to), share), d, to);
    }
  }
  for (; c < end; ++c) {
    const T share = dy[c] / size;
    for (const std::int64_t offset : offsets) dx[offset + c] += share;
  }
}

/// `body(elements, image, window)` for every window, a thread for some rows of them.
template <class Body>
void for_each_window(const PoolJob& job, const Body& body) {
  const std::int64_t depth = job.axes[0].output();
  const std::int64_t height = job.axes[1].output();
  const std::int64_t width = job.axes[2].output();
  const std::int64_t size = job.axes[0].size * job.axes[1].size * job.axes[2].size;
  const std::int64_t grain = std::max<std::int64_t>(
      1, (1 << 15) / (width * job.channels * std::min<std::int64_t>(size, 16)));
  parallel_for(job.batch * depth * height, grain, [&](std::int64_t begin, std::int64_t end) {
    WindowElements elements(job);
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t image = row / (depth * height);
      elements.set_row(row / height % depth, row % height);
      for (std::int64_t i = 0; i < width; ++i) body(elements.at(i), image, row * width + i);
    }
  });
}

/// `body(elements, window, begin, end)` for windows that overlap, of which one thread has all of an
/// image, for some channels: it adds in one order.
template <class T, class Body>
void for_each_image(const PoolJob& job, const Body& body) {
  constexpr std::int64_t kChannels = 64;
  const std::int64_t blocks = (job.channels + kChannels - 1) / kChannels;
  const std::int64_t windows = job.windows();
  parallel_for(job.batch * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    WindowElements elements(job);
    for (std::int64_t item = begin; item < end; ++item) {
      const std::int64_t image = item / blocks;
      const std::int64_t first = item % blocks * kChannels;
      const std::int64_t last = std::min(job.channels, first + kChannels);
      T* dx = static_cast<T*>(job.result) + image * job.pixels() * job.channels;
      for (std::int64_t pixel = 0; pixel < job.pixels(); ++pixel) {
        std::fill(dx + pixel * job.channels + first, dx + pixel * job.channels + last, T{});
      }
      std::int64_t window = image * windows;
      for (std::int64_t i = 0; i < job.axes[0].output(); ++i) {
        for (std::int64_t j = 0; j < job.axes[1].output(); ++j) {
          elements.set_row(i, j);
          for (std::int64_t k = 0; k < job.axes[2].output(); ++k, ++window) {
            const Offsets& offsets = elements.at(k);
            if (!offsets.empty()) body(offsets, image, window, first, last);
          }
        }
      }
    }
  });
}

template <class T>
void max_pool(const PoolJob& job) {
  const auto* x = static_cast<const T*>(job.x);
  auto* y = static_cast<T*>(job.result);
  const std::int64_t image_size = job.pixels() * job.channels;
  for_each_window(job, [&](const Offsets& offsets, std::int64_t image, std::int64_t window) {
    T* to = y + window * job.channels;
    if (offsets.empty()) {
      std::fill(to, to + job.channels, lowest<T>());
    } else {
      find_greatest<T>(x + image * image_size, offsets, job.channels, to, nullptr);
    }
  });
}

template <class T>
void max_pool_gather(const PoolJob& job) {
  const auto* x = static_cast<const T*>(job.x);
  const auto* from = static_cast<const T*>(job.second);
  auto* y = static_cast<T*>(job.result);
  const std::int64_t image_size = job.pixels() * job.channels;
  for_each_window(job, [&](const Offsets& offsets, std::int64_t image, std::int64_t window) {
    T* to = y + window * job.channels;
    if (offsets.empty()) {
      std::fill(to, to + job.channels, T{});
      return;
    }
    const T* values = from + image * image_size;
    for_each_greatest<T>(
        x + image * image_size, offsets, 0, job.channels,
        [&](std::int64_t channel, std::int64_t offset) { to[channel] = values[offset]; });
  });
}

template <class T>
void max_pool_grad(const PoolJob& job) {
  const auto* x = static_cast<const T*>(job.x);
  const auto* dy = static_cast<const T*>(job.second);
  const std::int64_t image_size = job.pixels() * job.channels;
  for_each_image<T>(job, [&](const Offsets& offsets, std::int64_t image, std::int64_t window,
                             std::int64_t begin, std::int64_t end) {
    T* dx = static_cast<T*>(job.result) + image * image_size;
    const T* from = dy + window * job.channels;
    for_each_greatest<T>(x + image * image_size, offsets, begin, end,
                         [&](std::int64_t channel, std::int64_t offset) {
                           // Unsigned where it could overflow.
                           if constexpr (std::is_integral_v<T>) {
                             using U = std::make_unsigned_t<T>;
                             dx[offset] = static_cast<T>(static_cast<U>(
                                 static_cast<U>(dx[offset]) + static_cast<U>(from[channel])));
                           } else {
                             dx[offset] += from[channel];
                           }
                         });
  });
}

template <class T>
void avg_pool(const PoolJob& job) {
  const auto* x = static_cast<const T*>(job.x);
  auto* y = static_cast<T*>(job.result);
  const std::int64_t image_size = job.pixels() * job.channels;
  for_each_window(job, [&](const Offsets& offsets, std::int64_t image, std::int64_t window) {
    average(x + image * image_size, offsets, job.channels, y + window * job.channels);
  });
}

template <class T>
void avg_pool_grad(const PoolJob& job) {
  const auto* dy = static_cast<const T*>(job.second);
  const std::int64_t image_size = job.pixels() * job.channels;
  for_each_image<T>(job, [&](const Offsets& offsets, std::int64_t image, std::int64_t window,
                             std::int64_t begin, std::int64_t end) {
    spread(dy + window * job.channels, offsets, begin, end,
           static_cast<T*>(job.result) + image * image_size);
  });
}

PoolFunction FindPool(Pooling pooling, DType dtype) {
  return dispatch_numeric(compute_dtype(dtype), [&]<class T>(Type<T>) -> PoolFunction {
    if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
      return nullptr;  // compute_dtype widened it
    } else {
      if (pooling == Pooling::kMax) return &max_pool<T>;
      if (pooling == Pooling::kMaxGrad) return &max_pool_grad<T>;
      if (pooling == Pooling::kMaxGather) return &max_pool_gather<T>;
      if constexpr (kHasVectors<T>) {
        return pooling == Pooling::kAvg ? &avg_pool<T> : &avg_pool_grad<T>;
      }
      return nullptr;  // floor 2 refuses it
    }
  });
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(FindPool);

namespace {

/// In float32 if it is half precision.
Tensor computable(const Tensor& x) {
  const DType dtype = compute_dtype(x.dtype());
  if (dtype == x.dtype()) return x;
  Tensor wide = Tensor::empty(dtype, x.shape());
  widen(x.dtype(), x.data(), wide.mutable_data_as<float>(), x.size());
  return wide;
}

PoolJob job_of(const Shape& x, const nn::PoolOptions& options) {
  const nn::WindowAxis none{1, 1, 1, 1, 0, 0};
  PoolJob job{{none, none, none}, x[0], x.at(-1), nullptr, nullptr, nullptr};
  const auto axes = nn::WindowAxis::of(x, Dims(options.window.begin(), options.window.end()),
                                       options.strides, options.dilations, options.padding);
  std::copy(axes.begin(), axes.end(), job.axes.end() - static_cast<std::ptrdiff_t>(axes.size()));
  return job;
}

void run(Pooling pooling, PoolJob job, const Tensor& x, const Tensor& second, Tensor& output) {
  if (output.size() == 0) return;
  const Tensor wide_x = x.defined() ? computable(x) : x;
  const Tensor wide_second = second.defined() ? computable(second) : second;
  job.x = x.defined() ? wide_x.data() : nullptr;
  job.second = second.defined() ? wide_second.data() : nullptr;
  const DType dtype = compute_dtype(output.dtype());
  const PoolFunction function = HWY_DYNAMIC_DISPATCH(FindPool)(pooling, output.dtype());
  if (dtype == output.dtype()) {
    job.result = output.mutable_data();
    return function(job);
  }
  Tensor wide = Tensor::empty(dtype, output.shape());
  job.result = wide.mutable_data();
  function(job);
  narrow(output.dtype(), wide.data_as<float>(), output.mutable_data(), output.size());
}

template <Pooling kPooling>
void run_pool(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(0);
  const Tensor second = call.inputs.size() > 1 ? call.input(1) : Tensor();
  run(kPooling, job_of(x.shape(), call.options<nn::PoolOptions>()), x, second, outputs[0]);
}

void run_avg_pool_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& [options, shape] = call.options<nn::AvgPoolGradOptions>();
  run(Pooling::kAvgGrad, job_of(shape, options), Tensor(), call.input(0), outputs[0]);
}

}  // namespace

void register_pool() {
  register_kernel("max_pool", DeviceType::kCPU, {&run_pool<Pooling::kMax>});
  register_kernel("max_pool_grad", DeviceType::kCPU, {&run_pool<Pooling::kMaxGrad>});
  register_kernel("max_pool_gather", DeviceType::kCPU, {&run_pool<Pooling::kMaxGather>});
  register_kernel("avg_pool", DeviceType::kCPU, {&run_pool<Pooling::kAvg>});
  register_kernel("avg_pool_grad", DeviceType::kCPU, {&run_avg_pool_grad});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
