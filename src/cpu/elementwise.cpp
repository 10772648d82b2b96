#include "cpu/elementwise.hpp"

#include <cstring>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "core/tensor_impl.hpp"

namespace saem::cpu {
namespace {

/// Elements of one block: three float32 operands of it fill a quarter of a 48 KiB first-level
/// cache.
constexpr std::int64_t kBlock = 1024;
/// Less than this is not worth waking a second thread: about 10 us of an add.
constexpr std::int64_t kGrain = 32 * kBlock;
constexpr std::size_t kMaxInputs = 4;

/// How one input is walked in the order of the output's elements.
struct Walk {
  const std::byte* data = nullptr;
  DType dtype;
  std::size_t width = 0;
  bool convert = false;   ///< is read through `widen`
  bool linear = false;    ///< lies exactly like the output
  bool constant = false;  ///< one element for the whole output
  Dims strides;           ///< in elements, 0 where it is broadcast
};

/// Whether the block function sees float32 instead of the tensor's own half-precision elements.
bool converts(const ElementwiseJob& job, const Tensor& tensor) {
  return !job.moves_only && compute_dtype(tensor.dtype()) != tensor.dtype();
}

struct Plan {
  Dims sizes;                   ///< the output's, neighbours merged where every input allows it
  std::int64_t block = kBlock;  ///< half as many of 16 bytes
  SmallVector<Walk, kMaxInputs> walks;
};

void add_axis(Plan& plan, std::int64_t size, std::span<const std::int64_t> strides) {
  if (size == 1) return;
  if (!plan.sizes.empty()) {
    bool merges = true;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      merges = merges && plan.walks[i].strides.back() == strides[i] * size;
    }
    if (merges) {
      plan.sizes.back() *= size;
      for (std::size_t i = 0; i < strides.size(); ++i) plan.walks[i].strides.back() = strides[i];
      return;
    }
  }
  plan.sizes.push_back(size);
  for (std::size_t i = 0; i < strides.size(); ++i) plan.walks[i].strides.push_back(strides[i]);
}

Plan make_plan(const ElementwiseJob& job) {
  Plan plan;
  const Shape& shape = job.output.shape();
  for (const Tensor& input : job.inputs) {
    Walk walk;
    walk.data = static_cast<const std::byte*>(input.data());
    walk.dtype = input.dtype();
    walk.width = input.dtype().size();
    if (walk.width > sizeof(double)) plan.block = kBlock / 2;
    walk.convert = converts(job, input);
    walk.constant = input.size() == 1;
    walk.linear = input.is_contiguous() && input.shape() == shape;
    plan.walks.push_back(std::move(walk));
  }
  Dims strides(job.inputs.size());
  for (int axis = 0; axis < shape.rank(); ++axis) {
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
      const Tensor& input = job.inputs[i];
      const int own = axis - (shape.rank() - input.rank());
      const bool repeats = own < 0 || input.shape()[own] == 1;
      strides[i] = repeats ? 0 : input.strides()[static_cast<std::size_t>(own)];
    }
    add_axis(plan, shape[axis], strides);
  }
  if (plan.sizes.empty()) {
    plan.sizes.push_back(1);
    for (Walk& walk : plan.walks) walk.strides.push_back(0);
  }
  return plan;
}

/// Copies a run of equally spaced elements, widening half-precision ones.
void copy_run(const Walk& walk, std::int64_t offset, std::int64_t stride, std::int64_t count,
              std::byte* to) {
  const std::byte* from = walk.data + offset * static_cast<std::int64_t>(walk.width);
  if (walk.convert) {
    auto* wide = reinterpret_cast<float*>(to);
    if (stride == 1) return widen(walk.dtype, from, wide, count);
    for (std::int64_t i = 0; i < count; ++i) {
      widen(walk.dtype, from + i * stride * static_cast<std::int64_t>(walk.width), wide + i, 1);
    }
    return;
  }
  if (stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * walk.width);
    return;
  }
  dispatch_width(walk.dtype, [&]<class T>(Type<T>) {
    const T* source = reinterpret_cast<const T*>(from);
    T* target = reinterpret_cast<T*>(to);
    for (std::int64_t i = 0; i < count; ++i) target[i] = source[i * stride];
  });
}

/// Gathers the elements that belong to output elements [begin, begin + count).
void pack(const Plan& plan, const Walk& walk, std::int64_t begin, std::int64_t count,
          std::byte* to) {
  const std::size_t width = walk.convert ? sizeof(float) : walk.width;
  const std::size_t inner = plan.sizes.size() - 1;
  Dims at(plan.sizes.size());
  std::int64_t rest = begin;
  std::int64_t offset = 0;
  for (std::size_t axis = plan.sizes.size(); axis-- > 0;) {
    at[axis] = rest % plan.sizes[axis];
    rest /= plan.sizes[axis];
    offset += at[axis] * walk.strides[axis];
  }
  while (count > 0) {
    const std::int64_t run = std::min(count, plan.sizes[inner] - at[inner]);
    copy_run(walk, offset, walk.strides[inner], run, to);
    to += static_cast<std::size_t>(run) * width;
    count -= run;
    offset += run * walk.strides[inner];
    at[inner] += run;
    for (std::size_t axis = inner; axis > 0 && at[axis] == plan.sizes[axis]; --axis) {
      offset += walk.strides[axis - 1] - plan.sizes[axis] * walk.strides[axis];
      at[axis] = 0;
      ++at[axis - 1];
    }
  }
}

void run_range(const ElementwiseJob& job, const Plan& plan, std::int64_t begin, std::int64_t end) {
  alignas(64) std::byte buffers[kMaxInputs + 1][kBlock * sizeof(double)];
  const DType out_dtype = job.output.dtype();
  const bool convert_out = converts(job, job.output);
  const std::int64_t inner = plan.sizes.back();
  const void* pointers[kMaxInputs] = {};
  for (std::size_t i = 0; i < plan.walks.size(); ++i) {
    if (plan.walks[i].constant) {
      pack(plan, plan.walks[i], begin, std::min(plan.block, end - begin), buffers[i]);
      pointers[i] = buffers[i];
    }
  }
  auto* output = static_cast<std::byte*>(job.output.mutable_data());
  std::int64_t at = begin;
  while (at < end) {
    std::int64_t count = std::min(plan.block, end - at);
    // Ending blocks where long runs end lets runs be read in place instead of being gathered.
    if (inner >= kBlock / 4) count = std::min(count, inner - at % inner);
    for (std::size_t i = 0; i < plan.walks.size(); ++i) {
      const Walk& walk = plan.walks[i];
      if (walk.constant) continue;
      if (walk.linear && !walk.convert) {
        pointers[i] = walk.data + at * static_cast<std::int64_t>(walk.width);
      } else {
        pack(plan, walk, at, count, buffers[i]);
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
  if (job.output.size() == 0 || run_linear(job)) return;
  const Plan plan = make_plan(job);
  parallel_for(job.output.size(), kGrain,
               [&](std::int64_t begin, std::int64_t end) { run_range(job, plan, begin, end); });
}

}  // namespace saem::cpu
