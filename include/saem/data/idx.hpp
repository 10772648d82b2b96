#pragma once

#include <saem/base/export.hpp>
#include <saem/core/tensor.hpp>
#include <string>

/// IDX files: the format that MNIST and its relatives come in. Four bytes (0, 0, element type,
/// rank), the sizes as big-endian 32-bit numbers, then the elements in row-major order, big-endian.
/// Source: http://yann.lecun.com/exdb/mnist/ ("the IDX file format").
namespace saem::data {

/// Reads an IDX file, plain or compressed by gzip (told by its content, not by its name).
///
/// @param path  the file
/// @return      a tensor of the file's shape, of any rank, that owns its elements; uint8, int8,
/// int16, int32,
///              float32 or float64
/// @throws DataError if the file cannot be read, is no IDX file, is shorter or longer than its
/// header
///         says, or is damaged gzip. Nothing is allocated before the header is known to fit the
///         file.
/// Thread-safe.
/// @code
///   tf::data::write_idx("numbers.idx", tf::constant({1, 2, 3}));
///   std::cout << tf::data::read_idx("numbers.idx");  // tf.Tensor([1 2 3], shape=(3,),
///   dtype=int32)
/// @endcode
[[nodiscard]] SAEM_API Tensor read_idx(const std::string& path);

/// Writes `tensor` as an IDX file, compressed by gzip if `path` ends in ".gz". The file appears
/// whole or not at all: an older one of that name stays if writing fails.
///
/// @param path    the file to make or replace
/// @param tensor  uint8, int8, int16, int32, float32 or float64; rank up to 255
/// @throws DTypeError for other dtypes; ValueError for a size over 2^32 - 1; DataError if the file
/// cannot
///         be written
/// Thread-safe. Example: see `read_idx`.
SAEM_API void write_idx(const std::string& path, const Tensor& tensor);

}  // namespace saem::data
