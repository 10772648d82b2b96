#include "channel.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ext/stdio_sync_filebuf.h>
#include <iostream>
#include <thread>

namespace saem_kernel {
namespace {

thread_local volatile int send_depth = 0;

struct SendMark {
  SendMark() { send_depth = send_depth + 1; }
  ~SendMark() { send_depth = send_depth - 1; }
};

constexpr std::size_t kStdoutBuffer = std::size_t{1} << 16;
constexpr auto kFlushInterval = std::chrono::milliseconds(50);

struct CapturedStream {
  Channel* channel;
  const char* name;
};

ssize_t write_captured(void* cookie, const char* data, size_t size) {
  const auto* stream = static_cast<CapturedStream*>(cookie);
  // stderr is unbuffered and stdout is not: what came first must leave first.
  if (std::string_view(stream->name) == "stderr") std::fflush(stdout);
  stream->channel->send_output(stream->name, data, size);
  return static_cast<ssize_t>(size);
}

/// A thread that flushes stdout every kFlushInterval while a cell runs.
class Flusher {
 public:
  Flusher() : thread_([this] { run(); }) { thread_.detach(); }

  void set_running(bool running) {
    {
      const std::lock_guard lock(mutex_);
      running_ = running;
    }
    if (running) changed_.notify_one();
  }

 private:
  [[noreturn]] void run() {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return running_; });
      }
      std::this_thread::sleep_for(kFlushInterval);
      // Never wait for the lock: a cell that was stopped in the middle of printing still holds it.
      if (ftrylockfile(stdout) == 0) {
        std::fflush(stdout);
        funlockfile(stdout);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  std::thread thread_;
};

Flusher& flusher() {
  static auto* const instance = new Flusher();  // outlives every cell, and its thread outlives main
  return *instance;
}

FILE* open_captured(Channel& channel, const char* name) {
  cookie_io_functions_t functions = {};
  functions.write = write_captured;
  return fopencookie(new CapturedStream{&channel, name}, "w", functions);
}

}  // namespace

std::optional<nlohmann::json> Channel::receive() {
  for (;;) {
    const auto newline = buffered_.find('\n');
    if (newline != std::string::npos) {
      auto request = nlohmann::json::parse(buffered_.substr(0, newline));
      buffered_.erase(0, newline + 1);
      return request;
    }
    char chunk[65536];
    const ssize_t count = read(input_, chunk, sizeof chunk);
    if (count > 0) {
      buffered_.append(chunk, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return std::nullopt;
    }
  }
}

void Channel::send(const nlohmann::json& event) {
  // Text of a cell may be no valid UTF-8 (a name in an error message): show it, do not throw.
  const std::string line =
      event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  const SendMark mark;
  const std::lock_guard lock(mutex_);
  write_all(line.data(), line.size());
}

void Channel::send_output(std::string_view stream, const char* data, std::size_t size) {
  if (size == 0) return;
  std::string frame = R"({"event":"output","stream":")";
  frame += stream;
  frame += R"(","bytes":)";
  frame += std::to_string(size);
  frame += "}\n";
  frame.append(data, size);
  const SendMark mark;
  const std::lock_guard lock(mutex_);
  write_all(frame.data(), frame.size());
}

bool Channel::sending() { return send_depth > 0; }

void Channel::write_all(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t count = write(output_, data, size);
    if (count > 0) {
      data += count;
      size -= static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      _exit(0);  // Nobody listens any more: the kernel is gone, and the engine goes with it.
    }
  }
}

void capture_standard_streams(Channel& channel) {
  FILE* const out = open_captured(channel, "stdout");
  FILE* const err = open_captured(channel, "stderr");
  std::setvbuf(out, nullptr, _IOFBF, kStdoutBuffer);
  std::setvbuf(err, nullptr, _IONBF, 0);
  stdout = out;
  stderr = err;
  // The standard stream objects remember the FILE they were made with.
  std::cout.rdbuf(new __gnu_cxx::stdio_sync_filebuf<char>(out));
  std::cerr.rdbuf(new __gnu_cxx::stdio_sync_filebuf<char>(err));
  std::clog.rdbuf(new __gnu_cxx::stdio_sync_filebuf<char>(err));
  std::wcout.rdbuf(new __gnu_cxx::stdio_sync_filebuf<wchar_t>(out));
  std::wcerr.rdbuf(new __gnu_cxx::stdio_sync_filebuf<wchar_t>(err));
}

void flush_standard_streams() {
  std::cout.flush();
  std::clog.flush();
  std::fflush(stdout);
  std::fflush(stderr);
}

LiveOutput::LiveOutput() { flusher().set_running(true); }

LiveOutput::~LiveOutput() { flusher().set_running(false); }

}  // namespace saem_kernel
