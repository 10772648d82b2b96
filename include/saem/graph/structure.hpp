#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <saem/autodiff/variable.hpp>
#include <saem/core/attributes.hpp>
#include <saem/core/dtype.hpp>
#include <saem/core/scalar.hpp>
#include <saem/core/shape.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// How arguments and results of traced functions are taken apart into tensors and put together.
namespace saem::detail {

/// What is in an argument besides tensors: a number, a name, the length of a list. Another value
/// makes another trace.
class StaticText {
 public:
  void add(const std::string& text) { text_ += text + ';'; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <class T>
struct Structure;

/// A type that `Structure` can take apart.
template <class T>
concept Structured = requires(T& value, StaticText& text) {
  Structure<T>::visit(
      value, [](Tensor&) {}, text);
};

/// `visit(value, leaf, text)` calls `leaf` for each tensor in it, in order, which may replace it,
/// and writes everything else into `text`.
template <std::derived_from<Tensor> T>
struct Structure<T> {
  template <class Leaf>
  static void visit(Tensor& value, Leaf&& leaf, StaticText&) {
    leaf(value);
  }
};

template <>
struct Structure<Variable> {  // a variable is captured: it is the same in every call of the trace
  template <class Leaf>
  static void visit(Variable& value, Leaf&&, StaticText& text) {
    text.add("variable " + std::to_string(reinterpret_cast<std::uintptr_t>(value.id())));
  }
};

template <class T>
requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) struct Structure<T> {
  template <class Leaf>
  static void visit(T& value, Leaf&&, StaticText& text) {
    if constexpr (std::is_enum_v<T>) {
      text.add(std::to_string(static_cast<std::underlying_type_t<T>>(value)));
    } else {
      text.add(attribute::to_text(value));
    }
  }
};

template <>
struct Structure<std::string> {
  template <class Leaf>
  static void visit(std::string& value, Leaf&&, StaticText& text) {
    text.add(std::to_string(value.size()) + ':' + value);
  }
};

template <>
struct Structure<Shape> {
  template <class Leaf>
  static void visit(Shape& value, Leaf&&, StaticText& text) {
    text.add(value.to_string());
  }
};

template <class T, class Allocator>
requires Structured<T>
struct Structure<std::vector<T, Allocator>> {
  template <class Leaf>
  static void visit(std::vector<T, Allocator>& values, Leaf&& leaf, StaticText& text) {
    text.add("[" + std::to_string(values.size()));
    for (T& value : values) Structure<T>::visit(value, leaf, text);
  }
};

template <class T, std::size_t N>
requires Structured<T>
struct Structure<std::array<T, N>> {
  template <class Leaf>
  static void visit(std::array<T, N>& values, Leaf&& leaf, StaticText& text) {
    for (T& value : values) Structure<T>::visit(value, leaf, text);
  }
};

template <class Key, class T>
requires Structured<T>
struct Structure<std::map<Key, T>> {
  template <class Leaf>
  static void visit(std::map<Key, T>& values, Leaf&& leaf, StaticText& text) {
    text.add("{" + std::to_string(values.size()));
    for (auto& [key, value] : values) {
      Key copy = key;
      Structure<Key>::visit(copy, leaf, text);
      Structure<T>::visit(value, leaf, text);
    }
  }
};

template <class T>
requires Structured<T>
struct Structure<std::optional<T>> {
  template <class Leaf>
  static void visit(std::optional<T>& value, Leaf&& leaf, StaticText& text) {
    text.add(value ? "some" : "none");
    if (value) Structure<T>::visit(*value, leaf, text);
  }
};

template <class... Ts>
requires(Structured<Ts>&&...) struct Structure<std::tuple<Ts...>> {
  template <class Leaf>
  static void visit(std::tuple<Ts...>& values, Leaf&& leaf, StaticText& text) {
    std::apply([&](Ts&... value) { (Structure<Ts>::visit(value, leaf, text), ...); }, values);
  }
};

template <class First, class Second>
requires(Structured<First>&& Structured<Second>) struct Structure<std::pair<First, Second>> {
  template <class Leaf>
  static void visit(std::pair<First, Second>& values, Leaf&& leaf, StaticText& text) {
    Structure<First>::visit(values.first, leaf, text);
    Structure<Second>::visit(values.second, leaf, text);
  }
};

/// A user's own struct of tensors, which lists its fields as an options struct does.
template <class T>
requires requires(T& value) {
  T::fields(value, [](const char*, auto&) {});
}
struct Structure<T> {
  template <class Leaf>
  static void visit(T& value, Leaf&& leaf, StaticText& text) {
    T::fields(value, [&](const char*, auto& field) {
      Structure<std::remove_cvref_t<decltype(field)>>::visit(field, leaf, text);
    });
  }
};

}  // namespace saem::detail
