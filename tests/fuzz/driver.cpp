#include "fuzz/driver.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <saem/saem.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz/calls.hpp"

namespace saem::fuzz {
namespace {

constexpr std::size_t kPool = 6;
constexpr int kCallsPerCase = 8;
// Repeated growth (tile, broadcast_to) would fill the memory, which is not what is looked for.
constexpr std::int64_t kLargest = 1 << 14;

/// Reads every byte of the elements, so that what was not written or is not there is noticed.
void read_all(const Tensor& tensor) {
  const Tensor contiguous = tensor.contiguous();
  const auto* bytes = static_cast<const unsigned char*>(contiguous.data());
  unsigned sum = 0;
  for (std::int64_t i = 0; i < contiguous.nbytes(); ++i) sum += bytes[i];
  volatile unsigned sink = sum;
  (void)sink;
  if (tensor.size() != tensor.shape().size()) throw std::logic_error("size is not the shape's");
}

void keep(std::vector<Tensor>& pool, Bytes& bytes, const Tensor& tensor) {
  if (!tensor.defined() || tensor.size() > kLargest) return;
  if (pool.size() < kPool) {
    pool.push_back(tensor);
  } else {
    pool[bytes.below(kPool)] = tensor;
  }
}

}  // namespace

void run_case(std::span<const std::uint8_t> data, Counts& counts) {
  Bytes bytes(data);
  const bool differentiate = bytes.below(4) == 0;
  std::vector<Tensor> pool;
  for (std::size_t i = 0; i < 3; ++i) {
    pool.push_back(random_tensor(bytes, pool.empty() ? Tensor() : pool[0]));
  }
  const Tensor source = pool[0];
  std::optional<GradientTape> tape;
  if (differentiate && source.dtype().is_differentiable()) {
    tape.emplace();
    tape->watch(source);
  }
  Tensor last;
  for (int i = 0; i < kCallsPerCase && !bytes.empty(); ++i) {
    try {
      const std::vector<Tensor> outputs = random_call(bytes, pool);
      ++counts.ops;
      for (const Tensor& output : outputs) {
        if (!output.defined()) continue;
        read_all(output);
        keep(pool, bytes, output);
        if (output.dtype().is_differentiable()) last = output;
      }
    } catch (const Error&) {
      ++counts.refused;
    }
  }
  if (!tape || !last.defined()) return;
  try {
    const Tensor gradient = tape->gradient(last, source);
    if (!gradient.defined()) return;
    if (gradient.shape() != source.shape() || gradient.dtype() != source.dtype()) {
      throw std::logic_error("a gradient of another shape or dtype than its source");
    }
    read_all(gradient);
    ++counts.gradients;
  } catch (const Error&) {
    ++counts.refused;
  }
}

}  // namespace saem::fuzz
