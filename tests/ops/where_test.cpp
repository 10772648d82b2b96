// where; floor 5 of 5: what must be true.
#include <limits>
#include <saem/ops/compare.hpp>
#include <saem/ops/where.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(where, Values) {
  const Tensor condition = constant({true, false, true});
  EXPECT_TRUE(
      has_values(where(condition, constant({1, 2, 3}), constant({10, 20, 30})), {3}, {1, 20, 3}));
  EXPECT_TRUE(has_values(where(condition, constant({1, 2, 3}), 0), {3}, {1, 0, 3}));
  EXPECT_TRUE(has_values(where(condition, 0.5, constant({1.0, 2.0, 3.0})), {3}, {0.5, 2, 0.5}));
  // What is not chosen leaves no trace.
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(has_values(where(condition, constant({1.0, nan, 3.0}), 0), {3}, {1, 0, 3}));
  // All three broadcast.
  EXPECT_TRUE(has_values(where(constant({{true}, {false}}), constant({1, 2, 3}), constant({{9}})),
                         {2, 3}, {1, 2, 3, 9, 9, 9}));
}

TEST(where, Gradient) {
  const Tensor condition = constant({{true, false, true}, {false, false, true}});
  const Function choose = [&](const std::vector<Tensor>& in) {
    return where(condition, in[0] * in[0], in[1] * in[0]);
  };
  for (const Shape& shape : {Shape{2, 3}, Shape{3}, Shape{}}) {
    const Tensor x = sample({2, 3}, float64, -2, 2, 1);
    const Tensor y = sample(shape, float64, -2, 2, 2);
    EXPECT_TRUE(gradients_agree(choose, {x, y}));
    EXPECT_TRUE(gradients_agree(choose, {y, x}));
    EXPECT_TRUE(second_gradients_agree(choose, {x, y}));
  }
}

TEST(where, Types) {
  std::vector<DType> dtypes = numeric();
  dtypes.push_back(bool_);
  for (const DType dtype : dtypes) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + shape.to_string());
      const Tensor condition = sample(shape, float32, -1, 1, 3) > 0;
      const Tensor x = sample_for(shape, dtype, -9, 9, 1);
      const Tensor y = sample_for(shape, dtype, -9, 9, 2);
      const std::vector<double> truth = values_of(condition);
      const std::vector<double> others = values_of(y);
      std::vector<double> expected = values_of(x);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (truth[i] == 0.0) expected[i] = others[i];
      }
      const Tensor chosen = where(condition, x, y);
      EXPECT_TRUE(identical(chosen, cast(constant(expected, shape), dtype)));
      EXPECT_TRUE(identical(where(scattered(condition), scattered(x), scattered(y)), chosen));
    }
  }
}

TEST(where, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { where(constant({1}), constant({1}), constant({2})); }),
            "where: the condition must be bool, got int32; compare it with something");
  EXPECT_EQ(error_of<DTypeError>([] { where(constant({true}), constant({1}), constant({2.0})); }),
            "where: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] {
              where(constant({true, false}), zeros({3}), zeros({3}));
            }),
            "where: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(where, Coordinates) {
  const Tensor flags = constant({{true, false}, {false, true}});
  EXPECT_TRUE(has_values(where(flags), {2, 2}, {0, 0, 1, 1}));
  EXPECT_EQ(where(flags).dtype(), int64);
  EXPECT_TRUE(has_values(where(testing::scattered(flags)), {2, 2}, {0, 0, 1, 1}));
  EXPECT_TRUE(has_values(
      where(constant({0.0, 2.0, std::numeric_limits<double>::quiet_NaN(), -0.0})), {2, 1}, {1, 2}));
  EXPECT_TRUE(has_values(where(constant({0, 3}, uint8)), {1, 1}, {1}));
  EXPECT_EQ(where(zeros({2, 3})).shape(), (Shape{0, 2}));
  EXPECT_EQ(where(zeros({0, 3})).shape(), (Shape{0, 2}));
  EXPECT_EQ(error_of<ShapeError>([] { (void)where(constant(true)); }),
            "where: a scalar has no coordinates; give x and y to choose between");
}

}  // namespace
}  // namespace saem
