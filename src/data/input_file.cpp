#include "data/input_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/message.hpp"

namespace saem::data {
namespace {

// Large enough that system calls do not count, small enough for the second-level cache.
constexpr std::size_t kBufferBytes = 256 * 1024;
// Deflate's best: 258 bytes for two bits (https://zlib.net/zlib_tech.html, "Maximum Compression
// Factor").
constexpr std::int64_t kMaxCompression = 1032;
constexpr int kGzipWindow = 16 + MAX_WBITS;

void end_stream(z_stream* stream) {
  inflateEnd(stream);
  delete stream;
}

bool starts_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

}  // namespace

InputFile::InputFile(const char* op, const std::string& path)
    : op_(op),
      file_(op, path, File::Mode::kRead, "check the path and its permissions"),
      file_size_(file_.size()),
      buffer_(kBufferBytes),
      stream_(nullptr, end_stream) {
  fill();
  if (!starts_gzip(unread_)) return;
  stream_.reset(new z_stream{});
  if (inflateInit2(stream_.get(), kGzipWindow) != Z_OK) {
    raise<DataError>(op_, "zlib cannot start: {}", stream_->msg ? stream_->msg : "no memory");
  }
}

InputFile::~InputFile() = default;

std::int64_t InputFile::most_bytes() const {
  return is_compressed() ? file_size_ * kMaxCompression : file_size_;
}

void InputFile::fill() {
  // At least two bytes where the file has them: a gzip member is known by two.
  if (!unread_.empty()) std::memmove(buffer_.data(), unread_.data(), unread_.size());
  std::size_t filled = unread_.size();
  while (filled < 2) {
    const std::size_t count = file_.read_some(std::span(buffer_).subspan(filled));
    if (count == 0) break;
    filled += count;
  }
  unread_ = std::span(buffer_).first(filled);
}

std::size_t InputFile::read_up_to(std::span<std::byte> to) {
  std::size_t done = 0;
  while (done < to.size()) {
    std::size_t count = 0;
    if (is_compressed()) {
      count = inflate(to.subspan(done));
    } else if (!unread_.empty()) {
      count = std::min(unread_.size(), to.size() - done);
      std::memcpy(to.data() + done, unread_.data(), count);
      unread_ = unread_.subspan(count);
    } else {
      count = file_.read_some(to.subspan(done));
    }
    if (count == 0) break;
    done += count;
  }
  position_ += static_cast<std::int64_t>(done);
  return done;
}

std::size_t InputFile::inflate(std::span<std::byte> to) {
  const auto room =
      static_cast<uInt>(std::min<std::size_t>(to.size(), std::numeric_limits<uInt>::max()));
  stream_->next_out = reinterpret_cast<Bytef*>(to.data());
  stream_->avail_out = room;
  while (stream_->avail_out == room) {
    if (unread_.size() < 2) fill();
    if (member_ended_) {  // the end, or another member, as `cat a.gz b.gz` makes
      if (unread_.empty()) return 0;
      if (!starts_gzip(unread_)) {
        raise<DataError>(op_, "{} has other bytes after its gzip data; get the file again",
                         file_.path());
      }
      inflateReset(stream_.get());
      member_ended_ = false;
    }
    if (unread_.empty()) {
      raise<DataError>(op_,
                       "{} is truncated: its gzip data stops in the middle, after {} bytes; get "
                       "the file again",
                       file_.path(), file_size_);
    }
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(unread_.data()));
    stream_->avail_in = static_cast<uInt>(unread_.size());
    const int status = ::inflate(stream_.get(), Z_NO_FLUSH);
    unread_ = unread_.last(stream_->avail_in);
    if (status == Z_STREAM_END) {
      member_ended_ = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      raise<DataError>(op_, "{} is damaged gzip data ({}); get the file again", file_.path(),
                       stream_->msg ? stream_->msg : zError(status));
    }
  }
  return room - stream_->avail_out;
}

}  // namespace saem::data
