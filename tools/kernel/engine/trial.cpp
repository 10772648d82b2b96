#include "trial.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "channel.hpp"

namespace saem_kernel {
namespace {

constexpr unsigned kTimeLimitSeconds = 60;
constexpr std::uintptr_t kLargeMapping = std::uintptr_t{32} << 20;

struct Mapping {
  void* begin;
  std::size_t size;
};

/// Copying the page tables of a large tensor takes longer than the rest of a trial: 110 ms for
/// 4 GB, against 2 ms when the mapping is left out.
std::vector<Mapping> exclude_large_mappings() {
  std::vector<Mapping> excluded;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::uintptr_t inode = 0;
    char access[5] = {};
    int name = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %" SCNuPTR " %n", &begin,
                    &end, access, &inode, &name) < 4) {
      continue;
    }
    const bool named = static_cast<std::size_t>(name) < line.size();
    if (named || inode != 0 || access[0] != 'r' || access[1] != 'w') continue;
    if (end - begin < kLargeMapping) continue;
    auto* address = reinterpret_cast<void*>(begin);
    if (madvise(address, end - begin, MADV_DONTFORK) == 0) {
      excluded.push_back({address, end - begin});
    }
  }
  return excluded;
}

[[noreturn]] void work_and_exit(const std::function<void(const Answer&)>& work, int out) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGALRM}) {
    ::signal(signal, SIG_DFL);
  }
  ::signal(SIGINT, SIG_IGN);
  alarm(kTimeLimitSeconds);
  work([out](const nlohmann::json& answer) {
    const auto text = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::size_t done = 0;
    while (done < text.size()) {
      const auto count = write(out, text.data() + done, text.size() - done);
      if (count < 0 && errno != EINTR) break;
      if (count > 0) done += static_cast<std::size_t>(count);
    }
    _exit(0);  // no destructors, no buffers: they are the parent's
  });
  _exit(1);
}

std::string read_to_end(int in) {
  std::string text;
  char chunk[65536];
  for (;;) {
    const auto count = read(in, chunk, sizeof chunk);
    if (count > 0) {
      text.append(chunk, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return text;
    }
  }
}

std::string run_forked(const std::function<void(const Answer&)>& work, bool* crashed) {
  flush_standard_streams();
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("saem-engine: no pipe for a trial");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("saem-engine: no process for a trial");
  if (child == 0) {
    close(ends[0]);
    work_and_exit(work, ends[1]);
  }
  close(ends[1]);
  std::string text = read_to_end(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  *crashed = WIFSIGNALED(status);
  return text;
}

}  // namespace

nlohmann::json run_trial(const std::function<void(const Answer&)>& work) {
  const auto excluded = exclude_large_mappings();
  bool crashed = false;
  std::string text = run_forked(work, &crashed);
  for (const auto& mapping : excluded) madvise(mapping.begin, mapping.size, MADV_DOFORK);
  // Neighbouring mappings merge, so something of the compiler's may have been left out: once more,
  // with everything.
  if (crashed && !excluded.empty()) text = run_forked(work, &crashed);
  if (crashed || text.empty()) return nullptr;
  return nlohmann::json::parse(text);
}

}  // namespace saem_kernel
