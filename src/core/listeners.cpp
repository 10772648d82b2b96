#include <algorithm>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {

thread_local ThreadState thread_state;

namespace {

SmallVector<OpListener*, 4>& listeners() {
  // The vector itself lives in a second thread_local, which has a destructor and so is slower to
  // reach.
  thread_local SmallVector<OpListener*, 4> list;
  thread_state.listeners = &list;
  return list;
}

}  // namespace

OpListener::~OpListener() { stop_listening(); }

void OpListener::start_listening() { listeners().push_back(this); }

void OpListener::stop_listening() noexcept {
  if (thread_state.listeners == nullptr) return;
  auto& list = *thread_state.listeners;
  const auto* found = std::find(list.begin(), list.end(), this);
  if (found != list.end()) list.erase(found);
}

bool OpListener::is_listening() const noexcept {
  if (thread_state.listeners == nullptr) return false;
  const auto& list = *thread_state.listeners;
  return std::find(list.begin(), list.end(), this) != list.end();
}

PauseListeners::PauseListeners() { ++thread_state.paused; }
PauseListeners::~PauseListeners() { --thread_state.paused; }

void notify_read(const void* variable, const Tensor& value, bool trainable) {
  if (!thread_state.heard()) return;
  for (OpListener* listener : *thread_state.listeners) {
    listener->on_read(variable, value, trainable);
  }
}

Tracer::~Tracer() = default;

Tensor Tracer::make_symbolic(const TensorSpec& spec, std::int64_t symbol) {
  auto impl = std::make_unique<TensorImpl>();
  impl->dtype = spec.dtype;
  impl->shape = spec.shape;
  impl->strides = row_major_strides(spec.shape);
  impl->size = checked_size(spec.shape, "trace");
  impl->symbol = symbol;
  return Tensor(impl.release());
}

std::int64_t Tracer::symbol(const Tensor& tensor) {
  if (!tensor.is_symbolic()) raise<ValueError>("trace", "this tensor has elements, not a symbol");
  return tensor.impl()->symbol;
}

TraceScope::TraceScope(Tracer& tracer) : previous_(thread_state.tracer) {
  thread_state.tracer = &tracer;
}

TraceScope::~TraceScope() { thread_state.tracer = previous_; }

}  // namespace saem
