#pragma once

#include <initializer_list>
#include <saem/core/shape.hpp>
#include <string>
#include <utility>
#include <vector>

/// What convolutions and pooling share: windows that move over the spatial axes of a batch.
namespace saem::nn {

/// Sizes, strides or dilations: one number for each spatial axis, or one for all of them. Where
/// TensorFlow's lists name the batch and channel axes too, their numbers must be 1.
class SAEM_API Window {
 public:
  Window(std::int64_t every_axis) : sizes_{every_axis} {}  // NOLINT: made to be passed
  Window(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) {}
  Window(Dims sizes) : sizes_(std::move(sizes)) {}  // NOLINT
  [[nodiscard]] auto begin() const { return sizes_.begin(); }
  [[nodiscard]] auto end() const { return sizes_.end(); }
  [[nodiscard]] std::size_t size() const { return sizes_.size(); }
  [[nodiscard]] std::int64_t operator[](std::size_t axis) const { return sizes_[axis]; }

 private:
  Dims sizes_;
};

/// Where windows may stand: "VALID", within the input; "SAME", so that there are ceil(size /
/// stride) of them, over zeros at the borders (one more behind than before if they are odd); or as
/// many zeros before and behind each spatial axis as is said.
struct SAEM_API Padding {
  std::string kind = "VALID";  ///< "VALID", "SAME" or "EXPLICIT"
  Dims pairs = {};             ///< before, after, for each spatial axis; only if EXPLICIT

  Padding() = default;
  Padding(const char* name) : kind(name) {}             // NOLINT: made to be passed
  Padding(std::string name) : kind(std::move(name)) {}  // NOLINT
  Padding(std::initializer_list<std::pair<std::int64_t, std::int64_t>> sides) : kind("EXPLICIT") {
    for (const auto& [before, after] : sides) {
      pairs.push_back(before);
      pairs.push_back(after);
    }
  }
};

/// A window on one spatial axis.
struct WindowAxis {
  std::int64_t input;
  std::int64_t size;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t before;  ///< padding
  std::int64_t after;   ///< padding

  /// Elements from a window's first to its last.
  [[nodiscard]] std::int64_t reach() const { return (size - 1) * dilation + 1; }
  /// How many windows there are; 0 where none fits.
  [[nodiscard]] std::int64_t output() const {
    const std::int64_t room = padded() - reach();
    return room < 0 ? 0 : room / stride + 1;
  }
  /// The input with its padding.
  [[nodiscard]] std::int64_t padded() const { return before + input + after; }

  /// The spatial axes of a channels-last input of shape `x`, for windows of `sizes` and normalised
  /// options: a number for each axis, padding in pairs.
  static std::vector<WindowAxis> of(const Shape& x, const Dims& sizes, const Window& strides,
                                    const Window& dilations, const Padding& padding) {
    std::vector<WindowAxis> axes;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      axes.push_back({x[static_cast<int>(i) + 1], sizes[i], strides[i], dilations[i],
                      padding.pairs[2 * i], padding.pairs[2 * i + 1]});
    }
    return axes;
  }
};

}  // namespace saem::nn
