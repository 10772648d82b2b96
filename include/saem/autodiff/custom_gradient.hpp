#pragma once

#include <functional>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/tensor.hpp>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace saem {

namespace detail {

/// Gradients of the inputs, then of the variables.
using CustomRule = std::function<std::vector<Tensor>(const std::vector<Tensor>& output_gradients,
                                                     const std::vector<Variable>& variables)>;
struct CustomForward {
  std::vector<Tensor> outputs;
  CustomRule rule;
  bool takes_variables = false;
};
using CustomFunction = std::function<CustomForward(const std::vector<Tensor>& inputs)>;

SAEM_API std::vector<Tensor> apply_custom_gradient(const CustomFunction& function,
                                                   const std::vector<Tensor>& inputs);
SAEM_API std::vector<Tensor> apply_recomputed(const MapFunction& function,
                                              const std::vector<Tensor>& inputs);

/// Calls `rule` with the gradients alone, or with the variables too, in the form that it takes.
template <class Output, class Rule>
CustomForward custom_forward(Output output, Rule rule) {
  using Variables = std::vector<Variable>;
  constexpr bool kVariables = std::is_invocable_v<Rule&, const Output&, const Variables&>;
  CustomForward forward;
  forward.outputs = as_list(std::move(output));
  forward.takes_variables = kVariables;
  forward.rule = [rule = std::move(rule)](const std::vector<Tensor>& output_gradients,
                                          const Variables& variables) mutable {
    const Output given = as_result<Output>(output_gradients);
    if constexpr (kVariables) {
      auto [inputs, of_variables] = rule(given, variables);
      std::vector<Tensor> all = as_list(std::move(inputs));
      all.insert(all.end(), of_variables.begin(), of_variables.end());
      return all;
    } else {
      (void)variables;
      return as_list(rule(given));
    }
  };
  return forward;
}

template <class>
using AsTensor = Tensor;
/// What `Function` gives for so many Tensors.
template <class Function, class... Inputs>
using ValueOf = std::decay_t<std::invoke_result_t<const Function&, const AsTensor<Inputs>&...>>;

}  // namespace detail

/// A function with a gradient of its own: `function(x...)` gives a pair of its value and the rule
/// that carries dL/d(value) back to dL/d(x).
///
/// What `function` computes is not recorded; tapes and accumulators see one op with that rule,
/// which may be differentiated again if it is made of ops. `value` is a Tensor or a std::vector of
/// them; `rule(dy)` gives a Tensor, or a std::vector with one gradient for each of several inputs
/// (undefined where there is none). If `function` reads trainable variables, the rule must take
/// them too: `rule(dy, variables)` gives a pair of the inputs' gradients and those of `variables`,
/// which are in the order in which they were read.
///
/// @param function  of one or several Tensors
/// @return          a function of the same Tensors, giving the value
/// @throws ValueError when called: if variables are read that the rule does not take, or if the
/// rule gives another number of gradients
/// Gradient: the rule.  Source: tf.custom_gradient.
/// @code
/// auto softplus = tf::custom_gradient([](const tf::Tensor& x) {
///   auto e = tf::exp(x);
///   return std::pair(tf::log(1 + e), [=](const tf::Tensor& dy) { return dy * (1 - 1 / (1 + e));
///   });
/// });
/// auto x = tf::constant(100.0);
/// tf::GradientTape tape;
/// tape.watch(x);
/// std::cout << tape.gradient(softplus(x), x);  // tf.Tensor(1.0, shape=(), dtype=float32)
/// @endcode
template <class Function>
auto custom_gradient(Function function) {
  return [function = std::move(function)](const auto&... inputs) {
    using Pair = detail::ValueOf<Function, decltype(inputs)...>;
    using Value = std::decay_t<typename Pair::first_type>;
    const std::vector<Tensor> list{Tensor(inputs)...};
    const auto call = [&]<std::size_t... at>(const std::vector<Tensor>& x,
                                             std::index_sequence<at...>) {
      auto [value, rule] = function(x[at]...);
      return detail::custom_forward<Value>(std::move(value), std::move(rule));
    };
    const detail::CustomFunction listed = [&](const std::vector<Tensor>& x) {
      return call(x, std::make_index_sequence<sizeof...(inputs)>());
    };
    return detail::as_result<Value>(detail::apply_custom_gradient(listed, list));
  };
}

/// The same with the rule apart: `backward(dy, x...)` gives the gradient of the only input, or a
/// std::vector with one for each.
/// @code
/// auto clipped = tf::custom_gradient(
///     [](const tf::Tensor& x) { return tf::identity(x); },
///     [](const tf::Tensor& dy, const tf::Tensor&) { return tf::clip_by_value(dy, -1, 1); });
/// auto x = tf::constant(2.0);
/// tf::GradientTape tape;
/// tape.watch(x);
/// std::cout << tape.gradient(clipped(x) * 10.0, x);  // tf.Tensor(1.0, shape=(), dtype=float32)
/// @endcode
template <class Forward, class Backward>
auto custom_gradient(Forward forward, Backward backward) {
  return custom_gradient(
      [forward = std::move(forward), backward = std::move(backward)](const auto&... inputs) {
        return std::pair(forward(inputs...),
                         [backward, inputs...](const auto& dy) { return backward(dy, inputs...); });
      });
}

/// Gradient checkpointing: a function that computes what `function` does, keeps nothing but its
/// inputs for the way back, and computes the rest again when its gradient is asked for. Memory for
/// time: a chain of n blocks keeps n tensors instead of everything in between, for one forward pass
/// more.
///
/// @param function  of one or several Tensors, giving a Tensor or a std::vector; may read
/// variables;
///                  must give the same each time it is called
/// @return          a function of the same Tensors
/// Gradient: that of `function`.  Source: tf.recompute_grad.
/// @code
/// auto block = tf::recompute_grad([](const tf::Tensor& x) { return tf::exp(tf::sin(x)); });
/// auto x = tf::constant(0.0);
/// tf::GradientTape tape;
/// tape.watch(x);
/// std::cout << tape.gradient(block(x), x);  // tf.Tensor(1.0, shape=(), dtype=float32)
/// @endcode
template <class Function>
auto recompute_grad(Function function) {
  return [function = std::move(function)](const auto&... inputs) {
    using Result = detail::ValueOf<Function, decltype(inputs)...>;
    using Value = std::conditional_t<std::is_same_v<Result, std::vector<Tensor>>,
                                     std::vector<Tensor>, Tensor>;
    const std::vector<Tensor> list{Tensor(inputs)...};
    const auto call = []<std::size_t... at>(const Function& f, const std::vector<Tensor>& x,
                                            std::index_sequence<at...>) {
      return detail::as_list(Value(f(x[at]...)));
    };
    const detail::MapFunction listed = [function, call](const std::vector<Tensor>& x) {
      return call(function, x, std::make_index_sequence<sizeof...(inputs)>());
    };
    return detail::as_result<Value>(detail::apply_recomputed(listed, list));
  };
}

}  // namespace saem
