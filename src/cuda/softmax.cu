// softmax, log_softmax and their backwards; floor 4 of 5: CUDA.
//
// A row is read once, kept in registers and written once, so memory is the limit: 4 bytes an
// element in bfloat16.
#include <saem/ops/softmax.hpp>

#include "cuda/rows.cuh"

namespace saem::cuda {
namespace {

struct Softmax {
  static constexpr int kInputs = 1;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    using C = compute_type<T>;
    const C maximum =
        row.template fold<FoldMaximum>([](const auto& x, std::int64_t) { return x[0]; });
    const auto weight = [&](const auto& x, std::int64_t) { return exponential<T>(x[0] - maximum); };
    const C share = C(1) / row.template fold_keeping<FoldSum>(weight);
    row.map_kept(arguments.output + index * arguments.length, weight,
                 [&](C w, const auto&, std::int64_t) { return w * share; });
  }
};

struct LogSoftmax {
  static constexpr int kInputs = 1;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    using C = compute_type<T>;
    const C maximum =
        row.template fold<FoldMaximum>([](const auto& x, std::int64_t) { return x[0]; });
    const C log_sum = log(row.template fold<FoldSum>(
        [&](const auto& x, std::int64_t) { return exponential<T>(x[0] - maximum); }));
    row.map(arguments.output + index * arguments.length,
            [&](const auto& x, std::int64_t) { return x[0] - maximum - log_sum; });
  }
};

/// (dy - sum(dy * y)) * y.
struct SoftmaxGrad {
  static constexpr int kInputs = 2;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    const auto dot =
        row.template fold<FoldSum>([](const auto& x, std::int64_t) { return x[0] * x[1]; });
    row.map(arguments.output + index * arguments.length,
            [&](const auto& x, std::int64_t) { return (x[1] - dot) * x[0]; });
  }
};

/// dy - exp(y) * sum(dy).
struct LogSoftmaxGrad {
  static constexpr int kInputs = 2;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    const auto sum = row.template fold<FoldSum>([](const auto& x, std::int64_t) { return x[1]; });
    row.map(arguments.output + index * arguments.length,
            [&](const auto& x, std::int64_t) { return x[1] - exponential<T>(x[0]) * sum; });
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(0);
  if (x.size() == 0) return;
  const std::int64_t length = x.rank() == 0 ? 1 : x.shape()[x.rank() - 1];
  dispatch_floating(x.dtype(), [&]<class T>(Type<T>) {
    RowArguments<T> arguments{};
    for (std::size_t k = 0; k < Op::kInputs; ++k) {
      arguments.inputs[k] = static_cast<const T*>(call.input(k).data());
    }
    arguments.output = static_cast<T*>(outputs[0].mutable_data());
    arguments.rows = x.size() / length;
    arguments.length = length;
    arguments.op = call.op.name;
    run_rows<Op>(arguments);
  });
}

}  // namespace

void register_softmax() {
  register_kernel("softmax", DeviceType::kGPU, {&run<Softmax>});
  register_kernel("log_softmax", DeviceType::kGPU, {&run<LogSoftmax>});
  register_kernel("softmax_grad", DeviceType::kGPU, {&run<SoftmaxGrad>});
  register_kernel("log_softmax_grad", DeviceType::kGPU, {&run<LogSoftmaxGrad>});
}

}  // namespace saem::cuda
