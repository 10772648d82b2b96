#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/message.hpp"

namespace saem {
namespace {

constexpr const char* kReplacementCure = "the folder must exist, be writable and have space";

/// A name beside `path` that nobody else uses at the same time.
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path whole(path);
  const std::string name =
      fmt::format(".{}.{}-{}.new", whole.filename().string(), ::getpid(), counter++);
  return (whole.parent_path() / name).string();
}

}  // namespace

void raise_file_error(const char* op, const char* action, const std::string& path, int error_number,
                      const std::string& cure) {
  raise<DataError>(op, "cannot {} {}: {}; {}", action, path,
                   std::generic_category().message(error_number), cure);
}

File::File(const char* op, std::string path, Mode mode, const std::string& cure)
    : op_(op), path_(std::move(path)), cure_(cure) {
  constexpr int kFlags[] = {O_RDONLY, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_EXCL};
  do {
    descriptor_ = ::open(path_.c_str(), kFlags[static_cast<int>(mode)] | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) {
    raise_file_error(op_, mode == Mode::kRead ? "open" : "create", path_, errno, cure_);
  }
}

File::~File() { ::close(descriptor_); }

std::int64_t File::size() const {
  struct ::stat status {};
  if (::fstat(descriptor_, &status) != 0) raise_file_error(op_, "examine", path_, errno, cure_);
  if (!S_ISREG(status.st_mode)) {
    raise<DataError>(op_, "{} is not a regular file; {}", path_, cure_);
  }
  return status.st_size;
}

std::size_t File::read_some(std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) raise_file_error(op_, "read", path_, errno, cure_);
  }
}

std::size_t File::read_some_at(std::int64_t offset, std::span<std::byte> buffer) const {
  for (;;) {
    const ssize_t count = ::pread(descriptor_, buffer.data(), buffer.size(), offset);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) raise_file_error(op_, "read", path_, errno, cure_);
  }
}

void File::write(std::span<const std::byte> bytes) {
  const int error = try_write(bytes);
  if (error != 0) raise_file_error(op_, "write", path_, error, cure_);
}

int File::try_write(std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int File::try_sync() noexcept { return ::fsync(descriptor_) == 0 ? 0 : errno; }

ReplacementFile::ReplacementFile(const char* op, const std::string& path)
    : op_(op), path_(path), file_(op, temporary_name(path), File::Mode::kNew, kReplacementCure) {}

ReplacementFile::~ReplacementFile() {
  if (!committed_) ::unlink(file_.path().c_str());
}

void ReplacementFile::commit() {
  const int error = file_.try_sync();
  if (error != 0) raise_file_error(op_, "write", file_.path(), error, kReplacementCure);
  rename_durably(op_, file_.path(), path_);
  committed_ = true;
}

void rename_durably(const char* op, const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    raise_file_error(op, "replace", to, errno, "the folder must be writable");
  }
  const std::filesystem::path folder = std::filesystem::path(to).parent_path();
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder may be written to and not read: nothing more can be done
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace saem
