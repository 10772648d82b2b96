// concat, floor 3 of 5: CPU.
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>

#include "cpu/strided_copy.hpp"

namespace saem::cpu {
namespace {

void run_concat(const OpCall& call, std::span<Tensor> outputs) {
  const auto axis = static_cast<std::size_t>(call.options<ConcatOptions>().axis);
  Tensor& output = outputs[0];
  auto* to = static_cast<std::byte*>(output.mutable_data());
  for (const Tensor& value : call.inputs) {
    const std::int64_t size = value.shape().dims()[axis];
    copy_strided({static_cast<const std::byte*>(value.data()), to, value.dtype().size(),
                  value.shape().dims(), value.strides(), output.strides()});
    to += size * output.strides()[axis] * static_cast<std::int64_t>(value.dtype().size());
  }
}

}  // namespace

void register_concat() { register_kernel("concat", DeviceType::kCPU, {&run_concat, true}); }

}  // namespace saem::cpu
