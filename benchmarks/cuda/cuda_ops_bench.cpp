// What the GPU backend reaches, one line a measurement: name, value, unit. peers.py beside this
// file runs it and PyTorch in turn on the same GPU and prints both.
//
// Times are of many calls between two synchronisations, by the host's clock; the median of several
// such rounds. Bytes are those read and written once. Inputs are random numbers: some arithmetic is
// faster on zeros. Results of one round stay in the allocator's cache, as in a training loop.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/config.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_exp.hpp>
#include <vector>

namespace saem {
namespace {

constexpr DType kBFloat16(DType::kBFloat16);

/// Seconds of one call of `body`: the median of nine rounds of `calls`.
template <class Body>
double seconds(int calls, Body&& body) {
  for (int i = 0; i < std::min(calls, 20); ++i) body();
  synchronize();
  std::vector<double> rounds;
  for (int round = 0; round < 9; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) body();
    synchronize();
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    rounds.push_back(time.count() / calls);
  }
  std::nth_element(rounds.begin(), rounds.begin() + 4, rounds.end());
  return rounds[4];
}

void print(const char* name, double value, const char* unit) {
  fmt::print("{}\t{:.4f}\t{}\n", name, value, unit);
}

template <class Body>
void bandwidth(const char* name, double bytes, Body&& body) {
  print(name, bytes / seconds(20, body) / 1e12, "TB/s");
}

template <class Body>
void launches(const char* name, Body&& body) {
  print(name, seconds(2000, body) * 1e6, "us");
}

void small_ops() {
  const Tensor x = random::normal({16});
  const Tensor y = random::normal({16});
  launches("add 16", [&] { (void)(x + y); });
  launches("add 16 and a number", [&] { (void)(x + 1.0); });
  launches("exp 16", [&] { (void)exp(x); });
  launches("sum 16", [&] { (void)reduce_sum(x); });
  const Tensor a = random::normal({16, 16});
  launches("matmul 16", [&] { (void)matmul(a, a); });
}

void pointwise() {
  const Tensor x = random::normal({16384, 16384});
  const auto bytes = static_cast<double>(x.nbytes());
  bandwidth("add a number, 1 GiB", 2 * bytes, [&] { (void)(x + 1.0); });
  bandwidth("exp 1 GiB", 2 * bytes, [&] { (void)exp(x); });
  bandwidth("tanh 1 GiB", 2 * bytes, [&] { (void)tanh(x); });
  bandwidth("relu 1 GiB", 2 * bytes, [&] { (void)nn::relu(x); });
  bandwidth("add, 2 x 1 GiB", 3 * bytes, [&] { (void)(x + x); });
  const Tensor row = random::normal({16384});
  bandwidth("add a row, 1 GiB", 2 * bytes, [&] { (void)(x + row); });
  const Tensor column = random::normal({16384, 1});
  bandwidth("add a column, 1 GiB", 2 * bytes, [&] { (void)(x + column); });
  bandwidth("cast to bfloat16, 1 GiB", 1.5 * bytes, [&] { (void)cast(x, kBFloat16); });
  bandwidth("transposed copy, 1 GiB", 2 * bytes, [&] { (void)transpose(x).contiguous(); });
  bandwidth("normal, 1 GiB", bytes, [&] { (void)random::normal({16384, 16384}); });
  bandwidth("sum of all, 1 GiB", bytes, [&] { (void)reduce_sum(x); });
  bandwidth("sum along rows, 1 GiB", bytes, [&] { (void)reduce_sum(x, {.axis = 1}); });
  bandwidth("sum along columns, 1 GiB", bytes, [&] { (void)reduce_sum(x, {.axis = 0}); });
}

void softmaxes() {
  const Tensor x = random::normal({8192, 8192}, {.dtype = kBFloat16});
  const auto bytes = static_cast<double>(x.nbytes());
  bandwidth("softmax 8192 bfloat16", 2 * bytes, [&] { (void)nn::softmax(x); });
  bandwidth("log_softmax 8192 bfloat16", 2 * bytes, [&] { (void)nn::log_softmax(x); });
  const Tensor wide = cast(x, float32);
  bandwidth("softmax 8192 float32", 4 * bytes, [&] { (void)nn::softmax(wide); });
}

void products() {
  for (const std::int64_t n : {4096, 8192}) {
    const Tensor a = random::normal({n, n}, {.dtype = kBFloat16});
    const Tensor b = random::normal({n, n}, {.dtype = kBFloat16});
    const double operations = 2.0 * static_cast<double>(n) * static_cast<double>(n * n);
    const double time = seconds(20, [&] { (void)matmul(a, b); });
    print(fmt::format("matmul {} bfloat16", n).c_str(), operations / time / 1e12, "TFLOP/s");
  }
  const Tensor x = random::normal({4096, 4096}, {.dtype = kBFloat16});
  const Tensor bias = random::normal({4096}, {.dtype = kBFloat16});
  const double work = 2.0 * 4096.0 * 4096.0 * 4096.0;
  const double linear = seconds(20, [&] { (void)nn::dense(x, x, bias); });
  print("dense 4096 bfloat16", work / linear / 1e12, "TFLOP/s");
  const double relu = seconds(20, [&] { (void)nn::dense(x, x, bias, {.activation = "relu"}); });
  print("dense 4096 bfloat16, relu", work / relu / 1e12, "TFLOP/s");
  const Tensor a = random::normal({4096, 4096});
  const double operations = 2.0 * 4096.0 * 4096.0 * 4096.0;
  print("matmul 4096 TF32", operations / seconds(20, [&] { (void)matmul(a, a); }) / 1e12,
        "TFLOP/s");
}

/// The first lesson's step: softmax regression of 784 pixels to 10 classes.
void regression() {
  const Tensor images = random::uniform({1024, 784});
  const Tensor labels = random::uniform({1024}, {.maxval = 10, .dtype = int64});
  const Variable weights{zeros({784, 10})};
  const Variable bias{zeros({10})};
  launches("softmax regression step, batch 1024", [&] {
    GradientTape tape;
    const Tensor logits = matmul(images, weights) + bias;
    const Tensor loss = reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
    const auto [dw, db] = tape.gradient(loss, weights, bias);
    weights.assign_sub(0.1 * dw);
    bias.assign_sub(0.1 * db);
  });
}

}  // namespace
}  // namespace saem

int main() {
  using namespace saem;
  if (default_device().type != DeviceType::kGPU) {
    fmt::print(stderr, "cuda_ops_bench: {}\n", config::explain_gpus());
    return 1;
  }
  small_ops();
  pointwise();
  softmaxes();
  products();
  regression();
  return 0;
}
