#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <saem/plot/figure.hpp>

#include "base/base64.hpp"
#include "base/message.hpp"
#include "plot/chart.hpp"
#include "plot/drawing.hpp"
#include "plot/process.hpp"
#include "plot/text.hpp"

namespace saem::plot {

/// A drawing and whether somebody has looked at it. The last owner's end is this object's end.
class FigureState {
 public:
  explicit FigureState(std::unique_ptr<Drawing> its_drawing) : drawing(std::move(its_drawing)) {}
  FigureState(const FigureState&) = delete;
  FigureState& operator=(const FigureState&) = delete;
  ~FigureState() {
    // An exception on its way out of a cell has its own message; no picture of a half-made thought.
    if (seen || !notebook::active() || std::uncaught_exceptions() > exceptions) return;
    try {
      show();
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    } catch (...) {
      std::cerr << "plot: the figure could not be shown\n";
    }
  }

  notebook::MimeBundle bundle() {
    seen = true;
    const Format format = drawing->notebook_format();
    std::string bytes = drawing->render(format);
    notebook::MimeBundle shown;
    shown["text/plain"] = drawing->title().empty() ? "Figure" : "Figure: " + drawing->title();
    if (format == Format::kSvg) {
      shown["image/svg+xml"] = std::move(bytes);
    } else {
      shown["image/png"] = base64(bytes);
    }
    return shown;
  }
  void show() { notebook::display(bundle()); }

  std::unique_ptr<Drawing> drawing;
  bool seen = false;
  int exceptions = std::uncaught_exceptions();
};

namespace {

Format format_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".svg") return Format::kSvg;
  if (ending == ".png") return Format::kPng;
  if (ending == ".pdf") return Format::kPdf;
  raise<ValueError>("Figure::save", "'{}' ends in none of .svg, .png and .pdf", path);
}

void write_file(const std::string& path, const std::string& bytes) {
  // Beside the target and then renamed: a full disk leaves the old figure as it was.
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(part, path, error);
  if (file && !error) return;
  const std::string reason = error ? error.message() : "is the folder there, and room on the disk?";
  std::filesystem::remove(part, error);
  raise<DataError>("Figure::save", "{} cannot be written: {}", path, reason);
}

Chart& chart_of(FigureState& state, const char* op) {
  auto* chart = dynamic_cast<Chart*>(state.drawing.get());
  if (chart == nullptr) {
    raise<ValueError>(op,
                      "this figure has no axes for a curve; begin with plot::line or "
                      "plot::scatter");
  }
  return *chart;
}

}  // namespace

Figure make_figure(std::unique_ptr<Drawing> drawing) {
  return Figure(std::make_shared<FigureState>(std::move(drawing)));
}

Figure::Figure(std::shared_ptr<FigureState> state) : state_(std::move(state)) {}

Figure& Figure::add_line(const Values& y, const CurveOptions& curve) {
  constexpr const char* kOp = "Figure::add_line";
  chart_of(*state_, kOp).add(kOp, Style::kLine, nullptr, y, curve);
  return *this;
}

Figure& Figure::add_line(const Values& x, const Values& y, const CurveOptions& curve) {
  constexpr const char* kOp = "Figure::add_line";
  chart_of(*state_, kOp).add(kOp, Style::kLine, &x, y, curve);
  return *this;
}

Figure& Figure::add_scatter(const Values& x, const Values& y, const CurveOptions& curve) {
  constexpr const char* kOp = "Figure::add_scatter";
  chart_of(*state_, kOp).add(kOp, Style::kPoints, &x, y, curve);
  return *this;
}

void Figure::save(const std::string& path) const {
  const Format format = format_of(path);
  write_file(path, state_->drawing->render(format));
  state_->seen = true;
}

void Figure::show() const {
  if (notebook::active()) state_->show();
}

std::string Figure::svg() const { return state_->drawing->render(Format::kSvg); }

std::string Figure::png() const { return state_->drawing->render(Format::kPng); }

std::string Figure::script() const { return state_->drawing->script(); }

notebook::MimeBundle display(const Figure& figure) { return figure.state_->bundle(); }

}  // namespace saem::plot
