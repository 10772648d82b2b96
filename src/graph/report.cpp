// What a planned function tells of itself: explain and profile.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <saem/ops/fused.hpp>

#include "base/message.hpp"
#include "graph/concrete_function.hpp"

namespace saem {
namespace {

std::string shapes_text(const Graph& graph, const GraphNode& node) {
  std::string text;
  for (const GraphValue& input : node.inputs) {
    if (!text.empty()) text += ' ';
    text += graph.spec(input).shape.to_string();
  }
  text += " ->";
  for (const TensorSpec& output : node.outputs) text += ' ' + output.shape.to_string();
  return text;
}

std::int64_t bytes_of(const TensorSpec& spec) {
  return spec.shape.size() * static_cast<std::int64_t>(spec.dtype.size());
}

/// Bytes that one op reads and writes.
std::int64_t moved_bytes(const Graph& graph, const GraphNode& node) {
  std::int64_t bytes = 0;
  for (const GraphValue& input : node.inputs) bytes += bytes_of(graph.spec(input));
  for (const TensorSpec& output : node.outputs) bytes += bytes_of(output);
  return bytes;
}

/// Bytes that ops read and write, of those that do more than look.
std::int64_t moved_bytes(const Graph& graph) {
  std::int64_t bytes = 0;
  for (const GraphNode& node : graph.nodes) {
    if (node.kind == GraphNodeKind::kOp && !node.op->has(kView)) bytes += moved_bytes(graph, node);
  }
  return bytes;
}

std::string human(std::int64_t bytes) {
  const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024.0 && unit + 1 < std::size(units)) {
    amount /= 1024.0;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

/// `%17 fused: multiply, add, relu -> (32, 256)`, a line for each op that stands for several.
std::string fused_text(const Graph& graph) {
  constexpr std::size_t kMostNamed = 12;
  std::string text;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.kind != GraphNodeKind::kOp || node.op->options != &kAttributesType<FusedOptions>) {
      continue;
    }
    const auto& instructions = node.attributes.ref().as<FusedOptions>().ops.ops->instructions();
    text += fmt::format("    %{} {}:", i, node.type());
    for (std::size_t k = 0; k < instructions.size() && k < kMostNamed; ++k) {
      text += fmt::format("{} {}", k == 0 ? "" : ",", instructions[k].op->name);
    }
    if (instructions.size() > kMostNamed) {
      text += fmt::format(" and {} more", instructions.size() - kMostNamed);
    }
    text += " ->";
    for (const TensorSpec& output : node.outputs) text += ' ' + output.shape.to_string();
    text += '\n';
  }
  return text.empty() ? text : "  fused\n" + text;
}

}  // namespace

std::string detail::FunctionCore::Concrete::explain() const {
  const Executable& planned = plan();
  const Graph& traced = traced_graph();
  const Graph& optimized = planned.graph();
  std::string text = fmt::format("{}(", body->name());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", specs[i].dtype.name(),
                        specs[i].shape.to_string());
  }
  text += fmt::format(")\n  traced     {} ops, {} variables ({} assigned)\n", traced.op_count(),
                      traced.variables.size(), traced.updates.size());
  for (const PassEffect& effect : effects_) {
    text +=
        fmt::format("  {:<26} {} -> {} ops\n", effect.name, effect.ops_before, effect.ops_after);
  }
  int in_place = 0;
  for (const Step& step : planned.steps()) {
    in_place += static_cast<int>(std::count_if(step.memory.begin(), step.memory.end(),
                                               [](int memory) { return memory >= 0; }));
  }
  text += fmt::format("  planned    {} ops in {} steps; {} variables updated in place\n",
                      optimized.op_count(), planned.steps().size(), in_place);
  text += fmt::format("  memory     {} in one arena, {} without reuse; {} results in place\n",
                      human(planned.arena_bytes()), human(planned.intermediate_bytes()),
                      planned.reused_in_place());
  text += fmt::format("  moved      {} a call eagerly, {} planned\n", human(moved_bytes(traced)),
                      human(moved_bytes(optimized)));
  return text + fused_text(optimized);
}

Profile detail::FunctionCore::Concrete::profile(std::span<const Tensor> inputs, int runs) const {
  const Executable& planned = plan();
  const Graph& graph = planned.graph();
  Profile profile{.function = body->name(), .runs = runs};
  (void)planned.run(inputs);  // pages and caches are warm then
  std::vector<double> seconds;
  for (int run = 0; run < runs; ++run) (void)planned.run_timed(inputs, seconds);
  double start = 0.0;
  for (std::size_t i = 0; i < planned.steps().size(); ++i) {
    const int at = planned.steps()[i].node;
    const GraphNode& node = graph.nodes[static_cast<std::size_t>(at)];
    const double mean = seconds[i] / runs;
    profile.entries.push_back({.node = at,
                               .op = std::string(node.type()),
                               .scope = node.name,
                               .shapes = shapes_text(graph, node),
                               .start = start,
                               .seconds = mean,
                               .bytes = moved_bytes(graph, node)});
    start += mean;
  }
  return profile;
}

std::string Profile::to_string() const {
  std::vector<const ProfileEntry*> sorted;
  double total = 0.0;
  for (const ProfileEntry& entry : entries) {
    sorted.push_back(&entry);
    total += entry.seconds;
  }
  std::sort(sorted.begin(), sorted.end(), [](const ProfileEntry* a, const ProfileEntry* b) {
    return a->seconds != b->seconds ? a->seconds > b->seconds : a < b;  // a < b: the earlier step
  });
  std::string text = fmt::format("{}: {:.1f} us a call in {} steps, mean of {} runs\n", function,
                                 total * 1e6, entries.size(), runs);
  text += fmt::format("{:>10} {:>6} {:>8}  {:<24} {}\n", "us", "%", "GB/s", "op", "shapes");
  for (const ProfileEntry* entry : sorted) {
    const double share = total > 0 ? 100.0 * entry->seconds / total : 0.0;
    const double rate =
        entry->seconds > 0 ? static_cast<double>(entry->bytes) / entry->seconds * 1e-9 : 0.0;
    text += fmt::format("{:>10.2f} {:>6.1f} {:>8.1f}  {:<24} {}\n", entry->seconds * 1e6, share,
                        rate, fmt::format("%{} {}", entry->node, entry->op),
                        entry->scope.empty() ? entry->shapes : entry->scope + ' ' + entry->shapes);
  }
  return text;
}

std::string Profile::to_chrome_trace() const {
  // The Trace Event Format: complete events ("X"), times in microseconds.
  nlohmann::json events = nlohmann::json::array();
  for (const ProfileEntry& entry : entries) {
    events.push_back({{"name", entry.op},
                      {"cat", "op"},
                      {"ph", "X"},
                      {"ts", entry.start * 1e6},
                      {"dur", entry.seconds * 1e6},
                      {"pid", 1},
                      {"tid", 1},
                      {"args",
                       {{"node", entry.node},
                        {"scope", entry.scope},
                        {"shapes", entry.shapes},
                        {"bytes", entry.bytes}}}});
  }
  return nlohmann::json{{"traceEvents", events},
                        {"displayTimeUnit", "ns"},
                        {"otherData", {{"function", function}, {"runs", runs}}}}
      .dump(1);
}

std::ostream& operator<<(std::ostream& out, const Profile& profile) {
  return out << profile.to_string();
}

}  // namespace saem
