#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cpu/elementwise.hpp"

/// Micro programs: neighbouring ops of a fused group that cost a vector instruction or two each.
/// Run block by block, such an op costs as much as its loads and its store. In a micro program a
/// few vectors at a time go through all of the ops, and what one op hands to the next stays in
/// the processor's vector registers, the accumulator: ops are functions that take it as their
/// arguments and end by calling the next one. What is needed later goes through memory as before.
///
/// An op's micro form is made of the functor that its block function is made of, so the bits are
/// the same. `micro_op-inl.hpp` makes one; kernels hand it over with their block function.
namespace saem::cpu {

/// A step of a micro program; its signature has vectors in it, which differ from machine to
/// machine.
using MicroFunction = void (*)();

struct MicroOp {
  static constexpr std::size_t kMaxPlaces = 2;

  MicroFunction run;
  const void* options = nullptr;
  /// The operands that are not in the accumulator, by their number in the table of places.
  std::array<std::uint16_t, kMaxPlaces> places{};
};

/// What the micro forms of one element type and one SIMD target have in common: those of one
/// machine can call each other.
struct MicroMachine {
  std::int64_t width;    ///< bytes of an element
  MicroFunction load;    ///< places[0] to the accumulator
  MicroFunction store;   ///< the accumulator to places[0]
  MicroFunction finish;  ///< stores, and is the last one
  /// Runs the whole steps that are in the first `bytes` of all places; returns their bytes.
  std::int64_t (*run)(const MicroOp* program, std::byte* const* places, std::int64_t bytes);
};

/// What a pointwise op is in a micro program.
struct MicroForm {
  static constexpr std::size_t kMaxOperands = MicroOp::kMaxPlaces + 1;

  const MicroMachine* machine;
  std::size_t operands;
  /// With operand 0, 1 ... in the accumulator and the others, in their order, in memory.
  std::array<MicroFunction, kMaxOperands> with;
};

/// What kernels whose ops have micro forms find for a dtype and a SIMD target.
struct BlockForms {
  BlockFunction block = nullptr;
  const MicroForm* micro = nullptr;  ///< none where the block is more than a few instructions
};

/// Runs a job; where fused programs ask what the op does, they learn its micro form, too.
void run_elementwise(const ElementwiseJob& job, const MicroForm* micro);

}  // namespace saem::cpu
