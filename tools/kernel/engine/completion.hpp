#pragma once

#include <nlohmann/json.hpp>

#include "cell_parser.hpp"

namespace saem_kernel {

/// What could stand at `offset` of the cell: {"matches": [{"text", "kind", "signature"}...],
/// "start", "end"} with byte offsets. Leaves the session as it was.
nlohmann::json complete(CellParser& parser, const Cell& cell, unsigned offset);

/// What the name at `offset` of the cell means: {"found", "entries": [{"declaration", "comment",
/// "place"}...]}. Leaves the session as it was.
nlohmann::json inspect(CellParser& parser, const Cell& cell, unsigned offset);

}  // namespace saem_kernel
