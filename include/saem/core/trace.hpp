#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <saem/base/export.hpp>
#include <saem/core/op.hpp>
#include <string>
#include <vector>

namespace saem {

/// How `apply` had an op computed.
enum class Route : std::uint8_t {
  kView,         ///< nothing was computed: another window on the same elements
  kKernel,       ///< by the device's own kernel
  kComposition,  ///< by other ops, which stand right after it in the log, one level deeper
  kHost,         ///< by the CPU's kernel, with copies to the host and back: the device has none
};

/// One op that ran.
struct OpRecord {
  std::string op;
  std::string options;  ///< `axis=-1`; empty for an op without options
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  Device device;  ///< where its outputs lie
  Route route = Route::kKernel;
  double seconds = 0.0;    ///< time in `apply`; on a GPU the time to start it, if not synchronised
  std::int64_t bytes = 0;  ///< of inputs and outputs together
  int depth = 0;           ///< 0 for the user's own ops, 1 for what their compositions run ...
};

/// What a log is to measure.
struct TraceOptions {
  /// Waits after each op, so that times on a GPU are those of the op and not of starting it.
  bool synchronize = false;
};

/// The log of every op that runs on this thread while it lives: what `tf::trace()` gives.
class SAEM_API OpLog {
 public:
  explicit OpLog(TraceOptions options);
  ~OpLog();
  OpLog(const OpLog&) = delete;
  OpLog& operator=(const OpLog&) = delete;

  /// Writes no further ops down; what is there stays.
  void stop() noexcept;
  /// The ops in the order in which they began.
  [[nodiscard]] const std::vector<OpRecord>& records() const noexcept { return records_; }
  /// A table, one line an op: name, device, way, shapes, microseconds, bytes.
  [[nodiscard]] std::string to_string() const;

 private:
  friend class OpTimer;
  TraceOptions options_;
  std::vector<OpRecord> records_;
  OpLog* previous_ = nullptr;
  int depth_ = 0;
  bool running_ = true;
};

/// Starts a log of the ops of this thread, with shapes, the way each was computed, times and bytes:
/// `auto log = tf::trace(); ... std::cout << log.to_string();`. Logs nest; the inner one writes.
/// @code
/// auto log = tf::trace(); tf::exp(tf::zeros({2})); std::cout << log.records()[1].op;  // exp
/// @endcode
[[nodiscard]] SAEM_API OpLog trace(TraceOptions options = {});

SAEM_API std::ostream& operator<<(std::ostream& out, const OpLog& log);

}  // namespace saem
