// A graph as text; parse.cpp reads it.
#include "graph/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <ostream>

#include "autodiff/variable_state.hpp"
#include "base/base64.hpp"
#include "core/dispatch.hpp"
#include "graph/nested_graph.hpp"

namespace saem {
namespace graph_text {
namespace {

/// As numbers, whatever they are: what reads them checks that nothing was lost.
std::string numbers(const Tensor& tensor) {
  std::string text = "[";
  dispatch_any(tensor.dtype(), [&]<class T>(Type<T>) {
    const T* elements = tensor.data_as<T>();
    for (std::int64_t i = 0; i < tensor.size(); ++i) {
      if (i > 0) text += ", ";
      text += attribute::to_text(Scalar(elements[i]));
    }
  });
  return text + "]";
}

std::string_view bytes_of(const Tensor& tensor) {
  return {static_cast<const char*>(tensor.data()), static_cast<std::size_t>(tensor.nbytes())};
}

}  // namespace

bool is_word(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::all_of(text.begin(), text.end(), fits);
}

std::string packed_elements(const Tensor& tensor) {
  const Tensor host = tensor.cpu().contiguous();
  return "base64 \"" + base64(bytes_of(host)) + "\"";
}

std::string elements(const Tensor& tensor) {
  const Tensor host = tensor.cpu().contiguous();
  std::string text = numbers(host);
  Tensor again;
  // Some NaNs are more than a number says.
  const bool exact =
      read_elements(text, {host.dtype(), host.shape()}, again) && bytes_of(again) == bytes_of(host);
  return exact ? text : packed_elements(host);
}

bool read_elements(std::string_view list, const TensorSpec& spec, Tensor& tensor) {
  std::vector<std::string_view> items;
  if (!attribute::split_list(list, items)) return false;
  if (static_cast<std::int64_t>(items.size()) != spec.shape.size()) return false;
  tensor = Tensor::empty(spec.dtype, spec.shape);
  bool good = true;
  dispatch_any(spec.dtype, [&]<class T>(Type<T>) {
    T* elements = tensor.mutable_data_as<T>();
    for (std::size_t i = 0; i < items.size() && good; ++i) {
      Scalar number(0);
      good = attribute::from_text(items[i], number);
      if (!good) break;
      try {
        number.check_fits(spec.dtype, "constant");
      } catch (const DTypeError&) {
        good = false;
        break;
      }
      elements[i] = number.to<T>();
    }
  });
  return good;
}

bool read_packed(std::string_view text, const TensorSpec& spec, Tensor& tensor) {
  std::string bytes;
  if (!from_base64(text, bytes)) return false;
  const auto needed = static_cast<std::size_t>(spec.shape.size()) * spec.dtype.size();
  if (bytes.size() != needed) return false;
  tensor = Tensor::empty(spec.dtype, spec.shape);
  if (needed > 0) std::memcpy(tensor.mutable_data(), bytes.data(), needed);
  return true;
}

std::string spec(const TensorSpec& spec) {
  return std::string(spec.dtype.name()) + spec.shape.to_string();
}

}  // namespace graph_text

namespace {

std::string quoted(const std::string& text) { return attribute::to_text(text); }

/// Writes one graph.
class Writer {
 public:
  Writer(const Graph& graph, const GraphTextOptions& options) : graph_(graph), options_(options) {}

  std::string write() {
    const std::string& name = graph_.name;
    text_ = "graph " + (graph_text::is_word(name) ? name : quoted(name)) + "(";
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      const GraphNode& node = graph_.node(graph_.inputs[i]);
      if (i > 0) text_ += ", ";
      text_ += value(graph_.inputs[i]) + ": " + graph_text::spec(node.outputs[0]);
      place_and_name(node);
    }
    text_ += ") {\n";
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].kind != GraphNodeKind::kInput) add_node(i);
    }
    text_ += "  return";
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      text_ += (i > 0 ? ", " : " ") + value(graph_.outputs[i]);
    }
    text_ += "\n";
    for (const GraphUpdate& update : graph_.updates) {
      text_ += "  update " + updated(update.variable) + " = " + value(update.value) + "\n";
    }
    return text_ + "}\n";
  }

 private:
  static std::string value(GraphValue value) {
    std::string text = "%" + std::to_string(value.node);
    if (value.output > 0) text += ":" + std::to_string(value.output);
    return text;
  }

  void place_and_name(const GraphNode& node) {
    if (node.device != Device{}) text_ += " on " + node.device.to_string();
    if (!node.name.empty()) text_ += " " + quoted(node.name);
  }

  /// `"w" trainable <8192 elements>`.
  std::string variable(const Variable& variable) const {
    std::string text = quoted(variable.name());
    if (variable.trainable()) text += " trainable";
    return text + " " + elements(Variable::State::of(variable).value, false);
  }

  std::string elements(const Tensor& tensor, bool is_constant) const {
    if (is_constant && tensor.size() <= graph_text::kMostWritten) {
      return graph_text::elements(tensor);
    }
    if (options_.values) return graph_text::packed_elements(tensor);
    return "<" + std::to_string(tensor.size()) + " elements>";
  }

  /// The node that reads a variable; of one that is assigned only, what it is.
  std::string updated(int index) const {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].kind == GraphNodeKind::kVariable && graph_.nodes[i].variable == index) {
        return value({static_cast<int>(i), 0});
      }
    }
    const Variable& unread = graph_.variables[static_cast<std::size_t>(index)];
    std::string text =
        "variable " + variable(unread) + " : " + graph_text::spec({unread.dtype(), unread.shape()});
    if (unread.device() != Device{}) text += " on " + unread.device().to_string();
    return text;
  }

  void add_node(std::size_t index) {
    const GraphNode& node = graph_.nodes[index];
    text_ += "  " + value({static_cast<int>(index), 0});
    if (node.outputs.size() != 1) text_ += ":" + std::to_string(node.outputs.size());
    text_ += " = ";
    switch (node.kind) {
      case GraphNodeKind::kInput:
        break;
      case GraphNodeKind::kVariable:
        text_ += "variable ";
        text_ += variable(graph_.variables[static_cast<std::size_t>(node.variable)]);
        break;
      case GraphNodeKind::kConstant:
        text_ += "constant " + elements(node.constant, true);
        break;
      case GraphNodeKind::kOp:
        add_call(node);
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      text_ += (i > 0 ? ", " : " : ") + graph_text::spec(node.outputs[i]);
    }
    if (node.kind == GraphNodeKind::kVariable) {
      if (node.device != Device{}) text_ += " on " + node.device.to_string();
    } else {
      place_and_name(node);
    }
    text_ += "\n";
  }

  void add_call(const GraphNode& node) {
    text_ += std::string(node.op->name) + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      text_ += (i > 0 ? ", " : "") + value(node.inputs[i]);
    }
    text_ += ")";
    const std::string attributes = node.attributes.ref().to_string();
    if (attributes.empty()) return;
    text_ += " {";
    // A line break stands in no quotes, so it is one of a graph within.
    for (const char c : attributes) text_ += c == '\n' ? "\n  " : std::string(1, c);
    text_ += "}";
  }

  const Graph& graph_;
  const GraphTextOptions& options_;
  std::string text_;
};

}  // namespace

std::string Graph::to_text(const GraphTextOptions& options) const {
  const TracingScope outside(nullptr);  // reading elements is nobody's business
  const NestedGraphText nested(options);
  return Writer(*this, options).write();
}

std::ostream& operator<<(std::ostream& out, const Graph& graph) { return out << graph.to_text(); }

}  // namespace saem
