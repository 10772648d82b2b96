#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <saem/formats/summary.hpp>
#include <string>

#include "base/file.hpp"
#include "formats/summary/event.pb.h"

namespace saem::summary {

/// A file of events and those that wait for it. Thread-safe. `op` names errors.
class EventWriter {
 public:
  EventWriter(const std::string& logdir, const FileWriterOptions& options);
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;
  ~EventWriter();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// @throws ValueError if it is closed
  void check_open(const char* op) const;
  /// Takes an event, whose time becomes now.
  void add(const char* op, tensorboard::Event& event);
  void flush(const char* op);
  void close();

 private:
  void check_usable(const char* op) const;
  void append(tensorboard::Event& event);
  void write_queue();

  FileWriterOptions options_;
  std::string path_;
  mutable std::mutex mutex_;
  std::unique_ptr<File> file_;  ///< null: closed
  std::string queue_;           ///< records that wait
  std::int64_t waiting_ = 0;    ///< how many
  std::chrono::steady_clock::time_point last_write_;
  /// What the file could not take. It may end in half a record, so nothing more is written to it.
  std::exception_ptr failure_;
};

}  // namespace saem::summary
