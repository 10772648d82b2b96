#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <sstream>

#include "support/cross_check.hpp"
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
  const testing::PauseCrossCheck quiet;  // it allocates
  const Variable v{zeros({1024})};
  const Tensor delta = ones({1024});
  v.assign_add(delta);
  const std::int64_t before = config::get_memory_info(delta.device()).allocations;
  for (int i = 0; i < 10; ++i) v.assign_add(delta);
  EXPECT_EQ(config::get_memory_info(delta.device()).allocations, before);
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

TEST(Variable, AValueIsNoLongerWhatItWasMadeOf) {
  const Tensor x = constant(2.0);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor square = x * x;
  const Variable made{square};
  const Variable assigned{constant(1.0)};
  assigned.assign(square);
  EXPECT_TRUE(has_values(tape.gradient(assigned * square, x), {}, {16.0}));
  EXPECT_TRUE(has_values(tape.gradient(made * square, x), {}, {16.0}));
  EXPECT_TRUE(has_values(tape.gradient(made * square, made), {}, {4.0}));
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
    EXPECT_THAT(error_of<ValueError>([&] { v(0).assign(constant(5.0)); }),
                HasSubstr("being traced"));
    EXPECT_THAT(error_of<ValueError>([&] {
                  v.scatter_add({.values = symbolic, .indices = constant({0, 1})});
                }),
                HasSubstr("being traced"));
    EXPECT_THAT(error_of<ValueError>([&] {
                  v.assign_sub(constant({1.0, 1.0}));
                }),
                HasSubstr("being traced"));
  }
  EXPECT_TRUE(has_values(v, {2}, {1.0, 2.0}));
}

TEST(Variable, ASliceIsAssigned) {
  const Variable v{constant({{1, 2, 3}, {4, 5, 6}})};
  v(0, all).assign(constant({7, 8, 9}));
  EXPECT_TRUE(has_values(v, {2, 3}, {7, 8, 9, 4, 5, 6}));
  v(all, slice(none, none, -2)).assign(constant({{30, 10}, {60, 40}}));
  EXPECT_TRUE(has_values(v, {2, 3}, {10, 8, 30, 40, 5, 60}));
  v(1, 1).assign_add(constant(5)).assign_sub(ones({2, 3}, int32));
  EXPECT_TRUE(has_values(v, {2, 3}, {9, 7, 29, 39, 9, 59}));
  v(ellipsis, newaxis, 0).assign_sub(constant({{9}, {9}}));
  EXPECT_TRUE(has_values(v, {2, 3}, {0, 7, 29, 30, 9, 59}));
  v(slice(2, none)).assign(zeros({0, 3}, int32));
  v(ellipsis).assign(ones({2, 3}, int32));
  EXPECT_TRUE(has_values(v, {2, 3}, {1, 1, 1, 1, 1, 1}));
}

TEST(Variable, ASliceIsATensorThatDoesNotChange) {
  const Variable v{constant({1.0, 2.0, 3.0})};
  auto row = v(slice(0, 2));
  const Tensor before = v;
  row.assign_add(constant({10.0, 10.0}));
  EXPECT_TRUE(has_values(row, {2}, {1, 2})) << "the slice was read before";
  EXPECT_TRUE(has_values(before, {3}, {1, 2, 3}));
  EXPECT_TRUE(has_values(v, {3}, {11, 12, 3}));
  EXPECT_TRUE(has_values(row + row, {2}, {2, 4}));
  v(slice(0, 2)).assign(v(slice(1, 3)));
  EXPECT_TRUE(has_values(v, {3}, {12, 3, 3}));
}

TEST(Variable, SlicesAndScattersAreInPlaceWhereNobodyElseHoldsTheValue) {
  const auto scope = device("/CPU:0");  // whose kernels write over what they update
  const Variable v{zeros({1024, 4})};
  v.assign_add(ones({1024, 4}));  // from here on, what it holds is its own
  const void* const place = v.value().data();
  const Tensor row = ones({4});
  v(5).assign(row);
  v(6, slice(0, 2)).assign_add(ones({2}));
  v.scatter_add({.values = ones({2, 4}), .indices = constant({7, 7})});
  v.scatter_nd_update(constant({{8, 1}}), constant({5.0}));
  EXPECT_EQ(v.value().data(), place);
  EXPECT_TRUE(has_values(v(slice(6, 9)), {3, 4}, {2, 2, 1, 1, 3, 3, 3, 3, 1, 5, 1, 1}));
}

TEST(Variable, ScattersSlices) {
  const Variable v{constant({{1, 2}, {3, 4}, {5, 6}})};
  const Tensor last = constant({2, 2});
  const Tensor rows = constant({{10, 20}, {30, 40}});
  v.scatter_update({rows, last});
  EXPECT_TRUE(has_values(v, {3, 2}, {1, 2, 3, 4, 30, 40})) << "the last one stays";
  v.scatter_add({rows, last});
  EXPECT_TRUE(has_values(v(2), {2}, {70, 100}));
  v.scatter_sub({rows, last});
  EXPECT_TRUE(has_values(v(2), {2}, {30, 40}));
  v.scatter_min({rows, constant({2, 0})});
  EXPECT_TRUE(has_values(v, {3, 2}, {1, 2, 3, 4, 10, 20}));
  v.scatter_max({rows, constant({0, 2})});
  EXPECT_TRUE(has_values(v, {3, 2}, {10, 20, 3, 4, 30, 40}));
  const Tensor corner = constant({{1, 0}});
  v.scatter_nd_update(corner, constant({9}));
  v.scatter_nd_add(corner, constant({5}));
  v.scatter_nd_sub(corner, constant({2}));
  EXPECT_TRUE(has_values(v(1), {2}, {12, 4}));
  v.scatter_nd_min(corner, constant({7}));
  EXPECT_TRUE(has_values(v(1), {2}, {7, 4}));
  v.scatter_nd_max(corner, constant({8}));
  EXPECT_TRUE(has_values(v(1), {2}, {8, 4}));
}

TEST(Variable, ErrorsOfSlicesLeaveTheValue) {
  const Variable v{constant({1.0, 2.0}), {.name = "w"}};
  EXPECT_EQ(error_of<ShapeError>([&] { v(0).assign(constant({1.0})); }),
            "assign: this slice of variable w has shape (), the value has shape (1,); see "
            "tf::broadcast_to");
  EXPECT_EQ(error_of<DTypeError>([&] { v(0).assign_add(constant(1)); }),
            "assign_add: variable w is float32, the value is int32; tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([&] { v(all).assign_sub(constant(1.0)); }),
            "assign_sub: this slice of variable w has shape (2,), the value has shape (); see "
            "tf::broadcast_to");
  EXPECT_EQ(error_of<IndexError>([&] { v(2).assign(constant(1.0)); }),
            "index: 2 is out of range for axis 0 of shape (2,); it must be in [-2, 2)");
  EXPECT_TRUE(has_values(v, {2}, {1.0, 2.0}));
  // A GPU looks at indices while it works, and goes on without the bad one.
  const auto scope = device("/CPU:0");
  const Variable w{constant({1.0, 2.0})};
  EXPECT_EQ(error_of<IndexError>([&] {
              w.scatter_add({.values = constant({1.0, 1.0}), .indices = constant({0, 2})});
            }),
            "tensor_scatter_nd_add: indices[1] = [2] does not lie in shape (2,)");
  EXPECT_TRUE(has_values(w, {2}, {1.0, 2.0}));
}

TEST(Variable, AnIndexMayBeATensor) {
  const Variable v{constant({1, 2, 3})};
  EXPECT_TRUE(has_values(v(constant({true, false, true})), {2}, {1, 3}));
  EXPECT_TRUE(has_values(v(constant(-1)), {}, {3}));
}

// An assignment to what an index gives would change a tensor that nobody holds.
static_assert(std::is_assignable_v<Tensor&, Tensor>);
static_assert(std::is_assignable_v<Tensor&, const Tensor&>);
static_assert(!std::is_assignable_v<Tensor, Tensor>);
static_assert(!std::is_assignable_v<Tensor, const Tensor&>);
static_assert(!std::is_assignable_v<VariableSlice, const Tensor&>);

TEST(Variable, PrintsItself) {
  std::ostringstream out;
  out << Variable{constant({1.0, 2.0}), {.name = "w"}};
  EXPECT_EQ(
      out.str(),
      "<tf.Variable 'w' trainable=true, value=tf.Tensor([1. 2.], shape=(2,), dtype=float32)>");
}

}  // namespace
}  // namespace saem
