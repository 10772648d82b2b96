// random_seed, stateless_random_*, stateless_truncated_normal, stateless_permutation; floor 3: CPU.
//
// The numbers are TensorFlow's (tensorflow/core/lib/random/random_distributions.h and
// stateless_random_ops.cc): element i depends on the seed and i alone, so any thread can make any
// part.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/random.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <saem/core/op.hpp>
#include <saem/ops/random.hpp>

#include "base/parallel.hpp"
#include "base/philox.hpp"
#include "core/dispatch.hpp"
#include "core/generator.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/math-inl.hpp"
#include "cpu/random_stream.hpp"

#ifndef SAEM_CPU_RANDOM_ONCE
#define SAEM_CPU_RANDOM_ONCE
namespace saem::cpu {

/// Philox blocks of four 32-bit numbers that are made at a time: a multiple of every vector's
/// lanes.
inline constexpr std::int64_t kBatch = 64;
inline constexpr std::int64_t kNumbers = 4 * kBatch;

/// Word k of block i at [k][i].
using Blocks = std::uint32_t[4][kBatch];
/// Makes kNumbers float32 from kBatch blocks, in TensorFlow's order.
using FloatFunction = void (*)(const Blocks& blocks, float* output);

/// Makes blocks first, first + 1, ... of a stream, or those in `numbers`.
using BlockMaker = void (*)(const PhiloxStream& stream, std::uint64_t first,
                            const std::uint64_t* numbers, Blocks& blocks);

}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

/// The low 23 bits as the fraction of a number in [1, 2), less 1.
template <class D, class DU = hn::RebindToUnsigned<D>>
HWY_INLINE hn::Vec<D> unit(D d, hn::Vec<DU> bits) {
  const DU du;
  const auto fraction = hn::And(bits, hn::Set(du, 0x7fffffu));
  return hn::Sub(hn::BitCast(d, hn::Or(fraction, hn::Set(du, 0x3f800000u))), hn::Set(d, 1.0f));
}

/// function(x) in double, rounded to float.
template <class D, class V, class Function>
HWY_INLINE V in_double(D d, V x, const Function& function) {
#if HWY_TARGET == HWY_SCALAR  // one lane has no halves
  const hn::Rebind<double, D> wide;
  return hn::DemoteTo(d, function(wide, hn::PromoteTo(wide, x)));
#else
  const hn::Half<D> half;
  const hn::RepartitionToWide<D> wide;
  const auto low = function(wide, hn::PromoteTo(wide, hn::LowerHalf(half, x)));
  const auto high = function(wide, hn::PromoteTo(wide, hn::UpperHalf(half, x)));
  return hn::Combine(d, hn::DemoteTo(half, high), hn::DemoteTo(half, low));
#endif
}

/// 2 pi x, rounded to double and then to float, as TensorFlow's.
struct FullTurns {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Mul(x, hn::Set(d, 6.28318530717958647692));
  }
};

/// ln(x) for x in [1e-7, 1), to 33 bits: a float32 logarithm that is not quite rounded would show
/// in the third unit of the normal number. With s = (m - 1) / (m + 1), ln m = 2 (s + s^3 / 3 + s^5
/// / 5 + ...).
struct Logarithm {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const hn::RebindToSigned<D> di;
    const auto bits = hn::BitCast(di, x);
    const auto root_half = hn::Set(di, 0x3fe6a09e667f3bcd);
    const auto offset = hn::Sub(bits, root_half);
    // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)).
    const auto fraction = hn::And(offset, hn::Set(di, 0x000fffffffffffff));
    const V m = hn::BitCast(d, hn::Add(fraction, root_half));
    // The exponent as a double: it lies in the low bits of 1.5 * 2^52 + exponent.
    const auto biased = hn::BitCast(
        di,
        hn::ShiftRight<52>(hn::BitCast(hn::RebindToUnsigned<D>(),
                                       hn::Add(offset, hn::Set(di, std::int64_t{1024} << 52)))));
    const V magic = hn::Set(d, 0x1.8p52);
    const V exponent =
        hn::Sub(hn::Sub(hn::BitCast(d, hn::Add(biased, hn::BitCast(di, magic))), magic),
                hn::Set(d, 1024.0));
    const V one = hn::Set(d, 1.0);
    const V s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
    const V p =
        polynomial(d, hn::Mul(s, s), 2.0, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13);
    return hn::MulAdd(exponent, hn::Set(d, 0.693147180559945309417), hn::Mul(s, p));
  }
};

/// sin and cos of angles in [0, 2 pi], with the polynomials of glibc's sincosf (Arm's optimized
/// routines, math/sincosf_data.c), which TensorFlow calls: other ones, though as good, differ in 1
/// of 77 last bits, and with the logarithm's that made three units.
template <class D, class V>
HWY_INLINE void sine_and_cosine(D d, V angle, V& sine, V& cosine) {
  const hn::RebindToSigned<D> di;
  const auto constant = [&](double value) HWY_ATTR { return hn::Set(d, value); };
  // Adding 1.5 * 2^52 rounds to a whole number of quarter turns and leaves it in the low bits.
  const V magic = constant(0x1.8p52);
  const V shifted = hn::MulAdd(angle, constant(0x1.45f306dc9c883p-1), magic);
  const V x = hn::NegMulAdd(hn::Sub(shifted, magic), constant(0x1.921fb54442d18p0), angle);
  const auto quarter = hn::BitCast(di, shifted);
  const V x2 = hn::Mul(x, x);
  const V x3 = hn::Mul(x2, x);
  const V x4 = hn::Mul(x2, x2);
  const V sine_end =
      hn::MulAdd(x2, constant(-0x1.994eb3774cf24p-13), constant(0x1.1107605230bc4p-7));
  const V sine_begin = hn::MulAdd(x3, constant(-0x1.555545995a603p-3), x);
  const V s = hn::MulAdd(hn::Mul(x3, x2), sine_end, sine_begin);
  const V cosine_end =
      hn::MulAdd(x2, constant(0x1.99343027bf8c3p-16), constant(-0x1.6c087e89a359dp-10));
  const V cosine_begin = hn::MulAdd(x2, constant(-0x1.ffffffd0c621cp-2), constant(1.0));
  const V c = hn::MulAdd(hn::Mul(x4, x2), cosine_end,
                         hn::MulAdd(x4, constant(0x1.55553e1068f19p-5), cosine_begin));
  const auto odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(di, 1)));
  const auto sign = [&](int turn) HWY_ATTR {  // of the sine, `turn` quarters further
    const auto there = hn::Add(quarter, hn::Set(di, turn));
    return hn::BitCast(d, hn::ShiftLeft<62>(hn::And(there, hn::Set(di, 2))));
  };
  sine = hn::Xor(hn::IfThenElse(odd, c, s), sign(0));
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), sign(1));
}

/// Two uniform numbers become two normal ones: Box and Muller, Ann. Math. Statist. 29 (1958).
template <class D, class V>
HWY_INLINE void box_muller(D d, V first, V second, V& sine_part, V& cosine_part) {
  const V u = hn::Max(first, hn::Set(d, 1.0e-7f));
  const V angle = in_double(d, second, FullTurns());
  const V radius = hn::Sqrt(hn::Mul(hn::Set(d, -2.0f), in_double(d, u, Logarithm())));
#if HWY_TARGET == HWY_SCALAR  // one lane has no halves
  const hn::Rebind<double, D> wide;
  hn::Vec<decltype(wide)> sine, cosine;
  sine_and_cosine(wide, hn::PromoteTo(wide, angle), sine, cosine);
  sine_part = hn::Mul(hn::DemoteTo(d, sine), radius);
  cosine_part = hn::Mul(hn::DemoteTo(d, cosine), radius);
#else
  const hn::Half<D> half;
  const hn::RepartitionToWide<D> wide;
  hn::Vec<decltype(wide)> low_sine, low_cosine, high_sine, high_cosine;
  sine_and_cosine(wide, hn::PromoteTo(wide, hn::LowerHalf(half, angle)), low_sine, low_cosine);
  sine_and_cosine(wide, hn::PromoteTo(wide, hn::UpperHalf(half, angle)), high_sine, high_cosine);
  const auto join = [&](auto high, auto low) HWY_ATTR {
    return hn::Combine(d, hn::DemoteTo(half, high), hn::DemoteTo(half, low));
  };
  sine_part = hn::Mul(join(high_sine, low_sine), radius);
  cosine_part = hn::Mul(join(high_cosine, low_cosine), radius);
#endif
}

void NormalFloats(const Blocks& blocks, float* output) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < kBatch; i += lanes) {
    hn::Vec<decltype(d)> x0, x1, x2, x3;
    box_muller(d, unit(d, hn::LoadU(du, blocks[0] + i)), unit(d, hn::LoadU(du, blocks[1] + i)), x0,
               x1);
    box_muller(d, unit(d, hn::LoadU(du, blocks[2] + i)), unit(d, hn::LoadU(du, blocks[3] + i)), x2,
               x3);
    hn::StoreInterleaved4(x0, x1, x2, x3, d, output + 4 * i);
  }
}

void UniformFloats(const Blocks& blocks, float* output) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < kBatch; i += lanes) {
    const auto part = [&](int word) HWY_ATTR { return unit(d, hn::LoadU(du, blocks[word] + i)); };
    hn::StoreInterleaved4(part(0), part(1), part(2), part(3), d, output + 4 * i);
  }
}

/// kBatch blocks of a stream. Loops over arrays of known length: the compiler makes vectors.
void MakeBlocks(const PhiloxStream& stream, std::uint64_t first, const std::uint64_t* numbers,
                Blocks& blocks) {
  for (std::int64_t i = 0; i < kBatch; ++i) {
    const std::uint64_t number =
        numbers != nullptr ? numbers[i] : first + static_cast<std::uint64_t>(i);
    const auto counter = Philox::advance(stream.counter, number);
    for (int word = 0; word < 4; ++word) blocks[word][i] = counter[static_cast<std::size_t>(word)];
  }
  Philox::Key key = stream.key;
  for (int round = 0; round < 10; ++round) {
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * blocks[0][i];
      const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * blocks[2][i];
      const std::uint32_t word1 = blocks[1][i];
      const std::uint32_t word3 = blocks[3][i];
      blocks[0][i] = static_cast<std::uint32_t>(product1 >> 32) ^ word1 ^ key[0];
      blocks[1][i] = static_cast<std::uint32_t>(product1);
      blocks[2][i] = static_cast<std::uint32_t>(product0 >> 32) ^ word3 ^ key[1];
      blocks[3][i] = static_cast<std::uint32_t>(product0);
    }
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
}

FloatFunction FindNormalFloats() { return &NormalFloats; }
FloatFunction FindUniformFloats() { return &UniformFloats; }
BlockMaker FindMakeBlocks() { return &MakeBlocks; }

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(FindNormalFloats);
HWY_EXPORT(FindUniformFloats);
HWY_EXPORT(FindMakeBlocks);

namespace {

/// Calls `make(blocks, first, count)` for output elements [first, first + count), `per_block` of
/// which come from one Philox block.
template <class Make>
void for_each_batch(const Tensor& seed, std::int64_t size, std::int64_t per_block, Make&& make) {
  constexpr std::int64_t kBatchesPerTask = 32;
  const PhiloxStream stream = stream_of(seed);
  const std::int64_t step = per_block * kBatch;
  const auto make_blocks = HWY_DYNAMIC_DISPATCH(FindMakeBlocks)();
  parallel_for(size, step * kBatchesPerTask, [&](std::int64_t begin, std::int64_t end) {
    alignas(64) Blocks blocks;  // a cache line
    for (; begin < end; begin += step) {
      make_blocks(stream, static_cast<std::uint64_t>(begin / per_block), nullptr, blocks);
      make(blocks, begin, std::min(step, end - begin));
    }
  });
}

/// float32, and float16 and bfloat16 by one rounding of it.
void make_floats(const Tensor& seed, Tensor& output, FloatFunction function) {
  const DType dtype = output.dtype();
  auto* bytes = static_cast<std::byte*>(output.mutable_data());
  for_each_batch(seed, output.size(), 4,
                 [&](const Blocks& blocks, std::int64_t first, std::int64_t count) {
                   alignas(64) float numbers[kNumbers];
                   function(blocks, numbers);
                   std::byte* to = bytes + first * static_cast<std::int64_t>(dtype.size());
                   if (dtype == float32) {
                     std::memcpy(to, numbers, static_cast<std::size_t>(count) * sizeof(float));
                   } else {
                     narrow(dtype, numbers, to, count);
                   }
                 });
}

/// Two doubles a block: `make(high, low, high, low)` of the four words.
template <class T, class Make>
void make_pairs(const Tensor& seed, T* output, std::int64_t size, Make&& make) {
  for_each_batch(seed, size, 2, [&](const Blocks& blocks, std::int64_t first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; i += 2) {
      const std::int64_t at = i / 2;
      const auto pair = make(blocks[0][at], blocks[1][at], blocks[2][at], blocks[3][at]);
      output[first + i] = pair.first;
      if (i + 1 < count) output[first + i + 1] = pair.second;
    }
  });
}

void run_normal(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  if (output.dtype() != float64) {
    return make_floats(call.input(0), output, HWY_DYNAMIC_DISPATCH(FindNormalFloats)());
  }
  make_pairs(call.input(0), output.mutable_data_as<double>(), output.size(),
             [](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
               return box_muller(unit(a, b), unit(c, d));
             });
}

/// Half precision takes its fraction from the lowest bits of each word: not a rounded float32.
template <class T, int kFractionBits, std::uint16_t kOne>
void make_halves(const Tensor& seed, Tensor& output) {
  T* to = output.mutable_data_as<T>();
  for_each_batch(
      seed, output.size(), 4, [&](const Blocks& blocks, std::int64_t first, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) {
          const std::uint32_t word = blocks[i % 4][i / 4];
          T number;
          number.bits = static_cast<std::uint16_t>(kOne | (word & ((1u << kFractionBits) - 1)));
          to[first + i] = T(static_cast<float>(number) - 1.0f);
        }
      });
}

void run_uniform(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  const Tensor& seed = call.input(0);
  switch (output.dtype().code()) {
    case DType::kFloat16:
      return make_halves<float16, 10, 0x3c00>(seed, output);
    case DType::kBFloat16:
      return make_halves<bfloat16, 7, 0x3f80>(seed, output);
    case DType::kFloat32:
      return make_floats(seed, output, HWY_DYNAMIC_DISPATCH(FindUniformFloats)());
    default:
      make_pairs(seed, output.mutable_data_as<double>(), output.size(),
                 [](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
                   return Pair{unit(a, b), unit(c, d)};
                 });
  }
}

/// One 32-bit integer of each word, `make(word)`.
template <class Make>
void make_words(const Tensor& seed, Tensor& output, Make&& make) {
  auto* to = static_cast<std::uint32_t*>(output.mutable_data());
  for_each_batch(seed, output.size(), 4,
                 [&](const Blocks& blocks, std::int64_t first, std::int64_t count) {
                   for (std::int64_t i = 0; i < count; ++i) {
                     to[first + i] = make(blocks[i % 4][i / 4]);
                   }
                 });
}

/// One 64-bit integer of each two words, `make(bits)`.
template <class Make>
void make_long_words(const Tensor& seed, Tensor& output, Make&& make) {
  struct Integers {
    std::uint64_t first;
    std::uint64_t second;
  };
  const auto join = [&](std::uint32_t lower, std::uint32_t upper) {
    return make(lower | (std::uint64_t{upper} << 32));
  };
  make_pairs(seed, static_cast<std::uint64_t*>(output.mutable_data()), output.size(),
             [&](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
               return Integers{join(a, b), join(c, d)};
             });
}

/// Signed integers too, as their bits: low + word % range wraps around.
void run_uniform_int(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<StatelessRandomOptions>();
  const bool is_signed = !options.dtype.is_unsigned();
  const auto bits = [&](const Scalar& bound) {
    return is_signed ? static_cast<std::uint64_t>(bound.to<std::int64_t>())
                     : bound.to<std::uint64_t>();
  };
  const std::uint64_t low = bits(options.minval);
  const std::uint64_t range = bits(options.maxval) - low;
  if (outputs[0].dtype().size() == 4) {
    const auto narrow_low = static_cast<std::uint32_t>(low);
    const auto narrow_range = static_cast<std::uint32_t>(range);
    make_words(call.input(0), outputs[0],
               [=](std::uint32_t word) { return narrow_low + word % narrow_range; });
  } else {
    make_long_words(call.input(0), outputs[0],
                    [=](std::uint64_t word) { return low + word % range; });
  }
}

void run_uniform_full_int(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype().size() == 4) {
    make_words(call.input(0), outputs[0], [](std::uint32_t word) { return word; });
  } else {
    make_long_words(call.input(0), outputs[0], [](std::uint64_t word) { return word; });
  }
}

// TensorFlow cuts at two standard deviations, and keeps 256 numbers in stock for each output; those
// that share a block share the stretch of the stream.

/// Four outputs a group, in pools: whatever groups still lack numbers after one block of their
/// stretch (a sixth of them) get the next one together. `output` (4 * groups) is where the pool's
/// numbers go.
constexpr std::int64_t kPool = 8 * kBatch;

void make_truncated_pool(const PhiloxStream& stream, std::int64_t first, std::int64_t groups,
                         float* output) {
  constexpr std::uint64_t kBlocksPerGroup = 256;
  const auto make_blocks = HWY_DYNAMIC_DISPATCH(FindMakeBlocks)();
  const auto make_normals = HWY_DYNAMIC_DISPATCH(FindNormalFloats)();
  std::array<std::int64_t, kPool> waiting;
  std::array<int, kPool> filled{};
  std::iota(waiting.begin(), waiting.begin() + groups, std::int64_t{0});
  alignas(64) Blocks blocks;
  alignas(64) float numbers[kNumbers];
  std::array<std::uint64_t, kBatch> wanted{};
  std::int64_t left = groups;
  for (std::uint64_t block = 0; left > 0; ++block) {
    std::int64_t still = 0;
    for (std::int64_t at = 0; at < left; at += kBatch) {
      const std::int64_t count = std::min(kBatch, left - at);
      for (std::int64_t i = 0; i < count; ++i) {
        wanted[static_cast<std::size_t>(i)] =
            static_cast<std::uint64_t>(first + waiting[static_cast<std::size_t>(at + i)]) *
                kBlocksPerGroup +
            block;
      }
      make_blocks(stream, 0, wanted.data(), blocks);
      make_normals(blocks, numbers);
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t group = waiting[static_cast<std::size_t>(at + i)];
        int& have = filled[static_cast<std::size_t>(group)];
        for (int k = 0; k < 4; ++k) {
          const float number = numbers[4 * i + k];
          if (std::abs(number) < 2.0f && have < 4) output[4 * group + have++] = number;
        }
        if (have < 4) waiting[static_cast<std::size_t>(still++)] = group;
      }
    }
    left = still;
  }
}

/// float32, and float16 and bfloat16 by one rounding of it.
void make_truncated_floats(const Tensor& seed, Tensor& output) {
  const PhiloxStream stream = stream_of(seed);
  const DType dtype = output.dtype();
  const std::int64_t size = output.size();
  auto* bytes = static_cast<std::byte*>(output.mutable_data());
  parallel_for((size + 3) / 4, kPool, [&](std::int64_t begin, std::int64_t end) {
    alignas(64) float numbers[4 * kPool];
    for (; begin < end; begin += kPool) {
      const std::int64_t groups = std::min(kPool, end - begin);
      make_truncated_pool(stream, begin, groups, numbers);
      const std::int64_t count = std::min(4 * groups, size - 4 * begin);
      std::byte* to = bytes + 4 * begin * static_cast<std::int64_t>(dtype.size());
      if (dtype == float32) {
        std::memcpy(to, numbers, static_cast<std::size_t>(count) * sizeof(float));
      } else {
        narrow(dtype, numbers, to, count);
      }
    }
  });
}

/// Two outputs a group, each with 128 blocks.
void make_truncated_doubles(const Tensor& seed, Tensor& output) {
  constexpr std::int64_t kBlocksPerGroup = 128;
  const PhiloxStream stream = stream_of(seed);
  const std::int64_t size = output.size();
  auto* to = output.mutable_data_as<double>();
  parallel_for((size + 1) / 2, 512, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t group = begin; group < end; ++group) {
      Words words(stream, static_cast<std::uint64_t>(group * kBlocksPerGroup));
      const std::int64_t last = std::min(size, (group + 1) * 2);
      for (std::int64_t i = group * 2; i < last;) {
        const std::uint32_t a = words.next();
        const std::uint32_t b = words.next();
        const std::uint32_t c = words.next();
        const Pair pair = box_muller(unit(a, b), unit(c, words.next()));
        for (const double number : {pair.first, pair.second}) {
          if (std::abs(number) < 2.0 && i < last) to[i++] = number;
        }
      }
    }
  });
}

void run_truncated_normal(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype() == float64) {
    make_truncated_doubles(call.input(0), outputs[0]);
  } else {
    make_truncated_floats(call.input(0), outputs[0]);
  }
}

/// Fisher and Yates' shuffle from the front, TensorFlow's. A remainder of 32 bits favours no place
/// by more than size / 2^32; beyond that size 64 are taken.
void run_permutation(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  auto* places = output.mutable_data_as<std::int64_t>();
  const std::int64_t size = output.size();
  std::iota(places, places + size, std::int64_t{0});
  Words words(stream_of(call.input(0)), 0);
  const bool wide = size > std::int64_t{0xffffffff};
  for (std::int64_t i = 0; i + 1 < size; ++i) {
    std::uint64_t bits = words.next();
    if (wide) bits |= std::uint64_t{words.next()} << 32;
    std::swap(places[i],
              places[i + static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(size - i))]);
  }
}

void run_random_seed(const OpCall& call, std::span<Tensor> outputs) {
  const auto pair = Generator::global().next(call.options<RandomSeedOptions>().seed);
  std::copy(pair.begin(), pair.end(), outputs[0].mutable_data_as<std::int64_t>());
}

}  // namespace

void register_random() {
  const auto add = [](const char* op, KernelFunction run) {
    register_kernel(op, DeviceType::kCPU, {run});
  };
  add("random_seed", &run_random_seed);
  add("stateless_random_normal", &run_normal);
  add("stateless_random_uniform", &run_uniform);
  add("stateless_random_uniform_int", &run_uniform_int);
  add("stateless_random_uniform_full_int", &run_uniform_full_int);
  add("stateless_truncated_normal", &run_truncated_normal);
  add("stateless_permutation", &run_permutation);
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
