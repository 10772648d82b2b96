// Fused groups of pointwise ops, alone and under a reduction, against the same ops one after the
// other: the same bits.
#include "cpu/fused_program.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <random>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "fused_support.hpp"

namespace saem::cpu {
namespace {

TEST(FusedProgram, EveryPointwiseOpOfTheTableIsTheSameInAProgram) {
  const DType dtypes[] = {bool_,
                          int8,
                          int32,
                          int64,
                          uint8,
                          uint16,
                          uint64,
                          half,
                          float32,
                          float64,
                          DType::kBFloat16,
                          complex64,
                          complex128};
  const Shape shape{1203};
  int tried = 0;
  for (const OpDef* op : all_ops()) {
    if (!op->has(kElementwise) || op->has(kStateful) || op->options != nullptr ||
        op->has(kRandom)) {
      continue;
    }
    for (int arity = std::max(1, op->min_inputs); arity <= std::min(3, op->max_inputs); ++arity) {
      for (const DType first : {DType(), bool_}) {  // a condition before the others
        for (const DType dtype : dtypes) {
          Tensors inputs;
          for (int k = 0; k < arity; ++k) {
            const DType own = k == 0 && first == bool_ ? first : dtype;
            inputs.push_back(cast(sample(shape, float64, own.is_unsigned() ? 1 : -4, 4,
                                         static_cast<std::uint32_t>(k + 1)),
                                  own));
          }
          const OpCall call{*op, inputs, {}};
          TensorSpecs specs;
          try {
            specs = op->infer(call);
            apply(*op, inputs);  // with these numbers, and where it is applied to its result
            if (specs.size() == 1 && specs[0].dtype == inputs.back().dtype()) {
              Tensors again = inputs;
              again.back() = apply(*op, inputs)[0];
              apply(*op, again);
            }
          } catch (const Error&) {
            continue;  // not for these dtypes
          }
          if (specs.size() != 1 || op->kernel(DeviceType::kCPU).run == nullptr) continue;
          SCOPED_TRACE(std::string(op->name) + " of " + std::string(dtype.name()));
          expect_same([&](auto in) { return apply(*op, in); }, inputs, shape);
          if (specs[0].dtype == inputs.back().dtype()) {
            // Its result takes the register of an operand.
            expect_same(
                [&](auto in) {
                  Tensors again(in.begin(), in.end());
                  again.back() = apply(*op, in)[0];
                  return apply(*op, again);
                },
                inputs, shape);
          }
          ++tried;
        }
      }
    }
  }
  EXPECT_GT(tried, 400);
}

/// Numbers of ops, tensors and shapes that decide what a random program is.
class RandomProgram {
 public:
  explicit RandomProgram(unsigned seed) : seed_(seed) {
    std::mt19937 engine(seed);
    const std::int64_t sizes[] = {1, 2, 3, 7, 64, 300, 1100};
    const int rank = static_cast<int>(engine() % 4);
    for (int axis = 0; axis < rank; ++axis) {
      const std::int64_t size = engine() % 40 == 0 ? 0 : sizes[engine() % 7];
      shape_.push_back(shape_.size() * size > 300000 ? 2 : size);
    }
    const DType dtypes[] = {float32, float32, float64, half, DType::kBFloat16, int32, uint8, bool_};
    const auto count = 1 + engine() % 5;
    for (unsigned k = 0; k < count; ++k) {
      Shape own;
      const bool full = k == 0 || engine() % 2 == 0;
      const int left_out = full || engine() % 3 != 0 ? 0 : static_cast<int>(engine() % (rank + 1));
      for (int axis = left_out; axis < rank; ++axis) {
        own.push_back(!full && engine() % 2 == 0 ? 1 : shape_[axis]);
      }
      const Tensor tensor = cast(sample(own, float64, 0, 9, static_cast<std::uint32_t>(engine())),
                                 dtypes[engine() % 8]);
      inputs_.push_back(engine() % 4 == 0 ? scattered(tensor) : tensor);
    }
  }

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] const Tensors& inputs() const { return inputs_; }

  /// The same ops whenever it is called.
  Tensors operator()(std::span<const Tensor> inputs) const {
    std::mt19937 engine(seed_ + 1000);
    Tensors pool(inputs.begin(), inputs.end());
    const auto pick = [&]() -> Tensor { return pool[engine() % pool.size()]; };
    const auto alike = [&](DType dtype) { return cast(pick(), dtype); };
    const auto floating = [&] {
      const Tensor x = pick();
      return x.dtype().is_floating() ? x : cast(x, engine() % 2 == 0 ? float32 : half);
    };
    const std::size_t steps = 2 + engine() % 18;
    for (std::size_t k = 0; k < steps; ++k) pool.push_back(next(engine, pick, alike, floating));
    const auto outputs = 1 + engine() % 3;
    Tensors results;
    for (unsigned j = 0; j < outputs; ++j) {  // of full shape, and each an op's own result
      const Tensor& last = pool[pool.size() - 1 - j];
      results.push_back(where(cast(inputs[0], float64) < 1e9, last, last));
    }
    return results;
  }

 private:
  template <class Pick, class Alike, class Floating>
  static Tensor next(std::mt19937& engine, Pick& pick, Alike& alike, Floating& floating) {
    const DType dtypes[] = {float32, float64, half, DType::kBFloat16, int32, uint8, bool_};
    switch (engine() % 14) {
      case 0: {
        const Tensor x = pick();
        const DType to = dtypes[engine() % 7];
        return x.dtype() == to ? where(x == x, x, x) : cast(x, to);
      }
      case 1: {
        const Tensor x = floating();
        return x < alike(x.dtype());
      }
      case 2: {
        const Tensor x = pick();
        return where(alike(bool_), x, alike(x.dtype()));
      }
      case 3:
        return tanh(floating());
      case 4:
        return exp(-abs(floating()));
      case 5:
        return nn::relu(floating());
      case 6:
        return nn::leaky_relu(floating(), {.alpha = 0.25});
      case 7:
        return sqrt(floating()) * 0.5;
      case 8:
        return floating() + 1.5;
      case 9:
        return !alike(bool_);
      default: {
        const Tensor x = pick();
        const Tensor a = x.dtype().is_bool() ? cast(x, float32) : x;
        const Tensor b = alike(a.dtype());
        switch (engine() % 4) {
          case 0:
            return a + b;
          case 1:
            return a - b;
          case 2:
            return maximum(a, b);
          default:
            return a * b;
        }
      }
    }
  }

  unsigned seed_;
  Shape shape_;
  Tensors inputs_;
};

TEST(FusedProgram, RandomProgramsHaveTheBitsOfTheirOpsOneByOne) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    const RandomProgram program(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + program.shape().to_string());
    expect_same(program, program.inputs(), program.shape());
    if (HasFailure()) break;
  }
}

TEST(FusedProgram, RepeatsWhatStartsAgainWithinABlock) {
  // Periods that divide a block's length and such that do not, of one axis and of several, up to
  // the longest that is gathered once.
  const std::pair<Shape, Shape> cases[] = {{{3000, 16}, {16}},       {{3000, 7}, {1, 7}},
                                           {{50, 90, 3, 5}, {3, 5}}, {{70, 9, 3, 5}, {9, 1, 5}},
                                           {{300, 256}, {256}},      {{300, 257}, {257}},
                                           {{2, 100, 3}, {2, 1, 3}}, {{3, 5}, {5}}};
  const Program function = [](auto in) -> Tensors {
    return {in[0] * in[1] + in[2], in[1] - in[0]};
  };
  for (const DType dtype : {DType(float32), DType(float64), DType(DType::kBFloat16)}) {
    for (const auto& [shape, row] : cases) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string() + row.to_string());
      expect_same(function,
                  {sample(shape, dtype, 1, 3, 1), sample(row, dtype, 1, 3, 2),
                   sample({row.at(-1)}, dtype, 1, 3, 3)},
                  shape);
    }
  }
}

TEST(FusedProgram, SameBitsOnAnyNumberOfThreads) {
  const Shape shape{701, 1003};
  const Tensors given{sample(shape, float32), sample({1003}, float32), sample({701, 1}, half)};
  const Program function = [](auto in) -> Tensors {
    const Tensor x = tanh(in[0] * in[1] + cast(in[2], float32));
    return {x, cast(exp(x) - 1.0, half)};
  };
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 3, 7}) {
    omp_set_num_threads(threads);
    expect_same(function, given, shape);
  }
  omp_set_num_threads(before);
}

TEST(FusedProgram, ReadsAnInputToTheEndBeforeAnOutputTakesItsMemory) {
  // The first output is ready before the second reads the same input again.
  const Tensor x = sample({5000}, float32);
  expect_same(
      [](auto in) -> Tensors {
        const Tensor first = in[0] + 1.0;
        return {first, in[0] * first};
      },
      {x}, {5000});
}

TEST(FusedProgram, RegistersAreUsedAgain) {
  const Tensor x = sample({3000}, float32);
  Tensors inputs{x};
  DescribingTracer tracer;
  const FusedDescription description = tracer.describe(
      [](auto in) -> Tensors {
        Tensor y = in[0] * in[0];
        for (int k = 0; k < 200; ++k) y = y + in[0];
        return {y};
      },
      inputs, {3000});
  const FusedProgram program = FusedProgram::compile(description);
  EXPECT_EQ(program.block(), kBlock);
  EXPECT_LT(program.register_bytes(), 5000);
}

/// The elements that `function` of `inputs` is computed for at a time.
std::int64_t block_of(const Program& function, Tensors inputs, const Shape& shape) {
  DescribingTracer tracer;
  return FusedProgram::compile(tracer.describe(function, inputs, shape)).block();
}

/// 50 MB and more, which are written past the caches, through all that can lie at odd places: rows
/// and ranges that end within a vector, more than one output, outputs in the memory of inputs.
TEST(FusedProgram, LargeOutputs) {
  const Shape shape{3001, 4203};
  const Tensors given{sample(shape, float32), sample({4203}, float32)};
  const Program cheap = [](auto in) -> Tensors {
    return {nn::relu(abs(in[0] * 2.0 + 1.0) - 0.5) * in[0]};
  };
  const Program by_rows = [](auto in) -> Tensors {
    return {nn::relu(abs(in[0] * in[1] + 1.0) - 0.5) * in[0]};
  };
  const Program two = [](auto in) -> Tensors {
    const Tensor first = abs(in[0] * in[1] - in[0]);
    return {first, nn::relu(first - 0.5)};
  };
  for (const Program& function : {cheap, by_rows, two}) {
    const Tensors row{given[1], given[1]};
    EXPECT_LT(block_of(function, given, shape), block_of(function, row, {4203}));
    expect_same(function, given, shape);
  }
}

TEST(FusedProgram, ManyLiveValuesShortenTheBlock) {
  const Program wide = [](auto in) -> Tensors {
    Tensors values;
    for (int k = 0; k < 60; ++k) values.push_back(in[0] * static_cast<double>(k));
    Tensor sum = in[0] + 0.0;
    for (const Tensor& value : values) sum = sum + value;
    for (const Tensor& value : values) sum = sum * value;
    return {sum};
  };
  expect_same([&](auto in) { return wide(in); }, {sample({3000}, float64)}, {3000});
}

TEST(FusedProgram, CopiesAnInputThatDoesNotLieAsDescribed) {
  const Shape shape{30, 40};
  const Program function = [](auto in) -> Tensors { return {in[0] * in[1] + in[0]}; };
  Tensors inputs{sample(shape, float32, -2, 2, 1), sample(shape, float32, -2, 2, 2)};
  DescribingTracer tracer;
  const FusedDescription description = tracer.describe(function, inputs, shape);
  const FusedProgram program = FusedProgram::compile(description);
  inputs[1] = scattered(inputs[1]);
  Tensor output = Tensor::empty(float32, shape);
  program.run(inputs, std::span(&output, 1));
  EXPECT_TRUE(same_bits(output, function(inputs)[0]));
}

TEST(FusedProgram, RefusesWhatItWasNotMadeFor) {
  const Shape shape{8};
  Tensors inputs{sample(shape, float32)};
  DescribingTracer tracer;
  FusedDescription description =
      tracer.describe([](auto in) -> Tensors { return {in[0] * in[0]}; }, inputs, shape);
  const FusedProgram program = FusedProgram::compile(description);
  Tensor output = Tensor::empty(float32, shape);
  const Tensors other{sample({9}, float32)};
  EXPECT_EQ(error_of<ValueError>([&] { program.run(other, std::span(&output, 1)); }),
            "fused program: an input is described as float32 (8,), got float32 (9,)");
  EXPECT_EQ(error_of<ValueError>([&] { program.run({}, std::span(&output, 1)); }),
            "fused program: takes 1 inputs, got 0");
  description.outputs = {0};
  EXPECT_EQ(error_of<ValueError>([&] { FusedProgram::compile(description); }),
            "fused program: value 0 is no output: one is the result of an instruction, once");
}

TEST(FindPointwiseStep, FindsNoneWhereAKernelDoesMore) {
  const DType three[] = {float32, float32, float32};
  for (const char* name : {"matmul", "reduce_sum", "softmax", "random_uniform", "reshape"}) {
    const OpDef* op = find_op(name);
    if (op == nullptr || op->options != nullptr) continue;
    const auto count = static_cast<std::size_t>(op->min_inputs);
    EXPECT_FALSE(find_pointwise_step(*op, std::span(three, count), float32, {})) << name;
  }
}

struct Reduction {
  const char* op;
  Tensor (*function)(const Tensor&, const ReduceOptions&);
};

void expect_same_reduction(const Program& function, const Tensors& given, const Shape& shape,
                           const Reduction& reduction, const ReduceOptions& options) {
  const Tensor folded = function(given)[0];
  const Tensor expected = reduction.function(folded, options);
  ReduceOptions normalized = options;
  normalized.axis = options.axis.normalized(shape.rank(), "test");
  const auto step = find_fold_step(*find_op(reduction.op), {folded.dtype(), shape},
                                   expected.dtype(), AttributesRef(normalized));
  ASSERT_TRUE(step) << reduction.op;
  Tensors inputs = given;
  DescribingTracer tracer;
  const FusedDescription description = tracer.describe(function, inputs, shape);
  const auto program = FusedReduction::compile(description, {{*step, expected.dtype()}});
  Tensor output = Tensor::empty(expected.dtype(), expected.shape());
  program.run(inputs, std::span(&output, 1));
  EXPECT_TRUE(same_bits(output, expected));
}

TEST(FusedReduction, HasTheBitsOfTheReductionOfWhatIsWritten) {
  const Reduction reductions[] = {{"reduce_sum", &reduce_sum},
                                  {"reduce_mean", &reduce_mean},
                                  {"reduce_max", &reduce_max},
                                  {"reduce_min", &reduce_min},
                                  {"reduce_prod", &reduce_prod}};
  const Shape shapes[] = {{1},           {0},           {3, 0, 2},  {5, 1030},   {40, 1025},
                          {300, 1030},   {3, 90001},    {20003, 3}, {3000, 100}, {40, 5, 60},
                          {3, 14, 5, 6}, {2, 300, 129}, {150001},   {1, 9, 1}};
  for (const DType dtype : {float32, float64, half, DType(DType::kBFloat16), int32, uint8}) {
    for (const Shape& shape : shapes) {
      const Tensors given{sample(shape, dtype, 1, 3, 1),
                          sample({shape[shape.rank() - 1]}, dtype, 0, 2, 2)};
      const Program function = [](auto in) -> Tensors { return {in[0] * in[1] + in[0]}; };
      for (unsigned mask = 1; mask < (1u << shape.rank()); ++mask) {
        Dims axes;
        for (int axis = 0; axis < shape.rank(); ++axis) {
          if ((mask >> axis & 1u) != 0) axes.push_back(axis);
        }
        for (const Reduction& reduction : reductions) {
          SCOPED_TRACE(std::string(reduction.op) + " of " + std::string(dtype.name()) +
                       shape.to_string() + " along " + Axes(axes).to_string());
          expect_same_reduction(function, given, shape, reduction, {.axis = Axes(axes)});
        }
      }
    }
  }
}

TEST(FusedReduction, OfInputsThatAreFetchedAhead) {
  const Shape shape{3001, 2203};
  const Tensors given{sample(shape, float32), sample({2203}, float32)};
  const Program function = [](auto in) -> Tensors {
    return {nn::relu(abs(in[0] * 2.0 + 1.0) - in[1]) * in[0]};
  };
  for (const Axes& axes : {Axes(0), Axes(1), Axes({0, 1})}) {
    expect_same_reduction(function, given, shape, {"reduce_sum", &reduce_sum}, {.axis = axes});
  }
}

TEST(FusedReduction, FoldsSeveralValuesAtOnce) {
  const Shape shapes[] = {{5, 1030}, {3, 90001}, {20003, 3}, {3000, 100}, {40, 5, 60}, {40, 1025}};
  const Program function = [](auto in) -> Tensors {
    return {in[0] * in[1], in[0] - in[1], tanh(in[0])};
  };
  for (const DType dtype : {DType(float32), DType(float64), DType(DType::kBFloat16)}) {
    for (const Shape& shape : shapes) {
      Tensors inputs{sample(shape, dtype, 1, 3, 1),
                     sample({shape[shape.rank() - 1]}, dtype, 0, 2, 2)};
      const Tensors folded = function(inputs);
      DescribingTracer tracer;
      const FusedDescription description = tracer.describe(function, inputs, shape);
      for (const Axes& axes : {Axes(0), Axes(1), Axes({0, 1})}) {
        SCOPED_TRACE(std::string(dtype.name()) + shape.to_string() + " along " + axes.to_string());
        const ReduceOptions options{.axis = axes};
        std::vector<FusedReduction::Result> results;
        Tensors expected;
        Tensors outputs;
        for (std::size_t i = 0; i < folded.size(); ++i) {
          const bool mean = i == 1;
          expected.push_back(mean ? reduce_mean(folded[i], options)
                                  : reduce_sum(folded[i], options));
          outputs.push_back(Tensor::empty(expected[i].dtype(), expected[i].shape()));
          const auto step =
              find_fold_step(*find_op(mean ? "reduce_mean" : "reduce_sum"),
                             {folded[i].dtype(), shape}, dtype, AttributesRef(options));
          results.push_back({*step, dtype});
        }
        FusedReduction::compile(description, results).run(inputs, outputs);
        for (std::size_t i = 0; i < folded.size(); ++i) {
          EXPECT_TRUE(same_bits(outputs[i], expected[i])) << "result " << i;
        }
        const ReduceOptions others{.axis = Axes(axes == Axes(0) ? 1 : 0)};
        results[2].step = *find_fold_step(*find_op("reduce_sum"), {folded[2].dtype(), shape}, dtype,
                                          AttributesRef(others));
        EXPECT_EQ(error_of<ValueError>([&] { FusedReduction::compile(description, results); }),
                  "fused reduction: result 2 is folded in another dtype or along other axes than "
                  "the first");
        results.pop_back();
        EXPECT_EQ(error_of<ValueError>([&] { FusedReduction::compile(description, results); }),
                  "fused reduction: folds each output into one result, got 3 and 2");
      }
    }
  }
}

TEST(FusedReduction, FoldsTruths) {
  const Shape shape{200, 700};
  const Program function = [](auto in) -> Tensors { return {in[0] > 1.999}; };
  const Tensors given{sample(shape, float32)};
  for (const Axes& axes : {Axes(0), Axes(1), Axes({0, 1})}) {
    expect_same_reduction(function, given, shape, {"reduce_any", &reduce_any}, {.axis = axes});
    expect_same_reduction(function, given, shape, {"reduce_all", &reduce_all}, {.axis = axes});
  }
}

TEST(FusedReduction, SameBitsOnAnyNumberOfThreads) {
  const Shape shape{3001, 257};
  const Tensors given{sample(shape, float32), sample({3001, 1}, float32)};
  const Program function = [](auto in) -> Tensors { return {tanh(in[0] - in[1])}; };
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 5}) {
    omp_set_num_threads(threads);
    for (const Axes& axes : {Axes(0), Axes(1), Axes({0, 1})}) {
      expect_same_reduction(function, given, shape, {"reduce_mean", &reduce_mean}, {.axis = axes});
    }
  }
  omp_set_num_threads(before);
}

}  // namespace
}  // namespace saem::cpu
