#include "data/download.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include "base/file.hpp"
#include "base/message.hpp"
#include "data/progress.hpp"
#include "data/sha256.hpp"

namespace saem::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCacheCure =
    "make it writable, or set XDG_CACHE_HOME to a folder that is, or SAEM_DATA to one that holds "
    "the "
    "data set";

/// A lock between processes, and between threads, for as long as it lives. The system opens it when
/// a process dies.
class FileLock {
 public:
  FileLock(const char* op, const std::string& path, Progress& progress)
      : file_(op, path, File::Mode::kReadWrite, kCacheCure) {
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK) progress.note("waiting for another process that downloads it");
    while (::flock(file_.descriptor(), LOCK_EX) != 0) {
      if (errno != EINTR) raise_file_error(op, "lock", path, errno, kCacheCure);
    }
  }

 private:
  File file_;
};

/// What one attempt came to.
struct Outcome {
  bool complete = false;
  bool worth_repeating = false;
  std::string reason = {};
};

/// One request for the bytes that the partial file lacks.
class Transfer {
 public:
  Transfer(const PublishedFile& wanted, const DownloadOptions& options, Progress& progress,
           File& partial)
      : wanted_(wanted), options_(options), progress_(progress), partial_(partial) {}

  /// `disk_error` is set, and means errno, if it was our disk that failed.
  Outcome run(const std::string& address) {
    offset_ = ::lseek(partial_.descriptor(), 0, SEEK_END);
    had_ = offset_;
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
    if (curl == nullptr) return {.reason = "libcurl cannot start"};
    curl_ = curl.get();
    const std::string range = std::to_string(offset_) + "-";
    set_options(address, range);
    const CURLcode code = curl_easy_perform(curl_);
    return judge(code);
  }

  [[nodiscard]] int disk_error() const { return disk_error_; }

 private:
  void set_options(const std::string& address, const std::string& range) {
    const auto set = [this](CURLoption option, auto value) {
      curl_easy_setopt(curl_, option, value);
    };
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_NOSIGNAL, 1L);  // other threads of the program may own the signals
    set(CURLOPT_USERAGENT, "saem");
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_timeout.count()));
    set(CURLOPT_ERRORBUFFER, error_text_);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
    set(CURLOPT_WRITEDATA, this);
    if (offset_ > 0) set(CURLOPT_RANGE, range.c_str());
  }

  static std::size_t on_header(char* text, std::size_t, std::size_t size, void* self) {
    // Content-Range: bytes 100-199/200
    const std::string_view line(text, size);
    constexpr std::string_view kName = "content-range: bytes ";
    const bool is_range =
        line.size() > kName.size() &&
        std::equal(kName.begin(), kName.end(), line.begin(), [](char known, char given) {
          return known == (given >= 'A' && given <= 'Z' ? static_cast<char>(given + 32) : given);
        });
    if (is_range) {
      std::from_chars(text + kName.size(), text + size, static_cast<Transfer*>(self)->range_start_);
    }
    return size;
  }

  static std::size_t on_bytes(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<Transfer*>(self)->take({reinterpret_cast<std::byte*>(bytes), size}) ? size
                                                                                           : 0;
  }

  /// False stops the transfer. No exception may pass through libcurl.
  bool take(std::span<const std::byte> bytes) {
    if (!started_ && !start()) return false;
    if (offset_ + static_cast<std::int64_t>(bytes.size()) > wanted_.size) {
      refusal_ = fmt::format("sent more than the {} bytes that the file has", wanted_.size);
      return false;
    }
    disk_error_ = partial_.try_write(bytes);
    if (disk_error_ != 0) return false;
    offset_ += static_cast<std::int64_t>(bytes.size());
    progress_.update(offset_);
    return true;
  }

  /// Looks, before the first byte, whether the server goes on where the partial file ends or starts
  /// anew.
  bool start() {
    started_ = true;
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    if (status == 206 && range_start_ == offset_) return true;
    if (status == 206) {
      refusal_ =
          fmt::format("asked for bytes from {}, it sent bytes from {}", offset_, range_start_);
      return false;
    }
    if (offset_ == 0) return true;
    if (::ftruncate(partial_.descriptor(), 0) != 0) {
      disk_error_ = errno;
      return false;
    }
    ::lseek(partial_.descriptor(), 0, SEEK_SET);
    offset_ = 0;
    return true;
  }

  Outcome judge(CURLcode code) {
    if (!refusal_.empty()) return {.reason = refusal_};
    if (code == CURLE_OK && offset_ == wanted_.size) return {.complete = true};
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    switch (code) {
      case CURLE_OK:
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_GOT_NOTHING:
        return {.worth_repeating = true,
                .reason = fmt::format("the connection was cut after {} of {} bytes", offset_,
                                      wanted_.size)};
      case CURLE_OPERATION_TIMEDOUT:
        return {
            .worth_repeating = true,
            .reason = fmt::format("no answer in time; {} of {} bytes came", offset_, wanted_.size)};
      case CURLE_HTTP_RETURNED_ERROR:
        if (status == 416 && had_ > 0 && ::ftruncate(partial_.descriptor(), 0) == 0) {
          return {.worth_repeating = true, .reason = "what an earlier download left does not fit"};
        }
        return {.worth_repeating = status == 408 || status == 429 || status >= 500,
                .reason = fmt::format("HTTP status {}", status)};
      default:
        return {.worth_repeating = code == CURLE_SEND_ERROR || code == CURLE_HTTP2_STREAM,
                .reason = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(code)};
    }
  }

  const PublishedFile& wanted_;
  const DownloadOptions& options_;
  Progress& progress_;
  File& partial_;
  CURL* curl_ = nullptr;
  std::int64_t had_ = 0;
  std::int64_t offset_ = 0;
  std::int64_t range_start_ = -1;
  bool started_ = false;
  int disk_error_ = 0;
  std::string refusal_;
  char error_text_[CURL_ERROR_SIZE] = "";
};

class Download {
 public:
  Download(const char* op, const PublishedFile& wanted, const std::string& target,
           const DownloadOptions& options, Progress& progress)
      : op_(op),
        wanted_(wanted),
        target_(target),
        partial_path_(target + ".part"),
        options_(options),
        progress_(progress) {}

  void run(const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      const std::optional<std::string> reason = try_address(address);
      if (!reason) return;
      if (!reasons_.empty()) reasons_ += "\n";
      reasons_ += address + ": " + *reason;
    }
    throw DownloadError(reasons_);
  }

 private:
  /// Nothing if the file is in place, else why this address did not give it.
  std::optional<std::string> try_address(const std::string& address) {
    auto pause = options_.first_pause;
    for (int attempt = 1;; ++attempt) {
      const Outcome outcome = attempt_once(address);
      if (outcome.complete) return std::nullopt;
      if (!outcome.worth_repeating || attempt >= options_.attempts) return outcome.reason;
      progress_.note(fmt::format("{}; trying again", outcome.reason));
      std::this_thread::sleep_for(pause);
      pause *= 2;
    }
  }

  Outcome attempt_once(const std::string& address) {
    File partial(op_, partial_path_, File::Mode::kReadWrite, kCacheCure);
    const std::int64_t left_over = partial.size();
    if (left_over >= wanted_.size) {  // complete, but its end was not checked; or another file's
      if (left_over == wanted_.size && checksum() == wanted_.sha256) return keep(partial);
      if (::ftruncate(partial.descriptor(), 0) != 0) fail_on_disk(errno);
    }
    Transfer transfer(wanted_, options_, progress_, partial);
    Outcome outcome = transfer.run(address);
    if (transfer.disk_error() != 0) fail_on_disk(transfer.disk_error());
    if (!outcome.complete) return outcome;
    const std::string found = checksum();
    if (found == wanted_.sha256) return keep(partial);
    ::unlink(partial_path_.c_str());
    // Bytes of an earlier attempt may have been the wrong ones: then a whole download can be right.
    const bool was_resumed = left_over > 0 && left_over < wanted_.size;
    return {.worth_repeating = was_resumed,
            .reason = fmt::format("wrong checksum: expected SHA-256 {}, found {}", wanted_.sha256,
                                  found)};
  }

  [[nodiscard]] std::string checksum() const { return sha256_of_file(op_, partial_path_); }

  Outcome keep(File& partial) {
    if (const int error = partial.try_sync(); error != 0) fail_on_disk(error);
    rename_durably(op_, partial_path_, target_);
    return {.complete = true};
  }

  /// A partial file on a full disk helps nobody, and its space is what is lacking.
  [[noreturn]] void fail_on_disk(int error_number) {
    ::unlink(partial_path_.c_str());
    raise<DataError>(op_,
                     "cannot keep {} ({} bytes): {}; free that much space there, or set "
                     "XDG_CACHE_HOME to a folder on a larger disk",
                     target_, wanted_.size, std::generic_category().message(error_number));
  }

  const char* op_;
  const PublishedFile& wanted_;
  const std::string& target_;
  std::string partial_path_;
  const DownloadOptions& options_;
  Progress& progress_;
  std::string reasons_;
};

}  // namespace

void download(const char* op, const PublishedFile& file, const std::vector<std::string>& addresses,
              const std::string& target, const DownloadOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });

  const fs::path path(target);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) {
    raise_file_error(op, "make the folder", path.parent_path().string(), error.value(), kCacheCure);
  }
  Progress progress(file.name, file.size, options.progress, Progress::style_for(options.progress));
  const std::string lock_name = "." + path.filename().string() + ".lock";
  const FileLock lock(op, (path.parent_path() / lock_name).string(), progress);
  // Whoever held the lock before may have brought the file.
  if (!fs::exists(path, error) || sha256_of_file(op, target) != file.sha256) {
    Download(op, file, target, options, progress).run(addresses);
  }
  progress.finish();
}

}  // namespace saem::data
