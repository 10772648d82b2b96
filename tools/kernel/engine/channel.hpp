#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace saem_kernel {

/// The one ordered way out of the engine, and the way in.
///
/// Requests are JSON lines. Events are JSON lines too, except that the line of an `output` event is
/// followed by exactly `bytes` raw bytes: a cell may print half a UTF-8 character, and only the
/// reader, who has the next half too, can decode it. Text and pictures share the channel so that
/// nobody has to guess afterwards which of them came first.
///
/// Sending is thread-safe (cells start threads that print); receiving is for one thread.
class Channel {
 public:
  Channel(int input, int output) : input_(input), output_(output) {}

  /// The next request, or nothing when the other side has closed.
  std::optional<nlohmann::json> receive();

  void send(const nlohmann::json& event);
  void send_output(std::string_view stream, const char* data, std::size_t size);

  /// True while this thread is between the first and the last byte of a frame. Whoever wants to
  /// leave by longjmp must wait: half a frame would make all that follows unreadable.
  static bool sending();

 private:
  void write_all(const char* data, std::size_t size);

  int input_;
  int output_;
  std::string buffered_;
  std::mutex mutex_;
};

/// Routes C and C++ standard output and error of this process into `channel`.
///
/// stdout gets a large buffer that is flushed on request, by a short timer while a cell runs, and
/// before anything is written to stderr, so that the order of the two is the order of the program.
/// What bypasses stdio (write(2), child processes) still reaches descriptors 1 and 2.
void capture_standard_streams(Channel& channel);

/// Flushes everything that the cell has printed so far.
void flush_standard_streams();

/// While one of these lives, what was printed is shown within a twentieth of a second even if
/// nobody flushes, so that a progress line without a newline is seen moving.
class LiveOutput {
 public:
  LiveOutput();
  ~LiveOutput();
  LiveOutput(const LiveOutput&) = delete;
  LiveOutput& operator=(const LiveOutput&) = delete;
};

}  // namespace saem_kernel
