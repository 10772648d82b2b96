// Weights that come again are kept packed: nobody may ever see an old copy, and the bits stay.
#include <gtest/gtest.h>

#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/convolution.hpp>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cpu/onednn.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::identical;

const MatmulOptions kConstant{.constant_b = true};

Tensor normal(const Shape& shape, std::int64_t seed, DType dtype = float32) {
  return cast(random::stateless_normal(shape, {seed, 3}), dtype);
}

/// Products of every kind that may be packed, and of some that may not.
struct Product {
  Shape a;
  Shape b;
  bool transpose_b = false;
};
const std::vector<Product> kProducts{
    {{1, 784}, {784, 256}},          {{32, 784}, {784, 256}},  {{32, 784}, {256, 784}, true},
    {{128, 300}, {300, 700}},        {{5, 256}, {256, 10}},    {{7, 65}, {65, 1}},
    {{2, 3, 512}, {512, 512}},       {{9, 1}, {1, 640}},       {{2, 4, 64}, {2, 64, 64}},
    {{2, 1, 8, 64}, {1, 3, 64, 64}}, {{33, 1000}, {1000, 130}}};

TEST(PackedWeights, GiveTheSameBits) {
  for (const DType dtype : {dtypes::float16, dtypes::bfloat16, float32, float64, complex64}) {
    for (const Product& product : kProducts) {
      const Tensor a = normal(product.a, 1, dtype);
      const Tensor b = normal(product.b, 2, dtype);
      const Tensor expected = matmul(a, b, {.transpose_b = product.transpose_b});
      for (int call = 0; call < 3; ++call) {
        EXPECT_TRUE(identical(
            matmul(a, b, {.transpose_b = product.transpose_b, .constant_b = true}), expected))
            << dtype.name() << ' ' << product.a.to_string() << ' ' << product.b.to_string();
      }
    }
  }
}

TEST(PackedWeights, OfViewsGiveTheSameBits) {
  const Tensor whole = normal({1024, 520}, 1);
  const Tensor a = normal({8, 1024}, 2);
  const Tensor part = whole(all, slice(3, 515));
  const Tensor turned = transpose(normal({512, 1024}, 3));
  for (int call = 0; call < 3; ++call) {
    EXPECT_TRUE(identical(matmul(a, part, kConstant), matmul(a, part))) << call;
    EXPECT_TRUE(identical(matmul(a, turned, kConstant), matmul(a, turned))) << call;
  }
}

TEST(PackedWeights, AreForgottenByWhoeverWritesElements) {
  const Tensor a = normal({8, 784}, 1);
  Tensor b = normal({784, 256}, 2);
  for (int write = 0; write < 3; ++write) {
    for (int call = 0; call < 3; ++call) (void)matmul(a, b, kConstant);
    b.mutable_data_as<float>()[7] = 100.0f + static_cast<float>(write);
    EXPECT_TRUE(identical(matmul(a, b, kConstant), matmul(a, b))) << write;
  }
}

TEST(PackedWeights, AreForgottenWhenAVariableChangesInPlace) {
  const Tensor a = normal({8, 784}, 1);
  const Variable w{normal({784, 256}, 2)};
  for (int step = 0; step < 4; ++step) {
    for (int call = 0; call <= step; ++call) (void)matmul(a, w, kConstant);
    w.assign_add(normal({784, 256}, 10 + step));
    EXPECT_TRUE(identical(matmul(a, w, kConstant), matmul(a, w))) << step;
  }
}

TEST(PackedWeights, AreNotKeptOfStrangersMemory) {
  const Tensor a = normal({8, 784}, 1);
  std::vector<float> elements(784 * 256, 0.5f);
  const Tensor lent = Tensor::from_external(elements.data(), float32, {784, 256}, {});
  for (int call = 0; call < 3; ++call) (void)matmul(a, lent, kConstant);
  elements[7] = 100.0f;
  EXPECT_TRUE(identical(matmul(a, lent, kConstant), matmul(a, lent)));
}

TEST(PackedWeights, LieBesideLaidOutFilters) {
  const Tensor filters = normal({1, 1, 512, 512}, 1);
  const Tensor images = normal({1, 4, 4, 512}, 2);
  const Tensor matrix = reshape(filters, {512, 512});
  const Tensor a = reshape(images, {16, 512});
  const Tensor product = matmul(a, matrix);
  const Tensor convolved = nn::conv2d(images, normal({1, 1, 512, 512}, 1));
  for (int call = 0; call < 3; ++call) {
    EXPECT_TRUE(identical(matmul(a, matrix, kConstant), product)) << call;
    EXPECT_TRUE(identical(nn::conv2d(images, filters), convolved)) << call;
  }
}

TEST(PackedWeights, GoWithTheirElements) {
  const Tensor x = normal({8, 784}, 1, dtypes::bfloat16);
  const Tensor bias = normal({256}, 2, dtypes::bfloat16);
  const auto used = [] { return config::get_memory_info().current; };
  const auto call = [&](const Tensor& b) {
    (void)nn::dense(x, b, bias, {.constant_kernel = true});
  };
  call(normal({784, 256}, 1, dtypes::bfloat16));
  const std::int64_t before = used();
  {
    const Tensor b = normal({784, 256}, 1, dtypes::bfloat16);
    call(b);
    const std::int64_t once = used();
    call(b);
    const std::int64_t twice = used();
    call(b);
    EXPECT_EQ(used(), twice);
    EXPECT_LE(once, twice);
  }
  EXPECT_EQ(used(), before);
}

/// Whether oneDNN reads weights in another layout than they have, by the same code.
bool has_own_layout(const Product& product, dnnl::memory::data_type type) {
  using Tag = dnnl::memory::format_tag;
  const dnnl::memory::dims b{product.b[0], product.b[1]};
  const dnnl::memory::desc plain(b, type, Tag::ab);
  const auto plan_with = [&](const dnnl::memory::desc& weights) {
    return cpu::onednn::matmul_plan({{product.a[0], product.a[1]}, type, Tag::ab}, weights,
                                    {{product.a[0], product.b[1]}, type, Tag::ab});
  };
  const auto usual = plan_with(plain);
  const auto best = plan_with({b, type, Tag::any});
  return usual && best && best->weights_desc() != plain &&
         std::string(usual->impl_info_str()) == best->impl_info_str();
}

TEST(PackedWeights, AreKeptWhereTheyPay) {
  const Product product{{8, 784}, {784, 256}};
  for (const DType dtype : {dtypes::bfloat16, float32}) {
    const Tensor a = normal(product.a, 1, dtype);
    const Tensor b = normal(product.b, 2, dtype);
    const auto kept_by = [&](bool constant) {
      (void)matmul(a, b, {.constant_b = constant});
      const std::int64_t before = config::get_memory_info().current;
      for (int call = 0; call < 3; ++call) (void)matmul(a, b, {.constant_b = constant});
      return config::get_memory_info().current - before;
    };
    EXPECT_EQ(kept_by(false), 0) << dtype.name();
    if (has_own_layout(product, *cpu::onednn::data_type(dtype))) {
      EXPECT_GE(kept_by(true), b.nbytes()) << dtype.name();
    } else {
      EXPECT_EQ(kept_by(true), 0) << dtype.name();
    }
  }
}

TEST(PackedWeights, AreSharedByThreads) {
  const Tensor a = normal({8, 784}, 1);
  const Tensor b = normal({784, 256}, 2);
  const Tensor expected = matmul(a, b);
  std::vector<std::thread> threads;
  std::vector<Tensor> results(4);
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int call = 0; call < 5; ++call) results[i] = matmul(a, b, kConstant);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tensor& result : results) EXPECT_TRUE(identical(result, expected));
}

}  // namespace
}  // namespace saem
