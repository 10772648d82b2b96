#pragma once

#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <vector>

/// Tensors whose elements follow from where they lie: identity matrices, even spacings, grids of
/// coordinates, masks of sequences.
namespace saem {

/// What an identity matrix looks like.
struct EyeOptions {
  std::optional<std::int64_t> num_columns = {};  ///< default: as many as there are rows
  Shape batch_shape = {};                        ///< so many of them, side by side
  DType dtype = float32;
};

/// Ones on the main diagonal, zeros elsewhere: y[i, j] = 1 if i = j, else 0.
///
/// @param num_rows  how many rows
/// @param options   num_columns; batch_shape: leading axes that repeat the matrix; dtype
/// @return          batch_shape + (num_rows, num_columns)
/// @throws ShapeError for a negative size
/// Gradient: none.  Source: tf.eye.
/// @code
/// std::cout << tf::eye(2);
/// // tf.Tensor([[1. 0.] [0. 1.]], shape=(2, 2), dtype=float32)
/// @endcode
SAEM_API Tensor eye(std::int64_t num_rows, const EyeOptions& options = {});

/// Where `linspace` lays its numbers.
struct LinspaceOptions {
  static constexpr const char* kName = "LinspaceOptions";
  int axis = 0;          ///< where the new axis goes; negative counts from the end
  std::int64_t num = 0;  ///< set by `linspace`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("num", self.num);
  }
};

/// `num` evenly spaced numbers from `start` to `stop`, both included:
/// y_i = start + i (stop - start) / (num - 1).
///
/// @param start    the first number; an integer becomes float64
/// @param stop     the last number, left out if num is 1
/// @param num      how many, positive
/// @param options  axis: where they lie if start and stop are no scalars (default 0)
/// @return         the broadcast shape of start and stop with `num` put in at `axis`
/// @throws ValueError if num is not positive; DTypeError if start and stop differ in dtype
/// Gradient: of start the sum of (1 - i / (num - 1)) dy_i, of stop that of i / (num - 1) dy_i.
/// Source: tf.linspace.
/// @code
/// std::cout << tf::linspace(0.0, 1.0, 3);
/// // tf.Tensor([0.  0.5 1. ], shape=(3,), dtype=float32)
/// @endcode
SAEM_API Tensor linspace(const Tensor& start, const Tensor& stop, std::int64_t num,
                         const LinspaceOptions& options = {});
SAEM_API Tensor linspace(Scalar start, Scalar stop, std::int64_t num);

/// How `meshgrid` orders its axes.
struct MeshgridOptions {
  std::string indexing = "xy";  ///< "xy": rows are y, columns x; "ij": axis k is that of input k
};

/// The coordinates of a grid: for each input a tensor over the whole grid, in which it varies along
/// its own axis.
///
/// @param values   tensors of rank 1 (or scalars), one an axis of the grid
/// @param options  indexing: "xy" (default) swaps the first two axes, "ij" does not
/// @return         as many views as inputs, all of the grid's shape
/// @throws ValueError for an unknown indexing; ShapeError for a tensor of higher rank
/// Gradient: each dy summed over the other axes.  Source: tf.meshgrid.
/// @code
/// std::cout << tf::meshgrid({tf::constant({1, 2}), tf::constant({3, 4, 5})})[0].shape();
/// // (3, 2)
/// @endcode
SAEM_API std::vector<Tensor> meshgrid(const std::vector<Tensor>& values,
                                      const MeshgridOptions& options = {});

/// How long a mask is.
struct SequenceMaskOptions {
  static constexpr const char* kName = "SequenceMaskOptions";
  std::optional<std::int64_t> maxlen = {};  ///< default: the longest of the lengths
  DType dtype = bool_;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("maxlen", self.maxlen);
    visit("dtype", self.dtype);
  }
};

/// Which places of padded sequences are filled: y[..., j] = j < lengths[...].
///
/// Without `maxlen` the lengths are read here, so a traced function must give it.
///
/// @param lengths  integers, any shape
/// @param options  maxlen: the size of the new last axis; dtype (default bool)
/// @return         lengths.shape + (maxlen,)
/// @throws DTypeError if lengths are no integers; ShapeError if maxlen is negative
/// Gradient: none.  Source: tf.sequence_mask.
/// @code
/// std::cout << tf::sequence_mask(tf::constant(2), {.maxlen = 3});
/// // tf.Tensor([ True  True False], shape=(3,), dtype=bool)
/// @endcode
SAEM_API Tensor sequence_mask(const Tensor& lengths, const SequenceMaskOptions& options = {});

}  // namespace saem
