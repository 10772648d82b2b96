// Reads what text.cpp writes, and what people write by hand: a parser by recursive descent.
#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "base/message.hpp"
#include "graph/function_body.hpp"
#include "graph/node.hpp"
#include "graph/text.hpp"

namespace saem {
namespace {

constexpr const char* kName = "Graph.from_text";
/// Bytes that variables without values may take in one text, which says so with a few letters.
constexpr std::int64_t kMostZeros = std::int64_t{1} << 28;
/// Graphs in options of graphs: far more than functions nest, far less than the stack holds.
constexpr int kDeepest = 32;

thread_local int depth = 0;

class Depth {
 public:
  Depth() { ++depth; }
  ~Depth() { --depth; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
};

class Parser {
 public:
  Parser(std::string_view text, const std::span<const Variable>* given)
      : text_(text), given_(given) {}

  Graph parse() {
    if (depth > kDeepest) fail("graphs in graphs in graphs, {} times; that is no program", depth);
    keyword("graph");
    graph_.name = peek() == '"' ? string() : std::string(word("a name"));
    expect('(');
    if (!accept(')')) {
      do {
        add_input();
      } while (accept(','));
      expect(')');
    }
    expect('{');
    while (peek() == '%') add_node();
    keyword("return");
    if (peek() == '%') {
      do {
        graph_.outputs.push_back(value());
      } while (accept(','));
    }
    while (peek() == 'u') add_update();
    expect('}');
    if (peek() != '\0') fail("the graph has ended; what comes then?");
    guarded([&] { graph_.verify(); });
    return std::move(graph_);
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    std::size_t line = 1;
    for (std::size_t i = 0; i < at_; ++i) line += text_[i] == '\n' ? 1 : 0;
    raise<ValueError>(kName, "line {}: {}", line, fmt::format(text, std::forward<Args>(args)...));
  }

  /// What the library says of something in the text, with the line.
  template <class Body>
  void guarded(Body&& body) const {
    std::string message;
    try {
      body();
      return;
    } catch (const Error& error) {
      message = error.what();
    }
    fail("{}", message);
  }

  /// What stands here, for an error.
  [[nodiscard]] std::string here() {
    skip_space();
    if (at_ >= text_.size()) return "the end";
    return attribute::to_text(std::string(text_.substr(at_, 20)));
  }

  /// Where the next character that is no space stands.
  [[nodiscard]] std::size_t next() const {
    std::size_t at = at_;
    while (at < text_.size() && std::isspace(static_cast<unsigned char>(text_[at])) != 0) ++at;
    return at;
  }
  void skip_space() { at_ = next(); }

  /// That character; 0 at the end.
  [[nodiscard]] char peek() const {
    const std::size_t at = next();
    return at < text_.size() ? text_[at] : '\0';
  }

  /// Takes `c` if it comes next. What was taken last tells the line of an error, so that spaces
  /// before something else stay.
  bool accept(char c) {
    const std::size_t at = next();
    if (at >= text_.size() || text_[at] != c) return false;
    at_ = at + 1;
    return true;
  }

  void expect(char c) {
    if (accept(c)) return;
    const std::string found = here();
    fail("needs '{}', got {}", c, found);
  }

  [[nodiscard]] std::size_t word_end(std::size_t from) const {
    while (from < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[from])) != 0 || text_[from] == '_')) {
      ++from;
    }
    return from;
  }

  std::string_view word(const char* what) {
    skip_space();
    const std::size_t end = word_end(at_);
    if (end == at_) {
      const std::string found = here();
      fail("needs {}, got {}", what, found);
    }
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = end;
    return found;
  }

  bool accept_word(std::string_view wanted) {
    const std::size_t at = next();
    if (text_.substr(at, word_end(at) - at) != wanted) return false;
    at_ = at + wanted.size();
    return true;
  }

  void keyword(const char* wanted) {
    if (accept_word(wanted)) return;
    const std::string found = here();
    fail("needs '{}', got {}", wanted, found);
  }

  std::int64_t number() {
    const std::string_view digits = word("a number");
    std::int64_t value = 0;
    if (!attribute::from_text(digits, value)) fail("{} is no number", digits);
    return value;
  }

  std::string_view quoted() {
    const char opens = peek();
    const std::string found = here();
    if (opens != '"') fail("needs a string in quotes, got {}", found);
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) {
      at_ = begin;
      fail("a string is not closed");
    }
    return text_.substr(begin, ++at_ - begin);
  }

  std::string string() {
    const std::string_view text = quoted();
    std::string value;
    if (!attribute::from_text(text, value)) fail("{} is no string", text);
    return value;
  }

  /// What stands between `open`, which is next, and its `close`; quotes hide both.
  std::string_view enclosed(char open, char close) {
    expect(open);
    const std::size_t begin = at_;
    for (int open_ones = 1; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        (void)quoted();
        continue;
      }
      open_ones += c == open ? 1 : c == close ? -1 : 0;
      ++at_;
      if (open_ones == 0) return text_.substr(begin, at_ - 1 - begin);
    }
    at_ = begin;
    fail("'{}' is not closed", open);
  }

  TensorSpec spec() {
    TensorSpec spec;
    const std::string_view dtype = word("a dtype");
    if (!attribute::from_text(dtype, spec.dtype) || spec.dtype == DType::kInvalid) {
      fail("{} is no dtype", dtype);
    }
    const std::string shape = "(" + std::string(enclosed('(', ')')) + ")";
    if (!attribute::from_text(shape, spec.shape)) {
      fail("{} is no shape; one is written like (), (3,) or (2, 3)", shape);
    }
    guarded([&] {
      const std::int64_t size = checked_size(spec.shape, "shape");
      if (size > std::int64_t{1} << 58) raise<ShapeError>("shape", "{} is too large", shape);
    });
    return spec;
  }

  std::string_view value_name() {
    expect('%');
    return word("a node");
  }

  GraphValue value() {
    const std::string_view name = value_name();
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) fail("%{} is not known here", name);
    GraphValue value{found->second, 0};
    const std::size_t outputs = graph_.node(value).outputs.size();
    const std::int64_t output = at_ < text_.size() && text_[at_] == ':' ? (++at_, number()) : 0;
    if (output < 0 || static_cast<std::size_t>(output) >= outputs) {
      fail("%{} has {} outputs, there is no {}", name, outputs, output);
    }
    value.output = static_cast<int>(output);
    return value;
  }

  void name_node(std::string_view name) {
    if (!nodes_.emplace(name, static_cast<int>(graph_.nodes.size())).second) {
      fail("%{} is there already", name);
    }
  }

  /// ` on /GPU:0`, which may be missing.
  Device place() {
    Device device;
    if (!accept_word("on")) return device;
    skip_space();
    std::size_t end = at_;
    while (end < text_.size() && (word_end(end) > end || text_[end] == '/' || text_[end] == ':')) {
      ++end;
    }
    guarded([&] { device = Device::parse(text_.substr(at_, end - at_)); });
    at_ = end;
    return device;
  }

  void place_and_name(GraphNode& node) {
    node.device = place();
    if (peek() == '"') node.name = string();
  }

  void add(GraphNode node) {
    graph_.nodes.push_back(std::move(node));
    guarded([&] { verify_node(graph_, graph_.nodes.size() - 1); });
  }

  void add_input() {
    name_node(value_name());
    expect(':');
    GraphNode node{.kind = GraphNodeKind::kInput};
    node.outputs = {spec()};
    place_and_name(node);
    graph_.inputs.push_back({static_cast<int>(graph_.nodes.size()), 0});
    add(std::move(node));
  }

  void add_node() {
    const std::string_view name = value_name();
    const std::int64_t outputs = accept(':') ? number() : 1;
    expect('=');
    skip_space();
    const std::size_t begin = at_;
    const std::string_view type = word("an op");
    GraphNode node;
    if (type == "variable") {
      const int variable = add_variable();
      node.kind = GraphNodeKind::kVariable;
      const Variable& made = graph_.variables.back();
      node.outputs = {{made.dtype(), made.shape()}};
      node.device = made.device();
      node.variable = variable;
      node.name = made.name();
    } else if (type == "constant") {
      read_constant(node);
    } else {
      at_ = begin;
      read_call(node);
    }
    if (static_cast<std::size_t>(outputs) != node.outputs.size()) {
      fail("%{} has {} outputs, the text says {}", name, node.outputs.size(), outputs);
    }
    name_node(name);
    add(std::move(node));
  }

  /// `[1, 2]`, `base64 "AAA="` or `<9 elements>`: where it stands, since the dtype comes later.
  struct Elements {
    enum class Kind { kNone, kLeftOut, kNumbers, kPacked };
    Kind kind = Kind::kNone;
    std::string text = {};
  };

  Elements elements() {
    const char next = peek();
    if (next == '[') return {Elements::Kind::kNumbers, "[" + std::string(enclosed('[', ']')) + "]"};
    if (next == '<') return {Elements::Kind::kLeftOut, std::string(enclosed('<', '>'))};
    if (accept_word("base64")) return {Elements::Kind::kPacked, string()};
    return {};
  }

  bool read(const Elements& elements, const TensorSpec& spec, Tensor& tensor) const {
    bool good = false;
    guarded([&] {
      if (elements.kind == Elements::Kind::kNumbers) {
        good = graph_text::read_elements(elements.text, spec, tensor);
      } else if (elements.kind == Elements::Kind::kPacked) {
        good = graph_text::read_packed(elements.text, spec, tensor);
      }
    });
    return good;
  }

  int add_variable() {
    VariableOptions options{.name = string(), .trainable = accept_word("trainable")};
    const Elements given = elements();
    expect(':');
    const TensorSpec spec = this->spec();
    const Device device = place();
    if (given_ != nullptr) return add_given(options.name, spec);
    Tensor initial;
    if (given.kind == Elements::Kind::kNone || given.kind == Elements::Kind::kLeftOut) {
      const auto width = static_cast<std::int64_t>(spec.dtype.size());
      if (spec.shape.size() > (kMostZeros - zeros_) / width) {
        fail("variables without values take more than {} bytes; write the text with its values",
             kMostZeros);
      }
      zeros_ += spec.shape.size() * width;
      initial = Tensor::empty(spec.dtype, spec.shape);
      std::fill_n(static_cast<char*>(initial.mutable_data()), initial.nbytes(), '\0');
    } else if (!read(given, spec, initial)) {
      fail("these elements do not make a {}", graph_text::spec(spec));
    }
    guarded([&] { graph_.variables.emplace_back(initial.to(device), std::move(options)); });
    return static_cast<int>(graph_.variables.size()) - 1;
  }

  /// The next of the variables that came with the text.
  int add_given(const std::string& name, const TensorSpec& spec) {
    const std::size_t next = graph_.variables.size();
    if (next >= given_->size()) fail("variable \"{}\" did not come with the text", name);
    const Variable& variable = (*given_)[next];
    if (variable.dtype() != spec.dtype || variable.shape() != spec.shape) {
      fail("variable \"{}\" is {}, the one that came with the text is {}", name,
           graph_text::spec(spec), graph_text::spec({variable.dtype(), variable.shape()}));
    }
    graph_.variables.push_back(variable);
    return static_cast<int>(next);
  }

  void read_constant(GraphNode& node) {
    node.kind = GraphNodeKind::kConstant;
    const Elements given = elements();
    expect(':');
    node.outputs = {spec()};
    place_and_name(node);
    if (given.kind == Elements::Kind::kLeftOut) {
      fail("the elements of a constant were left out; write the text with its values");
    }
    if (!read(given, node.outputs[0], node.constant)) {
      fail("these elements do not make a {}", graph_text::spec(node.outputs[0]));
    }
    guarded([&] { node.constant = node.constant.to(node.device); });
  }

  void read_call(GraphNode& node) {
    const std::string_view name = word("an op");
    node.op = find_graph_op(name);
    if (node.op == nullptr) fail("there is no op \"{}\"", name);
    expect('(');
    if (!accept(')')) {
      do {
        node.inputs.push_back(value());
      } while (accept(','));
      expect(')');
    }
    const AttributesType* options = node.op->options;
    if (peek() == '{') {
      const std::string_view text = enclosed('{', '}');
      guarded([&] { node.attributes = Attributes::parse(options, text); });
    } else if (options != nullptr) {
      // By way of their text: a program or a graph that is not there has none that can be read.
      const std::string defaults = options->to_string(options->make_default().get());
      guarded([&] { node.attributes = Attributes::parse(options, defaults); });
    }
    guarded([&] { node.outputs = infer_node(graph_, node).specs; });
    if (accept(':')) {
      node.outputs.clear();
      do {
        node.outputs.push_back(spec());
      } while (accept(','));
    }
    place_and_name(node);
  }

  void add_update() {
    keyword("update");
    GraphUpdate update;
    if (accept_word("variable")) {
      update.variable = add_variable();
    } else {
      const GraphNode& node = graph_.node(value());
      if (node.kind != GraphNodeKind::kVariable) fail("what is updated must be a variable");
      update.variable = node.variable;
    }
    expect('=');
    update.value = value();
    graph_.updates.push_back(update);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Graph graph_;
  std::unordered_map<std::string_view, int> nodes_;
  std::int64_t zeros_ = 0;
  const std::span<const Variable>* given_;
};

Graph parse_text(std::string_view text, const std::span<const Variable>* given) {
  const TracingScope outside(nullptr);  // tensors that are made here belong to no trace
  const Depth within;
  return Parser(text, given).parse();
}

}  // namespace

Graph Graph::from_text(std::string_view text) { return parse_text(text, nullptr); }

Graph graph_text::read(std::string_view text, std::span<const Variable> variables) {
  return parse_text(text, &variables);
}

}  // namespace saem
