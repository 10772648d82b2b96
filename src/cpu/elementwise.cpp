#include "cpu/elementwise.hpp"

#include "base/parallel.hpp"
#include "cpu/elementwise_plan.hpp"
#include "cpu/job_collector.hpp"

namespace saem::cpu {
namespace {

/// Whether the block function sees float32 instead of the tensor's own half-precision elements.
bool converts(const ElementwiseJob& job, const Tensor& tensor) {
  return !job.moves_only && compute_dtype(tensor.dtype()) != tensor.dtype();
}

ElementwisePlan make_plan(const ElementwiseJob& job) {
  SmallVector<WalkedInput, kMaxInputs> inputs;
  for (const Tensor& input : job.inputs) {
    inputs.push_back({input.dtype(), input.shape(), input.strides(), converts(job, input)});
  }
  return plan_elementwise(job.output.shape(), inputs);
}

void run_range(const ElementwiseJob& job, const ElementwisePlan& plan, std::int64_t begin,
               std::int64_t end) {
  alignas(64) std::byte buffers[kMaxInputs + 1][kBlock * sizeof(double)];
  const DType out_dtype = job.output.dtype();
  const bool convert_out = converts(job, job.output);
  const std::int64_t block = plan.widest > sizeof(double) ? kBlock / 2 : kBlock;
  const void* pointers[kMaxInputs] = {};
  for (std::size_t i = 0; i < plan.walks.size(); ++i) {
    if (plan.walks[i].constant) {
      pack(plan, plan.walks[i], job.inputs[i].data(), begin, std::min(block, end - begin),
           buffers[i]);
      pointers[i] = buffers[i];
    }
  }
  auto* output = static_cast<std::byte*>(job.output.mutable_data());
  std::int64_t at = begin;
  while (at < end) {
    const std::int64_t count = plan.block_at(at, std::min(block, end - at));
    for (std::size_t i = 0; i < plan.walks.size(); ++i) {
      const Walk& walk = plan.walks[i];
      if (walk.constant) continue;
      if (walk.linear && !walk.convert) {
        pointers[i] = static_cast<const std::byte*>(job.inputs[i].data()) +
                      at * static_cast<std::int64_t>(walk.width);
      } else {
        pack(plan, walk, job.inputs[i].data(), at, count, buffers[i]);
        pointers[i] = buffers[i];
      }
    }
    std::byte* target = output + at * static_cast<std::int64_t>(out_dtype.size());
    if (convert_out) {
      job.block(pointers, buffers[kMaxInputs], count, job.options);
      narrow(out_dtype, reinterpret_cast<const float*>(buffers[kMaxInputs]), target, count);
    } else {
      job.block(pointers, target, count, job.options);
    }
    at += count;
  }
}

/// All operands lie like the output and need no conversion: nothing to plan.
bool run_linear(const ElementwiseJob& job) {
  if (converts(job, job.output)) return false;
  const void* pointers[kMaxInputs] = {};
  std::size_t widths[kMaxInputs] = {};
  for (std::size_t i = 0; i < job.inputs.size(); ++i) {
    const Tensor& input = job.inputs[i];
    if (!input.is_contiguous() || converts(job, input) || input.shape() != job.output.shape()) {
      return false;
    }
    pointers[i] = input.data();
    widths[i] = input.dtype().size();
  }
  void* output = job.output.mutable_data();
  if (job.output.size() <= kGrain) {
    job.block(pointers, output, job.output.size(), job.options);
    return true;
  }
  parallel_for(job.output.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    const void* here[kMaxInputs] = {};
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
      here[i] =
          static_cast<const std::byte*>(pointers[i]) + begin * static_cast<std::int64_t>(widths[i]);
    }
    job.block(here,
              static_cast<std::byte*>(output) +
                  begin * static_cast<std::int64_t>(job.output.dtype().size()),
              end - begin, job.options);
  });
  return true;
}

}  // namespace

void run_elementwise(const ElementwiseJob& job) {
  if (job.output.size() == 0) return JobCollector::offer(job);
  if (run_linear(job)) return;
  const ElementwisePlan plan = make_plan(job);
  parallel_for(job.output.size(), kGrain,
               [&](std::int64_t begin, std::int64_t end) { run_range(job, plan, begin, end); });
}

void run_elementwise(const ElementwiseJob& job, const MicroForm* micro) {
  if (job.output.size() == 0) return JobCollector::offer(job, micro);
  run_elementwise(job);
}

}  // namespace saem::cpu
