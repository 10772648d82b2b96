#pragma once

#include <any>
#include <functional>
#include <iosfwd>
#include <memory>
#include <saem/graph/graph.hpp>
#include <saem/graph/structure.hpp>
#include <set>
#include <source_location>
#include <string>
#include <vector>

namespace saem {

/// How `tf::function` traces and optimises.
struct FunctionOptions {
  /// What graphs, errors and profiles call it.
  std::string name = "function";
  /// The dtype and shape of each tensor that is passed, in order; -1 for a size that may be any. A
  /// call with others is an error. Sizes where -1 stands vary as with `reduce_retracing`.
  std::vector<TensorSpec> input_signature = {};
  /// Whether sizes are expected to vary. The C++ function is then traced for two sizes (if need be
  /// a few more), to learn which numbers in the graph follow from them; further sizes get a plan
  /// from these traces, without a call of the C++ function. It must not choose by a size that
  /// varies (`if (x.shape()[0] > 100)`): such a choice stays as it was traced; `tf::cond` chooses
  /// in every call. Sizes 0 and 1 are traced for themselves, and so is every size where numbers
  /// follow from it in no simple way (a square root, say).
  bool reduce_retracing = false;
  /// Passes that are left out, by name: see `tf::graph_passes`.
  std::set<std::string> disabled_passes = {};
};

namespace config {

/// Whether functions are called as they are instead of being traced, to find mistakes with a
/// debugger. Source: tf.config.run_functions_eagerly.
SAEM_API void run_functions_eagerly(bool run_eagerly);
/// What `run_functions_eagerly` said last. Source: tf.config.functions_run_eagerly.
SAEM_API bool functions_run_eagerly();

}  // namespace config

/// One pass of the optimiser.
struct PassInfo {
  std::string name;
  std::string description;
};
/// The optimiser's passes, in the order in which they run.
SAEM_API std::vector<PassInfo> graph_passes();

/// What one step of a planned function took: see `Function::profile`.
struct ProfileEntry {
  int node = -1;           ///< in the optimised graph
  std::string op;          ///< its name
  std::string scope;       ///< of `tf::name_scope`
  std::string shapes;      ///< of inputs and outputs
  double start = 0.0;      ///< seconds from the start of the first run
  double seconds = 0.0;    ///< mean of all runs
  std::int64_t bytes = 0;  ///< of inputs and outputs together
};

/// Where a function spends its time.
struct SAEM_API Profile {
  std::string function;
  int runs = 0;
  std::vector<ProfileEntry> entries = {};

  /// A table, slowest first.
  [[nodiscard]] std::string to_string() const;
  /// The steps in Chrome's trace format: load it in chrome://tracing or https://ui.perfetto.dev.
  [[nodiscard]] std::string to_chrome_trace() const;
};
SAEM_API std::ostream& operator<<(std::ostream& out, const Profile& profile);

namespace detail {

/// The tensors of a call, in order, and the text of everything else.
struct FunctionArguments {
  SmallVector<Tensor, 8> tensors;
  std::string statics;
};

/// The part of `tf::function` that knows tensors only.
class SAEM_API FunctionCore {
 public:
  /// What the user's function gave for symbolic tensors.
  struct Traced {
    std::vector<Tensor> tensors = {};  ///< in the result, in order
    std::any result = {};              ///< as it was given
    std::string statics = {};          ///< what else is in it
  };
  using Trace = std::function<Traced(std::span<const Tensor> symbolic)>;
  struct Concrete;
  struct Outcome {
    Tensors tensors = {};                        ///< one for each defined tensor of the result
    const std::any* result = nullptr;            ///< as it was traced
    std::shared_ptr<const Concrete> owner = {};  ///< of `result`, where it may be dropped
  };

  FunctionCore(FunctionOptions options, std::source_location place);
  ~FunctionCore();
  FunctionCore(const FunctionCore&) = delete;
  FunctionCore& operator=(const FunctionCore&) = delete;

  Outcome call(const FunctionArguments& arguments, const Trace& trace);
  /// Traces for `arguments` if that is still to be done, without planning.
  void trace(const FunctionArguments& arguments, const Trace& trace);
  /// The same with a plan, without running.
  void prepare(const FunctionArguments& arguments, const Trace& trace);
  Profile profile(const FunctionArguments& arguments, const Trace& trace, int runs);

  [[nodiscard]] int trace_count() const;
  /// The graph of the latest trace, optimised or as it was traced.
  [[nodiscard]] const Graph& graph(bool optimized) const;
  /// The graphs of all traces before any pass, those aside that use tensors of functions around.
  [[nodiscard]] std::vector<const Graph*> traced_graphs() const;
  [[nodiscard]] std::string explain() const;
  [[nodiscard]] const FunctionOptions& options() const;

 private:
  struct State;
  /// A trace, and what keeps it if it may be dropped to make room for others.
  struct Found {
    const Concrete& concrete;
    std::shared_ptr<const Concrete> owner = {};
  };
  Found concrete_for(const FunctionArguments& arguments, const Trace& trace);
  std::unique_ptr<State> state_;
};

}  // namespace detail

/// A C++ function that is traced once for each kind of arguments and then runs as one optimised
/// graph: what `tf::function` gives. Copies are the same function.
///
/// Thread safety: calls may run side by side unless they assign the same variable.
template <class Callable>
class Function {
 public:
  Function(Callable called, FunctionOptions options, std::source_location place)
      : callable_(std::make_shared<Callable>(std::move(called))),
        core_(std::make_shared<detail::FunctionCore>(std::move(options), place)) {}

  /// What the function gives for these arguments.
  template <class... Args>
  requires std::invocable < Callable&, std::remove_cvref_t<Args>
  &... > auto operator()(const Args&... args) const {
    using Result =
        std::remove_cvref_t<std::invoke_result_t<Callable&, std::remove_cvref_t<Args>&...>>;
    std::tuple<Args...> copies(args...);
    if (config::functions_run_eagerly()) [[unlikely]]
      return static_cast<Result>(std::apply(*callable_, copies));
    const auto arguments = flatten(copies);
    const auto trace = [this, &copies](std::span<const Tensor> symbolic) {
      return call_symbolic<Result>(copies, symbolic);
    };
    detail::FunctionCore::Outcome outcome = core_->call(arguments, std::cref(trace));
    return unflatten<Result>(std::move(outcome));
  }

  /// How often the C++ function was called to trace it: not for sizes that are served from traces
  /// for others, see `FunctionOptions::reduce_retracing`.
  [[nodiscard]] int trace_count() const { return core_->trace_count(); }
  /// The optimised graph of the latest trace. @throws ValueError if it was never called
  [[nodiscard]] const Graph& graph() const { return core_->graph(true); }
  /// The graph of the latest trace before any pass. @throws ValueError if it was never called
  [[nodiscard]] const Graph& traced_graph() const { return core_->graph(false); }
  /// What the optimiser did: passes, fused groups, bytes that one call moves, memory that is used
  /// again; eagerly against planned.
  [[nodiscard]] std::string explain() const { return core_->explain(); }
  /// Traces for such arguments without running.
  template <class... Args>
  void prepare(const Args&... args) const {
    std::tuple<Args...> copies(args...);
    using Result =
        std::remove_cvref_t<std::invoke_result_t<Callable&, std::remove_cvref_t<Args>&...>>;
    core_->prepare(flatten(copies), [&](std::span<const Tensor> symbolic) {
      return call_symbolic<Result>(copies, symbolic);
    });
  }
  /// Runs the function `runs` times and measures each step.
  template <class... Args>
  [[nodiscard]] Profile profile(int runs, const Args&... args) const {
    std::tuple<Args...> copies(args...);
    using Result =
        std::remove_cvref_t<std::invoke_result_t<Callable&, std::remove_cvref_t<Args>&...>>;
    return core_->profile(
        flatten(copies),
        [&](std::span<const Tensor> symbolic) { return call_symbolic<Result>(copies, symbolic); },
        runs);
  }
  /// The C++ function itself, whose calls run eagerly.
  [[nodiscard]] const Callable& callable() const { return *callable_; }
  [[nodiscard]] const std::shared_ptr<detail::FunctionCore>& core() const { return core_; }

 private:
  template <class Tuple>
  static detail::FunctionArguments flatten(Tuple& values) {
    detail::FunctionArguments arguments;
    detail::StaticText text;
    detail::Structure<Tuple>::visit(
        values, [&](Tensor& tensor) { arguments.tensors.push_back(tensor); }, text);
    arguments.statics = text.text();
    return arguments;
  }

  template <class Result, class Tuple>
  detail::FunctionCore::Traced call_symbolic(const Tuple& given,
                                             std::span<const Tensor> symbolic) const {
    Tuple values = given;
    detail::StaticText ignored;
    std::size_t next = 0;
    detail::Structure<Tuple>::visit(
        values, [&](Tensor& tensor) { tensor = symbolic[next++]; }, ignored);
    detail::FunctionCore::Traced traced;
    if constexpr (std::is_void_v<Result>) {
      std::apply(*callable_, values);
    } else {
      Result result = std::apply(*callable_, values);
      detail::StaticText text;
      detail::Structure<Result>::visit(
          result,
          [&](Tensor& tensor) {
            if (tensor.defined()) traced.tensors.push_back(tensor);
            text.add(tensor.defined() ? "tensor" : "none");
          },
          text);
      traced.statics = text.text();
      traced.result = std::move(result);
    }
    return traced;
  }

  template <class Result>
  static Result unflatten(detail::FunctionCore::Outcome outcome) {
    if constexpr (std::is_same_v<Result, Tensor>) {
      if (outcome.tensors.size() == 1) [[likely]]
        return std::move(outcome.tensors[0]);
      return {};
    } else if constexpr (!std::is_void_v<Result>) {
      Result result = *std::any_cast<Result>(outcome.result);
      detail::StaticText text;
      std::size_t next = 0;
      detail::Structure<Result>::visit(
          result,
          [&](Tensor& tensor) {
            if (tensor.defined()) tensor = std::move(outcome.tensors[next++]);
          },
          text);
      return result;
    }
  }

  std::shared_ptr<Callable> callable_;
  std::shared_ptr<detail::FunctionCore> core_;
};

/// Makes a fast function of a C++ function over tensors and variables: the first call traces it
/// into a graph, which is optimised and planned; later calls with tensors of the same dtypes and
/// shapes run the plan.
///
/// Inside, everything goes that makes ops: variables (read and assigned), tapes, random numbers
/// (fresh in each call), other functions, `tf::cond`, `tf::while_loop`. The C++ code itself runs
/// while tracing only: what it prints or counts happens once. Tensors have no values then: reading
/// one (`item`, `span`) throws ValueError. Arguments may be tensors, and vectors, maps, tuples,
/// optionals and structs of them; numbers and strings among them are fixed in the trace, another
/// value is traced anew. A tape outside differentiates the whole function. Results are those of
/// eager calls, bit for bit, but for passes that say why not, and for arguments that lie with gaps:
/// they are laid by rows first, so that sums over them may round otherwise.
///
/// @param callable  what is traced; a lambda without `auto` parameters reads best
/// @param options   name, input_signature, reduce_retracing, disabled_passes
/// @return          a `Function`, called as `callable` is
/// @throws when called: what the ops throw; ValueError for arguments that do not fit
/// input_signature Source: tf.function.
/// @code
/// auto norm = tf::function([](const tf::Tensor& x) { return tf::sqrt(tf::reduce_sum(x * x)); });
/// std::cout << norm(tf::constant({3.0, 4.0}));  // tf.Tensor(5.0, shape=(), dtype=float32)
/// @endcode
template <class Callable>
auto function(Callable callable, FunctionOptions options = {},
              std::source_location place = std::source_location::current()) {
  return Function<Callable>(std::move(callable), std::move(options), place);
}

/// While it lives, traced ops of this thread carry its name, in graphs, profiles and errors: what
/// `tf::name_scope` gives.
class SAEM_API NameScope {
 public:
  explicit NameScope(const std::string& name);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;

 private:
  std::size_t length_;
};

/// Names what is traced while the result lives: `auto scope = tf::name_scope("encoder");`. Scopes
/// nest: `model/encoder`. Source: tf.name_scope.
/// @code
/// auto scope = tf::name_scope("encoder");
/// std::cout << tf::reduce_sum(tf::ones({3}));  // tf.Tensor(3.0, shape=(), dtype=float32)
/// @endcode
[[nodiscard]] SAEM_API NameScope name_scope(const std::string& name);

/// While it lives, ops run at once although a function is being traced around it: what
/// `tf::init_scope` gives.
class SAEM_API InitScope {
 public:
  InitScope();
  ~InitScope();
  InitScope(const InitScope&) = delete;
  InitScope& operator=(const InitScope&) = delete;

 private:
  struct Frames;
  std::unique_ptr<Frames> frames_;
};

/// Leaves every function that is being traced, for as long as the result lives: variables are made
/// there, for instance. Tapes hear nothing. Source: tf.init_scope.
/// @code
/// auto f = tf::function([](const tf::Tensor& x) {
///   auto outside = tf::init_scope();
///   static tf::Variable v{tf::ones({1})};
///   return x;
/// });
/// std::cout << f(tf::constant(2.0));  // tf.Tensor(2.0, shape=(), dtype=float32)
/// @endcode
[[nodiscard]] SAEM_API InitScope init_scope();

}  // namespace saem
