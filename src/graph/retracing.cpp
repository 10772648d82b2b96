#include "graph/retracing.hpp"

#include <iostream>

#include "base/message.hpp"
#include "graph/concrete_function.hpp"

namespace saem {
namespace {

constexpr int kTooMany = 4;  ///< after the first: 5 calls, each traced

using Concrete = detail::FunctionCore::Concrete;

/// What differs between two traces, and what to do about it.
std::string difference(const Concrete& before, const Concrete& now) {
  if (before.specs.size() != now.specs.size()) {
    return fmt::format("the number of tensors changes: {}, then {}", before.specs.size(),
                       now.specs.size());
  }
  for (std::size_t i = 0; i < now.specs.size(); ++i) {
    const TensorSpec& a = before.specs[i];
    const TensorSpec& b = now.specs[i];
    if (a.dtype != b.dtype) {
      return fmt::format("argument {} changes its dtype: {}, then {}; tf::cast it", i,
                         a.dtype.name(), b.dtype.name());
    }
    if (a.shape != b.shape) {
      return fmt::format(
          "argument {} changes its shape: {}, then {}; pad batches to one size, or say "
          ".reduce_retracing = true or an .input_signature with -1 if that is meant",
          i, a.shape.to_string(), b.shape.to_string());
    }
    if (before.devices[i] != now.devices[i]) {
      return fmt::format("argument {} changes its device: {}, then {}", i,
                         before.devices[i].to_string(), now.devices[i].to_string());
    }
  }
  return fmt::format(
      "a number, string or length among the arguments changes: '{}', then '{}'; pass numbers as "
      "tensors",
      before.statics, now.statics);
}

}  // namespace

void RetracingWatch::missed(const FunctionOptions& options, const Concrete& before,
                            const Concrete& now, const std::string& obstacle) {
  const int misses = misses_.fetch_add(1, std::memory_order_relaxed) + 1;
  const bool expected = options.reduce_retracing || !options.input_signature.empty();
  if (misses < kTooMany || warned_ || (expected && obstacle.empty())) return;
  warned_ = true;
  std::clog << fmt::format(
      "saem: warning: the last 5 calls of tf::function {} were traced anew, "
      "which takes far longer than to run it: {}\n",
      options.name, expected ? "its sizes may vary, but " + obstacle : difference(before, now));
}

}  // namespace saem
