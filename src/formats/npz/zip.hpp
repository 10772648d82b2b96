#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

struct archive;
struct archive_entry;

/// Zip archives, by libarchive, whose errors become DataErrors in the name of `op`.
namespace saem::numpy {

/// One pass over an open zip archive. Reads the file at its own place, so that several of them may
/// be at work on one file in different threads. Not thread-safe itself.
class ZipReader {
 public:
  ZipReader(const char* op, const File& file);
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;
  ~ZipReader();

  /// Goes to the next entry; false at the end.
  bool next();
  /// Of the entry: its name in UTF-8, and its size as the archive says it.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  /// Up to `to.size()` bytes of the entry; fewer only at its end, where its CRC-32 was right.
  std::size_t read_up_to(std::span<std::byte> to);

 private:
  struct Callbacks;
  [[noreturn]] void fail(const char* action);

  const char* op_;
  const File& file_;
  std::int64_t file_size_;
  std::int64_t position_ = 0;
  std::vector<std::byte> buffer_;
  std::exception_ptr failure_;  ///< of the file, while libarchive was at work
  archive* archive_;
  bool is_empty_ = false;
  std::string name_;
  std::int64_t size_ = 0;
};

/// Writes a zip archive into a file that appears when it is whole.
class ZipWriter {
 public:
  ZipWriter(const char* op, const std::string& path, bool compressed);
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;
  ~ZipWriter();

  /// Begins an entry of `size` bytes, which `write` then takes.
  void begin(const std::string& name, std::int64_t size);
  void write(std::span<const std::byte> bytes);
  void finish();

 private:
  struct Callbacks;
  void check(long result, const char* action);

  const char* op_;
  std::string path_;
  ReplacementFile file_;
  std::exception_ptr failure_;
  archive* archive_;
};

}  // namespace saem::numpy
