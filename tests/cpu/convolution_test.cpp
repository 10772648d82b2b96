// Filters that stay as they were are kept in the engine's layout: nobody may ever see an old copy.
#include <gtest/gtest.h>

#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/ops/convolution.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/random.hpp>
#include <thread>
#include <vector>

#include "support/op_test.hpp"

namespace saem {
namespace {

const Shape kImages{2, 6, 6, 32};
const Shape kFilters{3, 3, 32, 48};

Tensor images() { return random::stateless_normal(kImages, {1, 2}); }
Tensor filters(std::int64_t seed) { return random::stateless_normal(kFilters, {seed, 3}); }

Tensor convolve(const Tensor& f) { return nn::conv2d(images(), f, {.padding = "SAME"}); }

/// Of filters that no call has seen before.
Tensor convolve_afresh(const Tensor& f) {
  Tensor copy = Tensor::empty(f.dtype(), f.shape());
  std::copy_n(f.data_as<float>(), f.size(), copy.mutable_data_as<float>());
  return convolve(copy);
}

TEST(KeptFilters, GiveTheSameBits) {
  const Tensor f = filters(1);
  const Tensor first = convolve(f);
  for (int call = 0; call < 3; ++call) EXPECT_TRUE(testing::identical(convolve(f), first)) << call;
}

TEST(KeptFilters, AreForgottenWhenAVariableChangesInPlace) {
  const Variable f{filters(1)};
  for (int step = 0; step < 4; ++step) {
    for (int call = 0; call <= step; ++call) (void)convolve(f);
    f.assign_add(filters(10 + step));
    EXPECT_TRUE(testing::identical(convolve(f), convolve_afresh(f))) << step;
  }
}

TEST(KeptFilters, AreForgottenByWhoeverWritesElements) {
  Tensor f = filters(1);
  for (int call = 0; call < 3; ++call) (void)convolve(f);
  f.mutable_data_as<float>()[7] = 100.0f;
  EXPECT_TRUE(testing::identical(convolve(f), convolve_afresh(f)));
}

TEST(KeptFilters, AreNotKeptOfStrangersMemory) {
  const Tensor f = filters(1);
  std::vector<float> elements(f.data_as<float>(), f.data_as<float>() + f.size());
  const Tensor lent = Tensor::from_external(elements.data(), float32, kFilters, {});
  for (int call = 0; call < 3; ++call) (void)convolve(lent);
  elements[7] = 100.0f;
  EXPECT_TRUE(testing::identical(convolve(lent), convolve_afresh(lent)));
}

TEST(KeptFilters, AreOnesOwnForViewsOfOneStorage) {
  const Tensor both = random::stateless_normal({2, 3, 3, 32, 48}, {1, 3});
  for (int call = 0; call < 3; ++call) {
    for (int half = 0; half < 2; ++half) {
      EXPECT_TRUE(testing::identical(convolve(both(half)), convolve_afresh(both(half)))) << call;
    }
  }
}

TEST(KeptFilters, GoWithTheirElements) {
  const Tensor x = images();
  const auto used = [] { return config::get_memory_info().current; };
  (void)nn::conv2d(x, filters(1), {.padding = "SAME"});  // the primitive keeps memory of its own
  const std::int64_t before = used();
  {
    const Tensor f = filters(1);
    (void)nn::conv2d(x, f, {.padding = "SAME"});
    const std::int64_t once = used();
    (void)nn::conv2d(x, f, {.padding = "SAME"});
    const std::int64_t twice = used();
    (void)nn::conv2d(x, f, {.padding = "SAME"});
    EXPECT_EQ(used(), twice);
    EXPECT_LE(once, twice);
  }
  EXPECT_EQ(used(), before);
}

TEST(KeptFilters, AreSharedByThreads) {
  const Tensor f = filters(1);
  const Tensor expected = convolve_afresh(f);
  std::vector<std::thread> threads;
  std::vector<Tensor> results(4);
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int call = 0; call < 5; ++call) results[i] = convolve(f);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tensor& result : results) EXPECT_TRUE(testing::identical(result, expected));
}

}  // namespace
}  // namespace saem
