#pragma once

#include <array>
#include <functional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <span>
#include <string_view>

/// Ops and the only door to them. A user's own op is made of the same pieces: see
/// docs/ADD_AN_OP.md.
namespace saem {

struct OpDef;

/// Inputs, outputs or gradients of one call.
using Tensors = SmallVector<Tensor, 2>;

/// What is known of a tensor before it has elements.
struct TensorSpec {
  DType dtype;
  Shape shape;
};
using TensorSpecs = SmallVector<TensorSpec, 1>;

/// One application of an op.
struct OpCall {
  const OpDef& op;
  std::span<const Tensor> inputs;
  AttributesRef attributes;

  /// Input `i`.
  [[nodiscard]] const Tensor& input(std::size_t i) const { return inputs[i]; }
  template <OptionsStruct T>
  [[nodiscard]] const T& options() const {
    return attributes.as<T>();
  }
};

/// What a gradient rule sees: the call, its outputs and dL/d(output) for each.
struct VjpCall : OpCall {
  std::span<const Tensor> outputs;
  std::span<const Tensor> output_gradients;  ///< undefined where nothing depends on that output
  std::span<const bool> needed;              ///< which inputs somebody wants the gradient of

  /// Output `i`.
  [[nodiscard]] const Tensor& output(std::size_t i = 0) const { return outputs[i]; }
  /// dL/d(output `i`).
  [[nodiscard]] const Tensor& gradient(std::size_t i = 0) const { return output_gradients[i]; }
  /// Whether somebody wants the gradient of input `i`.
  [[nodiscard]] bool needs(std::size_t i) const { return needed[i]; }
};

/// What a rule of forward mode sees: the call, its outputs and how its inputs move.
struct JvpCall : OpCall {
  std::span<const Tensor> outputs;
  std::span<const Tensor> tangents;  ///< one an input; undefined where the input does not move
};

/// A function of slices.
using SliceFunction = std::function<Tensors(std::span<const Tensor>)>;

/// One call that stands for many: what a rule of `vectorized_map` sees. A batched input holds all
/// slices along an axis in front of the op's own.
struct BatchCall : OpCall {
  std::span<const bool> batched;  ///< which inputs do; the others are the same for every slice
  std::int64_t count = 0;         ///< how many slices
  /// Makes a function that was written for slices work on batches: for ops that hold functions.
  const std::function<SliceFunction(SliceFunction)>* lift = nullptr;
};

/// Checks dtypes and shapes and says what comes out; throws the errors a user sees. Reads no
/// elements.
using InferFunction = TensorSpecs (*)(const OpCall& call);
/// The op written with other ops: what runs where no kernel is, and the oracle of kernels.
using ComposeFunction = Tensors (*)(const OpCall& call);
/// dL/d(input) for each input from dL/d(output), written with ops; undefined where it is not needed
/// or zero.
using VjpFunction = Tensors (*)(const VjpCall& call);
/// d(outputs) for each output from d(inputs), written with ops; undefined where it is zero.
using JvpFunction = Tensors (*)(const JvpCall& call);
/// The outputs of all slices at once, each along an axis in front, written with ops.
using BatchFunction = Tensors (*)(const BatchCall& call);
/// What needs no kernel: another window on the elements of the first input, or its copy on another
/// device. Undefined: the op must be computed.
using ViewFunction = Tensor (*)(const OpCall& call);
/// Fills `outputs`, which have the inferred dtypes and shapes, are contiguous and hold garbage.
using KernelFunction = void (*)(const OpCall& call, std::span<Tensor> outputs);
/// Where the outputs lie, for an op that does not compute where its inputs are.
using PlaceFunction = Device (*)(const OpCall& call);

/// How a device runs an op.
struct Kernel {
  KernelFunction run = nullptr;
  /// Whether `run` understands inputs that are not contiguous; otherwise it is given contiguous
  /// copies.
  bool takes_strided = false;
  /// Whether `run`, on another device than the CPU, reads inputs of rank 0 that lie in host memory;
  /// otherwise they are copied to the device first.
  bool takes_host_scalars = false;
  /// Whether `run`, on another device than the CPU, takes complex and float8 elements too;
  /// otherwise the CPU computes those.
  bool takes_every_dtype = false;
};

/// What an op is; other code asks these instead of its name.
enum Trait : std::uint32_t {
  kElementwise =
      1u << 0,            ///< output element i depends on input elements i alone, with broadcasting
  kReduction = 1u << 1,   ///< folds axes away
  kView = 1u << 2,        ///< may share its input's elements
  kStateful = 1u << 3,    ///< two calls alike need not give the same; never folded or merged
  kRandom = 1u << 4,      ///< its elements come from a random generator
  kNoGradient = 1u << 5,  ///< derivative is zero or undefined everywhere, as in TensorFlow
  kBackward = 1u << 6,    ///< the backward kernel of another op; not called by users
  kOnHost = 1u << 7,      ///< its outputs lie in host memory, whatever the default device is
  kUpdate = 1u << 8,      ///< output i is like input i but for what the others change; its kernels
                          ///< may be given the memory of those inputs as outputs
  kPrefersHost = 1u << 9,  ///< its composition costs more by an order, or loses digits: where a
                           ///< device has no kernel, the CPU's runs between two copies
  kCallsGraph = 1u << 10   ///< its composition runs graphs that its options hold: it is never taken
                           ///< apart, and has rules of its own for every kind of derivative
};

/// The definition of an op: floor 2 of its house. One constant-initialised object an op.
struct OpDef {
  const char* name;
  int min_inputs;
  int max_inputs;
  std::uint32_t traits;
  InferFunction infer;
  ComposeFunction compose = nullptr;
  VjpFunction vjp = nullptr;  ///< null with a `compose`: the composition is differentiated instead
  ViewFunction view = nullptr;
  /// The type of the options struct that calls carry: `&kAttributesType<SoftmaxOptions>`; or null.
  const AttributesType* options = nullptr;
  /// Bit i: input i is small and read in host memory on every device, as a seed is.
  std::uint32_t host_inputs = 0;
  /// Filled by the backends when the library starts; null where the composition runs.
  std::array<Kernel, kDeviceTypes> kernels{};
  /// Null: forward mode finds a way by the traits, the composition or the vjp.
  JvpFunction jvp = nullptr;
  /// Null: `vectorized_map` finds a way by the traits or the composition, or takes slice by slice.
  BatchFunction batch = nullptr;
  /// Null: outputs lie where the inputs do.
  PlaceFunction place = nullptr;

  /// Whether the op has this trait.
  [[nodiscard]] bool has(Trait trait) const { return (traits & trait) != 0; }
  /// How `device` runs the op; its `run` is null where no kernel is registered.
  [[nodiscard]] const Kernel& kernel(DeviceType device) const {
    return kernels[static_cast<std::size_t>(device)];
  }
  /// Whether input `i` is read in host memory on every device.
  [[nodiscard]] bool reads_on_host(std::size_t i) const {
    return i < 32 && ((host_inputs >> i) & 1u) != 0;
  }
  [[nodiscard]] bool differentiable() const {
    return !has(kNoGradient) && (vjp != nullptr || compose != nullptr);
  }
};

/// Applies `op`: the only door. Checks and infers; then records a node if a function is being
/// traced, or else runs a view, the device's kernel, or the composition; then tells the tapes that
/// listen.
/// @throws what the op's own checks throw; DeviceError if inputs lie on different devices
SAEM_API Tensors apply(const OpDef& op, std::span<const Tensor> inputs,
                       AttributesRef attributes = {});

/// `apply` for an op with one output.
SAEM_API Tensor apply_one(const OpDef& op, std::span<const Tensor> inputs,
                          AttributesRef attributes = {});
inline Tensor apply_one(const OpDef& op, std::initializer_list<Tensor> inputs,
                        AttributesRef attributes = {}) {
  return apply_one(op, std::span(inputs.begin(), inputs.size()), attributes);
}

/// Tensors as inputs of a call that outlives none of them: the same pointers, not counted. Counting
/// would be four locked instructions for a binary op, a tenth of what an add of 16 floats takes.
template <std::size_t N>
class BorrowedTensors {
 public:
  template <std::same_as<Tensor>... Lent>
  explicit BorrowedTensors(const Lent&... tensors) : tensors_{Tensor(tensors.impl())...} {}
  BorrowedTensors(const BorrowedTensors&) = delete;
  BorrowedTensors& operator=(const BorrowedTensors&) = delete;
  ~BorrowedTensors() {}  // NOLINT: what was borrowed is not released

  operator std::span<const Tensor>() const { return tensors_; }  // NOLINT: made to be passed

 private:
  union {
    Tensor tensors_[N];
  };
};

/// `apply_one` on tensors that the caller holds.
inline Tensor apply_binary(const OpDef& op, const Tensor& x, const Tensor& y) {
  return apply_one(op, BorrowedTensors<2>(x, y));
}

/// Runs the composition of `op` even where a kernel exists: the oracle in tests.
SAEM_API Tensors apply_composition(const OpDef& op, std::span<const Tensor> inputs,
                                   AttributesRef attributes = {});

/// target = op(target, others...) without a new tensor, where `op` is elementwise or an update and
/// nobody but `target` holds its elements. False, with nothing done, where that cannot be. No
/// listener hears of it.
SAEM_API bool apply_in_place(const OpDef& op, Tensor& target, std::span<const Tensor> others,
                             AttributesRef attributes = {});

/// Every op of the library, in the order of `src/ops/ops.list`.
SAEM_API std::span<OpDef* const> all_ops();

/// The op of that name, or null.
SAEM_API OpDef* find_op(std::string_view name);

/// Says how `device` runs op `name`. Called by the backends' generated registration, or by a user
/// for an op of their own. @throws ValueError if there is no such op
SAEM_API void register_kernel(std::string_view name, DeviceType device, Kernel kernel);

/// Hears of every op that runs eagerly on its thread, and of every read of a variable: what a tape
/// is.
class SAEM_API OpListener {
 public:
  OpListener() = default;
  OpListener(const OpListener&) = delete;
  OpListener& operator=(const OpListener&) = delete;
  virtual ~OpListener();
  /// `call` ran and gave `outputs`.
  virtual void on_op(const OpCall& call, std::span<const Tensor> outputs) = 0;
  /// `variable` identifies the variable as long as it lives.
  virtual void on_read(const void* variable, const Tensor& value, bool trainable) = 0;
  /// Whether it applies ops of its own when it hears of one. Such listeners are told after the
  /// others, which then know what those ops are made of.
  [[nodiscard]] virtual bool applies_ops() const { return false; }

  void start_listening();
  void stop_listening() noexcept;
  [[nodiscard]] bool is_listening() const noexcept;
};

/// While it lives, listeners of this thread hear nothing: for work that must leave no trace on a
/// tape.
class SAEM_API PauseListeners {
 public:
  PauseListeners();
  ~PauseListeners();
  PauseListeners(const PauseListeners&) = delete;
  PauseListeners& operator=(const PauseListeners&) = delete;
};

/// Tells this thread's listeners that a variable was read.
SAEM_API void notify_read(const void* variable, const Tensor& value, bool trainable);

/// Takes ops instead of running them: what a traced function is made by. While a TraceScope is open
/// on a thread, `apply` infers specs and hands each call here; the tensors that come back are
/// symbolic.
class SAEM_API Tracer {
 public:
  virtual ~Tracer();
  /// Takes `call` and gives one symbolic tensor for each of `outputs`.
  virtual Tensors on_op(const OpCall& call, const TensorSpecs& outputs) = 0;
  /// What the function sees of a variable that holds `value`: by default, that.
  virtual Tensor on_read(const void* variable, const Tensor& value);
  /// Takes an assignment to a variable that holds `old`; false, with nothing done, if it cannot be
  /// traced.
  virtual bool on_assign(const void* variable, const Tensor& old, const Tensor& value);
  /// A tensor with dtype and shape but no elements; `symbol` is the tracer's own mark on it.
  static Tensor make_symbolic(const TensorSpec& spec, std::int64_t symbol);
  /// The mark that `make_symbolic` was given. Throws ValueError for a tensor that has elements.
  static std::int64_t symbol(const Tensor& tensor);
};

/// While it lives, ops of this thread go to a tracer.
class SAEM_API TraceScope {
 public:
  explicit TraceScope(Tracer& tracer);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  Tracer* previous_;
};

}  // namespace saem
