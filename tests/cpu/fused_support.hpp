#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "cpu/fused_program.hpp"
#include "support/op_test.hpp"

/// Fused programs that are made of functions of tensors, beside the same ops one after the other.
namespace saem::cpu {

using namespace saem::testing;  // NOLINT: a test file

using Program = std::function<Tensors(std::span<const Tensor>)>;

/// Writes down what a function of tensors does, as a description of a fused program.
class DescribingTracer : public Tracer {
 public:
  Tensors on_op(const OpCall& call, const TensorSpecs& outputs) override {
    const Attributes& attributes = attributes_.emplace_back(call.attributes);
    SmallVector<DType, 4> dtypes;
    for (const Tensor& input : call.inputs) dtypes.push_back(input.dtype());
    const auto step = find_pointwise_step(call.op, dtypes, outputs[0].dtype, attributes);
    if (!step) {
      if (call.op.compose == nullptr) ADD_FAILURE() << call.op.name << " cannot be fused";
      return call.op.compose(call);
    }
    FusedInstruction instruction{*step, {}, outputs[0].dtype};
    for (const Tensor& input : call.inputs) {
      instruction.operands.push_back(input.is_symbolic() ? static_cast<int>(Tracer::symbol(input))
                                                         : constant(input));
    }
    description_.instructions.push_back(std::move(instruction));
    const auto symbol = static_cast<std::int64_t>(description_.instructions.size()) - 1;
    return {make_symbolic(outputs[0], kInstructions + symbol)};
  }

  /// The description of `function`; `inputs` grows by the constants it uses.
  FusedDescription describe(const Program& function, Tensors& inputs, const Shape& shape) {
    Tensors symbols;
    for (const Tensor& input : inputs) {
      symbols.push_back(
          make_symbolic({input.dtype(), input.shape()}, static_cast<std::int64_t>(symbols.size())));
      add_input(input);
    }
    constants_ = inputs;
    description_.shape = shape;
    Tensors outputs;
    {
      const TraceScope scope(*this);
      outputs = function(symbols);
    }
    for (const Tensor& output : outputs) {
      description_.outputs.push_back(static_cast<int>(Tracer::symbol(output)));
    }
    const auto renumber = [&](int& value) {
      if (value >= kInstructions) value += static_cast<int>(constants_.size()) - kInstructions;
    };
    for (FusedInstruction& instruction : description_.instructions) {
      for (int& operand : instruction.operands) renumber(operand);
    }
    for (int& output : description_.outputs) renumber(output);
    inputs = constants_;
    return description_;
  }

 private:
  static constexpr int kInstructions = 1 << 20;  // above all inputs, until their number is known

  void add_input(const Tensor& input) {
    FusedInput described{input.dtype(), input.shape()};
    if (!input.is_contiguous()) described.strides = input.strides();
    description_.inputs.push_back(std::move(described));
  }

  int constant(const Tensor& tensor) {
    constants_.push_back(tensor);
    add_input(tensor);
    return static_cast<int>(constants_.size()) - 1;
  }

  FusedDescription description_;
  Tensors constants_;
  std::deque<Attributes> attributes_;  // steps point into them
};

/// NaNs of any sign and payload are one: where two meet, either may be the result.
inline bool same_nan(const Tensor& a, const Tensor& b, std::int64_t i) {
  if (a.dtype() == float32) {
    return std::isnan(a.data_as<float>()[i]) && std::isnan(b.data_as<float>()[i]);
  }
  return a.dtype() == float64 && std::isnan(a.data_as<double>()[i]) &&
         std::isnan(b.data_as<double>()[i]);
}

inline ::testing::AssertionResult same_bits(const Tensor& actual, const Tensor& expected) {
  const Tensor a = actual.contiguous();
  const Tensor b = expected.contiguous();
  if (a.dtype() != b.dtype() || a.size() != b.size()) {
    return ::testing::AssertionFailure() << "another dtype or size";
  }
  const auto width = static_cast<std::int64_t>(a.dtype().size());
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const auto* x = static_cast<const std::byte*>(a.data()) + i * width;
    const auto* y = static_cast<const std::byte*>(b.data()) + i * width;
    if (std::memcmp(x, y, static_cast<std::size_t>(width)) != 0 && !same_nan(a, b, i)) {
      return ::testing::AssertionFailure() << "element " << i << " of " << a.size() << ": "
                                           << values_of(a)[i] << ", not " << values_of(b)[i];
    }
  }
  return ::testing::AssertionSuccess();
}

/// A copy of its own, which lies in row-major order.
inline Tensor copy_of(const Tensor& tensor) {
  const Tensor from = tensor.contiguous();
  Tensor copy = Tensor::empty(from.dtype(), from.shape());
  if (from.size() > 0) {
    std::memcpy(copy.mutable_data(), from.data(), static_cast<std::size_t>(from.nbytes()));
  }
  return copy;
}

/// Runs `function` op by op and fused, without and with micro programs; then fused with as many
/// outputs as possible in the memory of inputs.
inline void expect_same(const Program& function, const Tensors& given, const Shape& shape) {
  const Tensors expected = function(given);
  Tensors inputs = given;
  DescribingTracer tracer;
  const FusedDescription description = tracer.describe(function, inputs, shape);
  FusedDescription plain = description;
  for (FusedInstruction& each : plain.instructions) each.step.micro = nullptr;
  Tensors outputs;
  for (const Tensor& each : expected) outputs.push_back(Tensor::empty(each.dtype(), shape));
  FusedProgram::compile(plain).run(inputs, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_TRUE(same_bits(outputs[i], expected[i])) << "output " << i << ", block by block";
    outputs[i] = Tensor::empty(expected[i].dtype(), shape);
  }
  const FusedProgram program = FusedProgram::compile(description);
  program.run(inputs, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_TRUE(same_bits(outputs[i], expected[i])) << "output " << i;
  }
  std::vector<bool> taken(inputs.size());
  for (Tensor& output : outputs) {
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (taken[k] || inputs[k].dtype() != output.dtype() || inputs[k].shape() != shape ||
          !inputs[k].is_contiguous()) {
        continue;
      }
      taken[k] = true;
      inputs[k] = copy_of(inputs[k]);
      output = inputs[k];
      break;
    }
  }
  program.run(inputs, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_TRUE(same_bits(outputs[i], expected[i])) << "output " << i << ", in place";
  }
}

}  // namespace saem::cpu
