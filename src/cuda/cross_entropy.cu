// softmax_cross_entropy_with_logits, sparse_softmax_cross_entropy_with_logits and their backwards;
// floor 4 of 5: CUDA. (sigmoid_cross_entropy_with_logits runs as its composition.)
//
// A row of logits is read once; softmax itself is never written. The backwards compute the
// exponentials again, which costs less than keeping them from the forward pass.
#include <saem/ops/cross_entropy.hpp>

#include "cuda/rows.cuh"

namespace saem::cuda {
namespace {

/// Of a row of logits, input `kLogits`: its maximum and the sum of exp(x - maximum).
template <class C>
struct Normalizer {
  C maximum;
  C sum;
};

template <int kLogits, class T>
struct Weight {
  compute_type<T> maximum;
  template <class Values>
  __device__ __forceinline__ compute_type<T> operator()(const Values& x, std::int64_t) const {
    return exponential<T>(x[kLogits] - maximum);
  }
};

template <int kLogits, class T, class Row>
__device__ __forceinline__ compute_type<T> maximum_of(const Row& row) {
  return row.template fold<FoldMaximum>([](const auto& x, std::int64_t) { return x[kLogits]; });
}

template <int kLogits, class T, class Row>
__device__ __forceinline__ Normalizer<compute_type<T>> normalizer_of(const Row& row) {
  const compute_type<T> maximum = maximum_of<kLogits, T>(row);
  return {maximum, row.template fold<FoldSum>(Weight<kLogits, T>{maximum})};
}

/// sum p * (log(sum) - (x - maximum)).
struct Dense {
  static constexpr int kInputs = 2;
  static constexpr bool kWritesRows = false;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool leads) {
    using C = compute_type<T>;
    const Normalizer<C> z = normalizer_of<1, T>(row);
    const C log_sum = log(z.sum);
    const C loss = row.template fold<FoldSum>(
        [&](const auto& x, std::int64_t) { return x[0] * (log_sum - (x[1] - z.maximum)); });
    if (leads) arguments.output[index] = narrow<T>(loss);
  }
};

/// (softmax(x) * sum(p) - p) * dloss.
struct DenseGrad {
  static constexpr int kInputs = 2;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    using C = compute_type<T>;
    const Weight<1, T> weight{maximum_of<1, T>(row)};
    const C sum = row.template fold_keeping<FoldSum>(weight);
    const C mass = row.template fold<FoldSum>([](const auto& x, std::int64_t) { return x[0]; });
    const C factor = mass / sum;
    const C slope = widen(arguments.scales[index]);
    row.map_kept(arguments.output + index * arguments.length, weight,
                 [&](C w, const auto& x, std::int64_t) { return (w * factor - x[0]) * slope; });
  }
};

template <class T>
__device__ __forceinline__ bool is_class(const RowArguments<T>& arguments, std::int64_t index,
                                         bool leads) {
  const std::int64_t label = arguments.labels[index];
  if (label >= 0 && label < arguments.length) return true;
  if (leads) {
    report(arguments.finding, Finding::kLabel, arguments.op, label, index, arguments.length);
  }
  return false;
}

/// log(sum) - (x_c - maximum).
struct Sparse {
  static constexpr int kInputs = 1;
  static constexpr bool kWritesRows = false;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool leads) {
    using C = compute_type<T>;
    const Normalizer<C> z = normalizer_of<0, T>(row);
    if (!leads) return;
    C loss = static_cast<C>(NAN);
    if (is_class(arguments, index, true)) {
      const T chosen = arguments.inputs[0][index * arguments.length + arguments.labels[index]];
      loss = log(z.sum) - (widen(chosen) - z.maximum);
    }
    arguments.output[index] = narrow<T>(loss);
  }
};

/// (softmax(x) - one_hot(c)) * dloss.
struct SparseGrad {
  static constexpr int kInputs = 1;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool leads) {
    using C = compute_type<T>;
    const Weight<0, T> weight{maximum_of<0, T>(row)};
    const C share = C(1) / row.template fold_keeping<FoldSum>(weight);
    const bool known = is_class(arguments, index, leads);
    const std::int64_t label = arguments.labels[index];
    const C slope = known ? widen(arguments.scales[index]) : static_cast<C>(NAN);
    row.map_kept(arguments.output + index * arguments.length, weight,
                 [&](C w, const auto&, std::int64_t i) {
                   const C probability = w * share;
                   return (i == label ? probability - C(1) : probability) * slope;
                 });
  }
};

template <class Op, bool kSparse, bool kBackwards>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& logits = call.input(1);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const std::int64_t length = logits.shape()[logits.rank() - 1];
  if (length == 0) {  // a sum over no classes
    check(cudaMemsetAsync(output.mutable_data(), 0, static_cast<std::size_t>(output.nbytes()),
                          gpu().stream),
          call.op.name, "filling with zeros");
    return;
  }
  dispatch_floating(logits.dtype(), [&]<class T>(Type<T>) {
    RowArguments<T> arguments{};
    const auto* x = static_cast<const T*>(logits.data());
    if constexpr (kSparse) {
      arguments.inputs[0] = x;
      arguments.labels = call.input(0).data_as<std::int64_t>();
    } else {
      arguments.inputs[0] = static_cast<const T*>(call.input(0).data());
      arguments.inputs[1] = x;
    }
    if constexpr (kBackwards) arguments.scales = static_cast<const T*>(call.input(2).data());
    arguments.output = static_cast<T*>(output.mutable_data());
    arguments.rows = logits.size() / length;
    arguments.length = length;
    arguments.op = call.op.name;
    arguments.finding = gpu().finding;
    run_rows<Op>(arguments);
  });
}

}  // namespace

void register_cross_entropy() {
  register_kernel("softmax_cross_entropy_with_logits", DeviceType::kGPU,
                  {&run<Dense, false, false>});
  register_kernel("softmax_cross_entropy_grad", DeviceType::kGPU, {&run<DenseGrad, false, true>});
  register_kernel("sparse_softmax_cross_entropy_with_logits", DeviceType::kGPU,
                  {&run<Sparse, true, false>});
  register_kernel("sparse_softmax_cross_entropy_grad", DeviceType::kGPU,
                  {&run<SparseGrad, true, true>});
}

}  // namespace saem::cuda
