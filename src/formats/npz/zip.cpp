#include "formats/npz/zip.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "base/message.hpp"

namespace saem::numpy {
namespace {

// Large enough that system calls do not count, small enough for the second-level cache.
constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr const char* kCure = "get the file again";

/// libarchive turns names into the thread's character set, which may know nothing but ASCII. While
/// this lives, it is UTF-8.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) previous_ = ::uselocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    ::uselocale(previous_);
    ::freelocale(locale_);
  }

 private:
  ::locale_t locale_;
  ::locale_t previous_ = nullptr;
};

/// libarchive takes an archive without entries, which is nothing but the record at its end, for no
/// archive.
bool is_empty_archive(const File& file, std::int64_t size) {
  constexpr std::string_view kEnd("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
  std::array<std::byte, kEnd.size()> bytes{};
  return size == static_cast<std::int64_t>(bytes.size()) &&
         file.read_some_at(0, bytes) == bytes.size() &&
         std::memcmp(bytes.data(), kEnd.data(), bytes.size()) == 0;
}

std::string message_of(archive* handle) {
  const char* text = archive_error_string(handle);
  return text != nullptr ? text : "no reason given";
}

}  // namespace

/// What libarchive calls. No exception may pass through it: it is kept, and thrown afterwards.
struct ZipReader::Callbacks {
  static la_ssize_t read(archive* handle, void* self_pointer, const void** block) {
    auto& self = *static_cast<ZipReader*>(self_pointer);
    try {
      const std::size_t count = self.file_.read_some_at(self.position_, self.buffer_);
      self.position_ += static_cast<std::int64_t>(count);
      *block = self.buffer_.data();
      return static_cast<la_ssize_t>(count);
    } catch (...) {
      self.failure_ = std::current_exception();
      archive_set_error(handle, EIO, "the file cannot be read");
      return ARCHIVE_FATAL;
    }
  }

  static la_int64_t seek(archive*, void* self_pointer, la_int64_t offset, int whence) {
    auto& self = *static_cast<ZipReader*>(self_pointer);
    const std::int64_t from = whence == SEEK_SET   ? 0
                              : whence == SEEK_CUR ? self.position_
                                                   : self.file_size_;
    std::int64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) return ARCHIVE_FATAL;
    return self.position_ = to;
  }

  static la_int64_t skip(archive*, void* self_pointer, la_int64_t request) {
    auto& self = *static_cast<ZipReader*>(self_pointer);
    const std::int64_t count =
        std::clamp<std::int64_t>(self.file_size_ - self.position_, 0, request);
    self.position_ += count;
    return count;
  }
};

ZipReader::ZipReader(const char* op, const File& file)
    : op_(op),
      file_(file),
      file_size_(file.size()),
      buffer_(kBufferBytes),
      archive_(archive_read_new()) {
  if (archive_ == nullptr) raise<OutOfMemoryError>(op_, "no memory to read {}", file_.path());
  is_empty_ = is_empty_archive(file_, file_size_);
  if (is_empty_) return;
  // By the table at the end of the file alone, as NumPy reads it.
  archive_read_support_format_zip_seekable(archive_);
  archive_read_set_read_callback(archive_, &Callbacks::read);
  archive_read_set_seek_callback(archive_, &Callbacks::seek);
  archive_read_set_skip_callback(archive_, &Callbacks::skip);
  archive_read_set_callback_data(archive_, this);
  if (archive_read_open1(archive_) != ARCHIVE_OK) {
    try {
      fail("open");
    } catch (...) {
      archive_read_free(archive_);
      throw;
    }
  }
}

ZipReader::~ZipReader() { archive_read_free(archive_); }

void ZipReader::fail(const char* action) {
  if (failure_) std::rethrow_exception(failure_);
  raise<DataError>(op_, "cannot {} {} as a zip archive: {}; {}", action, file_.path(),
                   message_of(archive_), kCure);
}

bool ZipReader::next() {
  if (is_empty_) return false;
  const Utf8Locale utf8;
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_, &entry);
  if (result == ARCHIVE_EOF) return false;
  if (result != ARCHIVE_OK) fail("read");
  const char* name = archive_entry_pathname(entry);
  name_ = name != nullptr ? name : "";
  size_ = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
  // Deflate's best is 1032 to one: https://zlib.net/zlib_tech.html, "Maximum Compression Factor".
  if (size_ < 0 || size_ / 1032 > file_size_) {
    raise<DataError>(op_,
                     "{} is damaged: its entry {} is said to have {} bytes, more than a file "
                     "of {} can hold; {}",
                     file_.path(), name_, size_, file_size_, kCure);
  }
  return true;
}

std::size_t ZipReader::read_up_to(std::span<std::byte> to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const la_ssize_t count = archive_read_data(archive_, to.data() + done, to.size() - done);
    if (count < 0) fail("read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

struct ZipWriter::Callbacks {
  static la_ssize_t write(archive* handle, void* self_pointer, const void* bytes,
                          std::size_t count) {
    auto& self = *static_cast<ZipWriter*>(self_pointer);
    try {
      self.file_.write({static_cast<const std::byte*>(bytes), count});
      return static_cast<la_ssize_t>(count);
    } catch (...) {
      self.failure_ = std::current_exception();
      archive_set_error(handle, EIO, "the file cannot be written");
      return ARCHIVE_FATAL;
    }
  }
};

ZipWriter::ZipWriter(const char* op, const std::string& path, bool compressed)
    : op_(op), path_(path), file_(op, path), archive_(archive_write_new()) {
  if (archive_ == nullptr) raise<OutOfMemoryError>(op_, "no memory to write {}", path_);
  archive_write_set_format_zip(archive_);
  archive_write_set_options(archive_,
                            compressed ? "zip:compression=deflate" : "zip:compression=store");
  archive_write_set_bytes_per_block(archive_, 0);  // what it writes is written, without padding
  archive_write_open2(archive_, this, nullptr, &Callbacks::write, nullptr, nullptr);
}

ZipWriter::~ZipWriter() {
  // Closing would write on: an archive that was given up must not.
  archive_write_fail(archive_);
  archive_write_free(archive_);
}

void ZipWriter::check(long result, const char* action) {
  if (result >= ARCHIVE_OK) return;
  if (failure_) std::rethrow_exception(failure_);
  raise<DataError>(op_, "cannot {} {}: {}", action, path_, message_of(archive_));
}

void ZipWriter::begin(const std::string& name, std::int64_t size) {
  const Utf8Locale utf8;
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), size);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  check(archive_write_header(archive_, entry.get()), "write");
}

void ZipWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const la_ssize_t count = archive_write_data(archive_, bytes.data(), bytes.size());
    check(count, "write");
    if (count == 0) raise<DataError>(op_, "cannot write {}: an entry takes no more bytes", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void ZipWriter::finish() {
  check(archive_write_close(archive_), "write");
  file_.commit();
}

}  // namespace saem::numpy
