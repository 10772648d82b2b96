#include "graph/size_family.hpp"

#include <algorithm>

#include "base/message.hpp"
#include "graph/constant_text.hpp"
#include "graph/nested_graph.hpp"
#include "graph/node.hpp"
#include "graph/passes.hpp"
#include "graph/text.hpp"
#include "graph/trace_body.hpp"

namespace saem {
namespace {

using Concrete = detail::FunctionCore::Concrete;

/// Below it ops may treat a size otherwise than any other: 1 broadcasts, 0 has no elements.
constexpr std::int64_t kSmallestLearnt = 2;

template <class Visit>
void for_each_size(const Concrete& concrete, Visit&& visit) {
  for (const TensorSpec& spec : concrete.specs) {
    for (const std::int64_t size : spec.shape) visit(size);
  }
}

Sizes sizes_of(const Concrete& concrete) {
  Sizes sizes;
  for_each_size(concrete, [&](std::int64_t size) { sizes.push_back(size); });
  return sizes;
}

bool same_ranks(const Concrete& a, const Concrete& b) {
  return std::equal(a.specs.begin(), a.specs.end(), b.specs.begin(), b.specs.end(),
                    [](const TensorSpec& x, const TensorSpec& y) {
                      return x.dtype == y.dtype && x.shape.rank() == y.shape.rank();
                    });
}

bool same_parts(const FunctionBody::Parts& a, const FunctionBody::Parts& b) {
  const auto same_variable = [](const Variable& x, const Variable& y) { return x.id() == y.id(); };
  const auto same_update = [](const auto& x, const auto& y) { return x.variable == y.variable; };
  const auto same_later = [](const auto& x, const auto& y) { return x.first == y.first; };
  return a.outputs.size() == b.outputs.size() &&
         std::ranges::equal(a.variables, b.variables, same_variable) &&
         std::ranges::equal(a.updates, b.updates, same_update) &&
         std::ranges::equal(a.later_values, b.later_values, same_later);
}

/// Whether two graphs are the same but for sizes, options and constants.
bool same_structure(const Graph& a, const Graph& b) {
  const auto same_node = [](const GraphNode& x, const GraphNode& y) {
    return x.kind == y.kind && x.op == y.op && x.inputs == y.inputs && x.device == y.device &&
           x.outputs.size() == y.outputs.size() && x.name == y.name;
  };
  return a.outputs == b.outputs && std::ranges::equal(a.nodes, b.nodes, same_node);
}

/// The axes whose sizes vary over the samples; of those that always agree, the first alone.
std::vector<std::size_t> varying_axes(const std::vector<Sizes>& samples) {
  std::vector<std::size_t> axes;
  const auto agree = [&](std::size_t a, std::size_t b) {
    return std::ranges::all_of(samples, [&](const Sizes& sizes) { return sizes[a] == sizes[b]; });
  };
  for (std::size_t axis = 0; axis < samples[0].size(); ++axis) {
    const bool fixed = std::ranges::all_of(
        samples, [&](const Sizes& sizes) { return sizes[axis] == samples[0][axis]; });
    if (!fixed && std::ranges::none_of(axes, [&](std::size_t a) { return agree(a, axis); })) {
      axes.push_back(axis);
    }
  }
  return axes;
}

Tensor on_host(const Tensor& constant) { return constant.cpu().contiguous(); }

/// What follows from sizes in a node, as text; nothing where it cannot be said. A constant whose
/// length follows is a range.
std::optional<std::string> text_of(const GraphNode& node, bool same_shapes) {
  if (node.kind == GraphNodeKind::kConstant) {
    if (!same_shapes) return range_text(on_host(node.constant));
    if (node.constant.size() > graph_text::kMostWritten) return std::nullopt;
    return graph_text::elements(node.constant);
  }
  const AttributesRef options = node.attributes;
  if (options.empty() || !options.type()->serializable) return std::nullopt;
  return options.to_string();
}

bool same_content(const GraphNode& a, const GraphNode& b) {
  if (a.kind == GraphNodeKind::kConstant) {
    return a.device == b.device && same_constant(on_host(a.constant), on_host(b.constant));
  }
  return a.attributes.ref() == b.attributes.ref();
}

bool set_text(GraphNode& node, const std::string& text) {
  if (node.kind == GraphNodeKind::kConstant) {
    Tensor constant;
    if (!read_range(text, node.outputs[0].dtype, constant) &&
        !graph_text::read_elements(text, node.outputs[0], constant)) {
      return false;
    }
    node.constant = constant.to(node.device);
    return true;
  }
  node.attributes = Attributes::parse(node.op->options, text);
  return true;
}

/// Says that a node's content does not follow, with its first and latest text if they are short.
std::string obstacle_text(const GraphNode& node, const std::vector<std::string>& texts) {
  constexpr std::size_t kLongest = 200;
  std::string text = node.kind == GraphNodeKind::kConstant
                         ? "a constant"
                         : "an option of " + std::string(node.type());
  if (!texts.empty() && texts.front().size() + texts.back().size() < kLongest) {
    text += fmt::format(" ({}, then {})", texts.front(), texts.back());
  }
  return text + " does not follow from them";
}

}  // namespace

SizeFamily::SizeFamily(std::shared_ptr<const Concrete> first) : first_(std::move(first)) {
  samples_.push_back({sizes_of(*first_), first_->body->complete_graph()});
}

bool SizeFamily::is_like_first(const Concrete& traced) const {
  return same_ranks(traced, *first_) && std::ranges::equal(traced.devices, first_->devices) &&
         traced.statics == first_->statics && traced.result_statics == first_->result_statics &&
         same_parts(traced.body->parts(), first_->body->parts());
}

bool SizeFamily::may_learn_from(const Concrete& traced) {
  bool large = true;
  for_each_size(traced, [&](std::int64_t size) { large = large && size >= kSmallestLearnt; });
  return large && traced.captures.empty();
}

bool SizeFamily::join(const std::shared_ptr<const Concrete>& traced) {
  const TracingScope not_traced(nullptr);
  obstacle_.clear();
  if (!is_like_first(*traced)) return false;
  std::vector<Sample> samples = samples_;
  samples.push_back({sizes_of(*traced), traced->body->complete_graph()});
  std::optional<std::vector<SizedNode>> sized = fit(samples);
  if (!sized) return false;
  samples_ = std::move(samples);
  sized_ = std::move(*sized);
  return true;
}

std::optional<std::vector<SizeFamily::SizedNode>> SizeFamily::fit(std::span<const Sample> samples) {
  const Graph& first = samples[0].graph;
  std::vector<Sizes> sizes;
  for (const Sample& sample : samples) {
    sizes.push_back(sample.sizes);
    if (same_structure(first, sample.graph)) continue;
    obstacle_ = "other ops are called for other ones";
    return std::nullopt;
  }
  const std::vector<std::size_t> axes = varying_axes(sizes);
  std::vector<SizedNode> sized;
  for (std::size_t i = 0; i < first.nodes.size(); ++i) {
    const auto same = [&](const Sample& sample) {
      return same_content(first.nodes[i], sample.graph.nodes[i]);
    };
    if (std::ranges::all_of(samples, same)) continue;
    const auto same_shape = [&](const Sample& sample) {
      return sample.graph.nodes[i].outputs[0].shape == first.nodes[i].outputs[0].shape;
    };
    const bool same_shapes =
        first.nodes[i].outputs.size() == 1 && std::ranges::all_of(samples, same_shape);
    std::vector<std::string> texts;
    for (const Sample& sample : samples) {
      const std::optional<std::string> text = text_of(sample.graph.nodes[i], same_shapes);
      if (text) texts.push_back(*text);
    }
    std::optional<SizedText> text;
    if (texts.size() == samples.size()) text = SizedText::fit(texts, sizes, axes);
    if (!text) {
      obstacle_ = obstacle_text(first.nodes[i], texts);
      return std::nullopt;
    }
    sized.push_back({i, std::move(*text)});
  }
  return sized;
}

bool SizeFamily::knows(const Sizes& sizes) const {
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const auto like = [&](std::size_t other) {
      return std::ranges::all_of(samples_, [&](const Sample& sample) {
        return sample.sizes[axis] == sample.sizes[other];
      });
    };
    const bool fixed = std::ranges::all_of(samples_, [&](const Sample& sample) {
      return sample.sizes[axis] == samples_[0].sizes[axis];
    });
    if (fixed ? sizes[axis] != samples_[0].sizes[axis] : sizes[axis] < kSmallestLearnt) {
      return false;
    }
    for (std::size_t other = 0; other < axis && !fixed; ++other) {
      if (like(other) && sizes[axis] != sizes[other]) return false;
    }
  }
  return true;
}

std::optional<Graph> SizeFamily::graph_at(const Sizes& sizes) const {
  if (samples_.size() < 2 || !knows(sizes)) return std::nullopt;
  Graph graph = samples_[0].graph;
  for (const SizedNode& node : sized_) {
    const std::optional<std::string> text = node.text.at(sizes);
    if (!text || !set_text(graph.nodes[node.node], *text)) return std::nullopt;
  }
  return graph;
}

std::unique_ptr<Concrete> SizeFamily::at(const detail::FunctionArguments& arguments) const {
  const TracingScope not_traced(nullptr);
  auto made = std::make_unique<Concrete>(arguments);
  if (!same_ranks(*made, *first_) || !std::ranges::equal(made->devices, first_->devices) ||
      made->statics != first_->statics) {
    return nullptr;
  }
  const FunctionBody::Parts& known = first_->body->parts();
  try {
    const std::optional<Graph> graph = graph_at(sizes_of(*made));
    if (!graph) return nullptr;
    std::vector<BodyInput> inputs;
    for (std::size_t i = 0; i < known.inputs.size(); ++i) {
      inputs.push_back(i < arguments.tensors.size() ? like(arguments.tensors[i])
                                                    : like(known.inputs[i]));
    }
    TracedFunction traced = trace_function(
        inputs, [&](std::span<const Tensor> symbolic) { return apply_graph(*graph, symbolic); });
    FunctionBody::Parts parts = known;
    parts.inputs = std::move(traced.inputs);
    auto next = traced.outputs.begin();
    for (Tensor& output : parts.outputs) output = *next++;
    for (FunctionBody::Update& update : parts.updates) update.value = *next++;
    for (auto& [input, later] : parts.later_values) later = *next++;
    parts.last_entry = static_cast<std::int64_t>(traced.record->tracer.entries().size());
    made->body = std::make_shared<const FunctionBody>(traced.record, std::move(parts));
  } catch (const Error&) {
    // The ops refuse these sizes: the C++ function itself must say what it does with them.
    return nullptr;
  }
  made->from_traces = true;
  made->result = first_->result;
  made->result_statics = first_->result_statics;
  return made;
}

}  // namespace saem
