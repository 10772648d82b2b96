// bias_add: what must be true.
#include <saem/ops/bias_add.hpp>
#include <saem/ops/reshape.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(bias_add, Values) {
  const Tensor x = constant({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_TRUE(has_values(nn::bias_add(x, constant({10.0, 20.0})), {2, 2}, {11, 22, 13, 24}));
  EXPECT_TRUE(has_values(nn::bias_add(constant({{1, 2}}), constant({3, 4})), {1, 2}, {4, 6}));
}

TEST(bias_add, Options) {
  const Tensor x = zeros({1, 2, 2, 1});
  const Tensor y = nn::bias_add(x, constant({1.0, 2.0}), {.data_format = "NCHW"});
  EXPECT_TRUE(has_values(y, {1, 2, 2, 1}, {1, 1, 2, 2}));
  EXPECT_TRUE(has_values(nn::bias_add(x, constant({5.0}), {.data_format = "NHWC"}), {1, 2, 2, 1},
                         {5, 5, 5, 5}));
}

TEST(bias_add, Gradient) {
  for (const char* format : {"N...C", "NC..."}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      return nn::bias_add(in[0], in[1], {.data_format = format});
    };
    EXPECT_TRUE(gradients_agree(function, {sample({2, 3, 3}), sample({3}, float64, -1, 1, 2)}));
  }
}

TEST(bias_add, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::bias_add(zeros({2, 3}), zeros({2}));
            }),
            "bias_add: value of shape (2, 3) has 3 channels along axis 1, bias 2");
  EXPECT_EQ(error_of<ShapeError>([] { (void)nn::bias_add(zeros({3}), zeros({3})); }),
            "bias_add: needs a value of rank 2 or more and a bias of rank 1, got (3,) and (3,)");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)nn::bias_add(zeros({2, 3}), zeros({3}), {.data_format = "CHW"});
            }),
            "bias_add: data_format is \"CHW\"; it must be of the form N...C or NC...");
}

}  // namespace
}  // namespace saem
