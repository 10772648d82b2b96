// fill, and the tensors made of C++ values; floor 2 of 5: meaning.
#include <cmath>
#include <cstring>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/creation.hpp>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/dispatch.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_fill(const OpCall& call) {
  const auto& options = call.options<FillOptions>();
  checked_size(options.shape, "fill");
  options.value.check_fits(options.dtype, "fill");
  return {{options.dtype, options.shape}};
}

}  // namespace

constinit OpDef fill_op{.name = "fill",
                        .min_inputs = 0,
                        .max_inputs = 0,
                        .traits = kNoGradient,
                        .infer = infer_fill,
                        .options = &kAttributesType<FillOptions>};

}  // namespace ops

namespace detail {
namespace {

template <class From, class To>
To convert(From value) {
  const Scalar scalar(value);
  scalar.check_fits(dtype_of<To>(), "constant");
  return scalar.to<To>();
}

}  // namespace

Tensor tensor_from(const void* values, DType given, const Shape& shape, DType dtype) {
  Tensor tensor = Tensor::empty(dtype, shape);
  if (tensor.size() == 0) return place(std::move(tensor));
  if (given == dtype) {
    std::memcpy(tensor.mutable_data(), values, static_cast<std::size_t>(tensor.nbytes()));
    return place(std::move(tensor));
  }
  dispatch_any(given, [&]<class From>(Type<From>) {
    dispatch_any(dtype, [&]<class To>(Type<To>) {
      const From* from = static_cast<const From*>(values);
      std::transform(from, from + tensor.size(), tensor.mutable_data_as<To>(), convert<From, To>);
    });
  });
  return place(std::move(tensor));
}

void raise_ragged(std::size_t expected, std::size_t got) {
  raise<ShapeError>("constant",
                    "the nested lists are ragged: one has {} entries where its neighbours have {}",
                    got, expected);
}

}  // namespace detail

Tensor fill(const Shape& shape, Scalar value, CreationOptions options) {
  const DType dtype = options.dtype == DType() ? ops::literal_dtype(value) : options.dtype;
  return apply_one(ops::fill_op, {}, FillOptions{shape, value, dtype});
}

Tensor zeros(const Shape& shape, DType dtype) {
  return apply_one(ops::fill_op, {},
                   FillOptions{shape, dtype.is_bool() ? Scalar(false) : 0, dtype});
}

Tensor ones(const Shape& shape, DType dtype) {
  return apply_one(ops::fill_op, {}, FillOptions{shape, dtype.is_bool() ? Scalar(true) : 1, dtype});
}

Tensor zeros_like(const Tensor& x, CreationOptions options) {
  const DeviceScope beside(x.device());
  return zeros(x.shape(), options.dtype == DType() ? x.dtype() : options.dtype);
}

Tensor ones_like(const Tensor& x, CreationOptions options) {
  const DeviceScope beside(x.device());
  return ones(x.shape(), options.dtype == DType() ? x.dtype() : options.dtype);
}

namespace {

/// ceil((limit - start) / delta), not below 0; exact, where float64 would round large integers.
std::int64_t integer_count(Scalar start, Scalar limit, Scalar delta, bool is_unsigned) {
  const auto first = start.to<std::uint64_t>();
  const auto last = limit.to<std::uint64_t>();
  const bool rises = delta.to<std::int64_t>() > 0;
  const auto& low = rises ? first : last;
  const auto& high = rises ? last : first;
  const bool none_between =
      is_unsigned ? low >= high : static_cast<std::int64_t>(low) >= static_cast<std::int64_t>(high);
  if (none_between) return 0;
  // Differences of 64-bit integers fit their unsigned type.
  const std::uint64_t step = rises ? delta.to<std::uint64_t>() : 0 - delta.to<std::uint64_t>();
  return static_cast<std::int64_t>(std::min<std::uint64_t>((high - low - 1) / step, 1ull << 62)) +
         1;
}

std::int64_t range_count(Scalar start, Scalar limit, Scalar delta, DType dtype) {
  if (dtype.is_integer()) {
    return integer_count(start, limit, delta, dtype.is_unsigned());
  }
  const double count = std::ceil((limit.to<double>() - start.to<double>()) / delta.to<double>());
  if (count <= 0.0) return 0;
  // Also where it is NaN.
  if (!(count < 0x1p62)) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(count);
}

}  // namespace

Tensor range(Scalar start, Scalar limit, Scalar delta, CreationOptions options) {
  const bool fractions = start.is_floating() || limit.is_floating() || delta.is_floating();
  const DType dtype = options.dtype != DType() ? options.dtype : fractions ? float32 : int32;
  if (delta.to<double>() == 0.0) {
    raise<ValueError>("range", "delta is 0, so the range from {} would never reach {}",
                      start.to_string(), limit.to_string());
  }
  if (dtype.is_bool()) raise<DTypeError>("range", "needs a dtype of numbers, got bool");
  start.check_fits(dtype, "range");
  limit.check_fits(dtype, "range");
  // A negative step may lead down through unsigned numbers.
  delta.check_fits(dtype.is_unsigned() ? int64 : dtype, "range");
  const std::int64_t count = range_count(start, limit, delta, dtype);
  if (count > (std::int64_t{1} << 62)) {
    raise<ValueError>("range", "from {} to {} by {} there are too many numbers", start.to_string(),
                      limit.to_string(), delta.to_string());
  }
  Tensor result = Tensor::empty(dtype, {count});
  dispatch_numeric(dtype, [&]<class T>(Type<T>) {
    T* elements = result.mutable_data_as<T>();
    for (std::int64_t i = 0; i < result.size(); ++i) {
      if constexpr (std::is_integral_v<T>) {
        // Unsigned: what wraps on the way comes out right in the end.
        elements[i] = static_cast<T>(start.to<std::uint64_t>() +
                                     static_cast<std::uint64_t>(i) * delta.to<std::uint64_t>());
      } else {
        // One product and one sum an element, in double: errors do not pile up along the range.
        const double value = start.to<double>() + static_cast<double>(i) * delta.to<double>();
        elements[i] = Scalar(value).to<T>();
      }
    }
  });
  return place(std::move(result));
}

Tensor range(Scalar limit) { return range(0, limit); }

}  // namespace saem
