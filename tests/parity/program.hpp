#pragma once

#include <saem/saem.hpp>
#include <vector>

/// What the generated sources of saem-parity are made of; see README.md.
namespace saem::parity {

using Inputs = std::vector<Tensor>;
using Outputs = std::vector<Tensor>;

/// One expression of a case. `dtype` is the one that the case is run with.
struct Expression {
  const char* name;
  Outputs (*run)(const Inputs& x, DType dtype);
};

inline Outputs outputs(const Tensor& tensor) { return {tensor}; }
inline Outputs outputs(const std::vector<Tensor>& tensors) { return tensors; }

/// The generated list of all themes' expressions, in the order of the case files.
std::vector<Expression> all_expressions();

}  // namespace saem::parity
