#include <cmath>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>

#include "support/op_test.hpp"

namespace saem::testing {

namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

double weighted_sum(const Function& function, const std::vector<Tensor>& inputs,
                    const Tensor& weights) {
  const std::vector<double> values = values_of(function(inputs));
  const std::vector<double> factors = values_of(weights);
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * factors[i];
  return sum;
}

Tensor nudged(const Tensor& tensor, std::int64_t element, double by) {
  std::vector<double> values = values_of(tensor);
  values[static_cast<std::size_t>(element)] += by;
  return constant(values, tensor.shape());
}

double dot(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = values_of(a);
  const std::vector<double> right = values_of(b);
  double sum = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) sum += left[i] * right[i];
  return sum;
}

/// Notes whether an op runs.
class OpWatcher final : public OpListener {
 public:
  explicit OpWatcher(const OpDef* op) : op_(op) { start_listening(); }
  void on_op(const OpCall& call, std::span<const Tensor>) override {
    ran_ = ran_ || &call.op == op_;
  }
  void on_read(const void*, const Tensor&, bool) override {}
  [[nodiscard]] bool ran() const { return ran_; }

 private:
  const OpDef* op_;
  bool ran_ = false;
};

/// The op that the running test is named after, if it is the test of its gradient.
const OpDef* op_under_test() {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr || std::string(test->name()) != "Gradient") return nullptr;
  return find_op(test->test_suite_name());
}

/// Forward mode against backward mode: <u, J t> = <J^T u, t> for the weights u, J^T u being
/// `gradients`, and some tangents t.
AssertionResult forward_agrees(const Function& function, const std::vector<Tensor>& inputs,
                               const Tensor& weights, const std::vector<Tensor>& gradients) {
  std::vector<Tensor> tangents;
  double backward = 0.0;
  double scale = 1e-6;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tangents.push_back(
        sample(inputs[i].shape(), float64, 0.5, 1.5, 200 + static_cast<std::uint32_t>(i))
            .to(inputs[i].device()));
    backward += dot(gradients[i], tangents[i]);
    for (const double g : values_of(gradients[i])) scale += std::abs(g);
  }
  const ForwardAccumulator accumulator(inputs, tangents);
  const Tensor output = function(inputs);
  const double forward = dot(weights, accumulator.jvp(output, UnconnectedGradients::kZero));
  if (std::abs(forward - backward) <= 1e-9 * scale) return AssertionSuccess();
  return AssertionFailure() << "forward mode gives <u, J t> = " << forward
                            << ", backward mode <J^T u, t> = " << backward;
}

/// `vectorized_map` against one slice after the other, and the rules of the op's gradient with all
/// rows of the Jacobian at once against `gradients`.
AssertionResult batches_agree(const Function& function, const std::vector<Tensor>& inputs,
                              const Tensor& weights, const std::vector<Tensor>& gradients) {
  std::vector<Tensor> batches;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    // Slices that differ a little: as little as keeps the op where it is differentiable.
    std::vector<double> values;
    for (std::uint32_t slice = 0; slice < 3; ++slice) {
      const std::vector<double> at = values_of(inputs[i]);
      const std::vector<double> by = values_of(sample(inputs[i].shape(), float64, -1, 1, slice));
      for (std::size_t k = 0; k < at.size(); ++k) values.push_back(at[k] + 1e-6 * by[k]);
    }
    Shape shape{3};
    for (const std::int64_t size : inputs[i].shape()) shape.push_back(size);
    batches.push_back(constant(values, shape).to(inputs[i].device()));
  }
  try {
    const AssertionResult mapped =
        near(vectorized_map(function, batches), map_fn(function, batches), {1e-10, 1e-10});
    if (!mapped) return AssertionFailure() << "vectorized_map: " << mapped.message();
    GradientTape tape;
    for (const Tensor& input : inputs) tape.watch(input);
    const Tensor output = function(inputs);
    const std::vector<Tensor> jacobians =
        tape.jacobian(output, inputs, {.unconnected_gradients = UnconnectedGradients::kZero});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Tensor pulled = matmul(reshape(weights.to(jacobians[i].device()), {1, output.size()}),
                                   reshape(jacobians[i], {output.size(), inputs[i].size()}));
      const AssertionResult same =
          near(reshape(pulled, inputs[i].shape()), gradients[i], {1e-9, 1e-9});
      if (!same) return AssertionFailure() << "jacobian of input " << i << ": " << same.message();
    }
  } catch (const ValueError& error) {
    // Functions that look at elements cannot be mapped; all others must be.
    if (std::string(error.what()).find("traced function") == std::string::npos) throw;
  }
  return AssertionSuccess();
}

}  // namespace

AssertionResult gradients_agree(const Function& function, const std::vector<Tensor>& inputs) {
  const OpWatcher watcher(op_under_test());
  GradientTape tape;
  for (const Tensor& input : inputs) tape.watch(input);
  const Tensor output = function(inputs);
  const Tensor weights = sample(output.shape(), float64, 0.5, 1.5, 99).to(output.device());
  const std::vector<Tensor> gradients = tape.gradient(
      output, inputs,
      {.output_gradients = weights, .unconnected_gradients = UnconnectedGradients::kZero});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::vector<double> taped = values_of(gradients[i]);
    for (std::int64_t element = 0; element < inputs[i].size(); ++element) {
      // Errors of order h^2 and of order epsilon / h are balanced near h = 6e-6 in float64.
      constexpr double kStep = 6e-6;
      std::vector<Tensor> moved = inputs;
      moved[i] = nudged(inputs[i], element, kStep);
      const double above = weighted_sum(function, moved, weights);
      moved[i] = nudged(inputs[i], element, -kStep);
      const double below = weighted_sum(function, moved, weights);
      const double numeric = (above - below) / (2.0 * kStep);
      const double analytic = taped[static_cast<std::size_t>(element)];
      if (!(std::abs(numeric - analytic) <= 1e-7 + 1e-6 * std::abs(numeric))) {
        return AssertionFailure() << "input " << i << ", element " << element << ": the tape says "
                                  << analytic << ", central differences " << numeric;
      }
    }
  }
  if (op_under_test() != nullptr && !watcher.ran()) {
    return AssertionFailure() << "the op " << op_under_test()->name << " did not run";
  }
  const AssertionResult forward = forward_agrees(function, inputs, weights, gradients);
  return forward ? batches_agree(function, inputs, weights, gradients) : forward;
}

AssertionResult second_gradients_agree(const Function& function,
                                       const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Function gradient = [&, i](const std::vector<Tensor>& at) {
      GradientTape tape;
      for (const Tensor& input : at) tape.watch(input);
      const Tensor output = function(at);
      const Tensor weights = sample(output.shape(), float64, 0.5, 1.5, 98).to(output.device());
      return tape.gradient(
          output, at[i],
          {.output_gradients = weights, .unconnected_gradients = UnconnectedGradients::kZero});
    };
    const AssertionResult result = gradients_agree(gradient, inputs);
    if (!result) return result;
  }
  return AssertionSuccess();
}

}  // namespace saem::testing
