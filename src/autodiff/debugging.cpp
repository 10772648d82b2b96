#include <algorithm>
#include <cmath>
#include <map>
#include <saem/autodiff/debugging.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"

namespace saem::debugging {
namespace {

std::string because(const std::string& message) { return message.empty() ? "" : "; " + message; }

/// The element of `x` that shows at `at` when `x` is broadcast to `shape`, as text.
std::string element_text(const Tensor& x, const Shape& shape, std::int64_t at) {
  const Tensor flat = reshape(broadcast_to(x, shape), {shape.size()});
  std::string text = flat(at).to_string();  // tf.Tensor(2.5, shape=(), dtype=float32)
  text = text.substr(text.find('(') + 1);
  return text.substr(0, text.find(", shape"));
}

/// `at` counted in row-major order as an index: (1, 2).
std::string index_text(const Shape& shape, std::int64_t at) {
  Shape index = shape;
  for (int axis = shape.rank(); axis-- > 0;) {
    index[axis] = at % shape[axis];
    at /= shape[axis];
  }
  return index.to_string();
}

TensorSpecs infer_nothing(const OpCall&) { return {}; }

/// What an assertion says where it does not hold.
struct AssertionOptions {
  static constexpr const char* kName = "AssertionOptions";
  std::string name = {};      ///< of the function
  std::string relation = {};  ///< that x must have to y
  std::string message = {};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("relation", self.relation);
    visit("message", self.message);
  }
};

/// Throws unless input 0 is true everywhere; inputs 1 and 2 are x and y.
Tensors run_assertion(const OpCall& call) {
  const auto& options = call.options<AssertionOptions>();
  const Shape& shape = call.input(0).shape();
  const std::vector<bool> truths = ops::host_truths(call.input(0), options.name.c_str(), "x");
  const auto wrong = std::find(truths.begin(), truths.end(), false);
  if (wrong == truths.end()) return {};
  const auto at = static_cast<std::int64_t>(wrong - truths.begin());
  const auto count = std::count(truths.begin(), truths.end(), false);
  raise<ValueError>(options.name.c_str(),
                    "x {} y does not hold in {} of {} elements, first at {}: {} and {}{}",
                    options.relation, count, truths.size(), index_text(shape, at),
                    element_text(call.input(1), shape, at), element_text(call.input(2), shape, at),
                    because(options.message));
}

/// An op, so that it looks at elements when there are some: in a traced function at each call.
constinit OpDef assertion_op{.name = "assertion",
                             .min_inputs = 3,
                             .max_inputs = 3,
                             .traits = kStateful | kNoGradient,
                             .infer = infer_nothing,
                             .compose = run_assertion,
                             .options = &kAttributesType<AssertionOptions>};

void check_holds(const char* name, const char* relation, const Tensor& holds, const Tensor& x,
                 const Tensor& y, const std::string& message) {
  const Tensor inputs[] = {holds, x, y};
  (void)apply(assertion_op, inputs, AssertionOptions{name, relation, message});
}

Tensor zero_like(const Tensor& x) { return zeros({}, x.dtype()); }

}  // namespace

#define SAEM_ASSERT(function, relation, comparison)                               \
  void function(const Tensor& x, const Tensor& y, const AssertOptions& options) { \
    const PauseListeners quiet;                                                   \
    check_holds(#function, relation, comparison(x, y), x, y, options.message);    \
  }
SAEM_ASSERT(assert_equal, "==", equal)
SAEM_ASSERT(assert_none_equal, "!=", not_equal)
SAEM_ASSERT(assert_less, "<", less)
SAEM_ASSERT(assert_less_equal, "<=", less_equal)
SAEM_ASSERT(assert_greater, ">", greater)
SAEM_ASSERT(assert_greater_equal, ">=", greater_equal)
#undef SAEM_ASSERT

#define SAEM_ASSERT_SIGN(function, relation, comparison)                             \
  void function(const Tensor& x, const AssertOptions& options) {                     \
    const PauseListeners quiet;                                                      \
    const Tensor zero = zero_like(x);                                                \
    check_holds(#function, relation, comparison(x, zero), x, zero, options.message); \
  }
SAEM_ASSERT_SIGN(assert_positive, ">", greater)
SAEM_ASSERT_SIGN(assert_negative, "<", less)
SAEM_ASSERT_SIGN(assert_non_negative, ">=", greater_equal)
SAEM_ASSERT_SIGN(assert_non_positive, "<=", less_equal)
#undef SAEM_ASSERT_SIGN

namespace {

double ten_epsilons(DType dtype) {
  switch (dtype.code()) {
    case DType::kFloat16:
      return 10 * 0x1p-10;
    case DType::kBFloat16:
      return 10 * 0x1p-7;
    case DType::kFloat32:
      return 10 * 0x1p-23;
    case DType::kFloat64:
      return 10 * 0x1p-52;
    default:
      return 0.0;
  }
}

}  // namespace

void assert_near(const Tensor& x, const Tensor& y, const AssertNearOptions& options) {
  const PauseListeners quiet;
  const double rtol = options.rtol < 0 ? ten_epsilons(x.dtype()) : options.rtol;
  const double atol = options.atol < 0 ? ten_epsilons(x.dtype()) : options.atol;
  const Tensor gap = abs(x - y);  // checks dtypes and shapes
  const Tensor room = cast(abs(y), float64) * rtol + atol;
  // What is equal is near: infinity minus itself is no number.
  const Tensor holds = (cast(gap, float64) <= room) | equal(x, y);
  const std::string relation = fmt::format("within {} + {} |y| of", atol, rtol);
  check_holds("assert_near", relation.c_str(), holds, x, y, options.message);
}

void assert_rank(const Tensor& x, int rank, const AssertOptions& options) {
  if (x.rank() == rank) return;
  raise<ShapeError>("assert_rank", "shape {} has rank {}, not {}{}", x.shape().to_string(),
                    x.rank(), rank, because(options.message));
}

void assert_rank_at_least(const Tensor& x, int rank, const AssertOptions& options) {
  if (x.rank() >= rank) return;
  raise<ShapeError>("assert_rank_at_least", "shape {} has rank {}, less than {}{}",
                    x.shape().to_string(), x.rank(), rank, because(options.message));
}

void assert_rank_in(const Tensor& x, std::initializer_list<int> ranks,
                    const AssertOptions& options) {
  if (std::find(ranks.begin(), ranks.end(), x.rank()) != ranks.end()) return;
  raise<ShapeError>("assert_rank_in", "shape {} has rank {}, which is none of {}{}",
                    x.shape().to_string(), x.rank(), fmt::join(ranks, ", "),
                    because(options.message));
}

void assert_scalar(const Tensor& x, const AssertOptions& options) {
  if (x.rank() == 0) return;
  raise<ShapeError>("assert_scalar", "shape {} is not a scalar's{}", x.shape().to_string(),
                    because(options.message));
}

void assert_type(const Tensor& x, DType dtype, const AssertOptions& options) {
  if (x.dtype() == dtype) return;
  raise<DTypeError>("assert_type", "the tensor is {}, not {}{}", x.dtype().name(), dtype.name(),
                    because(options.message));
}

void assert_shapes(const std::vector<std::pair<Tensor, std::vector<AxisName>>>& shapes,
                   const AssertOptions& options) {
  constexpr const char* kName = "assert_shapes";
  std::map<std::string, std::int64_t> sizes;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto& [tensor, axes] = shapes[i];
    if (tensor.rank() != static_cast<int>(axes.size())) {
      raise<ShapeError>(kName, "tensor {} of shape {} has rank {}, not {}{}", i,
                        tensor.shape().to_string(), tensor.rank(), axes.size(),
                        because(options.message));
    }
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      const std::int64_t size = tensor.shape()[static_cast<int>(axis)];
      const std::string& name = axes[axis].name();
      std::int64_t expected = axes[axis].size();
      if (!name.empty() && name != "*") expected = sizes.emplace(name, size).first->second;
      if (expected == -1 || expected == size) continue;
      raise<ShapeError>(kName, "axis {} of tensor {} of shape {} has size {}, but {} is {}{}", axis,
                        i, tensor.shape().to_string(), size, name.empty() ? "what it must" : name,
                        expected, because(options.message));
    }
  }
}

namespace {

struct Unfit {
  std::int64_t nan = 0;
  std::int64_t infinite = 0;
};

Unfit count_unfit(const Tensor& x) {
  const PauseListeners quiet;
  Unfit unfit;
  // 0 x is 0 for a number, NaN for anything else, and so is the sum: one pass finds out.
  const Tensor zeros_or_nan = reduce_sum(x * zero_like(x));
  if (cast(zeros_or_nan, float64).item<double>() == 0.0) return unfit;
  const Tensor wide = cast(x.cpu(), float64).contiguous();
  for (const double value : wide.span<double>()) {
    unfit.nan += std::isnan(value) ? 1 : 0;
    unfit.infinite += std::isinf(value) ? 1 : 0;
  }
  return unfit;
}

/// Looks at what every op gives.
class NumericsChecker final : public OpListener {
 public:
  void on_read(const void*, const Tensor&, bool) override {}
  void on_op(const OpCall& call, std::span<const Tensor> outputs) override {
    for (const Tensor& output : outputs) {
      if (!output.dtype().is_floating() || output.is_symbolic()) continue;
      const auto [nan, infinite] = count_unfit(output);
      if (nan == 0 && infinite == 0) continue;
      std::string inputs;
      for (const Tensor& input : call.inputs) {
        inputs += (inputs.empty() ? "" : ", ") + input.to_string();
      }
      raise<ValueError>("check_numerics",
                        "{} gave {} NaN and {} infinite of {} elements ({} {}) from {}",
                        call.op.name, nan, infinite, output.size(), output.dtype().name(),
                        output.shape().to_string(), inputs.empty() ? "nothing" : inputs);
    }
  }
};

NumericsChecker& numerics_checker() {
  // The list of listeners must outlive this one, which leaves it when the thread ends.
  struct First final : OpListener {
    void on_op(const OpCall&, std::span<const Tensor>) override {}
    void on_read(const void*, const Tensor&, bool) override {}
  };
  thread_local const bool list_is_made = [] {
    First first;
    first.start_listening();
    return true;
  }();
  (void)list_is_made;
  thread_local NumericsChecker checker;
  return checker;
}

}  // namespace

namespace {

struct CheckNumericsOptions {
  static constexpr const char* kName = "CheckNumericsOptions";
  std::string message = {};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("message", self.message);
  }
};

TensorSpecs infer_check_numerics(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  if (!dtype.is_floating()) {
    raise<DTypeError>("check_numerics", "needs floating point, got {}; other numbers are finite",
                      dtype.name());
  }
  return {};
}

Tensors run_check_numerics(const OpCall& call) {
  const Tensor& x = call.input(0);
  const auto [nan, infinite] = count_unfit(x);
  if (nan == 0 && infinite == 0) return {};
  raise<ValueError>("check_numerics", "{}: {} NaN and {} infinite of {} elements",
                    call.options<CheckNumericsOptions>().message, nan, infinite, x.size());
}

constinit OpDef check_numerics_op{.name = "check_numerics",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = kStateful | kNoGradient,
                                  .infer = infer_check_numerics,
                                  .compose = run_check_numerics,
                                  .options = &kAttributesType<CheckNumericsOptions>};

}  // namespace

Tensor check_numerics(const Tensor& x, const std::string& message) {
  (void)apply(check_numerics_op, BorrowedTensors<1>(x), CheckNumericsOptions{message});
  return x;
}

void assert_all_finite(const Tensor& x, const std::string& message) {
  (void)check_numerics(x, message);
}

void enable_check_numerics() {
  if (!numerics_checker().is_listening()) numerics_checker().start_listening();
}

void disable_check_numerics() { numerics_checker().stop_listening(); }

}  // namespace saem::debugging
