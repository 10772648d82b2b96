#include "cpu/indexed_rows.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread moves at a time.
constexpr std::int64_t kGrain = 1 << 14;
/// Bytes that one thread clears or copies at a time.
constexpr std::int64_t kGrainBytes = 1 << 18;
/// Columns that one thread combines for all indices: 256 bytes of float32, whole cache lines.
constexpr std::int64_t kColumns = 64;
constexpr std::int64_t kCacheLine = 64;

/// Slices [begin, end), each of `bytes`.
template <class I>
void gather_slices(const IndexedRows& rows, const std::byte* table, const I* indices,
                   std::byte* slices, std::int64_t bytes, std::int64_t begin, std::int64_t end) {
  for (std::int64_t slice = begin; slice < end; ++slice) {
    const std::int64_t group = slice / rows.count;  // of (batch, outer)
    const std::int64_t index = indices[group / rows.outer * rows.count + slice % rows.count];
    std::memcpy(slices + slice * bytes, table + (group * rows.size + index) * bytes,
                static_cast<std::size_t>(bytes));
  }
}

/// The same where a slice is one element: no call of memcpy.
template <class T, class I>
void gather_elements(const IndexedRows& rows, const T* table, const I* indices, T* slices,
                     std::int64_t begin, std::int64_t end) {
  while (begin < end) {
    const std::int64_t group = begin / rows.count;
    const std::int64_t k = begin % rows.count;
    const std::int64_t run = std::min(end - begin, rows.count - k);
    const I* here = indices + group / rows.outer * rows.count + k;
    const T* source = table + group * rows.size;
    for (std::int64_t i = 0; i < run; ++i) slices[begin + i] = source[here[i]];
    begin += run;
  }
}

/// Half-precision sums are kept in float32; integers wrap around, in their unsigned type.
template <class T>
struct SumOf {
  using type = T;
};
template <>
struct SumOf<float16> {
  using type = float;
};
template <>
struct SumOf<bfloat16> {
  using type = float;
};
template <std::integral T>
struct SumOf<T> {
  using type = std::make_unsigned_t<T>;
};

template <class T>
bool is_nan(T value) {
  if constexpr (std::is_integral_v<T>) {
    return false;
  } else {
    return std::isnan(static_cast<double>(value));
  }
}

/// NaN wins, as in tf.maximum.
template <Combine combine, class T>
T combined(T old, T slice) {
  if constexpr (combine == Combine::kAdd) {
    return static_cast<T>(old + slice);
  } else if constexpr (combine == Combine::kSubtract) {
    return static_cast<T>(old - slice);
  } else if constexpr (combine == Combine::kMinimum) {
    return slice < old || is_nan(slice) ? slice : old;
  } else if constexpr (combine == Combine::kMaximum) {
    return old < slice || is_nan(slice) ? slice : old;
  } else {
    return slice;
  }
}

/// One thread's part of one group: columns [first, first + width) of the rows that are its own.
/// Rows are dealt out like cards, a cache line at a time, since the busy ones often lie together.
struct Part {
  const IndexedRows& rows;
  std::int64_t first;
  std::int64_t width;
  std::int64_t players;  ///< a power of two
  std::int64_t player;
  int shift;  ///< log2 of the rows of one card

  [[nodiscard]] bool owns(std::int64_t row) const {
    return ((row >> shift) & (players - 1)) == player;
  }
};

template <Combine combine, class T>
void combine_in_place(const Part& part, const T* slices, const std::int64_t* indices, T* table) {
  for (std::int64_t k = 0; k < part.rows.count; ++k) {
    if (!part.owns(indices[k])) continue;
    const T* slice = slices + k * part.rows.inner + part.first;
    T* row = table + indices[k] * part.rows.inner + part.first;
    for (std::int64_t j = 0; j < part.width; ++j) row[j] = combined<combine>(row[j], slice[j]);
  }
}

/// Rows that are met get a row of float32, which is rounded when all is summed.
template <Combine combine, class T>
void combine_wide(const Part& part, const T* slices, const std::int64_t* indices, T* table) {
  std::vector<std::int64_t> slots(static_cast<std::size_t>(part.rows.size), -1);
  std::vector<std::int64_t> met;
  std::vector<float> sums;
  for (std::int64_t k = 0; k < part.rows.count; ++k) {
    const std::int64_t index = indices[k];
    if (!part.owns(index)) continue;
    std::int64_t& slot = slots[static_cast<std::size_t>(index)];
    if (slot < 0) {
      slot = static_cast<std::int64_t>(met.size());
      met.push_back(index);
      const T* row = table + index * part.rows.inner + part.first;
      for (std::int64_t j = 0; j < part.width; ++j) sums.push_back(static_cast<float>(row[j]));
    }
    const T* slice = slices + k * part.rows.inner + part.first;
    float* sum = sums.data() + slot * part.width;
    for (std::int64_t j = 0; j < part.width; ++j) {
      sum[j] = combined<combine>(sum[j], static_cast<float>(slice[j]));
    }
  }
  for (std::size_t slot = 0; slot < met.size(); ++slot) {
    const float* sum = sums.data() + static_cast<std::int64_t>(slot) * part.width;
    T* row = table + met[slot] * part.rows.inner + part.first;
    for (std::int64_t j = 0; j < part.width; ++j) row[j] = T(sum[j]);
  }
}

/// How many threads share the rows of a group: no more than are left when groups and strips of
/// columns are dealt out, since each of them reads all indices.
std::int64_t players_for(std::int64_t parts, const IndexedRows& rows) {
  if (parts * rows.count * std::min(rows.inner, kColumns) <= kGrain) return 1;
  const std::int64_t wanted = (thread_count() + parts - 1) / parts;
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(wanted)));
}

template <Combine combine, class T>
void scatter(const IndexedRows& rows, const T* slices, const std::int64_t* indices, T* table) {
  constexpr bool kSums = combine == Combine::kAdd || combine == Combine::kSubtract;
  using Sum = std::conditional_t<kSums, typename SumOf<T>::type, T>;
  const std::int64_t strips = (rows.inner + kColumns - 1) / kColumns;
  const std::int64_t groups = rows.batch * rows.outer;
  const std::int64_t players = players_for(groups * strips, rows);
  const std::int64_t row_bytes = rows.inner * static_cast<std::int64_t>(sizeof(T));
  const auto card = static_cast<std::uint64_t>((kCacheLine + row_bytes - 1) / row_bytes);
  const int shift = std::countr_zero(std::bit_ceil(card));
  const std::int64_t work = rows.count * std::min(kColumns, rows.inner) / players;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, work));
  const auto run_part = [&](std::int64_t task) {
    const std::int64_t group = task / (strips * players);
    const std::int64_t first = task / players % strips * kColumns;
    const Part part{rows,    first,          std::min(kColumns, rows.inner - first),
                    players, task % players, shift};
    const T* from = slices + group * rows.count * rows.inner;
    const std::int64_t* here = indices + group / rows.outer * rows.count;
    T* to = table + group * rows.size * rows.inner;
    if constexpr (sizeof(Sum) == sizeof(T)) {
      combine_in_place<combine>(part, reinterpret_cast<const Sum*>(from), here,
                                reinterpret_cast<Sum*>(to));
    } else {
      combine_wide<combine>(part, from, here, to);
    }
  };
  parallel_for(groups * strips * players, grain, [&](std::int64_t begin, std::int64_t end) {
    for (; begin < end; ++begin) run_part(begin);
  });
}

template <Combine combine>
void scatter_numbers(const IndexedRows& rows, DType dtype, const void* slices,
                     const std::int64_t* indices, void* table) {
  if (dtype.is_complex()) {  // sums go part by part
    IndexedRows parts = rows;
    parts.inner *= 2;
    return scatter_numbers<combine>(parts, dtype.real_dtype(), slices, indices, table);
  }
  dispatch_numeric(dtype, [&]<class T>(Type<T>) {
    scatter<combine>(rows, static_cast<const T*>(slices), indices, static_cast<T*>(table));
  });
}

template <class I>
void gather(const IndexedRows& rows, DType dtype, const void* table, const I* indices,
            void* slices) {
  const std::int64_t count = rows.batch * rows.outer * rows.count;
  if (count * rows.inner == 0) return;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / rows.inner);
  parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
    if (rows.inner > 1) {
      gather_slices(rows, static_cast<const std::byte*>(table), indices,
                    static_cast<std::byte*>(slices),
                    rows.inner * static_cast<std::int64_t>(dtype.size()), begin, end);
      return;
    }
    dispatch_width(dtype, [&]<class T>(Type<T>) {
      gather_elements(rows, static_cast<const T*>(table), indices, static_cast<T*>(slices), begin,
                      end);
    });
  });
}

}  // namespace

void gather_rows(const IndexedRows& rows, DType dtype, const void* table,
                 const std::int32_t* indices, void* slices) {
  gather(rows, dtype, table, indices, slices);
}

void gather_rows(const IndexedRows& rows, DType dtype, const void* table,
                 const std::int64_t* indices, void* slices) {
  gather(rows, dtype, table, indices, slices);
}

void scatter_rows(const IndexedRows& rows, DType dtype, Combine combine, const void* slices,
                  const std::int64_t* indices, void* table) {
  if (rows.batch * rows.outer * rows.count * rows.inner == 0) return;
  switch (combine) {
    case Combine::kAdd:
      return scatter_numbers<Combine::kAdd>(rows, dtype, slices, indices, table);
    case Combine::kSubtract:
      return scatter_numbers<Combine::kSubtract>(rows, dtype, slices, indices, table);
    case Combine::kMinimum:
      return scatter_numbers<Combine::kMinimum>(rows, dtype, slices, indices, table);
    case Combine::kMaximum:
      return scatter_numbers<Combine::kMaximum>(rows, dtype, slices, indices, table);
    case Combine::kAssign:
      return dispatch_width(dtype, [&]<class T>(Type<T>) {
        scatter<Combine::kAssign>(rows, static_cast<const T*>(slices), indices,
                                  static_cast<T*>(table));
      });
  }
}

void clear(Tensor& tensor) {
  auto* bytes = static_cast<std::byte*>(tensor.mutable_data());
  parallel_for(tensor.nbytes(), kGrainBytes, [&](std::int64_t begin, std::int64_t end) {
    std::memset(bytes + begin, 0, static_cast<std::size_t>(end - begin));
  });
}

void copy_all(const Tensor& source, Tensor& tensor) {
  const auto* from = static_cast<const std::byte*>(source.data());
  auto* to = static_cast<std::byte*>(tensor.mutable_data());
  parallel_for(tensor.nbytes(), kGrainBytes, [&](std::int64_t begin, std::int64_t end) {
    std::memcpy(to + begin, from + begin, static_cast<std::size_t>(end - begin));
  });
}

}  // namespace saem::cpu
