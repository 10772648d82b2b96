#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <saem/base/export.hpp>

namespace saem {

namespace detail {
/// Throws IndexError.
[[noreturn]] SAEM_API void raise_host_view_index(std::int64_t index, int axis, std::int64_t extent);
}  // namespace detail

/// The elements of a tensor in host memory by their indices, as std::mdspan shows an array: rows
/// and columns need not lie one after another. Made by `tensor.host_view<T, Rank>()`; owns nothing
/// and lives as long as a Tensor that shares the elements.
///
/// Thread safety: as for a pointer to const.
/// @code
/// const tf::Tensor x = tf::transpose(tf::constant({{1, 2, 3}, {4, 5, 6}}));
/// const auto view = x.host_view<int, 2>();
/// std::cout << view(2, 0) << view.extent(0) << view.stride(0);  // 331
/// @endcode
template <class T, int Rank>
class HostView {
 public:
  static_assert(Rank >= 0);

  HostView(const T* data, const std::int64_t* extents, const std::int64_t* strides) : data_(data) {
    for (std::size_t axis = 0; axis < kRank; ++axis) {
      extents_[axis] = extents[axis];
      strides_[axis] = strides[axis];
    }
  }

  [[nodiscard]] static constexpr int rank() { return Rank; }
  /// The number of elements along `axis`, which counts from the front.
  [[nodiscard]] std::int64_t extent(int axis) const {
    return extents_[static_cast<std::size_t>(axis)];
  }
  /// Elements between neighbours along `axis`; 0 where a view repeats, negative where it runs
  /// backwards.
  [[nodiscard]] std::int64_t stride(int axis) const {
    return strides_[static_cast<std::size_t>(axis)];
  }
  /// The number of all elements.
  [[nodiscard]] std::int64_t size() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : extents_) product *= extent;
    return product;
  }
  /// Where element (0, ..., 0) lies.
  [[nodiscard]] const T* data() const { return data_; }

  /// One element; `indices` count from 0 and are not checked.
  template <std::integral... Indices>
  requires(sizeof...(Indices) == Rank) [[nodiscard]] const T& operator()(Indices... indices) const {
    [[maybe_unused]] std::size_t axis = 0;
    std::int64_t offset = 0;
    ((offset += static_cast<std::int64_t>(indices) * strides_[axis++]), ...);
    return data_[offset];
  }
  /// The same, checked.
  /// @throws IndexError for an index out of range
  template <std::integral... Indices>
  requires(sizeof...(Indices) == Rank) [[nodiscard]] const T& at(Indices... indices) const {
    [[maybe_unused]] int axis = 0;
    (check(static_cast<std::int64_t>(indices), axis++), ...);
    return (*this)(indices...);
  }

 private:
  static constexpr std::size_t kRank = static_cast<std::size_t>(Rank);

  void check(std::int64_t index, int axis) const {
    if (index < 0 || index >= extent(axis)) {
      detail::raise_host_view_index(index, axis, extent(axis));
    }
  }

  const T* data_;
  std::array<std::int64_t, kRank> extents_{};
  std::array<std::int64_t, kRank> strides_{};
};

}  // namespace saem
