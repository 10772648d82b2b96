// apply_adam, floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/adam.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <cmath>
#include <saem/ops/adam.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "core/registry.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_ADAM_STEP
#define SAEM_CPU_ADAM_STEP

namespace saem::cpu {

/// The scalars of one step, in the precision that it is computed in.
template <class T>
struct AdamScalars {
  T rate;  ///< lr sqrt(1 - beta2^t) / (1 - beta1^t)
  T beta1;
  T one_less_beta1;
  T one_less_beta2;
  T epsilon;
  bool nesterov;
};

/// Where a step reads and writes; the outputs may be the inputs.
template <class T>
struct AdamArrays {
  const T* var;
  const T* m;
  const T* v;
  const T* grad;
  T* new_var;
  T* new_m;
  T* new_v;
};

}  // namespace saem::cpu

#endif  // SAEM_CPU_ADAM_STEP

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {

template <class T>
void adam_scalar(const AdamArrays<T>& a, const AdamScalars<T>& s, std::int64_t i) {
  const T grad = a.grad[i];
  const T m = a.m[i] + (grad - a.m[i]) * s.one_less_beta1;
  const T v = a.v[i] + (grad * grad - a.v[i]) * s.one_less_beta2;
  const T direction = s.nesterov ? s.beta1 * m + s.one_less_beta1 * grad : m;
  a.new_m[i] = m;
  a.new_v[i] = v;
  a.new_var[i] = a.var[i] - s.rate * direction / (std::sqrt(v) + s.epsilon);
}

/// Elements [begin, end). Vectors start at multiples of the widest, whatever the range, so that an
/// element's bits do not depend on the number of threads.
template <class T>
void adam_range(const AdamArrays<T>& a, const AdamScalars<T>& s, std::int64_t begin,
                std::int64_t end) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto rate = hn::Set(d, s.rate);
  const auto beta1 = hn::Set(d, s.beta1);
  const auto one_less_beta1 = hn::Set(d, s.one_less_beta1);
  const auto one_less_beta2 = hn::Set(d, s.one_less_beta2);
  const auto epsilon = hn::Set(d, s.epsilon);
  std::int64_t i = begin;
  for (; i + lanes <= end; i += lanes) {
    const auto grad = hn::LoadU(d, a.grad + i);
    const auto old_m = hn::LoadU(d, a.m + i);
    const auto old_v = hn::LoadU(d, a.v + i);
    const auto m = hn::Add(old_m, hn::Mul(hn::Sub(grad, old_m), one_less_beta1));
    const auto v = hn::Add(old_v, hn::Mul(hn::Sub(hn::Mul(grad, grad), old_v), one_less_beta2));
    const auto direction =
        s.nesterov ? hn::Add(hn::Mul(beta1, m), hn::Mul(one_less_beta1, grad)) : m;
    const auto step = hn::Div(hn::Mul(rate, direction), hn::Add(hn::Sqrt(v), epsilon));
    const auto var = hn::Sub(hn::LoadU(d, a.var + i), step);
    hn::StoreU(m, d, a.new_m + i);
    hn::StoreU(v, d, a.new_v + i);
    hn::StoreU(var, d, a.new_var + i);
  }
  for (; i < end; ++i) adam_scalar(a, s, i);
}

void AdamFloat(const AdamArrays<float>& a, const AdamScalars<float>& s, std::int64_t begin,
               std::int64_t end) {
  adam_range(a, s, begin, end);
}

void AdamDouble(const AdamArrays<double>& a, const AdamScalars<double>& s, std::int64_t begin,
                std::int64_t end) {
  adam_range(a, s, begin, end);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(AdamFloat);
HWY_EXPORT(AdamDouble);

namespace {

/// A dozen operations, a division and a square root among them, an element: 1.4 us, from where on
/// a second thread pays. Fine enough that threads share 200 thousand weights evenly.
constexpr std::int64_t kGrain = 4096;

template <class T, class Wide>
AdamScalars<Wide> scalars_of(const OpCall& call) {
  const auto read = [&](std::size_t i) {
    return static_cast<Wide>(*call.input(i).template data_as<T>());
  };
  using namespace raw_ops;
  return {.rate = read(kLr) * std::sqrt(1 - read(kBeta2Power)) / (1 - read(kBeta1Power)),
          .beta1 = read(kBeta1),
          .one_less_beta1 = 1 - read(kBeta1),
          .one_less_beta2 = 1 - read(kBeta2),
          .epsilon = read(kEpsilon),
          .nesterov = call.options<raw_ops::ApplyAdamOptions>().use_nesterov};
}

template <class T>
AdamArrays<T> arrays_of(const OpCall& call, std::span<Tensor> outputs) {
  return {call.input(raw_ops::kVar).data_as<T>(), call.input(raw_ops::kM).data_as<T>(),
          call.input(raw_ops::kV).data_as<T>(),   call.input(raw_ops::kGrad).data_as<T>(),
          outputs[0].mutable_data_as<T>(),        outputs[1].mutable_data_as<T>(),
          outputs[2].mutable_data_as<T>()};
}

/// Half precision: widened block by block, so that nothing rounds in between.
template <class T>
void run_half(const OpCall& call, std::span<Tensor> outputs) {
  constexpr std::int64_t kBlock = 512;
  const AdamScalars<float> scalars = scalars_of<T, float>(call);
  const AdamArrays<T> a = arrays_of<T>(call, outputs);
  parallel_for(outputs[0].size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    float var[kBlock], m[kBlock], v[kBlock], grad[kBlock];
    for (std::int64_t at = begin; at < end; at += kBlock) {
      const std::int64_t count = std::min(kBlock, end - at);
      for (std::int64_t i = 0; i < count; ++i) {
        var[i] = static_cast<float>(a.var[at + i]);
        m[i] = static_cast<float>(a.m[at + i]);
        v[i] = static_cast<float>(a.v[at + i]);
        grad[i] = static_cast<float>(a.grad[at + i]);
      }
      HWY_DYNAMIC_DISPATCH(AdamFloat)({var, m, v, grad, var, m, v}, scalars, 0, count);
      for (std::int64_t i = 0; i < count; ++i) {
        a.new_var[at + i] = static_cast<T>(var[i]);
        a.new_m[at + i] = static_cast<T>(m[i]);
        a.new_v[at + i] = static_cast<T>(v[i]);
      }
    }
  });
}

void run_apply_adam(const OpCall& call, std::span<Tensor> outputs) {
  dispatch(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
      const AdamScalars<T> scalars = scalars_of<T, T>(call);
      const AdamArrays<T> arrays = arrays_of<T>(call, outputs);
      parallel_for(outputs[0].size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        if constexpr (std::is_same_v<T, float>) {
          HWY_DYNAMIC_DISPATCH(AdamFloat)(arrays, scalars, begin, end);
        } else {
          HWY_DYNAMIC_DISPATCH(AdamDouble)(arrays, scalars, begin, end);
        }
      });
    } else if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
      run_half<T>(call, outputs);
    }
  });
}

}  // namespace

void register_adam() { register_kernel("apply_adam", DeviceType::kCPU, {&run_apply_adam}); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
