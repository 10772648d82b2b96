#include "data/idx.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <saem/data/idx.hpp>
#include <vector>

#include "base/byte_order.hpp"
#include "base/file.hpp"
#include "base/message.hpp"
#include "core/backend.hpp"
#include "data/input_file.hpp"

namespace saem::data {
namespace {

struct ElementType {
  std::uint8_t code;
  DType dtype;
};
// The third byte of a file. The format knows no others.
constexpr ElementType kElementTypes[] = {{0x08, uint8}, {0x09, int8},    {0x0B, int16},
                                         {0x0C, int32}, {0x0D, float32}, {0x0E, float64}};
constexpr std::size_t kMaxRank = 255;

std::uint32_t big_endian(const std::byte* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

class IdxReader {
 public:
  IdxReader(const char* op, const std::string& path) : op_(op), file_(op, path) {}

  Tensor read() {
    read_header();
    check_size();
    Tensor tensor = Tensor::empty(dtype_, shape_);
    const std::span elements(static_cast<std::byte*>(tensor.mutable_data()),
                             static_cast<std::size_t>(tensor.nbytes()));
    const std::size_t count = file_.read_up_to(elements);
    if (count < elements.size()) {
      raise<DataError>(op_,
                       "{} is truncated: its header says {} {}, which is {} bytes, and {} came; "
                       "get the file again",
                       file_.path(), dtype_.name(), shape_.to_string(), elements.size(), count);
    }
    std::byte more;
    if (file_.read_up_to({&more, 1}) != 0) {
      raise<DataError>(op_,
                       "{} has more bytes than the {} that its header, {} {}, says; get the file "
                       "again",
                       file_.path(), file_.position() - 1, dtype_.name(), shape_.to_string());
    }
    to_byte_order(std::endian::big, elements, dtype_.size());
    return tensor;
  }

 private:
  void read_header() {
    std::array<std::byte, 4> magic;
    read_exactly(magic);
    const auto type =
        std::find_if(std::begin(kElementTypes), std::end(kElementTypes),
                     [&](const ElementType& known) { return std::byte{known.code} == magic[2]; });
    if (magic[0] != std::byte{0} || magic[1] != std::byte{0} || type == std::end(kElementTypes)) {
      raise<DataError>(op_,
                       "{} is not an IDX file: it starts with {:02x} {:02x} {:02x} {:02x}, an IDX "
                       "file with 00 00, an element type (08, 09, 0b, 0c, 0d or 0e) and the rank",
                       file_.path(), std::to_integer<int>(magic[0]), std::to_integer<int>(magic[1]),
                       std::to_integer<int>(magic[2]), std::to_integer<int>(magic[3]));
    }
    dtype_ = type->dtype;
    std::vector<std::byte> sizes(4 * std::to_integer<std::size_t>(magic[3]));
    read_exactly(sizes);
    for (std::size_t i = 0; i < sizes.size(); i += 4) {
      shape_.push_back(big_endian(&sizes[i]));
    }
  }

  void read_exactly(std::span<std::byte> to) {
    if (file_.read_up_to(to) < to.size()) {
      raise<DataError>(op_,
                       "{} is truncated: it ends within its header, after {} bytes; get the file "
                       "again",
                       file_.path(), file_.position());
    }
  }

  /// Before any memory is asked for: what the header says must be able to come out of the file.
  void check_size() {
    std::int64_t bytes = static_cast<std::int64_t>(dtype_.size());
    bool fits = true;
    for (const std::int64_t size : shape_)
      fits = fits && !__builtin_mul_overflow(bytes, size, &bytes);
    const std::int64_t most = file_.most_bytes() - (file_.is_compressed() ? 0 : file_.position());
    if (fits && (file_.is_compressed() ? bytes <= most : bytes == most)) return;
    const std::string wanted = fits ? std::to_string(bytes) : "more than 2^63";
    if (fits && bytes < most) {
      raise<DataError>(op_,
                       "{} is too long: its header says {} {}, which is {} bytes, and {} follow; "
                       "get the file again",
                       file_.path(), dtype_.name(), shape_.to_string(), wanted, most);
    }
    raise<DataError>(op_,
                     "{} is truncated or damaged: its header says {} {}, which is {} bytes, and "
                     "{} {}; get the file again",
                     file_.path(), dtype_.name(), shape_.to_string(), wanted,
                     file_.is_compressed() ? "its gzip data can hold at most" : "there follow",
                     most);
  }

  const char* op_;
  InputFile file_;
  DType dtype_;
  Shape shape_;
};

std::vector<std::byte> header_of(DType dtype, const Shape& shape) {
  const auto type = std::find_if(std::begin(kElementTypes), std::end(kElementTypes),
                                 [&](const ElementType& known) { return known.dtype == dtype; });
  if (type == std::end(kElementTypes)) {
    raise<DTypeError>("write_idx",
                      "an IDX file holds uint8, int8, int16, int32, float32 or float64, not {}; "
                      "tf::cast the tensor",
                      dtype.name());
  }
  if (static_cast<std::size_t>(shape.rank()) > kMaxRank) {
    raise<ValueError>("write_idx", "an IDX file has at most {} axes, not {}; reshape the tensor",
                      kMaxRank, shape.rank());
  }
  std::vector<std::byte> header{std::byte{0}, std::byte{0}, std::byte{type->code},
                                static_cast<std::byte>(shape.rank())};
  for (const std::int64_t size : shape) {
    if (size > std::numeric_limits<std::uint32_t>::max()) {
      raise<ValueError>("write_idx",
                        "an axis of an IDX file has at most 2^32 - 1 entries, not {}; "
                        "split the tensor",
                        size);
    }
    for (const int shift : {24, 16, 8, 0}) header.push_back(static_cast<std::byte>(size >> shift));
  }
  return header;
}

/// Where the bytes of an IDX file go: into the file as they are, or through gzip.
class IdxWriter {
 public:
  explicit IdxWriter(const std::string& path) : file_("write_idx", path), stream_(nullptr, end) {
    if (!path.ends_with(".gz")) return;
    stream_.reset(new z_stream{});
    // 16: a gzip frame, which names no file and no time, so that equal tensors make equal files.
    if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      raise<DataError>("write_idx", "zlib cannot start: {}",
                       stream_->msg != nullptr ? stream_->msg : "no memory");
    }
  }

  void write(std::span<const std::byte> bytes) {
    if (stream_ == nullptr) return file_.write(bytes);
    compress(bytes, Z_NO_FLUSH);
  }

  void finish() {
    if (stream_ != nullptr) compress({}, Z_FINISH);
    file_.commit();
  }

 private:
  static void end(z_stream* stream) {
    deflateEnd(stream);
    delete stream;
  }

  void compress(std::span<const std::byte> bytes, int flush) {
    std::array<std::byte, 64 * 1024> out;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream_->avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_->next_out = reinterpret_cast<Bytef*>(out.data());
      stream_->avail_out = static_cast<uInt>(out.size());
      deflate(stream_.get(), flush);
      file_.write(std::span(out).first(out.size() - stream_->avail_out));
    } while (stream_->avail_out == 0);
  }

  ReplacementFile file_;
  std::unique_ptr<z_stream, void (*)(z_stream*)> stream_;
};

}  // namespace

Tensor read_idx_as(const char* op, const std::string& path) { return IdxReader(op, path).read(); }

Tensor read_idx(const std::string& path) { return place(read_idx_as("read_idx", path)); }

void write_idx(const std::string& path, const Tensor& tensor) {
  const std::vector<std::byte> header = header_of(tensor.dtype(), tensor.shape());
  const Tensor source = tensor.cpu().contiguous();
  const std::span elements(static_cast<const std::byte*>(source.data()),
                           static_cast<std::size_t>(source.nbytes()));
  IdxWriter writer(path);
  writer.write(header);
  // Swapped piece by piece, in a copy: the tensor's own elements are not to be touched.
  constexpr std::size_t kPiece = 1 << 20;
  std::vector<std::byte> piece;
  for (std::size_t at = 0; at < elements.size(); at += kPiece) {
    const auto part = elements.subspan(at, std::min(kPiece, elements.size() - at));
    piece.assign(part.begin(), part.end());
    to_byte_order(std::endian::big, piece, source.dtype().size());
    writer.write(piece);
  }
  writer.finish();
}

}  // namespace saem::data
