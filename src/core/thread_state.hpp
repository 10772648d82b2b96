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
  std::uint8_t memory_tag = 0;      ///< of the innermost MemoryTag; 0: none
  OpLog* log = nullptr;             ///< see saem/core/trace.hpp

  [[nodiscard]] bool heard() const {
    return listeners != nullptr && !listeners->empty() && paused == 0;
  }
};

[[gnu::tls_model("initial-exec")]] extern thread_local ThreadState thread_state;

using ListenerList = SmallVector<OpListener*, 4>;

/// While it lives, ops of this thread are heard by the listeners in its own list alone, which those
/// that start meanwhile join.
class ListenerFrame {
 public:
  explicit ListenerFrame(ListenerList listeners = {});
  ~ListenerFrame();
  ListenerFrame(const ListenerFrame&) = delete;
  ListenerFrame& operator=(const ListenerFrame&) = delete;

  /// Who listens on this thread now.
  static ListenerList present();

  /// While it lives, ops are heard by those who listened before the frame.
  class Outside {
   public:
    explicit Outside(const ListenerFrame& frame) : inside_(thread_state.listeners) {
      thread_state.listeners = frame.previous_list_;
    }
    ~Outside() { thread_state.listeners = inside_; }
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;

   private:
    ListenerList* inside_;
  };

 private:
  friend class OpListener;
  ListenerList list_;
  ListenerList* previous_list_;
  ListenerFrame* previous_frame_;
};

/// While it lives, ops of this thread go to `tracer`, or run if that is null.
class TracerFrame {
 public:
  explicit TracerFrame(Tracer* tracer) : previous_(thread_state.tracer) {
    thread_state.tracer = tracer;
  }
  ~TracerFrame() { thread_state.tracer = previous_; }
  TracerFrame(const TracerFrame&) = delete;
  TracerFrame& operator=(const TracerFrame&) = delete;

 private:
  Tracer* previous_;
};

}  // namespace saem
