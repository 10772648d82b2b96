#include "plot/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "base/message.hpp"

namespace saem::plot {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  /// Takes `number`, moved above the standard three, which the child's own will replace.
  explicit Descriptor(int number) : number_(number) {
    if (number < 0 || number > 2) return;
    number_ = fcntl(number, F_DUPFD_CLOEXEC, 3);
    ::close(number);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_ = -1;
};

[[noreturn]] void fail(const std::string& program, int error) {
  raise<Error>("plot", "{} could not be started: {}", program, std::strerror(error));
}

/// A channel: what the child uses and what we use. Sockets, because writing to one whose reader has
/// gone can be told to give an error instead of SIGPIPE; close-on-exec, because a descriptor that
/// another thread's child inherits would never end.
struct Channel {
  Descriptor ours;
  Descriptor childs;

  explicit Channel(const std::string& program) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) fail(program, errno);
    ours = Descriptor(ends[0]);
    childs = Descriptor(ends[1]);
    if (ours.get() < 0 || childs.get() < 0) fail(program, EMFILE);
  }
};

pid_t spawn(const std::vector<std::string>& command, const Channel& in, const Channel& out,
            const Channel& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.childs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.childs.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.childs.get(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: an interrupt meant for the program or the cell does not tear the drawing,
  // and a kill reaches whatever the child has started. Signals as a fresh program expects them.
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error =
      posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(command[0], error);
  return child;
}

/// Ends the child whatever happens, and leaves no zombie.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ < 0) return;
    kill(-id_, SIGKILL);
    while (waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  /// Waits until `deadline`; whether the child has ended. A host that ignores SIGCHLD gets no
  /// status: then what the child wrote has to tell, and 0 is returned in `exit_code`.
  bool wait(Clock::time_point deadline, int& exit_code) {
    for (;;) {
      int status = 0;
      const pid_t ended = waitpid(id_, &status, WNOHANG);
      if (ended == id_ || (ended < 0 && errno == ECHILD)) {
        id_ = -1;
        exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        return true;
      }
      if (Clock::now() >= deadline) return false;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

 private:
  pid_t id_;
};

/// Appends what can be read; false at the end.
bool receive(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

std::string find_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
  for (;;) {
    const std::size_t colon = rest.find(':');
    const std::string file = std::string(rest.substr(0, colon)) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return file;
    if (colon == std::string_view::npos) return {};
    rest.remove_prefix(colon + 1);
  }
}

ProcessResult run_process(const std::vector<std::string>& command, std::string_view input,
                          std::chrono::milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  Channel in(command[0]);
  Channel out(command[0]);
  Channel err(command[0]);
  Child child(spawn(command, in, out, err));
  in.childs.close();
  out.childs.close();
  err.childs.close();

  ProcessResult result;
  bool reading_output = true;
  bool reading_errors = true;
  while (reading_output || reading_errors) {
    if (input.empty() && in.ours.get() >= 0) in.ours.close();
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      result.timed_out = true;
      return result;
    }
    std::array<pollfd, 3> watched{{{in.ours.get(), POLLOUT, 0},
                                   {reading_output ? out.ours.get() : -1, POLLIN, 0},
                                   {reading_errors ? err.ours.get() : -1, POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), static_cast<int>(left.count())) <= 0) continue;
    if (watched[0].revents != 0) {
      const ssize_t sent =
          send(in.ours.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        input.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno != EINTR && errno != EAGAIN) {
        input = {};  // it has stopped listening; what it wrote says why
      }
    }
    if (watched[1].revents != 0) reading_output = receive(out.ours.get(), result.output);
    if (watched[2].revents != 0) reading_errors = receive(err.ours.get(), result.errors);
  }
  result.timed_out = !child.wait(deadline, result.exit_code);
  return result;
}

}  // namespace saem::plot
