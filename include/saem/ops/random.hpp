#pragma once

#include <array>
#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Random tensors. Numbers come from Philox, a counter-based generator: same seed, same numbers,
/// with any number of threads and on any device. The `stateless_*` functions are functions of their
/// seed alone and give TensorFlow's numbers: integers and uniforms bit for bit, float32 normals
/// within 2 units in the last place (99.7 % of them equal). The others draw a seed from
/// one generator, shared by all threads and guarded by a lock; `set_seed` restarts it.
namespace saem {

/// What the ops under this header know: the shape and dtype to make, and for integers the range.
struct StatelessRandomOptions {
  static constexpr const char* kName = "StatelessRandomOptions";
  Shape shape;
  DType dtype = float32;
  Scalar minval = 0;  ///< integers only
  Scalar maxval = 0;  ///< integers only
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
    visit("dtype", self.dtype);
    visit("minval", self.minval);
    visit("maxval", self.maxval);
  }
};

/// Options of the op that draws a seed.
struct RandomSeedOptions {
  static constexpr const char* kName = "RandomSeedOptions";
  std::optional<std::int64_t> seed = {};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("seed", self.seed);
  }
};

/// Options of the op behind `shuffle`.
struct PermutationOptions {
  static constexpr const char* kName = "PermutationOptions";
  std::int64_t size = 0;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("size", self.size);
  }
};

namespace random {

/// Two numbers that fix a stateless random tensor: `{1, 2}`.
using Seed = std::array<std::int64_t, 2>;

/// The normal distribution to draw from.
struct NormalOptions {
  double mean = 0.0;
  double stddev = 1.0;
  DType dtype = float32;
  std::optional<std::int64_t> seed = {};  ///< gives this call a sequence of its own; see `set_seed`
};

/// The uniform distribution to draw from.
struct UniformOptions {
  Scalar minval = 0;
  std::optional<Scalar> maxval = {};  ///< default 1; integers must name it
  DType dtype = float32;
  std::optional<std::int64_t> seed = {};  ///< gives this call a sequence of its own; see `set_seed`
};

/// How `shuffle` draws its order.
struct ShuffleOptions {
  std::optional<std::int64_t> seed = {};  ///< gives this call a sequence of its own; see `set_seed`
};

/// Restarts the shared generator: what follows is the same in every run. Without it each run
/// differs, but for calls that name a seed. Thread-safe.
///
/// @param seed  any number
/// Source: tf.random.set_seed.
/// @code
/// tf::random::set_seed(7);
/// auto x = tf::random::uniform({});
/// tf::random::set_seed(7);
/// std::cout << (x.item<float>() == tf::random::uniform({}).item<float>());
/// // 1
/// @endcode
SAEM_API void set_seed(std::int64_t seed);

/// The next seed of the shared generator: int64, shape (2,), fit for the `stateless_*` functions.
///
/// @param options  seed: draw from the sequence of that seed instead
/// @return         int64, shape (2,)
/// Gradient: none.
/// @code
/// std::cout << tf::random::next_seed().shape();
/// // (2,)
/// @endcode
SAEM_API Tensor next_seed(const RandomSeedOptions& options = {});

/// Normally distributed numbers: density exp(-(x - mean)^2 / (2 stddev^2)) / (stddev sqrt(2 pi)).
///
/// @param shape    of the result
/// @param options  mean, stddev, dtype (floating point, default float32), seed
/// @throws DTypeError if dtype is not floating point; ShapeError for a negative size
/// Gradient: none.  Source: tf.random.normal.
/// @code
/// std::cout << tf::random::normal({2, 3}, {.stddev = 0.1}).shape();
/// // (2, 3)
/// @endcode
SAEM_API Tensor normal(const Shape& shape, const NormalOptions& options = {});

/// Normally distributed numbers, drawn again where they lie two standard deviations or more from
/// the mean.
///
/// @param shape    of the result
/// @param options  mean, stddev, dtype (floating point, default float32), seed
/// @throws DTypeError if dtype is not floating point; ShapeError for a negative size
/// Gradient: none.  Source: tf.random.truncated_normal.
/// @code
/// std::cout << tf::random::truncated_normal({4}).shape();
/// // (4,)
/// @endcode
SAEM_API Tensor truncated_normal(const Shape& shape, const NormalOptions& options = {});

/// Numbers that are equally likely anywhere in [minval, maxval).
///
/// @param shape    of the result
/// @param options  minval, maxval (default [0, 1)), dtype (floating point, or 32- and 64-bit
/// integers, which must
///                 name maxval), seed
/// @throws DTypeError for another dtype or bounds it cannot hold; ValueError if integers have no
/// maxval or
///         minval >= maxval; ShapeError for a negative size
/// Gradient: none.  Source: tf.random.uniform.
/// @code
/// std::cout << tf::random::uniform({2}, {.minval = 4, .maxval = 5, .dtype = tf::int32});
/// // tf.Tensor([4 4], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor uniform(const Shape& shape, const UniformOptions& options = {});

/// As `normal`, but a function of `seed` alone.
///
/// @param shape    of the result
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param options  mean, stddev, dtype; `seed` in them is not used
/// @throws DTypeError, ShapeError as `normal`, and for a seed that is not (2,) integers
/// Gradient: none.  Source: tf.random.stateless_normal.
/// @code
/// std::cout << tf::random::stateless_normal({2}, {1, 2});
/// // tf.Tensor([0.5441101  0.20738031], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor stateless_normal(const Shape& shape, const Tensor& seed,
                                 const NormalOptions& options = {});
SAEM_API Tensor stateless_normal(const Shape& shape, const Seed& seed,
                                 const NormalOptions& options = {});

/// As `truncated_normal`, but a function of `seed` alone.
///
/// @param shape    of the result
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param options  mean, stddev, dtype; `seed` in them is not used
/// @throws DTypeError, ShapeError as `truncated_normal`, and for a seed that is not (2,) integers
/// Gradient: none.  Source: tf.random.stateless_truncated_normal.
/// @code
/// std::cout << tf::random::stateless_truncated_normal({4}, {1, 2}).shape();
/// // (4,)
/// @endcode
SAEM_API Tensor stateless_truncated_normal(const Shape& shape, const Tensor& seed,
                                           const NormalOptions& options = {});
SAEM_API Tensor stateless_truncated_normal(const Shape& shape, const Seed& seed,
                                           const NormalOptions& options = {});

/// As `uniform`, but a function of `seed` alone.
///
/// @param shape    of the result
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param options  minval, maxval, dtype; `seed` in them is not used
/// @throws DTypeError, ValueError, ShapeError as `uniform`, and for a seed that is not (2,)
/// integers Gradient: none.  Source: tf.random.stateless_uniform.
/// @code
/// std::cout << tf::random::stateless_uniform({2}, {1, 2}, {.maxval = 10, .dtype = tf::int32});
/// // tf.Tensor([0 9], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor stateless_uniform(const Shape& shape, const Tensor& seed,
                                  const UniformOptions& options = {});
SAEM_API Tensor stateless_uniform(const Shape& shape, const Seed& seed,
                                  const UniformOptions& options = {});

/// The numbers 0 ... size - 1 in random order, each order equally likely.
///
/// @param size     not negative
/// @param options  seed
/// @return         int64, shape (size,)
/// @throws ValueError if `size` is negative
/// Gradient: none.
/// @code
/// std::cout << tf::random::permutation(5).shape();
/// // (5,)
/// @endcode
SAEM_API Tensor permutation(std::int64_t size, const ShuffleOptions& options = {});

/// As `permutation`, but a function of `seed` alone.
///
/// @param size  not negative
/// @param seed  `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @return      int64, shape (size,)
/// @throws ValueError if `size` is negative
/// Gradient: none.
/// @code
/// std::cout << tf::random::stateless_permutation(1, {1, 2});
/// // tf.Tensor([0], shape=(1,), dtype=int64)
/// @endcode
SAEM_API Tensor stateless_permutation(std::int64_t size, const Tensor& seed);
SAEM_API Tensor stateless_permutation(std::int64_t size, const Seed& seed);

/// The slices of `x` along axis 0 in random order.
///
/// @param x        rank >= 1
/// @param options  seed
/// @return         the shape and dtype of `x`
/// @throws ShapeError if `x` is a scalar
/// Gradient: dy in the order of x.  Source: tf.random.shuffle.
/// @code
/// std::cout << tf::random::shuffle(tf::constant({3, 3}));
/// // tf.Tensor([3 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor shuffle(const Tensor& x, const ShuffleOptions& options = {});

/// As `shuffle`, but a function of `seed` alone.
///
/// @param x     rank >= 1
/// @param seed  `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @return      the shape and dtype of `x`
/// @throws ShapeError if `x` is a scalar or the seed is not two integers
/// Gradient: dy in the order of x.  Source: tf.random.experimental.stateless_shuffle.
/// @code
/// std::cout << tf::random::stateless_shuffle(tf::range(5), {8, 9}).shape();
/// // (5,)
/// @endcode
SAEM_API Tensor stateless_shuffle(const Tensor& x, const Tensor& seed);
SAEM_API Tensor stateless_shuffle(const Tensor& x, const Seed& seed);

/// Integers that are equally likely anywhere in their dtype's range: random bits.
///
/// @param shape  of the result
/// @param seed   `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param dtype  int32, int64, uint32 or uint64
/// @throws DTypeError for another dtype; ShapeError for a negative size or another seed
/// Gradient: none.  Source: tf.random.stateless_uniform with minval = maxval = None.
/// @code
/// std::cout << tf::random::stateless_uniform_full_int({1}, {1, 2}, tf::int32);
/// // tf.Tensor([1105988140], shape=(1,), dtype=int32)
/// @endcode
SAEM_API Tensor stateless_uniform_full_int(const Shape& shape, const Tensor& seed, DType dtype);
SAEM_API Tensor stateless_uniform_full_int(const Shape& shape, const Seed& seed, DType dtype);

/// New seeds from one, so that each of several draws has its own.
///
/// @param seed  `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param num   how many (default 2)
/// @return      shape (num, 2), the dtype of `seed`
/// @throws ShapeError for a negative number or another seed
/// Gradient: none.  Source: tf.random.split.
/// @code
/// std::cout << tf::random::split({1, 2}, 3).shape();
/// // (3, 2)
/// @endcode
SAEM_API Tensor split(const Tensor& seed, std::int64_t num = 2);
SAEM_API Tensor split(const Seed& seed, std::int64_t num = 2);

/// A new seed from one and a number, such as that of a step or of a machine.
///
/// @param seed  `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param data  the number
/// @return      shape (2,), the dtype of `seed`
/// @throws ShapeError for another seed; DTypeError if the dtype cannot hold the number
/// Gradient: none.  Source: tf.random.fold_in.
/// @code
/// std::cout << tf::random::fold_in(tf::constant({1, 2}), 3);
/// // tf.Tensor([1105988140          3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor fold_in(const Tensor& seed, std::int64_t data);
SAEM_API Tensor fold_in(const Seed& seed, std::int64_t data);

}  // namespace random
}  // namespace saem
