#pragma once

#include <array>
#include <concepts>
#include <memory>
#include <saem/autodiff/variable.hpp>
#include <saem/core/op.hpp>
#include <saem/core/tensor.hpp>
#include <span>
#include <string>
#include <vector>

namespace saem {

/// How a tape records.
struct TapeOptions {
  bool persistent = false;  ///< whether `gradient` may be called more than once
  bool watch_accessed_variables =
      true;  ///< whether trainable variables are watched when they are read
};

/// What the gradient of something is that the target does not depend on.
enum class UnconnectedGradients { kNone, kZero };

/// How `GradientTape::gradient` starts and what it gives where nothing flows.
struct GradientOptions {
  /// dL/d(target), as if the target were multiplied by it and summed; default: ones.
  Tensor output_gradients = {};
  /// `kNone`: an undefined tensor; `kZero`: zeros in the source's shape.
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
};

/// One recorded op or one source, for looking at: see `GradientTape::graph`.
struct TapeNode {
  int id = 0;
  std::string name;        ///< the op's name, the source's name, or "constant"
  std::string attributes;  ///< the op's options as text
  Tensor value;            ///< what it gave
  Tensor gradient;  ///< d(target)/d(value); undefined before `gradient` or where nothing flows
  std::vector<int> inputs;  ///< ids of the nodes it was computed from
};

/// Records what is computed from watched tensors and variables, to differentiate it.
///
/// Records from construction until `gradient()` (unless persistent) or the end of its scope, on the
/// thread that made it. Tapes nest: operations of an inner gradient are recorded by an outer tape,
/// which gives higher derivatives. One tape belongs to one thread. Source: tf.GradientTape.
/// @code
/// tf::GradientTape tape;
/// auto x = tf::constant(3.0);
/// tape.watch(x);
/// std::cout << tape.gradient(x * x, x);  // tf.Tensor(6.0, shape=(), dtype=float32)
/// @endcode
class SAEM_API GradientTape {
 public:
  explicit GradientTape(TapeOptions options = {});
  ~GradientTape();
  GradientTape(const GradientTape&) = delete;
  GradientTape& operator=(const GradientTape&) = delete;

  /// Makes the tape remember what is computed from `tensor`, which `graph` then calls `name`.
  /// @throws DTypeError unless it is floating point
  void watch(const Tensor& tensor, const std::string& name = "input");
  /// Watches a variable, trainable or not.
  void watch(const Variable& variable);

  /// d(target)/d(source), summed over the elements of `target`, in the shape of each source.
  ///
  /// One source gives a Tensor, several a std::array to be taken apart (`auto [dw, db] = ...`), a
  /// vector a vector. A source that the target does not depend on gives an undefined Tensor. Ends
  /// the recording unless the tape is persistent.
  /// @throws ValueError if a non-persistent tape was used before
  template <class... Sources>
  requires(sizeof...(Sources) >= 2 &&
           ((std::same_as<Sources, Tensor> || std::same_as<Sources, Variable>)&&...))
      std::array<Tensor, sizeof...(Sources)> gradient(const Tensor& target,
                                                      const Sources&... sources) {
    const Source list[] = {Source(sources)...};
    std::vector<Tensor> gradients = compute(target, list, {});
    std::array<Tensor, sizeof...(Sources)> result;
    std::move(gradients.begin(), gradients.end(), result.begin());
    return result;
  }
  Tensor gradient(const Tensor& target, const Tensor& source, const GradientOptions& options = {});
  Tensor gradient(const Tensor& target, const Variable& source,
                  const GradientOptions& options = {});
  std::vector<Tensor> gradient(const Tensor& target, const std::vector<Tensor>& sources,
                               const GradientOptions& options = {});
  std::vector<Tensor> gradient(const Tensor& target, const std::vector<Variable>& sources,
                               const GradientOptions& options = {});

  /// Stops recording for good. `gradient` still works on what was recorded.
  void stop_recording() noexcept;
  /// Forgets everything and records anew.
  void reset();
  [[nodiscard]] std::vector<Variable> watched_variables() const;
  /// How many operations the tape holds, and the bytes of the tensors it keeps alive.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::int64_t nbytes() const noexcept;

  /// The recorded ops that lead to `target`, sources first, with their values. Gradients are filled
  /// in if `with_gradients`, which needs a persistent tape.
  [[nodiscard]] std::vector<TapeNode> graph(const Tensor& target, bool with_gradients = false);

  class Recorder;

 private:
  struct Source {
    explicit Source(const Tensor& source) : tensor(source) {}
    explicit Source(const Variable& source) : variable(&source) {}
    Tensor tensor;
    const Variable* variable = nullptr;
  };
  std::vector<Tensor> compute(const Tensor& target, std::span<const Source> sources,
                              const GradientOptions& options);

  std::unique_ptr<Recorder> recorder_;
};

/// While it lives, tapes of this thread record nothing: `tf::NoGradient pause;`.
/// Source: tf.GradientTape.stop_recording.
using NoGradient = PauseListeners;

}  // namespace saem
