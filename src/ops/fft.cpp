// fft, and the transforms made of it; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/fft.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/roll.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {

extern OpDef fft_op;

namespace {

TensorSpecs infer_fft(const OpCall& call) {
  const Tensor& x = call.input(0);
  const int rank = call.options<FftOptions>().rank;
  if (!x.dtype().is_complex()) {
    raise<DTypeError>(call.op.name,
                      "needs complex numbers, got {}; tf::cast it to tf::complex64 "
                      "or take rfft",
                      x.dtype().name());
  }
  if (x.rank() < rank) {
    raise<ShapeError>(call.op.name, "transforms the last {} axes, but the shape is {}", rank,
                      x.shape().to_string());
  }
  return {{x.dtype(), x.shape()}};
}

Tensor transform(const Tensor& x, int rank, bool inverse) {
  return apply_one(fft_op, {x}, FftOptions{rank, inverse});
}

/// The transform's matrix is symmetric, so its conjugate transpose is its inverse times N.
Tensors fft_vjp(const VjpCall& call) {
  const auto& options = call.options<FftOptions>();
  double points = 1.0;
  for (int axis = 1; axis <= options.rank; ++axis) {
    points *= static_cast<double>(std::max<std::int64_t>(1, call.input(0).shape(-axis)));
  }
  const Tensor turned = transform(call.gradient(), options.rank, !options.inverse);
  return {options.inverse ? turned / points : turned * points};
}

/// Sizes of the last `rank` axes after cutting or filling.
Dims checked_lengths(const Tensor& x, int rank, const std::vector<std::int64_t>& lengths,
                     const char* op) {
  if (x.rank() < rank) {
    raise<ShapeError>(op, "transforms the last {} axes, but the shape is {}", rank,
                      x.shape().to_string());
  }
  if (!lengths.empty() && lengths.size() != static_cast<std::size_t>(rank)) {
    raise<ValueError>(op, "fft_length needs {} sizes, one for each axis, got {}", rank,
                      lengths.size());
  }
  for (const std::int64_t length : lengths) {
    if (length < 1) raise<ValueError>(op, "fft_length must be positive, got {}", length);
  }
  return Dims(lengths.begin(), lengths.end());
}

/// Cuts each of the last axes to its length, or fills it up with zeros.
Tensor fit(const Tensor& x, const Dims& lengths) {
  Tensor fitted = x;
  const int first = x.rank() - static_cast<int>(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const int axis = first + static_cast<int>(i);
    const std::int64_t size = x.shape()[axis];
    if (size > lengths[i]) {
      std::vector<Index> box(static_cast<std::size_t>(x.rank()), Index(all));
      box[static_cast<std::size_t>(axis)] = slice(0, lengths[i]);
      fitted = fitted.at(box);
    } else if (size < lengths[i]) {
      Paddings paddings(static_cast<std::size_t>(x.rank()));
      paddings[static_cast<std::size_t>(axis)] = {0, lengths[i] - size};
      fitted = pad(fitted, paddings);
    }
  }
  return fitted;
}

Tensor real_transform(const Tensor& x, int rank, const std::vector<std::int64_t>& lengths,
                      const char* op) {
  if (x.dtype() != float32 && x.dtype() != float64) {
    raise<DTypeError>(op, "needs float32 or float64, got {}; tf::cast it", x.dtype().name());
  }
  const Tensor fitted = fit(x, checked_lengths(x, rank, lengths, op));
  const Tensor whole = transform(complex(fitted, zeros_like(fitted)), rank, false);
  return whole(ellipsis, slice(0, fitted.shape(-1) / 2 + 1));
}

Tensor inverse_real_transform(const Tensor& x, int rank, const std::vector<std::int64_t>& lengths,
                              const char* op) {
  if (!x.dtype().is_complex()) {
    raise<DTypeError>(op, "needs complex numbers, got {}; tf::cast it to tf::complex64",
                      x.dtype().name());
  }
  Dims sizes = checked_lengths(x, rank, lengths, op);
  if (sizes.empty()) {
    for (int axis = rank; axis > 0; --axis) sizes.push_back(x.shape(-axis));
    sizes.back() = std::max<std::int64_t>(1, 2 * (sizes.back() - 1));
  }
  const std::int64_t length = sizes.back();
  sizes.back() = length / 2 + 1;
  Tensor half = fit(x, sizes);
  if (rank > 1) {  // the outer axes are whole: turn them first, with the last one in front of them
    Dims perm;
    for (int axis = 0; axis < x.rank() - rank; ++axis) perm.push_back(axis);
    perm.push_back(x.rank() - 1);
    for (int axis = x.rank() - rank; axis < x.rank() - 1; ++axis) perm.push_back(axis);
    Dims back(perm.size());
    for (std::size_t i = 0; i < perm.size(); ++i) {
      back[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
    }
    half = transpose(transform(transpose(half, {.perm = perm}), rank - 1, true), {.perm = back});
  }
  // The other half of the last axis: conjugates, from the last one down to the first.
  const std::int64_t mirrored = length - half.shape(-1);
  if (mirrored > 0) {
    const Tensor inner = half(ellipsis, slice(1, mirrored + 1));
    half = concat({half, math::conj(inner(ellipsis, slice(none, none, -1)))}, {.axis = -1});
  }
  return math::real(transform(half, 1, true));
}

Tensor rolled(const Tensor& x, const Axes& axes, int sign) {
  const Axes wanted = axes.normalized(x.rank(), sign > 0 ? "fftshift" : "ifftshift");
  Dims shifts;
  for (const std::int64_t axis : wanted.dims()) {
    shifts.push_back(sign * (x.shape()[static_cast<int>(axis)] / 2));
  }
  return roll(x, shifts, wanted.dims());
}

}  // namespace

constinit OpDef fft_op{.name = "fft",
                       .min_inputs = 1,
                       .max_inputs = 1,
                       .traits = 0,
                       .infer = infer_fft,
                       .vjp = fft_vjp,
                       .options = &kAttributesType<FftOptions>};

}  // namespace ops

namespace signal {

using Lengths = std::vector<std::int64_t>;

Tensor fft(const Tensor& x) { return ops::transform(x, 1, false); }
Tensor ifft(const Tensor& x) { return ops::transform(x, 1, true); }
Tensor fft2d(const Tensor& x) { return ops::transform(x, 2, false); }
Tensor ifft2d(const Tensor& x) { return ops::transform(x, 2, true); }
Tensor fft3d(const Tensor& x) { return ops::transform(x, 3, false); }
Tensor ifft3d(const Tensor& x) { return ops::transform(x, 3, true); }

Tensor rfft(const Tensor& x, const Lengths& fft_length) {
  return ops::real_transform(x, 1, fft_length, "rfft");
}
Tensor rfft2d(const Tensor& x, const Lengths& fft_length) {
  return ops::real_transform(x, 2, fft_length, "rfft2d");
}
Tensor rfft3d(const Tensor& x, const Lengths& fft_length) {
  return ops::real_transform(x, 3, fft_length, "rfft3d");
}
Tensor irfft(const Tensor& x, const Lengths& fft_length) {
  return ops::inverse_real_transform(x, 1, fft_length, "irfft");
}
Tensor irfft2d(const Tensor& x, const Lengths& fft_length) {
  return ops::inverse_real_transform(x, 2, fft_length, "irfft2d");
}
Tensor irfft3d(const Tensor& x, const Lengths& fft_length) {
  return ops::inverse_real_transform(x, 3, fft_length, "irfft3d");
}

Tensor fftshift(const Tensor& x, const Axes& axes) { return ops::rolled(x, axes, 1); }
Tensor ifftshift(const Tensor& x, const Axes& axes) { return ops::rolled(x, axes, -1); }

}  // namespace signal
}  // namespace saem
