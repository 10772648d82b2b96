// softmax_cross_entropy_with_logits, sparse_softmax_cross_entropy_with_logits, their backwards and
// sigmoid_cross_entropy_with_logits; floor 3 of 5: CPU.
//
// A row of logits is read from memory once; softmax itself is never written. The backwards compute
// the exponentials again, which costs less than keeping them from the forward pass.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/cross_entropy.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "base/message.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/rows.hpp"
#include "cpu/simd_transform-inl.hpp"
#include "cpu/softmax-inl.hpp"

#ifndef SAEM_CPU_CROSS_ENTROPY_ONCE
#define SAEM_CPU_CROSS_ENTROPY_ONCE
namespace saem::cpu {
enum class CrossEntropy { kDense, kDenseGrad, kSparse, kSparseGrad };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

/// p * (log(sum) - (x - maximum)).
template <class T>
struct DenseTerms {
  const T* labels;
  const T* logits;
  T maximum;
  T log_sum;
  std::int64_t reach;
  template <class D, class V>
  HWY_INLINE V term(D d, V p, V x) const {
    return hn::Mul(p, hn::Sub(hn::Set(d, log_sum), hn::Sub(x, hn::Set(d, maximum))));
  }
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    return term(d, hn::LoadU(d, labels + i), hn::LoadU(d, logits + i));
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    // Padded with the maximum: 0 times a finite number.
    return term(d, load_part(d, labels + i, count, reach - i, T(0)),
                load_part(d, logits + i, count, reach - i, maximum));
  }
};

/// (e * factor - p) * gradient.
struct DenseSlope {
  double factor;
  double gradient;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V e, V p) const {
    using T = hn::TFromD<D>;
    return hn::Mul(hn::MulSub(e, hn::Set(d, static_cast<T>(factor)), p),
                   hn::Set(d, static_cast<T>(gradient)));
  }
};

struct Times {
  double factor;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V e) const {
    return hn::Mul(e, hn::Set(d, static_cast<hn::TFromD<D>>(factor)));
  }
};

template <CrossEntropy kKind, class T>
void run_rows_of(const Rows& rows) {
  const std::int64_t n = rows.length;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    const T* x = static_cast<const T*>(rows.inputs[1]) + row * n;
    const std::int64_t reach = (rows.rows - row) * n;
    if constexpr (kKind == CrossEntropy::kDense) {
      const T* p = static_cast<const T*>(rows.inputs[0]) + row * n;
      const Normalizer<T> z = normalizer_of<T>(x, n, reach, nullptr);
      static_cast<T*>(rows.output)[row] =
          row_sum<T>(n, DenseTerms<T>{p, x, z.maximum, std::log(z.sum), reach});
    } else if constexpr (kKind == CrossEntropy::kDenseGrad) {
      const T* p = static_cast<const T*>(rows.inputs[0]) + row * n;
      T* to = static_cast<T*>(rows.output) + row * n;
      const Normalizer<T> z = normalizer_of(x, n, reach, to);
      const T mass = row_sum<T>(n, Elements<T>{p, reach});
      const T gradient = static_cast<const T*>(rows.inputs[2])[row];
      map_row(to, n, reach, DenseSlope{mass / z.sum, gradient}, to, p);
    } else if constexpr (kKind == CrossEntropy::kSparse) {
      const std::int64_t label = static_cast<const std::int64_t*>(rows.inputs[0])[row];
      const Normalizer<T> z = normalizer_of<T>(x, n, reach, nullptr);
      static_cast<T*>(rows.output)[row] = std::log(z.sum) - (x[label] - z.maximum);
    } else {
      const std::int64_t label = static_cast<const std::int64_t*>(rows.inputs[0])[row];
      T* to = static_cast<T*>(rows.output) + row * n;
      const Normalizer<T> z = normalizer_of(x, n, reach, to);
      const T gradient = static_cast<const T*>(rows.inputs[2])[row];
      const T chosen = to[label] / z.sum - T(1);
      map_row(to, n, reach, Times{gradient / z.sum}, to);
      to[label] = chosen * gradient;
    }
  }
}

template <class T>
RowFunction find_function(CrossEntropy kind) {
  switch (kind) {
    case CrossEntropy::kDense:
      return &run_rows_of<CrossEntropy::kDense, T>;
    case CrossEntropy::kDenseGrad:
      return &run_rows_of<CrossEntropy::kDenseGrad, T>;
    case CrossEntropy::kSparse:
      return &run_rows_of<CrossEntropy::kSparse, T>;
    case CrossEntropy::kSparseGrad:
      return &run_rows_of<CrossEntropy::kSparseGrad, T>;
  }
  return nullptr;
}

RowFunction CrossEntropyRows(CrossEntropy kind, DType dtype) {
  return dtype == DType::kFloat64 ? find_function<double>(kind) : find_function<float>(kind);
}

/// max(x, 0) - x * p + log(1 + exp(-|x|)).
struct SigmoidCrossEntropy {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V p, V x) const {
    return hn::NegMulAdd(x, p, softplus(d, x));
  }
  HWY_INLINE double operator()(double p, double x) const {
    return (x < 0 ? 0.0 : x) - x * p + std::log1p(std::exp(-std::abs(x)));
  }
};

BlockFunction SigmoidCrossEntropyBlock(DType dtype) {
  if (dtype == DType::kFloat64) {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      transform_scalars(SigmoidCrossEntropy{}, static_cast<double*>(output), count,
                        static_cast<const double*>(inputs[0]),
                        static_cast<const double*>(inputs[1]));
    };
  }
  return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
    transform_vectors(SigmoidCrossEntropy{}, static_cast<float*>(output), count,
                      static_cast<const float*>(inputs[0]), static_cast<const float*>(inputs[1]));
  };
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(CrossEntropyRows);
HWY_EXPORT(SigmoidCrossEntropyBlock);

namespace {

/// Before anything is computed: a wrong label must neither read nor write outside its row.
void check_labels(const OpCall& call, std::int64_t classes) {
  const std::span<const std::int64_t> labels = call.input(0).span<std::int64_t>();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= classes) [[unlikely]] {
      raise<ValueError>(call.op.name, "label {} at position {} is outside [0, {})", labels[i], i,
                        classes);
    }
  }
}

template <CrossEntropy kKind>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& logits = call.input(1);
  const std::int64_t length = logits.shape()[logits.rank() - 1];
  if constexpr (kKind == CrossEntropy::kSparse || kKind == CrossEntropy::kSparseGrad) {
    check_labels(call, length);
  }
  if (outputs[0].size() == 0) return;
  if (length == 0) {  // a sum over no classes
    std::memset(outputs[0].mutable_data(), 0, static_cast<std::size_t>(outputs[0].nbytes()));
    return;
  }
  run_rows({call.inputs, outputs[0], logits.size() / length, length,
            HWY_DYNAMIC_DISPATCH(CrossEntropyRows)(kKind, logits.dtype())});
}

void run_sigmoid(const OpCall& call, std::span<Tensor> outputs) {
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(SigmoidCrossEntropyBlock)(outputs[0].dtype());
  run_elementwise({call.inputs, outputs[0], block});
}

}  // namespace

void register_cross_entropy() {
  register_kernel("softmax_cross_entropy_with_logits", DeviceType::kCPU,
                  {&run<CrossEntropy::kDense>});
  register_kernel("softmax_cross_entropy_grad", DeviceType::kCPU, {&run<CrossEntropy::kDenseGrad>});
  register_kernel("sparse_softmax_cross_entropy_with_logits", DeviceType::kCPU,
                  {&run<CrossEntropy::kSparse>});
  register_kernel("sparse_softmax_cross_entropy_grad", DeviceType::kCPU,
                  {&run<CrossEntropy::kSparseGrad>});
  register_kernel("sigmoid_cross_entropy_with_logits", DeviceType::kCPU, {&run_sigmoid, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
