#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <saem/autodiff/tape.hpp>
#include <saem/core/config.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <string>
#include <vector>

/// What the tests of every op share. A suite is named as its op, a section as in `Sections`: the
/// test of the op table (tests/ops/op_table_test.cpp) fails for an op whose sections are missing.
namespace saem::testing {

/// The elements as doubles, in row-major order; of a complex one real and imaginary part in turn.
std::vector<double> values_of(const Tensor& tensor);

/// Deterministic numbers in [low, high), not on a grid: for inputs whose exact values do not
/// matter.
Tensor sample(const Shape& shape, DType dtype = float64, double low = -2.0, double high = 2.0,
              std::uint32_t seed = 1);

/// The same elements as `tensor`, lying in memory with gaps and turned axes.
Tensor scattered(const Tensor& tensor);

struct Tolerance {
  double relative = 0.0;
  double absolute = 0.0;
};

/// 0 for integers, a few rounding errors of the dtype otherwise.
Tolerance tolerance_of(DType dtype);

/// Same dtype, same shape, elements within tolerance; NaN equals NaN.
::testing::AssertionResult near(const Tensor& actual, const Tensor& expected, Tolerance tolerance);
::testing::AssertionResult near(const Tensor& actual, const Tensor& expected);
/// As `near`, against numbers written down.
::testing::AssertionResult has_values(const Tensor& actual, const Shape& shape,
                                      const std::vector<double>& expected,
                                      Tolerance tolerance = {1e-6, 1e-7});

/// Same bits.
::testing::AssertionResult identical(const Tensor& actual, const Tensor& expected);

/// Runs the kernel and the composition of `op` on the same inputs and compares.
::testing::AssertionResult kernel_equals_composition(const std::string& op,
                                                     const std::vector<Tensor>& inputs,
                                                     AttributesRef attributes = {});

using Function = std::function<Tensor(const std::vector<Tensor>&)>;

/// d/d(inputs) of a random weighting of function(inputs) by the tape against central differences,
/// for float64 inputs. So are forward mode (<u, J t> = <J^T u, t>), `vectorized_map` and the
/// Jacobian of all rows at once against the tape: what holds for the op's gradient is checked in
/// every mode. In a section named Gradient, the op that the suite is named after must have run.
::testing::AssertionResult gradients_agree(const Function& function,
                                           const std::vector<Tensor>& inputs);
/// The same one order higher: differentiates the gradient itself.
::testing::AssertionResult second_gradients_agree(const Function& function,
                                                  const std::vector<Tensor>& inputs);

/// The text of the exception of type `E` that `body` throws; fails the test if it throws none or
/// another.
template <class E, class Body>
std::string error_of(Body&& body) {
  try {
    body();
    synchronize();  // what a GPU finds while it runs comes out here
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return "";
  }
  ADD_FAILURE() << "no exception";
  return "";
}

/// The text of the IndexError of `body` is `text`; on a GPU, which says it later and in the name of
/// the op that met it, that there is one.
template <class Body>
void expect_index_error(Body&& body, const std::string& text) {
  const std::string said = error_of<IndexError>(body);
  if (default_device().type == DeviceType::kCPU) {
    EXPECT_EQ(said, text);
  } else {
    EXPECT_THAT(said, ::testing::HasSubstr("indices["));
  }
}

}  // namespace saem::testing
