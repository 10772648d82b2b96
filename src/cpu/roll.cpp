// roll, floor 3 of 5: CPU.
#include <saem/core/op.hpp>
#include <saem/ops/roll.hpp>

#include "cpu/strided_copy.hpp"

namespace saem::cpu {
namespace {

/// Each rolled axis falls into two pieces that swap places, so that k axes make 2^k boxes.
void run_roll(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<RollOptions>();
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  const auto width = static_cast<std::int64_t>(x.dtype().size());
  if (x.size() == 0) return;
  const std::size_t boxes = std::size_t{1} << options.axis.size();
  for (std::size_t box = 0; box < boxes; ++box) {
    StridedCopy copy{static_cast<const std::byte*>(x.data()),
                     static_cast<std::byte*>(output.mutable_data()),
                     x.dtype().size(),
                     x.shape().dims(),
                     x.strides(),
                     output.strides()};
    for (std::size_t i = 0; i < options.axis.size(); ++i) {
      const auto axis = static_cast<std::size_t>(options.axis[i]);
      const std::int64_t stay = copy.sizes[axis] - options.shift[i];
      const bool wraps = ((box >> i) & 1u) != 0;
      copy.from += wraps ? stay * copy.from_strides[axis] * width : 0;
      copy.to += wraps ? 0 : options.shift[i] * copy.to_strides[axis] * width;
      copy.sizes[axis] = wraps ? options.shift[i] : stay;
    }
    copy_strided(copy);
  }
}

}  // namespace

void register_roll() { register_kernel("roll", DeviceType::kCPU, {&run_roll, true}); }

}  // namespace saem::cpu
