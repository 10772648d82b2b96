// print; floor 2 of 5: meaning.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <mutex>
#include <saem/core/op.hpp>
#include <saem/ops/print.hpp>

#include "base/message.hpp"
#include "core/dispatch.hpp"
#include "ops/host.hpp"

namespace saem {
namespace ops {
namespace {

constexpr const char* kFile = "file://";

/// As TensorFlow's FloatToBuffer and DoubleToBuffer: few digits if they give the number back, else
/// as many as always do.
template <class T>
std::string floating_text(T value) {
  constexpr int kFew = std::numeric_limits<T>::digits10;
  constexpr int kMany = std::numeric_limits<T>::max_digits10;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.*g", kFew, static_cast<double>(value));
  if (value == value && static_cast<T>(std::strtod(text.data(), nullptr)) != value) {
    std::snprintf(text.data(), text.size(), "%.*g", kMany, static_cast<double>(value));
  }
  return value == value ? text.data() : "nan";
}

template <class T>
std::string element_text(T value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "1" : "0";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (dtype_of<T>().is_complex()) {
    const std::string imaginary = floating_text(value.imag());
    return "(" + floating_text(value.real()) + (imaginary[0] == '-' ? "" : "+") + imaginary + "j)";
  } else if constexpr (std::is_same_v<T, double>) {
    return floating_text(value);
  } else {
    return floating_text(static_cast<float>(value));
  }
}

/// Elements between brackets, axis by axis.
template <class T>
class Elements {
 public:
  Elements(const Tensor& tensor, int summarize)
      : shape_(tensor.shape()), next_(tensor.span<T>().data()), summarize_(summarize) {}

  std::string text(int axis = 0) {
    if (axis == shape_.rank()) return element_text(*next_++);
    const std::int64_t size = shape_[axis];
    const bool cut = summarize_ > 0 && size > 2 * std::int64_t{summarize_};
    std::string text = "[";
    for (std::int64_t i = 0; i < size; ++i) {
      if (i > 0) text += spacing(axis);
      if (cut && i == summarize_) {
        text += "..." + spacing(axis);
        const std::int64_t left_out = size - 2 * std::int64_t{summarize_};
        next_ += left_out * inside(axis);
        i += left_out;
      }
      text += this->text(axis + 1);
    }
    return text + "]";
  }

 private:
  [[nodiscard]] std::string spacing(int axis) const {
    const int lines = shape_.rank() - 1 - axis;
    if (lines == 0) return " ";
    return std::string(static_cast<std::size_t>(lines), '\n') +
           std::string(static_cast<std::size_t>(axis) + 1, ' ');
  }

  /// Elements of one entry of `axis`.
  [[nodiscard]] std::int64_t inside(int axis) const {
    std::int64_t count = 1;
    for (int inner = axis + 1; inner < shape_.rank(); ++inner) count *= shape_[inner];
    return count;
  }

  Shape shape_;
  const T* next_;
  int summarize_;
};

std::string tensor_text(const Tensor& tensor, int summarize) {
  if (tensor.size() == 0) return "[]";
  const Tensor host = host_tensor(tensor, "print", "its input");
  return dispatch_any(host.dtype(),
                      [&]<class T>(Type<T>) { return Elements<T>(host, summarize).text(); });
}

TensorSpecs infer_print(const OpCall& call) {
  const auto& options = call.options<PrintFormat>();
  if (options.summarize == 0 || options.summarize < -1) {
    raise<ValueError>("print", "summarize is {}; it must be positive, or -1 for all elements",
                      options.summarize);
  }
  const std::string& stream = options.output_stream;
  if (stream != "stderr" && stream != "stdout" && !stream.starts_with(kFile)) {
    raise<ValueError>("print", "there is no output_stream '{}'; stderr, stdout or file://PATH",
                      stream);
  }
  return {};
}

void write(const std::string& text, const std::string& stream) {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  if (stream == "stdout") {
    std::cout << text << std::flush;
  } else if (stream == "stderr") {
    std::cerr << text << std::flush;
  } else {
    const std::string path = stream.substr(std::char_traits<char>::length(kFile));
    std::ofstream file(path, std::ios::app);
    file << text << std::flush;
    if (!file) raise<DataError>("print", "cannot write to {}; see whether its folder exists", path);
  }
}

Tensors run_print(const OpCall& call) {
  const auto& options = call.options<PrintFormat>();
  std::string text = options.texts[0];
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    text += tensor_text(call.input(i), options.summarize) + options.texts[i + 1];
  }
  write(text, options.output_stream);
  return {};
}

}  // namespace

constinit OpDef print_op{.name = "print",
                         .min_inputs = 0,
                         .max_inputs = std::numeric_limits<int>::max(),
                         .traits = kStateful | kNoGradient,
                         .infer = infer_print,
                         .compose = run_print,
                         .options = &kAttributesType<PrintFormat>};

}  // namespace ops

/// As Python writes a float: 1.0, 2.5, 1e-07.
std::string Printable::number_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

void print(std::initializer_list<Printable> parts, const PrintOptions& options) {
  PrintFormat format{{""}, options.output_stream, options.summarize};
  std::vector<Tensor> tensors;
  bool first = true;
  for (const Printable& part : parts) {
    if (!first) format.texts.back() += options.sep;
    first = false;
    if (part.tensor().defined()) {
      tensors.push_back(part.tensor());
      format.texts.emplace_back();
    } else {
      format.texts.back() += part.text();
    }
  }
  format.texts.back() += options.end;
  (void)apply(ops::print_op, tensors, format);
}

}  // namespace saem
