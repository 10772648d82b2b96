#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <saem/core/index.hpp>
#include <saem/core/scalar.hpp>
#include <saem/core/shape.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace saem {

/// How one field of an options struct reads in a graph or an error.
namespace attribute {

/// The text of one value.
SAEM_API std::string to_text(double value);
/// The text of one value.
SAEM_API std::string to_text(const std::string& value);
/// The text of one value.
SAEM_API std::string to_text(DType value);
/// The text of one value.
inline std::string to_text(bool value) { return value ? "true" : "false"; }
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) std::string to_text(Integer value) {
  return std::to_string(value);
}
/// The text of one value.
inline std::string to_text(const Shape& value) { return value.to_string(); }
/// The text of one value.
inline std::string to_text(const Axes& value) { return value.to_string(); }
/// The text of one value.
inline std::string to_text(const Scalar& value) { return value.to_string(); }
/// The text of one value.
inline std::string to_text(const Index& value) { return value.to_string(); }
/// The text of one value.
template <class T>
std::string to_text(const std::optional<T>& value) {
  return value ? to_text(*value) : std::string("none");
}
template <class Range>
requires requires(const Range& r) {
  r.begin() == r.end();
  to_text(*r.begin());
}
std::string to_text(const Range& values) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + to_text(value);
  return text + "]";
}

}  // namespace attribute

/// What an op knows of its options struct: enough to keep, compare and print it. A struct lists its
/// fields once:
///
///     struct SoftmaxOptions {
///       int axis = -1;
///       template <class Self, class Visit>
///       static void fields(Self& self, Visit&& visit) { visit("axis", self.axis); }
///     };
struct AttributesType {
  const char* name;
  std::shared_ptr<const void> (*copy)(const void* attributes);
  bool (*equal)(const void* a, const void* b);
  std::string (*to_string)(const void* attributes);
};

namespace detail {

struct AnyVisitor {
  template <class T>
  void operator()(const char*, T&) const {}
};

}  // namespace detail

/// A struct of options that lists its fields.
template <class T>
concept OptionsStruct = requires(const T& options) {
  T::fields(options, detail::AnyVisitor{});
};

/// The one descriptor of options struct `T`.
template <OptionsStruct T>
const AttributesType& attributes_type() {
  static constexpr AttributesType kType{
      T::kName,
      [](const void* attributes) -> std::shared_ptr<const void> {
        return std::make_shared<const T>(*static_cast<const T*>(attributes));
      },
      [](const void* a, const void* b) {
        std::vector<std::string> texts;
        T::fields(*static_cast<const T*>(a), [&](const char*, const auto& field) {
          texts.push_back(attribute::to_text(field));
        });
        std::size_t at = 0;
        bool same = true;
        T::fields(*static_cast<const T*>(b), [&](const char*, const auto& field) {
          same = same && texts[at++] == attribute::to_text(field);
        });
        return same;
      },
      [](const void* attributes) {
        std::string text;
        T::fields(*static_cast<const T*>(attributes), [&](const char* name, const auto& field) {
          if (!text.empty()) text += ", ";
          text += std::string(name) + "=" + attribute::to_text(field);
        });
        return text;
      }};
  return kType;
}

/// The options of one call, whatever their type; does not own them.
class AttributesRef {
 public:
  AttributesRef() = default;
  template <OptionsStruct T>
  AttributesRef(const T& options) : type_(&attributes_type<T>()), data_(&options) {}  // NOLINT
  AttributesRef(const AttributesType* type, const void* data) : type_(type), data_(data) {}

  [[nodiscard]] bool empty() const { return data_ == nullptr; }
  [[nodiscard]] const AttributesType* type() const { return type_; }
  [[nodiscard]] const void* data() const { return data_; }
  template <OptionsStruct T>
  [[nodiscard]] const T& as() const {
    return *static_cast<const T*>(data_);
  }
  /// `axis=-1`, or nothing for an op without options.
  [[nodiscard]] std::string to_string() const { return empty() ? "" : type_->to_string(data_); }

 private:
  const AttributesType* type_ = nullptr;
  const void* data_ = nullptr;
};

/// The options of one call, kept for later: what a tape or a graph holds.
class Attributes {
 public:
  Attributes() = default;
  explicit Attributes(AttributesRef attributes)
      : type_(attributes.type()),
        data_(attributes.empty() ? nullptr : attributes.type()->copy(attributes.data())) {}
  operator AttributesRef() const { return {type_, data_.get()}; }  // NOLINT
  [[nodiscard]] AttributesRef ref() const { return *this; }

 private:
  const AttributesType* type_ = nullptr;
  std::shared_ptr<const void> data_;
};

}  // namespace saem
