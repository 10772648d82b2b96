#pragma once

#include <saem/core/op.hpp>

namespace saem::cpu {

/// How two elements become one.
enum class Fold { kSum, kProduct, kMaximum, kMinimum };

/// A rectangle of elements of which each of `width` lines is folded into its element of
/// `accumulators`: a_j = fold(a_j, x_j0, x_j1, ...), with x_ji at `input[j * width_stride + i *
/// depth_stride]`. One of the two strides is 1. The order depends on the numbers here alone.
struct FoldPanel {
  const void* input;
  std::int64_t width;
  std::int64_t width_stride;
  std::int64_t depth;
  std::int64_t depth_stride;
  void* accumulators;
};

/// How `FoldLoops::fold` takes rows (width_stride 1): so many at a time from the first on; where
/// they lie without gaps and are at most so wide, all of a panel together. Whoever hands
/// a panel over in parts cuts it accordingly.
inline constexpr std::int64_t kRowsAtOnce = 8;
inline constexpr std::int64_t kNarrowRows = 128;

/// The loops of one fold over one element type.
struct FoldLoops {
  void (*fold)(const FoldPanel& panel);
  void (*combine)(void* accumulators, const void* others, std::int64_t count);
};

/// What a reduction does, whatever to. `axes` points into the attributes of its call.
struct FoldStep {
  const Axes* axes;  ///< folded away
  Fold fold;
  DType compute;  ///< what the loops work in; the input is converted if its elements are narrower
  bool mean;      ///< whether to divide by the number of elements folded into one
  FoldLoops loops;
};

class FusedCall;

struct FoldJob {
  const Tensor& input;  ///< lying in memory in any way
  Tensor& output;       ///< contiguous
  FoldStep step;
  /// Null, or what computes the input's elements where they are folded: `input` then has none, and
  /// the result is that of folding them from row-major memory, to the bit.
  const FusedCall* producer = nullptr;
};

/// Folds all that `producer`, which is that of every job, computes: output i is what job i folds.
/// The jobs' inputs have one dtype and shape, and their steps one dtype and the same axes.
void run_folds(std::span<const FoldJob> jobs);

/// Folds axes away, on all threads if there is enough to do. Axes that lie together in memory are
/// merged, whatever order they are named in, so that a panel is read along cache lines; how the
/// work is cut depends on shapes and strides alone, never on the number of threads.
void run_fold(const FoldJob& job);

}  // namespace saem::cpu
