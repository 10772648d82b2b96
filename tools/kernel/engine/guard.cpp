#include "guard.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <typeinfo>
#include <vector>

#include "channel.hpp"
#include "ir_passes.hpp"

extern "C" void* __emutls_get_address(void*);

namespace saem_kernel {
namespace {

constexpr std::size_t kAlternateStack = std::size_t{256} << 10;
constexpr long kRetryMicroseconds = 200000;
constexpr long kProbeMicroseconds = 1000000;
constexpr int kInsist = 3;  // so many interrupts end a cell wherever it is

/// Thrown where a cell is interrupted. No std::exception: a cell's own handlers are for its own
/// errors, and if they catch this one after all, the next poll throws it again.
struct Interrupted {};

constexpr const char* kDivisionText =
    "an integer was divided by zero, or the quotient does not fit";

pthread_t main_thread;
sigjmp_buf escape;
volatile char interrupt_flag = 0;  // cells load it, as saem_kernel_interrupt_flag
volatile sig_atomic_t running = 0;
volatile sig_atomic_t interrupts = 0;
volatile sig_atomic_t interrupted_early = 0;  // while the cell was compiled
volatile sig_atomic_t probing = 0;

/// What the signal handler found, written with no allocation.
struct Report {
  Outcome::Kind kind = Outcome::Kind::kCrash;
  const char* name = "";
  char text[512] = {};
};
Report report;

void write_report(Outcome::Kind kind, const char* name, const char* text) {
  report.kind = kind;
  report.name = name;
  std::snprintf(report.text, sizeof report.text, "%s", text);
}

/// Leaves the cell. On a thread of the cell's own there is no way back: it sleeps for ever, and the
/// main thread leaves in its stead.
[[noreturn]] void leave_cell() {
  if (pthread_equal(pthread_self(), main_thread) != 0) siglongjmp(escape, 1);
  pthread_kill(main_thread, SIGUSR2);
  for (;;) pause();
}

[[noreturn]] void give_up(const char* text) {
  const auto written = write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(written);
  _exit(kUnrecoverable);
}

const void* program_counter(const void* context) {
  const auto* machine = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
  return reinterpret_cast<const void*>(machine->uc_mcontext.gregs[REG_RIP]);
#else
  return reinterpret_cast<const void*>(machine->uc_mcontext.pc);
#endif
}

std::uintptr_t stack_pointer(const void* context) {
  const auto* machine = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(machine->uc_mcontext.gregs[REG_RSP]);
#else
  return static_cast<std::uintptr_t>(machine->uc_mcontext.sp);
#endif
}

/// True if the code at `place` is the trap that the compiler puts where an integer division fails.
bool is_division_trap(const void* place) {
#if defined(__x86_64__)
  constexpr unsigned char kDivisionCheck = 3;  // clang's number of the check, in the instruction
  const auto* code = static_cast<const unsigned char*>(place);
  return code[0] == 0x67 && code[1] == 0x0f && code[2] == 0xb9 && code[3] == 0x40 &&
         code[4] == kDivisionCheck;
#else
  static_cast<void>(place);
  return false;
#endif
}

/// True if the thread sleeps in a system call of the C library (sleep, read, join): a place that
/// can be left, unlike the middle of a computation that other threads take part in.
bool sleeps_in_library(const void* context) {
#if defined(__x86_64__)
  const auto* code = static_cast<const unsigned char*>(program_counter(context));
  Dl_info place = {};
  if (dladdr(code, &place) == 0 || place.dli_fname == nullptr) return false;
  return std::strstr(place.dli_fname, "libc.so") != nullptr && code[-2] == 0x0f && code[-1] == 0x05;
#else
  static_cast<void>(context);
  return false;
#endif
}

void on_crash(int signal, siginfo_t* info, void* context) {
  if (running == 0) give_up("saem-engine: crashed outside a cell\n");
  if (Channel::sending()) give_up("saem-engine: crashed while sending output\n");
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  char text[256];
  switch (signal) {
    case SIGSEGV:
    case SIGBUS: {
      const auto stack = stack_pointer(context);
      const auto distance = address > stack ? address - stack : stack - address;
      if (distance < 65536 && info->si_code > 0) {
        write_report(Outcome::Kind::kCrash, "Stack overflow",
                     "a function calls itself without end, or a local array is too large");
      } else if (address < 4096) {
        write_report(Outcome::Kind::kCrash, "Segmentation fault", "a null pointer was followed");
      } else {
        std::snprintf(text, sizeof text,
                      "memory at 0x%zx was used, which does not belong to this program or is "
                      "read-only",
                      static_cast<std::size_t>(address));
        write_report(Outcome::Kind::kCrash, "Segmentation fault", text);
      }
      break;
    }
    case SIGFPE:
      write_report(Outcome::Kind::kCrash, "Arithmetic error", kDivisionText);
      break;
    case SIGILL:
    case SIGTRAP:
      if (is_cell_code(program_counter(context)) && is_division_trap(program_counter(context))) {
        write_report(Outcome::Kind::kCrash, "Arithmetic error", kDivisionText);
        break;
      }
      write_report(Outcome::Kind::kCrash, "Trap",
                   "the program ran into code that cannot be reached or executed");
      break;
    default:
      // The cells' own abort() never comes here: this is the C library, which found the heap
      // damaged, or a library that sees no way on.
      give_up("saem-engine: a library has aborted the program\n");
  }
  leave_cell();
}

void on_other_thread_failed(int /*signal*/) {
  if (running != 0) siglongjmp(escape, 1);
}

void retry_interrupt_later() {
  itimerval timer = {};
  timer.it_value.tv_usec = kRetryMicroseconds;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void try_interrupt(const void* context) {
  if (running == 0) return;
  if (pthread_equal(pthread_self(), main_thread) == 0) {
    pthread_kill(main_thread, SIGALRM);
    return;
  }
  const bool can_leave =
      is_cell_code(program_counter(context)) || sleeps_in_library(context) || interrupts >= kInsist;
  if (can_leave && !Channel::sending()) {
    write_report(Outcome::Kind::kInterrupt, "KeyboardInterrupt", "");
    siglongjmp(escape, 1);
  }
  retry_interrupt_later();
}

void on_interrupt(int /*signal*/, siginfo_t* /*info*/, void* context) {
  if (running == 0) {
    interrupted_early = 1;
    return;
  }
  interrupt_flag = 1;
  interrupts = interrupts + 1;
  // The poll in the cell's loops unwinds properly, so it gets the first chance.
  if (interrupts < kInsist) {
    retry_interrupt_later();
  } else {
    try_interrupt(context);
  }
}

void on_timer(int /*signal*/, siginfo_t* /*info*/, void* context) {
  if (probing != 0) give_up("saem-engine: the cell has left the memory allocator locked\n");
  if (interrupt_flag != 0) try_interrupt(context);
}

std::string readable_type(const std::type_info& type) {
  static const std::regex tags("\\[abi:c[0-9]+\\]|std::__cxx11::(?=basic_)");
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return std::regex_replace(std::string(name ? name.get() : type.name()), tags, "");
}

/// The exception that is being handled, in words.
Outcome describe_current_exception() {
  const auto* type = abi::__cxa_current_exception_type();
  Outcome outcome{Outcome::Kind::kException, type ? readable_type(*type) : "unknown", ""};
  try {
    throw;
  } catch (const Interrupted&) {
    return {Outcome::Kind::kInterrupt, "KeyboardInterrupt", ""};
  } catch (const std::exception& error) {
    outcome.message = error.what();
  } catch (const std::string& text) {
    outcome.name = "std::string";
    outcome.message = text;
  } catch (const char* text) {
    outcome.message = text ? text : "(null)";
  } catch (int value) {
    outcome.message = std::to_string(value);
  } catch (long value) {
    outcome.message = std::to_string(value);
  } catch (double value) {
    outcome.message = std::to_string(value);
  } catch (...) {
    outcome.message = "an exception that has no what()";
  }
  return outcome;
}

[[noreturn]] void on_terminate() {
  char text[400] = "std::terminate was called";
  if (abi::__cxa_current_exception_type() != nullptr) {
    const auto outcome = describe_current_exception();
    std::snprintf(text, sizeof text,
                  "std::terminate was called: an exception left a noexcept function or a thread: "
                  "%s: %s",
                  outcome.name.c_str(), outcome.message.c_str());
  }
  write_report(Outcome::Kind::kCrash, "Terminated", text);
  if (running == 0) give_up("saem-engine: std::terminate outside a cell\n");
  leave_cell();
}

// What cells get in place of the C library's functions.

void leave_by_exit(int status) {
  char text[64];
  std::snprintf(text, sizeof text, "exit(%d) was called; the session goes on", status);
  write_report(Outcome::Kind::kExit, "Exit", text);
  leave_cell();
}

void leave_by_abort() {
  write_report(Outcome::Kind::kCrash, "Aborted", "abort() was called");
  leave_cell();
}

void leave_by_assert(const char* expression, const char* file, unsigned line,
                     const char* function) {
  static const std::regex path("<cells>/[0-9]+/");
  const std::string text = std::regex_replace(std::string(file), path, "") + ":" +
                           std::to_string(line) + ": " + (function ? function : "") + ": " +
                           expression + " is false";
  write_report(Outcome::Kind::kCrash, "Assertion failed", text.c_str());
  leave_cell();
}

void interrupt() {
  if (interrupt_flag != 0) throw Interrupted();
}

void* thread_local_address(const char* name) { return dlsym(RTLD_DEFAULT, name); }

char dso_handle = 0;

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

/// A crash inside malloc leaves its lock held, and then everything hangs at the next allocation.
/// Allocate now, under a timer, with a size that the lock-free cache of small blocks has not.
void probe_allocator() {
  probing = 1;
  itimerval timer = {};
  timer.it_value.tv_sec = kProbeMicroseconds / 1000000;
  setitimer(ITIMER_REAL, &timer, nullptr);
  for (const std::size_t size : {std::size_t{5000}, std::size_t{100000}}) {
    auto* volatile block = std::malloc(size);
    std::free(block);
  }
  probing = 0;
  timer.it_value.tv_sec = 0;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

void install_guard(Jit& jit) {
  main_thread = pthread_self();
  stack_t stack = {};
  stack.ss_size = kAlternateStack;
  stack.ss_sp = std::malloc(stack.ss_size);
  sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) {
    handle(signal, on_crash);
  }
  handle(SIGINT, on_interrupt);
  handle(SIGALRM, on_timer);
  struct sigaction other = {};
  other.sa_handler = on_other_thread_failed;
  other.sa_flags = SA_ONSTACK | SA_NODEFER;
  sigaction(SIGUSR2, &other, nullptr);
  std::set_terminate(on_terminate);

  const std::map<std::string, void*> symbols = {
      {"exit", reinterpret_cast<void*>(leave_by_exit)},
      {"_exit", reinterpret_cast<void*>(leave_by_exit)},
      {"_Exit", reinterpret_cast<void*>(leave_by_exit)},
      {"quick_exit", reinterpret_cast<void*>(leave_by_exit)},
      {"abort", reinterpret_cast<void*>(leave_by_abort)},
      {"__assert_fail", reinterpret_cast<void*>(leave_by_assert)},
      {"__dso_handle", &dso_handle},
      {"__emutls_get_address", reinterpret_cast<void*>(__emutls_get_address)},
      {kThreadLocalFunction, reinterpret_cast<void*>(thread_local_address)},
      {kInterruptFlag, const_cast<char*>(&interrupt_flag)},
      {kInterruptFunction, reinterpret_cast<void*>(interrupt)},
  };
  for (const auto& [name, address] : symbols) jit.define(name, address);
}

void forget_interrupts() { interrupted_early = 0; }

Outcome run_guarded(Jit::Entry entry) {
  interrupt_flag = 0;
  interrupts = 0;
  report = Report();
  Outcome outcome;
  const LiveOutput live;
  if (sigsetjmp(escape, 1) == 0) {
    running = 1;
    try {
      if (interrupted_early != 0) throw Interrupted();
      entry();
    } catch (...) {
      outcome = describe_current_exception();
    }
    running = 0;
  } else {
    running = 0;
    outcome = {report.kind, report.name, report.text};
    // Exceptions in flight belonged to the frames that are gone.
    std::memset(static_cast<void*>(abi::__cxa_get_globals()), 0, 2 * sizeof(void*));
    probe_allocator();
  }
  itimerval timer = {};
  setitimer(ITIMER_REAL, &timer, nullptr);
  interrupt_flag = 0;
  return outcome;
}

}  // namespace saem_kernel
