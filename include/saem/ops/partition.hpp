#pragma once

#include <saem/core/tensor.hpp>
#include <vector>

/// Slices dealt out to several tensors by number, and put together again. How many go where is in
/// the numbers, so they are read here: neither can be traced.
namespace saem {

/// The slices of `data` by the part they belong to: part p has data[i] for every i with
/// partitions[i] = p, in order.
///
/// @param data            its shape starts with that of `partitions`
/// @param partitions      int32 or int64, each in [0, num_partitions)
/// @param num_partitions  how many parts, positive
/// @return                one tensor a part, (its slices,) + data.shape[partitions.rank:]
/// @throws ShapeError if the shapes do not fit; IndexError for a part out of range; DTypeError if
///         `partitions` are not int32 or int64; ValueError if num_partitions is not positive
/// Gradient: each part's dy put back where its slices were.  Source: tf.dynamic_partition.
/// @code
/// std::cout << tf::dynamic_partition(tf::constant({5, 6, 7}), tf::constant({0, 1, 0}), 2)[0];
/// // tf.Tensor([5 7], shape=(2,), dtype=int32)
/// @endcode
SAEM_API std::vector<Tensor> dynamic_partition(const Tensor& data, const Tensor& partitions,
                                               int num_partitions);

/// The slices of several tensors put together by number: y[indices[m][i]] = data[m][i]. Where a
/// number comes more than once, the last slice stays; a number that never comes is a row of zeros.
///
/// @param indices  int32 or int64, not negative; the largest plus one is the number of rows
/// @param data     as many tensors of one dtype; data[m].shape = indices[m].shape + one shape that
///                 all share
/// @return         (number of rows,) + that shape
/// @throws ValueError if the lists are empty or not of one length; ShapeError, DTypeError if they
/// do
///         not fit together; IndexError for a negative number
/// Gradient: the slices of dy.  Source: tf.dynamic_stitch.
/// @code
/// std::cout << tf::dynamic_stitch({tf::constant({0, 2}), tf::constant(1)},
///                                 {tf::constant({5, 7}), tf::constant(6)});
/// // tf.Tensor([5 6 7], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor dynamic_stitch(const std::vector<Tensor>& indices, const std::vector<Tensor>& data);

}  // namespace saem
