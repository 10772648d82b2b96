#include <algorithm>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {

thread_local ThreadState thread_state;

namespace {

thread_local ListenerFrame* innermost_frame = nullptr;

ListenerList& listeners() {
  // The vector itself lives in a second thread_local, which has a destructor and so is slower to
  // reach.
  thread_local ListenerList list;
  if (thread_state.listeners == nullptr) thread_state.listeners = &list;
  return *thread_state.listeners;
}

bool contains(const ListenerList& list, const OpListener* listener) {
  return std::find(list.begin(), list.end(), listener) != list.end();
}

}  // namespace

OpListener::~OpListener() { stop_listening(); }

void OpListener::start_listening() {
  ListenerList& list = listeners();
  OpListener* const* place = list.end();
  if (!applies_ops()) {
    place = std::find_if(list.begin(), list.end(),
                         [](const OpListener* other) { return other->applies_ops(); });
  }
  list.insert(place, this);
}

void OpListener::stop_listening() noexcept {
  const auto leave = [this](ListenerList* list) {
    if (list == nullptr) return;
    const auto* found = std::find(list->begin(), list->end(), this);
    if (found != list->end()) list->erase(found);
  };
  leave(thread_state.listeners);
  for (ListenerFrame* frame = innermost_frame; frame != nullptr; frame = frame->previous_frame_) {
    leave(frame->previous_list_);
  }
}

bool OpListener::is_listening() const noexcept {
  if (thread_state.listeners == nullptr) return false;
  if (contains(*thread_state.listeners, this)) return true;
  for (ListenerFrame* frame = innermost_frame; frame != nullptr; frame = frame->previous_frame_) {
    if (frame->previous_list_ != nullptr && contains(*frame->previous_list_, this)) return true;
  }
  return false;
}

ListenerFrame::ListenerFrame(ListenerList listeners)
    : list_(std::move(listeners)),
      previous_list_(thread_state.listeners),
      previous_frame_(innermost_frame) {
  thread_state.listeners = &list_;
  innermost_frame = this;
}

ListenerFrame::~ListenerFrame() {
  thread_state.listeners = previous_list_;
  innermost_frame = previous_frame_;
}

ListenerList ListenerFrame::present() {
  return thread_state.listeners != nullptr ? *thread_state.listeners : ListenerList{};
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
Tensor Tracer::on_read(const void*, const Tensor& value) { return value; }
bool Tracer::on_assign(const void*, const Tensor&, const Tensor&) { return false; }

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
