#include <saem/autodiff/map.hpp>
#include <saem/core/op.hpp>

#include "autodiff/batch_tracer.hpp"
#include "base/message.hpp"

namespace saem::detail {
namespace {

/// How many slices `elems` have; one of size 1 fits any number.
std::int64_t slice_count(const std::vector<Tensor>& elems) {
  constexpr const char* kName = "vectorized_map";
  if (elems.empty()) raise<ValueError>(kName, "the list of tensors is empty; give at least one");
  std::int64_t count = 1;
  bool known = false;
  for (const Tensor& elem : elems) {
    if (elem.rank() == 0) {
      raise<ShapeError>(kName, "a scalar has no slices; give tensors of rank 1 or more");
    }
    const std::int64_t size = elem.shape()[0];
    if (size == 1) continue;
    if (known && size != count) {
      raise<ShapeError>(kName, "one tensor has {} slices along axis 0, another {}", count, size);
    }
    count = size;
    known = true;
  }
  return count;
}

/// All slices at once.
std::vector<Tensor> run_traced(const MapFunction& function, const std::vector<Tensor>& elems,
                               std::int64_t count, bool may_loop) {
  Tensors inputs;
  SmallVector<bool, 4> batched;
  for (const Tensor& elem : elems) {
    const bool shared = elem.shape()[0] != count;
    inputs.push_back(shared ? elem(0) : elem);
    batched.push_back(!shared);
  }
  const auto tracer = std::make_shared<BatchTracer>(count, may_loop);
  const Tensors results = tracer->run(
      [&](std::span<const Tensor> slices) -> Tensors {
        const std::vector<Tensor> given = function({slices.begin(), slices.end()});
        return {given.begin(), given.end()};
      },
      inputs, batched);
  return {results.begin(), results.end()};
}

}  // namespace

std::vector<Tensor> vectorized_map(const MapFunction& function, const std::vector<Tensor>& elems,
                                   const VectorizedMapOptions& options) {
  const std::int64_t count = slice_count(elems);
  return run_traced(function, elems, count, options.fallback_to_while_loop);
}

}  // namespace saem::detail
