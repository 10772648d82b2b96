#include "cpu/complex.hpp"

namespace saem::cpu {
namespace {

Tensor parts(const Tensor& z, void* data) {
  Shape shape = z.shape();
  Dims strides = z.strides();
  for (std::int64_t& stride : strides) stride *= 2;
  shape.push_back(2);
  strides.push_back(1);
  const Tensor real = Tensor::from_external(data, z.dtype().real_dtype(), {2}, [z] {});
  return real.view(std::move(shape), std::move(strides));
}

}  // namespace

Tensor parts_of(const Tensor& z) { return parts(z, const_cast<void*>(z.data())); }

Tensor mutable_parts_of(Tensor& z) { return parts(z, z.mutable_data()); }

}  // namespace saem::cpu
