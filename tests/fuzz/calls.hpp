#pragma once

#include <cstdint>
#include <saem/core/tensor.hpp>
#include <span>
#include <vector>

namespace saem::fuzz {

/// The bytes of a case, read as small decisions; zeros when they are used up.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return at_ >= bytes_.size(); }
  std::uint8_t next() { return empty() ? std::uint8_t{0} : bytes_[at_++]; }
  std::size_t below(std::size_t count) { return next() % count; }
  bool coin() { return (next() & 1) != 0; }
  /// In [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next()) % (high - low + 1);
  }
  /// Mostly an axis that exists.
  int axis() { return static_cast<int>(between(-3, 3)); }
  /// Small numbers, zeros, infinities, NaN and extremes.
  double number();

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

/// Rank 0 to 4, sizes 0 to 4, any dtype, sometimes a view with gaps. Often of the dtype, or dtype
/// and shape, of `like`, if that is defined: most functions refuse tensors that do not fit.
Tensor random_tensor(Bytes& bytes, const Tensor& like);

/// Calls a function of the API on tensors of the pool with random options.
std::vector<Tensor> random_call(Bytes& bytes, const std::vector<Tensor>& pool);

/// How many different calls there are.
std::size_t call_count();

}  // namespace saem::fuzz
