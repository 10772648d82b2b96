// What reductions and softmax promise beyond their values: the same bits on any number of threads,
// every SIMD target right, and sums that stay accurate however long they are.
#include <hwy/highway.h>
#include <omp.h>

#include <cmath>
#include <saem/ops/argmax.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>

#include "ops/pointwise.hpp"
#include "ops/reduction.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

class OnThreads {
 public:
  explicit OnThreads(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
  ~OnThreads() { omp_set_num_threads(before_); }
  OnThreads(const OnThreads&) = delete;
  OnThreads& operator=(const OnThreads&) = delete;

 private:
  int before_;
};

class OnTarget {
 public:
  explicit OnTarget(std::int64_t target) { choose(target); }
  ~OnTarget() { choose(0); }
  OnTarget(const OnTarget&) = delete;
  OnTarget& operator=(const OnTarget&) = delete;

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

struct Named {
  const char* name;
  std::function<Tensor(const Tensor&)> function;
};

/// Everything here that threads share, along each axis.
const std::vector<Named>& functions() {
  static const std::vector<Named> list = {
      {"sum", [](const Tensor& x) { return reduce_sum(x); }},
      {"sum of columns", [](const Tensor& x) { return reduce_sum(x, {.axis = 0}); }},
      {"sum of rows", [](const Tensor& x) { return reduce_sum(x, {.axis = 1}); }},
      {"mean", [](const Tensor& x) { return reduce_mean(x); }},
      {"product of columns", [](const Tensor& x) { return reduce_prod(x, {.axis = 0}); }},
      {"max", [](const Tensor& x) { return reduce_max(x); }},
      {"min of columns", [](const Tensor& x) { return reduce_min(x, {.axis = 0}); }},
      {"argmax of columns", [](const Tensor& x) { return argmax(x); }},
      {"argmin of rows", [](const Tensor& x) { return argmin(x, {.axis = 1}); }},
      {"softmax", [](const Tensor& x) { return nn::softmax(x); }},
      {"log_softmax", [](const Tensor& x) { return nn::log_softmax(x); }},
      {"cross entropy",
       [](const Tensor& x) { return nn::softmax_cross_entropy_with_logits(nn::softmax(x), x); }},
      {"sparse cross entropy", [](const Tensor& x) {
         return nn::sparse_softmax_cross_entropy_with_logits(argmax(x, {.axis = 1}), x);
       }}};
  return list;
}

TEST(ReduceKernels, SameBitsOnAnyNumberOfThreads) {
  for (const DType dtype : {float32, float64, DType(DType::kBFloat16)}) {
    for (const Shape& shape : {Shape{3001, 257}, Shape{7, 90001}, Shape{100003, 3}}) {
      const Tensor x = sample(shape, dtype, 0.9, 1.1);
      for (const Named& named : functions()) {
        SCOPED_TRACE(std::string(named.name) + " " + std::string(dtype.name()) + shape.to_string());
        std::vector<Tensor> results;
        for (const int threads : {1, 2, 3, 7}) {
          const OnThreads on(threads);
          results.push_back(named.function(x));
        }
        for (const Tensor& result : results) EXPECT_TRUE(identical(result, results[0]));
      }
    }
  }
}

TEST(ReduceKernels, EverySimdTargetAgrees) {
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  ASSERT_FALSE(targets.empty());
  for (const DType dtype : {float32, float64, half, int8, int32, uint64}) {
    for (const Shape& shape : {Shape{5, 3}, Shape{61, 67}, Shape{3, 1031}}) {
      const Tensor x =
          dtype.is_integer() ? sample_for(shape, dtype, -100, 100) : sample(shape, dtype, 0.9, 1.1);
      for (const Named& named : functions()) {
        if (dtype.is_integer() && std::string(named.name).find("so") != std::string::npos) continue;
        if (dtype.is_integer() && std::string(named.name).find("entropy") != std::string::npos) {
          continue;
        }
        std::vector<Tensor> results;
        for (const std::int64_t target : targets) {
          const OnTarget on(target);
          results.push_back(named.function(x));
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
          SCOPED_TRACE(std::string(named.name) + " " + std::string(dtype.name()) +
                       shape.to_string() + " " + hwy::TargetName(targets[i]));
          EXPECT_TRUE(near(results[i], results[0]));
        }
      }
    }
  }
}

/// Columns are folded a tile at a time: what is left over after whole tiles may be a single one,
/// whose elements lie as far apart as those of the others.
TEST(ReduceKernels, ASingleColumnBehindTheLastTileIsAColumn) {
  const std::int64_t columns = 1025;
  for (const DType dtype : {float32, float64, half, int32}) {
    const Tensor x = cast(sample({40, columns}, float64, 0, 50), dtype);
    const Tensor last = x.view({40}, {columns}, columns - 1).contiguous();
    for (const auto& fold : {&reduce_sum, &reduce_max, &reduce_min}) {
      const Tensor folded = fold(x, {.axis = 0});
      EXPECT_TRUE(near(folded.view({}, {}, columns - 1), fold(last, {}))) << dtype.name();
    }
  }
}

/// 10^7 float32 against the same numbers summed in double: one addition after another would be
/// wrong in the third digit.
TEST(ReduceKernels, LongSumsStayAccurate) {
  const std::int64_t count = 10'000'000;
  Tensor x = Tensor::empty(float32, {count});
  auto* values = x.mutable_data_as<float>();
  double exact = 0;
  float naive = 0;
  std::uint32_t state = 1;
  for (std::int64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    values[i] = static_cast<float>(state >> 8) * 0x1p-24f;
    exact += values[i];
    naive += values[i];
  }
  const auto error_of_sum = [&](const Tensor& sum) {
    return std::abs(values_of(reduce_sum(sum))[0] - exact) / exact;
  };
  constexpr double kUlp = 0x1p-23;
  EXPECT_GT(std::abs(naive - exact) / exact, 100 * kUlp);  // what is being avoided
  EXPECT_LE(error_of_sum(x), kUlp);
  for (const std::int64_t columns : {1, 10, 1000, 100000}) {
    const Tensor rows = x.view({count / columns, columns}, {columns, 1});
    EXPECT_LE(error_of_sum(reduce_sum(rows, {.axis = 0})), 2 * kUlp) << columns;
    EXPECT_LE(error_of_sum(reduce_sum(rows, {.axis = 1})), 2 * kUlp) << columns;
  }
}

}  // namespace
}  // namespace saem
