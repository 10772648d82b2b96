// strided_slice, floor 5 of 5: what must be true.
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <thread>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

TEST(strided_slice, Values) {
  const Tensor x = constant({{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}});
  EXPECT_TRUE(has_values(x(1), {4}, {4, 5, 6, 7}));
  EXPECT_TRUE(has_values(x(-1, -1), {}, {11}));
  EXPECT_TRUE(has_values(x(all, 1), {3}, {1, 5, 9}));
  EXPECT_TRUE(has_values(x(slice(1, none), slice(0, 2)), {2, 2}, {4, 5, 8, 9}));
  EXPECT_TRUE(has_values(x(0, slice(none, none, -1)), {4}, {3, 2, 1, 0}));
  EXPECT_TRUE(has_values(x(0, slice(none, none, 3)), {2}, {0, 3}));
  EXPECT_TRUE(has_values(x(0, slice(-1, 0, -2)), {2}, {3, 1}));
  EXPECT_TRUE(has_values(x(0, slice(-100, 100)), {4}, {0, 1, 2, 3})) << "borders are cut";
  EXPECT_TRUE(has_values(x(ellipsis, 0), {3}, {0, 4, 8}));
  EXPECT_EQ(x(newaxis).shape(), (Shape{1, 3, 4}));
  EXPECT_EQ(x(all, newaxis, 0).shape(), (Shape{3, 1}));
  EXPECT_EQ(x(slice(2, 1)).shape(), (Shape{0, 4}));
  EXPECT_EQ(x(slice(3, none)).size(), 0);
  EXPECT_EQ(x(ellipsis, newaxis).shape(), (Shape{3, 4, 1}));
}

TEST(strided_slice, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({9, 11}, dtype, 0, 2);
    EXPECT_TRUE(identical(scattered(x)(slice(1, none, 2), slice(none, none, -3)).contiguous(),
                          x(slice(1, none, 2), slice(none, none, -3)).contiguous()));
  }
  EXPECT_EQ(constant(1)(newaxis).shape(), (Shape{1}));
  EXPECT_EQ(constant(1)(ellipsis).shape(), Shape());
  EXPECT_EQ(zeros({0, 3})(slice(0, 1)).shape(), (Shape{0, 3}));
}

TEST(strided_slice, Options) {
  const Tensor x = range(10);
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(has_values(x(slice(2, none)), {8}, {2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(has_values(x(slice(none, 2)), {2}, {0, 1}));
  EXPECT_TRUE(has_values(x(slice(none, none, 4)), {3}, {0, 4, 8}));
  EXPECT_TRUE(has_values(x(slice(none, none, huge)), {1}, {0}));
  EXPECT_TRUE(has_values(x(slice(none, none, -huge - 1)), {1}, {9}));
}

TEST(strided_slice, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = x[0](slice(none, none, -2), newaxis, slice(1, 3));
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({5, 4})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({5, 4})}));
}

TEST(strided_slice, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<IndexError>([&] { (void)x(0, 3); }),
            "index: 3 is out of range for axis 1 of shape (2, 3); it must be in [-3, 3)");
  EXPECT_EQ(error_of<IndexError>([&] { (void)x(-3); }),
            "index: -3 is out of range for axis 0 of shape (2, 3); it must be in [-2, 2)");
  EXPECT_EQ(error_of<IndexError>([&] { (void)zeros({0})(0); }),
            "index: 0 is out of range for axis 0 of shape (0,), which is empty");
  EXPECT_EQ(error_of<IndexError>([&] { (void)x(0, 0, 0); }),
            "index: 3 indices are too many for shape (2, 3), which has rank 2");
  EXPECT_EQ(error_of<IndexError>([&] { (void)x(ellipsis, ellipsis); }),
            "index: there are 2 ellipses; only one can stand for the axes in between");
  EXPECT_EQ(error_of<ValueError>([&] { (void)x(slice(0, 2, 0)); }),
            "index: the step of a slice must not be 0; use 1 or -1");
}

TEST(strided_slice, TensorsAsIndices) {
  const Tensor x = constant({{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}});
  EXPECT_TRUE(has_values(x(constant(1)), {4}, {4, 5, 6, 7}));
  EXPECT_TRUE(has_values(x(constant(-1), slice(1, 3)), {2}, {9, 10}));
  EXPECT_TRUE(has_values(x(ellipsis, constant(2, int64)), {3}, {2, 6, 10}));
  EXPECT_TRUE(has_values(x(constant(0), newaxis, constant(3)), {1}, {3}));
  EXPECT_TRUE(has_values(x(greater(x, constant(8))), {3}, {9, 10, 11}));
  EXPECT_TRUE(has_values(x(constant({true, false, true})), {2, 4}, {0, 1, 2, 3, 8, 9, 10, 11}));
  if (default_device().type == DeviceType::kCPU) {  // a GPU says it later, in gather's words
    EXPECT_EQ(error_of<IndexError>([&] { (void)x(constant(3)); }),
              "index: 3 is out of range for axis 0 of shape (3, 4); it must be in [-3, 3)");
  }
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)x(constant({0, 1}));
            }),
            "index: a tensor as index must be a mask, or a scalar of int32 or int64, got int32 of "
            "shape (2,); see tf::gather");
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)x(0, constant({true, false, true, true}));
            }),
            "index: a mask must be the only index; see tf::boolean_mask");
}

/// Runs ops as they come, but lets nobody read what they give: what an index meets in a traced
/// function.
class Blindfold : public Tracer {
 public:
  Tensor hide(const Tensor& value) {
    values_.push_back(value);
    return make_symbolic({value.dtype(), value.shape()}, std::ssize(values_) - 1);
  }
  Tensor value_of(const Tensor& tensor) {
    return tensor.is_symbolic() ? values_[static_cast<std::size_t>(symbol(tensor))] : tensor;
  }
  Tensors on_op(const OpCall& call, const TensorSpecs&) override {
    std::vector<Tensor> inputs;
    for (const Tensor& input : call.inputs) inputs.push_back(value_of(input));
    Tensors outputs;
    // On another thread nobody traces.
    std::thread([&] { outputs = apply(call.op, inputs, call.attributes); }).join();
    Tensors hidden;
    for (const Tensor& output : outputs) hidden.push_back(hide(output));
    return hidden;
  }

 private:
  std::vector<Tensor> values_;
};

TEST(strided_slice, TensorsAsIndicesOfATracedFunction) {
  const Tensor cube = reshape(range(24), {2, 3, 4});
  Blindfold tracer;
  const Tensor x = tracer.hide(cube);
  const Tensor last = tracer.hide(constant(-1));
  const Tensor first = tracer.hide(constant(0, int64));
  const auto value = [&](auto&&... indices) {
    const auto traced = [&] {
      const TraceScope tracing(tracer);
      return x(indices...);
    };
    return tracer.value_of(traced());
  };
  EXPECT_TRUE(has_values(value(last), {3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}));
  EXPECT_TRUE(has_values(value(first, last, 2), {}, {10}));
  EXPECT_TRUE(has_values(value(0, newaxis, ellipsis, last), {1, 3}, {3, 7, 11}));
  EXPECT_TRUE(has_values(value(ellipsis, first, slice(1, 3)), {2, 2}, {1, 2, 13, 14}));
  EXPECT_TRUE(has_values(value(all, last), {2, 4}, {8, 9, 10, 11, 20, 21, 22, 23}));
}

TEST(slice, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(slice(x, {0, 1}, {-1, 2}), {2, 2}, {2, 3, 5, 6}));
  EXPECT_TRUE(has_values(slice(x, {1, 0}, {1, 3}), {1, 3}, {4, 5, 6}));
  EXPECT_EQ(slice(x, {2, 3}, {0, -1}).shape(), (Shape{0, 0}));
  EXPECT_EQ(slice(x, {0, 0}, {1, 1}).data(), x.data()) << "a view";
  EXPECT_EQ(slice(constant(7), {}, {}).shape(), Shape());
}

TEST(slice, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = slice(x[0], {1, 0}, {-1, 2});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 4})}));
}

TEST(slice, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)slice(x, {0, 1}, {-1, 3});
            }),
            "slice: 3 elements from 1 on do not lie on axis 1 of shape (2, 3)");
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)slice(x, {-1, 0}, {1, 1});
            }),
            "slice: 1 elements from -1 on do not lie on axis 0 of shape (2, 3)");
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)slice(x, {0}, {1, 1});
            }),
            "slice: begin has 1 and size 2 entries for shape (2, 3); each needs 2");
}

TEST(reverse, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(reverse(x, {-1}), {2, 3}, {3, 2, 1, 6, 5, 4}));
  EXPECT_TRUE(has_values(reverse(x, {0, 1}), {2, 3}, {6, 5, 4, 3, 2, 1}));
  EXPECT_TRUE(has_values(reverse(constant(7), Axes(Dims{})), {}, {7}));
  EXPECT_EQ(reverse(zeros({0, 2}), {0}).shape(), (Shape{0, 2}));
  EXPECT_EQ(reverse(x, {0}).data(), static_cast<const void*>(x.data_as<std::int32_t>() + 3));
}

TEST(reverse, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return reverse(x[0], {0}) * x[0]; };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 2})}));
}

TEST(reverse, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { reverse(zeros({2}), {1}); }),
            "reverse: axis 1 is out of range for rank 1; it must be in [-1, 1)");
  EXPECT_EQ(error_of<ShapeError>([] {
              reverse(zeros({2}), {0, -1});
            }),
            "reverse: axis 0 is named twice in [0, -1]");
}

/// x(slice(4, none, -2), slice(1, 3)) of shape (6, 4), replaced.
StridedSliceOptions box_options() {
  return {.begin = {4, 1}, .size = {3, 2}, .step = {-2, 1}, .axes = {0, 1}};
}

TEST(strided_slice_update, Values) {
  const StridedSliceOptions row{.begin = {1, 0}, .size = {1, 2}, .step = {1, 1}, .axes = {1}};
  EXPECT_TRUE(has_values(apply_one(*find_op("strided_slice_update"),
                                   {constant({{1, 2}, {3, 4}}), constant({7, 8})}, row),
                         {2, 2}, {1, 2, 7, 8}));
}

TEST(strided_slice_update, Composition) {
  EXPECT_TRUE(kernel_equals_composition("strided_slice_update",
                                        {scattered(sample({6, 4})), sample({3, 2}, float64, 5, 6)},
                                        box_options()));
}

TEST(strided_slice_update, Types) {
  OpDef& op = *find_op("strided_slice_update");
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({6, 4}, dtype, 0, 2);
    const Tensor value = sample({3, 2}, dtype, 0, 2, 5);
    EXPECT_TRUE(identical(apply_one(op, {scattered(x), scattered(value)}, box_options()),
                          apply_one(op, {x, value}, box_options())));
  }
  const StridedSliceOptions empty{.begin = {2}, .size = {0}, .step = {1}, .axes = {0}};
  EXPECT_TRUE(has_values(apply_one(op, {ones({2}), zeros({0})}, empty), {2}, {1, 1}));
  const StridedSliceOptions one{.begin = {0}, .size = {1}, .step = {1}, .axes = {}};
  EXPECT_TRUE(has_values(apply_one(op, {ones({1}), constant(3.0)}, one), {1}, {3}));
  const StridedSliceOptions large{.begin = {1}, .size = {100000}, .step = {2}, .axes = {0}};
  EXPECT_TRUE(kernel_equals_composition("strided_slice_update",
                                        {ones({200001}), sample({100000}, float32)}, large));
}

TEST(strided_slice_update, Options) {
  OpDef& op = *find_op("strided_slice_update");
  const Tensor x = zeros({4}, int32);
  const auto put = [&](std::int64_t begin, std::int64_t step) {
    const StridedSliceOptions box{.begin = {begin}, .size = {2}, .step = {step}, .axes = {0}};
    return apply_one(op, {x, constant({1, 2})}, box);
  };
  EXPECT_TRUE(has_values(put(0, 1), {4}, {1, 2, 0, 0}));
  EXPECT_TRUE(has_values(put(1, 1), {4}, {0, 1, 2, 0}));
  EXPECT_TRUE(has_values(put(3, -2), {4}, {0, 2, 0, 1}));
}

TEST(strided_slice_update, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = apply_one(*find_op("strided_slice_update"), x, box_options());
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({6, 4}), sample({3, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({6, 4}), sample({3, 2})}));
}

TEST(strided_slice_update, Errors) {
  OpDef& op = *find_op("strided_slice_update");
  EXPECT_EQ(error_of<ShapeError>([&] {
              apply_one(op, {zeros({6, 4}), ones({2})}, box_options());
            }),
            "strided_slice_update: the slice has shape (3, 2), the value (2,); see "
            "tf::broadcast_to");
  EXPECT_EQ(error_of<DTypeError>([&] {
              apply_one(op, {zeros({6, 4}), ones({3, 2}, int32)}, box_options());
            }),
            "strided_slice_update: the tensor is float32, the value is int32; tf::cast it");
}

/// The options that x(slice(4, none, -2), slice(1, 3), newaxis) has for x of shape (6, 4).
StridedSliceGradOptions grad_options() {
  return {{.begin = {4, 1}, .size = {3, 2}, .step = {-2, 1}, .axes = {0, 1, -1}}, {6, 4}};
}

TEST(strided_slice_grad, Values) {
  const StridedSliceGradOptions options{{.begin = {3}, .size = {2}, .step = {-2}, .axes = {0}},
                                        {4}};
  EXPECT_TRUE(has_values(apply_one(*find_op("strided_slice_grad"), {constant({5.0, 7.0})}, options),
                         {4}, {0, 7, 0, 5}));
}

TEST(strided_slice_grad, Composition) {
  EXPECT_TRUE(kernel_equals_composition("strided_slice_grad", {sample({3, 2, 1})}, grad_options()));
  const StridedSliceGradOptions whole{
      {.begin = {0, 2}, .size = {3, 1}, .step = {1, 1}, .axes = {0}}, {3, 4}};
  EXPECT_TRUE(kernel_equals_composition("strided_slice_grad", {sample({3})}, whole));
  const StridedSliceGradOptions empty{{.begin = {2}, .size = {0}, .step = {1}, .axes = {0}}, {5}};
  EXPECT_TRUE(kernel_equals_composition("strided_slice_grad", {sample({0})}, empty));
}

TEST(strided_slice_grad, Types) {
  OpDef& op = *find_op("strided_slice_grad");
  for (const DType dtype : {half, float32, float64}) {
    const Tensor x = sample({3, 2, 1}, dtype);
    EXPECT_TRUE(identical(apply_one(op, {scattered(x)}, grad_options()),
                          apply_one(op, {x}, grad_options())));
  }
  const StridedSliceGradOptions large{{.begin = {1}, .size = {100000}, .step = {2}, .axes = {0}},
                                      {200001}};
  EXPECT_TRUE(kernel_equals_composition("strided_slice_grad", {sample({100000}, float32)}, large));
  const StridedSliceGradOptions one{{.begin = {1}, .size = {1}, .step = {1}, .axes = {}}, {2}};
  EXPECT_TRUE(has_values(apply_one(op, {constant(3.0)}, one), {2}, {0, 3}));
}

TEST(strided_slice_grad, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = apply_one(*find_op("strided_slice_grad"), x, grad_options());
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 2, 1})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 2, 1})}));
}

}  // namespace
}  // namespace saem
