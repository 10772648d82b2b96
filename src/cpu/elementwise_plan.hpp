#pragma once

#include <algorithm>
#include <saem/core/shape.hpp>

#include "cpu/elementwise.hpp"

/// How the operands of pointwise work are walked block by block, whatever way they lie: what one
/// op and a fused group of ops share.
namespace saem::cpu {

/// Elements of one block: three float32 operands of it fill a quarter of a 48 KiB first-level
/// cache.
inline constexpr std::int64_t kBlock = 1024;
/// Less than this is not worth waking a second thread: about 10 us of an add.
inline constexpr std::int64_t kGrain = 32 * kBlock;
/// Inputs of one pointwise op.
inline constexpr std::size_t kMaxInputs = 4;

/// An input as it lies in memory.
struct WalkedInput {
  DType dtype;
  const Shape& shape;
  const Dims& strides;   ///< in elements
  bool convert = false;  ///< is read through `widen`
};

/// How one input is walked in the order of the output's elements.
struct Walk {
  DType dtype;
  std::size_t width = 0;
  bool convert = false;     ///< is read through `widen`
  bool linear = false;      ///< lies exactly like the output
  bool constant = false;    ///< one element for the whole output
  std::int64_t period = 0;  ///< so many of the output's elements on it starts again; 0 if never
  Dims strides;             ///< in elements, 0 where it is broadcast
};

struct ElementwisePlan {
  Dims sizes;              ///< the output's, neighbours merged where every input allows it
  std::size_t widest = 0;  ///< bytes of the widest input's elements
  SmallVector<Walk, kMaxInputs> walks;

  /// How many of the `count` elements from `at` on make a good block. Ending blocks where long
  /// runs end keeps the runs whole.
  [[nodiscard]] std::int64_t block_at(std::int64_t at, std::int64_t count) const {
    const std::int64_t inner = sizes.back();
    return inner >= kBlock / 4 ? std::min(count, inner - at % inner) : count;
  }
};

ElementwisePlan plan_elementwise(const Shape& output, std::span<const WalkedInput> inputs);

/// Where the elements of the input at `data` that belong to output elements [begin, begin + count)
/// lie one after the other, if they do as the block wants them; null if they
/// have to be gathered.
const std::byte* run_in_place(const ElementwisePlan& plan, const Walk& walk, const void* data,
                              std::int64_t begin, std::int64_t count);

/// Gathers those elements, widened where the walk says so.
void pack(const ElementwisePlan& plan, const Walk& walk, const void* data, std::int64_t begin,
          std::int64_t count, std::byte* to);

}  // namespace saem::cpu
