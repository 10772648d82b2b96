#include "formats/summary/values.hpp"

#include <png.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "base/byte_order.hpp"
#include "base/message.hpp"
#include "core/dispatch.hpp"

namespace saem::summary {
namespace {

using tensorboard::TensorProto;

tensorboard::DataType proto_dtype(DType dtype) {
  switch (dtype.code()) {
    case DType::kBool:
      return tensorboard::DT_BOOL;
    case DType::kInt8:
      return tensorboard::DT_INT8;
    case DType::kInt16:
      return tensorboard::DT_INT16;
    case DType::kInt32:
      return tensorboard::DT_INT32;
    case DType::kInt64:
      return tensorboard::DT_INT64;
    case DType::kUInt8:
      return tensorboard::DT_UINT8;
    case DType::kUInt16:
      return tensorboard::DT_UINT16;
    case DType::kUInt32:
      return tensorboard::DT_UINT32;
    case DType::kUInt64:
      return tensorboard::DT_UINT64;
    case DType::kFloat16:
      return tensorboard::DT_HALF;
    case DType::kBFloat16:
      return tensorboard::DT_BFLOAT16;
    case DType::kFloat32:
      return tensorboard::DT_FLOAT;
    case DType::kFloat64:
      return tensorboard::DT_DOUBLE;
    case DType::kFloat8E4M3FN:
      return tensorboard::DT_FLOAT8_E4M3FN;
    case DType::kFloat8E5M2:
      return tensorboard::DT_FLOAT8_E5M2;
    case DType::kComplex64:
      return tensorboard::DT_COMPLEX64;
    case DType::kComplex128:
      return tensorboard::DT_COMPLEX128;
    case DType::kInvalid:
      break;
  }
  return tensorboard::DT_INVALID;
}

/// float64 where the element is, float32 for all that fits into it.
template <class T>
auto number(T element) {
  if constexpr (std::is_arithmetic_v<T>) {
    return static_cast<double>(element);
  } else {
    return static_cast<float>(element);
  }
}

/// Elements whose numbers have `width` bytes each.
TensorProto numbers_value(DType dtype, const Shape& shape, std::span<const std::byte> elements,
                          std::size_t width) {
  TensorProto value;
  value.set_dtype(proto_dtype(dtype));
  value.mutable_tensor_shape();
  for (const std::int64_t size : shape) value.mutable_tensor_shape()->add_dim()->set_size(size);
  std::string bytes(reinterpret_cast<const char*>(elements.data()), elements.size());
  to_byte_order(std::endian::little, std::as_writable_bytes(std::span(bytes)), width);
  value.set_tensor_content(std::move(bytes));
  return value;
}

TensorProto texts_value(std::vector<std::string> texts, bool column) {
  TensorProto value;
  value.set_dtype(tensorboard::DT_STRING);
  value.mutable_tensor_shape();
  if (column) {
    value.mutable_tensor_shape()->add_dim()->set_size(static_cast<std::int64_t>(texts.size()));
  }
  for (std::string& text : texts) value.add_string_val(std::move(text));
  return value;
}

/// Rows (left, right, count) of the finite ones among `elements`.
template <class T>
std::vector<double> histogram_rows(std::span<const T> elements, std::size_t buckets) {
  std::vector<double> rows(3 * buckets);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  double count = 0;
  for (const T element : elements) {
    const double x = number(element);
    if (!std::isfinite(x)) continue;
    low = std::min(low, x);
    high = std::max(high, x);
    ++count;
  }
  if (count == 0 || buckets == 0) return rows;
  // A bucket's width is a difference of halves: that of the numbers themselves may overflow.
  const double width = (high / 2 - low / 2) / static_cast<double>(buckets) * 2;
  for (std::size_t i = 0; i < buckets; ++i) {
    rows[3 * i] = i == 0 ? low : rows[3 * i - 2];
    rows[3 * i + 1] = i + 1 == buckets ? high : low + width * static_cast<double>(i + 1);
  }
  if (width == 0) {
    rows[3 * buckets - 1] = count;
    return rows;
  }
  for (const T element : elements) {
    const double x = number(element);
    if (!std::isfinite(x)) continue;
    const double place = std::floor((x / 2 - low / 2) / width * 2);
    const std::size_t bucket = std::min(static_cast<std::size_t>(place), buckets - 1);
    ++rows[3 * bucket + 2];
  }
  return rows;
}

/// The elements of pictures from 0 to 255: as tf.image.convert_image_dtype, cut off at both ends.
std::vector<std::uint8_t> pixels(const Tensor& host, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  dispatch(host.dtype(), [&]<class T>(Type<T>) {
    const T* elements = host.span<T>().data();
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      std::copy_n(elements, count, bytes.begin());
    } else {
      using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;
      for (std::size_t i = 0; i < count; ++i) {
        const Wide scaled = static_cast<Wide>(elements[i]) * Wide(255.5);
        // NaN, which is not above 0, becomes 0.
        bytes[i] = scaled > 0 ? static_cast<std::uint8_t>(std::min(scaled, Wide(255))) : 0;
      }
    }
  });
  return bytes;
}

/// One picture of rows of `channels` bytes a pixel.
std::string png(const std::uint8_t* pixels, std::int64_t width, std::int64_t height, int channels) {
  constexpr png_uint_32 kFormats[] = {PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB,
                                      PNG_FORMAT_RGBA};
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = kFormats[channels - 1];
  std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = file.size();
  if (png_image_write_to_memory(&image, file.data(), &size, 0, pixels, 0, nullptr) == 0) {
    raise<ValueError>("summary.image", "libpng cannot write {} x {} pixels: {}; make them smaller",
                      width, height, image.message);
  }
  file.resize(size);
  return file;
}

}  // namespace

TensorProto tensor_value(const Tensor& host) {
  const std::size_t parts = host.dtype().is_complex() ? 2 : 1;
  return numbers_value(
      host.dtype(), host.shape(),
      {static_cast<const std::byte*>(host.data()), static_cast<std::size_t>(host.nbytes())},
      host.dtype().size() / parts);
}

TensorProto scalar_value(const Tensor& host) {
  const float value =
      dispatch(host.dtype(), [&]<class T>(Type<T>) { return static_cast<float>(host.item<T>()); });
  return numbers_value(float32, {}, std::as_bytes(std::span(&value, 1)), sizeof(float));
}

TensorProto histogram_value(const Tensor& host, std::int64_t buckets) {
  const std::int64_t count = std::max<std::int64_t>(buckets, 0);
  const std::vector<double> rows = dispatch(host.dtype(), [&]<class T>(Type<T>) {
    return histogram_rows(host.span<T>(), static_cast<std::size_t>(count));
  });
  return numbers_value(float64, {count, 3}, std::as_bytes(std::span(rows)), sizeof(double));
}

TensorProto image_value(const Tensor& host, std::int64_t max_outputs) {
  const std::int64_t height = host.shape(1);
  const std::int64_t width = host.shape(2);
  const std::int64_t channels = host.shape(3);
  const std::int64_t pictures = std::min(host.shape(0), max_outputs);
  const std::int64_t size = height * width * channels;
  const std::vector<std::uint8_t> bytes = pixels(host, static_cast<std::size_t>(pictures * size));
  std::vector<std::string> texts{std::to_string(width), std::to_string(height)};
  for (std::int64_t i = 0; i < pictures; ++i) {
    texts.push_back(png(bytes.data() + i * size, width, height, static_cast<int>(channels)));
  }
  return texts_value(std::move(texts), true);
}

TensorProto text_value(const std::vector<std::string>& texts, bool column) {
  return texts_value(texts, column);
}

}  // namespace saem::summary
