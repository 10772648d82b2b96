#pragma once

#include <memory>
#include <optional>
#include <saem/graph/function.hpp>
#include <string>
#include <vector>

#include "graph/concrete_function.hpp"
#include "graph/size_formula.hpp"

namespace saem {

/// Traces of one function for several sizes that are the same but for numbers which follow from the
/// sizes: enough to make the trace for other sizes without calling the C++ function again.
///
/// Sizes 0 and 1 are not learnt from and not served: ops treat them otherwise (broadcasting).
class SizeFamily {
 public:
  using Concrete = detail::FunctionCore::Concrete;

  explicit SizeFamily(std::shared_ptr<const Concrete> first);

  /// Learns from one more trace. False, and nothing learnt, if it is another family's.
  bool join(const std::shared_ptr<const Concrete>& traced);
  /// The function for arguments that no trace was for; null if the traces do not tell.
  [[nodiscard]] std::unique_ptr<Concrete> at(const detail::FunctionArguments& arguments) const;
  /// Why the latest `join` failed, for a warning: the op whose options follow from no size.
  [[nodiscard]] const std::string& obstacle() const { return obstacle_; }

  /// Whether a trace can be one of a family: its sizes are no special ones, and it takes nothing
  /// from functions around.
  static bool may_learn_from(const Concrete& traced);

 private:
  /// A node of the graph whose options, or elements, follow from sizes.
  struct SizedNode {
    std::size_t node;
    SizedText text;
  };
  struct Sample {
    Sizes sizes;
    Graph graph;  ///< of the updates and later values, too
  };
  [[nodiscard]] bool is_like_first(const Concrete& traced) const;
  [[nodiscard]] std::optional<std::vector<SizedNode>> fit(std::span<const Sample> samples);
  [[nodiscard]] bool knows(const Sizes& sizes) const;
  [[nodiscard]] std::optional<Graph> graph_at(const Sizes& sizes) const;

  std::shared_ptr<const Concrete> first_;
  std::vector<Sample> samples_;
  std::vector<SizedNode> sized_;
  std::string obstacle_;
};

}  // namespace saem
