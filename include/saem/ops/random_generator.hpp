#pragma once

#include <array>
#include <memory>
#include <saem/ops/random_distributions.hpp>
#include <vector>

namespace saem::random {

/// A sequence of random numbers of one's own: a counter and a key, which each draw moves on by 256
/// for every number. Same state, same numbers, which are those of TensorFlow's Philox generator.
///
/// Not to be drawn from by two threads at once: give each its own, by `split`. A traced function
/// that draws, skips or resets does so at each call, on the generator's own state, which it keeps
/// alive; `state`, `key` and `split` look at it while tracing. A copy is another generator. Source:
/// tf.random.Generator.
/// @code
/// auto generator = tf::random::Generator::from_seed(1234);
/// std::cout << generator.uniform({2}, {.maxval = 10, .dtype = tf::int32}).shape();
/// // (2,)
/// @endcode
class SAEM_API Generator {
 public:
  /// Two words of the counter and the key.
  using State = std::array<std::int64_t, 3>;

  /// The generator whose state this is.
  static Generator from_state(const State& state) { return Generator(state); }
  /// The generator that begins at `seed`, as in TensorFlow.
  static Generator from_seed(std::int64_t seed);
  /// A generator that differs from run to run.
  static Generator from_non_deterministic_state();

  Generator(const Generator& other) : Generator(*other.state_) {}
  Generator& operator=(const Generator& other) {
    *state_ = *other.state_;
    return *this;
  }

  /// Where the generator stands.
  [[nodiscard]] const State& state() const { return *state_; }
  /// The part of the state that draws do not change.
  [[nodiscard]] std::int64_t key() const { return state()[2]; }
  /// Goes to another state.
  void reset(const State& state);
  /// Begins again at `seed`.
  void reset_from_seed(std::int64_t seed) { reset(from_seed(seed).state()); }
  /// Leaves out as many numbers.
  /// @throws ValueError for a negative number
  void skip(std::int64_t count);

  /// As `random::normal`, from this sequence.
  Tensor normal(const Shape& shape, const NormalOptions& options = {});
  /// As `random::truncated_normal`, from this sequence.
  Tensor truncated_normal(const Shape& shape, const NormalOptions& options = {});
  /// As `random::uniform`, from this sequence.
  Tensor uniform(const Shape& shape, const UniformOptions& options = {});
  /// As `random::stateless_uniform_full_int`, from this sequence.
  Tensor uniform_full_int(const Shape& shape, DType dtype = uint64);
  /// As `random::stateless_binomial`, from this sequence.
  Tensor binomial(const Shape& shape, const Tensor& counts, const Tensor& probs,
                  const CountOptions& options = {});
  /// Seeds for the stateless functions, one a column: int64, shape (2, count).
  Tensor make_seeds(std::int64_t count = 1);
  /// Generators that are independent of this one and of each other.
  std::vector<Generator> split(std::int64_t count = 1);

 private:
  explicit Generator(const State& state) : state_(std::make_shared<State>(state)) {}
  /// The state as a seed, which then is moved on past `shape`.
  Tensor draw(const Shape& shape, const char* op);

  std::shared_ptr<State> state_;
};

}  // namespace saem::random
