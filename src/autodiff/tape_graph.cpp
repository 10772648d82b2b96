#include <saem/autodiff/tape.hpp>
#include <saem/ops/creation.hpp>
#include <unordered_set>

#include "autodiff/recorder.hpp"
#include "base/message.hpp"

namespace saem {
namespace {

using Entry = GradientTape::Recorder::Entry;

/// The entries that `target` was computed from, in the order they ran.
std::vector<const Entry*> ancestors(const std::deque<Entry>& entries, const Tensor& target) {
  std::unordered_set<const TensorImpl*> needed{target.impl()};
  std::vector<const Entry*> found;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    for (const Tensor& output : entry->outputs) {
      if (!needed.contains(output.impl())) continue;
      found.push_back(&*entry);
      for (const Tensor& input : entry->inputs) needed.insert(input.impl());
      break;
    }
  }
  return {found.rbegin(), found.rend()};
}

}  // namespace

std::vector<TapeNode> GradientTape::graph(const Tensor& target, bool with_gradients) {
  const Recorder& recorder = *recorder_;
  if (with_gradients && !recorder.options().persistent) {
    raise<ValueError>("GradientTape.graph",
                      "gradients need a tape made with {{.persistent = true}}");
  }
  const std::vector<const Entry*> entries = ancestors(recorder.entries(), target);
  std::vector<TapeNode> nodes;
  std::unordered_map<const TensorImpl*, int> ids;
  const auto add = [&](const Tensor& tensor, const std::string& name) -> TapeNode& {
    ids.emplace(tensor.impl(), static_cast<int>(nodes.size()));
    nodes.push_back({static_cast<int>(nodes.size()), name, "", tensor, {}, {}});
    return nodes.back();
  };
  const auto source_name = [&](const Tensor& tensor) -> std::string {
    for (const Recorder::Leaf& leaf : recorder.leaves()) {
      if (leaf.tensor.impl() == tensor.impl()) return leaf.name;
    }
    return "constant";
  };
  for (const Entry* entry : entries) {
    std::vector<int> inputs;
    for (const Tensor& input : entry->inputs) {
      if (!ids.contains(input.impl())) add(input, source_name(input));
      inputs.push_back(ids.at(input.impl()));
    }
    for (const Tensor& output : entry->outputs) {
      TapeNode& node = add(output, entry->op->name);
      node.attributes = entry->attributes.ref().to_string();
      node.inputs = inputs;
    }
  }
  if (with_gradients && recorder.tracks(target)) {
    std::vector<Tensor> values;
    for (const TapeNode& node : nodes) {
      if (recorder.tracks(node.value)) values.push_back(node.value);
    }
    const PauseListeners quiet;
    GradientMap gradients;
    accumulate(gradients, target, ones_like(target));
    recorder_->backward(gradients, values);
    for (TapeNode& node : nodes) {
      if (const auto found = gradients.find(node.value.impl()); found != gradients.end()) {
        node.gradient = found->second;
      }
    }
  }
  return nodes;
}

}  // namespace saem
