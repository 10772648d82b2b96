#include "formats/summary/event_writer.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "base/message.hpp"
#include "formats/tfrecord.hpp"

namespace saem::summary {
namespace {

constexpr const char* kMaker = "summary.create_file_writer";
constexpr const char* kCure = "the directory must be writable and have space";

double seconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

/// Different for every writer there is: machines by their names, processes and writers by numbers.
std::string file_name(const std::string& suffix) {
  static std::atomic<unsigned> counter{0};
  return fmt::format("events.out.tfevents.{:010}.{}.{}.{}{}",
                     static_cast<std::int64_t>(seconds_since_1970()), host_name(), ::getpid(),
                     counter++, suffix);
}

}  // namespace

EventWriter::EventWriter(const std::string& logdir, const FileWriterOptions& options)
    : options_(options), last_write_(std::chrono::steady_clock::now()) {
  if (options.max_queue < 0 || options.flush_millis < 0) {
    raise<ValueError>(kMaker, "max_queue is {} and flush_millis {}; they must not be negative",
                      options.max_queue, options.flush_millis);
  }
  if (options.filename_suffix.find('/') != std::string::npos) {
    raise<ValueError>(kMaker, "filename_suffix \"{}\" has a slash; name folders in logdir",
                      options.filename_suffix);
  }
  const std::filesystem::path folder(logdir);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    raise_file_error(kMaker, "make the directory", logdir, error.value(),
                     "choose one whose parent is writable and which is no file");
  }
  path_ = (folder / file_name(options.filename_suffix)).string();
  file_ = std::make_unique<File>("summary", path_, File::Mode::kNew, kCure);
  tensorboard::Event version;
  version.set_file_version("brain.Event:2");
  append(version);
  write_queue();
}

EventWriter::~EventWriter() {
  try {
    close();
  } catch (const std::exception&) {  // nobody is left who could hear of it
  }
}

void EventWriter::check_usable(const char* op) const {
  if (file_ == nullptr) {
    raise<ValueError>(op, "the writer of {} is closed; make another one", path_);
  }
  if (failure_) std::rethrow_exception(failure_);
}

void EventWriter::check_open(const char* op) const {
  const std::scoped_lock lock(mutex_);
  check_usable(op);
}

void EventWriter::add(const char* op, tensorboard::Event& event) {
  const std::scoped_lock lock(mutex_);
  check_usable(op);
  append(event);
  const auto age = std::chrono::steady_clock::now() - last_write_;
  if (waiting_ > options_.max_queue || age > std::chrono::milliseconds(options_.flush_millis)) {
    write_queue();
  }
}

void EventWriter::flush(const char* op) {
  const std::scoped_lock lock(mutex_);
  check_usable(op);
  write_queue();
}

void EventWriter::close() {
  const std::scoped_lock lock(mutex_);
  const std::unique_ptr<File> closing = std::exchange(file_, nullptr);
  if (closing == nullptr || failure_) return;
  closing->write(std::as_bytes(std::span(queue_)));
}

void EventWriter::append(tensorboard::Event& event) {
  event.set_wall_time(seconds_since_1970());
  append_record(queue_, event.SerializeAsString());
  ++waiting_;
}

void EventWriter::write_queue() {
  try {
    file_->write(std::as_bytes(std::span(queue_)));
  } catch (const DataError&) {
    failure_ = std::current_exception();
    throw;
  }
  queue_.clear();
  waiting_ = 0;
  last_write_ = std::chrono::steady_clock::now();
}

}  // namespace saem::summary
