#pragma once

#include <saem/core/tensor.hpp>

/// Exponentials, logarithms and what is made of them, element by element. The
/// error stated with each is the largest found in float32 (tests/cpu/math_test.cpp); float16 and
/// bfloat16 are computed in float32, float64 by the C library.
namespace saem {

/// Exponential: z_i = e^x_i. Error at most 1.02 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * z.  Source: tf.math.exp.
/// @code std::cout << tf::exp(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        2.7182817], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor exp(const Tensor& x);

/// e^x_i - 1, accurate near zero. Error at most 1.57 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * e^x.  Source: tf.math.expm1.
/// @code std::cout << tf::expm1(tf::constant({0.0, 1e-10}));
/// // tf.Tensor([0.e+00 1.e-10], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor expm1(const Tensor& x);

/// Natural logarithm: z_i = ln x_i; -inf at zero, NaN below. Error at most 0.84 ulp in
/// float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / x.  Source: tf.math.log.
/// @code std::cout << tf::log(tf::constant({1.0, 2.0}));
/// // tf.Tensor([0.        0.6931472], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor log(const Tensor& x);

/// ln(1 + x_i), accurate near zero; -inf at -1, NaN below. Error at most 0.85 ulp in
/// float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / (1 + x).  Source: tf.math.log1p.
/// @code std::cout << tf::log1p(tf::constant({0.0, 1e-10}));
/// // tf.Tensor([0.e+00 1.e-10], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor log1p(const Tensor& x);

/// Hyperbolic tangent: z_i = (e^x_i - e^-x_i) / (e^x_i + e^-x_i). Error at most 1.34 ulp in
/// float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * (1 - z^2).  Source: tf.math.tanh.
/// @code std::cout << tf::tanh(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        0.7615942], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor tanh(const Tensor& x);

/// Logistic sigmoid: z_i = 1 / (1 + e^-x_i). Error at most 2.41 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * z * (1 - z).  Source: tf.math.sigmoid.
/// @code std::cout << tf::sigmoid(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.5       0.7310586], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sigmoid(const Tensor& x);

/// Smooth relu: z_i = ln(1 + e^x_i), without overflow. Error at most 1.65 ulp in float32.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * sigmoid(x).  Source: tf.math.softplus.
/// @code std::cout << tf::softplus(tf::constant({0.0, 100.0}));
/// // tf.Tensor([  0.6931472 100.       ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor softplus(const Tensor& x);

namespace nn {

using saem::sigmoid;
using saem::softplus;
using saem::tanh;

}  // namespace nn

}  // namespace saem
