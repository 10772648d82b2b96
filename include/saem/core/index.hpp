#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <saem/base/export.hpp>
#include <string>

namespace saem {

/// The type of `tf::all`.
struct AllIndex {};
/// The type of `tf::ellipsis`.
struct EllipsisIndex {};
/// The type of `tf::newaxis`.
struct NewAxisIndex {};
/// A range of an axis, as Python's `begin:end:step`; what is left out runs to the edge.
struct SliceIndex {
  std::optional<std::int64_t> begin;
  std::optional<std::int64_t> end;
  std::int64_t step = 1;
  friend bool operator==(const SliceIndex&, const SliceIndex&) = default;
};

inline constexpr AllIndex all{};                      ///< Python's `:`
inline constexpr EllipsisIndex ellipsis{};            ///< Python's `...`
inline constexpr NewAxisIndex newaxis{};              ///< Python's `None`
inline constexpr std::nullopt_t none = std::nullopt;  ///< an open end: `tf::slice(2, tf::none)`

/// `begin:end:step` for indexing. Negative numbers count from the end; `step` may be negative but
/// not 0.
/// @code std::cout << tf::range(5)(tf::slice(1, 4));  // tf.Tensor([1 2 3], shape=(3,),
/// dtype=int32) @endcode
inline SliceIndex slice(std::optional<std::int64_t> begin, std::optional<std::int64_t> end,
                        std::int64_t step = 1) {
  return {begin, end, step};
}

/// One entry between the brackets of `x[...]`.
class SAEM_API Index {
 public:
  enum class Kind : std::uint8_t { kNumber, kSlice, kEllipsis, kNewAxis };

  template <std::integral Integer>
  Index(Integer number)  // NOLINT: x(0)
      : kind_(Kind::kNumber), range_{static_cast<std::int64_t>(number), std::nullopt, 1} {}
  Index(AllIndex) : kind_(Kind::kSlice) {}                         // NOLINT
  Index(SliceIndex range) : kind_(Kind::kSlice), range_(range) {}  // NOLINT
  Index(EllipsisIndex) : kind_(Kind::kEllipsis) {}                 // NOLINT
  Index(NewAxisIndex) : kind_(Kind::kNewAxis) {}                   // NOLINT

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::int64_t number() const { return *range_.begin; }
  [[nodiscard]] const SliceIndex& range() const { return range_; }
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Index&, const Index&) = default;

 private:
  Kind kind_ = Kind::kSlice;
  SliceIndex range_;
};

}  // namespace saem
