#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <saem/core/index.hpp>
#include <saem/core/scalar.hpp>
#include <saem/core/shape.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace saem {

/// How one field of an options struct is written in a graph or an error, read back, compared and
/// hashed. The text of a value is exact: what is read from it is the same, to the last bit.
namespace attribute {

/// Values in a row: `[1, 2]`.
template <class T>
concept Sequence = !std::same_as<T, std::string> && requires(const T& values) {
  values.begin() == values.end();
  *values.begin();
};
/// One that grows item by item.
template <class T>
concept Growable = Sequence<T> && requires(T& values) {
  values.push_back(*values.begin());
};

/// The text of one value.
SAEM_API std::string to_text(double value);
/// The text of one value: in quotes, with `\"`, `\\`, `\n` and `\x1b` for what they would confuse.
SAEM_API std::string to_text(const std::string& value);
/// The text of one value.
SAEM_API std::string to_text(DType value);
/// The text of one value: `1` is an integer, `1u` an unsigned one, `1.0` and `(1.0+2.0j)` are not.
SAEM_API std::string to_text(const Scalar& value);
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
inline std::string to_text(const Index& value) { return value.to_string(); }
template <class T>
std::string to_text(const std::optional<T>& value);
template <Sequence T>
std::string to_text(const T& values);

/// Reads what `to_text` wrote; false, with `value` unspecified, for any other text. A type of your
/// own that is no sequence of integers brings a `to_text` and a `from_text` in its own namespace.
SAEM_API bool from_text(std::string_view text, double& value);
SAEM_API bool from_text(std::string_view text, float& value);
SAEM_API bool from_text(std::string_view text, std::string& value);
SAEM_API bool from_text(std::string_view text, DType& value);
SAEM_API bool from_text(std::string_view text, Scalar& value);
SAEM_API bool from_text(std::string_view text, bool& value);
SAEM_API bool from_text(std::string_view text, std::int64_t& value);
SAEM_API bool from_text(std::string_view text, std::uint64_t& value);
SAEM_API bool from_text(std::string_view text, Shape& value);
SAEM_API bool from_text(std::string_view text, Axes& value);
SAEM_API bool from_text(std::string_view text, Index& value);
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) bool from_text(std::string_view text, Integer& value) {
  std::conditional_t<std::is_unsigned_v<Integer>, std::uint64_t, std::int64_t> wide = 0;
  if (!from_text(text, wide) || !std::in_range<Integer>(wide)) return false;
  value = static_cast<Integer>(wide);
  return true;
}
template <class T>
bool from_text(std::string_view text, std::optional<T>& value);
template <Growable T>
bool from_text(std::string_view text, T& values);
template <Sequence T>
requires(!Growable<T> && std::constructible_from<T, Dims>) bool from_text(std::string_view text,
                                                                          T& values);

/// The texts between the commas of `[1, 2]`; false where `text` is no such list.
SAEM_API bool split_list(std::string_view text, std::vector<std::string_view>& items);

/// The same number of the same kind; unlike `==`, 0.0 and -0.0 are two and NaN is itself.
SAEM_API bool same_scalar(const Scalar& a, const Scalar& b);
SAEM_API std::size_t hash_scalar(const Scalar& value);

/// The hash of what `seed` is the hash of, and one thing more.
inline std::size_t mix(std::size_t seed, std::size_t value) {
  return (std::rotl(seed, 5) ^ value) * 0x517cc1b727220a95u;
}

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

/// Whether two values have the same text, without writing it.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (std::floating_point<T>) {
    return std::bit_cast<std::uint64_t>(double{a}) == std::bit_cast<std::uint64_t>(double{b});
  } else if constexpr (std::same_as<T, Scalar>) {
    return same_scalar(a, b);
  } else if constexpr (kIsOptional<T>) {
    return a.has_value() == b.has_value() && (!a.has_value() || same(*a, *b));
  } else if constexpr (Sequence<T>) {
    auto at = a.begin();
    auto other = b.begin();
    for (; at != a.end() && other != b.end(); ++at, ++other) {
      if (!same(*at, *other)) return false;
    }
    return at == a.end() && other == b.end();
  } else {
    return a == b;
  }
}

/// Equal for values that are the same.
template <class T>
std::size_t hash(const T& value) {
  if constexpr (std::integral<T>) {
    return static_cast<std::size_t>(value);
  } else if constexpr (std::floating_point<T>) {
    return std::bit_cast<std::uint64_t>(double{value});
  } else if constexpr (std::same_as<T, std::string>) {
    return std::hash<std::string_view>{}(value);
  } else if constexpr (std::same_as<T, DType>) {
    return value.code();
  } else if constexpr (std::same_as<T, Scalar>) {
    return hash_scalar(value);
  } else if constexpr (std::same_as<T, Axes>) {
    return mix(value.all() ? 1 : 2, hash(value.dims()));
  } else if constexpr (kIsOptional<T>) {
    return value ? mix(1, hash(*value)) : 0;
  } else if constexpr (Sequence<T>) {
    std::size_t total = 0;
    for (const auto& item : value) total = mix(total + 1, hash(item));
    return total;
  } else {
    return hash(to_text(value));
  }
}

template <class T>
std::string to_text(const std::optional<T>& value) {
  return value ? to_text(*value) : std::string("none");
}
template <Sequence T>
std::string to_text(const T& values) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + to_text(value);
  return text + "]";
}

/// A value to read into; Index and Scalar have no default.
template <class T>
T blank() {
  if constexpr (std::default_initializable<T>) {
    return T();
  } else {
    return T(0);
  }
}

template <class T>
bool from_text(std::string_view text, std::optional<T>& value) {
  value.reset();
  return text == "none" || from_text(text, value.emplace(blank<T>()));
}
template <Growable T>
bool from_text(std::string_view text, T& values) {
  std::vector<std::string_view> items;
  if (!split_list(text, items)) return false;
  values = T();
  for (const std::string_view item : items) {
    auto value = blank<std::remove_cvref_t<decltype(*values.begin())>>();
    if (!from_text(item, value)) return false;
    values.push_back(std::move(value));
  }
  return true;
}
template <Sequence T>
requires(!Growable<T> && std::constructible_from<T, Dims>) bool from_text(std::string_view text,
                                                                          T& values) {
  Dims items;
  if (!from_text(text, items)) return false;
  values = T(std::move(items));
  return true;
}

/// One field of an options struct that is being read.
struct Field {
  const char* name;
  void* value;
  bool (*read)(std::string_view text, void* value);
  std::string (*write)(const void* value);
};

/// Reads `name=value, name=value` into all of `fields`, in any order. @throws ValueError in the
/// name of `options` for fields unknown, missing or given twice, and for bad values
SAEM_API void read_fields(const char* options, std::string_view text,
                          const std::vector<Field>& fields);

/// Throws the ValueError that options which hold functions cannot be read.
[[noreturn]] SAEM_API void raise_not_serializable(const char* options);

/// How `value`, a field called `name`, is read.
template <class T>
Field field(const char* name, T& value) {
  return {name, &value,
          [](std::string_view text, void* to) { return from_text(text, *static_cast<T*>(to)); },
          [](const void* from) { return to_text(*static_cast<const T*>(from)); }};
}

}  // namespace attribute

/// What an op knows of its options struct: enough to keep, compare, print and read it. A struct
/// lists its fields once:
///
///     struct SoftmaxOptions {
///       static constexpr const char* kName = "SoftmaxOptions";
///       int axis = -1;
///       template <class Self, class Visit>
///       static void fields(Self& self, Visit&& visit) { visit("axis", self.axis); }
///     };
///
/// One that holds functions or other things besides its fields says so:
/// `static constexpr bool kSerializable = false;`.
struct AttributesType {
  const char* name;
  std::size_t size;   ///< of the struct, in bytes
  bool serializable;  ///< whether its text says all of it
  std::shared_ptr<const void> (*make_default)();
  std::shared_ptr<const void> (*copy)(const void* attributes);
  /// Whether all fields are the same, doubles to the bit; what is not serializable is the same as
  /// nothing but itself.
  bool (*equal)(const void* a, const void* b);
  std::size_t (*hash)(const void* attributes);  ///< equal for what is equal
  std::string (*to_string)(const void* attributes);
  /// The inverse of `to_string`. @throws ValueError that names struct, field and what came
  std::shared_ptr<const void> (*parse)(std::string_view text);
};

/// Whether they describe the same struct. A program and the library may each have a descriptor of
/// it, where symbols are hidden: then name and size decide.
SAEM_API bool operator==(const AttributesType& a, const AttributesType& b);

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

namespace detail {

template <class T>
constexpr bool is_serializable() {
  if constexpr (requires { T::kSerializable; }) {
    return T::kSerializable;
  } else {
    return true;
  }
}

/// What AttributesType points to, for one struct.
template <class T>
struct AttributesFunctions {
  static const T& cast(const void* attributes) { return *static_cast<const T*>(attributes); }

  static std::shared_ptr<const void> make_default() { return std::make_shared<T>(); }

  static std::shared_ptr<const void> copy(const void* attributes) {
    return std::make_shared<T>(cast(attributes));
  }

  static bool equal(const void* a, const void* b) {
    if (a == b) return true;
    bool same = is_serializable<T>();
    T::fields(cast(a), [&](const char*, const auto& field) {
      // The same field of `b` lies as far from its beginning.
      const auto offset = reinterpret_cast<const char*>(&field) - static_cast<const char*>(a);
      const void* other = static_cast<const char*>(b) + offset;
      same = same && attribute::same(field, *static_cast<decltype(&field)>(other));
    });
    return same;
  }

  static std::size_t hash(const void* attributes) {
    std::size_t total = 0;
    T::fields(cast(attributes), [&](const char*, const auto& field) {
      total = attribute::mix(total, attribute::hash(field));
    });
    return total;
  }

  static std::string to_string(const void* attributes) {
    std::string text;
    T::fields(cast(attributes), [&](const char* name, const auto& field) {
      if (!text.empty()) text += ", ";
      text += name;
      text += "=";
      using attribute::to_text;
      text += to_text(field);
    });
    return text;
  }

  static std::shared_ptr<const void> parse(std::string_view text) {
    if constexpr (is_serializable<T>()) {
      auto options = std::make_shared<T>();
      std::vector<attribute::Field> fields;
      T::fields(*options, [&](const char* name, auto& field) {
        fields.push_back(attribute::field(name, field));
      });
      attribute::read_fields(T::kName, text, fields);
      return options;
    } else {
      attribute::raise_not_serializable(T::kName);
    }
  }
};

}  // namespace detail

/// The descriptor of options struct `T`: what an OpDef names, `.options =
/// &kAttributesType<SoftmaxOptions>`.
template <OptionsStruct T>
inline constexpr AttributesType kAttributesType{T::kName,
                                                sizeof(T),
                                                detail::is_serializable<T>(),
                                                &detail::AttributesFunctions<T>::make_default,
                                                &detail::AttributesFunctions<T>::copy,
                                                &detail::AttributesFunctions<T>::equal,
                                                &detail::AttributesFunctions<T>::hash,
                                                &detail::AttributesFunctions<T>::to_string,
                                                &detail::AttributesFunctions<T>::parse};

/// The options of one call, whatever their type; does not own them.
class AttributesRef {
 public:
  AttributesRef() = default;
  template <OptionsStruct T>
  AttributesRef(const T& options) : type_(&kAttributesType<T>), data_(&options) {}  // NOLINT
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
  /// Equal for what is equal.
  [[nodiscard]] std::size_t hash() const { return empty() ? 0 : type_->hash(data_); }
  /// The same type with the same fields, doubles to the bit; or both empty.
  friend bool operator==(const AttributesRef& a, const AttributesRef& b) {
    if (a.empty() || b.empty()) return a.empty() == b.empty();
    return *a.type_ == *b.type_ && a.type_->equal(a.data_, b.data_);
  }

 private:
  const AttributesType* type_ = nullptr;
  const void* data_ = nullptr;
};

/// The options of one call, kept for later: what a tape or a graph holds.
class SAEM_API Attributes {
 public:
  Attributes() = default;
  explicit Attributes(AttributesRef attributes)
      : type_(attributes.type()),
        data_(attributes.empty() ? nullptr : attributes.type()->copy(attributes.data())) {}
  /// What `AttributesRef::to_string` wrote of a struct of that type; nothing, from no text, where
  /// `type` is null: `Attributes::parse(op.options, text)`. @throws ValueError that names the
  /// struct, the field and what came
  static Attributes parse(const AttributesType* type, std::string_view text);
  operator AttributesRef() const { return {type_, data_.get()}; }  // NOLINT
  [[nodiscard]] AttributesRef ref() const { return *this; }

 private:
  const AttributesType* type_ = nullptr;
  std::shared_ptr<const void> data_;
};

}  // namespace saem
