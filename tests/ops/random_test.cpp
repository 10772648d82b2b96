// random_seed, stateless_random_*, stateless_truncated_normal, stateless_permutation; floor 5 of 5.
// The numbers written down are those of TensorFlow 2.21 for the same seed.
#include <omp.h>

#include <algorithm>
#include <map>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/random.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using random::Seed;
using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::values_of;

constexpr Seed kSeed = {1, 2};

struct Golden {
  DType dtype;
  std::vector<double> values;
};

/// tf.random.stateless_normal([9], [1, 2], dtype=...).
const std::vector<Golden> kNormal = {
    {half,
     {0.5439453125, 0.2073974609375, 0.07354736328125, 0.04644775390625, -1.3017578125,
      -0.95361328125, 0.841796875, 1.939453125, 0.6513671875}},
    {DType(DType::kBFloat16),
     {0.54296875, 0.20703125, 0.07373046875, 0.04638671875, -1.3046875, -0.953125, 0.83984375,
      1.9375, 0.65234375}},
    {float32,
     {0.544110119342804, 0.20738030970096588, 0.0735643208026886, 0.04643455147743225,
      -1.301589846611023, -0.9538565278053284, 0.8417285680770874, 1.9396867752075195,
      0.6512577533721924}},
    {float64,
     {-0.1423118100189212, 0.7406072461585091, -1.469047669443883, 1.147747453689489,
      -0.7218813856153005, -0.898217540706226, 0.6003592788009644, 0.13857589245913207,
      -0.5329399150182392}},
};

/// tf.random.stateless_uniform([9], [1, 2], dtype=...).
const std::vector<Golden> kUniform = {
    {half,
     {0.54296875, 0.2353515625, 0.060546875, 0.8935546875, 0.1435546875, 0.4423828125, 0.0888671875,
      0.810546875, 0.1669921875}},
    {DType(DType::kBFloat16),
     {0.34375, 0.8828125, 0.484375, 0.1484375, 0.1484375, 0.5390625, 0.7109375, 0.484375,
      0.3359375}},
    {float32,
     {0.8440604209899902, 0.19204533100128174, 0.9962232112884521, 0.16038739681243896,
      0.27199018001556396, 0.6493459939956665, 0.10694444179534912, 0.06516242027282715,
      0.4393514394760132}},
    {float64,
     {0.7524837538451801, 0.9697857725627486, 0.17592233912897481, 0.8555556648693279,
      0.514811871731222, 0.6077450497806227, 0.8271102573257645, 0.21389592814393277,
      0.8397480553512231}},
};

/// tf.random.stateless_truncated_normal([9], [1, 2], dtype=...).
const std::vector<Golden> kTruncated = {
    {half,
     {0.5439453125, 0.2073974609375, 0.07354736328125, 0.04644775390625, 0.168212890625,
      -1.6845703125, 0.2420654296875, 1.703125, 1.1064453125}},
    {DType(DType::kBFloat16),
     {0.54296875, 0.20703125, 0.07373046875, 0.04638671875, 0.16796875, -1.6875, 0.2421875,
      1.703125, 1.109375}},
    {float32,
     {0.544110119342804, 0.20738030970096588, 0.0735643208026886, 0.04643455147743225,
      0.16820591688156128, -1.6850333213806152, 0.24202857911586761, 1.703450322151184,
      1.1060677766799927}},
    {float64,
     {-0.1423118100189212, 0.7406072461585091, -0.552387756244845, -0.734450092480207,
      -0.39842023956588357, 0.1899654040344941, -1.1075957112525743, -0.8609937252601593,
      -0.7872817214842733}},
};

/// Two units in the last place.
testing::Tolerance two_ulp(DType dtype) {
  if (dtype == half) return {0x1p-9, 0};
  if (dtype == DType::kBFloat16) return {0x1p-6, 0};
  return {dtype == float32 ? 0x1p-22 : 0x1p-51, 0};
}

using Make = std::function<Tensor(const Shape&, DType)>;

/// A scalar, empty, odd and large tensors, on any number of threads: each begins like the largest.
void expect_one_sequence(const Make& make, const std::vector<DType>& dtypes) {
  const int threads = omp_get_max_threads();
  for (const DType dtype : dtypes) {
    const std::int64_t large = 100003;
    const Tensor whole = make({large}, dtype);
    EXPECT_EQ(whole.dtype(), dtype);
    for (const std::int64_t size : {std::int64_t{0}, std::int64_t{1}, std::int64_t{7},
                                    std::int64_t{256}, std::int64_t{257}, std::int64_t{8193}}) {
      EXPECT_TRUE(identical(make({size}, dtype), whole(slice(0, size)))) << size;
    }
    EXPECT_EQ(make({}, dtype).shape(), Shape());
    EXPECT_EQ(make({2, 3}, dtype).shape(), (Shape{2, 3}));
    for (const int count : {1, 3}) {
      omp_set_num_threads(count);
      EXPECT_TRUE(identical(make({large}, dtype), whole)) << count << " threads";
    }
    omp_set_num_threads(threads);
  }
}

const std::vector<DType> kFloats = {half, DType(DType::kBFloat16), float32, float64};

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size());
}

TEST(random_seed, Values) {
  random::set_seed(7);
  const Tensor first = random::next_seed();
  const Tensor second = random::next_seed();
  EXPECT_FALSE(identical(first, second));
  random::set_seed(7);
  EXPECT_TRUE(identical(random::next_seed(), first));
  EXPECT_TRUE(identical(random::next_seed(), second));
  random::set_seed(8);
  EXPECT_FALSE(identical(random::next_seed(), first));
}

TEST(random_seed, Types) {
  EXPECT_EQ(random::next_seed().dtype(), int64);
  EXPECT_EQ(random::next_seed().shape(), (Shape{2}));
}

TEST(random_seed, Options) {
  random::set_seed(7);
  const Tensor shared = random::next_seed();
  const Tensor own = random::next_seed({.seed = 3});
  const Tensor next = random::next_seed({.seed = 3});
  EXPECT_FALSE(identical(own, shared));
  EXPECT_FALSE(identical(own, next)) << "a sequence, not one pair";
  random::set_seed(7);
  EXPECT_TRUE(identical(random::next_seed({.seed = 3}), own)) << "whatever else was drawn";
  EXPECT_FALSE(identical(random::next_seed({.seed = 4}), own));
}

TEST(random_seed, Errors) {
  EXPECT_THAT(error_of<ValueError>([] {
                (void)apply_one(*find_op("random_seed"), {constant(1)}, RandomSeedOptions{});
              }),
              ::testing::HasSubstr("random_seed: takes 0 to 0 inputs, got 1"));
}

TEST(stateless_random_normal, Values) {
  for (const auto& [dtype, values] : kNormal) {
    EXPECT_TRUE(has_values(random::stateless_normal({9}, kSeed, {.dtype = dtype}), {9}, values,
                           two_ulp(dtype)));
  }
  const std::vector<double> many = values_of(random::stateless_normal({1 << 18}, {5, 6}));
  EXPECT_NEAR(mean_of(many), 0.0, 0.008);  // 4 standard errors
  EXPECT_NEAR(variance_of(many), 1.0, 0.012);
}

TEST(stateless_random_normal, Types) {
  expect_one_sequence(
      [](const Shape& shape, DType dtype) {
        return random::stateless_normal(shape, kSeed, {.dtype = dtype});
      },
      kFloats);
  EXPECT_TRUE(identical(random::stateless_normal({5}, constant({1, 2})),
                        random::stateless_normal({5}, kSeed)));
}

TEST(stateless_random_normal, Options) {
  // tf.random.stateless_normal([4], [1, 2], mean=1.0, stddev=0.5)
  EXPECT_TRUE(
      has_values(random::stateless_normal({4}, kSeed, {.mean = 1.0, .stddev = 0.5}), {4},
                 {1.2720550298690796, 1.1036901473999023, 1.036782145500183, 1.0232173204421997},
                 {0x1p-22, 0}));
  random::set_seed(1);
  const Tensor x = random::normal({3});
  EXPECT_FALSE(identical(x, random::normal({3})));
  const Tensor own = random::normal({3}, {.seed = 9});
  random::set_seed(1);
  EXPECT_TRUE(identical(x, random::normal({3})));
  EXPECT_TRUE(identical(own, random::normal({3}, {.seed = 9})));
}

TEST(stateless_random_normal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { random::normal({2}, {.dtype = int32}); }),
            "stateless_random_normal: makes floating point, not int32; tf::cast the result, or "
            "use uniform");
  EXPECT_EQ(error_of<ShapeError>([] { random::normal({-1}); }),
            "stateless_random_normal: shape (-1,) has a negative size");
  EXPECT_EQ(error_of<ShapeError>([] { random::stateless_normal({2}, constant({1})); }),
            "stateless_random_normal: the seed must be two integers, int32 or int64 of shape "
            "(2,), got int32 (1,)");
}

TEST(stateless_random_uniform, Values) {
  for (const auto& [dtype, values] : kUniform) {
    EXPECT_TRUE(
        has_values(random::stateless_uniform({9}, kSeed, {.dtype = dtype}), {9}, values, {0, 0}));
  }
}

TEST(stateless_random_uniform, Types) {
  expect_one_sequence(
      [](const Shape& shape, DType dtype) {
        return random::stateless_uniform(shape, kSeed, {.dtype = dtype});
      },
      kFloats);
}

TEST(stateless_random_uniform, Options) {
  // tf.random.stateless_uniform([4], [1, 2], minval=-2.0, maxval=3.0)
  EXPECT_TRUE(has_values(
      random::stateless_uniform({4}, kSeed, {.minval = -2.0, .maxval = 3.0}), {4},
      {2.220302104949951, -1.0397733449935913, 2.98111629486084, -1.1980630159378052}, {0, 0}));
}

TEST(stateless_random_uniform, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { random::uniform({2}, {.dtype = int32}); }),
            "uniform: integers need a maxval: {.maxval = 10, .dtype = tf::int32}");
  EXPECT_EQ(error_of<ShapeError>([] { random::uniform({-1}); }),
            "stateless_random_uniform: shape (-1,) has a negative size");
}

TEST(stateless_random_uniform_int, Values) {
  // tf.random.stateless_uniform([9], [3, -4], minval=-5, maxval=1000, dtype=...)
  EXPECT_TRUE(has_values(
      random::stateless_uniform({9}, {3, -4}, {.minval = -5, .maxval = 1000, .dtype = int32}), {9},
      {947, 633, 971, 102, 159, 838, 257, 672, 573}));
  EXPECT_TRUE(has_values(
      random::stateless_uniform({9}, {3, -4}, {.minval = -5, .maxval = 1000, .dtype = int64}), {9},
      {25, 13, 642, 19, 533, 233, 376, 891, 499}));
}

TEST(stateless_random_uniform_int, Types) {
  expect_one_sequence(
      [](const Shape& shape, DType dtype) {
        return random::stateless_uniform(shape, kSeed, {.maxval = 100, .dtype = dtype});
      },
      {int32, int64, uint32, uint64});
}

TEST(stateless_random_uniform_int, Options) {
  const Tensor low = random::stateless_uniform({100}, kSeed, {.maxval = 3, .dtype = int32});
  EXPECT_THAT(values_of(low), ::testing::Each(::testing::AnyOf(0, 1, 2)));
  const Tensor high =
      random::stateless_uniform({100}, kSeed, {.minval = -2, .maxval = 1, .dtype = int32});
  EXPECT_THAT(values_of(high), ::testing::Each(::testing::AnyOf(-2, -1, 0)));
}

TEST(stateless_random_uniform_int, Errors) {
  EXPECT_EQ(error_of<ValueError>(
                [] { random::uniform({2}, {.minval = 3, .maxval = 3, .dtype = int32}); }),
            "stateless_random_uniform_int: needs minval < maxval, got [3, 3)");
  EXPECT_EQ(error_of<DTypeError>([] { random::uniform({2}, {.maxval = 3, .dtype = int8}); }),
            "stateless_random_uniform_int: makes integers of 32 or 64 bits, not int8; tf::cast the "
            "result");
  EXPECT_THAT(error_of<DTypeError>([] { random::uniform({2}, {.maxval = 1.5, .dtype = int32}); }),
              ::testing::HasSubstr("stateless_random_uniform_int: 1.5 does not fit"));
}

TEST(stateless_random_uniform_int, WholeRangeOfUnsigned) {
  const Tensor high = random::stateless_uniform(
      {1000}, kSeed, {.minval = 4294967290u, .maxval = 4294967295u, .dtype = uint32});
  EXPECT_THAT(values_of(high), ::testing::Each(::testing::AllOf(::testing::Ge(4294967290.0),
                                                                ::testing::Le(4294967294.0))));
}

TEST(stateless_random_uniform_full_int, Values) {
  // tf.random.stateless_uniform([5], [1, 2], minval=None, maxval=None, dtype=...)
  const auto make = [](DType dtype) {
    return random::stateless_uniform_full_int({5}, kSeed, dtype);
  };
  EXPECT_TRUE(
      has_values(make(int32), {5}, {1105988140, 1738052849, -335576002, 370444179, 10670227}));
  EXPECT_TRUE(
      has_values(make(uint32), {5}, {1105988140, 1738052849, 3959391294, 370444179, 10670227}));
  const std::vector<std::int64_t> expected = {7464880146280614444, 1591045637757961278,
                                              -1057468755545501549, 2524363516007002203,
                                              6884554327646026923};
  EXPECT_TRUE(identical(make(int64), constant(expected)));
  EXPECT_TRUE(identical(make(uint64), cast(constant(expected), uint64)));
  EXPECT_TRUE(has_values(random::split(constant({1, 2}), 2), {2, 2},
                         {1105988140, 1738052849, -335576002, 370444179}));
  EXPECT_TRUE(identical(random::split(kSeed)(0), constant(expected)(slice(0, 2))));
  EXPECT_TRUE(has_values(random::fold_in(constant({1, 2}), 3), {2}, {1105988140, 3}));
}

TEST(stateless_random_uniform_full_int, Types) {
  expect_one_sequence(
      [](const Shape& shape, DType dtype) {
        return random::stateless_uniform_full_int(shape, kSeed, dtype);
      },
      {int32, int64, uint32, uint64});
}

TEST(stateless_random_uniform_full_int, Options) {
  EXPECT_EQ(random::stateless_uniform_full_int({2, 3}, kSeed, int32).shape(), (Shape{2, 3}));
}

TEST(stateless_random_uniform_full_int, Errors) {
  EXPECT_EQ(
      error_of<DTypeError>([] { random::stateless_uniform_full_int({2}, kSeed, float32); }),
      "stateless_random_uniform_full_int: makes integers of 32 or 64 bits, not float32; tf::cast "
      "the result");
  EXPECT_EQ(error_of<ShapeError>([] { random::stateless_uniform_full_int({-1}, kSeed, int32); }),
            "stateless_random_uniform_full_int: shape (-1,) has a negative size");
}

TEST(stateless_truncated_normal, Values) {
  for (const auto& [dtype, values] : kTruncated) {
    EXPECT_TRUE(has_values(random::stateless_truncated_normal({9}, kSeed, {.dtype = dtype}), {9},
                           values, two_ulp(dtype)));
  }
}

TEST(stateless_truncated_normal, Types) {
  expect_one_sequence(
      [](const Shape& shape, DType dtype) {
        return random::stateless_truncated_normal(shape, kSeed, {.dtype = dtype});
      },
      kFloats);
}

TEST(stateless_truncated_normal, Options) {
  const std::vector<double> values =
      values_of(random::stateless_truncated_normal({10000}, kSeed, {.mean = 10.0, .stddev = 2.0}));
  EXPECT_THAT(values, ::testing::Each(::testing::AllOf(::testing::Ge(6.0), ::testing::Le(14.0))));
  EXPECT_NEAR(mean_of(values), 10.0, 0.08);
  EXPECT_NEAR(variance_of(values), 4 * 0.7737, 0.15);  // of a normal cut at two deviations
}

TEST(stateless_truncated_normal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { random::truncated_normal({2}, {.dtype = bool_}); }),
            "stateless_truncated_normal: makes floating point, not bool; tf::cast the result, or "
            "use uniform");
}

TEST(stateless_permutation, Values) {
  // tf.random.experimental.stateless_shuffle
  EXPECT_TRUE(
      has_values(random::stateless_permutation(10, kSeed), {10}, {0, 3, 8, 1, 5, 4, 9, 7, 6, 2}));
  EXPECT_TRUE(has_values(random::stateless_shuffle(constant({{1, 2}, {3, 4}, {5, 6}}), {8, 9}),
                         {3, 2}, {5, 6, 1, 2, 3, 4}));
  std::vector<double> places = values_of(random::stateless_permutation(1000, kSeed));
  EXPECT_NE(places[0], 0.0);
  std::sort(places.begin(), places.end());
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places[i], static_cast<double>(i));
  // Each of the 6 orders of 3 about equally often: 6 standard errors.
  std::map<std::vector<double>, int> orders;
  for (int i = 0; i < 6000; ++i) ++orders[values_of(random::stateless_permutation(3, {i, 0}))];
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 6 * 29);
}

TEST(stateless_permutation, Types) {
  EXPECT_EQ(random::stateless_permutation(0, kSeed).shape(), (Shape{0}));
  EXPECT_TRUE(has_values(random::stateless_permutation(1, kSeed), {1}, {0}));
  EXPECT_EQ(random::stateless_permutation(5, constant({1, 2})).dtype(), int64);
  random::set_seed(4);
  const Tensor x = constant({{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  const Tensor shuffled = random::shuffle(x);
  EXPECT_EQ(shuffled.shape(), x.shape());
  EXPECT_EQ(mean_of(values_of(shuffled)), 4.5);
  EXPECT_TRUE(has_values(shuffled(all, 1) - shuffled(all, 0), {4}, {1, 1, 1, 1})) << "rows stay";
}

TEST(stateless_permutation, Options) {
  EXPECT_EQ(random::stateless_permutation(3, kSeed).size(), 3);
  EXPECT_FALSE(identical(random::stateless_permutation(20, kSeed),
                         random::stateless_permutation(20, {1, 3})));
}

TEST(stateless_permutation, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { random::permutation(-1); }),
            "stateless_permutation: the size is -1; it must not be negative");
  EXPECT_EQ(error_of<ShapeError>([] { random::shuffle(constant(1)); }),
            "shuffle: a scalar has no axis to be shuffled");
}

}  // namespace
}  // namespace saem
