// searchsorted, invert_permutation; floor 3 of 5: CPU.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/search.hpp>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Values that one thread looks for at a time: some 10 us.
constexpr std::int64_t kGrain = 1024;

void run_searchsorted(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& sequence = call.input(0);
  const std::int64_t length = sequence.shape().at(-1);
  const std::int64_t each = outputs[0].shape().at(-1);
  const bool left = call.options<SearchSortedOptions>().side == "left";
  const auto run = [&]<class T, class I>(Type<T>, Type<I>) {
    const T* elements = sequence.data_as<T>();
    const T* values = call.input(1).data_as<T>();
    I* places = outputs[0].mutable_data_as<I>();
    parallel_for(outputs[0].size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      for (; begin < end; ++begin) {
        const T* first = elements + begin / each * length;
        const T* place = left ? std::lower_bound(first, first + length, values[begin])
                              : std::upper_bound(first, first + length, values[begin]);
        places[begin] = static_cast<I>(place - first);
      }
    });
  };
  dispatch_numeric(sequence.dtype(), [&]<class T>(Type<T> type) {
    if (outputs[0].dtype() == int32) {
      run(type, Type<std::int32_t>{});
    } else {
      run(type, Type<std::int64_t>{});
    }
  });
}

template <class I>
void invert(const OpCall& call, Tensor& output) {
  const I* x = call.input(0).data_as<I>();
  I* y = output.mutable_data_as<I>();
  const std::int64_t size = output.size();
  std::fill_n(y, size, I{-1});
  for (std::int64_t i = 0; i < size; ++i) {
    if (x[i] < 0 || x[i] >= size) {
      raise<IndexError>(call.op.name, "x[{}] = {} is not in [0, {})", i, x[i], size);
    }
    if (y[x[i]] >= 0) {
      raise<ValueError>(call.op.name, "{} comes twice, as x[{}] and x[{}]", x[i], y[x[i]], i);
    }
    y[x[i]] = static_cast<I>(i);
  }
}

void run_invert_permutation(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype() == int32) {
    invert<std::int32_t>(call, outputs[0]);
  } else {
    invert<std::int64_t>(call, outputs[0]);
  }
}

}  // namespace

void register_search() {
  register_kernel("searchsorted", DeviceType::kCPU, {&run_searchsorted});
  register_kernel("invert_permutation", DeviceType::kCPU, {&run_invert_permutation});
}

}  // namespace saem::cpu
