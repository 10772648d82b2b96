// The header of a .npy file: a length, and a dictionary in Python's notation with three keys.
#include "formats/npy/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/message.hpp"
#include "formats/npy/literal.hpp"

namespace saem::numpy {
namespace {

/// NumPy's most axes.
constexpr int kMostAxes = 64;

struct ElementType {
  std::string_view code;  ///< kind and bytes, as in `descr` behind its order of bytes
  DType dtype;
};
constexpr ElementType kElementTypes[] = {
    {"b1", bool_},   {"i1", int8},    {"i2", int16},     {"i4", int32},      {"i8", int64},
    {"u1", uint8},   {"u2", uint16},  {"u4", uint32},    {"u8", uint64},     {"f2", half},
    {"f4", float32}, {"f8", float64}, {"c8", complex64}, {"c16", complex128}};

[[noreturn]] void raise_damaged(const char* op, const std::string& name, const std::string& what) {
  raise<DataError>(op, "the .npy header of {} is damaged: {}; get the file again", name, what);
}

/// bfloat16 and float8 have no name in NumPy: their elements come as raw bytes.
DType raw_dtype(const char* op, const std::string& name, std::string_view code,
                std::optional<DType> wanted) {
  if (wanted && code == fmt::format("V{}", wanted->size())) return *wanted;
  if (!wanted && code == "V2") return DType::kBFloat16;
  if (!wanted && code == "V1") {
    raise<DTypeError>(op,
                      "{} holds raw bytes (V1), as NumPy writes float8; say which it is: {{.dtype "
                      "= tf::dtypes::float8_e4m3fn}}",
                      name);
  }
  raise<DTypeError>(op, "{} holds raw elements ({}){}; read it with NumPy and give them a dtype",
                    name, code,
                    wanted ? fmt::format(", which {} is not made of", wanted->name()) : "");
}

DType element_dtype(const char* op, const std::string& name, const std::string& descr,
                    std::optional<DType> wanted) {
  const std::string_view code = std::string_view(descr).substr(1);
  if (code.starts_with('V')) return raw_dtype(op, name, code, wanted);
  for (const ElementType& known : kElementTypes) {
    if (known.code != code) continue;
    if (wanted && known.dtype != *wanted) {
      raise<DTypeError>(op, "{} holds {}, not {}; leave .dtype out and tf::cast the tensor", name,
                        known.dtype.name(), wanted->name());
    }
    return known.dtype;
  }
  raise<DTypeError>(op,
                    "{} holds elements of NumPy's type '{}', which no tensor can hold; tensors "
                    "hold bool, integers, and floating point up to 64 bits, real or complex",
                    name, descr);
}

std::endian byte_order(char letter) {
  if (letter == '>') return std::endian::big;
  return letter == '<' ? std::endian::little : std::endian::native;
}

Shape checked_shape(const char* op, const std::string& name, const Literal& value, DType dtype) {
  Shape shape;
  if (value.items.size() > static_cast<std::size_t>(kMostAxes)) {
    raise_damaged(
        op, name,
        fmt::format("a shape of {} axes; NumPy has at most {}", value.items.size(), kMostAxes));
  }
  // The sizes without zeros must fit too: strides are their products.
  auto bytes = static_cast<std::int64_t>(dtype.size());
  for (const Literal& item : value.items) {
    if (item.kind != Literal::Kind::kInteger || item.integer < 0) {
      raise_damaged(op, name, "the shape is no tuple of sizes");
    }
    shape.push_back(item.integer);
    if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(item.integer, 1), &bytes)) {
      raise_damaged(op, name, "the shape has more bytes than 64 bits can count");
    }
  }
  return shape;
}

}  // namespace

HeaderExtent parse_prefix(const char* op, const std::string& name,
                          std::span<const std::byte> prefix) {
  if (prefix.size() < kMagic.size() ||
      std::memcmp(prefix.data(), kMagic.data(), kMagic.size()) != 0) {
    raise<DataError>(
        op, "{} is no .npy file: it does not start with \\x93NUMPY{}", name,
        prefix.size() >= 2 && prefix[0] == std::byte{'P'} && prefix[1] == std::byte{'K'}
            ? "; it is a zip archive: see tf::numpy::NpzFile"
            : "");
  }
  const auto byte = [&](std::size_t i) {
    return i < prefix.size() ? std::to_integer<std::size_t>(prefix[i]) : 0;
  };
  const std::size_t major = byte(6);
  const std::size_t minor = byte(7);
  if (prefix.size() > 7 && (major < 1 || major > 3 || minor != 0)) {
    raise<DataError>(op, "{} is of version {}.{} of the .npy format; 1.0, 2.0 and 3.0 are known",
                     name, major, minor);
  }
  const std::size_t begin = major == 1 ? 10 : 12;
  if (prefix.size() < begin) {
    raise<DataError>(op, "{} is truncated: it ends within its header, after {} bytes", name,
                     prefix.size());
  }
  std::size_t size = byte(8) | byte(9) << 8;
  if (major > 1) size |= byte(10) << 16 | byte(11) << 24;
  if (size > kMostHeaderBytes) {
    raise_damaged(op, name,
                  fmt::format("it is said to have {} bytes, more than the {} that NumPy "
                              "reads",
                              size, kMostHeaderBytes));
  }
  return {begin, size};
}

Header parse_header(const char* op, const std::string& name, std::string_view text,
                    std::optional<DType> wanted) {
  const std::optional<Literal> dictionary = parse_literal(text);
  if (!dictionary || dictionary->kind != Literal::Kind::kDictionary) {
    raise_damaged(op, name, "it is no dictionary");
  }
  const Literal* descr = dictionary->find("descr");
  const Literal* order = dictionary->find("fortran_order");
  const Literal* shape = dictionary->find("shape");
  if (dictionary->items.size() != 6 || descr == nullptr || order == nullptr || shape == nullptr) {
    raise_damaged(op, name, "its keys are not descr, fortran_order and shape");
  }
  if (descr->kind == Literal::Kind::kList || descr->kind == Literal::Kind::kTuple) {
    raise<DTypeError>(op,
                      "{} holds records (a structured dtype), which no tensor can hold; save its "
                      "fields one by one",
                      name);
  }
  constexpr std::string_view kOrders = "<>|=";
  if (descr->kind != Literal::Kind::kString || descr->text.size() < 2 ||
      kOrders.find(descr->text[0]) == std::string_view::npos) {
    raise_damaged(op, name, "descr is no dtype");
  }
  if (order->kind != Literal::Kind::kBool) raise_damaged(op, name, "fortran_order is no bool");
  if (shape->kind != Literal::Kind::kTuple) raise_damaged(op, name, "the shape is no tuple");
  Header header;
  header.dtype = element_dtype(op, name, descr->text, wanted);
  header.order = byte_order(descr->text[0]);
  header.fortran_order = order->integer != 0;
  header.shape = checked_shape(op, name, *shape, header.dtype);
  return header;
}

std::vector<std::byte> header_bytes(DType dtype, const Shape& shape) {
  std::string code = fmt::format("V{}", dtype.size());
  for (const ElementType& known : kElementTypes) {
    if (known.dtype == dtype) code = known.code;
  }
  // ml_dtypes writes '<V2' and '|V1': what it adds to NumPy has an order of bytes as well.
  const char order = dtype.size() == 1                            ? '|'
                     : std::endian::native == std::endian::little ? '<'
                                                                  : '>';
  std::string text = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': {}, }}",
                                 order, code, shape.to_string());
  constexpr std::size_t kPrefix = 10;
  constexpr std::size_t kAlignment = 64;
  text.append(kAlignment - 1 - (kPrefix + text.size()) % kAlignment, ' ');
  text.push_back('\n');
  std::vector<std::byte> bytes(kPrefix + text.size());
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  bytes[6] = std::byte{1};
  bytes[8] = static_cast<std::byte>(text.size() & 0xff);
  bytes[9] = static_cast<std::byte>(text.size() >> 8);
  std::memcpy(bytes.data() + kPrefix, text.data(), text.size());
  return bytes;
}

}  // namespace saem::numpy
