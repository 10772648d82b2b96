#pragma once

#include <saem/graph/graph.hpp>
#include <string>

namespace saem {

/// Throws the error that is being handled again, of the same type, with the place in the function
/// added: which node it was, in which scope, and the line of the program that called the op.
[[noreturn]] void rethrow_from(const Graph& graph, int node);

/// Where `caller` (see `GraphNode::caller`) lies in the program: `train.cpp:41`, or as much as is
/// known; empty if nothing is.
std::string source_line(const void* caller);

}  // namespace saem
