#include "graph/function_body.hpp"

#include <algorithm>
#include <optional>
#include <saem/autodiff/forward.hpp>
#include <saem/ops/binary_arith.hpp>
#include <unordered_map>
#include <unordered_set>

#include "autodiff/recorder.hpp"
#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"
#include "graph/executable.hpp"
#include "graph/passes.hpp"

namespace saem {

struct TracingScope::Frames {
  explicit Frames(Tracer* tracer) : traced(tracer) { thread_state.paused = 0; }
  ~Frames() { thread_state.paused = paused; }
  ListenerFrame unheard;
  TracerFrame traced;
  int paused = thread_state.paused;
};

TracingScope::TracingScope(Tracer* tracer) : frames_(std::make_unique<Frames>(tracer)) {}
TracingScope::~TracingScope() = default;

FunctionBody::FunctionBody(std::shared_ptr<TraceRecord> record, Parts parts)
    : record_(std::move(record)), parts_(std::move(parts)) {}

FunctionBody::~FunctionBody() = default;

GraphCut FunctionBody::cut() const {
  GraphCut result{.tracer = record_->tracer,
                  .inputs = parts_.inputs,
                  .input_names = parts_.input_names,
                  .outputs = parts_.outputs,
                  .first_entry = parts_.first_entry,
                  .last_entry = parts_.last_entry};
  for (const Update& update : parts_.updates) result.outputs.push_back(update.value);
  return result;
}

Graph FunctionBody::pure_graph() const {
  const std::scoped_lock lock(record_->mutex);
  return cut().to_graph(parts_.name);
}

Graph FunctionBody::complete_graph() const {
  const std::scoped_lock lock(record_->mutex);
  GraphCut whole = cut();
  for (const auto& [input, later] : parts_.later_values) whole.outputs.push_back(later);
  Graph graph = whole.to_graph(parts_.name);
  inline_functions(graph);
  return graph;
}

Graph FunctionBody::graph() const {
  Graph graph = pure_graph();
  const std::size_t arguments = graph.inputs.size() - parts_.variables.size();
  for (std::size_t i = 0; i < parts_.variables.size(); ++i) {
    GraphNode& node = graph.nodes[static_cast<std::size_t>(graph.inputs[arguments + i].node)];
    node.kind = GraphNodeKind::kVariable;
    node.variable = static_cast<int>(i);
    node.name = parts_.variables[i].name();
  }
  graph.inputs.resize(arguments);
  graph.variables = parts_.variables;
  for (std::size_t i = 0; i < parts_.updates.size(); ++i) {
    graph.updates.push_back({parts_.updates[i].variable, graph.outputs[parts_.outputs.size() + i]});
  }
  graph.outputs.resize(parts_.outputs.size());
  return graph;
}

const Executable& FunctionBody::executable() const {
  const std::scoped_lock lock(mutex_);
  if (executable_ == nullptr) {
    Graph graph = pure_graph();
    optimize(graph, {});
    executable_ = std::make_unique<const Executable>(std::move(graph));
  }
  return *executable_;
}

std::vector<Tensor> FunctionBody::float_captures() const {
  std::vector<Tensor> captures;
  std::unordered_set<const TensorImpl*> known;
  for (const Tensor& input : parts_.inputs) known.insert(input.impl());
  for (const std::int64_t index : cut().needed_entries()) {
    for (const Tensor& input : record_->tracer.entries()[static_cast<std::size_t>(index)].inputs) {
      if (input.is_symbolic() || !input.dtype().is_differentiable()) continue;
      if (known.insert(input.impl()).second) captures.push_back(input);
    }
  }
  return captures;
}

FunctionBody::Gradient FunctionBody::trace_gradient(const std::vector<Tensor>& inputs) const {
  GraphTracer& tracer = record_->tracer;
  const TracingScope traced(&tracer);
  Gradient gradient;
  gradient.first_entry = static_cast<std::int64_t>(tracer.entries().size());
  GradientTape::Recorder recorder({.persistent = true, .watch_accessed_variables = false});
  std::vector<Tensor> sources;
  for (const Tensor& input : inputs) {
    if (!input.dtype().is_differentiable()) continue;
    recorder.watch(input, "input");
    sources.push_back(input);
  }
  for (const auto& [input, later] : parts_.later_values) {
    if (!later.dtype().is_differentiable()) continue;
    recorder.watch(later, "input");
    sources.push_back(later);
  }
  for (const std::int64_t index : cut().needed_entries()) {
    const GraphTracer::Entry& entry = tracer.entries()[static_cast<std::size_t>(index)];
    recorder.on_op({*entry.op, entry.inputs, entry.attributes}, entry.outputs);
  }
  GradientMap gradients;
  for (std::size_t i = 0; i < parts_.outputs.size(); ++i) {
    const Tensor& output = parts_.outputs[i];
    if (!recorder.tracks(output)) continue;
    gradient.outputs.push_back(i);
    gradient.output_gradients.push_back(
        tracer.add_input({output.dtype(), output.shape()}, output.device()));
    accumulate(gradients, output, gradient.output_gradients.back());
  }
  recorder.backward(gradients, sources);
  for (const Tensor& input : inputs) {
    const auto found = gradients.find(input.impl());
    gradient.input_gradients.push_back(found == gradients.end() ? Tensor() : found->second);
  }
  for (const auto& [input, later] : parts_.later_values) {
    const auto found = gradients.find(later.impl());
    if (found == gradients.end()) continue;
    Tensor& sum = gradient.input_gradients[input];
    sum = sum.defined() ? sum + found->second : found->second;
  }
  gradient.last_entry = static_cast<std::int64_t>(tracer.entries().size());
  return gradient;
}

namespace {

/// The symbolic tensors that entries from `first_entry` on take from what was there before, on the
/// way to `targets`; but for `given`.
std::vector<Tensor> taken_from_before(const GraphTracer& tracer, std::int64_t first_entry,
                                      const std::vector<Tensor>& targets,
                                      const std::vector<Tensor>& given) {
  std::unordered_set<const TensorImpl*> known;
  for (const Tensor& tensor : given) known.insert(tensor.impl());
  std::vector<Tensor> taken;
  std::vector<Tensor> open;
  for (const Tensor& target : targets) {
    if (target.defined()) open.push_back(target);
  }
  while (!open.empty()) {
    const Tensor tensor = std::move(open.back());
    open.pop_back();
    if (!tensor.is_symbolic() || !known.insert(tensor.impl()).second) continue;
    const std::int64_t maker = tracer.maker_index(tensor);
    if (maker < first_entry) {
      taken.push_back(tensor);
      continue;
    }
    for (const Tensor& input : tracer.entries()[static_cast<std::size_t>(maker)].inputs) {
      open.push_back(input);
    }
  }
  return taken;
}

}  // namespace

FunctionBody::Parts FunctionBody::parts_with_captures() const {
  Parts parts = parts_;
  const std::vector<Tensor> captures = float_captures();
  parts.inputs.insert(parts.inputs.end(), captures.begin(), captures.end());
  parts.captures += captures.size();
  parts.variables.clear();
  for (const Update& update : parts.updates) parts.outputs.push_back(update.value);
  parts.updates.clear();
  return parts;
}

std::shared_ptr<const FunctionBody> FunctionBody::with_captures() const {
  const std::scoped_lock lock(mutex_, record_->mutex);
  if (with_captures_ == nullptr) {
    with_captures_ = std::make_shared<const FunctionBody>(record_, parts_with_captures());
  }
  return with_captures_;
}

bool FunctionBody::is_stateful() const {
  const std::scoped_lock lock(record_->mutex);
  const std::vector<std::int64_t> entries = cut().needed_entries();
  return std::any_of(entries.begin(), entries.end(), [&](std::int64_t index) {
    return record_->tracer.entries()[static_cast<std::size_t>(index)].op->has(kStateful);
  });
}

std::shared_ptr<const FunctionBody> FunctionBody::differentiable() const {
  if (gradient_ != nullptr) return shared_from_this();
  const std::scoped_lock lock(mutex_, record_->mutex);
  if (differentiable_ != nullptr) return differentiable_;
  Parts parts = parts_with_captures();
  Gradient gradient = trace_gradient(parts.inputs);
  gradient.residuals = taken_from_before(record_->tracer, gradient.first_entry,
                                         gradient.input_gradients, gradient.output_gradients);
  const auto holds = [](const std::vector<Tensor>& list, const Tensor& tensor) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Tensor& other) { return other.impl() == tensor.impl(); });
  };
  const std::size_t own_outputs = parts.outputs.size();
  for (const Tensor& residual : gradient.residuals) {
    if (!holds(parts.inputs, residual) && !holds(parts.outputs, residual)) {
      parts.outputs.push_back(residual);
    }
  }
  parts.residuals = parts.outputs.size() - own_outputs;
  auto body = std::make_shared<FunctionBody>(record_, std::move(parts));
  body->gradient_ = std::make_unique<const Gradient>(std::move(gradient));
  differentiable_ = body;
  return body;
}

std::shared_ptr<const FunctionBody> FunctionBody::closed() const {
  std::shared_ptr<const FunctionBody> body = differentiable();
  while (body->parts().residuals > 0) body = body->with_residuals();
  return body;
}

std::shared_ptr<const FunctionBody> FunctionBody::with_residuals() const {
  const std::scoped_lock lock(mutex_);
  if (with_residuals_ == nullptr) {
    Parts parts = parts_;
    parts.residuals = 0;
    with_residuals_ = std::make_shared<const FunctionBody>(record_, std::move(parts));
  }
  return with_residuals_->differentiable();
}

FunctionBody::Backward FunctionBody::backward(std::span<const bool> needed) const {
  const std::scoped_lock lock(mutex_);
  std::vector<bool> key(needed.begin(), needed.end());
  const auto known = backwards_.find(key);
  if (known != backwards_.end()) return known->second;
  const auto place_in = [](const std::vector<Tensor>& list, const Tensor& tensor) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const Tensor& t) { return t.impl() == tensor.impl(); });
    return static_cast<std::size_t>(found - list.begin());
  };
  Backward backward;
  Parts parts;
  parts.name = parts_.name + "_gradient";
  for (const Tensor& residual : gradient_->residuals) {
    const std::size_t input = place_in(parts_.inputs, residual);
    const bool is_input = input < parts_.inputs.size();
    backward.residuals.push_back({is_input, is_input ? input : place_in(parts_.outputs, residual)});
    parts.inputs.push_back(residual);
    parts.input_names.emplace_back();
  }
  for (std::size_t i = 0; i < gradient_->outputs.size(); ++i) {
    parts.inputs.push_back(gradient_->output_gradients[i]);
    parts.input_names.push_back("gradient_" + std::to_string(gradient_->outputs[i]));
  }
  backward.outputs = gradient_->outputs;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Tensor& gradient = gradient_->input_gradients[i];
    const bool wanted = key[i] && gradient.defined();
    backward.gradients.push_back(wanted ? static_cast<int>(parts.outputs.size()) : -1);
    if (wanted) parts.outputs.push_back(gradient);
  }
  parts.first_entry = gradient_->first_entry;
  parts.last_entry = gradient_->last_entry;
  backward.body = std::make_shared<const FunctionBody>(record_, std::move(parts));
  return backwards_.emplace(std::move(key), std::move(backward)).first->second;
}

Tensors FunctionBody::interpret(std::span<const Tensor> inputs) const {
  return interpret(inputs, [](const GraphTracer::Entry& entry, std::span<const Tensor> given) {
    return apply(*entry.op, given, entry.attributes);
  });
}

Tensors FunctionBody::interpret(std::span<const Tensor> inputs,
                                const ApplyEntry& apply_entry) const {
  std::vector<GraphTracer::Entry> entries;
  {
    const std::scoped_lock lock(record_->mutex);
    for (const std::int64_t index : cut().needed_entries()) {
      entries.push_back(record_->tracer.entries()[static_cast<std::size_t>(index)]);
    }
  }
  std::unordered_map<const TensorImpl*, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values.emplace(parts_.inputs[i].impl(), inputs[i]);
  }
  const auto value_of = [&](const Tensor& tensor) {
    const auto found = values.find(tensor.impl());
    return found == values.end() ? tensor : found->second;
  };
  for (const GraphTracer::Entry& entry : entries) {
    Tensors given;
    for (const Tensor& input : entry.inputs) given.push_back(value_of(input));
    const Tensors outputs = apply_entry(entry, given);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      values.emplace(entry.outputs[i].impl(), outputs[i]);
    }
  }
  Tensors outputs;
  for (const Tensor& output : cut().outputs) outputs.push_back(value_of(output));
  return outputs;
}

}  // namespace saem
