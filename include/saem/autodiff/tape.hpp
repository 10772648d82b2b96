#pragma once

#include <array>
#include <concepts>
#include <map>
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

/// dL/d(target) for one target, or a list for a list of targets (undefined: ones).
class OutputGradients {
 public:
  OutputGradients() = default;
  OutputGradients(Tensor gradient) : values_{std::move(gradient)} {}  // NOLINT: as in TensorFlow
  OutputGradients(std::vector<Tensor> gradients) : values_(std::move(gradients)) {}  // NOLINT
  [[nodiscard]] const std::vector<Tensor>& values() const { return values_; }

 private:
  std::vector<Tensor> values_;
};

/// How `GradientTape::gradient` starts and what it gives where nothing flows.
struct GradientOptions {
  /// dL/d(target), as if the target were multiplied by it and summed; default: ones.
  OutputGradients output_gradients = {};
  /// `kNone`: an undefined tensor; `kZero`: zeros in the source's shape.
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
};

/// How `GradientTape::jacobian` works and what it gives where nothing flows.
struct JacobianOptions {
  /// `kNone`: an undefined tensor; `kZero`: zeros.
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
  /// All rows at once (`vectorized_map`); if not, one row after the other, which needs less memory.
  bool experimental_use_pfor = true;
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
  /// vector a vector, a map a map. A source that the target does not depend on gives an undefined
  /// Tensor. Ends the recording unless the tape is persistent.
  /// @throws ValueError if a non-persistent tape was used before. After an exception, also one out
  /// of a gradient rule, the tape is as it was.
  template <class... Sources>
  requires(sizeof...(Sources) >= 2 &&
           ((std::same_as<Sources, Tensor> || std::same_as<Sources, Variable>)&&...))
      std::array<Tensor, sizeof...(Sources)> gradient(const Tensor& target,
                                                      const Sources&... sources) {
    const Source list[] = {Source(sources)...};
    std::vector<Tensor> gradients = compute({&target, 1}, list, {});
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
  /// Sources by name give gradients by name.
  std::map<std::string, Tensor> gradient(const Tensor& target,
                                         const std::map<std::string, Tensor>& sources,
                                         const GradientOptions& options = {});
  std::map<std::string, Tensor> gradient(const Tensor& target,
                                         const std::map<std::string, Variable>& sources,
                                         const GradientOptions& options = {});
  /// Several targets: the sum of their gradients.
  std::vector<Tensor> gradient(const std::vector<Tensor>& targets,
                               const std::vector<Tensor>& sources,
                               const GradientOptions& options = {});
  std::vector<Tensor> gradient(const std::vector<Tensor>& targets,
                               const std::vector<Variable>& sources,
                               const GradientOptions& options = {});

  /// d(target_i)/d(source_j) for all i and j, in the shape of the target followed by the source's.
  /// Undefined where the target does not depend on the source. Ends the recording unless the tape
  /// is persistent. Hessians come from nested tapes: the jacobian of a gradient.
  /// @throws ValueError if a non-persistent tape was used before
  /// Source: tf.GradientTape.jacobian.
  Tensor jacobian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {});
  Tensor jacobian(const Tensor& target, const Variable& source,
                  const JacobianOptions& options = {});
  std::vector<Tensor> jacobian(const Tensor& target, const std::vector<Tensor>& sources,
                               const JacobianOptions& options = {});
  std::vector<Tensor> jacobian(const Tensor& target, const std::vector<Variable>& sources,
                               const JacobianOptions& options = {});

  /// The jacobian of each example of a batch, where target_b depends on source_b alone: shape (b,
  /// rest of the target, rest of the source). Costs as many gradients as one example has numbers.
  /// @throws ShapeError unless both have rank >= 1 and the same size along axis 0
  /// Source: tf.GradientTape.batch_jacobian.
  Tensor batch_jacobian(const Tensor& target, const Tensor& source,
                        const JacobianOptions& options = {});

  /// Stops recording for good. `gradient` still works on what was recorded.
  void stop_recording() noexcept;
  /// While it lives, its tape records nothing: `tf::GradientTape::StopRecording pause(tape);`.
  /// Other tapes go on; see `tf::NoGradient` for all of them.
  /// Source: tf.GradientTape.stop_recording.
  class SAEM_API StopRecording {
   public:
    explicit StopRecording(GradientTape& tape);
    ~StopRecording();
    StopRecording(const StopRecording&) = delete;
    StopRecording& operator=(const StopRecording&) = delete;

   private:
    GradientTape& tape_;
    bool resume_;
  };
  /// Forgets everything and records anew.
  void reset();
  [[nodiscard]] std::vector<Variable> watched_variables() const;
  /// How many operations the tape holds, and the bytes of the tensors it keeps alive.
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::int64_t nbytes() const noexcept;

  /// The recorded ops that lead to `target`, sources first, with their values. Gradients are filled
  /// in if `with_gradients`, which needs a persistent tape. A gradient may be a target too: a
  /// persistent tape, or one around it, recorded how it was computed.
  [[nodiscard]] std::vector<TapeNode> graph(const Tensor& target, bool with_gradients = false);

  class Recorder;

 private:
  struct Source {
    explicit Source(const Tensor& source) : tensor(source) {}
    explicit Source(const Variable& source) : variable(&source) {}
    [[nodiscard]] Tensor value() const { return variable != nullptr ? variable->value() : tensor; }
    [[nodiscard]] const Shape& shape() const {
      return variable != nullptr ? variable->shape() : tensor.shape();
    }
    [[nodiscard]] DType dtype() const {
      return variable != nullptr ? variable->dtype() : tensor.dtype();
    }
    Tensor tensor;
    const Variable* variable = nullptr;
  };
  class Use;  // one use of the tape, from its check to its end
  std::vector<Tensor> compute(std::span<const Tensor> targets, std::span<const Source> sources,
                              const GradientOptions& options);
  std::vector<Tensor> pull_back(std::span<const Tensor> targets, std::span<const Tensor> seeds,
                                std::span<const Source> sources);
  std::vector<Tensor> compute_jacobian(const Tensor& target, std::span<const Source> sources,
                                       const JacobianOptions& options);

  std::unique_ptr<Recorder> recorder_;
};

/// While it lives, tapes of this thread record nothing: `tf::NoGradient pause;`.
/// Source: tf.GradientTape.stop_recording.
using NoGradient = PauseListeners;

}  // namespace saem
