#pragma once

#include <memory>
#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/tensor.hpp>
#include <vector>

namespace saem {

/// Differentiates forwards: carries along with each value how it moves when the *primals* move
/// along the *tangents*, that is, the product of the Jacobian and the tangents (jvp).
///
/// Hears from construction until its scope ends, on the thread that made it. One pass gives the
/// derivative of everything along one direction, where a tape gives that of one number along all;
/// and nothing is kept for a way back. Accumulators nest in each other and with tapes: an outer one
/// differentiates what an inner one computes. One object belongs to one thread.
/// Source: tf.autodiff.ForwardAccumulator.
/// @code
/// auto x = tf::constant(3.0);
/// tf::ForwardAccumulator accumulator(x, tf::constant(1.0));
/// std::cout << accumulator.jvp(x * x);  // tf.Tensor(6.0, shape=(), dtype=float32)
/// @endcode
class SAEM_API ForwardAccumulator {
 public:
  /// What moves, and how: each tangent has the shape and dtype of its primal.
  /// @throws DTypeError for a primal that is not floating point; ShapeError or DTypeError for a
  /// tangent that is unlike its primal; ValueError if they are not as many
  ForwardAccumulator(const Tensor& primal, const Tensor& tangent);
  ForwardAccumulator(const Variable& primal, const Tensor& tangent);
  ForwardAccumulator(const std::vector<Tensor>& primals, const std::vector<Tensor>& tangents);
  ForwardAccumulator(const std::vector<Variable>& primals, const std::vector<Tensor>& tangents);
  ~ForwardAccumulator();
  ForwardAccumulator(const ForwardAccumulator&) = delete;
  ForwardAccumulator& operator=(const ForwardAccumulator&) = delete;

  /// How `value` moves, in its shape and dtype; where it does not, an undefined tensor, or zeros
  /// with `UnconnectedGradients::kZero`.
  [[nodiscard]] Tensor jvp(const Tensor& value, UnconnectedGradients unconnected_gradients =
                                                    UnconnectedGradients::kNone) const;
  [[nodiscard]] std::vector<Tensor> jvp(
      const std::vector<Tensor>& values,
      UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone) const;

  /// Hears no further ops; what is known stays.
  void stop_recording() noexcept;

  class Recorder;

 private:
  std::unique_ptr<Recorder> recorder_;
};

namespace autodiff {
using saem::ForwardAccumulator;
}  // namespace autodiff

}  // namespace saem
