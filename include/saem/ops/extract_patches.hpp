#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>

namespace saem {

/// Where patches lie. The lists have one entry an axis (images, height, width, channels); the first
/// and last are 1.
struct ExtractPatchesOptions {
  static constexpr const char* kName = "ExtractPatchesOptions";
  Dims sizes = {1, 1, 1, 1};      ///< of a patch, in pixels taken
  Dims strides = {1, 1, 1, 1};    ///< from one patch to the next
  Dims rates = {1, 1, 1, 1};      ///< from one pixel of a patch to the next
  std::string padding = "VALID";  ///< "VALID": patches within the image; "SAME": zeros around it
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("sizes", self.sizes);
    visit("strides", self.strides);
    visit("rates", self.rates);
    visit("padding", self.padding);
  }
};

/// Patches added up where they were taken: the gradient of `extract_patches`.
struct ExtractPatchesGradOptions {
  static constexpr const char* kName = "ExtractPatchesGradOptions";
  ExtractPatchesOptions patches;
  Shape shape;  ///< of the images
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    ExtractPatchesOptions::fields(self.patches, visit);
    visit("shape", self.shape);
  }
};

/// One spatial axis of patches.
struct PatchAxis {
  std::int64_t size;    ///< pixels of a patch
  std::int64_t stride;  ///< from patch to patch
  std::int64_t rate;    ///< from pixel to pixel
  std::int64_t before;  ///< zeros before the image
  std::int64_t input;   ///< pixels of the image
  std::int64_t output;  ///< patches

  /// Along axis 1 (height) or 2 (width) of images of `shape`.
  static PatchAxis of(const ExtractPatchesOptions& options, const Shape& shape, int axis) {
    const auto at = static_cast<std::size_t>(axis);
    PatchAxis result{options.sizes[at], options.strides[at], options.rates[at], 0, shape[axis], 0};
    const std::int64_t reach = (result.size - 1) * result.rate + 1;
    if (options.padding == "SAME") {
      result.output = (result.input + result.stride - 1) / result.stride;
      const std::int64_t needed = (result.output - 1) * result.stride + reach;
      result.before = needed > result.input ? (needed - result.input) / 2 : 0;
    } else if (result.input >= reach) {
      result.output = (result.input - reach) / result.stride + 1;
    }
    return result;
  }
};

namespace image {

/// Patches of images laid into the last axis: y[n, i, j, (a w + b) C + d] =
/// x[n, i s + a r, j s + b r, d] for patches of width w, stride s, rate r and C channels.
///
/// @param images   rank 4: (images, height, width, channels)
/// @param options  sizes, strides, rates; padding: "VALID" (default) or "SAME"
/// @return         (images, patches down, patches across, height * width of a patch * channels)
/// @throws ShapeError if the images or a list do not have four axes; ValueError for sizes, strides
///         or rates that are not positive or not 1 on the outer axes, or an unknown padding
/// Gradient: each patch of dy added where it was taken.  Source: tf.image.extract_patches.
/// @code
/// auto x = tf::zeros({1, 5, 5, 2});
/// std::cout << tf::image::extract_patches(x, {.sizes = {1, 3, 3, 1}}).shape();
/// // (1, 3, 3, 18)
/// @endcode
SAEM_API Tensor extract_patches(const Tensor& images, const ExtractPatchesOptions& options);

}  // namespace image

}  // namespace saem
