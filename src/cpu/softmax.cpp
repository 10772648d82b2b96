// softmax, log_softmax and their backwards; floor 3 of 5: CPU.
//
// A row is read from memory once and written once; the passes in between find it in the cache.
// Limit: 8 bytes moved for each float32 forward, 12 backward.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/softmax.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "cpu/elementwise.hpp"
#include "cpu/rows.hpp"
#include "cpu/softmax-inl.hpp"

#ifndef SAEM_CPU_SOFTMAX_ONCE
#define SAEM_CPU_SOFTMAX_ONCE
namespace saem::cpu {
enum class SoftmaxKind { kSoftmax, kLogSoftmax, kSoftmaxGrad, kLogSoftmaxGrad };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

struct Scale {
  double factor;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V e) const {
    return hn::Mul(e, hn::Set(d, static_cast<hn::TFromD<D>>(factor)));
  }
};

/// x - maximum - log(sum): the difference first, for it is exact where x is near the maximum.
struct LogScale {
  double maximum;
  double log_sum;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    using T = hn::TFromD<D>;
    return hn::Sub(hn::Sub(x, hn::Set(d, static_cast<T>(maximum))),
                   hn::Set(d, static_cast<T>(log_sum)));
  }
};

struct SoftmaxSlope {
  double dot;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V dy) const {
    return hn::Mul(hn::Sub(dy, hn::Set(d, static_cast<hn::TFromD<D>>(dot))), y);
  }
};

struct LogSoftmaxSlope {
  double sum;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V dy) const {
    return hn::NegMulAdd(row_exp(d, y), hn::Set(d, static_cast<hn::TFromD<D>>(sum)), dy);
  }
};

template <SoftmaxKind kKind, class T>
void run_rows_of(const Rows& rows) {
  const std::int64_t n = rows.length;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    const T* x = static_cast<const T*>(rows.inputs[0]) + row * n;
    const T* dy = static_cast<const T*>(rows.inputs[1]);
    if (dy != nullptr) dy += row * n;
    T* to = static_cast<T*>(rows.output) + row * n;
    const std::int64_t reach = (rows.rows - row) * n;
    if constexpr (kKind == SoftmaxKind::kSoftmax) {
      const Normalizer<T> normalizer = normalizer_of(x, n, reach, to);
      map_row(to, n, reach, Scale{T(1) / normalizer.sum}, to);
    } else if constexpr (kKind == SoftmaxKind::kLogSoftmax) {
      const Normalizer<T> normalizer = normalizer_of<T>(x, n, reach, nullptr);
      map_row(to, n, reach, LogScale{normalizer.maximum, std::log(normalizer.sum)}, x);
    } else if constexpr (kKind == SoftmaxKind::kSoftmaxGrad) {
      map_row(to, n, reach, SoftmaxSlope{row_sum<T>(n, Products<T>{x, dy, reach})}, x, dy);
    } else {
      map_row(to, n, reach, LogSoftmaxSlope{row_sum<T>(n, Elements<T>{dy, reach})}, x, dy);
    }
  }
}

template <class T>
RowFunction find_function(SoftmaxKind kind) {
  switch (kind) {
    case SoftmaxKind::kSoftmax:
      return &run_rows_of<SoftmaxKind::kSoftmax, T>;
    case SoftmaxKind::kLogSoftmax:
      return &run_rows_of<SoftmaxKind::kLogSoftmax, T>;
    case SoftmaxKind::kSoftmaxGrad:
      return &run_rows_of<SoftmaxKind::kSoftmaxGrad, T>;
    case SoftmaxKind::kLogSoftmaxGrad:
      return &run_rows_of<SoftmaxKind::kLogSoftmaxGrad, T>;
  }
  return nullptr;
}

RowFunction SoftmaxRows(SoftmaxKind kind, DType dtype) {
  return dtype == DType::kFloat64 ? find_function<double>(kind) : find_function<float>(kind);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(SoftmaxRows);

namespace {

template <SoftmaxKind kKind>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Shape& shape = outputs[0].shape();
  if (shape.size() == 0) return;
  const std::int64_t length = shape[shape.rank() - 1];
  run_rows({call.inputs, outputs[0], shape.size() / length, length,
            HWY_DYNAMIC_DISPATCH(SoftmaxRows)(kKind, outputs[0].dtype())});
}

}  // namespace

void register_softmax() {
  register_kernel("softmax", DeviceType::kCPU, {&run<SoftmaxKind::kSoftmax>});
  register_kernel("log_softmax", DeviceType::kCPU, {&run<SoftmaxKind::kLogSoftmax>});
  register_kernel("softmax_grad", DeviceType::kCPU, {&run<SoftmaxKind::kSoftmaxGrad>});
  register_kernel("log_softmax_grad", DeviceType::kCPU, {&run<SoftmaxKind::kLogSoftmaxGrad>});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
