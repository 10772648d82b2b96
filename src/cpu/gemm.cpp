// Matrix products of the dtypes that oneDNN has none for.
//
// The usual blocking (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
// ACM TOMS 2008): the output is cut into tiles, one a task; a task packs the strips of `a` and `b`
// that it needs so that the innermost loop reads both in order, and keeps kRows x kVectors vectors
// of sums in registers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/gemm.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "base/parallel.hpp"
#include "cpu/gemm.hpp"

#ifndef SAEM_CPU_GEMM_ONCE
#define SAEM_CPU_GEMM_ONCE
namespace saem::cpu {

/// A tile of the output and as much of the inner axis as fit, packed, into half of a 1 MiB
/// second-level cache.
inline constexpr std::int64_t kTileRows = 96;
inline constexpr std::int64_t kTileColumns = 192;
inline constexpr std::int64_t kInnerBlock = 256;
/// Multiplications below which a second thread costs more than it brings.
inline constexpr std::int64_t kSerialWork = 1 << 18;

/// Signed integers are multiplied in their unsigned type: overflow wraps around and is defined.
template <class T>
using Compute = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                            std::type_identity<T>>::type;

template <class T>
struct PackBuffers {
  std::vector<T> a;
  std::vector<T> b;
};

template <class T>
PackBuffers<T>& pack_buffers(std::size_t a, std::size_t b) {
  thread_local PackBuffers<T> buffers;
  if (buffers.a.size() < a) buffers.a.resize(a);
  if (buffers.b.size() < b) buffers.b.resize(b);
  return buffers;
}

using GemmFunction = void (*)(const Gemm& gemm);

}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

/// 6 rows x 2 vectors: 12 sums, with the operands just within the 16 registers of AVX2.
constexpr std::int64_t kRows = 6;

template <class T>
std::int64_t strip_columns() {
  if constexpr (std::is_floating_point_v<T>) {
    return 2 * static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  } else {
    return 16;
  }
}

/// sums (kRows, columns) = packed a (inner, kRows)^T times packed b (inner, columns).
template <class T>
HWY_INLINE void multiply_strips(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b,
                                std::int64_t inner, T* HWY_RESTRICT sums) {
  if constexpr (std::is_floating_point_v<T>) {
    const hn::ScalableTag<T> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    auto s00 = hn::Zero(d), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00;
    auto s30 = s00, s31 = s00, s40 = s00, s41 = s00, s50 = s00, s51 = s00;
    for (std::int64_t k = 0; k < inner; ++k, a += kRows, b += 2 * lanes) {
      const auto b0 = hn::LoadU(d, b);
      const auto b1 = hn::LoadU(d, b + lanes);
      const auto step = [&](T factor, auto& x0, auto& x1) HWY_ATTR {
        const auto row = hn::Set(d, factor);
        x0 = hn::MulAdd(row, b0, x0);
        x1 = hn::MulAdd(row, b1, x1);
      };
      step(a[0], s00, s01);
      step(a[1], s10, s11);
      step(a[2], s20, s21);
      step(a[3], s30, s31);
      step(a[4], s40, s41);
      step(a[5], s50, s51);
    }
    const auto store = [&](auto x0, auto x1) HWY_ATTR {
      hn::StoreU(x0, d, sums);
      hn::StoreU(x1, d, sums + lanes);
      sums += 2 * lanes;
    };
    store(s00, s01);
    store(s10, s11);
    store(s20, s21);
    store(s30, s31);
    store(s40, s41);
    store(s50, s51);
  } else {
    T own[kRows][16] = {};
    for (std::int64_t k = 0; k < inner; ++k, a += kRows, b += 16) {
      for (std::int64_t i = 0; i < kRows; ++i) {
        for (std::int64_t j = 0; j < 16; ++j) own[i][j] += a[i] * b[j];
      }
    }
    std::copy_n(&own[0][0], kRows * 16, sums);
  }
}

/// (count, inner) with any strides into strips of `width` lines, each (inner, width), zeros where
/// lines end.
template <class T>
HWY_INLINE void pack(const T* from, std::int64_t count, std::int64_t line_stride,
                     std::int64_t inner, std::int64_t inner_stride, std::int64_t width, T* to) {
  for (std::int64_t first = 0; first < count; first += width, to += width * inner) {
    const std::int64_t lines = std::min(width, count - first);
    const T* strip = from + first * line_stride;
    if (lines < width) std::fill_n(to, width * inner, T());
    if (line_stride == 1) {
      for (std::int64_t k = 0; k < inner; ++k) {
        std::copy_n(strip + k * inner_stride, lines, to + k * width);
      }
    } else {
      for (std::int64_t i = 0; i < lines; ++i) {
        for (std::int64_t k = 0; k < inner; ++k) {
          to[k * width + i] = strip[i * line_stride + k * inner_stride];
        }
      }
    }
  }
}

template <class T>
HWY_INLINE void run_tile(const Gemm& gemm, std::int64_t row, std::int64_t column) {
  const std::int64_t rows = std::min(kTileRows, gemm.rows - row);
  const std::int64_t columns = std::min(kTileColumns, gemm.columns - column);
  const std::int64_t width = strip_columns<T>();
  const std::int64_t block = std::min(kInnerBlock, gemm.inner);
  const auto round_up = [](std::int64_t x, std::int64_t step) {
    return (x + step - 1) / step * step;
  };
  auto& buffers = pack_buffers<T>(static_cast<std::size_t>(round_up(rows, kRows) * block),
                                  static_cast<std::size_t>(round_up(columns, width) * block));
  const T* a = static_cast<const T*>(gemm.a) + row * gemm.a_row_stride;
  const T* b = static_cast<const T*>(gemm.b) + column * gemm.b_column_stride;
  T* output = static_cast<T*>(gemm.output) + row * gemm.columns + column;
  HWY_ALIGN T sums[kRows * 2 * (std::is_floating_point_v<T> ? HWY_MAX_BYTES / sizeof(T) : 8)];
  for (std::int64_t k = 0; k < gemm.inner; k += block) {
    const std::int64_t inner = std::min(block, gemm.inner - k);
    pack(a + k * gemm.a_column_stride, rows, gemm.a_row_stride, inner, gemm.a_column_stride, kRows,
         buffers.a.data());
    pack(b + k * gemm.b_row_stride, columns, gemm.b_column_stride, inner, gemm.b_row_stride, width,
         buffers.b.data());
    for (std::int64_t j = 0; j < columns; j += width) {
      for (std::int64_t i = 0; i < rows; i += kRows) {
        multiply_strips(buffers.a.data() + i * inner, buffers.b.data() + j * inner, inner, sums);
        const std::int64_t height = std::min(kRows, rows - i);
        const std::int64_t wide = std::min(width, columns - j);
        for (std::int64_t y = 0; y < height; ++y) {
          T* line = output + (i + y) * gemm.columns + j;
          const T* sum = sums + y * width;
          if (k == 0) {
            std::copy_n(sum, wide, line);
          } else {
            for (std::int64_t x = 0; x < wide; ++x) line[x] += sum[x];
          }
        }
      }
    }
  }
}

template <class T>
void gemm_of(const Gemm& gemm) {
  using C = Compute<T>;
  const std::int64_t down = (gemm.rows + kTileRows - 1) / kTileRows;
  const std::int64_t across = (gemm.columns + kTileColumns - 1) / kTileColumns;
  const bool serial = gemm.rows * gemm.columns * gemm.inner < kSerialWork;
  parallel_for(down * across, serial ? down * across : 1,
               [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
                 for (; begin < end; ++begin) {
                   run_tile<C>(gemm, begin / across * kTileRows, begin % across * kTileColumns);
                 }
               });
}

GemmFunction FindGemm(DType dtype) {
  switch (dtype.code()) {
    case DType::kFloat32:
      return &gemm_of<float>;
    case DType::kFloat64:
      return &gemm_of<double>;
    case DType::kInt32:
      return &gemm_of<std::int32_t>;
    default:
      return &gemm_of<std::int64_t>;
  }
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(FindGemm);

void run_gemm(const Gemm& gemm, DType dtype) { HWY_DYNAMIC_DISPATCH(FindGemm)(dtype)(gemm); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
