#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>

#include "autodiff/recorder.hpp"
#include "base/message.hpp"

namespace saem {

GradientTape::GradientTape(TapeOptions options) : recorder_(std::make_unique<Recorder>(options)) {
  recorder_->start_listening();
}

GradientTape::~GradientTape() = default;

void GradientTape::watch(const Tensor& tensor, const std::string& name) {
  recorder_->watch(tensor, name);
}

void GradientTape::watch(const Variable& variable) { recorder_->watch(variable); }

void GradientTape::stop_recording() noexcept { recorder_->stop_listening(); }

void GradientTape::reset() {
  recorder_->reset();
  if (!recorder_->is_listening()) recorder_->start_listening();
}

std::vector<Variable> GradientTape::watched_variables() const {
  return recorder_->watched_variables();
}

std::size_t GradientTape::size() const noexcept { return recorder_->entries().size(); }

std::int64_t GradientTape::nbytes() const noexcept {
  GradientMap seen;
  std::int64_t bytes = 0;
  const auto count = [&](const Tensor& tensor) {
    if (seen.emplace(tensor.impl(), Tensor()).second) bytes += tensor.nbytes();
  };
  for (const Recorder::Entry& entry : recorder_->entries()) {
    for (const Tensor& tensor : entry.inputs) count(tensor);
    for (const Tensor& tensor : entry.outputs) count(tensor);
  }
  return bytes;
}

Tensor GradientTape::gradient(const Tensor& target, const Tensor& source,
                              const GradientOptions& options) {
  const Source list[] = {Source(source)};
  return compute(target, list, options)[0];
}

Tensor GradientTape::gradient(const Tensor& target, const Variable& source,
                              const GradientOptions& options) {
  const Source list[] = {Source(source)};
  return compute(target, list, options)[0];
}

std::vector<Tensor> GradientTape::gradient(const Tensor& target, const std::vector<Tensor>& sources,
                                           const GradientOptions& options) {
  std::vector<Source> list(sources.begin(), sources.end());
  return compute(target, list, options);
}

std::vector<Tensor> GradientTape::gradient(const Tensor& target,
                                           const std::vector<Variable>& sources,
                                           const GradientOptions& options) {
  std::vector<Source> list(sources.begin(), sources.end());
  return compute(target, list, options);
}

namespace {

Tensor seed_gradient(const Tensor& target, const GradientOptions& options) {
  const Tensor& given = options.output_gradients;
  if (!given.defined()) return ones_like(target);
  if (given.shape() != target.shape() || given.dtype() != target.dtype()) {
    raise<ShapeError>("GradientTape.gradient",
                      "output_gradients is {} {}, the target is {} {}; they must be alike",
                      given.dtype().name(), given.shape().to_string(), target.dtype().name(),
                      target.shape().to_string());
  }
  return given;
}

}  // namespace

std::vector<Tensor> GradientTape::compute(const Tensor& target, std::span<const Source> sources,
                                          const GradientOptions& options) {
  Recorder& recorder = *recorder_;
  const bool persistent = recorder.options().persistent;
  if (recorder.used() && !persistent) {
    raise<ValueError>(
        "GradientTape.gradient",
        "this tape has been used; make it with {{.persistent = true}} to take several gradients");
  }
  const Tensor seed = recorder.tracks(target) ? seed_gradient(target, options) : Tensor();
  recorder.set_used();
  if (!persistent) recorder.stop_listening();

  // A variable may have been read at several values; its gradient is the sum over them.
  std::vector<std::vector<Tensor>> values;
  std::vector<Tensor> all_values;
  for (const Source& source : sources) {
    values.push_back(source.variable != nullptr ? recorder.values_read(*source.variable)
                                                : std::vector<Tensor>{source.tensor});
    all_values.insert(all_values.end(), values.back().begin(), values.back().end());
  }
  GradientMap gradients;
  if (seed.defined()) {
    accumulate(gradients, target, seed);
    recorder.backward(gradients, all_values, !persistent);
  }
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Tensor sum;
    for (const Tensor& value : values[i]) {
      const auto found = gradients.find(value.impl());
      if (found == gradients.end() || !recorder.tracks(value)) continue;
      sum = sum.defined() ? sum + found->second : found->second;
    }
    if (!sum.defined() && options.unconnected_gradients == UnconnectedGradients::kZero) {
      const PauseListeners quiet;
      sum = zeros_like(sources[i].variable != nullptr ? sources[i].variable->value()
                                                      : sources[i].tensor);
    }
    result.push_back(std::move(sum));
  }
  return result;
}

}  // namespace saem
