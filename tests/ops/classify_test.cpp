// is_nan, is_inf, is_finite; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/classify.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

const std::vector<double> kEdges = {0.0, -1.5, std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN()};

#define SAEM_CLASS_SECTIONS(op, exact, ...)                                                   \
  TEST(op, Values) { EXPECT_TRUE(has_values(math::op(constant(kEdges)), {5}, __VA_ARGS__)); } \
  TEST(op, Composition) {                                                                     \
    for (const DType dtype : kFloating) {                                                     \
      EXPECT_TRUE(kernel_equals_composition(#op, {cast(constant(kEdges), dtype)}));           \
    }                                                                                         \
  }                                                                                           \
  TEST(op, Types) {                                                                           \
    expect_unary([](const Tensor& x) { return math::op(x); },                                 \
                 [](double x) { return exact ? 1.0 : 0.0; }, kFloating, -2, 2, bool_);        \
    for (const DType dtype : kFloating) {                                                     \
      EXPECT_TRUE(has_values(math::op(cast(constant(kEdges), dtype)), {5}, __VA_ARGS__));     \
    }                                                                                         \
  }                                                                                           \
  TEST(op, Errors) {                                                                          \
    EXPECT_EQ(error_of<DTypeError>([] { math::op(constant({1})); }),                          \
              #op ": needs floating point, got int32; tf::cast it to tf::float32");           \
  }

SAEM_CLASS_SECTIONS(is_nan, std::isnan(x), {0, 0, 0, 0, 1})
SAEM_CLASS_SECTIONS(is_inf, std::isinf(x), {0, 0, 1, 1, 0})
SAEM_CLASS_SECTIONS(is_finite, std::isfinite(x), {1, 1, 0, 0, 0})

}  // namespace
}  // namespace saem
