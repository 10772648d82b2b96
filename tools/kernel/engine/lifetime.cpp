#include "lifetime.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace saem_kernel {
namespace {

using Destructor = void (*)(void*);

/// Never destroyed: cells' threads may use it as long as the process lives.
struct Objects {
  std::mutex mutex;
  std::unordered_map<void*, Destructor> destructors;
};

Objects& objects() {
  static auto* const instance = new Objects();
  return *instance;
}

volatile unsigned reached_mark = 0;

std::vector<Release>& pending() {
  static auto* const instance = new std::vector<Release>();
  return *instance;
}

int remember(Destructor destructor, void* object, void* /*library*/) {
  // Of an array only its destructor is known, not its place.
  if (object == nullptr) return 0;
  auto& known = objects();
  const std::scoped_lock lock(known.mutex);
  known.destructors[object] = destructor;
  return 0;
}

int remember_nothing(void (*)()) { return 0; }

Destructor forget(void* object) {
  auto& known = objects();
  const std::scoped_lock lock(known.mutex);
  const auto found = known.destructors.find(object);
  if (found == known.destructors.end()) return nullptr;
  return std::exchange(known.destructors.extract(found).mapped(), nullptr);
}

/// Runs as a part of the cell, so that a destructor that fails is the cell's failure.
void reached(unsigned mark) {
  reached_mark = mark;
  for (const auto& release : pending()) {
    if (release.mark != mark) continue;
    // Forgotten first: a destructor that fails half way must not run again.
    if (const auto destructor = forget(release.object)) destructor(release.object);
  }
}

}  // namespace

void install_lifetime(Jit& jit) {
  jit.define("__cxa_atexit", reinterpret_cast<void*>(remember));
  jit.define("atexit", reinterpret_cast<void*>(remember_nothing));
  jit.define(kReachedFunction, reinterpret_cast<void*>(reached));
}

void begin_progress(std::vector<Release> releases) {
  reached_mark = 0;
  pending() = std::move(releases);
}

unsigned progress() { return reached_mark; }

}  // namespace saem_kernel
