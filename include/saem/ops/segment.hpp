#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Folding rows that belong together: row i of the data goes to the segment that `segment_ids[i]`
/// names. Rows are added in their order, so any number of threads gives the same bits; float16 and
/// bfloat16 are accumulated in float32.
///
/// The `unsorted_segment_*` functions are told how many segments there are. The `segment_*`
/// functions take that from the last id, for which they read the ids where they are called; they
/// cannot stand in a traced function.
namespace saem {

/// How many segments there are, and what an extremum starts from.
struct SegmentOptions {
  static constexpr const char* kName = "SegmentOptions";
  std::int64_t num_segments = 0;
  bool from_infinity = false;  ///< a maximum from -infinity, not from the lowest finite number
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("num_segments", self.num_segments);
    visit("from_infinity", self.from_infinity);
  }
};

namespace math {

/// Sum of each segment: y_s = sum of x_i with ids_i = s; 0 where a segment has no rows.
///
/// @param data          numeric; its shape begins with that of `segment_ids`
/// @param segment_ids   int32 or int64, below `num_segments`; rows with a negative id are left out
/// @param num_segments  how many segments come out
/// @return              `data`'s dtype, shape (num_segments, ...rest of data)
/// @throws DTypeError for other dtypes; ShapeError if the shapes do not fit; ValueError for a
///         negative number of segments; IndexError for an id out of range
/// Gradient: dx_i = dy_(ids_i).  Source: tf.math.unsorted_segment_sum.
/// @code
/// auto x = tf::constant({1, 2, 4});
/// std::cout << tf::math::unsorted_segment_sum(x, tf::constant({1, 0, 1}), 2);
/// // tf.Tensor([2 5], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor unsorted_segment_sum(const Tensor& data, const Tensor& segment_ids,
                                     std::int64_t num_segments);

/// Product of each segment; 1 where a segment has no rows.
///
/// @param data, segment_ids, num_segments  as for `unsorted_segment_sum`
/// @return  `data`'s dtype, shape (num_segments, ...rest of data)
/// @throws  as `unsorted_segment_sum`
/// Gradient: dx_i = dy y / x_i; in a segment with one zero that gets the others' product, with more
/// all get 0.  Source: tf.math.unsorted_segment_prod.
/// @code
/// auto x = tf::constant({3, 2, 4});
/// std::cout << tf::math::unsorted_segment_prod(x, tf::constant({1, 0, 1}), 2);
/// // tf.Tensor([ 2 12], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor unsorted_segment_prod(const Tensor& data, const Tensor& segment_ids,
                                      std::int64_t num_segments);

/// Largest of each segment; the dtype's lowest finite number where a segment has no rows, NaN where
/// it has one.
///
/// @param data, segment_ids, num_segments  as for `unsorted_segment_sum`
/// @return  `data`'s dtype, shape (num_segments, ...rest of data)
/// @throws  as `unsorted_segment_sum`
/// Gradient: dy, shared equally between elements equal to y.
/// Source: tf.math.unsorted_segment_max.
/// @code
/// auto x = tf::constant({3, 2, 4});
/// std::cout << tf::math::unsorted_segment_max(x, tf::constant({1, 0, 1}), 2);
/// // tf.Tensor([2 4], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor unsorted_segment_max(const Tensor& data, const Tensor& segment_ids,
                                     std::int64_t num_segments);

/// Smallest of each segment; the dtype's largest finite number where a segment has no rows, NaN
/// where it has one.
///
/// @param data, segment_ids, num_segments  as for `unsorted_segment_sum`
/// @return  `data`'s dtype, shape (num_segments, ...rest of data)
/// @throws  as `unsorted_segment_sum`
/// Gradient: dy, shared equally between elements equal to y.
/// Source: tf.math.unsorted_segment_min.
/// @code
/// auto x = tf::constant({3, 2, 4});
/// std::cout << tf::math::unsorted_segment_min(x, tf::constant({1, 0, 1}), 2);
/// // tf.Tensor([2 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor unsorted_segment_min(const Tensor& data, const Tensor& segment_ids,
                                     std::int64_t num_segments);

/// Mean of each segment: its sum divided by its number of rows; 0 where it has none.
///
/// @param data, segment_ids, num_segments  as for `unsorted_segment_sum`
/// @return  shape (num_segments, ...rest of data); `data`'s dtype if that is floating point, else
///          that of its quotients
/// @throws  as `unsorted_segment_sum`
/// Gradient: dx_i = dy_s / n_s with s = ids_i.  Source: tf.math.unsorted_segment_mean.
/// @code
/// auto x = tf::constant({1.0, 2.0, 4.0});
/// std::cout << tf::math::unsorted_segment_mean(x, tf::constant({1, 0, 1}), 2);
/// // tf.Tensor([2.  2.5], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor unsorted_segment_mean(const Tensor& data, const Tensor& segment_ids,
                                      std::int64_t num_segments);

/// Sum of each segment divided by the root of its number of rows; 0 where it has none.
///
/// @param data          floating point; otherwise as for `unsorted_segment_sum`
/// @param segment_ids   as for `unsorted_segment_sum`
/// @param num_segments  how many segments come out
/// @return              `data`'s dtype, shape (num_segments, ...rest of data)
/// @throws              as `unsorted_segment_sum`; DTypeError if `data` is not floating point
/// Gradient: dx_i = dy_s / sqrt(n_s) with s = ids_i.  Source: tf.math.unsorted_segment_sqrt_n.
/// @code
/// auto ids = tf::zeros({4}, tf::int32);
/// std::cout << tf::math::unsorted_segment_sqrt_n(tf::ones({4}), ids, 1);
/// // tf.Tensor([2.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor unsorted_segment_sqrt_n(const Tensor& data, const Tensor& segment_ids,
                                        std::int64_t num_segments);

/// Sum of each segment, where rows of one lie together; 0 where a segment has no rows.
///
/// @param data         rank >= 1, numeric
/// @param segment_ids  int32 or int64, one for each row, ascending from 0 on; the last says how
/// many
///                     segments there are
/// @return             `data`'s dtype, shape (last id + 1, ...rest of data)
/// @throws DTypeError for other dtypes; ShapeError unless there is one id a row; ValueError for ids
///         that are negative or not ascending, and in a traced function
/// Gradient: dx_i = dy_(ids_i).  Source: tf.math.segment_sum.
/// @code std::cout << tf::math::segment_sum(tf::constant({1, 2, 4}), tf::constant({0, 0, 1}));
/// // tf.Tensor([3 4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor segment_sum(const Tensor& data, const Tensor& segment_ids);

/// Mean of each segment, where rows of one lie together; 0 where a segment has no rows. Integers
/// are rounded towards zero.
///
/// @param data, segment_ids  as for `segment_sum`
/// @return  `data`'s dtype, shape (last id + 1, ...rest of data)
/// @throws  as `segment_sum`
/// Gradient: dx_i = dy_s / n_s with s = ids_i.  Source: tf.math.segment_mean.
/// @code std::cout << tf::math::segment_mean(tf::constant({1, 3, 4}), tf::constant({0, 0, 1}));
/// // tf.Tensor([2 4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor segment_mean(const Tensor& data, const Tensor& segment_ids);

/// Product of each segment, where rows of one lie together; 1 where a segment has no rows.
///
/// @param data, segment_ids  as for `segment_sum`
/// @return  `data`'s dtype, shape (last id + 1, ...rest of data)
/// @throws  as `segment_sum`
/// Gradient: that of `unsorted_segment_prod`.  Source: tf.math.segment_prod.
/// @code std::cout << tf::math::segment_prod(tf::constant({2, 3, 4}), tf::constant({0, 0, 1}));
/// // tf.Tensor([6 4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor segment_prod(const Tensor& data, const Tensor& segment_ids);

/// Largest of each segment, where rows of one lie together; 0 where a segment has no rows.
///
/// @param data, segment_ids  as for `segment_sum`
/// @return  `data`'s dtype, shape (last id + 1, ...rest of data)
/// @throws  as `segment_sum`
/// Gradient: dy, shared equally between elements equal to y.  Source: tf.math.segment_max.
/// @code std::cout << tf::math::segment_max(tf::constant({2, 3, 4}), tf::constant({0, 0, 2}));
/// // tf.Tensor([3 0 4], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor segment_max(const Tensor& data, const Tensor& segment_ids);

/// Smallest of each segment, where rows of one lie together; 0 where a segment has no rows.
///
/// @param data, segment_ids  as for `segment_sum`
/// @return  `data`'s dtype, shape (last id + 1, ...rest of data)
/// @throws  as `segment_sum`
/// Gradient: dy, shared equally between elements equal to y.  Source: tf.math.segment_min.
/// @code std::cout << tf::math::segment_min(tf::constant({2, 3, 4}), tf::constant({0, 0, 2}));
/// // tf.Tensor([2 0 4], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor segment_min(const Tensor& data, const Tensor& segment_ids);

}  // namespace math
}  // namespace saem
