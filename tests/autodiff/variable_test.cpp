#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <sstream>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;

TEST(Variable, HoldsAndChangesAValue) {
  const Variable v{constant({1.0, 2.0})};
  v.assign_add(constant({1.0, 1.0}));
  EXPECT_TRUE(has_values(v, {2}, {2.0, 3.0}));
  v.assign_sub(constant({0.5, 0.5}));
  EXPECT_TRUE(has_values(v, {2}, {1.5, 2.5}));
  v.assign(constant({9.0, 8.0}));
  EXPECT_TRUE(has_values(v, {2}, {9.0, 8.0}));
}

TEST(Variable, AValueThatWasReadDoesNotChange) {
  const Variable v{constant({1.0, 2.0})};
  const Tensor before = v;
  v.assign_add(constant({1.0, 1.0}));
  EXPECT_TRUE(has_values(before, {2}, {1.0, 2.0}));
  EXPECT_TRUE(has_values(v, {2}, {2.0, 3.0}));
}

TEST(Variable, AViewThatWasReadDoesNotChange) {
  const Variable v{constant({1.0, 2.0})};
  const Tensor second = v(1);
  v.assign_add(constant({1.0, 1.0}));
  EXPECT_TRUE(has_values(second, {}, {2.0}));
}

TEST(Variable, DoesNotChangeItsInitialTensor) {
  const Tensor initial = constant({1.0, 2.0});
  const Variable v{initial};
  v.assign_add(constant({1.0, 1.0}));
  EXPECT_TRUE(has_values(initial, {2}, {1.0, 2.0}));
}

TEST(Variable, UpdatesInPlaceWhenItIsTheOnlyOwner) {
  const Variable v{zeros({1024})};
  const Tensor delta = ones({1024});
  v.assign_add(delta);
  const std::int64_t before = config::get_memory_info().allocations;
  for (int i = 0; i < 10; ++i) v.assign_add(delta);
  EXPECT_EQ(config::get_memory_info().allocations, before);
  EXPECT_TRUE(has_values(v(7), {}, {11.0}));
}

TEST(Variable, CopiesAreTheSameVariable) {
  const Variable a{constant(1.0)};
  const Variable b = a;  // NOLINT: that it is a copy is the point
  b.assign(constant(5.0));
  EXPECT_EQ(a.item<float>(), 5.0f);
  EXPECT_EQ(a.id(), b.id());
}

TEST(Variable, ErrorsLeaveTheValue) {
  const Variable v{constant({1.0, 2.0}), {.name = "weights"}};
  EXPECT_EQ(error_of<ShapeError>([&] { v.assign(constant({1.0})); }),
            "assign: variable weights has shape (2,), the value has shape (1,)");
  EXPECT_EQ(error_of<DTypeError>([&] {
              v.assign_add(constant({1, 2}));
            }),
            "assign_add: variable weights is float32, the value is int32; tf::cast it");
  EXPECT_THAT(error_of<ValueError>([] { Variable{Tensor()}; }),
              HasSubstr("needs an initial value"));
  EXPECT_TRUE(has_values(v, {2}, {1.0, 2.0}));
}

/// A tracer that keeps nothing: what matters is that tensors have no elements.
class Forgetful : public Tracer {
 public:
  Tensors on_op(const OpCall&, const TensorSpecs& outputs) override {
    return {make_symbolic(outputs[0], 0)};
  }
};

TEST(Variable, WhatIsTracedDoesNotGetIntoIt) {
  const Variable v{constant({1.0, 2.0}), {.name = "w"}};
  {
    Forgetful tracer;
    const TraceScope tracing(tracer);
    const Tensor symbolic = ones({2});
    const std::string text =
        "assign: variable w cannot take a tensor of a function that is being traced: it has no "
        "elements yet; assign outside the function";
    EXPECT_EQ(error_of<ValueError>([&] { v.assign(symbolic); }), text);
    EXPECT_THAT(error_of<ValueError>([&] { v.assign_add(symbolic); }), HasSubstr("being traced"));
    EXPECT_THAT(error_of<ValueError>([&] {
                  v.assign_sub(constant({1.0, 1.0}));
                }),
                HasSubstr("being traced"));
  }
  EXPECT_TRUE(has_values(v, {2}, {1.0, 2.0}));
}

TEST(Variable, PrintsItself) {
  std::ostringstream out;
  out << Variable{constant({1.0, 2.0}), {.name = "w"}};
  EXPECT_EQ(
      out.str(),
      "<tf.Variable 'w' trainable=true, value=tf.Tensor([1. 2.], shape=(2,), dtype=float32)>");
}

}  // namespace
}  // namespace saem
