#pragma once

#include <saem/core/op.hpp>

namespace saem {

/// Who listens on this thread. Initial-exec: one instruction to reach, where the default model
/// calls a function.
struct ThreadState {
  Tracer* tracer = nullptr;
  SmallVector<OpListener*, 4>* listeners = nullptr;  ///< made on first use; null or empty: nobody
  int paused = 0;

  [[nodiscard]] bool heard() const {
    return listeners != nullptr && !listeners->empty() && paused == 0;
  }
};

[[gnu::tls_model("initial-exec")]] extern thread_local ThreadState thread_state;

}  // namespace saem
