#pragma once

#include <concepts>
#include <initializer_list>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <type_traits>
#include <vector>

namespace saem {

/// Where `tf::print` writes, and how.
struct PrintOptions {
  std::string output_stream = "stderr";  ///< or "stdout", or "file://" and a path: appended to
  std::string sep = " ";                 ///< between the parts
  std::string end = "\n";                ///< behind them
  int summarize = 3;                     ///< so many from both ends of each axis; -1: all
};

/// Options of the op behind `print`.
struct PrintFormat {
  static constexpr const char* kName = "PrintFormat";
  std::vector<std::string> texts = {};  ///< before, between and behind the tensors
  std::string output_stream = "stderr";
  int summarize = 3;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("texts", self.texts);
    visit("output_stream", self.output_stream);
    visit("summarize", self.summarize);
  }
};

/// One thing that `tf::print` prints: a tensor, a text, a number.
class SAEM_API Printable {
 public:
  template <std::convertible_to<Tensor> T>
  Printable(const T& tensor) : tensor_(tensor) {}                    // NOLINT: print("x", x)
  Printable(const char* text) : text_(text) {}                       // NOLINT
  Printable(std::string text) : text_(std::move(text)) {}            // NOLINT
  Printable(bool value) : text_(value ? "True" : "False") {}         // NOLINT
  Printable(double value) : text_(number_text(value)) {}             // NOLINT
  Printable(float value) : Printable(static_cast<double>(value)) {}  // NOLINT
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) Printable(Integer value)  // NOLINT
      : text_(std::to_string(value)) {}

  /// Undefined if it is a text.
  [[nodiscard]] const Tensor& tensor() const { return tensor_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static std::string number_text(double value);

  Tensor tensor_;
  std::string text_;
};

/// Prints its parts, in a traced function each time that it is called, in the program's order.
///
/// Tensors are printed as TensorFlow does: elements alone, each in the fewest of 6 or 9 digits that
/// give it back (15 or 17 for float64), long axes shortened.
///
/// @param parts    tensors, texts and numbers
/// @param options  output_stream, sep, end, summarize
/// @throws ValueError for an output_stream that there is not, or summarize of 0; DataError if a
/// file cannot be written Source: tf.print.
/// @code
/// tf::print({"x =", tf::constant({1.0, 2.5})}, {.output_stream = "stdout"});
/// // x = [1 2.5]
/// @endcode
SAEM_API void print(std::initializer_list<Printable> parts, const PrintOptions& options = {});
/// The same with the usual options: `tf::print("loss", loss)`.
template <class... Parts>
requires(std::constructible_from<Printable, const Parts&>&&...) void print(const Parts&... parts) {
  print({Printable(parts)...}, PrintOptions{});
}

}  // namespace saem
