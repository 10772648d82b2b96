#pragma once

#include <array>
#include <cstdint>
#include <saem/core/tensor.hpp>

/// How the positions of an output map to places in inputs that broadcast and lie in any way.
namespace saem::cuda {

/// Axes that a kernel takes apart by itself; after merging hardly any program has more than three.
inline constexpr int kMostAxes = 6;

/// n / divisor for n < 2^31 by one multiplication: Granlund and Montgomery, "Division by Invariant
/// Integers using Multiplication", PLDI 1994.
struct Divider {
  std::uint32_t divisor = 1;
  std::uint32_t factor = 0;
  std::uint32_t shift = 0;

  Divider() = default;
  explicit Divider(std::uint32_t by) : divisor(by) {
    while ((std::uint64_t{1} << shift) < divisor) ++shift;
    factor = static_cast<std::uint32_t>(
        ((std::uint64_t{1} << 32) * ((std::uint64_t{1} << shift) - divisor)) / divisor + 1);
  }

#ifdef __CUDACC__
  __device__ __forceinline__ std::uint32_t operator()(std::uint32_t n) const {
    return (__umulhi(n, factor) + n) >> shift;
  }
#endif
};

/// The axes of an output, and how each of `kInputs` inputs steps along them; outermost first.
template <int kInputs>
struct BroadcastLayout {
  SmallVector<std::int64_t, 8> sizes;
  std::array<SmallVector<std::int64_t, 8>, kInputs> strides;
  [[nodiscard]] std::size_t rank() const { return sizes.size(); }
};

/// Elements between neighbours of `input` along axis `axis` of a result of `rank` axes, to which it
/// broadcasts.
inline std::int64_t broadcast_stride(const Tensor& input, int rank, int axis) {
  const int own = axis - (rank - input.rank());
  if (own < 0 || input.shape()[own] == 1) return 0;
  return input.strides()[static_cast<std::size_t>(own)];
}

/// The axes of `output` as seen by `inputs`: those of size 1 left out, neighbours merged where all
/// inputs step through them as through one. At least one axis.
template <int kInputs>
BroadcastLayout<kInputs> broadcast_layout(const Shape& output,
                                          const std::array<const Tensor*, kInputs>& inputs) {
  BroadcastLayout<kInputs> layout;
  for (int axis = 0; axis < output.rank(); ++axis) {
    const std::int64_t size = output[axis];
    if (size == 1) continue;
    std::array<std::int64_t, kInputs> steps;
    bool merges = layout.rank() > 0;
    for (std::size_t k = 0; k < kInputs; ++k) {
      steps[k] = broadcast_stride(*inputs[k], output.rank(), axis);
      merges = merges && layout.strides[k].back() == steps[k] * size;
    }
    if (merges) {
      layout.sizes.back() *= size;
      for (std::size_t k = 0; k < kInputs; ++k) layout.strides[k].back() = steps[k];
    } else {
      layout.sizes.push_back(size);
      for (std::size_t k = 0; k < kInputs; ++k) layout.strides[k].push_back(steps[k]);
    }
  }
  if (layout.rank() == 0) {
    layout.sizes.push_back(1);
    for (auto& steps : layout.strides) steps.push_back(0);
  }
  return layout;
}

}  // namespace saem::cuda
