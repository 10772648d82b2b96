// extract_patches, extract_patches_grad; floor 3 of 5: CPU.
#include <algorithm>
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/extract_patches.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread moves at a time.
constexpr std::int64_t kGrain = 1 << 14;

/// Patch (n, oy, ox), (height.size, width.size, channels), taken from the images.
void take_patch(const PatchAxis& height, const PatchAxis& width, std::int64_t pixel_bytes,
                const std::byte* image, std::int64_t oy, std::int64_t ox, std::byte* patch) {
  const std::int64_t left = ox * width.stride - width.before;
  for (std::int64_t i = 0; i < height.size; ++i) {
    const std::int64_t y = oy * height.stride - height.before + i * height.rate;
    const bool inside = y >= 0 && y < height.input;
    const std::byte* row = image + (inside ? y : 0) * width.input * pixel_bytes;
    if (inside && width.rate == 1 && left >= 0 && left + width.size <= width.input) {
      std::memcpy(patch, row + left * pixel_bytes,
                  static_cast<std::size_t>(width.size * pixel_bytes));
      patch += width.size * pixel_bytes;
      continue;
    }
    for (std::int64_t j = 0; j < width.size; ++j, patch += pixel_bytes) {
      const std::int64_t x = left + j * width.rate;
      if (inside && x >= 0 && x < width.input) {
        std::memcpy(patch, row + x * pixel_bytes, static_cast<std::size_t>(pixel_bytes));
      } else {
        std::memset(patch, 0, static_cast<std::size_t>(pixel_bytes));
      }
    }
  }
}

void run_extract_patches(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<ExtractPatchesOptions>();
  const Tensor& images = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const PatchAxis height = PatchAxis::of(options, images.shape(), 1);
  const PatchAxis width = PatchAxis::of(options, images.shape(), 2);
  const std::int64_t pixel_bytes =
      images.shape()[3] * static_cast<std::int64_t>(images.dtype().size());
  const std::int64_t patch_bytes = height.size * width.size * pixel_bytes;
  const std::int64_t per_image = height.output * width.output;
  const auto* from = static_cast<const std::byte*>(images.data());
  auto* to = static_cast<std::byte*>(output.mutable_data());
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / output.shape()[3]);
  parallel_for(images.shape()[0] * per_image, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t patch = begin; patch < end; ++patch) {
      const std::int64_t image = patch / per_image;
      const std::int64_t place = patch % per_image;
      take_patch(height, width, pixel_bytes,
                 from + image * height.input * width.input * pixel_bytes, place / width.output,
                 place % width.output, to + patch * patch_bytes);
    }
  });
}

/// The patch whose pixel `number` lies at `place` of the image, or -1.
std::int64_t patch_at(const PatchAxis& axis, std::int64_t place, std::int64_t number) {
  const std::int64_t start = place + axis.before - number * axis.rate;
  if (start < 0 || start % axis.stride != 0) return -1;
  const std::int64_t patch = start / axis.stride;
  return patch < axis.output ? patch : -1;
}

/// Half precision is summed in float32, integers in their unsigned type.
template <class T>
struct SumOf {
  using type = std::conditional_t<sizeof(T) == 2, float, T>;
};
template <std::integral T>
struct SumOf<T> {
  using type = std::make_unsigned_t<T>;
};

/// One row of one image: for each pixel the patches that took it, in their pixels' order. Nobody
/// else writes there, so that any number of threads gives the same bits.
template <class T>
void add_row(const PatchAxis& height, const PatchAxis& width, std::int64_t channels,
             const T* patches, std::int64_t y, T* row) {
  using Sum = typename SumOf<T>::type;
  std::vector<Sum> sums(static_cast<std::size_t>(width.input * channels), Sum());
  const std::int64_t patch_size = height.size * width.size * channels;
  for (std::int64_t i = 0; i < height.size; ++i) {
    const std::int64_t oy = patch_at(height, y, i);
    if (oy < 0) continue;
    for (std::int64_t j = 0; j < width.size; ++j) {
      const T* pixel = patches + oy * width.output * patch_size + (i * width.size + j) * channels;
      for (std::int64_t ox = 0; ox < width.output; ++ox) {
        const std::int64_t x = ox * width.stride - width.before + j * width.rate;
        if (x < 0 || x >= width.input) continue;
        const T* from = pixel + ox * patch_size;
        Sum* to = sums.data() + x * channels;
        for (std::int64_t c = 0; c < channels; ++c) {
          to[c] = static_cast<Sum>(to[c] + static_cast<Sum>(from[c]));
        }
      }
    }
  }
  for (std::int64_t k = 0; k < width.input * channels; ++k) {
    row[k] = static_cast<T>(sums[static_cast<std::size_t>(k)]);
  }
}

void run_extract_patches_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& [options, shape] = call.options<ExtractPatchesGradOptions>();
  const Tensor& gradient = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const PatchAxis height = PatchAxis::of(options, shape, 1);
  const PatchAxis width = PatchAxis::of(options, shape, 2);
  // Sums of complex numbers go part by part.
  const std::int64_t parts = output.dtype().is_complex() ? 2 : 1;
  const std::int64_t channels = shape[3] * parts;
  const std::int64_t image_patches = gradient.size() / shape[0] * parts;
  const std::int64_t work = width.input * channels * height.size * width.size;
  const DType part = parts == 2 ? output.dtype().real_dtype() : output.dtype();
  dispatch_numeric(part, [&]<class T>(Type<T>) {
    const T* from = gradient.data_as<T>();
    T* to = output.mutable_data_as<T>();
    parallel_for(shape[0] * height.input, std::max<std::int64_t>(1, kGrain / work),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     add_row(height, width, channels, from + row / height.input * image_patches,
                             row % height.input, to + row * width.input * channels);
                   }
                 });
  });
}

}  // namespace

void register_extract_patches() {
  register_kernel("extract_patches", DeviceType::kCPU, {&run_extract_patches});
  register_kernel("extract_patches_grad", DeviceType::kCPU, {&run_extract_patches_grad});
}

}  // namespace saem::cpu
