#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

struct z_stream_s;

namespace saem::data {

/// The contents of a file that may be compressed by gzip, which is told by its first bytes. Every
/// failure is a DataError in the name of `op` that names the file. Not thread-safe.
class InputFile {
 public:
  InputFile(const char* op, const std::string& path);
  ~InputFile();

  [[nodiscard]] const std::string& path() const { return file_.path(); }
  [[nodiscard]] bool is_compressed() const { return stream_ != nullptr; }
  /// No more bytes than this can come out of the file: its size, or what gzip can pack into that.
  [[nodiscard]] std::int64_t most_bytes() const;
  /// Bytes given out so far.
  [[nodiscard]] std::int64_t position() const { return position_; }
  /// Up to `to.size()` bytes; fewer only at the end. The end of gzip data is reached only if its
  /// length and CRC-32 are right.
  std::size_t read_up_to(std::span<std::byte> to);

 private:
  void fill();
  std::size_t inflate(std::span<std::byte> to);

  const char* op_;
  File file_;
  std::int64_t file_size_;
  std::int64_t position_ = 0;
  std::vector<std::byte> buffer_;  ///< bytes of the file as they are
  std::span<const std::byte> unread_;
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> stream_;
  bool member_ended_ = false;
};

}  // namespace saem::data
