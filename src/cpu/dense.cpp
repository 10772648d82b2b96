// dense, floor 3 of 5: CPU. The product, then bias and activation in one pass over it. (oneDNN
// could do both while it multiplies, but makes 0 of NaN in relu.)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/dense.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <saem/ops/dense.hpp>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/matmul.hpp"
#include "cpu/simd_transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

struct AddBias {
  template <class D, class V>
  HWY_INLINE V operator()(D, V y, V bias) const {
    return hn::Add(y, bias);
  }
};

// Written so that NaN, of which no comparison is true, passes.
struct AddBiasRelu {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V y, V bias) const {
    const V sum = hn::Add(y, bias);
    return hn::IfThenZeroElse(hn::Le(sum, hn::Zero(d)), sum);
  }
};

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  transform_vectors(Op{}, static_cast<T*>(output), count, static_cast<const T*>(inputs[0]),
                    static_cast<const T*>(inputs[1]));
}

BlockFunction EpilogueBlock(bool relu, DType dtype) {
  if (compute_dtype(dtype) == float64) {
    return relu ? &block<AddBiasRelu, double> : &block<AddBias, double>;
  }
  return relu ? &block<AddBiasRelu, float> : &block<AddBias, float>;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(EpilogueBlock);

namespace {

void run_dense(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& y = outputs[0];
  const auto& options = call.options<nn::DenseOptions>();
  run_product(call.input(0), call.input(1), {.constant_b = options.constant_kernel}, y);
  const bool relu = options.activation == "relu";
  const Tensor inputs[] = {y, call.input(2)};
  run_elementwise({inputs, y, HWY_DYNAMIC_DISPATCH(EpilogueBlock)(relu, y.dtype())});
}

}  // namespace

void register_dense() { register_kernel("dense", DeviceType::kCPU, {&run_dense, true}); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
