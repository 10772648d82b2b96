#pragma once

#include "autodiff/recorder.hpp"
#include "base/message.hpp"

namespace saem {

/// One use of a tape: checks that it may be used and, unless it is persistent, keeps it from
/// recording meanwhile and uses it up in the end. If that is not reached, the tape is as it was.
class GradientTape::Use {
 public:
  Use(Recorder& recorder, const char* name)
      : recorder_(recorder), persistent_(recorder.options().persistent) {
    if (recorder.used()) {
      raise<ValueError>(name,
                        "this tape has been used; make it with {{.persistent = true}} to take "
                        "several gradients");
    }
    resume_ = !persistent_ && recorder.is_listening();
    if (!persistent_) recorder.stop_listening();
  }
  ~Use() {
    if (resume_) recorder_.start_listening();
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  void succeed() {
    resume_ = false;
    if (!persistent_) recorder_.use_up();
  }

 private:
  Recorder& recorder_;
  bool persistent_;
  bool resume_ = false;
};

}  // namespace saem
