#include "ops/host.hpp"

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/dispatch.hpp"
#include "core/tensor_impl.hpp"

namespace saem::ops {

Tensor host_tensor(const Tensor& tensor, const char* op, const char* name) {
  if (tensor.is_symbolic()) {
    raise<ValueError>(op,
                      "the shape of its result depends on the values of {}, and a traced function "
                      "has none yet; call it outside the function",
                      name);
  }
  return contiguous_copy(to_host(tensor));
}

std::vector<std::int64_t> host_integers(const Tensor& tensor, const char* op, const char* name) {
  if (tensor.dtype() != int32 && tensor.dtype() != int64) {
    raise<DTypeError>(op, "{} must be int32 or int64, got {}; tf::cast them", name,
                      tensor.dtype().name());
  }
  const Tensor host = host_tensor(tensor, op, name);
  if (host.dtype() == int64) {
    const auto values = host.span<std::int64_t>();
    return {values.begin(), values.end()};
  }
  const auto values = host.span<std::int32_t>();
  return {values.begin(), values.end()};
}

std::vector<bool> host_truths(const Tensor& tensor, const char* op, const char* name) {
  const Tensor host = host_tensor(tensor, op, name);
  std::vector<bool> truths(static_cast<std::size_t>(host.size()));
  dispatch_any(host.dtype(), [&]<class T>(Type<T>) {
    const auto values = host.span<T>();
    for (std::size_t i = 0; i < truths.size(); ++i) truths[i] = values[i] != T();
  });
  return truths;
}

}  // namespace saem::ops
