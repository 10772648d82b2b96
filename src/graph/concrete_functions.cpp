#include "graph/concrete_functions.hpp"

#include <algorithm>

#include "base/message.hpp"

namespace saem {
namespace {

/// So many plans keep their memory between calls: lengths in buckets take turns.
constexpr std::size_t kWithMemory = 8;
/// So many plans made of traces are kept: to make one again takes about as long as a trace.
constexpr std::size_t kMostMade = 32;

/// So many kinds of traces are told apart; a function with more of them is not one to learn from.
constexpr std::size_t kMostFamilies = 8;

}  // namespace

void ConcreteFunctions::use(std::size_t index) {
  const auto at = used_.begin() + static_cast<std::ptrdiff_t>(index);
  std::rotate(used_.begin(), at, at + 1);
  if (index >= kWithMemory) used_[kWithMemory]->trim();
}

void ConcreteFunctions::insert(std::shared_ptr<const Concrete> concrete) {
  used_.push_front(std::move(concrete));
  if (used_.size() > kWithMemory) used_[kWithMemory]->trim();
}

std::shared_ptr<const ConcreteFunctions::Concrete> ConcreteFunctions::find(
    const detail::FunctionArguments& arguments) {
  for (std::size_t i = 0; i < used_.size(); ++i) {
    if (!used_[i]->fits(arguments)) continue;
    use(i);
    return used_.front();
  }
  return nullptr;
}

std::shared_ptr<const ConcreteFunctions::Concrete> ConcreteFunctions::from_traces(
    const detail::FunctionArguments& arguments, const std::set<std::string>& disabled_passes) {
  for (const SizeFamily& family : families_) {
    std::shared_ptr<Concrete> concrete = family.at(arguments);
    if (concrete == nullptr) continue;
    concrete->disabled_passes = disabled_passes;
    insert(concrete);
    ++made_;
    const auto is_made = [](const auto& other) { return other->from_traces; };
    if (static_cast<std::size_t>(std::ranges::count_if(used_, is_made)) > kMostMade) {
      const auto oldest = std::find_if(used_.rbegin(), used_.rend(), is_made);
      used_.erase(std::next(oldest).base());
    }
    return concrete;
  }
  return nullptr;
}

std::string ConcreteFunctions::learn_from(const std::shared_ptr<const Concrete>& traced) {
  if (!SizeFamily::may_learn_from(*traced)) return "";
  std::string obstacle;
  for (SizeFamily& family : families_) {
    if (family.join(traced)) return "";
    if (!family.obstacle().empty()) obstacle = family.obstacle();
  }
  if (families_.size() < kMostFamilies) families_.emplace_back(traced);
  return obstacle;
}

void ConcreteFunctions::add(std::shared_ptr<const Concrete> traced) {
  traced_.push_back(traced);
  insert(std::move(traced));
}

std::string ConcreteFunctions::explain() const {
  if (made_ == 0) return "";
  return fmt::format("  sizes      {} traced, {} planned from these traces\n", traced_.size(),
                     made_);
}

}  // namespace saem
