#include "graph/constant_text.hpp"

#include <saem/core/attributes.hpp>
#include <saem/ops/creation.hpp>
#include <vector>

#include "core/dispatch.hpp"
#include "core/thread_state.hpp"
#include "graph/function_body.hpp"
#include "graph/node.hpp"

namespace saem {
namespace {

constexpr std::string_view kBefore = "range";

/// The numbers from `start` on, made as `tf::range` makes them.
Tensor numbers(const Scalar& start, const Scalar& delta, std::int64_t count, DType dtype) {
  const TracingScope not_traced(nullptr);
  const DeviceScope on_cpu{Device{}};
  if (dtype.is_floating()) {
    const double first = start.to<double>();
    const double step = delta.to<double>();
    // Half a step before the next one: no doubt about how many there are.
    return range(first, first + (static_cast<double>(count) - 0.5) * step, step, {.dtype = dtype});
  }
  // Unsigned: what wraps is no range then, and compares unequal.
  const auto first = start.to<std::uint64_t>();
  const auto step = delta.to<std::uint64_t>();
  const auto behind =
      static_cast<std::int64_t>(first + static_cast<std::uint64_t>(count - 1) * step +
                                (delta.to<double>() > 0.0 ? 1u : ~std::uint64_t{0}));
  return range(start, behind, delta, {.dtype = dtype});
}

}  // namespace

std::optional<std::string> range_text(const Tensor& constant) {
  const DType dtype = constant.dtype();
  const bool is_vector = constant.rank() == 1 && constant.size() >= 2 && has_bytes(constant);
  const bool has_arithmetic = dtype.is_integer() || (dtype.is_floating() && dtype.size() > 1);
  if (!is_vector || !has_arithmetic) return std::nullopt;
  std::optional<std::string> text;
  dispatch(dtype, [&]<class T>(Type<T>) {
    using Number = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;
    const T* elements = constant.data_as<T>();
    const auto start = static_cast<Number>(elements[0]);
    const auto delta = static_cast<Number>(static_cast<Number>(elements[1]) - start);
    if (!(delta != Number{0})) return;
    const Tensor again = numbers(start, delta, constant.size(), dtype);
    if (!same_constant(again, constant)) return;
    text = std::string(kBefore) + attribute::to_text(std::vector<Scalar>{
                                      start, delta, static_cast<std::int64_t>(constant.size())});
  });
  return text;
}

bool read_range(std::string_view text, DType dtype, Tensor& constant) {
  if (!text.starts_with(kBefore)) return false;
  std::vector<Scalar> range;
  if (!attribute::from_text(text.substr(kBefore.size()), range) || range.size() != 3) return false;
  constant = numbers(range[0], range[1], range[2].to<std::int64_t>(), dtype);
  return true;
}

}  // namespace saem
