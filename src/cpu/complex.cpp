// complex, real, imag, conj, angle, complex_abs; floor 3 of 5: CPU.
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

struct Real {
  template <class T>
  T operator()(std::complex<T> z) const {
    return z.real();
  }
};

struct Imag {
  template <class T>
  T operator()(std::complex<T> z) const {
    return z.imag();
  }
};

struct Conj {
  template <class T>
  std::complex<T> operator()(std::complex<T> z) const {
    return std::conj(z);
  }
};

struct Angle {
  template <class T>
  T operator()(std::complex<T> z) const {
    return std::arg(z);
  }
};

struct Abs {  // hypot: neither overflows nor loses what is small
  template <class T>
  T operator()(std::complex<T> z) const {
    return std::abs(z);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  run_elementwise({call.inputs, outputs[0], complex_block(call.input(0).dtype(), Op{})});
}

void run_complex(const OpCall& call, std::span<Tensor> outputs) {
  const auto find = []<class T>(Type<T>) -> BlockFunction {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      const auto* real = static_cast<const T*>(inputs[0]);
      const auto* imag = static_cast<const T*>(inputs[1]);
      auto* out = static_cast<std::complex<T>*>(output);
      for (std::int64_t i = 0; i < count; ++i) out[i] = {real[i], imag[i]};
    };
  };
  const bool single = call.input(0).dtype() == DType::kFloat32;
  run_elementwise({call.inputs, outputs[0], single ? find(Type<float>{}) : find(Type<double>{})});
}

}  // namespace

Tensor parts_of(const Tensor& z) { return parts(z, const_cast<void*>(z.data())); }

Tensor mutable_parts_of(Tensor& z) { return parts(z, z.mutable_data()); }

void register_complex() {
  register_kernel("complex", DeviceType::kCPU, {&run_complex, true});
  register_kernel("real", DeviceType::kCPU, {&run<Real>, true});
  register_kernel("imag", DeviceType::kCPU, {&run<Imag>, true});
  register_kernel("conj", DeviceType::kCPU, {&run<Conj>, true});
  register_kernel("angle", DeviceType::kCPU, {&run<Angle>, true});
  register_kernel("complex_abs", DeviceType::kCPU, {&run<Abs>, true});
}

}  // namespace saem::cpu
