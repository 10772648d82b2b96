#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace saem {

/// Where random ops without a seed of their own get one: a sequence of seed pairs, fixed by
/// `set_seed`. Thread-safe: threads that draw at once get different pairs, in the order in which
/// they come.
class Generator {
 public:
  static Generator& global();

  void set_seed(std::int64_t seed);
  /// The next pair of the shared sequence, or of the sequence that belongs to `op_seed`.
  std::array<std::int64_t, 2> next(std::optional<std::int64_t> op_seed);

 private:
  std::mutex mutex_;
  std::optional<std::uint64_t> seed_;
  std::uint64_t unseeded_ = 0;  ///< drawn from the system where nobody set a seed
  std::uint64_t drawn_ = 0;
  std::unordered_map<std::int64_t, std::uint64_t> drawn_by_op_seed_;
};

}  // namespace saem
