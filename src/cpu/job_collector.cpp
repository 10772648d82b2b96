#include "cpu/job_collector.hpp"

#include <algorithm>
#include <utility>

#include "core/registry.hpp"
#include "cpu/elementwise_plan.hpp"

namespace saem::cpu {
namespace {

thread_local JobCollector* collector = nullptr;

/// Runs the op's kernel for what it offers; false where there is none.
bool run_empty(const OpCall& call, Tensor& output) {
  ensure_backends();
  const Kernel& kernel = call.op.kernel(DeviceType::kCPU);
  if (kernel.run == nullptr) return false;
  kernel.run(call, std::span(&output, 1));
  return true;
}

}  // namespace

JobCollector::JobCollector(std::span<const Tensor> inputs, const Tensor& output)
    : inputs_(inputs), output_(output), previous_(std::exchange(collector, this)) {}

JobCollector::~JobCollector() { collector = previous_; }

void JobCollector::count(bool own) {
  ++jobs_;
  own_ = own_ && own;
}

void JobCollector::offer(const ElementwiseJob& job, const MicroForm* micro) {
  if (collector == nullptr) return;
  PointwiseStep step{job.block, job.options, job.moves_only, job.cheap, {}, micro};
  const std::span<const Tensor> expected = collector->inputs_;
  bool own = &job.output == &collector->output_ && job.inputs.size() == expected.size();
  for (std::size_t i = 0; own && i < expected.size(); ++i) {
    const auto found = std::find_if(expected.begin(), expected.end(), [&](const Tensor& tensor) {
      return tensor.impl() == job.inputs[i].impl();
    });
    own = found != expected.end();
    step.order[i] = static_cast<std::uint8_t>(found - expected.begin());
  }
  collector->count(own);
  collector->pointwise_ = step;
}

void JobCollector::offer(const FoldJob& job) {
  if (collector == nullptr) return;
  collector->count(&job.input == collector->inputs_.data() && &job.output == &collector->output_);
  collector->fold_ = job.step;
}

std::optional<PointwiseStep> JobCollector::pointwise() const {
  if (jobs_ != 1 || !own_ || pointwise_->block == nullptr) return std::nullopt;
  return pointwise_;
}

std::optional<FoldStep> JobCollector::fold() const {
  if (jobs_ != 1 || !own_) return std::nullopt;
  return fold_;
}

std::optional<PointwiseStep> find_pointwise_step(const OpDef& op, std::span<const DType> inputs,
                                                 DType output, AttributesRef attributes) {
  if (!op.has(kElementwise) || inputs.empty() || inputs.size() > kMaxInputs) return std::nullopt;
  Tensors dummies;
  for (const DType dtype : inputs) dummies.push_back(Tensor::empty(dtype, {0}));
  Tensor result = Tensor::empty(output, {0});
  JobCollector jobs(dummies, result);
  if (!run_empty({op, dummies, attributes}, result)) return std::nullopt;
  return jobs.pointwise();
}

std::optional<FoldStep> find_fold_step(const OpDef& op, const TensorSpec& input, DType output,
                                       AttributesRef attributes) {
  if (!op.has(kReduction) || input.shape.rank() == 0) return std::nullopt;
  const auto rank = static_cast<std::size_t>(input.shape.rank());
  const Tensor dummy = Tensor::empty(input.dtype, Shape(Dims(rank)));  // options name its axes
  Tensor result = Tensor::empty(output, {0});
  JobCollector jobs(std::span(&dummy, 1), result);
  if (!run_empty({op, std::span(&dummy, 1), attributes}, result)) return std::nullopt;
  return jobs.fold();
}

}  // namespace saem::cpu
