#pragma once

#include <saem/autodiff/tape.hpp>
#include <saem/plot/graph.hpp>
#include <vector>

namespace saem::plot {

/// What a tape recorded, as a picture: a box for each op and source with its value and, where it is
/// known, d(target)/d(value). Tensors of up to four elements are written out, others as their
/// shape.
///
/// @param nodes  from `GradientTape::graph`
/// @return       the figure
/// @throws ValueError for no nodes
/// @code
/// tf::Variable w{tf::constant(2.0), {.name = "w"}};
/// tf::GradientTape tape{{.persistent = true}};
/// const auto y = w * w + 1.0;
/// plot::graph(tape.graph(y, true)).save("tape.svg");
/// @endcode
SAEM_API Figure graph(const std::vector<TapeNode>& nodes);

/// The picture that `graph` draws, to be changed before it is drawn.
SAEM_API GraphPicture tape_picture(const std::vector<TapeNode>& nodes);

}  // namespace saem::plot
