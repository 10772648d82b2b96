#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/transpose_block.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "core/dispatch.hpp"
#include "cpu/transpose_block.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

constexpr std::int64_t kLineBytes = 64;
/// Lines of one column that are read before the next columns' are: two neighbours come together.
constexpr std::int64_t kLinesInARow = 2;
/// Tiles that are fetched ahead. Columns lie on different pages, which no hardware does by itself:
/// on a Zen 5 core 8192 x 1024 float32 take 5.7 ms without, 4.2 ms with 1, 2.2 ms with 4.
constexpr std::int64_t kTilesAhead = 4;

/// One element at a time, a cache line of columns after the other.
template <class T>
void transpose_plain(const TransposeBlock& block) {
  constexpr std::int64_t kColumns = kLineBytes / sizeof(T);
  const T* from = static_cast<const T*>(block.from);
  T* to = static_cast<T*>(block.to);
  for (std::int64_t column = 0; column < block.columns; column += kColumns) {
    const std::int64_t end = std::min(column + kColumns, block.columns);
    for (std::int64_t i = 0; i < block.rows; ++i) {
      for (std::int64_t j = column; j < end; ++j) {
        to[i * block.to_stride + j] = from[j * block.from_stride + i];
      }
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

template <class T>
void transpose(const TransposeBlock& block) {
  transpose_plain<T>(block);
}

#else

/// Vectors interleave within 16 bytes: so many elements make a square that turns in registers.
template <class T>
inline constexpr std::int64_t kSide = 16 / sizeof(T);
template <class T>
inline constexpr std::int64_t kLine = kLineBytes / sizeof(T);

#if HWY_HAVE_SCALABLE
template <class T>
using Wide = hn::FixedTag<T, 16 / sizeof(T)>;
#else
template <class T>
using Wide = hn::ScalableTag<T>;
#endif

/// 16 bytes of each of the columns at from, from + step, ..., side by side.
template <class D, class T = hn::TFromD<D>>
HWY_INLINE hn::VFromD<D> load_columns(D d, const T* from, std::int64_t step) {
  constexpr auto kLanes = static_cast<std::int64_t>(hn::MaxLanes(D()));
  if constexpr (kLanes == kSide<T>) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    constexpr std::int64_t kColumns = kLanes / kSide<T> / 2;
    return hn::Combine(d, load_columns(half, from + kColumns * step, step),
                       load_columns(half, from, step));
  }
}

/// `kSide` rows of a vector of columns: interleaving row i with row i + kSide / 2 is a perfect
/// shuffle of the square, and log2(kSide) of them turn it.
template <bool kStream, class D, class T = hn::TFromD<D>>
HWY_INLINE void transpose_square(D d, const T* from, T* to, std::int64_t to_stride) {
  constexpr std::int64_t kHalf = kSide<T> / 2;
  hn::VFromD<D> rows[kSide<T>];
  hn::VFromD<D> shuffled[kSide<T>];
  for (std::int64_t j = 0; j < kSide<T>; ++j) {
    rows[j] = load_columns(d, from + j * kLine<T>, kSide<T> * kLine<T>);
  }
  for (std::int64_t round = 1; round < kSide<T>; round *= 2) {
    for (std::int64_t i = 0; i < kHalf; ++i) {
      shuffled[2 * i] = hn::InterleaveLower(d, rows[i], rows[i + kHalf]);
      shuffled[2 * i + 1] = hn::InterleaveUpper(d, rows[i], rows[i + kHalf]);
    }
    for (std::int64_t i = 0; i < kSide<T>; ++i) rows[i] = shuffled[i];
  }
  for (std::int64_t i = 0; i < kSide<T>; ++i) {
    if constexpr (kStream) {
      hn::Stream(rows[i], d, to + i * to_stride);
    } else {
      hn::StoreU(rows[i], d, to + i * to_stride);
    }
  }
}

/// At most a cache line of rows and as many columns. The columns come through a buffer: where they
/// lie a power of two apart, they fall into one set of the cache and would push each other out
/// before their last element is used.
template <bool kStream, class T>
HWY_INLINE void transpose_tile(const T* from, std::int64_t from_stride, T* to,
                               std::int64_t to_stride, std::int64_t rows, std::int64_t columns) {
  const Wide<T> wide;
  const hn::FixedTag<T, 16 / sizeof(T)> narrow;
  constexpr auto kLanes = static_cast<std::int64_t>(hn::MaxLanes(Wide<T>()));
  alignas(kLineBytes) T buffer[kLine<T> * kLine<T>];  // (columns, rows)
  if (rows == kLine<T>) {
    for (std::int64_t j = 0; j < columns; ++j) {
      std::memcpy(buffer + j * kLine<T>, from + j * from_stride, kLineBytes);
    }
  } else {
    for (std::int64_t j = 0; j < columns; ++j) {
      std::copy_n(from + j * from_stride, rows, buffer + j * kLine<T>);
    }
  }
  const auto one_by_one = [&](std::int64_t i, std::int64_t end, std::int64_t first) {
    for (; i < end; ++i) {
      for (std::int64_t j = first; j < columns; ++j) {
        to[i * to_stride + j] = buffer[j * kLine<T> + i];
      }
    }
  };
  std::int64_t i = 0;
  for (; i + kSide<T> <= rows; i += kSide<T>) {
    std::int64_t j = 0;
    for (; j + kLanes <= columns; j += kLanes) {
      transpose_square<kStream>(wide, buffer + j * kLine<T> + i, to + i * to_stride + j, to_stride);
    }
    for (; j + kSide<T> <= columns; j += kSide<T>) {
      transpose_square<false>(narrow, buffer + j * kLine<T> + i, to + i * to_stride + j, to_stride);
    }
    one_by_one(i, i + kSide<T>, j);
  }
  one_by_one(i, rows, 0);
}

/// Tiles along the columns, a band of rows at a time.
template <bool kStream, class T>
HWY_INLINE void transpose_tiles(const TransposeBlock& block) {
  constexpr std::int64_t kBand = kLinesInARow * kLine<T>;
  const T* from = static_cast<const T*>(block.from);
  T* to = static_cast<T*>(block.to);
  const std::int64_t across = (block.columns + kLine<T> - 1) / kLine<T>;
  const std::int64_t bands = (block.rows + kBand - 1) / kBand;
  for (std::int64_t tile = 0; tile < across * bands; ++tile) {
    const std::int64_t later = tile + kTilesAhead;
    if (later < across * bands) {
      const std::int64_t row = later / across * kBand;
      const std::int64_t column = later % across * kLine<T>;
      const std::int64_t last_column = std::min(column + kLine<T>, block.columns);
      const std::int64_t last_row = std::min(row + kBand, block.rows);
      for (std::int64_t j = column; j < last_column; ++j) {
        for (std::int64_t i = row; i < last_row; i += kLine<T>) {
          // Into the second level: in the first they would push each other out, see above.
          __builtin_prefetch(from + j * block.from_stride + i, 0, 2);
        }
      }
    }
    const std::int64_t row = tile / across * kBand;
    const std::int64_t column = tile % across * kLine<T>;
    const std::int64_t last_row = std::min(row + kBand, block.rows);
    for (std::int64_t i = row; i < last_row; i += kLine<T>) {
      transpose_tile<kStream>(from + column * block.from_stride + i, block.from_stride,
                              to + i * block.to_stride + column, block.to_stride,
                              std::min(kLine<T>, last_row - i),
                              std::min(kLine<T>, block.columns - column));
    }
  }
}

template <class T>
void transpose(const TransposeBlock& block) {
  constexpr std::size_t kVectorBytes = hn::MaxLanes(Wide<T>()) * sizeof(T);
  const bool aligned = reinterpret_cast<std::uintptr_t>(block.to) % kVectorBytes == 0 &&
                       static_cast<std::size_t>(block.to_stride) * sizeof(T) % kVectorBytes == 0;
  if (block.past_caches && aligned) {
    transpose_tiles<true, T>(block);
    hwy::FlushStream();
  } else {
    transpose_tiles<false, T>(block);
  }
}

#endif

TransposeFunction Transpose(std::size_t width) {
  switch (width) {
    case 1:
      return &transpose<std::uint8_t>;
    case 2:
      return &transpose<std::uint16_t>;
    case 4:
      return &transpose<std::uint32_t>;
    case 8:
      return &transpose<std::uint64_t>;
    default:
      return &transpose_plain<Bytes16>;  // as wide as what vectors turn
  }
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(Transpose);

TransposeFunction transpose_function(std::size_t width) {
  return HWY_DYNAMIC_DISPATCH(Transpose)(width);
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
