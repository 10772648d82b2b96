#pragma once

#include <functional>
#include <saem/core/tensor.hpp>
#include <string>
#include <utility>
#include <vector>

namespace saem {

/// A function of several tensors, for looking at its gradients.
using DifferentiableFunction = std::function<Tensor(const std::vector<Tensor>&)>;

namespace test {

/// d(y)/d(x_i) for each input: a matrix with a row for each number of y and a column for each of
/// x_i.
struct Jacobians {
  std::vector<Tensor> theoretical;  ///< by the tape
  std::vector<Tensor> numerical;    ///< by central differences
};

/// The Jacobians of `function` at `x`, by its gradient rules and by central differences:
/// (f(x + h) - f(x - h)) / 2h.
///
/// @param function  of a list of tensors, giving one
/// @param x         where to look, floating point
/// @param delta     the step h; 0 takes the one that suits the dtype: the cube root of its epsilon
/// @return          both, as matrices in float64
/// @throws DTypeError unless every input is floating point; ValueError for a negative `delta`
/// Source: tf.test.compute_gradient.
/// @code
/// auto square = [](const std::vector<tf::Tensor>& x) { return x[0] * x[0]; };
/// auto found = tf::test::compute_gradient(square, {tf::constant({3.0, 5.0}, tf::float64)});
/// std::cout << found.theoretical[0](0);  // tf.Tensor([6. 0.], shape=(2,), dtype=float64)
/// @endcode
SAEM_API Jacobians compute_gradient(const DifferentiableFunction& function,
                                    const std::vector<Tensor>& x, double delta = 0.0);

/// The largest difference between two lists of Jacobians. Source: tf.test's `max_error`.
/// @throws ValueError if the lists differ in length; ShapeError if two matrices differ in shape
SAEM_API double max_error(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

}  // namespace test

namespace debugging {

/// How near gradients must come to central differences.
struct CheckGradientsOptions {
  double delta = 0.0;               ///< the step; 0 takes the one that suits the dtype
  double relative_tolerance = 0.0;  ///< 0 takes what the dtype allows
  double absolute_tolerance = 0.0;  ///< 0 takes what the dtype allows
  bool raise = true;                ///< whether a difference is an error
};

/// What `check_gradients` found, at the number that differs most.
struct GradientReport {
  bool agree = true;
  double worst_error = 0.0;  ///< |theoretical - numerical| there
  double theoretical = 0.0;
  double numerical = 0.0;
  int input = 0;             ///< which input
  std::int64_t element = 0;  ///< which of its numbers, in row-major order
  std::int64_t output = 0;   ///< which number of the result
  [[nodiscard]] std::string to_string() const;
};

/// Compares the gradients of `function` at `inputs` with central differences, number by number.
///
/// @param function  of a list of tensors, giving one
/// @param inputs    floating point; float64 finds most
/// @param options   delta, tolerances, raise
/// @return          what was found at the number that differs most, measured by what is allowed
/// @throws ValueError with that report if they do not agree
/// @code
/// auto cube = [](const std::vector<tf::Tensor>& x) { return x[0] * x[0] * x[0]; };
/// std::cout << tf::debugging::check_gradients(cube, {tf::constant(2.0, tf::float64)}).agree;
/// // 1
/// @endcode
SAEM_API GradientReport check_gradients(const DifferentiableFunction& function,
                                        const std::vector<Tensor>& inputs,
                                        const CheckGradientsOptions& options = {});

}  // namespace debugging
}  // namespace saem
