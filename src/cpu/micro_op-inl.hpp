// Compiled once for each SIMD target: see Highway's foreach_target.h. Micro forms of ops.
#if defined(SAEM_CPU_MICRO_OP_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SAEM_CPU_MICRO_OP_INL_HPP
#undef SAEM_CPU_MICRO_OP_INL_HPP
#else
#define SAEM_CPU_MICRO_OP_INL_HPP
#endif

#include <hwy/highway.h>

#include <type_traits>
#include <utility>

#include "cpu/micro_op.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The steps of one machine. The accumulator is eight vectors, `a` to `h`: as many as calling
/// conventions pass in registers, and enough of them that a call costs little beside the work.
template <class T>
struct Micro {
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;
  using Step = void (*)(const MicroOp*, std::byte* const*, std::int64_t, V, V, V, V, V, V, V, V);

  static HWY_INLINE std::int64_t lanes() { return static_cast<std::int64_t>(hn::Lanes(D())); }
  static HWY_INLINE std::int64_t step_bytes() {
    return 8 * lanes() * static_cast<std::int64_t>(sizeof(T));
  }

  static HWY_INLINE T* memory(const MicroOp* op, std::size_t place, std::byte* const* places,
                              std::int64_t at) {
    return reinterpret_cast<T*>(places[op->places[place]] + at);
  }

  /// The last thing that a step does, so that compilers make a jump of it. Where one does not, as
  /// without optimization, programs are short enough for the stack.
  static HWY_INLINE void go_on(const MicroOp* op, std::byte* const* places, std::int64_t at, V a,
                               V b, V c, V d, V e, V f, V g, V h) {
    reinterpret_cast<Step>(op[1].run)(op + 1, places, at, a, b, c, d, e, f, g, h);
  }

  static void load(const MicroOp* op, std::byte* const* places, std::int64_t at, V, V, V, V, V, V,
                   V, V) {
    const D tag;
    const T* from = memory(op, 0, places, at);
    const std::int64_t n = lanes();
    go_on(op, places, at, hn::LoadU(tag, from), hn::LoadU(tag, from + n),
          hn::LoadU(tag, from + 2 * n), hn::LoadU(tag, from + 3 * n), hn::LoadU(tag, from + 4 * n),
          hn::LoadU(tag, from + 5 * n), hn::LoadU(tag, from + 6 * n), hn::LoadU(tag, from + 7 * n));
  }

  static void finish(const MicroOp* op, std::byte* const* places, std::int64_t at, V a, V b, V c,
                     V d, V e, V f, V g, V h) {
    T* to = memory(op, 0, places, at);
    const std::int64_t n = lanes();
    const D tag;
    hn::StoreU(a, tag, to);
    hn::StoreU(b, tag, to + n);
    hn::StoreU(c, tag, to + 2 * n);
    hn::StoreU(d, tag, to + 3 * n);
    hn::StoreU(e, tag, to + 4 * n);
    hn::StoreU(f, tag, to + 5 * n);
    hn::StoreU(g, tag, to + 6 * n);
    hn::StoreU(h, tag, to + 7 * n);
  }

  static void store(const MicroOp* op, std::byte* const* places, std::int64_t at, V a, V b, V c,
                    V d, V e, V f, V g, V h) {
    finish(op, places, at, a, b, c, d, e, f, g, h);
    go_on(op, places, at, a, b, c, d, e, f, g, h);
  }

  static std::int64_t run(const MicroOp* program, std::byte* const* places, std::int64_t bytes) {
    const auto first = reinterpret_cast<Step>(program->run);
    const V none = hn::Zero(D());  // a program begins with a load
    std::int64_t at = 0;
    for (; at + step_bytes() <= bytes; at += step_bytes()) {
      first(program, places, at, none, none, none, none, none, none, none, none);
    }
    return at;
  }

  /// Its address is what tells machines apart.
  static const MicroMachine* machine() {
    static const MicroMachine own{sizeof(T), reinterpret_cast<MicroFunction>(&load),
                                  reinterpret_cast<MicroFunction>(&store),
                                  reinterpret_cast<MicroFunction>(&finish), &run};
    return &own;
  }
};

/// An op of `kOperands` operands, number `kAccumulated` of them in the accumulator.
template <class T, class Op, std::size_t kAccumulated, std::size_t... kOperands>
struct MicroStep {
  using V = typename Micro<T>::V;

  template <std::size_t kOperand>
  static HWY_INLINE V operand(V accumulated, const T* const* memory, std::int64_t at) {
    if constexpr (kOperand == kAccumulated) {
      return accumulated;
    } else {
      constexpr std::size_t kPlace = kOperand < kAccumulated ? kOperand : kOperand - 1;
      return hn::LoadU(typename Micro<T>::D(), memory[kPlace] + at);
    }
  }

  static HWY_INLINE V apply(const Op& op, V accumulated, const T* const* memory, std::int64_t at) {
    return op(typename Micro<T>::D(), operand<kOperands>(accumulated, memory, at)...);
  }

  static void run(const MicroOp* op, std::byte* const* places, std::int64_t at, V a, V b, V c, V d,
                  V e, V f, V g, V h) {
    const T* memory[MicroOp::kMaxPlaces] = {};
    for (std::size_t k = 0; k + 1 < sizeof...(kOperands); ++k) {
      memory[k] = Micro<T>::memory(op, k, places, at);
    }
    const Op own = functor(op->options);
    const std::int64_t n = Micro<T>::lanes();
    a = apply(own, a, memory, 0);
    b = apply(own, b, memory, n);
    c = apply(own, c, memory, 2 * n);
    d = apply(own, d, memory, 3 * n);
    e = apply(own, e, memory, 4 * n);
    f = apply(own, f, memory, 5 * n);
    g = apply(own, g, memory, 6 * n);
    h = apply(own, h, memory, 7 * n);
    Micro<T>::go_on(op, places, at, a, b, c, d, e, f, g, h);
  }

  static HWY_INLINE Op functor(const void* options) {
    if constexpr (std::is_constructible_v<Op, const void*>) {
      return Op(options);
    } else {
      return Op{};
    }
  }
};

/// The form of a functor that takes a tag and vectors, as many as `kOperands` says: what
/// `transform_vectors` is given. One that has options is made of the pointer to them.
template <class T, class Op, std::size_t kOperands>
const MicroForm* micro_form() {
  static_assert(kOperands <= MicroForm::kMaxOperands);
  static const MicroForm own = []<std::size_t... K>(std::index_sequence<K...>) {
    const auto with =
        []<std::size_t kAccumulated>(std::integral_constant<std::size_t, kAccumulated>) {
          return reinterpret_cast<MicroFunction>(&MicroStep<T, Op, kAccumulated, K...>::run);
        };
    return MicroForm{
        Micro<T>::machine(), kOperands, {with(std::integral_constant<std::size_t, K>())...}};
  }
  (std::make_index_sequence<kOperands>());
  return &own;
}

}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
