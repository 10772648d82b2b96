// unsorted_segment_sum, _prod, _max, _min; floor 3 of 5: CPU.
//
// Rows meet their segment in their own order. Threads share out the columns, or, where rows are
// narrow, the segments, each with the list of its rows.
#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/segment.hpp>
#include <vector>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread folds at a time.
constexpr std::int64_t kGrain = 1 << 14;
/// Neighbouring columns that one thread folds for all rows: 256 bytes of float32.
constexpr std::int64_t kColumns = 64;

/// What a segment is accumulated in: float32 for halves; unsigned for integers that wrap around,
/// wide enough that a product of two is not promoted to a signed type.
template <class T>
using Wrapping = std::conditional_t<std::is_integral_v<T>, std::uint64_t,
                                    std::conditional_t<(sizeof(T) < 4), float, T>>;
template <class T>
using Comparing = std::conditional_t<(!std::is_integral_v<T> && sizeof(T) < 4), float, T>;

template <class T>
struct Sum {
  using State = Wrapping<T>;
  static State start(bool) { return 0; }
  static void fold(State& state, T x) { state += static_cast<State>(x); }
};

template <class T>
struct Product {
  using State = Wrapping<T>;
  static State start(bool) { return 1; }
  static void fold(State& state, T x) { state *= static_cast<State>(x); }
};

template <class T>
constexpr Comparing<T> highest() {
  if constexpr (std::is_same_v<T, float16>) {
    return 65504.0f;
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return 0x1.fep127f;
  } else {
    return std::numeric_limits<T>::max();
  }
}

template <class T>
constexpr Comparing<T> lowest() {
  if constexpr (std::is_integral_v<T>) {
    return std::numeric_limits<T>::lowest();
  } else {
    return -highest<T>();
  }
}

/// From what an extremum starts: `finite`, or beyond it.
template <class State>
State end_or_infinity(State finite, bool from_infinity) {
  if constexpr (std::is_integral_v<State>) return finite;
  return from_infinity ? std::copysign(std::numeric_limits<State>::infinity(), finite) : finite;
}

template <class T>
struct Largest {
  using State = Comparing<T>;
  static State start(bool from_infinity) { return end_or_infinity(lowest<T>(), from_infinity); }
  static void fold(State& state, T element) {
    const auto x = static_cast<State>(element);
    if (x > state || x != x) state = x;
  }
};

template <class T>
struct Smallest {
  using State = Comparing<T>;
  static State start(bool from_infinity) { return end_or_infinity(highest<T>(), from_infinity); }
  static void fold(State& state, T element) {
    const auto x = static_cast<State>(element);
    if (x < state || x != x) state = x;
  }
};

struct Layout {
  std::int64_t count;  ///< rows
  std::int64_t inner;  ///< columns
  std::int64_t segments;
  bool from_infinity;
};

/// Before anything is folded: an error leaves no half-made tensor.
template <class I>
void check_ids(const OpCall& call, const I* ids, const Layout& layout) {
  for (std::int64_t i = 0; i < layout.count; ++i) {
    if (ids[i] >= layout.segments) {
      raise<IndexError>(call.op.name, "segment_ids has {} at place {}, but num_segments is {}",
                        ids[i], i, layout.segments);
    }
  }
}

/// Columns [first, first + width), all rows one after the other.
template <class Fold, class T, class I>
void fold_columns(const Layout& layout, const T* data, const I* ids, T* output, std::int64_t first,
                  std::int64_t width) {
  using State = typename Fold::State;
  std::vector<State> states(static_cast<std::size_t>(layout.segments * width),
                            Fold::start(layout.from_infinity));
  for (std::int64_t i = 0; i < layout.count; ++i) {
    if (ids[i] < 0) continue;
    State* segment = states.data() + static_cast<std::int64_t>(ids[i]) * width;
    const T* row = data + i * layout.inner + first;
    for (std::int64_t j = 0; j < width; ++j) Fold::fold(segment[j], row[j]);
  }
  for (std::int64_t s = 0; s < layout.segments; ++s) {
    T* to = output + s * layout.inner + first;
    for (std::int64_t j = 0; j < width; ++j) {
      to[j] = static_cast<T>(states[static_cast<std::size_t>(s * width + j)]);
    }
  }
}

/// The rows of every segment, listed in their order.
struct RowLists {
  std::vector<std::int64_t> begin;  ///< where each segment's list begins; one more at the end
  std::vector<std::int64_t> rows;
};

template <class I>
RowLists list_rows(const Layout& layout, const I* ids) {
  RowLists lists;
  lists.begin.assign(static_cast<std::size_t>(layout.segments + 1), 0);
  for (std::int64_t i = 0; i < layout.count; ++i) {
    if (ids[i] >= 0) ++lists.begin[static_cast<std::size_t>(ids[i]) + 1];
  }
  for (std::size_t s = 1; s < lists.begin.size(); ++s) lists.begin[s] += lists.begin[s - 1];
  std::vector<std::int64_t> next(lists.begin.begin(), lists.begin.end() - 1);
  lists.rows.resize(static_cast<std::size_t>(lists.begin.back()));
  for (std::int64_t i = 0; i < layout.count; ++i) {
    if (ids[i] < 0) continue;
    lists.rows[static_cast<std::size_t>(next[static_cast<std::size_t>(ids[i])]++)] = i;
  }
  return lists;
}

template <class Fold, class T>
void fold_segments(const Layout& layout, const T* data, const RowLists& lists, T* output,
                   std::int64_t begin, std::int64_t end) {
  std::vector<typename Fold::State> states(static_cast<std::size_t>(layout.inner));
  for (std::int64_t s = begin; s < end; ++s) {
    std::fill(states.begin(), states.end(), Fold::start(layout.from_infinity));
    const auto segment = static_cast<std::size_t>(s);
    for (std::int64_t k = lists.begin[segment]; k < lists.begin[segment + 1]; ++k) {
      const T* row = data + lists.rows[static_cast<std::size_t>(k)] * layout.inner;
      for (std::size_t j = 0; j < states.size(); ++j) Fold::fold(states[j], row[j]);
    }
    std::transform(states.begin(), states.end(), output + s * layout.inner,
                   [](auto state) { return static_cast<T>(state); });
  }
}

template <class Fold, class T, class I>
void fold(const OpCall& call, const Layout& layout, const I* ids, Tensor& output) {
  const T* data = call.input(0).data_as<T>();
  T* to = output.mutable_data_as<T>();
  const std::int64_t strips = (layout.inner + kColumns - 1) / kColumns;
  const std::int64_t elements = layout.count * layout.inner;
  if (strips > 1 || layout.inner < 8 || elements < 4 * kGrain) {
    const std::int64_t work = (layout.count + layout.segments) * std::min(kColumns, layout.inner);
    parallel_for(strips, std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(work, 1)),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (; begin < end; ++begin) {
                     const std::int64_t first = begin * kColumns;
                     fold_columns<Fold>(layout, data, ids, to, first,
                                        std::min(kColumns, layout.inner - first));
                   }
                 });
    return;
  }
  const RowLists lists = list_rows(layout, ids);
  const std::int64_t work = elements / std::max<std::int64_t>(layout.segments, 1) + layout.inner;
  parallel_for(layout.segments, std::max<std::int64_t>(1, kGrain / work),
               [&](std::int64_t begin, std::int64_t end) {
                 fold_segments<Fold>(layout, data, lists, to, begin, end);
               });
}

template <template <class> class Fold>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& ids = call.input(1);
  Tensor& output = outputs[0];
  const auto& options = call.options<SegmentOptions>();
  Layout layout{ids.size(), 1, options.num_segments, options.from_infinity};
  for (int i = 1; i < output.rank(); ++i) layout.inner *= output.shape()[i];
  const auto run_typed = [&]<class I>(const I* places) {
    check_ids(call, places, layout);
    if (output.size() == 0) return;
    dispatch_numeric(output.dtype(),
                     [&]<class T>(Type<T>) { fold<Fold<T>, T>(call, layout, places, output); });
  };
  if (ids.dtype() == int32) {
    run_typed(ids.data_as<std::int32_t>());
  } else {
    run_typed(ids.data_as<std::int64_t>());
  }
}

}  // namespace

void register_segment() {
  register_kernel("unsorted_segment_sum", DeviceType::kCPU, {&run<Sum>});
  register_kernel("unsorted_segment_prod", DeviceType::kCPU, {&run<Product>});
  register_kernel("unsorted_segment_max", DeviceType::kCPU, {&run<Largest>});
  register_kernel("unsorted_segment_min", DeviceType::kCPU, {&run<Smallest>});
}

}  // namespace saem::cpu
