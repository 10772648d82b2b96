// embedding_lookup, a function over ops.
#include <saem/ops/clip_norm.hpp>
#include <saem/ops/embedding.hpp>
#include <saem/ops/gather.hpp>

#include "base/message.hpp"

namespace saem::nn {

Tensor embedding_lookup(const Tensor& params, const Tensor& ids,
                        const EmbeddingLookupOptions& options) {
  if (params.rank() == 0) {
    raise<ShapeError>("embedding_lookup", "params needs an axis of embeddings, got a scalar");
  }
  Tensor found = gather(params, ids, {.axis = 0});
  if (!options.max_norm) return found;
  Dims axes;
  for (int axis = ids.rank(); axis < found.rank(); ++axis) axes.push_back(axis);
  return clip_by_norm(found, *options.max_norm, Axes(std::move(axes)));
}

}  // namespace saem::nn
