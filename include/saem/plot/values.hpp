#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <saem/base/export.hpp>
#include <saem/core/tensor.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace saem::plot {

/// A C++ range of numbers: `std::vector<double>`, `std::span<const float>`, `std::array<int, 3>`.
/// Text is not one.
template <class Range>
concept NumberRange =
    std::ranges::input_range<const Range> && Element<std::ranges::range_value_t<const Range>> &&
    !std::same_as<std::ranges::range_value_t<const Range>, char>;

/// What is not a Tensor but becomes one, such as a `tf::Variable`.
template <class Other>
concept TensorLike = !std::same_as<Other, Tensor> && std::convertible_to<const Other&, Tensor>;

/// Numbers to be drawn, copied from wherever they are: any range of numbers, or a Tensor of any
/// dtype. A range has rank 1.
/// @throws DeviceError for a tensor whose elements are not on the CPU
class SAEM_API Values {
 public:
  Values(const Tensor& tensor);  // NOLINT: plot::line(tensor)
  template <TensorLike Other>
  Values(const Other& other) : Values(static_cast<Tensor>(other)) {}  // NOLINT
  template <NumberRange Range>
  Values(const Range& range) {  // NOLINT: plot::line(history["loss"])
    for (auto&& number : range) numbers_.push_back(static_cast<double>(number));
    shape_ = {static_cast<std::int64_t>(numbers_.size())};
  }
  Values(std::initializer_list<double> numbers)
      : numbers_(numbers), shape_{static_cast<std::int64_t>(numbers.size())} {}

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] int rank() const { return shape_.rank(); }
  /// Every number, in row-major order.
  [[nodiscard]] const std::vector<double>& numbers() const { return numbers_; }

 private:
  std::vector<double> numbers_;
  Shape shape_;
};

/// Where an axis begins and ends; what is left out is found from the data: `{0, 1}`, `{.low = 0}`.
struct Limits {
  std::optional<double> low = {};
  std::optional<double> high = {};
};

/// One name, or several: `"loss"`, `{"training", "validation"}`.
class SAEM_API Labels {
 public:
  Labels() = default;
  Labels(const char* name) : names_{name} {}                            // NOLINT
  Labels(std::string name) : names_{std::move(name)} {}                 // NOLINT
  Labels(std::vector<std::string> names) : names_(std::move(names)) {}  // NOLINT
  Labels(std::initializer_list<const char*> names) : names_(names.begin(), names.end()) {}

  [[nodiscard]] bool empty() const { return names_.empty(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

}  // namespace saem::plot
