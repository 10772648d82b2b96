// weighted_cross_entropy_with_logits, l2_loss, log_poisson_loss: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/loss.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(weighted_cross_entropy_with_logits, Values) {
  const Tensor labels = constant({1.0, 0.0, 0.5, 1.0});
  const Tensor logits = constant({-1000.0, 1000.0, 0.0, 1000.0});
  EXPECT_TRUE(has_values(nn::weighted_cross_entropy_with_logits(labels, logits, 2.0), {4},
                         {2000, 1000, 1.5 * std::log(2.0), 0}));
  EXPECT_TRUE(near(nn::weighted_cross_entropy_with_logits(labels, logits, 1.0),
                   nn::sigmoid_cross_entropy_with_logits(labels, logits)));
  EXPECT_TRUE(identical(nn::weighted_cross_entropy_with_logits(labels, logits, constant(2.0)),
                        nn::weighted_cross_entropy_with_logits(labels, logits, 2.0)));
}

TEST(weighted_cross_entropy_with_logits, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::weighted_cross_entropy_with_logits(in[0], in[1], in[2]);
  };
  EXPECT_TRUE(gradients_agree(
      function, {sample({2, 3}, float64, 0, 1, 1), sample({2, 3}), sample({3}, float64, 1, 2, 3)}));
}

TEST(weighted_cross_entropy_with_logits, Errors) {
  EXPECT_EQ(error_of<ShapeError>(
                [] { (void)nn::weighted_cross_entropy_with_logits(zeros({2}), zeros({3}), 1.0); }),
            "weighted_cross_entropy_with_logits: labels have shape (2,), the prediction (3,); they "
            "must be the same");
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)nn::weighted_cross_entropy_with_logits(zeros({2}, int32), zeros({2}), 1.0);
            }),
            "weighted_cross_entropy_with_logits: labels are int32, the prediction float32; "
            "tf::cast one of them");
}

TEST(l2_loss, Values) {
  for (const DType dtype : kFloating) {
    const Tensor loss = nn::l2_loss(cast(constant({{3.0, 4.0}}), dtype));
    EXPECT_EQ(loss.dtype(), dtype);
    EXPECT_TRUE(has_values(loss, {}, {12.5}));
  }
  EXPECT_TRUE(has_values(nn::l2_loss(zeros({0})), {}, {0}));
}

TEST(l2_loss, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return nn::l2_loss(x); }, sample({3}));
}

TEST(l2_loss, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::l2_loss(constant({1})); }),
            "l2_loss: needs floating point, got int32; tf::cast it to tf::float32");
}

TEST(log_poisson_loss, Values) {
  const Tensor targets = constant({0.0, 1.0, 3.0});
  const Tensor log_input = constant({0.0, 1.0, 2.0});
  const double e = std::exp(1.0);
  const std::vector<double> plain = {1, e - 1, e * e - 6};
  EXPECT_TRUE(has_values(nn::log_poisson_loss(targets, log_input), {3}, plain));
  const double stirling = 3 * std::log(3.0) - 3 + 0.5 * std::log(6 * std::acos(-1.0));
  EXPECT_TRUE(has_values(nn::log_poisson_loss(targets, log_input, {.compute_full_loss = true}), {3},
                         {plain[0], plain[1], plain[2] + stirling}));
}

TEST(log_poisson_loss, Gradient) {
  for (const bool full : {false, true}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      return nn::log_poisson_loss(in[0], in[1], {.compute_full_loss = full});
    };
    EXPECT_TRUE(gradients_agree(function, {constant({0.5, 2.0, 4.0}, float64), sample({3})}));
  }
}

TEST(log_poisson_loss, Errors) {
  EXPECT_EQ(
      error_of<ShapeError>([] { (void)nn::log_poisson_loss(zeros({2}), zeros({3})); }),
      "log_poisson_loss: targets have shape (2,), the prediction (3,); they must be the same");
}

}  // namespace
}  // namespace saem
