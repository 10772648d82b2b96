// stateless_random_normal, stateless_random_uniform, stateless_random_uniform_int,
// stateless_truncated_normal; floor 4 of 5: CUDA. (stateless_permutation, one swap after another,
// runs on the host.)
//
// The numbers are the CPU's, which are TensorFlow's: a thread makes one Philox block and what comes
// of it. Bits, integers and uniforms are equal; normals differ by the rounding of sine and cosine.
#include <saem/ops/random.hpp>

#include "core/random_stream.hpp"
#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

constexpr int kThreads = 256;

__device__ __forceinline__ float unit(std::uint32_t bits) {
  return __uint_as_float((bits & 0x7fffffu) | 0x3f800000u) - 1.0f;
}

__device__ __forceinline__ double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t fraction = (std::uint64_t{high & 0xfffffu} << 32) | low;
  return __longlong_as_double(static_cast<long long>((std::uint64_t{1023} << 52) | fraction)) - 1.0;
}

template <class T>
struct Pair {
  T first;
  T second;
};

/// The float32 logarithm and angle are taken in float64 and rounded: an error in them would show in
/// the third unit of the normal number.
__device__ __forceinline__ Pair<float> box_muller(float first, float second) {
  const double u = fmaxf(first, 1.0e-7f);
  const auto angle = static_cast<float>(6.28318530717958647692 * static_cast<double>(second));
  const float radius = sqrtf(-2.0f * static_cast<float>(log(u)));
  float sine;
  float cosine;
  sincosf(angle, &sine, &cosine);
  return {sine * radius, cosine * radius};
}

__device__ __forceinline__ Pair<double> box_muller(double first, double second) {
  const double angle = 2.0 * 3.14159265358979323846 * second;
  const double radius = sqrt(-2.0 * log(fmax(first, 1.0e-7)));
  return {sin(angle) * radius, cos(angle) * radius};
}

/// What one block of four words becomes; `kCount` elements of T.
template <class T>
struct Normal {
  static constexpr int kCount = std::is_same_v<T, double> ? 2 : 4;
  __device__ __forceinline__ void operator()(const Philox::Counter& words, T* to) const {
    if constexpr (std::is_same_v<T, double>) {
      const auto pair = box_muller(unit(words[0], words[1]), unit(words[2], words[3]));
      to[0] = pair.first;
      to[1] = pair.second;
    } else {
      const auto low = box_muller(unit(words[0]), unit(words[1]));
      const auto high = box_muller(unit(words[2]), unit(words[3]));
      to[0] = narrow<T>(low.first);
      to[1] = narrow<T>(low.second);
      to[2] = narrow<T>(high.first);
      to[3] = narrow<T>(high.second);
    }
  }
};

template <class T>
struct Uniform {
  static constexpr int kCount = std::is_same_v<T, double> ? 2 : 4;
  __device__ __forceinline__ void operator()(const Philox::Counter& words, T* to) const {
    if constexpr (std::is_same_v<T, double>) {
      to[0] = unit(words[0], words[1]);
      to[1] = unit(words[2], words[3]);
    } else {
#pragma unroll
      for (std::size_t k = 0; k < 4; ++k) {
        if constexpr (std::is_same_v<T, float>) {
          to[k] = unit(words[k]);
        } else if constexpr (std::is_same_v<T, __half>) {
          // Half precision takes its fraction from the lowest bits: not a rounded float32.
          const auto bits = static_cast<unsigned short>(0x3c00u | (words[k] & 0x3ffu));
          to[k] = narrow<T>(__half2float(__ushort_as_half(bits)) - 1.0f);
        } else {
          const auto bits = static_cast<unsigned short>(0x3f80u | (words[k] & 0x7fu));
          to[k] = narrow<T>(__bfloat162float(__ushort_as_bfloat16(bits)) - 1.0f);
        }
      }
    }
  }
};

struct UniformInt32 {
  static constexpr int kCount = 4;
  std::uint32_t low;
  std::uint32_t range;
  __device__ __forceinline__ void operator()(const Philox::Counter& words, std::int32_t* to) const {
#pragma unroll
    for (std::size_t k = 0; k < 4; ++k) to[k] = static_cast<std::int32_t>(low + words[k] % range);
  }
};

struct UniformInt64 {
  static constexpr int kCount = 2;
  std::uint64_t low;
  std::uint64_t range;
  __device__ __forceinline__ void operator()(const Philox::Counter& words, std::int64_t* to) const {
#pragma unroll
    for (std::size_t k = 0; k < 2; ++k) {
      const std::uint64_t bits = words[2 * k] | (std::uint64_t{words[2 * k + 1]} << 32);
      to[k] = static_cast<std::int64_t>(low + bits % range);
    }
  }
};

template <class Make, class T>
__global__ void make_numbers(const PhiloxStream stream, const Make make, T* __restrict__ output,
                             std::int64_t size) {
  constexpr int kCount = Make::kCount;
  const std::int64_t block = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const std::int64_t first = block * kCount;
  if (first >= size) return;
  const auto words =
      Philox::bits(Philox::advance(stream.counter, static_cast<std::uint64_t>(block)), stream.key);
  Vector<T, kCount> numbers;
  make(words, numbers.at);
  if (first + kCount <= size) {
    *reinterpret_cast<Vector<T, kCount>*>(output + first) = numbers;
  } else {
    for (int k = 0; first + k < size; ++k) output[first + k] = numbers.at[k];
  }
}

template <class Make, class T>
void launch(const OpCall& call, const Make& make, T* output, std::int64_t size) {
  if (size == 0) return;
  const std::int64_t blocks = ceil_div(ceil_div(size, Make::kCount), kThreads);
  make_numbers<<<static_cast<unsigned>(blocks), kThreads, 0, gpu().stream>>>(
      stream_of(call.input(0)), make, output, size);
  check_launch(call.op.name);
}

template <template <class> class Make>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    launch(call, Make<T>{}, static_cast<T*>(outputs[0].mutable_data()), outputs[0].size());
  });
}

void run_uniform_int(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<StatelessRandomOptions>();
  Tensor& output = outputs[0];
  const auto bits = [&](const Scalar& bound) {
    return options.dtype.is_unsigned() ? bound.to<std::uint64_t>()
                                       : static_cast<std::uint64_t>(bound.to<std::int64_t>());
  };
  const std::uint64_t low = bits(options.minval);
  const std::uint64_t range = bits(options.maxval) - low;
  // Signed and unsigned have the same bits.
  if (output.dtype().size() == 4) {
    launch(call, UniformInt32{static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(range)},
           static_cast<std::int32_t*>(output.mutable_data()), output.size());
  } else {
    launch(call, UniformInt64{low, range}, static_cast<std::int64_t*>(output.mutable_data()),
           output.size());
  }
}

/// TensorFlow cuts at two standard deviations, and keeps 256 numbers in stock for each output: a
/// thread fills one group of outputs from its own stretch of the stream.
template <class T>
__global__ void make_truncated(const PhiloxStream stream, T* __restrict__ output,
                               std::int64_t size) {
  constexpr bool kWide = std::is_same_v<T, double>;
  constexpr std::int64_t kGroup = kWide ? 2 : 4;
  constexpr std::int64_t kBlocksPerGroup = kGroup * 256 / 4;
  const std::int64_t group = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  std::int64_t i = group * kGroup;
  if (i >= size) return;
  const std::int64_t last = i + kGroup < size ? i + kGroup : size;
  auto counter =
      Philox::advance(stream.counter, static_cast<std::uint64_t>(group * kBlocksPerGroup));
  while (i < last) {
    const auto words = Philox::bits(counter, stream.key);
    counter = Philox::advance(counter, 1);
    const auto take = [&](auto pair) {
      for (const auto number : {pair.first, pair.second}) {
        if (fabs(number) < 2 && i < last) output[i++] = narrow<T>(number);
      }
    };
    if constexpr (kWide) {
      take(box_muller(unit(words[0], words[1]), unit(words[2], words[3])));
    } else {
      take(box_muller(unit(words[0]), unit(words[1])));
      take(box_muller(unit(words[2]), unit(words[3])));
    }
  }
}

void run_truncated(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  dispatch_floating(output.dtype(), [&]<class T>(Type<T>) {
    const std::int64_t groups = ceil_div(output.size(), std::is_same_v<T, double> ? 2 : 4);
    make_truncated<<<static_cast<unsigned>(ceil_div(groups, kThreads)), kThreads, 0,
                     gpu().stream>>>(stream_of(call.input(0)),
                                     static_cast<T*>(output.mutable_data()), output.size());
  });
  check_launch(call.op.name);
}

}  // namespace

void register_random() {
  register_kernel("stateless_random_normal", DeviceType::kGPU, {&run<Normal>});
  register_kernel("stateless_random_uniform", DeviceType::kGPU, {&run<Uniform>});
  register_kernel("stateless_random_uniform_int", DeviceType::kGPU, {&run_uniform_int});
  register_kernel("stateless_truncated_normal", DeviceType::kGPU, {&run_truncated});
}

}  // namespace saem::cuda
