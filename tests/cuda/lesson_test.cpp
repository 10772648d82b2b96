// The first lesson's training, on the CPU and on the GPU: the same program, the same curve.
#include <gtest/gtest.h>

#include <cmath>
#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/config.hpp>
#include <saem/data/datasets.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <vector>

#include "support/cross_check.hpp"

namespace saem::testing {
namespace {

struct Batches {
  Tensor images;  // (N, 784), in [0, 1]
  Tensor labels;  // (N)
};

/// Fashion-MNIST where it is at hand, else pictures of nothing with labels that depend on them.
Batches training_data() {
  try {
    const auto train = data::fashion_mnist().train;
    return {cast(reshape(train.images, {train.images.shape(0), 784}), float32) / 255.0,
            cast(train.labels, int64)};
  } catch (const DataError&) {
    // Wide enough to learn from in a hundred steps.
    const Tensor images = (random::stateless_uniform({4096, 784}, random::Seed{1, 2}) - 0.5) * 4.0;
    const Tensor truth = random::stateless_normal({784, 10}, random::Seed{3, 4});
    const Tensor scores = matmul(images, truth);
    const Tensor best = reduce_max(scores, {.axis = 1, .keepdims = true});
    const Tensor is_best = cast(scores >= best, float32);
    const Tensor numbers = cast(range(10), float32);
    return {images, cast(reduce_sum(is_best * numbers, {.axis = 1}), int64)};
  }
}

std::vector<float> losses_on(const char* name, int steps) {
  constexpr std::int64_t kBatch = 100;
  constexpr double kRate = 0.02;
  const auto scope = device(name);
  const Batches train = training_data();
  const Variable weights{random::stateless_normal({784, 10}, random::Seed{5, 6}) * 0.01};
  const Variable bias{zeros({10})};
  std::vector<float> losses;
  for (int step = 0; step < steps; ++step) {
    const std::int64_t first = step * kBatch % (train.labels.size() - kBatch);
    const Tensor images = train.images(slice(first, first + kBatch));
    const Tensor labels = train.labels(slice(first, first + kBatch));
    GradientTape tape;
    const Tensor logits = matmul(images, weights) + bias;
    const Tensor loss = reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
    const auto [dw, db] = tape.gradient(loss, weights, bias);
    weights.assign_sub(kRate * dw);
    bias.assign_sub(kRate * db);
    losses.push_back(loss.item<float>());
  }
  return losses;
}

TEST(Lesson, TrainsOnTheGpuAsOnTheCpu) {
  if (default_device().type != DeviceType::kGPU) GTEST_SKIP() << config::explain_gpus();
  const PauseCrossCheck quiet;
  const auto cpu = losses_on("/CPU:0", 100);
  const auto gpu = losses_on("/GPU:0", 100);
  EXPECT_LT(cpu.back(), 0.8f * cpu.front());
  double worst = 0;
  for (std::size_t i = 0; i < cpu.size(); ++i) {
    worst = std::max(worst, std::abs(double{gpu[i]} - cpu[i]) / cpu[i]);
  }
  EXPECT_LE(worst, 1e-4) << "the largest relative difference of a loss";
  std::printf("losses of 100 steps differ by at most %.1e relatively\n", worst);
}

}  // namespace
}  // namespace saem::testing
