#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Slices taken from and put to places that are named by several indices each. Where a place is
/// named more than once, slices are combined in the order of the indices, on any number of threads.
namespace saem {

/// Where slices are taken by `gather_nd`.
struct GatherNdOptions {
  static constexpr const char* kName = "GatherNdOptions";
  int batch_dims = 0;  ///< leading axes that `params` and `indices` share
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("batch_dims", self.batch_dims);
  }
};

/// Slices of `params`, each named by a row of indices: y[i, ...] = params[indices[i, 0],
/// indices[i, 1], ..., ...].
///
/// @param params   any
/// @param indices  int32 or int64; the last axis, of size n, indexes the first n axes of `params`
///                 (those after the batch axes)
/// @param options  batch_dims: leading axes that belong together (default 0)
/// @return         indices.shape[:-1] + params.shape[batch_dims + n:]
/// @throws DTypeError if `indices` are not int32 or int64; IndexError if one is out of range;
///         ShapeError if n is too large or batch axes differ
/// Gradient: each slice of dy added into zeros where it came from.  Source: tf.gather_nd.
/// @code
/// std::cout << tf::gather_nd(tf::constant({{1, 2}, {3, 4}}), tf::constant({{0, 1}, {1, 0}}));
/// // tf.Tensor([2 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor gather_nd(const Tensor& params, const Tensor& indices,
                          const GatherNdOptions& options = {});

/// What `scatter_nd` makes.
struct ScatterNdOptions {
  static constexpr const char* kName = "ScatterNdOptions";
  Shape shape;         ///< of the result; set by `scatter_nd`
  int batch_dims = 0;  ///< as in GatherNdOptions, whose gradient it then is
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
    visit("batch_dims", self.batch_dims);
  }
};

/// Zeros of `shape` with slices added: y[indices[i, 0], indices[i, 1], ..., ...] += updates[i,
/// ...].
///
/// @param indices  int32 or int64; the last axis, of size n, indexes the first n axes of `shape`
/// @param updates  numbers; indices.shape[:-1] + shape[n:]
/// @param shape    of the result
/// @return         `shape`, the dtype of `updates`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: the slices of dy at the indices.  Source: tf.scatter_nd.
/// @code
/// std::cout << tf::scatter_nd(tf::constant({{1}, {3}, {1}}), tf::constant({1, 2, 3}), {5});
/// // tf.Tensor([0 4 0 2 0], shape=(5,), dtype=int32)
/// @endcode
SAEM_API Tensor scatter_nd(const Tensor& indices, const Tensor& updates, const Shape& shape);

/// `tensor` with slices replaced: y[indices[i, 0], indices[i, 1], ..., ...] = updates[i, ...]. Of
/// several slices for one place, the last stays.
///
/// @param tensor   any
/// @param indices  int32 or int64; the last axis, of size n, indexes the first n axes of `tensor`
/// @param updates  indices.shape[:-1] + tensor.shape[n:], the dtype of `tensor`
/// @return         the shape and dtype of `tensor`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: of `tensor` dy with zeros at the indices, of `updates` dy's slices there.
/// Source: tf.tensor_scatter_nd_update.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::tensor_scatter_nd_update(x, tf::constant({{1}}), tf::constant({7}));
/// // tf.Tensor([1 7 3], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_scatter_nd_update(const Tensor& tensor, const Tensor& indices,
                                         const Tensor& updates);

/// `tensor` with slices added: y[indices[i, 0], indices[i, 1], ..., ...] += updates[i, ...].
///
/// @param tensor   numbers
/// @param indices  int32 or int64; the last axis, of size n, indexes the first n axes of `tensor`
/// @param updates  indices.shape[:-1] + tensor.shape[n:], the dtype of `tensor`
/// @return         the shape and dtype of `tensor`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: of `tensor` dy, of `updates` the slices of dy at the indices.
/// Source: tf.tensor_scatter_nd_add.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::tensor_scatter_nd_add(x, tf::constant({{1}, {1}}), tf::constant({7, 8}));
/// // tf.Tensor([ 1 17  3], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_scatter_nd_add(const Tensor& tensor, const Tensor& indices,
                                      const Tensor& updates);

/// `tensor` with slices subtracted: y[indices[i, 0], indices[i, 1], ..., ...] -= updates[i, ...].
///
/// @param tensor, indices, updates  as those of `tensor_scatter_nd_add`
/// @return         the shape and dtype of `tensor`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: of `tensor` dy, of `updates` the slices of -dy at the indices.
/// Source: tf.tensor_scatter_nd_sub.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::tensor_scatter_nd_sub(x, tf::constant({{1}}), tf::constant({7}));
/// // tf.Tensor([ 1 -5  3], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_scatter_nd_sub(const Tensor& tensor, const Tensor& indices,
                                      const Tensor& updates);

/// `tensor` with slices that are smaller put in:
/// y[indices[i, 0], indices[i, 1], ..., ...] = min(itself, updates[i, ...]). NaN wins.
///
/// @param tensor, indices, updates  as those of `tensor_scatter_nd_add`
/// @return         the shape and dtype of `tensor`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: dy to what was smallest, in equal parts where several were.
/// Source: tf.tensor_scatter_nd_min.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::tensor_scatter_nd_min(x, tf::constant({{1}, {2}}), tf::constant({7, 0}));
/// // tf.Tensor([1 2 0], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_scatter_nd_min(const Tensor& tensor, const Tensor& indices,
                                      const Tensor& updates);

/// `tensor` with slices that are larger put in:
/// y[indices[i, 0], indices[i, 1], ..., ...] = max(itself, updates[i, ...]). NaN wins.
///
/// @param tensor, indices, updates  as those of `tensor_scatter_nd_add`
/// @return         the shape and dtype of `tensor`
/// @throws DTypeError, ShapeError if they do not fit; IndexError if an index is out of range
/// Gradient: dy to what was largest, in equal parts where several were.
/// Source: tf.tensor_scatter_nd_max.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::tensor_scatter_nd_max(x, tf::constant({{1}, {2}}), tf::constant({7, 0}));
/// // tf.Tensor([1 7 3], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_scatter_nd_max(const Tensor& tensor, const Tensor& indices,
                                      const Tensor& updates);

}  // namespace saem
