// dropout, stateless_dropout: what must be true.
#include <cmath>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/dropout.hpp>
#include <saem/ops/reduce.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;
using nn::experimental::stateless_dropout;

TEST(dropout, Values) {
  for (const DType dtype : kFloating) {
    const Tensor y = nn::dropout(ones({10000}, dtype), 0.25, {.seed = 7});
    EXPECT_EQ(y.dtype(), dtype);
    double kept = 0;
    for (const double value : values_of(y)) {
      EXPECT_NEAR(value, value == 0 ? 0 : 1 / 0.75, 0.01);
      kept += value != 0;
    }
    EXPECT_NEAR(kept / 10000, 0.75, 0.02);
  }
  EXPECT_TRUE(identical(nn::dropout(constant({1.0, 2.0}), 0.0), constant({1.0, 2.0})));
  EXPECT_EQ(nn::dropout(zeros({0, 3}), 0.5).shape(), Shape({0, 3}));
}

TEST(dropout, Options) {
  const Tensor x = ones({200, 3});
  const Tensor whole = nn::dropout(x, 0.5, {.noise_shape = Shape{-1, 1}, .seed = 1});
  EXPECT_TRUE(identical(reduce_max(whole, {.axis = 1}), reduce_min(whole, {.axis = 1})));
  EXPECT_GT(values_of(reduce_max(whole))[0], values_of(reduce_min(whole))[0]);
  random::set_seed(3);
  const Tensor first = nn::dropout(x, 0.5);
  const Tensor second = nn::dropout(x, 0.5);
  random::set_seed(3);
  EXPECT_TRUE(identical(nn::dropout(x, 0.5), first));
  EXPECT_FALSE(identical(second, first));
  // A rate of 0 draws too.
  random::set_seed(3);
  (void)nn::dropout(x, 0.0);
  EXPECT_TRUE(identical(nn::dropout(x, 0.5), second));
}

TEST(dropout, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return stateless_dropout(in[0] * in[0], 0.4, random::Seed{1, 2});
  };
  EXPECT_TRUE(gradients_agree(function, {sample({3, 4})}));
}

TEST(dropout, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { (void)nn::dropout(zeros({2}), 1.0); }),
            "dropout: rate is 1; it must be in [0, 1)");
  EXPECT_EQ(error_of<ValueError>([] { (void)nn::dropout(zeros({2}), std::nan("")); }),
            "dropout: rate is nan; it must be in [0, 1)");
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::dropout(constant({1}), 0.5); }),
            "dropout: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(
      error_of<ShapeError>([] { (void)nn::dropout(zeros({2}), 0.5, {.noise_shape = Shape{3}}); }),
      "dropout: noise_shape (3,) does not broadcast to the shape (2,) of x");
}

TEST(stateless_dropout, Values) {
  const Tensor x = ones({64});
  const Tensor y = stateless_dropout(x, 0.5, random::Seed{1, 2});
  EXPECT_TRUE(identical(y, stateless_dropout(x, 0.5, constant({1, 2}))));
  EXPECT_FALSE(identical(y, stateless_dropout(x, 0.5, random::Seed{1, 3})));
  // What is kept is what the uniform numbers of the same seed say.
  const Tensor kept = random::stateless_uniform({64}, random::Seed{1, 2}) >= 0.5;
  EXPECT_TRUE(identical(y, cast(kept, float32) * 2));
}

}  // namespace
}  // namespace saem
