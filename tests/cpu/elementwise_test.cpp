// The loop under every pointwise kernel: broadcasting, strides, half precision, threads, SIMD
// targets.
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <omp.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "core/dispatch.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using namespace saem::testing;

/// The element of `tensor` that broadcasting brings to output position `index`, found by strides
/// alone.
double element_at(const Tensor& tensor, const std::vector<std::int64_t>& index) {
  std::int64_t offset = 0;
  const std::size_t lead = index.size() - static_cast<std::size_t>(tensor.rank());
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(tensor.rank()); ++axis) {
    if (tensor.shape()[static_cast<int>(axis)] != 1) {
      offset += index[lead + axis] * tensor.strides()[axis];
    }
  }
  return dispatch(tensor.dtype(), [&]<class T>(Type<T>) {
    return static_cast<double>(tensor.data_as<T>()[offset]);
  });
}

/// `exact` over all positions of `shape`, one by one.
std::vector<double> naive(const Shape& shape, const std::vector<Tensor>& inputs,
                          const std::function<double(const std::vector<double>&)>& exact) {
  std::vector<double> results;
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    std::int64_t rest = i;
    for (int axis = shape.rank(); axis-- > 0;) {
      index[static_cast<std::size_t>(axis)] = rest % shape[axis];
      rest /= shape[axis];
    }
    std::vector<double> values;
    for (const Tensor& input : inputs) values.push_back(element_at(input, index));
    results.push_back(exact(values));
  }
  return results;
}

/// A window that runs backwards along every axis.
Tensor reversed(const Tensor& tensor) {
  Dims strides = tensor.strides();
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    offset += strides[axis] * (tensor.shape()[static_cast<int>(axis)] - 1);
    strides[axis] = -strides[axis];
  }
  return tensor.view(tensor.shape(), strides, offset);
}

class RandomCase {
 public:
  explicit RandomCase(unsigned seed) : engine_(seed) {
    const std::int64_t sizes[] = {1, 2, 3, 7, 33, 300, 1100};
    const int rank = pick(5);
    for (int axis = 0; axis < rank; ++axis) {
      const std::int64_t size = sizes[pick(7)];
      shape_.push_back(shape_.size() * size > 40000 ? 2 : size);
    }
  }
  [[nodiscard]] const Shape& shape() const { return shape_; }

  /// An input that broadcasts to the shape: some axes of size one, some leading ones left out,
  /// lying in memory in one of three ways.
  Tensor input(DType dtype, double low, double high) {
    const int left_out = pick(3) == 0 ? pick(shape_.rank() + 1) : 0;
    Shape own;
    for (int axis = left_out; axis < shape_.rank(); ++axis) {
      own.push_back(pick(3) == 0 ? 1 : shape_[axis]);
    }
    const Tensor tensor = sample(own, dtype, low, high, engine_());
    const int how = pick(3);
    return how == 0 ? tensor : how == 1 ? scattered(tensor) : reversed(tensor);
  }

 private:
  int pick(int count) { return static_cast<int>(engine_() % static_cast<unsigned>(count)); }

  std::mt19937 engine_;
  Shape shape_;
};

TEST(Elementwise, EqualsALoopOverStrides) {
  for (unsigned seed = 0; seed < 80; ++seed) {
    for (const DType dtype : {float32, float64, half, DType(DType::kBFloat16), int32, uint8}) {
      RandomCase random(seed);
      const Tensor full = sample(random.shape(), dtype, 0, 9, seed);
      const Tensor a = random.input(dtype, 0, 9);
      const Tensor b = random.input(dtype, 0, 9);
      const Tensor condition = random.input(float32, -1, 1) > 0;
      SCOPED_TRACE(std::string(dtype.name()) + " " + random.shape().to_string() + " with " +
                   a.shape().to_string() + ", seed " + std::to_string(seed));
      EXPECT_TRUE(has_values(full + a, random.shape(),
                             naive(random.shape(), {full, a}, [](auto v) { return v[0] + v[1]; }),
                             tolerance_of(dtype)));
      EXPECT_TRUE(has_values(
          where(condition, full * 1, a), random.shape(),
          naive(random.shape(), {condition, full, a}, [](auto v) { return v[v[0] != 0 ? 1 : 2]; }),
          {}));
      EXPECT_TRUE(has_values(full >= b, random.shape(),
                             naive(random.shape(), {full, b}, [](auto v) { return v[0] >= v[1]; }),
                             {}));
      EXPECT_TRUE(has_values(abs(a), a.shape(),
                             naive(a.shape(), {a}, [](auto v) { return std::abs(v[0]); }), {}));
    }
  }
}

/// Puts the number of threads back.
class Threads {
 public:
  Threads() : before_(omp_get_max_threads()) {}
  ~Threads() { omp_set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

TEST(Elementwise, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Threads restore;
  const Tensor x = sample({501, 401}, float32, -4, 4, 1);
  const Tensor row = sample({401}, float32, -4, 4, 2);
  const std::function<Tensor()> calls[] = {[&] { return exp(x); }, [&] { return x * row; },
                                           [&] { return tanh(scattered(x)); },
                                           [&] { return cast(x, half) + cast(row, half); }};
  for (const auto& call : calls) {
    omp_set_num_threads(1);
    const Tensor alone = call();
    for (const int threads : {2, 3, 5, 8}) {
      omp_set_num_threads(threads);
      EXPECT_TRUE(identical(call(), alone)) << threads << " threads";
    }
  }
}

class Targets : public ::testing::Test {
 protected:
  ~Targets() override { use(0); }
  static void use(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

/// Operations that IEEE 754 or integer arithmetic defines to the last bit must not depend on the
/// target, for any length: whole vectors, rests, and both.
TEST_F(Targets, AgreeBitForBitWhereTheResultIsDefined) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> edges = {nan,  infinity, -infinity, 0.0,      -0.0, 0.5, 1.5,
                                     -2.5, 1e-310,   3e9,       -3e9,     1e30, 2.0, -1.0,
                                     6.0,  300.0,    8388609.0, -0.49999, 1e-40};
  const auto cycle = [&](std::size_t length, std::size_t from, DType dtype) {
    std::vector<double> values(length);
    for (std::size_t i = 0; i < length; ++i) values[i] = edges[(i * 7 + from) % edges.size()];
    return cast(constant(values), dtype);
  };
  const std::function<Tensor(const Tensor&, const Tensor&)> floating[] = {
      [](auto& x, auto& y) { return x + y; },
      [](auto& x, auto& y) { return x - y; },
      [](auto& x, auto& y) { return x * y; },
      [](auto& x, auto& y) { return x / y; },
      [](auto& x, auto& y) { return sqrt(abs(x)) + sign(y); },
      [](auto& x, auto&) { return floor(x); },
      [](auto& x, auto&) { return ceil(x); },
      [](auto& x, auto&) { return round(x); },
      [](auto& x, auto& y) { return reciprocal(x) + rsqrt(y); },
  };
  const std::function<Tensor(const Tensor&, const Tensor&)> numeric[] = {
      [](auto& x, auto& y) { return maximum(x, y); },
      [](auto& x, auto& y) { return minimum(x, y); },
      [](auto& x, auto& y) { return x == y; },
      [](auto& x, auto& y) { return x != y; },
      [](auto& x, auto& y) { return x < y; },
      [](auto& x, auto& y) { return (x <= y) ^ (x > y); },
      [](auto& x, auto& y) { return where(x >= y, x, y); },
      [](auto& x, auto& y) { return nn::relu(x) + nn::relu6(y); },
      [](auto& x, auto&) { return clip_by_value(x, 1, 3); },
      [](auto& x, auto&) { return square(x); },
      [](auto& x, auto&) { return cast(x, int32); },
      [](auto& x, auto&) { return cast(x, uint8); },
      [](auto& x, auto&) { return cast(x, int64); },
      [](auto& x, auto&) { return cast(x, float64); },
      [](auto& x, auto&) { return cast(x, float32); },
      [](auto& x, auto&) { return cast(x, half); },
      [](auto& x, auto&) { return cast(x, DType::kBFloat16); },
  };
  const auto results = [&](std::size_t length) {
    std::vector<Tensor> all_results;
    for (const DType dtype : {float32, float64, half, int8, int32, int64, uint16, uint64}) {
      const Tensor x = cycle(length, 0, dtype);
      const Tensor y = cycle(length, 5, dtype);
      for (const auto& op : numeric) all_results.push_back(op(x, y));
      if (!dtype.is_floating()) continue;
      for (const auto& op : floating) all_results.push_back(op(x, y));
    }
    return all_results;
  };
  for (const std::size_t length : {1u, 2u, 3u, 5u, 8u, 15u, 16u, 17u, 31u, 64u, 67u, 133u}) {
    use(0);
    const std::vector<Tensor> expected = results(length);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      use(target);
      const std::vector<Tensor> got = results(length);
      for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_TRUE(near(got[i], expected[i], {}))
            << "case " << i << ", length " << length << ", " << hwy::TargetName(target);
      }
    }
  }
}

}  // namespace
}  // namespace saem
