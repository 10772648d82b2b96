#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <saem/autodiff/tape.hpp>
#include <saem/formats/npz.hpp>
#include <saem/formats/saved_function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_exp.hpp>
#include <string>
#include <vector>

#include "support/files.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;
using testing::sample;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class SavedFunction : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return ::testing::TempDir() + "/saved_function_" + name;
  }
};

TEST_F(SavedFunction, GivesWhatTheFunctionGave) {
  const Variable w{sample({8, 4}, float32), {.name = "w"}};
  const Variable calls{zeros({}, int32), {.name = "calls", .trainable = false}};
  const Tensor table = sample({4, 64}, float32, -1, 1, 3);  // captured, beyond 16 elements
  const auto f = function(
      [&](const Tensor& x) {
        calls.assign_add(ones({}, int32));
        return std::pair(nn::relu(matmul(x, w)), matmul(matmul(x, w), table) + 0.5);
      },
      {.name = "layer"});
  const Tensor x = sample({2, 8}, float32, -1, 1, 9);
  const auto [a, b] = f(x);
  (void)f(sample({3, 8}, float32));
  for (const bool compressed : {false, true}) {
    saved_function::save(path("layer"), f, {.compressed = compressed});
    const auto loaded = saved_function::load(path("layer"));
    EXPECT_EQ(loaded.name(), "layer");
    EXPECT_EQ(loaded.signatures().size(), 2u);
    ASSERT_EQ(loaded.variables().size(), 2u);
    const std::vector<Tensor> results = loaded(x);
    ASSERT_EQ(results.size(), 2u);
    EXPECT_TRUE(identical(results[0], a));
    EXPECT_TRUE(identical(results[1], b));
    for (const Variable& variable : loaded.variables()) {
      if (variable.name() != "calls") continue;
      EXPECT_FALSE(variable.trainable());
      EXPECT_TRUE(has_values(variable, {}, {3}));
    }
  }
  EXPECT_TRUE(has_values(calls, {}, {2})) << "a loaded function has variables of its own";
}

TEST_F(SavedFunction, TapesDifferentiateWhatIsLoaded) {
  const Variable w{constant({2.0, 3.0}), {.name = "w"}};
  const auto f = function([&](const Tensor& x) { return reduce_sum(exp(x) * w); });
  f.prepare(zeros({2}));
  saved_function::save(path("gradient"), f);
  const auto loaded = saved_function::load(path("gradient"));
  const Tensor x = constant({0.0, 1.0});
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = loaded(x)[0];
  EXPECT_TRUE(has_values(tape.gradient(y, x), {2}, {2.0, 3 * std::exp(1.0)}));
  EXPECT_TRUE(has_values(tape.gradient(y, loaded.variables()[0]), {2}, {1.0, std::exp(1.0)}));
  const auto around = function([&](const Tensor& z) { return loaded(z)[0] * 2.0; });
  EXPECT_TRUE(identical(around(x), y * 2.0));
  loaded.variables()[0].assign(constant({0.0, 0.0}));
  EXPECT_TRUE(has_values(loaded(x)[0], {}, {0.0}));
}

TEST_F(SavedFunction, TwoSizesServeOthers) {
  const Variable w{sample({8, 4}, float32), {.name = "w"}};
  const auto callable = [&](const Tensor& x) {
    const std::int64_t rows = x.shape()[0];
    return reshape(nn::relu(matmul(x, w)), {rows * 4}) * (1.0f / static_cast<float>(rows));
  };
  const auto f = function(callable, {.name = "f", .reduce_retracing = true});
  for (const int rows : {2, 3}) f(sample({rows, 8}, float32));
  saved_function::save(path("sizes"), f);
  const auto loaded = saved_function::load(path("sizes"));
  for (const int rows : {5, 2, 9, 3, 70}) {
    const Tensor x = sample({rows, 8}, float32);
    EXPECT_TRUE(identical(loaded(x)[0], callable(x))) << rows;
  }
  EXPECT_THAT(error_of<ValueError>([&] {
                (void)loaded(sample({3, 7}, float32));
              }),
              HasSubstr("no trace was saved for (float32 (3, 7))"));
}

TEST_F(SavedFunction, RefusesWhatItCannotWriteOrRead) {
  const auto f = function([](const Tensor& x, int n) { return x * n; }, {.name = "scale"});
  EXPECT_THAT(error_of<ValueError>([&] { saved_function::save(path("none"), f); }),
              HasSubstr("has not been traced"));
  f(ones({2}), 1);
  f(ones({2}), 2);
  EXPECT_THAT(error_of<ValueError>([&] { saved_function::save(path("twice"), f); }),
              HasSubstr("was traced twice for (float32 (2,))"));
  const auto g = function([](const Tensor& x) { return x + 1.0; }, {.name = "one_more"});
  g(ones({2}));
  saved_function::save(path("one_more"), g);
  const auto loaded = saved_function::load(path("one_more"));
  EXPECT_EQ(error_of<ValueError>([&] { (void)loaded(ones({3})); }),
            "one_more: no trace was saved for (float32 (3,)); there are: (float32 (2,))");
  EXPECT_THAT(error_of<DataError>([&] { (void)saved_function::load(path("nowhere")); }),
              HasSubstr("nowhere"));
}

TEST_F(SavedFunction, ANewerFileIsAnError) {
  const auto f = function([](const Tensor& x) { return x + 1.0; });
  f(ones({2}));
  saved_function::save(path("newer"), f);
  auto arrays = numpy::load_npz(path("newer"));
  const auto bytes = arrays.at("manifest").span<std::uint8_t>();
  std::string manifest(bytes.begin(), bytes.end());
  const auto at = manifest.find("\"version\": 1");
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, 12, "\"version\": 2");
  Tensor changed = Tensor::empty(uint8, {static_cast<std::int64_t>(manifest.size())});
  std::copy(manifest.begin(), manifest.end(), changed.mutable_data_as<std::uint8_t>());
  arrays.at("manifest") = changed;
  numpy::savez(path("newer"), arrays);
  EXPECT_THAT(error_of<DataError>([&] { (void)saved_function::load(path("newer")); }),
              HasSubstr("has format version 2, written by saem"));
}

TEST_F(SavedFunction, DamageIsAnErrorAndNoCrash) {
  const Variable w{sample({4, 4}, float32)};
  const auto f = function([&](const Tensor& x) { return matmul(x, w) + 1.0; });
  f(sample({4, 4}, float32));
  saved_function::save(path("whole"), f);
  const std::string whole = read_file(path("whole"));
  const auto survives = [&](const std::string& bytes) {
    write_file(path("damaged"), bytes);
    try {
      (void)saved_function::load(path("damaged"));
    } catch (const Error&) {
      return;  // and nothing else
    }
  };
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x15);
    survives(bytes);
  }
  for (std::size_t length = 0; length < whole.size(); length += 61) {
    survives(whole.substr(0, length));
  }
  // Behind the checksums: texts that are damaged before they are packed.
  const auto arrays = numpy::load_npz(path("whole"));
  for (const std::string name : {"manifest", "graphs/0"}) {
    const auto text = arrays.at(name).span<std::uint8_t>();
    for (std::size_t i = 0; i < text.size(); i += 3) {
      auto changed = arrays;
      Tensor bytes = Tensor::empty(uint8, arrays.at(name).shape());
      std::copy(text.begin(), text.end(), bytes.mutable_data_as<std::uint8_t>());
      bytes.mutable_data_as<std::uint8_t>()[i] ^= 0x11;
      changed.at(name) = bytes;
      numpy::savez(path("damaged"), changed);
      try {
        (void)saved_function::load(path("damaged"));
      } catch (const Error&) {
        continue;
      }
    }
  }
}

}  // namespace
}  // namespace saem
