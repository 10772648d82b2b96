#pragma once

#include <initializer_list>
#include <saem/core/tensor.hpp>
#include <string>
#include <utility>
#include <vector>

/// Checks of what a program takes for granted. In a traced function those that read elements do so
/// at each call, and throw then; the others check while it is traced.
namespace saem::debugging {

/// What an assertion adds to its error.
struct AssertOptions {
  std::string message = "";  ///< why it must hold
};

/// Throws ValueError unless x == y in each element, with broadcasting; it names the first element
/// where that does not hold. NaN equals nothing. Source: tf.debugging.assert_equal.
/// @code
/// tf::debugging::assert_equal(tf::constant({1, 2}), tf::constant({1, 2}));
/// std::cout << "equal";  // equal
/// @endcode
SAEM_API void assert_equal(const Tensor& x, const Tensor& y, const AssertOptions& options = {});
/// Throws ValueError unless x != y in each element. Source: tf.debugging.assert_none_equal.
SAEM_API void assert_none_equal(const Tensor& x, const Tensor& y,
                                const AssertOptions& options = {});
/// Throws ValueError unless x < y in each element. Source: tf.debugging.assert_less.
SAEM_API void assert_less(const Tensor& x, const Tensor& y, const AssertOptions& options = {});
/// Throws ValueError unless x <= y in each element. Source: tf.debugging.assert_less_equal.
SAEM_API void assert_less_equal(const Tensor& x, const Tensor& y,
                                const AssertOptions& options = {});
/// Throws ValueError unless x > y in each element. Source: tf.debugging.assert_greater.
SAEM_API void assert_greater(const Tensor& x, const Tensor& y, const AssertOptions& options = {});
/// Throws ValueError unless x >= y in each element. Source: tf.debugging.assert_greater_equal.
SAEM_API void assert_greater_equal(const Tensor& x, const Tensor& y,
                                   const AssertOptions& options = {});
/// Throws ValueError unless every element is > 0. Source: tf.debugging.assert_positive.
SAEM_API void assert_positive(const Tensor& x, const AssertOptions& options = {});
/// Throws ValueError unless every element is < 0. Source: tf.debugging.assert_negative.
SAEM_API void assert_negative(const Tensor& x, const AssertOptions& options = {});
/// Throws ValueError unless every element is >= 0. Source: tf.debugging.assert_non_negative.
SAEM_API void assert_non_negative(const Tensor& x, const AssertOptions& options = {});
/// Throws ValueError unless every element is <= 0. Source: tf.debugging.assert_non_positive.
SAEM_API void assert_non_positive(const Tensor& x, const AssertOptions& options = {});

/// How near `assert_near` wants numbers.
struct AssertNearOptions {
  double rtol = -1;          ///< share of |y| that is allowed; negative: 10 epsilons of the dtype
  double atol = -1;          ///< what is allowed besides; negative: 10 epsilons of the dtype
  std::string message = "";  ///< why it must hold
};

/// Throws ValueError unless |x - y| <= atol + rtol |y| in each element, with broadcasting.
/// @throws DTypeError unless both are numbers of one dtype.  Source: tf.debugging.assert_near.
/// @code
/// tf::debugging::assert_near(tf::constant(1.0), tf::constant(1.001), {.rtol = 0.01});
/// std::cout << "near";  // near
/// @endcode
SAEM_API void assert_near(const Tensor& x, const Tensor& y, const AssertNearOptions& options = {});

/// Throws ShapeError unless `x` has so many axes. Source: tf.debugging.assert_rank.
SAEM_API void assert_rank(const Tensor& x, int rank, const AssertOptions& options = {});
/// Throws ShapeError unless `x` has so many axes or more. Source:
/// tf.debugging.assert_rank_at_least.
SAEM_API void assert_rank_at_least(const Tensor& x, int rank, const AssertOptions& options = {});
/// Throws ShapeError unless the rank is one of `ranks`. Source: tf.debugging.assert_rank_in.
SAEM_API void assert_rank_in(const Tensor& x, std::initializer_list<int> ranks,
                             const AssertOptions& options = {});
/// Throws ShapeError unless `x` is a scalar. Source: tf.debugging.assert_scalar.
SAEM_API void assert_scalar(const Tensor& x, const AssertOptions& options = {});
/// Throws DTypeError unless `x` has that dtype. Source: tf.debugging.assert_type.
SAEM_API void assert_type(const Tensor& x, DType dtype, const AssertOptions& options = {});

/// The axes of a tensor by name: the same name must mean the same size everywhere. A number stands
/// for itself, "*" or -1 for any size.
class SAEM_API AxisName {
 public:
  AxisName(const char* name) : name_(name) {}   // NOLINT: {"batch", 3}
  AxisName(std::int64_t size) : size_(size) {}  // NOLINT
  AxisName(int size) : size_(size) {}           // NOLINT
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t size() const { return size_; }

 private:
  std::string name_;
  std::int64_t size_ = -1;
};

/// Throws ShapeError unless tensors have the shapes named, with one size for each name.
/// Source: tf.debugging.assert_shapes.
/// @code
/// auto a = tf::zeros({2, 3}), b = tf::zeros({3, 5});
/// tf::debugging::assert_shapes({{a, {"n", "k"}}, {b, {"k", "m"}}});
/// std::cout << "they fit";  // they fit
/// @endcode
SAEM_API void assert_shapes(const std::vector<std::pair<Tensor, std::vector<AxisName>>>& shapes,
                            const AssertOptions& options = {});

/// `x`, if no element is infinite or not a number.
///
/// @param x        floating point
/// @param message  what the error says besides how many are
/// @return         `x`
/// @throws ValueError if an element is NaN or infinite; DTypeError unless `x` is floating point
/// Gradient: dx = dy.  Source: tf.debugging.check_numerics.
/// @code
/// std::cout << tf::debugging::check_numerics(tf::constant({1.0}), "loss");
/// // tf.Tensor([1.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor check_numerics(const Tensor& x, const std::string& message);
/// Throws as `check_numerics` does. Source: tf.debugging.assert_all_finite.
SAEM_API void assert_all_finite(const Tensor& x, const std::string& message);

/// From now on, each op of this thread whose floating-point result has a NaN or an infinite element
/// throws ValueError, which names the op and its inputs: where a loss became NaN. Gradients too.
/// Everything is read, so it is slow. Source: tf.debugging.enable_check_numerics.
SAEM_API void enable_check_numerics();
/// Ends what `enable_check_numerics` began. Source: tf.debugging.disable_check_numerics.
SAEM_API void disable_check_numerics();

}  // namespace saem::debugging
