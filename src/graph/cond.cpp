// cond and switch_case: one of several traced functions, chosen when the graph runs.
#include <limits>
#include <numeric>
#include <saem/autodiff/debugging.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>

#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/control_flow_ops.hpp"
#include "ops/rules.hpp"

namespace saem {

namespace {

/// Which of `count` branches `selector` means; a number out of range means the last.
std::size_t chosen(const Tensor& selector, std::size_t count) {
  if (selector.dtype() == bool_) return selector.item<bool>() ? 0 : 1;
  const std::int64_t index = selector.dtype() == int32 ? std::int64_t{selector.item<std::int32_t>()}
                                                       : selector.item<std::int64_t>();
  const auto last = static_cast<std::int64_t>(count) - 1;
  return static_cast<std::size_t>(index < 0 || index > last ? last : index);
}

TensorSpecs infer_cond(const OpCall& call) {
  const auto& branches = call.options<CondOptions>().branches;
  if (branches.empty()) raise<ValueError>("cond", "has no branches; it needs one or more");
  TensorSpecs specs;
  for (const Tensor& output : branches[0]->parts().outputs) {
    specs.push_back({output.dtype(), output.shape()});
  }
  for (const auto& branch : branches) {
    const std::vector<Tensor>& outputs = branch->parts().outputs;
    if (outputs.size() != specs.size()) {
      raise<ValueError>("cond", "{} gives {} tensors, {} gives {}; branches must give the same",
                        branches[0]->name(), specs.size(), branch->name(), outputs.size());
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const bool same_dtype = outputs[i].dtype() == specs[i].dtype;
      if (same_dtype && outputs[i].shape() == specs[i].shape) continue;
      const std::string text =
          fmt::format("output {} is {} {} of {}, but {} {} of {}; branches must agree", i,
                      specs[i].dtype.name(), specs[i].shape.to_string(), branches[0]->name(),
                      outputs[i].dtype().name(), outputs[i].shape().to_string(), branch->name());
      if (same_dtype) raise<ShapeError>("cond", "{}", text);
      raise<DTypeError>("cond", "{}", text);
    }
  }
  return specs;
}

Tensors run_cond(const OpCall& call) {
  const auto& branches = call.options<CondOptions>().branches;
  const std::span<const Tensor> inputs = call.inputs.subspan(1);
  return renamed(call_body(branches[chosen(call.input(0), branches.size())], inputs), inputs);
}

/// Where all slices go the same way, the branches are made to work on batches.
Tensors batch_cond(const BatchCall& call) {
  if (call.batched[0] || call.op.has(kStateful)) return batch_by_slices(call);
  Tensors inputs{call.input(0)};
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    inputs.push_back(ops::batched_input(call, i));
  }
  CondOptions options;
  for (const auto& branch : call.options<CondOptions>().branches) {
    options.branches.push_back(batched_body(branch, call));
  }
  return apply(cond_op, inputs, options);
}

}  // namespace

constinit OpDef cond_op{.name = "cond",
                        .min_inputs = 1,
                        .max_inputs = std::numeric_limits<int>::max(),
                        .traits = kCallsGraph,
                        .infer = infer_cond,
                        .compose = run_cond,
                        .vjp = vjp_at_run_time,
                        .options = &kAttributesType<CondOptions>,
                        .host_inputs = 1,
                        .jvp = jvp_at_run_time,
                        .batch = batch_cond};

constinit OpDef stateful_cond_op{.name = "stateful_cond",
                                 .min_inputs = 1,
                                 .max_inputs = std::numeric_limits<int>::max(),
                                 .traits = kCallsGraph | kStateful,
                                 .infer = infer_cond,
                                 .compose = run_cond,
                                 .vjp = vjp_at_run_time,
                                 .options = &kAttributesType<CondOptions>,
                                 .host_inputs = 1,
                                 .jvp = jvp_at_run_time,
                                 .batch = batch_cond};

Replay replay_cond(const OpCall& call, std::span<const Tensor> drawn) {
  const auto& options = call.options<CondOptions>();
  const std::size_t draws = std::accumulate(options.draws.begin(), options.draws.end(), 0UL);
  CondOptions made;
  std::size_t before = 0;
  for (std::size_t i = 0; i < options.branches.size(); ++i) {
    made.branches.push_back(replay_body(*options.branches[i], draws, before));
    before += options.draws[i];
  }
  Replay replay{&cond_op, Attributes(made), {}};
  for (const Tensor& input : call.inputs) replay.inputs.push_back(input);
  for (const Tensor& tensor : drawn) replay.inputs.push_back(tensor);
  return replay;
}

namespace detail {

bool is_traced(const Tensor& selector) {
  return thread_state.tracer != nullptr && selector.is_symbolic();
}

bool truth_of(const char* name, const Tensor& pred) {
  if (pred.dtype() != bool_) {
    raise<DTypeError>(name, "the predicate must be bool, got {}; compare, or tf::cast it",
                      pred.dtype().name());
  }
  if (pred.rank() != 0) {
    raise<ShapeError>(name,
                      "the predicate must be a scalar, got shape {}; see tf::reduce_all and "
                      "tf::where",
                      pred.shape().to_string());
  }
  return !pred.is_symbolic() && pred.item<bool>();
}

std::size_t branch_of(const char* name, const Tensor& index, std::size_t count) {
  if (count == 0) raise<ValueError>(name, "there are no branches; give at least one");
  if (index.dtype() != int32 && index.dtype() != int64) {
    raise<DTypeError>(name, "the index must be int32 or int64, got {}; tf::cast it",
                      index.dtype().name());
  }
  if (index.rank() != 0) {
    raise<ShapeError>(name, "the index must be a scalar, got shape {}", index.shape().to_string());
  }
  return index.is_symbolic() ? 0 : chosen(index, count);
}

void check_case(const std::vector<Tensor>& preds, bool exclusive, bool has_default) {
  constexpr const char* kName = "case_";
  if (preds.empty() && !has_default) {
    raise<ValueError>(kName, "there are no functions; give at least one");
  }
  for (const Tensor& pred : preds) (void)truth_of(kName, pred);
  if (preds.empty() || (!exclusive && has_default)) return;
  const Tensor count = reduce_sum(cast(stack(preds), int32));
  if (exclusive) {
    debugging::assert_less_equal(count, constant(1),
                                 {.message = "predicates of tf::case_ are exclusive"});
  }
  if (!has_default) {
    debugging::assert_greater(count, constant(0),
                              {.message = "tf::case_ without a default needs a true predicate"});
  }
}

std::vector<Tensor> choose(const char* name, const Tensor& selector,
                           const std::vector<std::string>& names,
                           const std::vector<BodyFunction>& functions) {
  TracedBodies traced;
  std::string structure;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::string found = traced.add(names[i], {}, functions[i]);
    if (i == 0) structure = found;
    if (found == structure) continue;
    raise<ValueError>(name,
                      "{} and {} give different structures: {} and {}; branches must give tensors "
                      "in the same places and the same numbers",
                      names[0], names[i], structure, found);
  }
  traced.collect();
  std::vector<std::vector<Tensor>> draws;
  CondOptions options;
  for (std::size_t i = 0; i < traced.size(); ++i) {
    draws.push_back(traced.draws(i));
    options.draws.push_back(draws.back().size());
  }
  for (std::size_t i = 0; i < traced.size(); ++i) {
    std::vector<Tensor> inputs = traced.constants_in(i);
    for (const Tensor& value : traced.assigned_at_start(i)) inputs.push_back(value);
    std::vector<Tensor> outputs = traced.function(i).outputs;
    for (const Tensor& value : traced.assigned_at_end(i)) outputs.push_back(value);
    for (std::size_t k = 0; k < traced.size(); ++k) {
      for (const Tensor& drawn : draws[k]) {
        outputs.push_back(k == i ? drawn : traced.zeros_in(i, drawn));
      }
    }
    options.branches.push_back(traced.body(i, std::move(inputs), std::move(outputs)));
  }
  const std::size_t results = traced.function(0).outputs.size();
  Tensors inputs{selector};
  for (const Tensor& value : traced.constants()) inputs.push_back(value);
  for (const Tensor& value : traced.assigned_values()) inputs.push_back(value);
  const Tensors outputs = apply(traced.is_stateful() ? stateful_cond_op : cond_op, inputs, options);
  traced.assign(std::span(outputs).subspan(results));
  return {outputs.begin(), outputs.begin() + static_cast<std::ptrdiff_t>(results)};
}

}  // namespace detail
}  // namespace saem
