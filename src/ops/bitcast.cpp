// bitcast, saturate_cast; floor 2 of 5: meaning.
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/bitcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/clip.hpp>

#include "base/message.hpp"
#include "core/dispatch.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_bitcast(const OpCall& call) {
  const Tensor& x = call.input(0);
  const DType to = call.options<BitcastOptions>().dtype;
  for (const DType dtype : {x.dtype(), to}) {
    if (dtype.is_bool() || dtype == DType()) {
      raise<DTypeError>(call.op.name, "{} has no bits of its own; tf::cast it to tf::uint8",
                        dtype.name());
    }
  }
  Shape shape = x.shape();
  const auto from_width = static_cast<std::int64_t>(x.dtype().size());
  const auto to_width = static_cast<std::int64_t>(to.size());
  if (to_width < from_width) {
    shape.push_back(from_width / to_width);
  } else if (to_width > from_width) {
    const std::int64_t needed = to_width / from_width;
    if (x.rank() == 0 || x.shape(-1) != needed) {
      raise<ShapeError>(call.op.name,
                        "{} {} cannot be joined to {}: the last axis must have {} elements",
                        x.dtype().name(), x.shape().to_string(), to.name(), needed);
    }
    Dims dims = shape.dims();
    dims.pop_back();
    shape = Shape(std::move(dims));
  }
  return {{to, std::move(shape)}};
}

}  // namespace

constinit OpDef bitcast_op{.name = "bitcast",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = kNoGradient,
                           .infer = infer_bitcast,
                           .options = &kAttributesType<BitcastOptions>};

}  // namespace ops

Tensor bitcast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype && !dtype.is_bool()) return x;
  return apply_one(ops::bitcast_op, {x}, BitcastOptions{dtype});
}

Tensor saturate_cast(const Tensor& x, DType dtype) {
  for (const DType real : {x.dtype(), dtype}) {
    if (real.is_complex() || real.is_float8() || real == DType()) {
      raise<DTypeError>("saturate_cast", "needs real dtypes, got {}; tf::cast it", real.name());
    }
  }
  // From floating point `cast` itself ends at the range; bool fits everywhere.
  if (!x.dtype().is_integer() || !dtype.is_integer()) return cast(x, dtype);
  return dispatch_numeric(x.dtype(), [&]<class From>(Type<From>) {
    return dispatch_numeric(dtype, [&]<class To>(Type<To>) -> Tensor {
      if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
        using FromLimits = std::numeric_limits<From>;
        using ToLimits = std::numeric_limits<To>;
        const bool below = std::cmp_less(FromLimits::min(), ToLimits::min());
        const bool above = std::cmp_greater(FromLimits::max(), ToLimits::max());
        const From low = below ? static_cast<From>(ToLimits::min()) : FromLimits::min();
        const From high = above ? static_cast<From>(ToLimits::max()) : FromLimits::max();
        return cast(below || above ? clip_by_value(x, low, high) : x, dtype);
      } else {
        return {};  // both are integers
      }
    });
  });
}

}  // namespace saem
