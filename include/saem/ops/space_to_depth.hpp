#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/pad.hpp>
#include <string>

/// Blocks of neighbouring places moved into another axis, and back: nothing but reshapes and a
/// transpose.
namespace saem {

/// Which blocks `space_to_depth` and `depth_to_space` move.
struct SpaceToDepthOptions {
  static constexpr const char* kName = "SpaceToDepthOptions";
  std::string data_format = "NHWC";  ///< where the channels lie; or "NCHW"
  std::int64_t block_size = 0;       ///< set by the functions
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("data_format", self.data_format);
    visit("block_size", self.block_size);
  }
};

/// Which blocks `space_to_batch` and `batch_to_space` move, and what margin is put on or cut off.
struct SpaceToBatchOptions {
  static constexpr const char* kName = "SpaceToBatchOptions";
  Dims block_shape;  ///< one size for each axis after the first that is cut
  Dims before;
  Dims after;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("block_shape", self.block_shape);
    visit("before", self.before);
    visit("after", self.after);
  }
};

namespace nn {

/// Each block of pixels laid into the channels of one: y[n, i, j, (a b + c) C + d] =
/// x[n, i b + a, j b + c, d] for block size b and C channels.
///
/// @param x           rank 4; height and width are multiples of the block size
/// @param block_size  at least 2
/// @param options     data_format: "NHWC" (default) or "NCHW"
/// @return            height and width divided by the block size, its square times the channels
/// @throws ShapeError if the shape does not fit; ValueError for a small block or unknown format
/// Gradient: depth_to_space of dy.  Source: tf.nn.space_to_depth.
/// @code
/// std::cout << tf::nn::space_to_depth(tf::zeros({1, 4, 6, 3}), 2).shape();
/// // (1, 2, 3, 12)
/// @endcode
SAEM_API Tensor space_to_depth(const Tensor& x, std::int64_t block_size,
                               const SpaceToDepthOptions& options = {});

/// The channels of each pixel laid out as a block of pixels: the inverse of `space_to_depth`.
///
/// @param x           rank 4; the channels are a multiple of the square of the block size
/// @param block_size  at least 2
/// @param options     data_format: "NHWC" (default) or "NCHW"
/// @return            height and width times the block size, the channels divided by its square
/// @throws ShapeError if the shape does not fit; ValueError for a small block or unknown format
/// Gradient: space_to_depth of dy.  Source: tf.nn.depth_to_space.
/// @code
/// std::cout << tf::nn::depth_to_space(tf::zeros({1, 2, 3, 12}), 2).shape();
/// // (1, 4, 6, 3)
/// @endcode
SAEM_API Tensor depth_to_space(const Tensor& x, std::int64_t block_size,
                               const SpaceToDepthOptions& options = {});

}  // namespace nn

/// Zeros put around the axes after the first, then each place within their blocks made an example
/// of its own: what turns a dilated convolution into a plain one.
///
/// @param x            rank > the number of blocks
/// @param block_shape  a size for each of those axes, positive; must divide the padded axis
/// @param paddings     (before, after) for each of them
/// @return             the first axis times the product of the blocks, the padded axes divided by
///                     theirs
/// @throws ShapeError if they do not fit
/// Gradient: batch_to_space of dy.  Source: tf.space_to_batch.
/// @code
/// std::cout << tf::space_to_batch(tf::zeros({1, 4, 6, 3}), {2, 2}, {{0, 0}, {0, 0}}).shape();
/// // (4, 2, 3, 3)
/// @endcode
SAEM_API Tensor space_to_batch(const Tensor& x, const Dims& block_shape, const Paddings& paddings);

/// The inverse of `space_to_batch`: examples laid out as blocks of the axes after the first, then a
/// margin cut off.
///
/// @param x            rank > the number of blocks; its first axis a multiple of their product
/// @param block_shape  a size for each of those axes, positive
/// @param crops        how much is cut off (before, after) each of them
/// @return             the first axis divided by the product of the blocks, the others times theirs
///                     less the crops
/// @throws ShapeError if they do not fit
/// Gradient: space_to_batch of dy.  Source: tf.batch_to_space.
/// @code
/// std::cout << tf::batch_to_space(tf::zeros({4, 2, 3, 3}), {2, 2}, {{0, 0}, {1, 0}}).shape();
/// // (1, 4, 5, 3)
/// @endcode
SAEM_API Tensor batch_to_space(const Tensor& x, const Dims& block_shape, const Paddings& crops);

}  // namespace saem
