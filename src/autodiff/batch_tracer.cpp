#include "autodiff/batch_tracer.hpp"

#include <algorithm>
#include <atomic>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

/// Marks of all batch tracers are different, so that an inner one takes an outer one's slices for
/// what they are to it: constants.
std::int64_t fresh_symbol() {
  static std::atomic<std::int64_t> next{std::int64_t{1} << 48};
  return next.fetch_add(1, std::memory_order_relaxed);
}

/// Passes on that variables are read: tapes outside watch them, though they do not see the slices.
class ReadForwarder final : public OpListener {
 public:
  void on_op(const OpCall&, std::span<const Tensor>) override {}
  void on_read(const void* variable, const Tensor& value, bool trainable) override {
    const ListenerFrame::Outside outside(*frame);
    notify_read(variable, value, trainable);
  }
  const ListenerFrame* frame = nullptr;
};

Shape with_count(std::int64_t count, const Shape& shape) {
  Shape result{count};
  for (const std::int64_t size : shape) result.push_back(size);
  return result;
}

/// Ops that work element by element broadcast; where all slices have one shape, what is the same
/// for every slice is shown repeated, since a few ops do not broadcast.
Tensors run_elementwise(const BatchCall& call) {
  const auto slice_shape = [&](std::size_t i) {
    const Shape& shape = call.input(i).shape();
    return call.batched[i] ? Shape(shape.begin() + 1, shape.end()) : shape;
  };
  bool alike = true;
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    alike = alike && slice_shape(i) == slice_shape(0);
  }
  return alike ? ops::batch_in_front(call) : ops::batch_by_broadcasting(call);
}

/// Where the slices of a call meet: the host, unless one of them lies elsewhere.
Device device_of_slices(const OpCall& call) {
  Device device;
  if (call.op.has(kOnHost)) return device;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Device here = call.input(i).device();
    if (!call.op.reads_on_host(i) && here.type != DeviceType::kCPU) device = here;
  }
  return device;
}

/// A number in host memory meets tensors on any device, a batch of numbers does not: it goes where
/// the slices meet.
void join_device(const OpCall& call, Tensors& inputs) {
  const Device device = device_of_slices(call);
  if (device.type == DeviceType::kCPU) return;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor& slice = call.input(i);
    if (!call.op.reads_on_host(i) && slice.rank() == 0 && slice.device() != device) {
      inputs[i] = inputs[i].to(device);
    }
  }
}

}  // namespace

Tensor BatchTracer::slice_of(const Tensor& batch) {
  const std::int64_t symbol = fresh_symbol();
  const Shape& shape = batch.shape();
  Tensor slice = make_symbolic({batch.dtype(), Shape(shape.begin() + 1, shape.end())}, symbol);
  slice.impl()->device = batch.device();
  slice.impl()->storage =
      Storage::external([batches = batches_, symbol] { batches->erase(symbol); });
  batches_->emplace(symbol, batch);
  return slice;
}

Tensor BatchTracer::batch_of(const Tensor& tensor) const {
  if (!tensor.is_symbolic()) return {};
  const auto found = batches_->find(tensor.impl()->symbol);
  return found == batches_->end() ? Tensor() : found->second;
}

Tensor BatchTracer::batch_or_repeat(const Tensor& tensor) const {
  const Tensor batch = batch_of(tensor);
  return batch.defined() ? batch : broadcast_to(tensor, with_count(count_, tensor.shape()));
}

Tensors BatchTracer::run(const SliceFunction& function, std::span<const Tensor> inputs,
                         std::span<const bool> batched) {
  Tensors slices;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    slices.push_back(batched[i] ? slice_of(inputs[i]) : inputs[i]);
  }
  Tensors results;
  {
    ReadForwarder forwarder;
    const ListenerFrame frame(ListenerList{&forwarder});
    forwarder.frame = &frame;
    struct Context {
      BatchTracer& tracer;
      Tracer* outer_tracer = tracer.outer_tracer_;
      const ListenerFrame* frame = tracer.frame_;
      ~Context() {
        tracer.outer_tracer_ = outer_tracer;
        tracer.frame_ = frame;
      }
    } const context{*this};
    outer_tracer_ = thread_state.tracer;
    frame_ = &frame;
    const TracerFrame traced(this);
    results = function(slices);
  }
  for (Tensor& result : results) {
    if (result.defined()) result = batch_or_repeat(result);
  }
  return results;
}

Tensors BatchTracer::on_op(const OpCall& call, const TensorSpecs& specs) {
  Tensors inputs;
  SmallVector<bool, 4> batched;
  for (const Tensor& input : call.inputs) {
    const Tensor batch = batch_of(input);
    batched.push_back(batch.defined());
    inputs.push_back(batch.defined() ? batch : input);
  }
  const bool stateful = call.op.has(kStateful);
  const bool any = std::find(batched.begin(), batched.end(), true) != batched.end();
  const std::function<SliceFunction(SliceFunction)> lift = [this](SliceFunction function) {
    return [self = shared_from_this(),
            function = std::move(function)](std::span<const Tensor> batches) {
      const SmallVector<bool, 4> all_batched(batches.size(), true);
      return self->run(function, batches, all_batched);
    };
  };
  const BatchCall batch_call{{call.op, inputs, call.attributes}, batched, count_, &lift};
  Tensors outputs;
  // A composition may count on the op's view where there is one.
  const bool composes = call.op.batch == nullptr && !call.op.has(kElementwise) &&
                        call.op.compose != nullptr && call.op.view == nullptr;
  if (any && composes && !stateful) {
    outputs = run_composition(call);
  } else {
    const TracerFrame outside(outer_tracer_);
    const ListenerFrame::Outside heard(*frame_);
    if (any) join_device(call, inputs);
    if (!any && !stateful) return apply(call.op, call.inputs, call.attributes);
    if (any && call.op.batch != nullptr) {
      outputs = call.op.batch(batch_call);
    } else if (any && call.op.has(kElementwise) && !stateful) {
      outputs = run_elementwise(batch_call);
    } else {
      outputs = run_slices(batch_call, specs);
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].shape() != with_count(count_, specs[i].shape)) {
      raise<Error>(call.op.name, "its batching rule gave shape {} for {} slices of shape {}",
                   outputs[i].shape().to_string(), count_, specs[i].shape.to_string());
    }
    outputs[i] = slice_of(outputs[i]);
  }
  return outputs;
}

Tensors BatchTracer::run_composition(const OpCall& call) {
  Tensors outputs;
  {
    const ListenerFrame quiet;  // tapes in the function hear of the op itself, not of its parts
    outputs = call.op.compose(call);
  }
  const TracerFrame outside(outer_tracer_);
  const ListenerFrame::Outside heard(*frame_);
  for (Tensor& output : outputs) output = batch_or_repeat(output);
  return outputs;
}

Tensors BatchTracer::run_slices(const BatchCall& call, const TensorSpecs& specs) const {
  if (!may_loop_) {
    raise<ValueError>("vectorized_map",
                      "{} has no rule for many slices at once; with fallback_to_while_loop it "
                      "takes them one by one",
                      call.op.name);
  }
  std::vector<std::vector<Tensor>> results(specs.size());
  for (std::int64_t slice = 0; slice < count_; ++slice) {
    Tensors inputs;
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      inputs.push_back(call.batched[i] ? call.input(i)(slice) : call.input(i));
    }
    Tensors outputs = apply(call.op, inputs, call.attributes);
    for (std::size_t i = 0; i < outputs.size(); ++i) results[i].push_back(std::move(outputs[i]));
  }
  Tensors stacked;
  const DeviceScope beside(call.inputs.empty() ? default_device() : device_of_slices(call));
  for (std::size_t i = 0; i < specs.size(); ++i) {
    stacked.push_back(count_ > 0 ? stack(results[i])
                                 : zeros(with_count(0, specs[i].shape), specs[i].dtype));
  }
  return stacked;
}

}  // namespace saem
