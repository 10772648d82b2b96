#pragma once

#include <chrono>
#include <saem/core/trace.hpp>

namespace saem {

/// Writes one op into a log: opened when it begins, so that what its composition runs comes after
/// it, and closed when it is done.
class OpTimer {
 public:
  OpTimer(OpLog& log, const OpCall& call);
  /// Leaves the log as after an op that ended: one that threw stays written down without outputs.
  ~OpTimer() { --log_.depth_; }
  OpTimer(const OpTimer&) = delete;
  OpTimer& operator=(const OpTimer&) = delete;

  void finish(std::span<const Tensor> outputs, Route route);

 private:
  OpLog& log_;
  std::size_t record_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace saem
