// while_loop and scan: traced functions that are run again and again.
#include <algorithm>
#include <limits>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/control_flow_ops.hpp"
#include "graph/executable.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

bool is_scan(const LoopOptions& options) { return !options.condition && !options.counted; }
const char* name_of(const LoopOptions& options) { return is_scan(options) ? "scan" : "while_loop"; }

void check_carried(const LoopOptions& options, std::size_t i, const Tensor& before,
                   const Tensor& after) {
  const bool same_dtype = before.dtype() == after.dtype();
  if (same_dtype && before.shape() == after.shape()) return;
  const std::string text =
      fmt::format("{} {} is {} {} before a turn and {} {} after it; it must keep dtype and shape",
                  is_scan(options) ? "accumulator" : "loop variable", i, before.dtype().name(),
                  before.shape().to_string(), after.dtype().name(), after.shape().to_string());
  if (same_dtype) raise<ShapeError>(name_of(options), "{}", text);
  raise<DTypeError>(name_of(options), "{}", text);
}

Shape with_turns(std::int64_t turns, const Shape& shape) {
  Shape result{turns};
  for (const std::int64_t size : shape) result.push_back(size);
  return result;
}

TensorSpecs infer_loop(const OpCall& call) {
  const auto& options = call.options<LoopOptions>();
  const std::vector<Tensor>& outputs = options.body->parts().outputs;
  const std::size_t last = options.counted ? 1 : 0;
  const bool stacks = outputs.size() > options.carried;
  if (options.carried > call.inputs.size() || options.sequences > call.inputs.size() ||
      options.carried + options.sequences + last > call.inputs.size() ||
      options.carried > outputs.size() || options.draws > outputs.size() - options.carried ||
      call.inputs.size() - last != options.body->parts().inputs.size() ||
      (stacks && options.turns < 0)) {
    raise<ValueError>(name_of(options), "its body does not fit what it is given");
  }
  TensorSpecs specs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (i < options.carried) {
      check_carried(options, i, call.input(i), outputs[i]);
      specs.push_back({outputs[i].dtype(), outputs[i].shape()});
    } else {
      specs.push_back({outputs[i].dtype(), with_turns(options.turns, outputs[i].shape())});
    }
  }
  if (options.counts) specs.push_back({int64, {}});
  return specs;
}

/// Slices of a sequence as the outputs of one op: its gradient puts them together again, where that
/// of so many slices would add up tensors of the sequence's size.
TensorSpecs infer_slices(const OpCall& call) {
  const Shape& shape = call.input(0).shape();
  const TensorSpec spec{call.input(0).dtype(), Shape(shape.begin() + 1, shape.end())};
  return TensorSpecs(static_cast<std::size_t>(shape[0]), spec);
}

Tensors run_slices(const OpCall& call) {
  Tensors slices;
  for (std::int64_t i = 0; i < call.input(0).shape()[0]; ++i) {
    slices.push_back(call.input(0)(i));
  }
  return slices;
}

Tensors slices_vjp(const VjpCall& call) {
  std::vector<Tensor> gradients;
  for (std::size_t i = 0; i < call.outputs.size(); ++i) {
    const Tensor& gradient = call.gradient(i);
    gradients.push_back(gradient.defined() ? gradient : zeros_like(call.output(i)));
  }
  return {stack(gradients)};
}

Tensors slices_jvp(const JvpCall& call) { return saem::apply(call.op, call.tangents); }

constinit OpDef slices_op{.name = "slices",
                          .min_inputs = 1,
                          .max_inputs = 1,
                          .traits = 0,
                          .infer = infer_slices,
                          .compose = run_slices,
                          .vjp = slices_vjp,
                          .jvp = slices_jvp};

Tensor count_of(std::int64_t turns) {
  const DeviceScope host{Device{}};
  return fill({}, turns, {.dtype = int64});
}

/// One run of a loop.
class Loop {
 public:
  explicit Loop(const OpCall& call)
      : options_(call.options<LoopOptions>()), body_(*options_.body), turns_(options_.turns) {
    std::span<const Tensor> inputs = call.inputs;
    if (options_.counted) {
      turns_ = inputs.back().item<std::int64_t>();
      inputs = inputs.first(inputs.size() - 1);
    }
    const std::span<const Tensor> sequences = inputs.last(options_.sequences);
    kept_ = inputs.size() - options_.sequences;
    given_.assign(inputs.begin(), inputs.end());
    for (const Tensor& sequence : sequences) {
      length_ = sequence.shape()[0];
      slices_.push_back(saem::apply(slices_op, BorrowedTensors<1>(sequence)));
    }
    stacked_.resize(body_.parts().outputs.size() - options_.carried);
  }

  Tensors run() {
    std::int64_t turn = 0;
    for (; turn != turns_ && goes_on(); ++turn) take(turn);
    Tensors outputs;
    for (std::size_t i = 0; i < options_.carried; ++i) outputs.push_back(std::move(given_[i]));
    for (std::size_t i = 0; i < stacked_.size(); ++i) outputs.push_back(together(i));
    if (options_.counts) outputs.push_back(count_of(turn));
    return outputs;
  }

 private:
  [[nodiscard]] bool goes_on() const {
    if (!options_.condition) return true;
    const std::span<const Tensor> given(given_);
    return (*options_.condition)->executable().run(given.first(kept_))[0].item<bool>();
  }

  void take(std::int64_t turn) {
    const std::int64_t at = options_.reverse ? length_ - 1 - turn : turn;
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      given_[kept_ + i] = slices_[i][static_cast<std::size_t>(at)];
    }
    Tensors outputs = call_body(options_.body, given_);
    for (std::size_t i = 0; i < options_.carried; ++i) given_[i] = std::move(outputs[i]);
    for (std::size_t i = 0; i < stacked_.size(); ++i) {
      stacked_[i].push_back(std::move(outputs[options_.carried + i]));
    }
  }

  /// What turns gave, in the order of the sequences; zeros for turns that did not come.
  Tensor together(std::size_t i) {
    std::vector<Tensor>& values = stacked_[i];
    const Tensor& one = body_.parts().outputs[options_.carried + i];
    if (options_.reverse) std::reverse(values.begin(), values.end());
    const auto missing = options_.turns - static_cast<std::int64_t>(values.size());
    if (missing > 0) {
      const DeviceScope beside(one.device());
      values.resize(static_cast<std::size_t>(options_.turns), zeros(one.shape(), one.dtype()));
    }
    if (!values.empty()) return stack(values);
    return zeros(with_turns(0, one.shape()), one.dtype());
  }

  const LoopOptions& options_;
  const FunctionBody& body_;
  std::int64_t turns_;
  std::int64_t length_ = 0;
  std::size_t kept_ = 0;  ///< so many inputs of a turn are no slices
  std::vector<Tensor> given_;
  std::vector<Tensors> slices_;
  std::vector<std::vector<Tensor>> stacked_;
};

Tensors run_loop(const OpCall& call) { return renamed(Loop(call).run(), call.inputs); }

void check_draws_are_known(const OpCall& call) {
  if (!call.options<LoopOptions>().forgets) return;
  raise<ValueError>("while_loop",
                    "its body draws random numbers, and its gradient has to draw the same again; "
                    "give maximum_iterations, so that there is room to keep them, or use tf::scan");
}

Tensors loop_vjp(const VjpCall& call) {
  check_draws_are_known(call);
  return vjp_at_run_time(call);
}

Tensors loop_jvp(const JvpCall& call) {
  check_draws_are_known(call);
  return jvp_at_run_time(call);
}

Tensor with_front_axes_swapped(const Tensor& x) {
  TransposeOptions options;
  for (int axis = 0; axis < x.rank(); ++axis) options.perm.push_back(axis < 2 ? 1 - axis : axis);
  return transpose(x, options);
}

/// A scan takes as many turns for each slice: its body is made to work on batches.
Tensors batch_loop(const BatchCall& call) {
  const auto& options = call.options<LoopOptions>();
  if (!is_scan(options) || call.op.has(kStateful)) return batch_by_slices(call);
  Tensors inputs;
  const std::size_t kept = call.inputs.size() - options.sequences;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor batch = ops::batched_input(call, i);
    inputs.push_back(i < kept ? batch : with_front_axes_swapped(batch));
  }
  LoopOptions batched = options;
  batched.body = batched_body(options.body, call);
  Tensors outputs = apply(scan_op, inputs, batched);
  for (std::size_t i = options.carried; i < outputs.size(); ++i) {
    outputs[i] = with_front_axes_swapped(outputs[i]);
  }
  return outputs;
}

}  // namespace

#define SAEM_LOOP(title, more_traits)                                                \
  constinit OpDef title##_op {                                                       \
    .name = #title, .min_inputs = 0, .max_inputs = std::numeric_limits<int>::max(),  \
    .traits = kCallsGraph | (more_traits), .infer = infer_loop, .compose = run_loop, \
    .vjp = loop_vjp, .options = &kAttributesType<LoopOptions>, .jvp = loop_jvp,      \
    .batch = batch_loop                                                              \
  }
SAEM_LOOP(while_loop, 0);
SAEM_LOOP(stateful_while_loop, kStateful);
SAEM_LOOP(scan, 0);
SAEM_LOOP(stateful_scan, kStateful);
#undef SAEM_LOOP

Replay replay_loop(const OpCall& call, std::span<const Tensor> drawn) {
  LoopOptions options = call.options<LoopOptions>();
  check_draws_are_known(call);
  const bool scans = is_scan(options);
  options.body = replay_body(*options.body, options.draws);
  options.condition.reset();
  options.sequences += options.draws;
  options.draws = 0;
  options.counted = options.counted || options.counts;
  options.counts = false;
  Replay replay{scans ? &scan_op : &while_loop_op, Attributes(options), {}};
  for (const Tensor& input : call.inputs) replay.inputs.push_back(input);
  for (const Tensor& tensor : drawn) replay.inputs.push_back(tensor);
  return replay;
}

namespace detail {
namespace {

std::vector<Tensor> traced_while(const BodyFunction& condition, const BodyFunction& body,
                                 const std::vector<Tensor>& loop_vars, std::int64_t turns) {
  constexpr const char* kName = "while_loop";
  std::vector<BodyInput> specs;
  for (const Tensor& value : loop_vars) specs.push_back(like(value));
  TracedBodies traced;
  traced.add("condition", specs, condition);
  traced.add("body", specs, body);
  traced.collect();
  const TracedFunction& test = traced.function(0);
  for (const GraphTracer::TracedVariable& state : test.record->tracer.variables()) {
    if (!state.assigned) continue;
    raise<ValueError>(kName, "the condition assigns variable {}; assign it in the body",
                      state.variable.name());
  }
  (void)truth_of(kName, test.outputs[0]);
  LoopOptions options{.carried = loop_vars.size() + traced.assigned().size(), .turns = turns};
  const auto inputs_of = [&](std::size_t i) {
    std::vector<Tensor> inputs = traced.function(i).inputs;
    for (const Tensor& value : traced.assigned_at_start(i)) inputs.push_back(value);
    for (const Tensor& value : traced.constants_in(i)) inputs.push_back(value);
    return inputs;
  };
  options.condition = traced.body(0, inputs_of(0), test.outputs);
  std::vector<Tensor> outputs = traced.function(1).outputs;
  for (const Tensor& value : traced.assigned_at_end(1)) outputs.push_back(value);
  const std::vector<Tensor> draws = traced.draws(1);
  options.counts = traced.is_stateful();
  options.forgets = turns < 0 && !draws.empty();
  if (!options.forgets) {
    options.draws = draws.size();
    outputs.insert(outputs.end(), draws.begin(), draws.end());
  }
  options.body = traced.body(1, inputs_of(1), std::move(outputs));
  Tensors inputs(loop_vars.begin(), loop_vars.end());
  for (const Tensor& value : traced.assigned_values()) inputs.push_back(value);
  for (const Tensor& value : traced.constants()) inputs.push_back(value);
  const Tensors results =
      apply(traced.is_stateful() ? stateful_while_loop_op : while_loop_op, inputs, options);
  traced.assign(std::span(results).subspan(loop_vars.size()));
  return {results.begin(), results.begin() + static_cast<std::ptrdiff_t>(loop_vars.size())};
}

}  // namespace

std::vector<Tensor> while_loop(const BodyFunction& condition, const BodyFunction& body,
                               std::vector<Tensor> loop_vars,
                               std::optional<std::int64_t> maximum_iterations) {
  constexpr const char* kName = "while_loop";
  if (maximum_iterations && *maximum_iterations < 0) {
    raise<ValueError>(kName, "maximum_iterations is {}; it must not be negative",
                      *maximum_iterations);
  }
  const std::int64_t turns = maximum_iterations.value_or(-1);
  if (dynamic_cast<GraphTracer*>(thread_state.tracer) != nullptr) {
    return traced_while(condition, body, loop_vars, turns);
  }
  for (std::int64_t turn = 0; turn != turns; ++turn) {
    const Tensor goes_on = condition(loop_vars).tensors[0];
    if (is_traced(goes_on)) {  // slices of vectorized_map decide, each for itself
      return traced_while(condition, body, loop_vars, turns < 0 ? turns : turns - turn);
    }
    if (!truth_of(kName, goes_on)) break;
    loop_vars = body(loop_vars).tensors;
  }
  return loop_vars;
}

}  // namespace detail
}  // namespace saem
