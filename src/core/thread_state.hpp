#pragma once

#include <saem/core/op.hpp>

namespace saem {

class OpLog;

/// Who listens on this thread. Initial-exec: one instruction to reach, where the default model
/// calls a function.
struct ThreadState {
  Tracer* tracer = nullptr;
  SmallVector<OpListener*, 4>* listeners = nullptr;  ///< made on first use; null or empty: nobody
  int paused = 0;
  static constexpr std::int16_t kNoDevice = -1;
  std::int16_t device = kNoDevice;  ///< of the innermost DeviceScope, as device.cpp packs it
  OpLog* log = nullptr;             ///< see saem/core/trace.hpp

  [[nodiscard]] bool heard() const {
    return listeners != nullptr && !listeners->empty() && paused == 0;
  }
};

[[gnu::tls_model("initial-exec")]] extern thread_local ThreadState thread_state;

}  // namespace saem
