#pragma once

#include <functional>
#include <optional>
#include <saem/graph/structure.hpp>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Branches and loops that depend on the values of tensors. Outside traced functions they are those
/// of C++; in a traced function each becomes one op of the graph, which holds the branches or the
/// body as graphs of their own and runs them when the graph runs.
///
/// In a traced function, what is passed in is called once, to be traced: C++ code in it runs while
/// tracing only. It may use tensors around it, read and assign variables, draw random numbers,
/// print, and hold tapes. Every op here has derivatives of every order, in both modes; those of a
/// loop are found by a tape that runs when the graph runs, so all its turns are kept in memory
/// then. A gradient that is certainly zero comes as zeros where eager code gives none.
namespace saem {

namespace detail {

/// What a function in control flow gave: its tensors, in order, and the text of everything else.
struct BodyResult {
  std::vector<Tensor> tensors;
  std::string structure;
};
using BodyFunction = std::function<BodyResult(std::span<const Tensor>)>;

/// A value as its tensors.
template <class T>
BodyResult taken_apart(T& value) {
  BodyResult result;
  StaticText text;
  Structure<T>::visit(
      value,
      [&](Tensor& tensor) {
        text.add(tensor.defined() ? "tensor" : "none");
        if (tensor.defined()) result.tensors.push_back(tensor);
      },
      text);
  result.structure = text.text();
  return result;
}

/// `value` with other tensors.
template <class T>
T put_together(T value, std::span<const Tensor> tensors) {
  StaticText text;
  std::size_t next = 0;
  Structure<T>::visit(
      value,
      [&](Tensor& tensor) {
        if (tensor.defined()) tensor = tensors[next++];
      },
      text);
  return value;
}

/// Whether a choice by `selector` has to wait until the graph runs.
SAEM_API bool is_traced(const Tensor& selector);
/// The truth of a bool scalar, which is checked; false for a symbolic one.
SAEM_API bool truth_of(const char* name, const Tensor& pred);
/// The branch that an index chooses, which is checked; 0 for a symbolic one.
SAEM_API std::size_t branch_of(const char* name, const Tensor& index, std::size_t count);
SAEM_API std::vector<Tensor> choose(const char* name, const Tensor& selector,
                                    const std::vector<std::string>& names,
                                    const std::vector<BodyFunction>& functions);
SAEM_API std::vector<Tensor> while_loop(const BodyFunction& condition, const BodyFunction& body,
                                        std::vector<Tensor> loop_vars,
                                        std::optional<std::int64_t> maximum_iterations);
/// `body` of what is carried and one slice of each of `elems` gives what is carried and what is
/// stacked; the result is what is carried in the end and what was stacked.
SAEM_API std::vector<Tensor> scan(const char* name, const BodyFunction& body,
                                  std::vector<Tensor> carried, const std::vector<Tensor>& elems,
                                  bool reverse);
[[noreturn]] SAEM_API void raise_structure(const char* name, const std::string& expected,
                                           const std::string& got);
/// Runs the checks of `tf::case_`.
SAEM_API void check_case(const std::vector<Tensor>& preds, bool exclusive, bool has_default);

/// A branch as a function of no tensors, which keeps the first result for its structure.
template <class Result, class Branch>
BodyFunction branch_function(Branch& branch, std::optional<Result>& kept) {
  return [&branch, &kept](std::span<const Tensor>) {
    Result result = branch();
    BodyResult parts = taken_apart(result);
    if (!kept) kept = std::move(result);
    return parts;
  };
}
template <class Branch>
BodyFunction branch_function(Branch& branch) {
  return [&branch](std::span<const Tensor>) {
    branch();
    return BodyResult{};
  };
}

/// `function(values)`, or `function(values...)` for a tuple that it takes so.
template <class Function, class T>
decltype(auto) call_with(Function& function, T& values) {
  if constexpr (std::is_invocable_v<Function&, T&>) {
    return function(values);
  } else {
    return std::apply(function, values);
  }
}
template <class T>
BodyResult like_before(const char* name, T& value, const std::string& structure) {
  BodyResult result = taken_apart(value);
  if (result.structure != structure) raise_structure(name, structure, result.structure);
  return result;
}

/// Joins two lists.
inline std::vector<Tensor> joined(std::vector<Tensor> first, const std::vector<Tensor>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The common part of scan and the folds: gives final accumulators, then stacked ones if wanted.
template <class Function, class Elems, class Accumulator>
std::vector<Tensor> accumulate(const char* name, Function& function, Elems& elems,
                               Accumulator& initializer, bool stacks, bool reverse) {
  const BodyResult carried = taken_apart(initializer);
  const std::size_t count = carried.tensors.size();
  const BodyFunction body = [&](std::span<const Tensor> given) {
    Accumulator accumulator = put_together(initializer, given.first(count));
    Elems slices = put_together(elems, given.subspan(count));
    Accumulator next = function(accumulator, slices);
    BodyResult result = like_before(name, next, carried.structure);
    if (stacks) result.tensors = joined(result.tensors, result.tensors);
    return result;
  };
  return scan(name, body, carried.tensors, taken_apart(elems).tensors, reverse);
}

/// The first or last slice of everything in `elems`, and what is left.
SAEM_API std::pair<std::vector<Tensor>, std::vector<Tensor>> first_and_rest(
    const char* name, const std::vector<Tensor>& elems, bool reverse);
/// `first` in front of `rest` along axis 0, or behind it.
SAEM_API Tensor with_first(const Tensor& first, const Tensor& rest, bool reverse);

}  // namespace detail

/// `true_fn()` where `pred` is true, else `false_fn()`; only that one runs.
///
/// @param pred      a bool scalar
/// @param true_fn   without arguments; gives a Tensor, or a vector, map, tuple, struct of them, or
///                  nothing
/// @param false_fn  the same; in a traced function with the same dtypes and shapes
/// @return          what the function gives
/// @throws DTypeError, ShapeError if `pred` is no bool scalar, or, traced, if outputs differ;
/// ValueError, traced, if structures do
/// Gradient: that of the branch that was taken.  Source: tf.cond.
/// @code
/// auto f = tf::function([](const tf::Tensor& x) {
///   return tf::cond(x > 0.0, [&] { return x * 2.0; }, [&] { return -x; });
/// });
/// std::cout << f(tf::constant(3.0)) << ' ' << f(tf::constant(-3.0));
/// // tf.Tensor(6.0, shape=(), dtype=float32) tf.Tensor(3.0, shape=(), dtype=float32)
/// @endcode
template <class TrueFn, class FalseFn>
auto cond(const Tensor& pred, TrueFn&& true_fn, FalseFn&& false_fn) {
  using Result = std::decay_t<std::invoke_result_t<TrueFn&>>;
  static_assert(std::is_same_v<Result, std::decay_t<std::invoke_result_t<FalseFn&>>>,
                "tf::cond: both functions must give the same type");
  const bool truth = detail::truth_of("cond", pred);
  if (!detail::is_traced(pred)) return static_cast<Result>(truth ? true_fn() : false_fn());
  const std::vector<std::string> names{"true_fn", "false_fn"};
  if constexpr (std::is_void_v<Result>) {
    detail::choose("cond", pred, names,
                   {detail::branch_function(true_fn), detail::branch_function(false_fn)});
  } else {
    std::optional<Result> kept;
    const std::vector<Tensor> tensors =
        detail::choose("cond", pred, names,
                       {detail::branch_function<Result>(true_fn, kept),
                        detail::branch_function<Result>(false_fn, kept)});
    return detail::put_together(std::move(*kept), tensors);
  }
}

/// The result of branch number `branch_index`; of the last one for a number that is out of range.
///
/// @param branch_index  an int32 or int64 scalar
/// @param branches      functions without arguments, as for `tf::cond`
/// @return              what that branch gives
/// @throws DTypeError, ShapeError if the index is no integer scalar; ValueError without branches;
/// what `tf::cond` throws
/// Gradient: that of the branch that was taken.  Source: tf.switch_case.
/// @code
/// std::vector<std::function<tf::Tensor()>> branches{[] { return tf::constant(1.0); },
///                                                   [] { return tf::constant(20.0); }};
/// std::cout << tf::switch_case(tf::constant(1), branches);
/// // tf.Tensor(20.0, shape=(), dtype=float32)
/// @endcode
template <class Branch>
auto switch_case(const Tensor& branch_index, const std::vector<Branch>& branches) {
  using Result = std::decay_t<std::invoke_result_t<const Branch&>>;
  const std::size_t chosen = detail::branch_of("switch_case", branch_index, branches.size());
  if (!detail::is_traced(branch_index)) return static_cast<Result>(branches[chosen]());
  std::vector<std::string> names;
  std::vector<detail::BodyFunction> functions;
  std::optional<std::conditional_t<std::is_void_v<Result>, int, Result>> kept;
  for (const Branch& branch : branches) {
    names.push_back("branch " + std::to_string(names.size()));
    if constexpr (std::is_void_v<Result>) {
      functions.push_back(detail::branch_function(branch));
    } else {
      functions.push_back(detail::branch_function<Result>(branch, kept));
    }
  }
  const std::vector<Tensor> tensors = detail::choose("switch_case", branch_index, names, functions);
  if constexpr (!std::is_void_v<Result>) return detail::put_together(std::move(*kept), tensors);
}

/// The same with another function for numbers that are out of range.
template <class Branch, class Default>
requires std::constructible_from<Branch, Default>
auto switch_case(const Tensor& branch_index, std::vector<Branch> branches,
                 const Default& default_fn) {
  branches.emplace_back(default_fn);
  return switch_case(branch_index, branches);
}

/// What `tf::case_` checks.
struct CaseOptions {
  bool exclusive = false;  ///< whether more than one true predicate is an error
};

/// The result of the first function whose predicate is true, or else of `default_fn`.
///
/// @param pred_fn_pairs  bool scalars and functions without arguments, as for `tf::cond`
/// @param default_fn     the same without a predicate
/// @param options        exclusive
/// @return               what that function gives
/// @throws ValueError if several predicates are true though they are exclusive; what `tf::cond`
/// throws
/// Gradient: that of the function that was called.  Source: tf.case.
/// @code
/// auto x = tf::constant(5.0);
/// std::vector<std::pair<tf::Tensor, std::function<tf::Tensor()>>> cases{
///     {x < 1.0, [] { return tf::constant(1.0); }}, {x < 9.0, [&] { return x * 2.0; }}};
/// std::cout << tf::case_(cases, [&] { return x; });
/// // tf.Tensor(10.0, shape=(), dtype=float32)
/// @endcode
template <class Branch, class Default>
auto case_(const std::vector<std::pair<Tensor, Branch>>& pred_fn_pairs, const Default& default_fn,
           const CaseOptions& options = {}) {
  using Result = std::decay_t<std::invoke_result_t<const Branch&>>;
  std::vector<Tensor> preds;
  for (const auto& [pred, function] : pred_fn_pairs) preds.push_back(pred);
  detail::check_case(preds, options.exclusive, true);
  std::function<Result(std::size_t)> from = [&](std::size_t i) -> Result {
    if (i == pred_fn_pairs.size()) return default_fn();
    return cond(pred_fn_pairs[i].first, pred_fn_pairs[i].second, [&] { return from(i + 1); });
  };
  return from(0);
}

/// The same where one of the predicates must be true. @throws ValueError if none is
template <class Branch>
auto case_(const std::vector<std::pair<Tensor, Branch>>& pred_fn_pairs,
           const CaseOptions& options = {}) {
  std::vector<Tensor> preds;
  for (const auto& [pred, function] : pred_fn_pairs) preds.push_back(pred);
  detail::check_case(preds, false, false);
  auto pairs = pred_fn_pairs;
  const Branch last = pairs.back().second;
  if (!options.exclusive) pairs.pop_back();
  return case_(pairs, last, options);
}

/// How long a loop may be.
struct WhileLoopOptions {
  /// Turns after which it ends whatever the condition says. A loop whose body draws random numbers
  /// needs it to have a gradient in a traced function.
  std::optional<std::int64_t> maximum_iterations = {};
};

/// `body` again and again, of what it gave before, while `cond` is true.
///
/// @param cond       of the loop variables; gives a bool scalar
/// @param body       of the loop variables; gives their new values
/// @param loop_vars  a Tensor, or a tuple, whose parts the functions take one by one, or a vector,
///                   map, struct of tensors; in a traced function their dtypes and shapes stay
/// @param options    maximum_iterations
/// @return           the loop variables at the end
/// @throws DTypeError, ShapeError if `cond` gives no bool scalar, or, traced, if a loop variable
/// changes its dtype or shape; ValueError if loop variables change their structure
/// Gradient: that of all turns; in a traced function the loop is run once more for it.
/// Source: tf.while_loop.
/// @code
/// auto [turns, y] = tf::while_loop(
///     [](const tf::Tensor& i, const tf::Tensor&) { return i < 3; },
///     [](const tf::Tensor& i, const tf::Tensor& x) { return std::tuple(i + 1, x * 2.0); },
///     std::tuple(tf::constant(0), tf::constant(1.0)));
/// std::cout << y;  // tf.Tensor(8.0, shape=(), dtype=float32)
/// @endcode
template <class Cond, class Body, class Vars>
Vars while_loop(Cond&& cond, Body&& body, const Vars& loop_vars,
                const WhileLoopOptions& options = {}) {
  Vars start = loop_vars;
  const detail::BodyResult parts = detail::taken_apart(start);
  const detail::BodyFunction condition = [&](std::span<const Tensor> given) {
    Vars values = detail::put_together(start, given);
    return detail::BodyResult{{Tensor(detail::call_with(cond, values))}, ""};
  };
  const detail::BodyFunction turn = [&](std::span<const Tensor> given) {
    Vars values = detail::put_together(start, given);
    Vars next = detail::call_with(body, values);
    return detail::like_before("while_loop", next, parts.structure);
  };
  return detail::put_together(
      start, detail::while_loop(condition, turn, parts.tensors, options.maximum_iterations));
}

/// In which order slices are taken.
struct ScanLoopOptions {
  bool reverse = false;  ///< from the last slice to the first; results stand where their slices do
};

/// All partial results of a fold: a_i = function(a_{i-1}, x_i) for the slices x_i of `elems` along
/// axis 0, with a_{-1} = initializer; gives every a_i, stacked.
///
/// @param function     of the accumulator and a slice; gives the next accumulator
/// @param elems        a tensor of rank >= 1, or a vector, tuple, map, struct of such with one size
///                     along axis 0
/// @param initializer  the first accumulator: a Tensor or a structure of tensors, which keeps its
///                     dtypes and shapes
/// @param options      reverse
/// @return             accumulators with an axis in front
/// @throws ShapeError for scalars, for sizes that differ, if an accumulator changes its shape;
/// DTypeError, traced, if it changes its dtype; ValueError if it changes its structure
/// Gradient: that of all turns.  Source: tf.scan.
/// @code
/// auto sum = [](const tf::Tensor& a, const tf::Tensor& x) { return a + x; };
/// std::cout << tf::scan(sum, tf::constant({1, 2, 3}), tf::constant(10));
/// // tf.Tensor([11 13 16], shape=(3,), dtype=int32)
/// @endcode
template <class Function, class Elems, class Accumulator>
requires detail::Structured<Accumulator> Accumulator scan(Function&& function, const Elems& elems,
                                                          const Accumulator& initializer,
                                                          const ScanLoopOptions& options = {}) {
  Elems slices = elems;
  Accumulator start = initializer;
  std::vector<Tensor> results =
      detail::accumulate("scan", function, slices, start, true, options.reverse);
  const std::span<const Tensor> tensors(results);
  return detail::put_together(start, tensors.subspan(tensors.size() / 2));
}

/// The same with the first slice as the first accumulator, and the first result.
template <class Function, class Elems>
Elems scan(Function&& function, const Elems& elems, const ScanLoopOptions& options = {}) {
  Elems whole = elems;
  const auto [first, rest] =
      detail::first_and_rest("scan", detail::taken_apart(whole).tensors, options.reverse);
  Elems others = scan(function, detail::put_together(whole, rest),
                      detail::put_together(whole, first), options);
  std::vector<Tensor> results = detail::taken_apart(others).tensors;
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i] = detail::with_first(first[i], results[i], options.reverse);
  }
  return detail::put_together(whole, results);
}

/// The last result of `tf::scan`: function(... function(function(initializer, x_0), x_1) ..., x_n).
///
/// @param function     of the accumulator and a slice; gives the next accumulator
/// @param elems        as for `tf::scan`
/// @param initializer  as for `tf::scan`
/// @return             the last accumulator
/// @throws what `tf::scan` throws
/// Gradient: that of all turns.  Source: tf.foldl.
/// @code
/// auto minus = [](const tf::Tensor& a, const tf::Tensor& x) { return a - x; };
/// std::cout << tf::foldl(minus, tf::constant({1, 2, 3}), tf::constant(10));
/// // tf.Tensor(4, shape=(), dtype=int32)
/// @endcode
template <class Function, class Elems, class Accumulator>
Accumulator foldl(Function&& function, const Elems& elems, const Accumulator& initializer) {
  Elems slices = elems;
  Accumulator start = initializer;
  return detail::put_together(start,
                              detail::accumulate("foldl", function, slices, start, false, false));
}

/// As `tf::foldl` from the last slice to the first. Source: tf.foldr.
/// @code
/// auto join = [](const tf::Tensor& a, const tf::Tensor& x) { return a * 10 + x; };
/// std::cout << tf::foldr(join, tf::constant({1, 2, 3}), tf::constant(0));
/// // tf.Tensor(321, shape=(), dtype=int32)
/// @endcode
template <class Function, class Elems, class Accumulator>
Accumulator foldr(Function&& function, const Elems& elems, const Accumulator& initializer) {
  Elems slices = elems;
  Accumulator start = initializer;
  return detail::put_together(start,
                              detail::accumulate("foldr", function, slices, start, false, true));
}

/// `function` of each slice of `elems` along axis 0, one after the other, stacked: y_i =
/// function(x_i).
///
/// Eagerly, `function` may read elements and decide by them; where it does not, `vectorized_map` is
/// faster. In a traced function it is traced once, and runs for each slice.
///
/// @param function  of one slice; gives a Tensor or a structure of tensors
/// @param elems     a tensor of rank >= 1, or a vector, tuple, map, struct of such with one size
///                  along axis 0
/// @return          what `function` gives, with an axis in front
/// @throws ShapeError if sizes along axis 0 differ, for a scalar, or if results differ in shape;
/// what `function` throws
/// Gradient: that of the ops.  Source: tf.map_fn.
/// @code
/// auto half_if_big = [](const tf::Tensor& x) { return x.item<float>() > 2 ? x * 0.5 : x; };
/// std::cout << tf::map_fn(half_if_big, tf::constant({1.0, 2.0, 4.0}));
/// // tf.Tensor([1. 2. 2.], shape=(3,), dtype=float32)
/// @endcode
template <class Function, class Elems>
auto map_fn(Function&& function, const Elems& elems) {
  using Result = std::decay_t<decltype(detail::call_with(function, std::declval<Elems&>()))>;
  Elems whole = elems;
  std::optional<Result> kept;
  const detail::BodyFunction body = [&](std::span<const Tensor> given) {
    Elems slices = detail::put_together(whole, given);
    Result result = detail::call_with(function, slices);
    detail::BodyResult parts = detail::taken_apart(result);
    if (!kept) kept = std::move(result);
    return parts;
  };
  const std::vector<Tensor> results =
      detail::scan("map_fn", body, {}, detail::taken_apart(whole).tensors, false);
  return detail::put_together(std::move(*kept), results);
}

}  // namespace saem
