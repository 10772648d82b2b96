#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/transpose.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_same_bits;
using testing::identical;

const Shape kWeights{784, 256};

Tensor weights(std::int64_t seed, DType dtype = float32) {
  return cast(random::stateless_normal(kWeights, {seed, 3}), dtype);
}
Tensor rows(std::int64_t count, DType dtype = float32) {
  return cast(random::stateless_normal({count, 784}, {count, 4}), dtype);
}

/// How many products of the graph know that their weights stay.
std::size_t marks(const Graph& graph) {
  const std::string text = graph.to_text();
  std::size_t count = 0;
  for (const std::string mark : {"constant_b=true", "constant_kernel=true"}) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      ++count;
    }
  }
  return count;
}

template <class Callable>
std::size_t marks_of(Callable callable, const Tensor& input) {
  const auto traced = function(std::move(callable));
  traced.prepare(input);
  return marks(after(prepack, traced.traced_graph()));
}

TEST(Prepack, MarksConstantsAndVariablesThatStay) {
  const Variable w{weights(1)};
  const Tensor constant = weights(2);
  const Tensor bias = zeros({256});
  const Tensor x = rows(4);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return matmul(y, w); }, x), 1u);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return matmul(y, constant); }, x), 1u);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return nn::dense(y, w, bias); }, x), 1u);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return matmul(matmul(y, w), transpose(constant)); }, x),
            2u);
}

TEST(Prepack, LeavesWhatChangesOrComesAnew) {
  const Variable w{weights(1)};
  const Tensor x = rows(4);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return matmul(x, y, {.transpose_b = true}); }, x), 0u);
  EXPECT_EQ(marks_of([=](const Tensor& y) { return matmul(y, w * 2.0); }, x), 0u);
  EXPECT_EQ(marks_of(
                [=](const Tensor& y) {
                  GradientTape tape;
                  const Tensor loss = reduce_sum(matmul(y, w));
                  w.assign_sub(tape.gradient(loss, w));
                  return loss;
                },
                x),
            0u);
}

TEST(Prepack, MarksOnce) {
  const auto f = function([w = weights(1)](const Tensor& y) { return matmul(y, w); });
  f.prepare(rows(4));
  const Graph graph = after(prepack, f.traced_graph());
  EXPECT_EQ(after(prepack, graph).to_text(), graph.to_text());
}

TEST(Prepack, SameBitsInEveryDtypeFromTheFirstCallOn) {
  for (const DType dtype : {dtypes::float16, dtypes::bfloat16, float32, float64}) {
    const Variable w{weights(1, dtype)};
    const auto f = function([=](const Tensor& y) { return matmul(y, w); });
    const auto unpacked =
        function([=](const Tensor& y) { return matmul(y, w); }, {.disabled_passes = {"prepack"}});
    for (const std::int64_t count : {1, 3, 32, 200}) {
      const Tensor x = rows(count, dtype);
      const Tensor expected = unpacked(x);
      for (int call = 0; call < 4; ++call) {
        EXPECT_TRUE(identical(f(x), expected)) << dtype.name() << ' ' << count << ' ' << call;
      }
    }
  }
}

TEST(Prepack, SameBitsOfBothLayouts) {
  const Variable w{weights(1)};
  expect_same_bits(
      prepack,
      [=](const Tensor& y) { return matmul(nn::relu(matmul(y, w)), w, {.transpose_b = true}); },
      rows(8));
}

TEST(Prepack, SeesEveryAssignment) {
  const Variable w{weights(1)};
  const auto f = function([=](const Tensor& y) { return matmul(y, w); });
  const Tensor x = rows(8);
  for (int step = 0; step < 4; ++step) {
    for (int call = 0; call < 3; ++call) (void)f(x);
    if (step % 2 == 0) {
      w.assign(weights(10 + step));
    } else {
      w.assign_add(weights(10 + step));  // in place
    }
    EXPECT_TRUE(identical(f(x), matmul(x, w))) << step;
  }
}

TEST(Prepack, SwitchedOffKeepsNothing) {
  const auto kept_by = [](const FunctionOptions& options) {
    const Variable w{weights(1, dtypes::bfloat16)};
    const auto f = function([=](const Tensor& y) { return matmul(y, w); }, options);
    const Tensor x = rows(8, dtypes::bfloat16);
    (void)f(x);
    const std::int64_t before = config::get_memory_info().current;
    for (int call = 0; call < 3; ++call) (void)f(x);
    return config::get_memory_info().current - before;
  };
  EXPECT_EQ(kept_by({.disabled_passes = {"prepack"}}), 0);
  EXPECT_LE(kept_by({}), 3 * kWeights.size());  // packed once, or not at all where it does not pay
}

}  // namespace
}  // namespace saem
