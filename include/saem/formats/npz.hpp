#pragma once

#include <map>
#include <memory>
#include <saem/formats/npy.hpp>
#include <string>
#include <vector>

namespace saem::numpy {

/// An open `.npz` archive, as `np.load` returns it: the names are known at once, an array is read
/// when it is asked for. Entries that are no `.npy` are passed over.
///
/// Thread safety: different threads may read one archive at the same time.
/// @code
///   tf::numpy::savez("pair.npz", {{"x", tf::constant({1, 2})}, {"y", tf::constant(0.5)}});
///   const tf::numpy::NpzFile pair("pair.npz");
///   std::cout << pair["x"];  // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
class SAEM_API NpzFile {
 public:
  /// Opens `path` and reads its table of contents.
  /// @throws DataError if it cannot be read, is no zip archive, or holds a name twice
  explicit NpzFile(const std::string& path);

  /// The names of the arrays (without ".npy"), in the order of the archive.
  [[nodiscard]] const std::vector<std::string>& names() const;
  /// Whether there is an array of that name.
  [[nodiscard]] bool contains(const std::string& name) const;
  /// Reads the array of that name. `options.mmap` has no effect: an archive is not mapped.
  /// @throws DataError if there is none, or its bytes are damaged (also by their CRC-32); the rest
  ///         as for `load`
  [[nodiscard]] Tensor get(const std::string& name, const LoadOptions& options = {}) const;
  [[nodiscard]] Tensor operator[](const std::string& name) const { return get(name); }

 private:
  class Archive;
  std::shared_ptr<const Archive> archive_;
};

/// Reads all arrays of a `.npz` archive: `dict(np.load(path))`.
///
/// @param path     the file
/// @param options  dtype: what raw bytes are; mmap has no effect
/// @return         the arrays by name
/// @throws what NpzFile and `load` throw
/// Thread-safe.
/// @code
///   tf::numpy::savez("one.npz", {{"x", tf::constant({1, 2})}});
///   for (const auto& [name, x] : tf::numpy::load_npz("one.npz")) std::cout << name << x.shape();
///   // x(2,)
/// @endcode
[[nodiscard]] SAEM_API std::map<std::string, Tensor> load_npz(const std::string& path,
                                                              const LoadOptions& options = {});

/// Writes tensors as a `.npz` archive, uncompressed; with Zip64 where sizes need it. The file
/// appears whole or not at all. Equal tensors make equal files.
///
/// @param path    the file to make or replace
/// @param arrays  the tensors by name; names are UTF-8
/// @throws ValueError for an empty name or one with a zero byte; DataError if the file cannot be
///         written, also for want of space
/// Thread-safe. Source: numpy.savez. Example: see `NpzFile`.
SAEM_API void savez(const std::string& path, const std::map<std::string, Tensor>& arrays);

/// As `savez`, compressed (deflate). Source: numpy.savez_compressed.
SAEM_API void savez_compressed(const std::string& path,
                               const std::map<std::string, Tensor>& arrays);

}  // namespace saem::numpy
