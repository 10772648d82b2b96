#include "cpu/rows.hpp"

#include <algorithm>
#include <memory>

#include "base/parallel.hpp"
#include "cpu/elementwise.hpp"

namespace saem::cpu {
namespace {

/// Elements below which one thread is enough: about 10 us of exponentials.
constexpr std::int64_t kGrain = 16 * 1024;
/// Elements that are converted at a time.
constexpr std::int64_t kConverted = 4096;
constexpr std::size_t kMaxInputs = 3;

struct Operand {
  const Tensor& tensor;
  std::int64_t width;  ///< elements a row
  bool convert;
  [[nodiscard]] std::int64_t bytes_before(std::int64_t row) const {
    return row * width * static_cast<std::int64_t>(tensor.dtype().size());
  }
};

Operand make_operand(const RowJob& job, const Tensor& tensor) {
  const bool whole = tensor.size() == job.rows * job.length;
  return {tensor, whole ? job.length : 1, compute_dtype(tensor.dtype()) != tensor.dtype()};
}

void run_range(const RowJob& job, std::int64_t begin, std::int64_t end) {
  const void* inputs[kMaxInputs] = {};
  std::unique_ptr<float[]> buffers[kMaxInputs + 1];
  const Operand output = make_operand(job, job.output);
  auto* const to = static_cast<std::byte*>(job.output.mutable_data());
  std::int64_t batch = end - begin;
  bool convert = output.convert;
  for (const Tensor& input : job.inputs) convert |= make_operand(job, input).convert;
  if (convert) batch = std::clamp(kConverted / job.length, std::int64_t{1}, batch);
  const auto buffer = [&](std::size_t i, const Operand& operand) {
    if (!buffers[i]) {
      buffers[i].reset(new float[static_cast<std::size_t>(batch * operand.width)]);
    }
    return buffers[i].get();
  };
  for (std::int64_t row = begin; row < end; row += batch) {
    const std::int64_t rows = std::min(batch, end - row);
    for (std::size_t i = 0; i < job.inputs.size(); ++i) {
      const Operand operand = make_operand(job, job.inputs[i]);
      const auto* from =
          static_cast<const std::byte*>(operand.tensor.data()) + operand.bytes_before(row);
      inputs[i] = from;
      if (operand.convert) {
        float* wide = buffer(i, operand);
        widen(operand.tensor.dtype(), from, wide, rows * operand.width);
        inputs[i] = wide;
      }
    }
    std::byte* target = to + output.bytes_before(row);
    if (output.convert) {
      float* wide = buffer(kMaxInputs, output);
      job.function({inputs, wide, rows, job.length});
      narrow(job.output.dtype(), wide, target, rows * output.width);
    } else {
      job.function({inputs, target, rows, job.length});
    }
  }
}

}  // namespace

void run_rows(const RowJob& job) {
  if (job.rows == 0 || job.length == 0) return;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / job.length);
  parallel_for(job.rows, grain,
               [&](std::int64_t begin, std::int64_t end) { run_range(job, begin, end); });
}

}  // namespace saem::cpu
