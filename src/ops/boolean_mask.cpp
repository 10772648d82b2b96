// boolean_mask, floor 2 of 5: meaning. No op of its own: how many elements come out is known only
// from the mask, so it is read here, and what remains is a gather.
#include <saem/ops/boolean_mask.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"

namespace saem {

Tensor boolean_mask(const Tensor& x, const Tensor& mask, const BooleanMaskOptions& options) {
  if (!mask.dtype().is_bool()) {
    raise<DTypeError>("boolean_mask", "mask must be bool, got {}; compare it with something first",
                      mask.dtype().name());
  }
  if (mask.rank() == 0) raise<ShapeError>("boolean_mask", "mask must not be a scalar");
  const int axis = normalize_axis(options.axis, x.rank(), "boolean_mask");
  bool fits = axis + mask.rank() <= x.rank();
  for (int i = 0; fits && i < mask.rank(); ++i) fits = mask.shape()[i] == x.shape()[axis + i];
  if (!fits) {
    raise<ShapeError>("boolean_mask", "mask of shape {} does not lie on shape {} from axis {} on",
                      mask.shape().to_string(), x.shape().to_string(), axis);
  }
  const std::vector<bool> flags = ops::host_truths(mask, "boolean_mask", "mask");
  std::vector<std::int64_t> places;
  for (std::size_t place = 0; place < flags.size(); ++place) {
    if (flags[place]) places.push_back(static_cast<std::int64_t>(place));
  }
  Shape flat(x.shape().begin(), x.shape().begin() + axis);
  flat.push_back(mask.size());
  for (int i = axis + mask.rank(); i < x.rank(); ++i) flat.push_back(x.shape()[i]);
  const DeviceScope beside(x.device());
  return gather(reshape(x, flat), constant(places), {.axis = axis});
}

}  // namespace saem
