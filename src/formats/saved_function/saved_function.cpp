// Saved functions: an .npz archive of a manifest, graphs as text, and arrays. See
// docs/SAVED_FUNCTION.md.
#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/formats/npz.hpp>
#include <saem/formats/saved_function.hpp>
#include <saem/version.hpp>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "graph/nested_graph.hpp"
#include "graph/passes.hpp"
#include "graph/text.hpp"

namespace saem::saved_function {
namespace {

using nlohmann::json;

constexpr const char* kSave = "saved_function.save";
constexpr const char* kLoad = "saved_function.load";
constexpr const char* kFormat = "saem.saved_function";
/// Raised whenever a reader of the version before would misread a file.
constexpr int kVersion = 1;

Tensor to_bytes(const std::string& text) {
  const DeviceScope host{Device{}};
  Tensor bytes = Tensor::empty(uint8, {static_cast<std::int64_t>(text.size())});
  std::memcpy(bytes.mutable_data(), text.data(), text.size());
  return bytes;
}

/// Collects what goes into a file.
class Writer {
 public:
  void add(Graph graph) {
    (void)inline_functions(graph);
    json arrays = json::array();  // in the order in which the text names them
    for (GraphNode& node : graph.nodes) {
      check_serializable(graph, node);
      if (node.kind == GraphNodeKind::kVariable) {
        arrays.push_back(array_of(graph.variables[static_cast<std::size_t>(node.variable)]));
      }
      if (node.kind != GraphNodeKind::kConstant ||
          node.constant.size() <= graph_text::kMostWritten) {
        continue;
      }
      // A large constant is written like a variable that nobody assigns.
      node.kind = GraphNodeKind::kVariable;
      node.variable = static_cast<int>(graph.variables.size());
      node.name = "constant";
      graph.variables.emplace_back(node.constant,
                                   VariableOptions{.name = "constant", .trainable = false});
      arrays.push_back(add_array("constants", node.constant));
      node.constant = Tensor();
    }
    const std::string name = fmt::format("graphs/{}", traces_.size());
    arrays_.emplace(name, to_bytes(graph.to_text()));
    traces_.push_back({{"graph", name}, {"arrays", std::move(arrays)}});
  }

  void write(const std::string& path, const std::string& name, const SaveOptions& options) {
    const json manifest{
        {"format", kFormat}, {"version", kVersion}, {"producer", std::string("saem ") + version()},
        {"name", name},      {"traces", traces_},   {"variables", variables_}};
    arrays_.emplace("manifest", to_bytes(manifest.dump(1)));
    if (options.compressed) {
      numpy::savez_compressed(path, arrays_);
    } else {
      numpy::savez(path, arrays_);
    }
  }

 private:
  static void check_serializable(const Graph& graph, const GraphNode& node) {
    if (node.kind != GraphNodeKind::kOp || node.op->options == nullptr ||
        node.op->options->serializable) {
      return;
    }
    raise<ValueError>(
        kSave,
        "{} of function {} holds C++ functions or an open file, which no file can hold; save a "
        "function without it",
        node.op->name, graph.name);
  }

  std::string add_array(const std::string& folder, const Tensor& tensor) {
    std::string name = fmt::format("{}/{}", folder, arrays_.size());
    arrays_.emplace(name, tensor);
    return name;
  }

  /// Traces that share a variable share its array.
  std::string array_of(const Variable& variable) {
    const auto known = names_.find(variable.id());
    if (known != names_.end()) return known->second;
    const NoGradient quiet;
    const std::string array = add_array("variables", variable.value());
    variables_.push_back(
        {{"array", array}, {"name", variable.name()}, {"trainable", variable.trainable()}});
    return names_.emplace(variable.id(), array).first->second;
  }

  std::map<std::string, Tensor> arrays_;
  std::map<const void*, std::string> names_;
  json traces_ = json::array();
  json variables_ = json::array();
};

std::vector<TensorSpec> signature_of(const Graph& graph) {
  std::vector<TensorSpec> specs;
  for (const GraphValue& input : graph.inputs) specs.push_back(graph.spec(input));
  return specs;
}

std::vector<TensorSpec> specs_of(std::span<const Tensor> tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : tensors) specs.push_back({tensor.dtype(), tensor.shape()});
  return specs;
}

std::string to_text(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", spec.dtype.name(), spec.shape.to_string());
  }
  return "(" + text + ")";
}

bool same(const std::vector<TensorSpec>& a, const std::vector<TensorSpec>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const TensorSpec& x, const TensorSpec& y) {
                      return x.dtype == y.dtype && x.shape == y.shape;
                    });
}

}  // namespace

void detail::save(const std::string& path, const saem::detail::FunctionCore& function,
                  const SaveOptions& options) {
  const std::vector<const Graph*> graphs = function.traced_graphs();
  if (graphs.empty()) {
    raise<ValueError>(kSave, "function {} has not been traced; call or prepare it first",
                      function.options().name);
  }
  Writer writer;
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::vector<TensorSpec> specs = signature_of(*graphs[i]);
      if (!same(specs, signature_of(*graphs[j]))) continue;
      raise<ValueError>(kSave,
                        "function {} was traced twice for {}, with other numbers, strings or "
                        "devices beside the tensors; a file has one trace for each kind of tensors",
                        function.options().name, to_text(specs));
    }
    writer.add(*graphs[i]);
  }
  writer.write(path, function.options().name, options);
}

namespace {

/// Reads a file, and believes nothing of it.
class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), archive_(path) {
    manifest_ = read_json("manifest");
    if (text_at(manifest_, "format") != kFormat) fail("is no saved function");
    const int version = integer_at(manifest_, "version");
    if (version > kVersion) {
      fail(fmt::format("has format version {}, written by {}; this saem reads versions up to {}",
                       version, text_at(manifest_, "producer"), kVersion));
    }
    if (version < 1) fail(fmt::format("has format version {}, which there never was", version));
    for (const json& entry : list_at(manifest_, "variables")) {
      const std::string array = text_at(entry, "array");
      variables_.emplace_back(read_array(array),
                              VariableOptions{.name = text_at(entry, "name"),
                                              .trainable = flag_at(entry, "trainable")});
      by_array_.emplace(array, variables_.back());
    }
  }

  [[nodiscard]] std::string name() const { return text_at(manifest_, "name"); }
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }

  [[nodiscard]] std::vector<Graph> read_graphs() const {
    std::vector<Graph> graphs;
    for (const json& trace : list_at(manifest_, "traces")) graphs.push_back(read_graph(trace));
    if (graphs.empty()) fail("has no trace");
    return graphs;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    raise<DataError>(kLoad, "{} {}", path_, what);
  }

  [[nodiscard]] Tensor read_array(const std::string& name) const {
    if (!archive_.contains(name)) fail(fmt::format("has no array '{}'", name));
    return archive_[name];
  }

  [[nodiscard]] std::string read_text(const std::string& name) const {
    const Tensor bytes = read_array(name).cpu();
    if (bytes.dtype() != uint8 || bytes.rank() != 1) fail(fmt::format("has no text '{}'", name));
    const auto span = bytes.span<std::uint8_t>();
    return {span.begin(), span.end()};
  }

  [[nodiscard]] json read_json(const std::string& name) const {
    json value = json::parse(read_text(name), nullptr, /*allow_exceptions=*/false);
    if (!value.is_object()) fail(fmt::format("has no JSON object in '{}'", name));
    return value;
  }

  [[nodiscard]] const json& at(const json& object, const char* key) const {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end()) {
      fail(fmt::format("has a manifest without '{}'", key));
    }
    return *found;
  }
  [[nodiscard]] std::string text_at(const json& object, const char* key) const {
    const json& value = at(object, key);
    if (!value.is_string()) fail(fmt::format("has a manifest whose '{}' is no string", key));
    return value.get<std::string>();
  }
  [[nodiscard]] int integer_at(const json& object, const char* key) const {
    const json& value = at(object, key);
    if (!value.is_number_integer())
      fail(fmt::format("has a manifest whose '{}' is no number", key));
    return static_cast<int>(std::clamp<std::int64_t>(value.get<std::int64_t>(), -1, 1 << 30));
  }
  [[nodiscard]] bool flag_at(const json& object, const char* key) const {
    const json& value = at(object, key);
    if (!value.is_boolean()) fail(fmt::format("has a manifest whose '{}' is no truth value", key));
    return value.get<bool>();
  }
  [[nodiscard]] const json& list_at(const json& object, const char* key) const {
    const json& value = at(object, key);
    if (!value.is_array()) fail(fmt::format("has a manifest whose '{}' is no list", key));
    return value;
  }

  [[nodiscard]] Graph read_graph(const json& trace) const {
    std::vector<Variable> variables;
    std::vector<bool> constant;
    for (const json& array : list_at(trace, "arrays")) {
      if (!array.is_string()) fail("has a manifest whose 'arrays' are no strings");
      const auto name = array.get<std::string>();
      const auto known = by_array_.find(name);
      constant.push_back(known == by_array_.end());
      variables.push_back(
          known != by_array_.end()
              ? known->second
              : Variable{read_array(name), {.name = "constant", .trainable = false}});
    }
    const std::string text = read_text(text_at(trace, "graph"));
    Graph graph = parse(text, variables);
    for (GraphNode& node : graph.nodes) {
      if (node.kind != GraphNodeKind::kVariable ||
          !constant[static_cast<std::size_t>(node.variable)])
        continue;
      node.kind = GraphNodeKind::kConstant;
      node.constant = variables[static_cast<std::size_t>(node.variable)].value();
      node.variable = -1;
    }
    return graph;
  }

  [[nodiscard]] Graph parse(const std::string& text, std::span<const Variable> variables) const {
    try {
      return graph_text::read(text, variables);
    } catch (const OutOfMemoryError&) {
      throw;
    } catch (const Error& error) {
      fail(fmt::format("has a damaged graph: {}", error.what()));
    }
  }

  std::string path_;
  numpy::NpzFile archive_;
  json manifest_;
  std::vector<Variable> variables_;
  std::map<std::string, Variable> by_array_;
};

}  // namespace

struct LoadedFunction::Contents {
  explicit Contents(const Reader& reader)
      : name(reader.name()),
        graphs(reader.read_graphs()),
        variables(reader.variables()),
        core({.name = name, .reduce_retracing = true}, std::source_location::current()) {
    for (const Graph& graph : graphs) signatures.push_back(signature_of(graph));
  }

  [[nodiscard]] saem::detail::FunctionCore::Outcome call(
      const std::vector<Tensor>& arguments) const {
    saem::detail::FunctionArguments flat;
    for (const Tensor& argument : arguments) flat.tensors.push_back(argument);
    if (find_graph(arguments) == nullptr) {
      std::call_once(all_traced_, [&] { trace_all(); });
    }
    return core.call(flat, trace());
  }

  std::string name;
  std::vector<Graph> graphs;
  std::vector<Variable> variables;
  std::vector<std::vector<TensorSpec>> signatures;
  mutable saem::detail::FunctionCore core;

 private:
  [[nodiscard]] const Graph* find_graph(std::span<const Tensor> arguments) const {
    const std::vector<TensorSpec> given = specs_of(arguments);
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      if (same(signatures[i], given)) return &graphs[i];
    }
    return nullptr;
  }

  [[nodiscard]] saem::detail::FunctionCore::Trace trace() const {
    return [this](std::span<const Tensor> symbolic) -> saem::detail::FunctionCore::Traced {
      const Graph* graph = find_graph(symbolic);
      if (graph != nullptr) return {apply_graph(*graph, symbolic)};
      std::string known;
      for (const auto& signature : signatures) {
        known += (known.empty() ? "" : ", ") + to_text(signature);
      }
      raise<ValueError>(name.c_str(), "no trace was saved for {}; there are: {}",
                        to_text(specs_of(symbolic)), known);
    };
  }

  /// What was saved for some sizes may serve others: the core learns it from all traces.
  void trace_all() const {
    for (const Graph& graph : graphs) {
      saem::detail::FunctionArguments arguments;
      for (const GraphValue& input : graph.inputs) {
        Tensor symbolic = Tracer::make_symbolic(graph.spec(input), 0);
        symbolic.impl()->device = graph.node(input).device;
        arguments.tensors.push_back(std::move(symbolic));
      }
      core.trace(arguments, trace());
    }
  }

  mutable std::once_flag all_traced_;
};

LoadedFunction::LoadedFunction(std::shared_ptr<const Contents> contents)
    : contents_(std::move(contents)) {}

std::vector<Tensor> LoadedFunction::operator()(const std::vector<Tensor>& arguments) const {
  const saem::detail::FunctionCore::Outcome outcome = contents_->call(arguments);
  return {outcome.tensors.begin(), outcome.tensors.end()};
}

const std::string& LoadedFunction::name() const { return contents_->name; }
const std::vector<std::vector<TensorSpec>>& LoadedFunction::signatures() const {
  return contents_->signatures;
}
const std::vector<Variable>& LoadedFunction::variables() const { return contents_->variables; }
const Graph& LoadedFunction::graph() const { return contents_->core.graph(true); }

LoadedFunction load(const std::string& path) {
  return LoadedFunction(std::make_shared<const LoadedFunction::Contents>(Reader(path)));
}

}  // namespace saem::saved_function
