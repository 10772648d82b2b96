// layer_normalization, rms_normalization and their backwards; floor 3 of 5: CPU.
//
// A row is read from memory once and written once; the passes in between find it in the cache.
// Limit: 8 bytes moved for each float32 forward, 12 backward. The sums over rows, of the gradients
// of scale and offset, are kept for a block of rows each and added up in the order of the blocks.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/normalization.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <saem/ops/normalization.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/softmax-inl.hpp"

#ifndef SAEM_CPU_NORMALIZATION_ONCE
#define SAEM_CPU_NORMALIZATION_ONCE
namespace saem::cpu {

/// One row as it is computed; `offset` and `doffset` are null without a mean.
template <class T>
struct NormalizedRow {
  const T* x;
  const T* dy;  ///< backward
  const T* scale;
  const T* offset;  ///< forward
  T* output;        ///< y, or dx
  T* dscale;        ///< backward: what is added to
  T* doffset;
  std::int64_t length;
  double epsilon;
};

}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

// No operand but x goes on behind its row's end, so nothing is read there (`reach` is the length).

template <class T>
struct SquaresAround {
  const T* x;
  T mean;
  std::int64_t reach;
  template <class D, class V>
  HWY_INLINE V square(D d, V v) const {
    const V centered = hn::Sub(v, hn::Set(d, mean));
    return hn::Mul(centered, centered);
  }
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    return square(d, hn::LoadU(d, x + i));
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    return square(d, load_part(d, x + i, count, reach - i, mean));
  }
};

/// g or g * (x - mean), for g = dy * scale.
template <class T, bool kTimesCentered>
struct Slopes {
  const NormalizedRow<T>& row;
  T mean;
  template <class D, class V>
  HWY_INLINE V term(D d, V dy, V scale, V x) const {
    const V g = hn::Mul(dy, scale);
    return kTimesCentered ? hn::Mul(g, hn::Sub(x, hn::Set(d, mean))) : g;
  }
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    return term(d, hn::LoadU(d, row.dy + i), hn::LoadU(d, row.scale + i), hn::LoadU(d, row.x + i));
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    const std::int64_t reach = row.length - i;
    return term(d, load_part(d, row.dy + i, count, reach, T(0)),
                load_part(d, row.scale + i, count, reach, T(0)),
                load_part(d, row.x + i, count, reach, mean));
  }
};

template <class T>
struct Statistics {
  T mean;
  T inverse;  ///< 1 / sqrt(mean square + epsilon)
};

template <bool kCenter, class T>
HWY_INLINE Statistics<T> statistics_of(const NormalizedRow<T>& row) {
  const std::int64_t n = row.length;
  const T mean = kCenter ? row_sum<T>(n, Elements<T>{row.x, n}) / static_cast<T>(n) : T(0);
  const T squares = row_sum<T>(n, SquaresAround<T>{row.x, mean, n});
  return {mean, T(1) / std::sqrt(squares / static_cast<T>(n) + static_cast<T>(row.epsilon))};
}

template <class T>
struct Normalize {
  Statistics<T> statistics;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V scale) const {
    const V centered = hn::Sub(x, hn::Set(d, statistics.mean));
    return hn::Mul(hn::Mul(centered, hn::Set(d, statistics.inverse)), scale);
  }
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x, V scale, V offset) const {
    const V centered = hn::Sub(x, hn::Set(d, statistics.mean));
    return hn::MulAdd(hn::Mul(centered, hn::Set(d, statistics.inverse)), scale, offset);
  }
};

template <bool kCenter, class T>
void forward_row(const NormalizedRow<T>& row) {
  const Normalize<T> normalize{statistics_of<kCenter>(row)};
  if constexpr (kCenter) {
    map_row(row.output, row.length, row.length, normalize, row.x, row.scale, row.offset);
  } else {
    map_row(row.output, row.length, row.length, normalize, row.x, row.scale);
  }
}

template <bool kCenter, class T>
void backward_row(const NormalizedRow<T>& row) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const std::int64_t n = row.length;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Statistics<T> statistics = statistics_of<kCenter>(row);
  const T inverse = statistics.inverse;
  const T mean_slope =
      kCenter ? row_sum<T>(n, Slopes<T, false>{row, statistics.mean}) / static_cast<T>(n) : T(0);
  const T along =
      row_sum<T>(n, Slopes<T, true>{row, statistics.mean}) / static_cast<T>(n) * inverse;
  const auto step = [&](std::int64_t i, auto&& load, auto&& store) HWY_ATTR {
    const V y = hn::Mul(hn::Sub(load(row.x + i), hn::Set(d, statistics.mean)), hn::Set(d, inverse));
    const V dy = load(row.dy + i);
    V direct = hn::Mul(dy, load(row.scale + i));
    if constexpr (kCenter) direct = hn::Sub(direct, hn::Set(d, mean_slope));
    direct = hn::NegMulAdd(y, hn::Set(d, along), direct);
    store(hn::Mul(direct, hn::Set(d, inverse)), row.output + i);
    store(hn::MulAdd(dy, y, load(row.dscale + i)), row.dscale + i);
    if constexpr (kCenter) store(hn::Add(dy, load(row.doffset + i)), row.doffset + i);
  };
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    step(
        i, [&](const T* from) HWY_ATTR { return hn::LoadU(d, from); },
        [&](V v, T* to) HWY_ATTR { hn::StoreU(v, d, to); });
  }
  if (i < n) {
    const std::int64_t rest = n - i;
    step(
        i, [&](const T* from) HWY_ATTR { return load_part(d, from, rest, rest, T(0)); },
        [&](V v, T* to) HWY_ATTR { store_part(d, v, to, rest, rest); });
  }
}

template <class T>
using RowFunctionOf = void (*)(const NormalizedRow<T>&);

template <class T>
RowFunctionOf<T> find_row_function(bool center, bool backward) {
  if (backward) return center ? &backward_row<true, T> : &backward_row<false, T>;
  return center ? &forward_row<true, T> : &forward_row<false, T>;
}

RowFunctionOf<float> NormalizationRowF32(bool center, bool backward) {
  return find_row_function<float>(center, backward);
}
RowFunctionOf<double> NormalizationRowF64(bool center, bool backward) {
  return find_row_function<double>(center, backward);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(NormalizationRowF32);
HWY_EXPORT(NormalizationRowF64);

namespace {

/// Elements below which one thread is enough: about 10 us.
constexpr std::int64_t kGrain = 32 * 1024;
/// At most so many blocks of rows have sums of their own, of at least so many rows: less, and the
/// sums would be more memory than the rows.
constexpr std::int64_t kMostBlocks = 64;
constexpr std::int64_t kLeastRows = 8;

template <class T>
using RowFunctionOf = void (*)(const NormalizedRow<T>&);

template <class T>
RowFunctionOf<T> row_function(bool center, bool backward) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return HWY_DYNAMIC_DISPATCH(NormalizationRowF32)(center, backward);
  } else {
    return HWY_DYNAMIC_DISPATCH(NormalizationRowF64)(center, backward);
  }
}

/// Row `index` of a tensor as T: in place, or widened into `buffer`.
template <class T>
const T* read_row(const Tensor& tensor, std::int64_t index, std::int64_t length,
                  std::vector<float>& buffer) {
  const auto* from = static_cast<const std::byte*>(tensor.data()) +
                     index * length * static_cast<std::int64_t>(tensor.dtype().size());
  if constexpr (sizeof(T) == sizeof(float)) {
    if (tensor.dtype() != float32) {
      buffer.resize(static_cast<std::size_t>(length));
      widen(tensor.dtype(), from, buffer.data(), length);
      return buffer.data();
    }
  }
  return reinterpret_cast<const T*>(from);
}

/// Runs `function` on rows [begin, end), which differ from `row` in what `x`, `dy` and `output`
/// are.
template <class T>
void run_rows_of(RowFunctionOf<T> function, NormalizedRow<T> row, const Tensor& x, const Tensor* dy,
                 Tensor& output, std::int64_t begin, std::int64_t end) {
  std::vector<float> wide_x, wide_dy, wide_output;
  const bool narrows = compute_dtype(output.dtype()) != output.dtype();
  if (narrows) wide_output.resize(static_cast<std::size_t>(row.length));
  for (std::int64_t index = begin; index < end; ++index) {
    auto* const to = static_cast<std::byte*>(output.mutable_data()) +
                     index * row.length * static_cast<std::int64_t>(output.dtype().size());
    row.x = read_row<T>(x, index, row.length, wide_x);
    if (dy != nullptr) row.dy = read_row<T>(*dy, index, row.length, wide_dy);
    row.output = narrows ? reinterpret_cast<T*>(wide_output.data()) : reinterpret_cast<T*>(to);
    function(row);
    if (narrows) narrow(output.dtype(), wide_output.data(), to, row.length);
  }
}

double epsilon_of(const OpCall& call, bool center) {
  return center ? call.options<nn::LayerNormalizationOptions>().epsilon
                : call.options<nn::RmsNormalizationOptions>().epsilon;
}

template <bool kCenter, class T>
void run_forward_as(const OpCall& call, Tensor& output) {
  const Tensor& x = call.input(0);
  NormalizedRow<T> row{};
  row.scale = call.input(1).data_as<T>();
  if (kCenter) row.offset = call.input(2).data_as<T>();
  row.length = call.input(1).size();
  row.epsilon = epsilon_of(call, kCenter);
  const auto function = row_function<T>(kCenter, false);
  parallel_for(x.size() / row.length, std::max<std::int64_t>(1, kGrain / row.length),
               [&](std::int64_t begin, std::int64_t end) {
                 run_rows_of(function, row, x, nullptr, output, begin, end);
               });
}

template <bool kCenter>
void run_forward(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].size() == 0) return;
  if (outputs[0].dtype() == DType::kFloat64) {
    run_forward_as<kCenter, double>(call, outputs[0]);
  } else {
    run_forward_as<kCenter, float>(call, outputs[0]);
  }
}

template <bool kCenter, class T>
void run_backward_as(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(1);
  const std::int64_t length = call.input(2).size();
  const std::int64_t rows = length == 0 ? 0 : x.size() / length;
  const std::int64_t block_rows = std::max({kLeastRows, (rows + kMostBlocks - 1) / kMostBlocks,
                                            kGrain / std::max<std::int64_t>(length, 1)});
  const std::int64_t blocks = (rows + block_rows - 1) / block_rows;
  constexpr std::int64_t kSums = kCenter ? 2 : 1;
  std::vector<T> sums(static_cast<std::size_t>(blocks * kSums * length));
  const auto function = row_function<T>(kCenter, true);
  parallel_for(blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      NormalizedRow<T> row{};
      row.scale = call.input(2).data_as<T>();
      row.length = length;
      row.epsilon = epsilon_of(call, kCenter);
      row.dscale = sums.data() + block * kSums * length;
      if (kCenter) row.doffset = row.dscale + length;
      const std::int64_t first = block * block_rows;
      run_rows_of(function, row, x, &call.input(0), outputs[0], first,
                  std::min(rows, first + block_rows));
    }
  });
  for (std::int64_t k = 0; k < kSums; ++k) {
    T* const total = outputs[static_cast<std::size_t>(k) + 1].mutable_data_as<T>();
    std::fill_n(total, length, T(0));
    for (std::int64_t block = 0; block < blocks; ++block) {
      const T* part = sums.data() + (block * kSums + k) * length;
      for (std::int64_t i = 0; i < length; ++i) total[i] += part[i];
    }
  }
}

template <bool kCenter>
void run_backward(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype() == DType::kFloat64) {
    run_backward_as<kCenter, double>(call, outputs);
  } else {
    run_backward_as<kCenter, float>(call, outputs);
  }
}

}  // namespace

void register_normalization() {
  register_kernel("layer_normalization", DeviceType::kCPU, {&run_forward<true>});
  register_kernel("rms_normalization", DeviceType::kCPU, {&run_forward<false>});
  register_kernel("layer_normalization_grad", DeviceType::kCPU, {&run_backward<true>});
  register_kernel("rms_normalization_grad", DeviceType::kCPU, {&run_backward<false>});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
