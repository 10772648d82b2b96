#pragma once

#include "graph/executable.hpp"

namespace saem {

/// What one run of a plan works in: kept and used again.
struct Executable::Frame {
  Tensor arena;
  std::vector<Tensor> slots;
};

/// Puts nodes in another order; nodes that `order` leaves out are dropped. Nobody may use those.
void reorder(Graph& graph, std::span<const std::size_t> order);

}  // namespace saem
