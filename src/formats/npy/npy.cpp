// .npy files: read, mapped and written.
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <saem/formats/npy.hpp>

#include "base/byte_order.hpp"
#include "base/file.hpp"
#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/tensor_impl.hpp"
#include "formats/npy/array.hpp"
#include "formats/npy/header.hpp"

namespace saem::numpy {
namespace {

/// The whole of a file, from its beginning.
class FileSource : public ByteSource {
 public:
  FileSource(const char* op, const std::string& path)
      : file_(op, path, File::Mode::kRead, "check the path and its permissions"),
        size_(file_.size()) {}

  [[nodiscard]] const std::string& name() const override { return file_.path(); }
  [[nodiscard]] std::int64_t size() const override { return size_; }
  std::size_t read_up_to(std::span<std::byte> to) override {
    std::size_t done = 0;
    while (done < to.size()) {
      const std::size_t count = file_.read_some(to.subspan(done));
      if (count == 0) break;
      done += count;
    }
    return done;
  }
  [[nodiscard]] const File& file() const { return file_; }

 private:
  File file_;
  std::int64_t size_;
};

struct ReadHeader {
  Header header;
  std::int64_t offset = 0;  ///< of the first element
};

/// Before any memory is asked for: what the header says must be what follows it.
void check_size(const char* op, const ByteSource& source, const ReadHeader& read) {
  const Header& header = read.header;
  const std::int64_t wanted = header.nbytes();
  const std::int64_t follows = source.size() - read.offset;
  if (wanted == follows) return;
  raise<DataError>(
      op, "{} is {}: its header says {} {}, which is {} bytes, and {} follow; {}", source.name(),
      wanted > follows ? "truncated" : "too long", header.dtype.name(), header.shape.to_string(),
      wanted, follows,
      wanted > follows ? "get the file again" : "a file of several arrays is to be a .npz");
}

ReadHeader read_header(const char* op, ByteSource& source, std::optional<DType> wanted) {
  // The shortest header there is has more bytes than the longest prefix.
  std::array<std::byte, kMostPrefixBytes> prefix;
  const std::size_t count = source.read_up_to(prefix);
  const HeaderExtent extent = parse_prefix(op, source.name(), std::span(prefix).first(count));
  std::string text(extent.size, '\0');
  const std::size_t known = std::min(count - extent.begin, extent.size);
  std::memcpy(text.data(), prefix.data() + extent.begin, known);
  const auto rest = std::as_writable_bytes(std::span(text)).subspan(known);
  if (source.read_up_to(rest) < rest.size()) {
    raise<DataError>(op, "{} is truncated: it ends within its header", source.name());
  }
  ReadHeader read{parse_header(op, source.name(), text, wanted),
                  static_cast<std::int64_t>(extent.begin + extent.size)};
  check_size(op, source, read);
  return read;
}

/// A bool of another value than 0 and 1 is none in C++. NumPy takes whatever is not 0 for true.
void normalize_bools(std::span<std::byte> bytes) {
  for (std::byte& byte : bytes) {
    if (byte > std::byte{1}) byte = std::byte{1};
  }
}

/// Elements that lie by columns, as a view of the array's shape.
Tensor from_columns(const Tensor& elements, const Shape& shape) {
  const Dims& strides = elements.strides();
  Dims reversed;
  for (std::size_t axis = strides.size(); axis-- > 0;) reversed.push_back(strides[axis]);
  return elements.view(shape, std::move(reversed));
}

Shape stored_shape(const Header& header) {
  if (!header.fortran_order) return header.shape;
  Shape shape;
  for (int axis = header.shape.rank(); axis-- > 0;) shape.push_back(header.shape[axis]);
  return shape;
}

std::size_t number_width(DType dtype) {
  return dtype.is_complex() ? dtype.size() / 2 : dtype.size();
}

/// The elements where they lie in the file, or an undefined tensor if they cannot be used there.
Tensor map_elements(const char* op, const FileSource& source, const ReadHeader& read) {
  const Header& header = read.header;
  const auto width = static_cast<std::int64_t>(number_width(header.dtype));
  const bool usable = header.order == std::endian::native || width == 1;
  if (!usable || read.offset % width != 0 || header.nbytes() == 0) return {};
  const auto length = static_cast<std::size_t>(source.size());
  // Private: pages that somebody writes to are copied, and the file stays as it is.
  void* memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
                        source.file().descriptor(), 0);
  if (memory == MAP_FAILED) {
    raise_file_error(op, "map", source.name(), errno, "load it without mmap");
  }
  auto* first = static_cast<std::byte*>(memory) + read.offset;
  Tensor elements = Tensor::from_external(first, header.dtype, stored_shape(header),
                                          [memory, length] { ::munmap(memory, length); });
  if (header.dtype.is_bool()) normalize_bools({first, static_cast<std::size_t>(header.nbytes())});
  return elements;
}

Tensor read_elements(const char* op, ByteSource& source, const Header& header) {
  Tensor elements = Tensor::empty(header.dtype, stored_shape(header));
  const std::span bytes(static_cast<std::byte*>(elements.mutable_data()),
                        static_cast<std::size_t>(elements.nbytes()));
  const std::size_t count = source.read_up_to(bytes);
  std::byte more;
  if (count < bytes.size() || source.read_up_to({&more, 1}) != 0) {
    raise<DataError>(op, "{} changed while it was read; load it again", source.name());
  }
  to_byte_order(header.order, bytes, number_width(header.dtype));
  if (header.dtype.is_bool()) normalize_bools(bytes);
  return elements;
}

}  // namespace

Tensor read_array(const char* op, ByteSource& source, const LoadOptions& options) {
  const auto [header, offset] = read_header(op, source, options.dtype);
  const Tensor elements = read_elements(op, source, header);
  return header.fortran_order ? contiguous_copy(from_columns(elements, header.shape)) : elements;
}

Tensor writable_array(const Tensor& tensor) { return contiguous_copy(to_host(tensor)); }

std::int64_t array_bytes(const Tensor& array) {
  return static_cast<std::int64_t>(header_bytes(array.dtype(), array.shape()).size()) +
         array.nbytes();
}

void write_array(const Tensor& array,
                 const std::function<void(std::span<const std::byte>)>& write) {
  write(header_bytes(array.dtype(), array.shape()));
  write({static_cast<const std::byte*>(array.data()), static_cast<std::size_t>(array.nbytes())});
}

Tensor load(const std::string& path, const LoadOptions& options) {
  constexpr const char* kOp = "numpy.load";
  FileSource source(kOp, path);
  if (!options.mmap) return place(read_array(kOp, source, options));
  const ReadHeader read = read_header(kOp, source, options.dtype);
  Tensor elements = map_elements(kOp, source, read);
  if (!elements.defined()) elements = read_elements(kOp, source, read.header);
  return read.header.fortran_order ? from_columns(elements, read.header.shape) : elements;
}

void save(const std::string& path, const Tensor& tensor) {
  const Tensor array = writable_array(tensor);
  ReplacementFile file("numpy.save", path);
  write_array(array, [&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.commit();
}

}  // namespace saem::numpy
