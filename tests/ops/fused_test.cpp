#include <saem/ops/fused.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using ::testing::HasSubstr;
using testing::kernel_equals_composition;
using testing::sample;
using testing::second_gradients_agree;

FusedOptions program(const std::string& text) {
  FusedOptions options;
  options.ops.ops = std::make_shared<const FusedOps>(FusedOps::parse(text));
  return options;
}

/// x * y, relu of it, and their sum: two of the three are given back.
FusedOptions three() { return program("2; multiply(0, 1); relu(2); add(2, 3); -> 3 4"); }

FusedOptions mean_of_squares() {
  return program("1; square(0); reduce_mean(1) {axis=[1], keepdims=false}; -> 2");
}

const OpDef& fused() { return *find_op("fused"); }
const OpDef& fused_reduction() { return *find_op("fused_reduction"); }

TEST(fused, Values) {
  const Tensor inputs[] = {constant({-2.0, 3.0}), constant(10.0)};
  const Tensors outputs = apply(fused(), inputs, three());
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_TRUE(has_values(outputs[0], {2}, {0, 30}));
  EXPECT_TRUE(has_values(outputs[1], {2}, {-20, 60}));
}

TEST(fused, Composition) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{7, 13}, Shape{300, 500}}) {
    const std::vector<Tensor> inputs{sample(shape, float32), sample({}, float32)};
    EXPECT_TRUE(kernel_equals_composition("fused", inputs, three())) << shape;
  }
  EXPECT_TRUE(kernel_equals_composition(
      "fused", {testing::scattered(sample({5, 6}, float32)), sample({6}, float32)}, three()));
}

TEST(fused, Types) {
  for (const DType dtype : {DType(DType::kFloat32), DType(DType::kFloat64), DType(DType::kBFloat16),
                            DType(DType::kFloat16), DType(DType::kInt32), DType(DType::kInt8)}) {
    const Tensor x = cast(sample({100}, float32, -5, 5), dtype);
    EXPECT_TRUE(kernel_equals_composition("fused", {x, x}, three())) << dtype.name();
  }
}

TEST(fused, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return apply(fused(), x, three())[1]; };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3}), sample({3})}));
}

TEST(fused, ProgramsAreCheckedAndReadBack) {
  const std::string text = "2; leaky_relu(0) {alpha=0.5}; maximum(2, 1); -> 3";
  EXPECT_EQ(FusedOps::parse(text).to_string(), text);
  EXPECT_EQ(FusedOps::parse("1; abs(0); -> 1").instructions().size(), 1u);
  for (const char* wrong :
       {"", "1", "1; abs(1); -> 1", "1; abs(0); -> 0", "1; abs(0); -> 2", "1; nothing(0); -> 1",
        "1; abs(0; -> 1", "1; abs(0); -> 1 x", "1; leaky_relu(0) {alpha=0.5; -> 1",
        "1; leaky_relu(0); -> 1", "99999999999; -> 0"}) {
    EXPECT_THROW(FusedOps::parse(wrong), ValueError) << wrong;
  }
  const Tensor x[] = {constant({1.0})};
  EXPECT_THAT(error_of<ValueError>([&] { apply(fused(), x, three()); }),
              HasSubstr("takes 2 inputs, got 1"));
  EXPECT_THAT(error_of<ValueError>([&] { apply(fused(), x, FusedOptions{}); }),
              HasSubstr("no program"));
}

TEST(fused_reduction, Values) {
  const Tensor x[] = {constant({{1.0, 3.0}, {2.0, 4.0}})};
  EXPECT_TRUE(has_values(apply_one(fused_reduction(), x, mean_of_squares()), {2}, {5, 10}));
}

TEST(fused_reduction, Composition) {
  for (const Shape& shape : {Shape{1, 1}, Shape{3, 0}, Shape{7, 13}, Shape{500, 700}}) {
    EXPECT_TRUE(
        kernel_equals_composition("fused_reduction", {sample(shape, float32)}, mean_of_squares()))
        << shape;
  }
}

TEST(fused_reduction, Types) {
  for (const DType dtype : {DType(DType::kFloat32), DType(DType::kFloat64), DType(DType::kBFloat16),
                            DType(DType::kFloat16)}) {
    const Tensor x = cast(sample({20, 30}, float32), dtype);
    EXPECT_TRUE(kernel_equals_composition("fused_reduction", {x}, mean_of_squares()))
        << dtype.name();
  }
}

TEST(fused_reduction, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    return apply_one(fused_reduction(), x, mean_of_squares());
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3})}));
}

}  // namespace
}  // namespace saem
