#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/core/memory.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::near;
using testing::sample;
using testing::second_gradients_agree;

Tensor scalar(double value) { return constant(value, float64); }

TEST(custom_gradient, ReplacesTheGradient) {
  const auto log1pexp = custom_gradient([](const Tensor& x) {
    const Tensor e = exp(x);
    return std::pair(log(1.0 + e), [e](const Tensor& dy) { return dy * (1.0 - 1.0 / (1.0 + e)); });
  });
  const Tensor x = constant(100.0);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(log1pexp(x), x), {}, {1.0}));
}

TEST(custom_gradient, TapesSeeOneOpAndNothingInside) {
  const auto f = custom_gradient([](const Tensor& x) {
    return std::pair(exp(exp(exp(x))), [](const Tensor& dy) { return dy * 7.0; });
  });
  const Tensor x = scalar(0.1);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = f(x);
  EXPECT_EQ(tape.size(), 1u);
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {7.0}));
}

TEST(custom_gradient, SeveralInputsAndOutputs) {
  const auto f = custom_gradient([](const Tensor& a, const Tensor& b) {
    return std::pair(std::vector<Tensor>{a * b, a + b}, [a, b](const std::vector<Tensor>& dy) {
      return std::vector<Tensor>{dy[0] * b + dy[1], dy[0] * a + dy[1]};
    });
  });
  const auto product_and_sum = [&](const std::vector<Tensor>& x) {
    const std::vector<Tensor> both = f(x[0], x[1]);
    return both[0] * both[1];
  };
  const std::vector<Tensor> inputs{sample({3}), sample({3}, float64, -1, 1, 2)};
  EXPECT_TRUE(gradients_agree(product_and_sum, inputs));
  EXPECT_TRUE(second_gradients_agree(product_and_sum, inputs));
  const auto only_first = [&](const std::vector<Tensor>& x) { return f(x[0], x[1])[0]; };
  EXPECT_TRUE(gradients_agree(only_first, inputs)) << "an output that nobody uses counts as zero";
}

TEST(custom_gradient, VariablesGoThroughTheRule) {
  const Variable w{scalar(3.0), {.name = "w"}};
  const auto f = custom_gradient([&](const Tensor& x) {
    const Tensor value = w;
    return std::pair(x * value, [=](const Tensor& dy, const std::vector<Variable>& variables) {
      EXPECT_EQ(variables.size(), 1u);
      EXPECT_EQ(variables[0].id(), w.id());
      return std::pair(dy * value, std::vector<Tensor>{dy * x * 100.0});
    });
  });
  const Tensor x = scalar(2.0);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = f(x);
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {3.0}));
  EXPECT_TRUE(has_values(tape.gradient(y, w), {}, {200.0}));
  EXPECT_EQ(tape.watched_variables().size(), 1u);
}

TEST(custom_gradient, TheTwoPartForm) {
  const auto f = custom_gradient([](const Tensor& a, const Tensor& b) { return a * b; },
                                 [](const Tensor& dy, const Tensor& a, const Tensor& b) {
                                   return std::vector<Tensor>{dy * b * 2.0, dy * a * 3.0};
                                 });
  const Tensor a = scalar(5.0);
  const Tensor b = scalar(7.0);
  GradientTape tape;
  tape.watch(a);
  tape.watch(b);
  const auto [da, db] = tape.gradient(f(a, b), a, b);
  EXPECT_TRUE(has_values(da, {}, {14.0}));
  EXPECT_TRUE(has_values(db, {}, {15.0}));
}

TEST(custom_gradient, Errors) {
  const Variable w{scalar(3.0), {.name = "w"}};
  const auto reads = custom_gradient(
      [&](const Tensor& x) { return std::pair(x * w, [](const Tensor& dy) { return dy; }); });
  EXPECT_EQ(error_of<ValueError>([&] { (void)reads(scalar(1.0)); }),
            "custom_gradient: the function reads variable w, so its rule must take the variables "
            "too: rule(dy, variables)");
  const auto one_for_two = custom_gradient([](const Tensor& a, const Tensor& b) {
    return std::pair(a * b, [](const Tensor& dy) { return dy; });
  });
  const Tensor x = scalar(1.0);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = one_for_two(x, x);
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.gradient(y, x); }),
            "custom_gradient: the rule gave 1 gradients for 2 inputs and variables");
}

TEST(recompute_grad, GivesTheSameGradients) {
  const Variable w{sample({3, 3}, float64, -1, 1, 3)};
  const auto plain = [&](const Tensor& x) { return tanh(matmul(tanh(matmul(x, w)), w)); };
  const auto checkpointed = recompute_grad(plain);
  const Tensor x = sample({2, 3});
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor a = plain(x);
  const Tensor b = checkpointed(x);
  EXPECT_TRUE(near(b, a));
  EXPECT_TRUE(near(tape.gradient(b, x), tape.gradient(a, x)));
  EXPECT_TRUE(near(tape.gradient(b, w), tape.gradient(a, w)));
  const auto f = [&](const std::vector<Tensor>& at) { return checkpointed(at[0]); };
  EXPECT_TRUE(gradients_agree(f, {x}));
  EXPECT_TRUE(second_gradients_agree(f, {x}));
}

TEST(recompute_grad, SeveralInputsAndOutputs) {
  const auto f = recompute_grad([](const Tensor& a, const Tensor& b) {
    return std::vector<Tensor>{sin(a) * b, exp(b)};
  });
  const auto sum = [&](const std::vector<Tensor>& x) {
    const std::vector<Tensor> both = f(x[0], x[1]);
    return both[0] + both[1];
  };
  EXPECT_TRUE(gradients_agree(sum, {sample({3}), sample({3}, float64, -1, 1, 2)}));
}

TEST(recompute_grad, KeepsNothingBetweenItsEnds) {
  const auto block = [](const Tensor& x) {
    Tensor y = x;
    for (int i = 0; i < 20; ++i) y = tanh(y);
    return y;
  };
  const auto peak_of = [](const auto& model, const char* name) {
    const config::MemoryTag tag(name);
    const Variable x{sample({10000}, float32)};
    config::reset_memory_tags();
    GradientTape tape;
    Tensor y = x;
    for (int i = 0; i < 5; ++i) y = model(y);
    const std::int64_t kept = config::memory_by_tag().at(name).current;
    EXPECT_TRUE(tape.gradient(y, x).defined());
    EXPECT_LT(config::memory_by_tag().at(name).current, kept);
    return config::memory_by_tag().at(name).peak;
  };
  const std::int64_t plain = peak_of(block, "plain");
  const std::int64_t recomputed = peak_of(recompute_grad(block), "recomputed");
  // 100 activations of 40 kB against 5 kept and 20 of one block at a time, with its gradients.
  EXPECT_GE(plain, 100 * 40000);
  // A GPU rounds each up to 40448 bytes and holds one temporary longer.
  EXPECT_LT(recomputed, 37 * 40448);
}

}  // namespace
}  // namespace saem
