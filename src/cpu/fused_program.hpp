#pragma once

#include <array>
#include <vector>

#include "cpu/elementwise_plan.hpp"
#include "cpu/job_collector.hpp"

/// Pointwise ops that run together, block by block in the first-level cache: memory is read once
/// and written once however many ops there are. Every op computes its blocks with the same function
/// as alone, or in a micro program (micro_op.hpp) with the functor of that, and an element's bits
/// do not depend on its position, so results have the bits of the ops run one after the other. Only
/// where two NaNs meet either may come out.
namespace saem::cpu {

/// A tensor from outside; it broadcasts to the program's shape.
struct FusedInput {
  DType dtype;
  Shape shape;
  Dims strides = {};  ///< in elements, 0 and negative ones too; none: row-major
};

/// One op. Its operands are values: input i is value i, instruction i is value (inputs + i), and
/// comes before those that use it.
struct FusedInstruction {
  PointwiseStep step;
  SmallVector<int, kMaxInputs> operands;
  DType dtype;  ///< of the result
};

struct FusedDescription {
  Shape shape;  ///< of every output, and of all that the inputs broadcast to
  std::vector<FusedInput> inputs;
  std::vector<FusedInstruction> instructions;
  std::vector<int> outputs;  ///< which instructions' results are written to memory: their values
};

/// A description made ready to run. Immutable: any number of threads may run one at a time.
class FusedProgram {
 public:
  /// @throws ValueError for a description that is not well-formed, and where so many values are
  /// needed at one time that they do not fit the buffer, which is about 400 of float32
  static FusedProgram compile(const FusedDescription& description);

  /// Computes `outputs`, which have the program's shape and are contiguous, from `inputs`, which
  /// lie as described: one that was described as row-major and is not is copied first. Allocates
  /// nothing otherwise. An output may be an input's memory where that lies exactly like the output
  /// and has the same dtype.
  /// @throws ValueError if tensors and description differ
  void run(std::span<const Tensor> inputs, std::span<Tensor> outputs) const;

  /// Whether all inputs lie as described. @throws ValueError for another dtype or shape
  [[nodiscard]] bool accepts(std::span<const Tensor> inputs) const;
  /// The inputs, copied where they do not lie as described.
  /// @throws ValueError for one that was described by its strides
  [[nodiscard]] Tensors as_described(std::span<const Tensor> inputs) const;

  [[nodiscard]] const Shape& shape() const { return shape_; }
  /// Elements that are computed at a time.
  [[nodiscard]] std::int64_t block() const { return block_; }
  /// Bytes of the first-level cache that a block's values take.
  [[nodiscard]] std::int64_t register_bytes() const { return file_bytes_; }

 private:
  friend class FusedCompiler;
  friend class FusedCall;
  friend class BlockRunner;
  friend class MicroCompiler;

  /// Places are where a block's values are found: first the inputs, then the outputs, then
  /// registers.
  using Place = std::uint16_t;

  struct Action {
    enum class Kind : std::uint8_t {
      kLoad,     ///< input `operands[0]`, gathered
      kRepeat,   ///< input `operands[0]`, of which `target` holds a block from any element on
      kCompute,  ///< an op
      kRound,    ///< float32 `target` to what `dtype` holds, in place
      kWiden,    ///< from `dtype` to float32
      kNarrow,   ///< from float32 to `dtype`
      kCopy,     ///< elements of `dtype`
    };
    Kind kind;
    DType dtype;
    std::array<Place, kMaxInputs> operands{};
    Place target = 0;
    PointwiseStep step{};
  };

  /// Neighbouring actions of the body that are one micro program.
  struct MicroRun {
    std::size_t first;
    std::size_t size;
    std::vector<MicroOp> program;
  };

  void find_micro_runs();
  [[nodiscard]] bool lies_as_described(const Tensor& input, std::size_t i) const;
  [[nodiscard]] std::int64_t grain() const;

  /// Inputs that start again after at most so many elements are gathered once for all blocks. Where
  /// the innermost run is longer they are read where they lie, block by block.
  static constexpr std::int64_t kLongestPeriod = kBlock / 4;

  Shape shape_;
  std::int64_t size_ = 0;
  std::int64_t block_ = kBlock;
  std::int64_t file_bytes_ = 0;
  std::vector<FusedInput> inputs_;
  std::vector<DType> outputs_;
  std::vector<std::int64_t> registers_;  ///< byte offsets of places from inputs + outputs on
  /// Byte offsets of blocks of outputs that are then written past the caches; none where those keep
  /// the outputs for who reads them next.
  std::vector<std::int64_t> staged_;
  std::vector<Place> direct_;  ///< inputs that are read where they lie
  ElementwisePlan plan_;
  bool gathers_ = false;              ///< whether any input is not linear
  bool fetches_ = false;              ///< whether inputs are fetched long before they are read
  std::vector<Action> repeats_;       ///< inputs that start again within a block: once a range
  std::vector<Action> prologue_;      ///< what is the same for all blocks: once a range
  std::vector<Action> body_;          ///< once a block
  std::vector<MicroRun> micro_runs_;  ///< in the body's order
};

/// A program and the memory of its inputs.
class FusedCall {
 public:
  static constexpr std::size_t kMaxTensors = 64;  ///< inputs and outputs

  /// `program` accepts the inputs. Keeps no reference to them.
  FusedCall(const FusedProgram& program, std::span<const Tensor> inputs);

  [[nodiscard]] const FusedProgram& program() const { return program_; }
  [[nodiscard]] const std::byte* data(std::size_t i) const { return data_[i]; }

 private:
  const FusedProgram& program_;
  const std::byte* data_[kMaxTensors];
};

/// One thread's registers. On the stack: 64 KiB.
class BlockRunner {
 public:
  static constexpr std::int64_t kFileBytes = 56 * 1024;
  static constexpr std::size_t kMaxPlaces = 512;

  /// Where outputs are written: in a block that stays in the cache, as under a reduction; in
  /// memory; or, which a program with staged outputs allows, in memory without their lines being
  /// read first.
  enum class Outputs : std::uint8_t { kInCache, kInMemory, kPastCaches };

  /// For ranges of at most `most` elements.
  BlockRunner(const FusedCall& call, std::int64_t most, Outputs outputs);
  BlockRunner(const BlockRunner&) = delete;
  BlockRunner& operator=(const BlockRunner&) = delete;

  /// Computes elements [begin, end). Output i's element `first` lies at `outputs[i]`.
  void run(std::int64_t begin, std::int64_t end, std::byte* const* outputs, std::int64_t first);

 private:
  using Action = FusedProgram::Action;
  using MicroRun = FusedProgram::MicroRun;
  void perform(const Action& action, std::int64_t at, std::int64_t count);
  void perform(const MicroRun& run, std::int64_t count);
  /// Where a register's memory begins.
  [[nodiscard]] std::byte* own_memory(FusedProgram::Place place);
  /// How far ahead of their use a program's inputs are fetched.
  static std::int64_t blocks_ahead(const FusedProgram& program, Outputs outputs);

  const FusedCall& call_;
  const FusedProgram& program_;
  const bool past_caches_;
  const std::int64_t blocks_ahead_;
  std::byte* places_[kMaxPlaces];  // NOLINT: set by the constructor as far as there are any
  alignas(64) std::byte file_[kFileBytes];
};

/// A program whose outputs, of any shape and along any axes, are folded into the results of
/// reductions instead of being written: the bits of the reductions of what the program would write.
class FusedReduction {
 public:
  /// A reduction of an output: how, and what dtype its result has.
  struct Result {
    FoldStep step;
    DType dtype;
  };
  /// One result for each output. @throws ValueError unless outputs have one dtype, and reductions
  /// the same axes and one dtype that they work in
  static FusedReduction compile(const FusedDescription& description, std::vector<Result> results);
  /// `outputs` are contiguous and of the shape that the reduction gives, with or without axes of
  /// size 1.
  void run(std::span<const Tensor> inputs, std::span<Tensor> outputs) const;

 private:
  FusedReduction(FusedProgram program, std::vector<Result> results, Tensor folded,
                 std::int64_t size);

  FusedProgram program_;
  std::vector<Result> results_;
  Tensor folded_;      ///< dtype and shape of the program's outputs; no elements
  std::int64_t size_;  ///< elements of a result
};

}  // namespace saem::cpu
