// Generator; floor 5 of 5: proof. The numbers written down are those of TensorFlow 2.21.
#include <saem/ops/random_generator.hpp>
#include <saem/ops/reduce.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using random::Generator;
using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::values_of;

using State = Generator::State;

/// Two units in the last place.
constexpr testing::Tolerance kTwoUlp{0x1p-22, 0};

TEST(Generator, Values) {
  Generator generator = Generator::from_seed(1234);
  EXPECT_EQ(generator.state(), (State{1234, 0, 0}));
  EXPECT_TRUE(has_values(generator.normal({5}), {5},
                         {0.9356608986854553, 1.0854305028915405, -0.937883734703064,
                          -0.5061547160148621, 1.3169702291488647},
                         kTwoUlp));
  EXPECT_EQ(generator.state(), (State{2514, 0, 0}));
  EXPECT_TRUE(has_values(generator.uniform({5}), {5},
                         {0.12601232528686523, 0.9137699604034424, 0.908308744430542,
                          0.9691609144210815, 0.016316652297973633},
                         {}));
  EXPECT_TRUE(
      has_values(generator.uniform({5}, {.maxval = 10, .dtype = int32}), {5}, {2, 0, 2, 6, 3}));
  EXPECT_TRUE(has_values(generator.truncated_normal({5}), {5},
                         {-1.8538323640823364, -0.3783565163612366, 0.9303171634674072,
                          0.29245975613594055, -1.6379491090774536},
                         kTwoUlp));
  const std::vector<std::uint64_t> full = {17076350626590882191u, 14548306856240949877u,
                                           556505008530348446u};
  EXPECT_TRUE(identical(generator.uniform_full_int({3}), constant(full)));
  generator.skip(6);
  EXPECT_TRUE(has_values(generator.normal({3}, {.dtype = float64}), {3},
                         {0.9121518188002833, -0.025100327871828376, 0.9983972006894669},
                         {1e-14, 0}));
  EXPECT_TRUE(has_values(Generator::from_seed(1).normal({3}, {.dtype = half}), {3},
                         {0.4384765625, -0.5341796875, -0.07708740234375}, {0x1p-9, 0}));
}

TEST(Generator, StateMovesAndSplits) {
  Generator generator = Generator::from_state({9426, 0, 0});
  const std::vector<std::int64_t> seeds = {-2498331707455808824, -3794101794313632052, 0, 0};
  EXPECT_TRUE(identical(generator.make_seeds(2), constant(seeds, Shape{2, 2})));
  EXPECT_EQ(generator.state(), (State{9938, 0, 0}));
  const std::vector<Generator> parts = generator.split(2);
  EXPECT_EQ(parts[0].state(), (State{0, 0, -7575954436437457332}));
  EXPECT_EQ(parts[1].state(), (State{0, 0, 4484357382709519395}));
  EXPECT_EQ(parts[1].key(), 4484357382709519395);
  EXPECT_EQ(generator.state(), (State{10450, 0, 0}));
  generator.skip(100);
  EXPECT_EQ(generator.state(), (State{36050, 0, 0}));
  EXPECT_EQ(Generator::from_seed(-5).state(), (State{-5, -1, -1}));
  Generator carried = Generator::from_state({-1, 7, 3});  // the low word is full
  carried.skip(1);
  EXPECT_EQ(carried.state(), (State{255, 8, 3}));
  carried.reset_from_seed(4);
  EXPECT_EQ(carried.state(), (State{4, 0, 0}));
  carried.reset({1, 2, 3});
  EXPECT_EQ(carried.state(), (State{1, 2, 3}));
}

TEST(Generator, SameStateSameNumbers) {
  Generator first = Generator::from_non_deterministic_state();
  Generator second = Generator::from_state(first.state());
  const Tensor x = first.normal({100});
  EXPECT_TRUE(identical(second.normal({100}), x));
  EXPECT_FALSE(identical(second.normal({100}), x));
  EXPECT_NE(Generator::from_non_deterministic_state().state(),
            Generator::from_non_deterministic_state().state());
  const Tensor counts = first.binomial({1000}, constant(10.0), constant(0.4));
  EXPECT_NEAR(values_of(reduce_mean(cast(counts, float32)))[0], 4.0, 0.25);
}

TEST(Generator, Errors) {
  Generator generator = Generator::from_seed(1);
  EXPECT_EQ(error_of<ShapeError>([&] { (void)generator.normal({-1}); }),
            "Generator::normal: shape (-1,) has a negative size");
  EXPECT_EQ(error_of<ValueError>([&] { generator.skip(-1); }),
            "Generator::skip: -1 numbers cannot be left out; it must not be negative");
  EXPECT_EQ(generator.state(), (State{1, 0, 0})) << "as it was";
}

}  // namespace
}  // namespace saem
