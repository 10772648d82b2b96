#include <saem/plot/tape.hpp>

#include "core/dispatch.hpp"

namespace saem::plot {
namespace {

constexpr std::int64_t kWrittenOut = 4;

/// Four digits are what fits a box and can be checked by hand.
std::string short_value(const Tensor& tensor) {
  if (tensor.size() > kWrittenOut) return tensor.shape().to_string();
  const Tensor flat = tensor.cpu().contiguous();
  std::string text;
  dispatch(flat.dtype(), [&]<class T>(Type<T>) {
    for (const T value : flat.span<T>()) {
      if (!text.empty()) text += ", ";
      text += fmt::format("{:.4g}", static_cast<double>(value));
    }
  });
  return tensor.rank() == 0 ? text : "[" + text + "]";
}

NodeKind kind_of(const TapeNode& node, bool last) {
  if (node.inputs.empty())
    return node.name == "constant" ? NodeKind::kConstant : NodeKind::kVariable;
  return last ? NodeKind::kResult : NodeKind::kOp;
}

}  // namespace

GraphPicture tape_picture(const std::vector<TapeNode>& nodes) {
  const PauseListeners quiet;  // looking must not be recorded by the tape that is looked at
  GraphPicture picture;
  for (const TapeNode& node : nodes) {
    GraphNode box{std::to_string(node.id), {node.name}, kind_of(node, &node == &nodes.back())};
    if (!node.attributes.empty()) box.lines.push_back(node.attributes);
    box.lines.push_back("value = " + short_value(node.value));
    if (node.gradient.defined()) box.lines.push_back("gradient = " + short_value(node.gradient));
    picture.nodes.push_back(std::move(box));
    for (const int input : node.inputs) {
      picture.edges.push_back({std::to_string(input), std::to_string(node.id), ""});
    }
  }
  return picture;
}

Figure graph(const std::vector<TapeNode>& nodes) { return graph(tape_picture(nodes)); }

}  // namespace saem::plot
