#pragma once

#include <saem/ops/random.hpp>

/// Numbers from distributions whose parameters are tensors. The `stateless_*` functions give
/// TensorFlow's numbers for the same seed: they follow its algorithms, computed in float64.
namespace saem {

/// Options of the ops under this header.
struct DistributionOptions {
  static constexpr const char* kName = "DistributionOptions";
  Shape shape;
  DType dtype = float32;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
    visit("dtype", self.dtype);
  }
};

namespace random {

/// What a gamma distribution may have besides its concentration.
struct GammaOptions {
  Tensor beta = {};                       ///< the inverse scale; default 1
  std::optional<std::int64_t> seed = {};  ///< of `gamma` alone; see `set_seed`
};

/// The dtype of counts.
struct CountOptions {
  DType dtype = int32;                    ///< any numeric
  std::optional<std::int64_t> seed = {};  ///< not of the stateless ones; see `set_seed`
};

/// The dtype of classes.
struct CategoricalOptions {
  DType dtype = int64;                    ///< int32 or int64
  std::optional<std::int64_t> seed = {};  ///< of `categorical` alone; see `set_seed`
};

/// Gamma-distributed numbers: density beta^alpha x^(alpha - 1) exp(-beta x) / Gamma(alpha).
/// Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000).
///
/// @param shape    of the result; ends with the broadcast shape of alpha and beta
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param alpha    the concentration, floating point
/// @param options  beta, the inverse scale
/// @return         `shape`, the dtype of `alpha`; never less than the smallest normal number
/// @throws DTypeError if `alpha` is not floating point; ShapeError if `shape` does not end so
/// Gradient: to beta alone.  Source: tf.random.stateless_gamma.
/// @code
/// std::cout << tf::random::stateless_gamma({2, 3}, {1, 2}, tf::constant(0.5)).shape();
/// // (2, 3)
/// @endcode
SAEM_API Tensor stateless_gamma(const Shape& shape, const Tensor& seed, const Tensor& alpha,
                                const GammaOptions& options = {});
SAEM_API Tensor stateless_gamma(const Shape& shape, const Seed& seed, const Tensor& alpha,
                                const GammaOptions& options = {});

/// As `stateless_gamma`, with the shared generator; `shape` numbers for each alpha and beta.
///
/// @param shape    what comes before the broadcast shape of alpha and beta
/// @param alpha    the concentration, floating point
/// @param options  beta, the inverse scale; seed
/// @return         shape + broadcast shape, the dtype of `alpha`
/// @throws         as `stateless_gamma`
/// Gradient: to beta alone.  Source: tf.random.gamma.
/// @code
/// std::cout << tf::random::gamma({4}, tf::constant({0.5, 2.0})).shape();
/// // (4, 2)
/// @endcode
SAEM_API Tensor gamma(const Shape& shape, const Tensor& alpha, const GammaOptions& options = {});

/// Poisson-distributed counts: P(k) = lam^k exp(-lam) / k!. Below 10 by Knuth's product of uniform
/// numbers, above by Hormann, "The transformed rejection method for generating Poisson random
/// variables", Insurance: Mathematics and Economics 12 (1993).
///
/// @param shape    of the result; ends with the shape of `lam`
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param lam      the rate, numeric; a negative or not finite one gives NaN, or 0 as an integer
/// @param options  dtype of the counts (default int32)
/// @return         `shape`
/// @throws DTypeError if `lam` or the dtype is bool; ShapeError if `shape` does not end so
/// Gradient: none.  Source: tf.random.stateless_poisson.
/// @code
/// std::cout << tf::random::stateless_poisson({3}, {1, 2}, tf::constant(4.0));
/// // tf.Tensor([6 5 6], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor stateless_poisson(const Shape& shape, const Tensor& seed, const Tensor& lam,
                                  const CountOptions& options = {});
SAEM_API Tensor stateless_poisson(const Shape& shape, const Seed& seed, const Tensor& lam,
                                  const CountOptions& options = {});

/// As `stateless_poisson`, with the shared generator; `shape` counts for each rate.
///
/// @param shape    what comes before the shape of `lam`
/// @param lam      the rate, numeric
/// @param options  dtype (default float32, TensorFlow's), seed
/// @return         shape + lam.shape
/// @throws         as `stateless_poisson`
/// Gradient: none.  Source: tf.random.poisson.
/// @code
/// std::cout << tf::random::poisson({4}, tf::constant({0.5, 20.0})).shape();
/// // (4, 2)
/// @endcode
SAEM_API Tensor poisson(const Shape& shape, const Tensor& lam,
                        const CountOptions& options = {.dtype = float32});

/// Binomially distributed counts: P(k) = C(n, k) p^k (1 - p)^(n - k). Few expected by adding up
/// geometric numbers, many by Hormann, "The generation of binomial random variates", J. Stat.
/// Comput. Simul. 46 (1993).
///
/// @param shape    of the result; ends with the broadcast shape of counts and probs
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param counts   the number of trials n, floating point
/// @param probs    the probability p, the dtype of `counts`; NaN gives NaN, or 0 as an integer
/// @param options  dtype of the result (default int32)
/// @return         `shape`
/// @throws DTypeError for other dtypes; ShapeError if `shape` does not end so
/// Gradient: none.  Source: tf.random.stateless_binomial.
/// @code
/// auto n = tf::constant(100.0);
/// std::cout << tf::random::stateless_binomial({3}, {1, 2}, n, tf::constant(0.3));
/// // tf.Tensor([36 33 37], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor stateless_binomial(const Shape& shape, const Tensor& seed, const Tensor& counts,
                                   const Tensor& probs, const CountOptions& options = {});
SAEM_API Tensor stateless_binomial(const Shape& shape, const Seed& seed, const Tensor& counts,
                                   const Tensor& probs, const CountOptions& options = {});

/// Classes drawn with probabilities softmax(logits), by looking up a uniform number in their sums.
/// Equal to TensorFlow's where it does not share the rows out among threads.
///
/// @param logits       (batch, classes), floating point; one that is not finite is never drawn
/// @param num_samples  how many classes to draw for each row
/// @param seed         `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param options      dtype (int64, the default, or int32)
/// @return             (batch, num_samples)
/// @throws DTypeError for other dtypes; ShapeError for another rank or no classes; ValueError for a
///         negative number
/// Gradient: none.  Source: tf.random.stateless_categorical.
/// @code
/// auto logits = tf::log(tf::constant({{0.1, 0.2, 0.7}}));
/// std::cout << tf::random::stateless_categorical(logits, 4, {1, 2})(0);
/// // tf.Tensor([2 2 1 2], shape=(4,), dtype=int64)
/// @endcode
SAEM_API Tensor stateless_categorical(const Tensor& logits, std::int64_t num_samples,
                                      const Tensor& seed, const CategoricalOptions& options = {});
SAEM_API Tensor stateless_categorical(const Tensor& logits, std::int64_t num_samples,
                                      const Seed& seed, const CategoricalOptions& options = {});

/// As `stateless_categorical`, with the shared generator.
///
/// @param logits       (batch, classes), floating point
/// @param num_samples  how many classes to draw for each row
/// @param options      dtype, seed
/// @return             (batch, num_samples)
/// @throws             as `stateless_categorical`
/// Gradient: none.  Source: tf.random.categorical.
/// @code
/// std::cout << tf::random::categorical(tf::zeros({2, 5}), 3).shape();
/// // (2, 3)
/// @endcode
SAEM_API Tensor categorical(const Tensor& logits, std::int64_t num_samples,
                            const CategoricalOptions& options = {});

}  // namespace random
}  // namespace saem
