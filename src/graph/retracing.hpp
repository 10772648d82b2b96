#pragma once

#include <atomic>
#include <saem/graph/function.hpp>

namespace saem {

/// Notices functions that are traced again and again, and says which argument is to blame. As
/// TensorFlow, it warns when 5 of the last 5 calls were traced, once a function.
class RetracingWatch {
 public:
  /// A call ran what was traced before.
  void hit() noexcept {
    if (misses_.load(std::memory_order_relaxed) != 0) misses_.store(0, std::memory_order_relaxed);
  }
  /// A call was traced, though the function had been before. `obstacle`: why, where sizes may
  /// vary; nothing where that was to be expected.
  void missed(const FunctionOptions& options, const detail::FunctionCore::Concrete& before,
              const detail::FunctionCore::Concrete& now, const std::string& obstacle);

 private:
  std::atomic<int> misses_{0};
  bool warned_ = false;
};

}  // namespace saem
