#include "plot/drawing.hpp"

#include <cmath>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/dispatch.hpp"
#include "plot/process.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

constexpr std::chrono::seconds kTimeLimit{30};
constexpr int kLargest = 8192;  // pixels along a side: above, cairo's surfaces grow past 256 MB

std::string run(const std::vector<std::string>& command, const char* package,
                const std::string& input) {
  const std::string& program = command[0];
  if (find_program(program).empty()) {
    raise<Error>("plot", "the program {} is missing; install it: apt-get install {}", program,
                 package);
  }
  ProcessResult result = run_process(command, input, kTimeLimit);
  if (result.timed_out) {
    raise<Error>("plot", "{} did not finish in {} seconds; draw fewer points or nodes", program,
                 kTimeLimit.count());
  }
  if (result.exit_code != 0 || result.output.empty()) {
    raise<Error>("plot", "{} failed with exit code {}: {}", program, result.exit_code,
                 result.errors.empty() ? "it said nothing" : result.errors);
  }
  return std::move(result.output);
}

void replace_first(std::string& text, std::string_view from, const std::string& to) {
  if (const std::size_t at = text.find(from); at != std::string::npos) {
    text.replace(at, from.size(), to);
  }
}

/// The element alone, which a page can hold, with our title where the program put its own.
std::string tidy_svg(std::string svg, const std::string& title) {
  svg.erase(0, svg.find("<svg"));
  replace_first(svg, "<title>figure</title>", "<title>" + escape_xml(title) + "</title>");
  replace_first(svg, "<image ", "<image style='image-rendering:pixelated' ");
  return svg;
}

}  // namespace

std::vector<double> to_doubles(const Tensor& wherever) {
  const Tensor tensor = to_host(wherever);
  if (tensor.is_symbolic()) {
    raise<ValueError>("plot",
                      "a tensor in a traced function has no values yet; draw what the "
                      "function returns");
  }
  // Read in place: a copy made by an op would be seen by tapes, and fail inside a traced function.
  const Shape& shape = tensor.shape();
  const Dims& strides = tensor.strides();
  std::vector<double> numbers(static_cast<std::size_t>(tensor.size()));
  if (numbers.empty()) return numbers;
  dispatch(tensor.dtype(), [&]<class T>(Type<T>) {
    const T* from = tensor.data_as<T>();
    Dims index(static_cast<std::size_t>(shape.rank()), 0);
    for (double& value : numbers) {
      value = static_cast<double>(*from);
      for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        const auto at = static_cast<std::size_t>(axis);
        from += strides[at];
        if (++index[at] < shape[axis]) break;
        from -= index[at] * strides[at];
        index[at] = 0;
      }
    }
  });
  return numbers;
}

Values::Values(const Tensor& tensor) : numbers_(to_doubles(tensor)), shape_(tensor.shape()) {}

void check_size(const char* op, int width, int height) {
  if (width < 50 || height < 50 || width > kLargest || height > kLargest) {
    raise<ValueError>(op, "a figure of {} x {} pixels; width and height go from 50 to {}", width,
                      height, kLargest);
  }
}

void check_color(const char* op, const std::string& color) {
  const bool good = color.size() == 7 && color[0] == '#' &&
                    color.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  if (!color.empty() && !good) {
    raise<ValueError>(op, "the colour '{}' is not of the form #rrggbb", clean(color));
  }
}

void check_limits(const char* op, const char* name, const Limits& limits) {
  const bool finite =
      std::isfinite(limits.low.value_or(0)) && std::isfinite(limits.high.value_or(0));
  if (!finite || (limits.low && limits.high && !(*limits.low < *limits.high))) {
    raise<ValueError>(op, "{} from {} to {}; they must be finite, the first below the second", name,
                      limits.low.value_or(NAN), limits.high.value_or(NAN));
  }
}

std::string number(double value) { return fmt::format("{:.9g}", value); }

std::string gnuplot_header(Format format, int width, int height) {
  std::string text = "set encoding utf8\n";
  switch (format) {
    case Format::kSvg:
      text += fmt::format(
          "set terminal svg noenhanced size {},{} font 'sans-serif,13' "
          "background rgb 'white' name 'figure'\n",
          width, height);
      break;
    case Format::kPng:
      text += fmt::format(
          "set terminal pngcairo noenhanced size {},{} font 'Sans,10' "
          "background rgb 'white'\n",
          width, height);
      break;
    case Format::kPdf:  // inches: 96 pixels each
      text += fmt::format(
          "set terminal pdfcairo noenhanced size {:.4f},{:.4f} font 'Sans,10' "
          "background rgb 'white'\n",
          width / 96.0, height / 96.0);
      break;
  }
  return text;
}

std::string run_gnuplot(const std::string& script, Format format, const std::string& title) {
  // -d: a figure does not depend on what the user's own ~/.gnuplot says.
  std::string output = run({"gnuplot", "-d"}, "gnuplot-nox", script);
  return format == Format::kSvg ? tidy_svg(std::move(output), title) : output;
}

std::string run_dot(const std::string& source, Format format, const std::string& title) {
  const char* type = format == Format::kSvg ? "-Tsvg" : format == Format::kPng ? "-Tpng" : "-Tpdf";
  std::string output = run({"dot", type}, "graphviz", source);
  return format == Format::kSvg ? tidy_svg(std::move(output), title) : output;
}

}  // namespace saem::plot
