#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <saem/plot/pictures.hpp>
#include <utility>

#include "base/message.hpp"
#include "plot/drawing.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

constexpr int kMargin = 8;        // pixels around everything and between pictures
constexpr int kLine = 15;         // height of a line of a picture's title
constexpr int kTitleLine = 22;    // height of a line of the figure's title
constexpr double kLetter = 12.0;  // width of a square letter of a picture's title, at 9 points
constexpr const char* kWrong = "#D55E00";

struct Rgb {
  std::uint8_t red = 255, green = 255, blue = 255;
};

/// Pixels, and text over them. The pixels of the whole figure are one image, drawn one to one, so
/// that no edge is blurred.
class Mosaic final : public Drawing {
 public:
  Mosaic(int width, int height, std::string title)
      : width_(width),
        height_(height),
        title_(clean(title)),
        pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

  void set(int x, int y, Rgb color) {
    pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
            static_cast<std::size_t>(x)] = color;
  }
  /// Lines of text, `spacing` pixels apart, around the middle (`x`, `y`), counted from the upper
  /// left corner. One label a line: gnuplot puts the first line of several at the place it is
  /// given.
  void write(double x, double y, const std::string& text, int spacing, const char* color) {
    const int points = spacing == kTitleLine ? 10 : 9;
    y -= spacing * (static_cast<double>(line_count(text)) - 1) / 2;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      labels_ += fmt::format("set label {} at {},{} center front font ',{}' tc rgb '{}'\n",
                             quote(text.substr(begin, end - begin)), number(x),
                             number(height_ - 1 - y), points, color);
      begin = end + 1;
      y += spacing;
    }
  }

  [[nodiscard]] std::string render(Format format) const override {
    std::string text = script(format);
    text.reserve(text.size() + pixels_.size() * 3 + 1);
    for (const Rgb& pixel : pixels_) {
      text += static_cast<char>(pixel.red);
      text += static_cast<char>(pixel.green);
      text += static_cast<char>(pixel.blue);
    }
    return run_gnuplot(text + "\n", format, title_);
  }
  [[nodiscard]] std::string script() const override { return script(Format::kPng); }
  [[nodiscard]] Format notebook_format() const override { return Format::kPng; }
  [[nodiscard]] const std::string& title() const override { return title_; }

 private:
  [[nodiscard]] std::string script(Format format) const {
    return gnuplot_header(format, width_, height_) +
           fmt::format(
               "unset border\nunset tics\nunset key\nset lmargin at screen 0\n"
               "set rmargin at screen 1\nset bmargin at screen 0\nset tmargin at screen 1\n"
               "set xrange [-0.5:{0}-0.5]\nset yrange [-0.5:{1}-0.5]\n{2}"
               "plot '-' binary array=({0},{1}) flipy format='%uchar%uchar%uchar' "
               "using 1:2:3 with rgbimage notitle\n",
               width_, height_, labels_);
  }

  int width_;
  int height_;
  std::string title_;
  std::vector<Rgb> pixels_;
  std::string labels_;
};

/// Pictures of one size as bytes.
struct Pictures {
  int count = 0;
  int height = 0;
  int width = 0;
  int channels = 1;
  std::vector<double> values;  // (N, H, W, C)
  double low = 0;
  double high = 1;

  [[nodiscard]] double at(int n, int y, int x, int channel) const {
    const auto row = static_cast<std::size_t>(n) * static_cast<std::size_t>(height) +
                     static_cast<std::size_t>(y);
    const std::size_t pixel = row * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
    return values[pixel * static_cast<std::size_t>(channels) + static_cast<std::size_t>(channel)];
  }
  /// The mean of the `side` x `side` pixels from (`y`, `x`) on.
  [[nodiscard]] Rgb color(int n, int y, int x, int side) const {
    std::array<double, 3> sum{};
    for (int dy = 0; dy < side; ++dy) {
      for (int dx = 0; dx < side; ++dx) {
        for (int c = 0; c < 3; ++c) {
          sum[static_cast<std::size_t>(c)] += at(n, y + dy, x + dx, channels == 3 ? c : 0);
        }
      }
    }
    std::array<std::uint8_t, 3> bytes{};
    for (std::size_t c = 0; c < 3; ++c) {
      const double share = (sum[c] / (side * side) - low) / (high - low);
      if (std::isnan(share)) return {255, 0, 255};
      bytes[c] = static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0, 1.0) * 255));
    }
    return {bytes[0], bytes[1], bytes[2]};
  }
};

/// `batch`: whether the first axis counts pictures; of these at most `limit` are taken.
Pictures read(const char* op, const Tensor& tensor, bool batch, std::int64_t limit,
              const Limits& limits) {
  const Shape& shape = tensor.shape();
  const int rank = shape.rank() - (batch ? 1 : 0);
  const std::int64_t channels = rank == 3 ? shape.at(-1) : 1;
  if ((rank != 2 && rank != 3) || (channels != 1 && channels != 3)) {
    const char* needed =
        batch ? "(N, H, W), (N, H, W, 1) or (N, H, W, 3)" : "(H, W), (H, W, 1) or (H, W, 3)";
    raise<ShapeError>(op, "a tensor of shape {}; needed is {}", shape.to_string(), needed);
  }
  if (shape.size() == 0) {
    raise<ValueError>(op, "there are no pixels to draw: the shape is {}", shape.to_string());
  }
  Pictures pictures;
  pictures.count = batch ? static_cast<int>(std::min(shape[0], limit)) : 1;
  const std::int64_t height = shape[batch ? 1 : 0];
  const std::int64_t width = shape[batch ? 2 : 1];
  constexpr std::int64_t kMost = 65536;
  if (height > kMost || width > kMost) {
    raise<ValueError>(op, "pictures of {} x {} pixels; at most {} a side can be drawn", width,
                      height, kMost);
  }
  pictures.height = static_cast<int>(height);
  pictures.width = static_cast<int>(width);
  pictures.channels = static_cast<int>(channels);
  if (batch) {
    Dims sizes = shape.dims();
    sizes[0] = pictures.count;
    pictures.values = to_doubles(tensor.view(Shape(std::move(sizes)), tensor.strides()));
  } else {
    pictures.values = to_doubles(tensor);
  }
  check_limits(op, "limits", limits);
  const double natural = tensor.dtype().is_integer() ? 255 : 1;
  pictures.low = limits.low.value_or(0);
  pictures.high = limits.high.value_or(natural);
  if (!(pictures.low < pictures.high)) {
    raise<ValueError>(op, "limits from {} to {}; the first must be below the second", pictures.low,
                      pictures.high);
  }
  if (!limits.low && !limits.high) {
    double least = 0;
    double most = natural;
    for (const double value : pictures.values) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
    // A hair beyond is rounding; more is another scale, which would be drawn all black or white.
    if (least < -1e-3 * natural || most > natural * 1.001) {
      raise<ValueError>(op,
                        "{} pixels from {} to {}, but needed are 0 to {}; say what is black and "
                        "white: .limits = {{{}, {}}}",
                        tensor.dtype().name(), least, most, natural, least, most);
    }
  }
  return pictures;
}

/// How pictures change size: each pixel becomes `grow` x `grow`, or `shrink` x `shrink` become one.
struct Scale {
  int grow = 1;
  int shrink = 1;
  [[nodiscard]] int operator()(int side) const { return side * grow / shrink; }
};

Scale scale_to(const Pictures& pictures, int longest) {
  const int side = std::max(pictures.width, pictures.height);
  Scale scale;
  if (side <= longest) {
    scale.grow = longest / side;
  } else {  // but never to nothing
    scale.shrink =
        std::min((side + longest - 1) / longest, std::min(pictures.width, pictures.height));
  }
  return scale;
}

void paint(Mosaic& mosaic, const Pictures& pictures, int n, int left, int top, Scale scale) {
  for (int y = 0; y < scale(pictures.height); ++y) {
    for (int x = 0; x < scale(pictures.width); ++x) {
      mosaic.set(left + x, top + y,
                 pictures.color(n, y * scale.shrink / scale.grow, x * scale.shrink / scale.grow,
                                scale.shrink));
    }
  }
}

void frame(Mosaic& mosaic, int left, int top, int width, int height) {
  constexpr int kThick = 3;
  constexpr Rgb kColor{0xD5, 0x5E, 0x00};
  for (int y = -kThick; y < height + kThick; ++y) {
    for (int x = -kThick; x < width + kThick; ++x) {
      if (x < 0 || y < 0 || x >= width || y >= height) mosaic.set(left + x, top + y, kColor);
    }
  }
}

int title_height(const std::string& title) {
  return static_cast<int>(line_count(title)) * kTitleLine;
}

}  // namespace

Figure image(const Tensor& picture, const ImageOptions& options) {
  constexpr const char* kOp = "plot::image";
  const Pictures pictures = read(kOp, picture, false, 1, options.limits);
  const int side = std::max(pictures.width, pictures.height);
  int longest = std::max(256, std::min(side, 1024));
  if (options.width) {
    check_size(kOp, *options.width, *options.width);
    const double share = static_cast<double>(*options.width) / pictures.width;
    longest = std::max(1, static_cast<int>(side * share));
  }
  const Scale scale = scale_to(pictures, longest);
  const int above = title_height(options.title);
  const int title_width = static_cast<int>(text_width(options.title) * 14) + 2 * kMargin;
  const int width = std::max(scale(pictures.width) + 2 * kMargin, std::min(title_width, 1024));
  const int height = scale(pictures.height) + 2 * kMargin + above;
  check_size(kOp, std::max(width, 50), std::max(height, 50));
  auto mosaic = std::make_unique<Mosaic>(width, height, options.title);
  if (above > 0)
    mosaic->write(width / 2.0, kMargin + above / 2.0, options.title, kTitleLine, "black");
  paint(*mosaic, pictures, 0, (width - scale(pictures.width)) / 2, kMargin + above, scale);
  return make_figure(std::move(mosaic));
}

Figure grid(const Tensor& images, const GridOptions& options) {
  constexpr const char* kOp = "plot::grid";
  constexpr int kMost = 64;
  if (options.columns < 1 || options.columns > kMost || options.rows.value_or(1) < 1 ||
      options.rows.value_or(1) > kMost) {
    raise<ValueError>(kOp, "{} columns and {} rows; needed are 1 to {} of each", options.columns,
                      options.rows.value_or(8), kMost);
  }
  const std::int64_t limit = std::int64_t{options.columns} * options.rows.value_or(8);
  const Pictures pictures = read(kOp, images, true, limit, options.limits);
  const auto count = static_cast<std::size_t>(pictures.count);
  if (!options.titles.empty() && options.titles.size() < count) {
    raise<ValueError>(kOp, "{} titles for {} pictures; give one each", options.titles.size(),
                      count);
  }
  if (!options.wrong.empty() && options.wrong.size() < count) {
    raise<ValueError>(kOp, "{} entries in .wrong for {} pictures; give one each",
                      options.wrong.size(), count);
  }
  const int columns = std::min(options.columns, pictures.count);
  const int rows = (pictures.count + columns - 1) / columns;
  const Scale scale = scale_to(pictures, std::clamp(800 / columns - kMargin, 24, 160));
  const int width = scale(pictures.width);
  const int height = scale(pictures.height);

  // Columns widen for their titles, up to half again the picture or 90 pixels; what is still longer
  // ends in an ellipsis.
  double widest = 0;
  int lines = 0;
  for (std::size_t i = 0; i < std::min(count, options.titles.size()); ++i) {
    widest = std::max(widest, text_width(options.titles[i]) * kLetter);
    lines = std::max(lines, static_cast<int>(line_count(options.titles[i])));
  }
  const int most = std::max(width * 3 / 2, 90);
  const int column = std::max(width, std::min(static_cast<int>(std::ceil(widest)), most));
  const int above = lines == 0 ? 0 : lines * kLine + 2;
  const int top = kMargin + title_height(options.title);
  const int full_width = columns * (column + kMargin) + kMargin;
  const int full_height = top + rows * (above + height + kMargin);
  check_size(kOp, std::max(full_width, 50), std::max(full_height, 50));

  auto mosaic = std::make_unique<Mosaic>(full_width, full_height, options.title);
  if (!options.title.empty()) {
    mosaic->write(full_width / 2.0, top / 2.0, options.title, kTitleLine, "black");
  }
  for (int n = 0; n < pictures.count; ++n) {
    const auto i = static_cast<std::size_t>(n);
    const int cell_left = kMargin + n % columns * (column + kMargin);
    const int cell_top = top + n / columns * (above + height + kMargin);
    const int left = cell_left + (column - width) / 2;
    const bool wrong = i < options.wrong.size() && options.wrong[i];
    if (i < options.titles.size()) {
      mosaic->write(cell_left + column / 2.0, cell_top + above / 2.0 - 4,
                    fit(clean(options.titles[i]), column / kLetter), kLine,
                    wrong ? kWrong : "black");
    }
    if (wrong) frame(*mosaic, left, cell_top + above, width, height);
    paint(*mosaic, pictures, n, left, cell_top + above, scale);
  }
  return make_figure(std::move(mosaic));
}

}  // namespace saem::plot
