#include "graph/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace saem {
namespace {

constexpr std::int64_t kAlignment = 64;

std::int64_t aligned(std::int64_t bytes) {
  return (std::max<std::int64_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
}

/// Requests that share one place: a chain in which each takes over from the one before.
struct Chain {
  std::int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
  std::int64_t offset = 0;
};

/// In-place reuse is decided first: chains are then placed like single requests.
std::vector<int> find_chains(const std::vector<MemoryRequest>& requests,
                             std::vector<Chain>& chains) {
  std::vector<int> chain_of(requests.size(), -1);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const MemoryRequest& request = requests[i];
    const auto from = static_cast<std::size_t>(request.may_reuse);
    const bool joins =
        request.may_reuse >= 0 && from < i && requests[from].last_step == request.first_step &&
        chains[static_cast<std::size_t>(chain_of[from])].last_step == request.first_step &&
        aligned(requests[from].bytes) >= aligned(request.bytes);
    if (joins) {
      chain_of[i] = chain_of[from];
      Chain& chain = chains[static_cast<std::size_t>(chain_of[i])];
      chain.last_step = request.last_step;
    } else {
      chain_of[i] = static_cast<int>(chains.size());
      chains.push_back({aligned(request.bytes), request.first_step, request.last_step, 0});
    }
  }
  return chain_of;
}

/// The lowest place that no chain placed before holds while `chain` lives.
std::int64_t lowest_place(const Chain& chain, const std::vector<const Chain*>& placed) {
  std::int64_t place = 0;
  for (const Chain* other : placed) {  // sorted by offset
    const bool together =
        other->first_step <= chain.last_step && chain.first_step <= other->last_step;
    if (!together) continue;
    if (place + chain.bytes <= other->offset) break;
    place = std::max(place, other->offset + other->bytes);
  }
  return place;
}

}  // namespace

ArenaPlan plan_memory(const std::vector<MemoryRequest>& requests) {
  ArenaPlan plan;
  std::vector<Chain> chains;
  const std::vector<int> chain_of = find_chains(requests, chains);
  plan.reused_in_place = static_cast<int>(requests.size() - chains.size());
  std::vector<std::size_t> order(chains.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return chains[a].bytes != chains[b].bytes ? chains[a].bytes > chains[b].bytes : a < b;
  });
  std::vector<const Chain*> placed;
  for (const std::size_t at : order) {
    Chain& chain = chains[at];
    chain.offset = lowest_place(chain, placed);
    plan.bytes = std::max(plan.bytes, chain.offset + chain.bytes);
    const auto after = std::upper_bound(
        placed.begin(), placed.end(), chain.offset,
        [](std::int64_t offset, const Chain* other) { return offset < other->offset; });
    placed.insert(after, &chain);
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    plan.offsets.push_back(chains[static_cast<std::size_t>(chain_of[i])].offset);
    plan.separate_bytes += aligned(requests[i].bytes);
  }
  return plan;
}

}  // namespace saem
