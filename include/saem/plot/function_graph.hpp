#pragma once

#include <saem/graph/graph.hpp>
#include <saem/plot/graph.hpp>

namespace saem::plot {

/// The graph that a function was traced or optimised to, as a picture: a box a node, in colours for
/// arguments, variables, constants and results, dtypes and shapes beside the arrows. A box says the
/// op's options and its scope; graphs within options are named alone.
///
/// @param graph  such as `Function::graph` or `Function::traced_graph` give
/// @return       the figure
/// @throws ValueError for a graph without nodes
/// @code
/// tf::Variable w{tf::ones({2, 2}), {.name = "w"}};
/// auto layer = tf::function([&](const tf::Tensor& x) { return tf::exp(tf::matmul(x, w)); });
/// layer(tf::ones({3, 2}));
/// plot::graph(layer.graph()).save("layer.svg");
/// @endcode
SAEM_API Figure graph(const Graph& graph);

/// The picture that `graph` draws, to be changed before it is drawn.
SAEM_API GraphPicture function_picture(const Graph& graph);

}  // namespace saem::plot
