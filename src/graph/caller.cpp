// Where in the program an op was called, and under which names.
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>

#include <array>
#include <cstdint>
#include <saem/graph/function.hpp>
#include <utility>

#include "graph/graph_tracer.hpp"

namespace saem {
namespace {

/// Where the machine code of this library lies.
struct CodeRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  [[nodiscard]] bool contains(const void* address) const {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return at >= begin && at < end;
  }
};

CodeRange find_own_code() {
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&calling_code), &here) == 0) return {};
  struct Search {
    const void* base;
    CodeRange found;
  } search{here.dli_fbase, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto* wanted = static_cast<Search*>(data);
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const auto& segment = info->dlpi_phdr[i];
          const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
          const CodeRange range{begin, begin + segment.p_memsz};
          if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 &&
              range.contains(reinterpret_cast<const void*>(&calling_code))) {
            wanted->found = range;
            return 1;
          }
        }
        return 0;
      },
      &search);
  return search.found;
}

thread_local std::string scope_names;
thread_local const void* known_caller = nullptr;

}  // namespace

CallerScope::CallerScope(const void* caller) : around_(std::exchange(known_caller, caller)) {}
CallerScope::~CallerScope() { known_caller = around_; }

const void* calling_code() {
  if (known_caller != nullptr) return known_caller;
  static const CodeRange own = find_own_code();
  // Ops call ops: the deepest way from a public function to here has about this many frames.
  std::array<void*, 48> frames{};
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) {
    const void* frame = frames[static_cast<std::size_t>(i)];
    if (!own.contains(frame)) return frame;
  }
  return nullptr;  // linked into the program itself: nothing tells its code from ours
}

const std::string& current_scope() { return scope_names; }

NameScope::NameScope(const std::string& name) : length_(scope_names.size()) {
  if (!scope_names.empty()) scope_names += '/';
  scope_names += name;
}

NameScope::~NameScope() { scope_names.resize(length_); }

NameScope name_scope(const std::string& name) { return NameScope(name); }

}  // namespace saem
