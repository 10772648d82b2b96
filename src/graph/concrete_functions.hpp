#pragma once

#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "graph/size_family.hpp"

namespace saem {

/// What a function has been traced for, and what was made of these traces for other sizes.
///
/// Traces stay. What is made of them does as long as it is used: a sequence that grows by one in
/// each call would else hold a plan for each length. Not thread-safe.
class ConcreteFunctions {
 public:
  using Concrete = detail::FunctionCore::Concrete;

  /// The one for these arguments; null if there is none.
  std::shared_ptr<const Concrete> find(const detail::FunctionArguments& arguments);
  /// One made of traces for other sizes, and kept; null if they do not tell.
  std::shared_ptr<const Concrete> from_traces(const detail::FunctionArguments& arguments,
                                              const std::set<std::string>& disabled_passes);
  /// Makes use of a trace for other sizes; says what stands against it.
  std::string learn_from(const std::shared_ptr<const Concrete>& traced);
  void add(std::shared_ptr<const Concrete> traced);

  /// All traces, in their order.
  [[nodiscard]] std::span<const std::shared_ptr<const Concrete>> traced() const { return traced_; }
  /// A line on sizes, or nothing.
  [[nodiscard]] std::string explain() const;

 private:
  void use(std::size_t index);
  void insert(std::shared_ptr<const Concrete> concrete);

  std::vector<std::shared_ptr<const Concrete>> traced_;
  std::deque<std::shared_ptr<const Concrete>> used_;  ///< everything, latest use first
  std::vector<SizeFamily> families_;
  std::size_t made_ = 0;  ///< concretes that were made of traces
};

}  // namespace saem
