#pragma once

#include <optional>
#include <saem/base/export.hpp>
#include <saem/core/tensor.hpp>
#include <string>

/// NumPy's own files: one array as `.npy`, several as `.npz` (saem/formats/npz.hpp).
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
namespace saem::numpy {

/// How `load` reads a file.
struct LoadOptions {
  /// Do not read the elements: the tensor is a window on the file, and pages come when they are
  /// used. It stays in host memory, and the file must stay as it is while a tensor on it lives.
  /// Elements that cannot be used where they lie (big-endian, or not aligned) are read all the
  /// same.
  bool mmap = false;
  /// What elements without a name are. NumPy knows neither bfloat16 nor float8, and writes theirs
  /// as raw bytes (`|V2`, `|V1`): two bytes are bfloat16 if nothing is said, one byte must be said.
  std::optional<DType> dtype = {};
};

/// Reads a `.npy` file as `np.load` does: of any version of the format (1.0, 2.0, 3.0), by rows or
/// by columns (`fortran_order`), of either order of bytes, without elements, and of rank 0.
///
/// @param path     the file
/// @param options  mmap: leave the elements in the file; dtype: what raw bytes are
/// @return         the array; contiguous, but for one stored by columns under `mmap`, which is a
///                 transposed view
/// @throws DataError if the file cannot be read, is no `.npy` file, is shorter or longer than its
///         header says, or its header is damaged; DTypeError for elements that are no numbers
///         (strings, dates, records, Python objects, which are never unpickled). Nothing is
///         allocated before the header is known to fit the file.
/// Thread-safe. Source: numpy.load.
/// @code
///   tf::numpy::save("x.npy", tf::constant({{1, 2}, {3, 4}}));
///   std::cout << tf::numpy::load("x.npy")(0);  // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
[[nodiscard]] SAEM_API Tensor load(const std::string& path, const LoadOptions& options = {});

/// Writes `tensor` as a `.npy` file that `np.load` reads. The file appears whole or not at all: an
/// older one of that name stays if writing fails. Unlike NumPy, nothing is appended to the name.
///
/// bfloat16 and float8 are written as ml_dtypes does, as raw bytes:
/// `np.load(path).view(ml_dtypes.bfloat16)` reads them.
///
/// @param path    the file to make or replace
/// @param tensor  any dtype and shape; copied from a GPU if it lies there
/// @throws DataError if the file cannot be written, also for want of space
/// Thread-safe. Source: numpy.save. Example: see `load`.
SAEM_API void save(const std::string& path, const Tensor& tensor);

}  // namespace saem::numpy
