#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace saem {

/// Throws a DataError: `op: cannot ACTION PATH: what the system says; cure`.
[[noreturn]] void raise_file_error(const char* op, const char* action, const std::string& path,
                                   int error_number, const std::string& cure);

/// An open file that closes itself. `op` names the errors. Not thread-safe but for what is const.
class File {
 public:
  enum class Mode { kRead, kReadWrite, kNew };

  File(const char* op, std::string path, Mode mode, const std::string& cure);
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::int64_t size() const;
  /// Up to `buffer.size()` bytes; 0 at the end.
  std::size_t read_some(std::span<std::byte> buffer);
  /// The same from `offset` on; moves nothing, so that several threads may read one file.
  [[nodiscard]] std::size_t read_some_at(std::int64_t offset, std::span<std::byte> buffer) const;
  void write(std::span<const std::byte> bytes);
  /// `write` where no exception may pass: errno, or 0.
  [[nodiscard]] int try_write(std::span<const std::byte> bytes) noexcept;
  /// Brings everything written so far onto the disk: errno, or 0.
  [[nodiscard]] int try_sync() noexcept;

 private:
  const char* op_;
  std::string path_;
  std::string cure_;
  int descriptor_ = -1;
};

/// A file that takes the place of `path` when it is whole; until `commit` there is only a temporary
/// beside it.
class ReplacementFile {
 public:
  ReplacementFile(const char* op, const std::string& path);
  ReplacementFile(const ReplacementFile&) = delete;
  ReplacementFile& operator=(const ReplacementFile&) = delete;
  ~ReplacementFile();

  void write(std::span<const std::byte> bytes) { file_.write(bytes); }
  void commit();

 private:
  const char* op_;
  std::string path_;
  File file_;
  bool committed_ = false;
};

/// Gives `from` the name `to` for good: the directory is on the disk too when this returns.
void rename_durably(const char* op, const std::string& from, const std::string& to);

}  // namespace saem
