// Algebra that leaves every bit as it is, NaN, infinities and signed zeros included; the NaNs are
// those that arithmetic makes (a signalling one, which no op makes, would be quieted by x * 1).
// What is true of real numbers but not of these (x + 0 is not x for x = -0, x * 0 not 0, x - x not
// 0, (x * y) / y not x) stays out.
#include <cmath>
#include <cstring>
#include <optional>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>
#include <unordered_map>

#include "core/dispatch.hpp"
#include "graph/node.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

/// What a node becomes: a value that there is, or itself with other inputs or options.
struct Simpler {
  std::optional<GraphValue> value = {};
  std::optional<GraphNode> node = {};
};

/// A node that is being written, with the graph so far.
struct Place {
  const Graph& graph;
  const GraphNode& node;

  [[nodiscard]] GraphValue input(std::size_t i = 0) const { return node.inputs[i]; }
  /// The op that makes input `i`, if it has that name.
  [[nodiscard]] const GraphNode* maker(std::size_t i, std::string_view name) const {
    const GraphNode& found = graph.node(input(i));
    return found.kind == GraphNodeKind::kOp && found.type() == name ? &found : nullptr;
  }
  /// Whether value `v` has dtype, shape and device of the node's result.
  [[nodiscard]] bool fits(GraphValue v) const {
    const TensorSpec& spec = graph.spec(v);
    return spec.dtype == node.outputs[0].dtype && spec.shape == node.outputs[0].shape &&
           graph.node(v).device == node.device;
  }
  /// `v` in the place of the node, where it fits.
  [[nodiscard]] Simpler give(GraphValue v) const {
    return fits(v) ? Simpler{.value = v} : Simpler{};
  }
};

/// The number that all elements of a value are; nothing where they differ, are complex or unknown.
std::optional<double> uniform(const Graph& graph, GraphValue value) {
  constexpr std::int64_t kMostRead = 4096;
  const GraphNode& node = graph.node(value);
  const DType dtype = graph.spec(value).dtype;
  if (dtype.is_complex() || dtype.is_float8()) return std::nullopt;
  std::optional<double> number;
  if (node.kind == GraphNodeKind::kOp && node.type() == "fill") {
    const Scalar& filled = node.attributes.ref().as<FillOptions>().value;
    if (!filled.is_complex()) number = filled.to<double>();
  }
  if (node.kind != GraphNodeKind::kConstant || node.device != Device{}) return number;
  const Tensor& tensor = node.constant;
  if (tensor.size() == 0 || tensor.size() > kMostRead || !tensor.is_contiguous()) return number;
  dispatch(dtype, [&]<class T>(Type<T>) {
    const T* elements = tensor.data_as<T>();
    for (std::int64_t i = 1; i < tensor.size(); ++i) {
      if (std::memcmp(elements, elements + i, sizeof(T)) != 0) return;
    }
    number = static_cast<double>(elements[0]);
  });
  return number;
}

bool is_number(const Place& at, std::size_t i, double wanted) {
  const std::optional<double> number = uniform(at.graph, at.input(i));
  return number && *number == wanted && std::signbit(*number) == std::signbit(wanted);
}

/// x * 1 and 1 * x are x: one factor's significand is 1, so the product is exact.
Simpler multiply(const Place& at) {
  if (is_number(at, 1, 1.0)) return at.give(at.input(0));
  if (is_number(at, 0, 1.0)) return at.give(at.input(1));
  return {};
}

/// x / 1 is x, as above. (Of integers the quotient is floating point and does not fit.)
Simpler divide(const Place& at) { return is_number(at, 1, 1.0) ? at.give(at.input(0)) : Simpler{}; }

/// x + -0 is x: 0 + -0 = 0, -0 + -0 = -0, and everything else is exact. Integers have one zero.
Simpler add(const Place& at) {
  const double zero = at.node.outputs[0].dtype.is_floating() ? -0.0 : 0.0;
  if (is_number(at, 1, zero)) return at.give(at.input(0));
  if (is_number(at, 0, zero)) return at.give(at.input(1));
  return {};
}

/// x - 0 is x: -0 - 0 = -0, 0 - 0 = 0. (x - -0 is not: -0 - -0 = 0.)
Simpler subtract(const Place& at) {
  return is_number(at, 1, 0.0) ? at.give(at.input(0)) : Simpler{};
}

/// Of what was negated twice, the sign bit is as it was; integers wrap around back.
template <const char* const& kName>
Simpler involution(const Place& at) {
  const GraphNode* inner = at.maker(0, kName);
  return inner != nullptr ? at.give(inner->inputs[0]) : Simpler{};
}
constexpr const char* kNegative = "negative";
constexpr const char* kLogicalNot = "logical_not";

/// abs, floor, ceil, round, relu and relu6 give what they give back unchanged.
Simpler idempotent(const Place& at) {
  return at.maker(0, at.node.type()) != nullptr ? at.give(at.input()) : Simpler{};
}

/// max(x, x) and min(x, x) are x, be it NaN or a zero.
Simpler extreme(const Place& at) {
  return at.input(0) == at.input(1) ? at.give(at.input(0)) : Simpler{};
}

/// Hands its input through. What it means for gradients is over: they were traced before.
Simpler handed_through(const Place& at) { return at.give(at.input()); }

/// To the dtype that it has; and back, from one that holds all numbers of the first.
Simpler cast(const Place& at) {
  if (at.fits(at.input())) return at.give(at.input());
  const GraphNode* inner = at.maker(0, "cast");
  if (inner == nullptr) return {};
  const DType first = at.graph.spec(inner->inputs[0]).dtype;
  const DType wide = inner->outputs[0].dtype;
  const bool widens = (first.is_floating() && wide.is_floating() && wide.size() > first.size() &&
                       wide.size() >= 4) ||
                      (first.is_integer() && wide.is_integer() && wide.size() > first.size() &&
                       (first.is_unsigned() || !wide.is_unsigned()));
  return widens ? at.give(inner->inputs[0]) : Simpler{};
}

/// Moves no element: of two in a row, the second alone tells the order of elements.
Simpler reshape(const Place& at) {
  if (at.fits(at.input())) return at.give(at.input());
  const GraphNode* inner = at.maker(0, "reshape");
  if (inner == nullptr) return {};
  GraphNode outer = at.node;
  outer.inputs = inner->inputs;
  return {.node = std::move(outer)};
}

/// As axes are moved once, they can be moved again in the same step; back where they were, not at
/// all.
Simpler transpose(const Place& at) {
  Dims perm = at.node.attributes.ref().as<TransposeOptions>().perm;
  GraphValue source = at.input();
  const GraphNode* inner = at.maker(0, "transpose");
  if (inner != nullptr) {
    const Dims& first = inner->attributes.ref().as<TransposeOptions>().perm;
    if (first.size() != perm.size()) return {};
    for (std::int64_t& axis : perm) {
      if (axis < 0 || axis >= static_cast<std::int64_t>(first.size())) return {};
      axis = first[static_cast<std::size_t>(axis)];
    }
    source = inner->inputs[0];
  }
  bool idle = static_cast<int>(perm.size()) == at.graph.spec(source).shape.rank();
  for (std::size_t i = 0; i < perm.size(); ++i) {
    idle = idle && perm[i] == static_cast<std::int64_t>(i);
  }
  if (idle) return at.give(source);
  if (inner == nullptr) return {};
  GraphNode outer = at.node;
  outer.inputs = {source};
  outer.attributes = Attributes(TransposeOptions{std::move(perm)});
  return {.node = std::move(outer)};
}

/// Repeats elements; what is repeated again is repeated once, to the last shape.
Simpler broadcast_to(const Place& at) {
  if (at.fits(at.input())) return at.give(at.input());
  const GraphNode* inner = at.maker(0, "broadcast_to");
  if (inner == nullptr) return {};
  GraphNode outer = at.node;
  outer.inputs = inner->inputs;
  return {.node = std::move(outer)};
}

/// Over no axes, each element is its own product or extreme. (A sum begins with 0, which makes 0 of
/// -0; it stays.)
Simpler reduction(const Place& at) {
  const Axes& axes = at.node.attributes.ref().as<ReduceOptions>().axis;
  const bool none = axes.all() ? at.graph.spec(at.input()).shape.rank() == 0 : axes.dims().empty();
  return none ? at.give(at.input()) : Simpler{};
}

/// One branch where both are the same, or where the condition is the same everywhere.
Simpler where(const Place& at) {
  if (at.node.inputs.size() != 3) return {};
  if (at.input(1) == at.input(2)) return at.give(at.input(1));
  const std::optional<double> condition = uniform(at.graph, at.input(0));
  return condition ? at.give(at.input(*condition != 0.0 ? 1 : 2)) : Simpler{};
}

/// One tensor put behind nothing.
Simpler concat(const Place& at) {
  return at.node.inputs.size() == 1 ? at.give(at.input()) : Simpler{};
}

/// An elementwise op repeats its inputs itself: what was repeated for it need not be, as long as
/// the others give the result its shape.
Simpler unrepeated(const Place& at) {
  for (std::size_t i = 0; i < at.node.inputs.size(); ++i) {
    const GraphNode* repeated = at.maker(i, "broadcast_to");
    if (repeated == nullptr) continue;
    GraphNode node = at.node;
    node.inputs[i] = repeated->inputs[0];
    try {
      const NodeResult result = infer_node(at.graph, node);
      if (result.specs.size() == 1 && result.specs[0].shape == at.node.outputs[0].shape &&
          result.specs[0].dtype == at.node.outputs[0].dtype && result.device == at.node.device) {
        return {.node = std::move(node)};
      }
    } catch (const Error&) {
      continue;  // the op takes no such shapes together
    }
  }
  return {};
}

using Rule = Simpler (*)(const Place& at);

const std::unordered_map<std::string_view, Rule>& rules() {
  static const std::unordered_map<std::string_view, Rule> table = {
      {"multiply", multiply},
      {"divide", divide},
      {"add", add},
      {"subtract", subtract},
      {"negative", involution<kNegative>},
      {"logical_not", involution<kLogicalNot>},
      {"abs", idempotent},
      {"floor", idempotent},
      {"ceil", idempotent},
      {"round", idempotent},
      {"relu", idempotent},
      {"relu6", idempotent},
      {"maximum", extreme},
      {"minimum", extreme},
      {"identity", handed_through},
      {"stop_gradient", handed_through},
      {"prevent_gradient", handed_through},
      {"copy_to_device", handed_through},
      {"cast", cast},
      {"reshape", reshape},
      {"transpose", transpose},
      {"broadcast_to", broadcast_to},
      {"reduce_prod", reduction},
      {"reduce_max", reduction},
      {"reduce_min", reduction},
      {"reduce_any", reduction},
      {"reduce_all", reduction},
      {"where", where},
      {"concat", concat},
  };
  return table;
}

Simpler simplified(const Place& at) {
  if (at.node.kind != GraphNodeKind::kOp || at.node.outputs.size() != 1) return {};
  // An op of the user's may have such a name too.
  if (find_op(at.node.op->name) != at.node.op) return {};
  Simpler result;
  if (const auto rule = rules().find(at.node.op->name); rule != rules().end()) {
    result = rule->second(at);
  }
  if (!result.value && !result.node && at.node.op->has(kElementwise)) result = unrepeated(at);
  return result;
}

}  // namespace

bool simplify(Graph& graph) {
  bool changed = false;
  Rewriter rewriter(graph);
  for (std::size_t i = 0; i < rewriter.size(); ++i) {
    GraphNode node = rewriter.moved(i);
    Simpler result = simplified({graph, node});
    // Each rule takes one node out of a chain, so this ends.
    while (result.node) {
      changed = true;
      node = std::move(*result.node);
      result = simplified({graph, node});
    }
    if (result.value) {
      changed = true;
      rewriter.replace(i, 0, *result.value);
    } else {
      rewriter.keep_as(i, std::move(node));
    }
  }
  rewriter.finish();
  return changed;
}

}  // namespace saem
