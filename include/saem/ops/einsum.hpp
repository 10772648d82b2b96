#pragma once

#include <concepts>
#include <saem/core/tensor.hpp>
#include <span>
#include <string_view>

namespace saem {

/// Sums of products, written as Einstein did: a letter an axis, summed over where the result does
/// not have it. See `einsum`.
/// @throws as `einsum`
SAEM_API Tensor einsum_of(std::string_view equation, std::span<const Tensor> operands);

/// Sums of products, written as Einstein did: "ij,jk->ik" is y_ik = sum_j a_ij b_jk. A letter twice
/// in one operand takes its diagonal; "..." stands for axes that broadcast; without "->" the result
/// has the letters that occur once, in alphabetical order. Pairs of operands are contracted one
/// after another, as matrix products: up to five operands in the order of fewest multiplications,
/// more in the greedy order of opt_einsum.
///
/// @param equation  letters, "...", commas and "->"; blanks do not count
/// @param operands  as many tensors as the equation has, of one dtype that `matmul` takes
/// @return          the axes after "->"
/// @throws ValueError if the equation is wrong or has another number of operands; ShapeError if
///         ranks or sizes do not fit; DTypeError if dtypes differ or are not supported
/// Gradient: that of the ops it is made of.  Source: tf.einsum.
/// @code
/// std::cout << tf::einsum("ij,j->i", tf::constant({{1, 2}, {3, 4}}), tf::constant({1, 1}));
/// // tf.Tensor([3 7], shape=(2,), dtype=int32)
/// @endcode
template <std::same_as<Tensor>... Operands>
Tensor einsum(std::string_view equation, const Operands&... operands) {
  const Tensor list[] = {operands...};
  return einsum_of(equation, list);
}

namespace linalg {
using saem::einsum;
}

}  // namespace saem
