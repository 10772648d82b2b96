#include <cmath>
#include <limits>
#include <saem/core/scalar.hpp>

#include "base/message.hpp"
#include "core/dispatch.hpp"

namespace saem {

void Scalar::check_fits(DType dtype, const char* op) const {
  if (dtype.is_complex()) return;
  if (is_complex()) {
    raise<DTypeError>(op, "{} does not fit a tensor of {}; tf::cast the tensor to tf::complex64",
                      to_string(), dtype.name());
  }
  if (dtype.is_floating() || dtype.is_float8()) return;
  if (dtype.is_bool()) {
    if (!is_bool()) {
      raise<DTypeError>(op, "the number {} does not fit a bool tensor; tf::cast the tensor first",
                        to_string());
    }
    return;
  }
  if (is_floating() || is_bool()) {
    raise<DTypeError>(op, "{} does not fit a tensor of {}; tf::cast the tensor to float32 first",
                      to_string(), dtype.name());
  }
  dispatch_numeric(dtype, [&]<class T>(Type<T>) {
    if constexpr (std::is_integral_v<T>) {
      const bool fits = kind_ == Kind::kUnsigned
                            ? std::in_range<T>(static_cast<std::uint64_t>(integer_))
                            : std::in_range<T>(integer_);
      if (!fits) {
        raise<DTypeError>(op, "{} is outside the range of {}, [{}, {}]", to_string(), dtype.name(),
                          +std::numeric_limits<T>::min(), +std::numeric_limits<T>::max());
      }
    }
  });
}

std::string Scalar::to_string() const {
  if (kind_ == Kind::kBool) return integer_ != 0 ? "true" : "false";
  if (kind_ == Kind::kFloating) return fmt::format("{}", floating_);
  if (kind_ == Kind::kComplex) return fmt::format("({}{:+}j)", floating_, imaginary_);
  if (kind_ == Kind::kUnsigned) return std::to_string(static_cast<std::uint64_t>(integer_));
  return std::to_string(integer_);
}

}  // namespace saem
