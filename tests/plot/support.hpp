#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <saem/core/tensor.hpp>
#include <saem/notebook.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace saem::plot {

/// A decoded PNG, RGB.
struct Png {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;

  explicit Png(const std::string& bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
      throw std::runtime_error(std::string("not a PNG: ") + image.message);
    }
    image.format = PNG_FORMAT_RGB;
    width = static_cast<int>(image.width);
    height = static_cast<int>(image.height);
    rgb.resize(PNG_IMAGE_SIZE(image));
    png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr);
  }
  /// 0xRRGGBB
  [[nodiscard]] int at(int x, int y) const {
    const auto i = static_cast<std::size_t>((y * width + x) * 3);
    return rgb.at(i) << 16 | rgb.at(i + 1) << 8 | rgb.at(i + 2);
  }
};

/// A notebook that remembers what it was shown.
class FakeNotebook {
 public:
  FakeNotebook() {
    shown().clear();
    notebook::set_display_handler(
        [](const notebook::MimeBundle& bundle) { shown().push_back(bundle); });
  }
  ~FakeNotebook() { notebook::set_display_handler(nullptr); }
  static std::vector<notebook::MimeBundle>& shown() {
    static std::vector<notebook::MimeBundle> bundles;
    return bundles;
  }
};

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "saem-plot-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

/// While it lives, programs are looked for in `folders` alone.
class Path {
 public:
  explicit Path(const std::string& folders) : before_(std::getenv("PATH")) {
    setenv("PATH", folders.c_str(), 1);
  }
  ~Path() { setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class T>
Tensor make_tensor(const Shape& shape, const std::vector<T>& values) {
  Tensor tensor = Tensor::empty(dtype_of<T>(), shape);
  std::copy(values.begin(), values.end(), tensor.mutable_data_as<T>());
  return tensor;
}

/// The text of the error that `body` throws; the type is checked.
template <class E, class Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
  return "no exception";
}

inline int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) {
    ++found;
  }
  return found;
}

}  // namespace saem::plot
