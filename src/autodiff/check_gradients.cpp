#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/autodiff/check_gradients.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/copy_to_device.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"

namespace saem {
namespace {

double epsilon_of(DType dtype) {
  switch (dtype.code()) {
    case DType::kFloat16:
      return 0x1p-10;
    case DType::kBFloat16:
      return 0x1p-7;
    case DType::kFloat32:
      return std::numeric_limits<float>::epsilon();
    default:
      return std::numeric_limits<double>::epsilon();
  }
}

/// The elements as float64, on the host.
std::vector<double> numbers_of(const Tensor& tensor) {
  const Tensor wide = cast(tensor.cpu(), float64).contiguous();
  const auto span = wide.span<double>();
  return {span.begin(), span.end()};
}

/// `tensor` with one of its numbers replaced. A number is rounded to the dtype, so `moved` says
/// what it became.
Tensor with_number(const Tensor& tensor, const std::vector<double>& numbers, std::size_t at,
                   double number, double& moved) {
  std::vector<double> changed = numbers;
  changed[at] = number;
  const Tensor result = cast(constant(changed, tensor.shape()), tensor.dtype());
  moved = numbers_of(result)[at];
  return result.to(tensor.device());
}

Tensor numerical_jacobian(const DifferentiableFunction& function, const std::vector<Tensor>& x,
                          std::size_t input, double delta) {
  // Errors of order h^2 and of order epsilon / h are balanced near the cube root of epsilon.
  const double epsilon = epsilon_of(x[input].dtype());
  const std::vector<double> numbers = numbers_of(x[input]);
  std::vector<std::vector<double>> columns;
  for (std::size_t at = 0; at < numbers.size(); ++at) {
    const double step =
        delta > 0 ? delta : std::cbrt(epsilon) * std::max(1.0, std::abs(numbers[at]));
    double above_at = 0;
    double below_at = 0;
    std::vector<Tensor> moved = x;
    moved[input] = with_number(x[input], numbers, at, numbers[at] + step, above_at);
    std::vector<double> column = numbers_of(function(moved));
    moved[input] = with_number(x[input], numbers, at, numbers[at] - step, below_at);
    const std::vector<double> below = numbers_of(function(moved));
    for (std::size_t i = 0; i < column.size(); ++i) {
      column[i] = (column[i] - below[i]) / (above_at - below_at);
    }
    columns.push_back(std::move(column));
  }
  const std::size_t rows = columns.empty() ? 0 : columns[0].size();
  std::vector<double> matrix;
  for (std::size_t row = 0; row < rows; ++row) {
    for (const std::vector<double>& column : columns) matrix.push_back(column[row]);
  }
  return constant(
      matrix, Shape{static_cast<std::int64_t>(rows), static_cast<std::int64_t>(numbers.size())});
}

std::vector<Tensor> theoretical_jacobians(const DifferentiableFunction& function,
                                          const std::vector<Tensor>& x) {
  GradientTape tape;
  for (const Tensor& input : x) tape.watch(input);
  const Tensor y = function(x);
  const std::vector<Tensor> jacobians =
      tape.jacobian(y, x, {.unconnected_gradients = UnconnectedGradients::kZero});
  std::vector<Tensor> matrices;
  for (std::size_t i = 0; i < x.size(); ++i) {
    matrices.push_back(cast(reshape(jacobians[i], {y.size(), x[i].size()}), float64));
  }
  return matrices;
}

}  // namespace

namespace test {

Jacobians compute_gradient(const DifferentiableFunction& function, const std::vector<Tensor>& x,
                           double delta) {
  constexpr const char* kName = "compute_gradient";
  if (delta < 0) raise<ValueError>(kName, "the step is {}; it must not be negative", delta);
  for (const Tensor& input : x) {
    if (!input.dtype().is_floating()) {
      raise<DTypeError>(kName, "needs floating-point inputs, got {}; tf::cast it",
                        input.dtype().name());
    }
  }
  Jacobians jacobians;
  jacobians.theoretical = theoretical_jacobians(function, x);
  const NoGradient quiet;
  for (std::size_t i = 0; i < x.size(); ++i) {
    jacobians.numerical.push_back(numerical_jacobian(function, x, i, delta));
  }
  return jacobians;
}

double max_error(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  if (a.size() != b.size()) {
    raise<ValueError>("max_error", "the lists have {} and {} matrices", a.size(), b.size());
  }
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].shape() != b[i].shape()) {
      raise<ShapeError>("max_error", "matrices {} have shapes {} and {}", i,
                        a[i].shape().to_string(), b[i].shape().to_string());
    }
    const std::vector<double> left = numbers_of(a[i]);
    const std::vector<double> right = numbers_of(b[i]);
    for (std::size_t k = 0; k < left.size(); ++k) {
      const double error = std::abs(left[k] - right[k]);
      if (!(error <= worst)) worst = error;  // NaN is the worst of all
    }
  }
  return worst;
}

}  // namespace test

namespace debugging {

std::string GradientReport::to_string() const {
  return fmt::format(
      "{}: at element {} of input {}, for number {} of the result, the gradient is {} and central "
      "differences give {}, {} apart",
      agree ? "gradients agree" : "gradients differ", element, input, output, theoretical,
      numerical, worst_error);
}

GradientReport check_gradients(const DifferentiableFunction& function,
                               const std::vector<Tensor>& inputs,
                               const CheckGradientsOptions& options) {
  const test::Jacobians jacobians = test::compute_gradient(function, inputs, options.delta);
  GradientReport report;
  double worst = -1.0;  // in units of what is allowed
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    // What central differences are worth: epsilon^(2/3), and room for a function's own curvature.
    const double room = 50.0 * std::pow(epsilon_of(inputs[i].dtype()), 2.0 / 3.0);
    const double relative = options.relative_tolerance > 0 ? options.relative_tolerance : room;
    const double absolute = options.absolute_tolerance > 0 ? options.absolute_tolerance : room;
    const std::vector<double> theoretical = numbers_of(jacobians.theoretical[i]);
    const std::vector<double> numerical = numbers_of(jacobians.numerical[i]);
    const std::int64_t columns = inputs[i].size();
    for (std::size_t k = 0; k < theoretical.size(); ++k) {
      const double error = std::abs(theoretical[k] - numerical[k]);
      double excess = error / (absolute + relative * std::abs(numerical[k]));
      if (std::isnan(excess)) excess = std::numeric_limits<double>::infinity();
      if (excess <= worst) continue;
      worst = excess;
      const auto at = static_cast<std::int64_t>(k);
      report = {.agree = excess <= 1.0,
                .worst_error = error,
                .theoretical = theoretical[k],
                .numerical = numerical[k],
                .input = static_cast<int>(i),
                .element = at % columns,
                .output = at / columns};
    }
  }
  if (!report.agree && options.raise) {
    raise<ValueError>("check_gradients", "{}", report.to_string());
  }
  return report;
}

}  // namespace debugging
}  // namespace saem
