#pragma once

#include <optional>
#include <saem/core/tensor.hpp>

namespace saem::nn {

/// What `embedding_lookup` does with what it finds.
struct EmbeddingLookupOptions {
  std::optional<double> max_norm = {};  ///< longer embeddings are scaled down to this length
};

/// The embeddings of ids: y_i = params[ids_i], or with `max_norm` m, y_i = params[ids_i] * m /
/// max(|params[ids_i]|, m).
///
/// @param params   (count, ...); one embedding a row
/// @param ids      any shape, int32 or int64; numbers of rows
/// @param options  `max_norm` (default none); with it `params` must be floating point
/// @return         the shape of `ids`, then that of a row; the dtype of `params`
/// @throws IndexError for an id outside [0, count); ShapeError if `params` is a scalar; DTypeError
///         for other ids
/// Gradient: dparams[r] = the sum of dy_i over all ids_i = r, through the scaling if there is one.
/// Source: tf.nn.embedding_lookup.
/// @code
/// auto params = tf::constant({{3.0, 4.0}, {0.0, 1.0}});
/// std::cout << tf::nn::embedding_lookup(params, tf::constant({1, 0}), {.max_norm = 2.5});
/// // tf.Tensor([[0.  1. ]
/// //  [1.5 2. ]], shape=(2, 2), dtype=float32)
/// @endcode
SAEM_API Tensor embedding_lookup(const Tensor& params, const Tensor& ids,
                                 const EmbeddingLookupOptions& options = {});

}  // namespace saem::nn
