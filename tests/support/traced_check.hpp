#pragma once

#include <cstdint>
#include <saem/core/op.hpp>
#include <set>
#include <string>
#include <vector>

namespace saem::testing {

/// Runs each op that any test runs on the CPU a second time, as a graph of one op, optimised and
/// planned, and compares the bits: what a traced function gives is what eager calls give.
class TracedCheck final : public OpListener {
 public:
  void on_read(const void*, const Tensor&, bool) override {}
  void on_op(const OpCall& call, std::span<const Tensor> outputs) override;

  [[nodiscard]] std::int64_t compared() const { return compared_; }
  /// Ops of the table that no test ran, stateful ones aside, whose results are not the same twice.
  [[nodiscard]] std::vector<std::string> missing() const;

 private:
  std::int64_t compared_ = 0;
  std::set<std::string> ops_;
};

}  // namespace saem::testing
