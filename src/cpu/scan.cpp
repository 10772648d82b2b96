// cumsum, cumprod, cumulative_logsumexp; floor 3 of 5: CPU.
#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/scan.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Lines that run side by side where the axis is not the last: 256 bytes of float32.
constexpr std::int64_t kSideBySide = 64;
/// Elements below which one thread is enough.
constexpr std::int64_t kGrain = 32 * 1024;

/// What a total is kept in: integers wrap around in 64 unsigned bits, which are cut off at the end.
template <class T>
using Total = std::conditional_t<std::is_integral_v<T>, std::uint64_t,
                                 std::conditional_t<(sizeof(T) < 4), float, T>>;

template <class T>
struct Sum {
  using Element = T;
  Total<T> total = 0;
  void add(T x) { total += static_cast<Total<T>>(x); }
  [[nodiscard]] T value() const { return static_cast<T>(total); }
};

template <class T>
struct Product {
  using Element = T;
  Total<T> total = 1;
  void add(T x) { total *= static_cast<Total<T>>(x); }
  [[nodiscard]] T value() const { return static_cast<T>(total); }
};

/// ln(sum) + largest, where sum = exp(x_0 - largest) + ...: an infinite x never meets another in a
/// difference.
template <class T>
struct LogSumExp {
  using Element = T;
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  void add(T element) {
    const auto x = static_cast<double>(element);
    if (x == largest) {
      sum += largest == -std::numeric_limits<double>::infinity() ? 0.0 : 1.0;
    } else if (x < largest) {
      sum += std::exp(x - largest);
    } else {  // a new largest, or NaN, which stays
      sum = sum * std::exp(largest - x) + 1.0;
      largest = x;
    }
  }
  [[nodiscard]] T value() const {
    return T(static_cast<std::conditional_t<(sizeof(T) < 4), float, T>>(
        sum == 0.0 ? largest : largest + std::log(sum)));
  }
};

/// One line of `count` elements that lie `stride` apart, its total in a register.
template <class State>
void run_line(const ScanOptions& options, const typename State::Element* x,
              typename State::Element* y, std::int64_t count, std::int64_t stride) {
  State state;
  if (options.reverse) {
    x += (count - 1) * stride;
    y += (count - 1) * stride;
    stride = -stride;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    if (options.exclusive) y[i * stride] = state.value();
    state.add(x[i * stride]);
    if (!options.exclusive) y[i * stride] = state.value();
  }
}

/// kSideBySide neighbouring lines of `count` elements that lie `stride` apart. So many are known
/// when this is compiled: sums and products become vectors.
template <class State>
void run_side_by_side(const ScanOptions& options, const typename State::Element* x,
                      typename State::Element* y, std::int64_t count, std::int64_t stride) {
  State states[kSideBySide];
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = (options.reverse ? count - 1 - i : i) * stride;
    const typename State::Element* __restrict from = x + at;
    typename State::Element* __restrict to = y + at;
    if (options.exclusive) {
      for (std::int64_t j = 0; j < kSideBySide; ++j) to[j] = states[j].value();
    }
    for (std::int64_t j = 0; j < kSideBySide; ++j) states[j].add(from[j]);
    if (!options.exclusive) {
      for (std::int64_t j = 0; j < kSideBySide; ++j) to[j] = states[j].value();
    }
  }
}

template <class State>
void run_scan(const OpCall& call, Tensor& output) {
  using T = typename State::Element;
  const auto& options = call.options<ScanOptions>();
  const Shape& shape = output.shape();
  if (output.size() == 0) return;
  const std::int64_t count = shape[options.axis];
  const std::int64_t inner = row_major_strides(shape)[static_cast<std::size_t>(options.axis)];
  const std::int64_t strips = (inner + kSideBySide - 1) / kSideBySide;
  const std::int64_t tasks = output.size() / (count * inner) * strips;
  const std::int64_t grain =
      std::max<std::int64_t>(1, kGrain / (count * std::min(inner, kSideBySide)));
  const T* x = call.input(0).data_as<T>();
  T* y = output.mutable_data_as<T>();
  parallel_for(tasks, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t first = task % strips * kSideBySide;
      const std::int64_t at = task / strips * count * inner + first;
      const std::int64_t width = std::min(kSideBySide, inner - first);
      if (width == kSideBySide) {
        run_side_by_side<State>(options, x + at, y + at, count, inner);
      } else {
        for (std::int64_t j = 0; j < width; ++j) {
          run_line<State>(options, x + at + j, y + at + j, count, inner);
        }
      }
    }
  });
}

template <template <class> class State>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_numeric(outputs[0].dtype(),
                   [&]<class T>(Type<T>) { run_scan<State<T>>(call, outputs[0]); });
}

}  // namespace

void register_scan() {
  register_kernel("cumsum", DeviceType::kCPU, {&run<Sum>});
  register_kernel("cumprod", DeviceType::kCPU, {&run<Product>});
  register_kernel("cumulative_logsumexp", DeviceType::kCPU, {&run<LogSumExp>});
}

}  // namespace saem::cpu
