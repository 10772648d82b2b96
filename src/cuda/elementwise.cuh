#pragma once

#include <algorithm>

#include "cuda/layout.hpp"
#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

/// Pointwise kernels: out[i] = f(in_0[i], in_1[i], ...) over tensors that broadcast.
///
/// Memory is the limit: each element is read and written once, in pieces of 16 bytes a thread
/// wherever the inputs' innermost axes lie in one piece (or repeat one element), several pieces in
/// flight. A number from the host travels with the launch.
namespace saem::cuda {

inline constexpr int kPointwiseThreads = 256;
/// Pieces that a thread of a large launch has on their way at a time.
inline constexpr int kPieces = 4;

/// One input as a kernel reads it.
template <class T>
struct Operand {
  const T* data = nullptr;  ///< null: `value` stands for every element
  compute_type<T> value{};
  bool repeats = false;  ///< one element along the innermost axis
};

template <class T>
struct StridedOperand : Operand<T> {
  std::int64_t strides[kMostAxes] = {};
};

/// A host tensor of rank 0 as a number to compute with.
template <class T>
compute_type<T> host_value(const Tensor& scalar) {
  if constexpr (std::is_same_v<T, __half>) {
    return static_cast<float>(*scalar.data_as<float16>());
  } else if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    return static_cast<float>(*scalar.data_as<bfloat16>());
  } else {
    return *static_cast<const T*>(scalar.data());
  }
}

template <class T>
Operand<T> operand_of(const Tensor& input) {
  if (input.device().type == DeviceType::kCPU) return {nullptr, host_value<T>(input), true};
  return {static_cast<const T*>(input.data()), compute_type<T>{}, input.size() == 1};
}

/// Elements that fill 16 bytes of the widest type.
template <class Out, class... In>
inline constexpr int kElements =
    std::max<int>(1, kWidest / static_cast<int>(std::max({sizeof(Out), sizeof(In)...})));

template <class T, int kVector>
struct Piece {
  compute_type<T> at[kVector];
};

template <int kVector, class T>
__device__ __forceinline__ Piece<T, kVector> load_piece(const Operand<T>& operand,
                                                        std::int64_t place) {
  Piece<T, kVector> piece;
  if (operand.repeats) {
    const compute_type<T> value =
        operand.data == nullptr ? operand.value : widen(operand.data[place]);
#pragma unroll
    for (int j = 0; j < kVector; ++j) piece.at[j] = value;
  } else {
    const auto pack = *reinterpret_cast<const Vector<T, kVector>*>(operand.data + place);
#pragma unroll
    for (int j = 0; j < kVector; ++j) piece.at[j] = widen(pack.at[j]);
  }
  return piece;
}

template <int kVector, class Out, class Function, class... Pieces>
__device__ __forceinline__ void store_piece(const Function& f, Out* to, const Pieces&... pieces) {
  Vector<Out, kVector> pack;
#pragma unroll
  for (int j = 0; j < kVector; ++j) {
    using Result = decltype(f(pieces.at[j]...));
    if constexpr (kIsHalf<Out> && !std::is_same_v<Result, Out>) {
      pack.at[j] = narrow<Out>(f(pieces.at[j]...));
    } else {
      pack.at[j] = static_cast<Out>(f(pieces.at[j]...));
    }
  }
  *reinterpret_cast<Vector<Out, kVector>*>(to) = pack;
}

/// All the pieces of one thread, loaded before any is used.
template <class T, int kVector>
struct Load {
  Piece<T, kVector> at[kPieces];
  __device__ __forceinline__ Load(const Operand<T>& operand, std::int64_t first,
                                  std::int64_t step) {
#pragma unroll
    for (int p = 0; p < kPieces; ++p) {
      at[p] = load_piece<kVector>(operand, operand.repeats ? 0 : first + p * step);
    }
  }
};

template <int kVector, class Out, class Function, class... Loads>
__device__ __forceinline__ void store_loads(const Function& f, Out* to, std::int64_t step,
                                            const Loads&... loads) {
#pragma unroll
  for (int p = 0; p < kPieces; ++p) store_piece<kVector>(f, to + p * step, loads.at[p]...);
}

/// Inputs lie as the output does, or are one element each. `kVector` divides no size in particular:
/// what is left at the end goes element by element.
template <int kVector, class Function, class Out, class... In>
__device__ __forceinline__ void compute_flat(const Function& f, Out* __restrict__ output,
                                             std::int64_t size, const Operand<In>&... inputs) {
  wait_for_inputs();
  constexpr std::int64_t kStep = std::int64_t{kPointwiseThreads} * kVector;
  const std::int64_t first = blockIdx.x * kStep * kPieces + std::int64_t{threadIdx.x} * kVector;
  if (first + (kPieces - 1) * kStep + kVector <= size) {
    store_loads<kVector>(f, output + first, kStep, Load<In, kVector>(inputs, first, kStep)...);
    return;
  }
  for (int p = 0; p < kPieces; ++p) {
    const std::int64_t at = first + p * kStep;
    if (at + kVector <= size) {
      store_piece<kVector>(f, output + at, load_piece<kVector>(inputs, inputs.repeats ? 0 : at)...);
      continue;
    }
    for (std::int64_t i = at; i < size; ++i) {
      store_piece<1>(f, output + i, load_piece<1>(inputs, inputs.repeats ? 0 : i)...);
    }
  }
}

/// The axes of a launch, innermost last and counted in pieces.
struct KernelAxes {
  int rank = 0;
  Divider divide[kMostAxes];
};

/// Inputs that broadcast or lie in any way, `kVector` neighbours of the innermost axis a thread.
template <int kVector, class Function, class Out, class... In>
__device__ __forceinline__ void compute_strided(const Function& f, Out* __restrict__ output,
                                                std::uint32_t pieces, const KernelAxes& axes,
                                                const StridedOperand<In>&... inputs) {
  wait_for_inputs();
  const std::uint32_t piece = blockIdx.x * kPointwiseThreads + threadIdx.x;
  if (piece >= pieces) return;
  std::uint32_t index[kMostAxes];
  std::uint32_t rest = piece;
#pragma unroll
  for (int axis = kMostAxes - 1; axis >= 0; --axis) {
    index[axis] = 0;
    if (axis >= axes.rank) continue;
    const std::uint32_t next = axes.divide[axis](rest);
    index[axis] = rest - next * axes.divide[axis].divisor;
    rest = next;
  }
  if constexpr (kVector > 1) {
#pragma unroll
    for (int axis = 0; axis < kMostAxes; ++axis) {
      if (axis == axes.rank - 1) index[axis] *= kVector;
    }
  }
  const auto place = [&](const auto& input) {
    std::int64_t at = 0;
#pragma unroll
    for (int axis = 0; axis < kMostAxes; ++axis) at += index[axis] * input.strides[axis];
    return at;
  };
  store_piece<kVector>(f, output + std::int64_t{piece} * kVector,
                       load_piece<kVector>(inputs, place(inputs))...);
}

// One kernel for each number of inputs: a template whose parameters end in a pack has no address
// that nvcc can take. No launch bounds: told of 256 threads, ptxas keeps to 32 registers and spills
// a float32 add's operands to memory; left alone it takes 40.
template <int kVector, class Function, class Out, class A>
__global__ void flat_kernel_of_1(const Function f, Out* output, std::int64_t size,
                                 const Operand<A> a) {
  compute_flat<kVector>(f, output, size, a);
}
template <int kVector, class Function, class Out, class A>
__global__ void strided_kernel_of_1(const Function f, Out* output, std::uint32_t pieces,
                                    const KernelAxes axes, const StridedOperand<A> a) {
  compute_strided<kVector>(f, output, pieces, axes, a);
}
template <int kVector, class Function, class Out, class A, class B>
__global__ void flat_kernel_of_2(const Function f, Out* output, std::int64_t size,
                                 const Operand<A> a, const Operand<B> b) {
  compute_flat<kVector>(f, output, size, a, b);
}
template <int kVector, class Function, class Out, class A, class B>
__global__ void strided_kernel_of_2(const Function f, Out* output, std::uint32_t pieces,
                                    const KernelAxes axes, const StridedOperand<A> a,
                                    const StridedOperand<B> b) {
  compute_strided<kVector>(f, output, pieces, axes, a, b);
}
template <int kVector, class Function, class Out, class A, class B, class C>
__global__ void flat_kernel_of_3(const Function f, Out* output, std::int64_t size,
                                 const Operand<A> a, const Operand<B> b, const Operand<C> c) {
  compute_flat<kVector>(f, output, size, a, b, c);
}
template <int kVector, class Function, class Out, class A, class B, class C>
__global__ void strided_kernel_of_3(const Function f, Out* output, std::uint32_t pieces,
                                    const KernelAxes axes, const StridedOperand<A> a,
                                    const StridedOperand<B> b, const StridedOperand<C> c) {
  compute_strided<kVector>(f, output, pieces, axes, a, b, c);
}

template <int kVector, class Function, class Out, class... In>
constexpr auto flat_kernel() {
  if constexpr (sizeof...(In) == 1) {
    return &flat_kernel_of_1<kVector, Function, Out, In...>;
  } else if constexpr (sizeof...(In) == 2) {
    return &flat_kernel_of_2<kVector, Function, Out, In...>;
  } else {
    return &flat_kernel_of_3<kVector, Function, Out, In...>;
  }
}

template <int kVector, class Function, class Out, class... In>
constexpr auto strided_kernel() {
  if constexpr (sizeof...(In) == 1) {
    return &strided_kernel_of_1<kVector, Function, Out, In...>;
  } else if constexpr (sizeof...(In) == 2) {
    return &strided_kernel_of_2<kVector, Function, Out, In...>;
  } else {
    return &strided_kernel_of_3<kVector, Function, Out, In...>;
  }
}

/// Launches of the strided kernel over `layout`, whose axes and size fit what it counts in.
template <int kVector, class Function, class Out, class... In>
void launch_strided(const char* op, const Function& f, Out* output,
                    const BroadcastLayout<sizeof...(In)>& layout, StridedOperand<In>... inputs) {
  KernelAxes axes;
  axes.rank = static_cast<int>(layout.rank());
  std::int64_t pieces = 1;
  for (std::size_t axis = 0; axis < layout.rank(); ++axis) {
    const bool last = axis + 1 == layout.rank();
    const std::int64_t size = layout.sizes[axis] / (last ? kVector : 1);
    axes.divide[axis] = Divider(static_cast<std::uint32_t>(size));
    pieces *= size;
  }
  std::size_t k = 0;
  const auto place = [&](auto& input) {
    for (std::size_t axis = 0; axis < layout.rank(); ++axis) {
      input.strides[axis] = layout.strides[k][axis];
    }
    input.repeats = input.data == nullptr || layout.strides[k].back() == 0;
    ++k;
  };
  (place(inputs), ...);
  launch(op, strided_kernel<kVector, Function, Out, In...>(), ceil_div(pieces, kPointwiseThreads),
         kPointwiseThreads, f, output, pieces, axes, inputs...);
}

/// Whether pieces of `kVector` neighbours can be loaded and stored at once.
template <int kVector, int kInputs>
bool takes_pieces(const BroadcastLayout<kInputs>& layout, const void* output,
                  std::size_t output_size, const std::array<const void*, kInputs>& data,
                  const std::array<std::size_t, kInputs>& sizes) {
  if (layout.sizes.back() % kVector != 0 || !is_aligned(output, output_size * kVector)) {
    return false;
  }
  for (std::size_t k = 0; k < kInputs; ++k) {
    if (data[k] == nullptr || layout.strides[k].back() == 0) continue;
    if (layout.strides[k].back() != 1 || !is_aligned(data[k], sizes[k] * kVector)) return false;
    for (std::size_t axis = 0; axis + 1 < layout.rank(); ++axis) {
      if (layout.strides[k][axis] % kVector != 0) return false;
    }
  }
  return true;
}

template <class Function, class Out, class... In>
void run_strided(const char* op, const Function& f, Out* output,
                 const BroadcastLayout<sizeof...(In)>& layout, StridedOperand<In>... inputs) {
  constexpr std::int64_t kMostPieces = std::int64_t{1} << 30;
  std::int64_t size = 1;
  for (const std::int64_t axis : layout.sizes) size *= axis;
  if (layout.rank() > kMostAxes || (size > kMostPieces && layout.rank() > 1)) {
    // More than the kernel counts: the outermost axis is walked here.
    BroadcastLayout<sizeof...(In)> inner;
    for (std::size_t axis = 1; axis < layout.rank(); ++axis) {
      inner.sizes.push_back(layout.sizes[axis]);
      for (std::size_t k = 0; k < sizeof...(In); ++k) {
        inner.strides[k].push_back(layout.strides[k][axis]);
      }
    }
    for (std::int64_t i = 0; i < layout.sizes[0]; ++i) {
      run_strided(op, f, output + i * (size / layout.sizes[0]), inner, inputs...);
      std::size_t k = 0;
      const auto advance = [&](auto& input) {
        if (input.data != nullptr) input.data += layout.strides[k][0];
        ++k;
      };
      (advance(inputs), ...);
    }
    return;
  }
  if (size > kMostPieces) {  // one long axis, in parts
    BroadcastLayout<sizeof...(In)> part = layout;
    for (std::int64_t done = 0; done < size; done += kMostPieces) {
      part.sizes[0] = std::min(kMostPieces, size - done);
      run_strided(op, f, output + done, part, inputs...);
      std::size_t k = 0;
      const auto advance = [&](auto& input) {
        if (input.data != nullptr) input.data += part.sizes[0] * layout.strides[k][0];
        ++k;
      };
      (advance(inputs), ...);
    }
    return;
  }
  constexpr int kVector = kElements<Out, In...>;
  if (takes_pieces<kVector, sizeof...(In)>(layout, output, sizeof(Out), {inputs.data...},
                                           {sizeof(In)...})) {
    launch_strided<kVector>(op, f, output, layout, inputs...);
  } else {
    launch_strided<1>(op, f, output, layout, inputs...);
  }
}

template <class Function, class Out, class... In>
void launch_flat(const char* op, const Function& f, Out* output, std::int64_t size,
                 const Operand<In>&... inputs) {
  constexpr int kVector = kElements<Out, In...>;
  constexpr std::int64_t kBlock = std::int64_t{kPointwiseThreads} * kVector * kPieces;
  launch(op, flat_kernel<kVector, Function, Out, In...>(), ceil_div(size, kBlock),
         kPointwiseThreads, f, output, size, inputs...);
}

/// out = f(inputs...), computed in the compute types of `In`. Inputs lie on this GPU, broadcast to
/// `output` and lie in any way, or are host tensors of rank 0.
template <class Out, class... In, class Function, class... Inputs>
void run_elementwise(const OpCall& call, Tensor& output, const Function& f,
                     const Inputs&... tensors) {
  static_assert(sizeof...(In) == sizeof...(Inputs));
  if (output.size() == 0) return;
  auto* to = static_cast<Out*>(output.mutable_data());
  constexpr int kVector = kElements<Out, In...>;
  const auto flat = [&](const Tensor& input, std::size_t width) {
    if (input.device().type == DeviceType::kCPU || input.size() == 1) return true;
    return input.is_contiguous() && input.shape() == output.shape() &&
           is_aligned(input.data(), width * kVector);
  };
  if ((flat(tensors, sizeof(In)) && ...)) {
    return launch_flat(call.op.name, f, to, output.size(), operand_of<In>(tensors)...);
  }
  const auto layout = broadcast_layout<sizeof...(In)>(output.shape(), {&tensors...});
  const auto strided = [](const auto& operand) {
    using T = std::remove_cvref_t<decltype(*operand.data)>;
    StridedOperand<T> result;
    static_cast<Operand<T>&>(result) = operand;
    return result;
  };
  run_strided(call.op.name, f, to, layout, strided(operand_of<In>(tensors))...);
}

}  // namespace saem::cuda
