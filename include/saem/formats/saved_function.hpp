#pragma once

#include <concepts>
#include <memory>
#include <saem/graph/function.hpp>
#include <string>
#include <vector>

/// Traced functions as files: a graph and its variables, which run without the C++ that they were
/// made from. The format stands in docs/SAVED_FUNCTION.md.
namespace saem::saved_function {

/// How `save` writes.
struct SaveOptions {
  bool compressed = false;  ///< deflate arrays: slower, and weights hardly shrink
};

/// A function that was loaded: called with tensors, it gives tensors. Everything that a
/// `tf::Function` does, it does too: tapes differentiate it, and functions that are traced call it.
/// Copies are the same function. Thread safety: as `tf::Function`.
class SAEM_API LoadedFunction {
 public:
  /// The results of the function for these arguments, in the order in which they are found in what
  /// the C++ function gave.
  /// What was saved for two sizes or more serves others, as `FunctionOptions::reduce_retracing`
  /// says.
  /// @throws ValueError if no trace was saved that tells what to do for such dtypes and shapes;
  /// what the ops throw
  std::vector<Tensor> operator()(const std::vector<Tensor>& arguments) const;
  template <std::convertible_to<Tensor>... Arguments>
  std::vector<Tensor> operator()(const Arguments&... arguments) const {
    return (*this)(std::vector<Tensor>{Tensor(arguments)...});
  }

  /// As `FunctionOptions::name` said when it was saved.
  [[nodiscard]] const std::string& name() const;
  /// The dtypes and shapes that it was traced for.
  [[nodiscard]] const std::vector<std::vector<TensorSpec>>& signatures() const;
  /// The variables that it reads and assigns, each once; assigning one changes what it computes.
  [[nodiscard]] const std::vector<Variable>& variables() const;
  /// The graph of the latest call, optimised. @throws ValueError if it was never called
  [[nodiscard]] const Graph& graph() const;

 private:
  struct Contents;
  friend LoadedFunction load(const std::string& path);
  explicit LoadedFunction(std::shared_ptr<const Contents> contents);
  std::shared_ptr<const Contents> contents_;
};

namespace detail {
SAEM_API void save(const std::string& path, const saem::detail::FunctionCore& function,
                   const SaveOptions& options);
}  // namespace detail

/// Writes every trace of `function`, with the present values of its variables and the tensors that
/// it captured. The file appears whole or not at all; it is an `.npz` archive, so NumPy opens it.
///
/// @param path      the file to make or replace
/// @param function  called at least once, or prepared
/// @param options   compressed
/// @throws ValueError if it was never traced, if two traces differ in numbers alone, or for an op
///         whose options are C++ functions; DataError if the file cannot be written
/// Source: tf.saved_model.save.
/// @code
/// tf::Variable w{tf::constant({2.0, 3.0})};
/// auto scale = tf::function([&](const tf::Tensor& x) { return x * w; });
/// scale.prepare(tf::zeros({2}));
/// tf::saved_function::save("scale.saem", scale);
/// const auto loaded = tf::saved_function::load("scale.saem");
/// std::cout << loaded(tf::constant({1.0, 10.0}))[0];
/// // tf.Tensor([ 2. 30.], shape=(2,), dtype=float32)
/// @endcode
template <class Callable>
void save(const std::string& path, const Function<Callable>& function,
          const SaveOptions& options = {}) {
  detail::save(path, *function.core(), options);
}

/// Reads what `save` wrote. Its variables are new ones. Nothing that the file says is believed
/// before it is checked.
///
/// @param path  the file
/// @return      the function
/// @throws DataError if the file cannot be read, is damaged, or was written by a newer saem
/// Source: tf.saved_model.load. Example: see `save`.
[[nodiscard]] SAEM_API LoadedFunction load(const std::string& path);

}  // namespace saem::saved_function
