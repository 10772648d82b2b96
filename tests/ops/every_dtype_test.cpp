// What only moves elements moves those of every dtype, also of those that are not calculated with.
#include <saem/ops/broadcast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/roll.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/tile.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/where.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

const std::vector<DType> kStored = {dtypes::float8_e4m3fn, dtypes::float8_e5m2, complex64,
                                    complex128};

TEST(EveryDType, IsMoved) {
  const UnaryOp moves[] = {
      [](const Tensor& x) {
        return reshape(x, {5, 6});
      },
      [](const Tensor& x) { return transpose(x); },
      [](const Tensor& x) { return transpose(x).contiguous(); },
      [](const Tensor& x) { return x(all, slice(1, 5, 2)); },
      [](const Tensor& x) {
        return concat({x, x}, {.axis = 1});
      },
      [](const Tensor& x) {
        return stack({x, x});
      },
      [](const Tensor& x) {
        return gather(x, {4, 0, 2});
      },
      [](const Tensor& x) {
        return gather(x, {4, 0, 2}, {.axis = 1});
      },
      [](const Tensor& x) {
        return where(constant({{true}, {false}, {true}, {false}, {true}}), x, x(slice(0, 1)));
      },
      [](const Tensor& x) {
        return pad(x, {{1, 0}, {0, 2}});
      },
      [](const Tensor& x) {
        return tile(x, {2, 1});
      },
      [](const Tensor& x) { return roll(x, {2}, {1}); },
      [](const Tensor& x) {
        return broadcast_to(x(0), {2, 6}).contiguous();
      },
      [](const Tensor& x) { return linalg::diag(x(0)); },
  };
  const Tensor whole = sample({5, 6}, int32, 0, 9);
  for (const DType dtype : kStored) {
    for (std::size_t i = 0; i < std::size(moves); ++i) {
      SCOPED_TRACE(std::string(dtype.name()) + " move " + std::to_string(i));
      const Tensor moved = moves[i](cast(whole, dtype));
      EXPECT_EQ(moved.dtype(), dtype);
      EXPECT_TRUE(identical(cast(moved, int32), moves[i](whole)));
      EXPECT_TRUE(identical(moves[i](scattered(cast(whole, dtype))), moved));
    }
  }
}

TEST(EveryDType, IsFilledAndCompared) {
  for (const DType dtype : kStored) {
    SCOPED_TRACE(dtype.name());
    const Tensor x = fill({3}, 2, {.dtype = dtype});
    EXPECT_TRUE(has_values(cast(x, float32), {3}, {2, 2, 2}));
    EXPECT_TRUE(has_values(cast(zeros_like(x), float32), {3}, {0, 0, 0}));
    EXPECT_TRUE(has_values(x == cast(constant({1, 2, 3}), dtype), {3}, {0, 1, 0}));
    EXPECT_TRUE(has_values(x != cast(constant({1, 2, 3}), dtype), {3}, {1, 0, 1}));
    const Tensor hot = one_hot(constant({1}), 3, {.on_value = 4, .off_value = 1, .dtype = dtype});
    EXPECT_TRUE(has_values(cast(hot, float32), {1, 3}, {1, 4, 1}));
  }
}

TEST(EveryDType, ComplexSumsGoPartByPart) {
  using Complex = std::complex<float>;
  const Tensor x = constant({{Complex(1, 2), Complex(3, -4)}, {Complex(-5, 6), Complex(7, 8)}});
  EXPECT_TRUE(has_values(reduce_sum(x), {}, {6, 12}));
  EXPECT_TRUE(has_values(reduce_sum(x, {.axis = 0}), {2}, {-4, 8, 10, 4}));
  EXPECT_TRUE(has_values(reduce_mean(transpose(x), {.axis = 0}), {2}, {2, -1, 1, 7}));
}

TEST(EveryDType, ComplexLiterals) {
  EXPECT_EQ(constant({std::complex<double>(1, 2)}).dtype(), complex128);  // as Python's 1 + 2j
  EXPECT_EQ(constant(std::complex<float>(1, 2)).item<std::complex<float>>(),
            std::complex<float>(1, 2));
  EXPECT_TRUE(has_values(constant({1.5, 2.0}, complex64), {2}, {1.5, 0, 2, 0}));
  EXPECT_TRUE(has_values(fill({1}, std::complex<float>(1, 2)), {1}, {1, 2}));
  EXPECT_EQ(error_of<DTypeError>([] { fill({1}, std::complex<float>(1, 2), {.dtype = float32}); }),
            "fill: (1+2j) does not fit a tensor of float32; tf::cast the tensor to tf::complex64");
}

TEST(EveryDType, WhatIsStoredOnlyIsNotCalculatedWith) {
  const Tensor x = cast(constant({1.0}), dtypes::float8_e5m2);
  EXPECT_EQ(error_of<DTypeError>([&] { x + x; }),
            "add: needs numbers, got float8_e5m2; tf::cast it first");
  EXPECT_EQ(error_of<DTypeError>([&] { reduce_sum(x); }),
            "reduce_sum: needs real numbers, got float8_e5m2; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([] { reduce_max(constant({1.0}, complex64)); }),
            "reduce_max: needs real numbers, got complex64; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([] { constant({1.0}, complex64) < 1; }),
            "less: needs numbers, got complex64; tf::cast it first");
}

}  // namespace
}  // namespace saem
