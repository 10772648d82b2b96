#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>

#include "autodiff/recorder.hpp"
#include "autodiff/tape_use.hpp"
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
  return std::move(compute({&target, 1}, list, options)[0]);
}

Tensor GradientTape::gradient(const Tensor& target, const Variable& source,
                              const GradientOptions& options) {
  const Source list[] = {Source(source)};
  return std::move(compute({&target, 1}, list, options)[0]);
}

std::vector<Tensor> GradientTape::gradient(const Tensor& target, const std::vector<Tensor>& sources,
                                           const GradientOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute({&target, 1}, list, options);
}

std::vector<Tensor> GradientTape::gradient(const Tensor& target,
                                           const std::vector<Variable>& sources,
                                           const GradientOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute({&target, 1}, list, options);
}

std::vector<Tensor> GradientTape::gradient(const std::vector<Tensor>& targets,
                                           const std::vector<Tensor>& sources,
                                           const GradientOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute(targets, list, options);
}

std::vector<Tensor> GradientTape::gradient(const std::vector<Tensor>& targets,
                                           const std::vector<Variable>& sources,
                                           const GradientOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute(targets, list, options);
}

namespace {

template <class Source>
std::vector<Source> values_of(const std::map<std::string, Source>& named) {
  std::vector<Source> values;
  for (const auto& [name, value] : named) values.push_back(value);
  return values;
}

template <class Source>
std::map<std::string, Tensor> with_names(const std::map<std::string, Source>& named,
                                         std::vector<Tensor> values) {
  std::map<std::string, Tensor> result;
  std::size_t at = 0;
  for (const auto& [name, source] : named) result.emplace(name, std::move(values[at++]));
  return result;
}

}  // namespace

std::map<std::string, Tensor> GradientTape::gradient(const Tensor& target,
                                                     const std::map<std::string, Tensor>& sources,
                                                     const GradientOptions& options) {
  return with_names(sources, gradient(target, values_of(sources), options));
}

std::map<std::string, Tensor> GradientTape::gradient(const Tensor& target,
                                                     const std::map<std::string, Variable>& sources,
                                                     const GradientOptions& options) {
  return with_names(sources, gradient(target, values_of(sources), options));
}

GradientTape::StopRecording::StopRecording(GradientTape& tape)
    : tape_(tape), resume_(tape.recorder_->is_listening()) {
  tape_.recorder_->stop_listening();
}

GradientTape::StopRecording::~StopRecording() {
  if (resume_) tape_.recorder_->start_listening();
}

namespace {

Tensor seed_gradient(const Tensor& target, const Tensor& given) {
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

std::vector<Tensor> GradientTape::compute(std::span<const Tensor> targets,
                                          std::span<const Source> sources,
                                          const GradientOptions& options) {
  Use use(*recorder_, "GradientTape.gradient");
  const std::vector<Tensor>& given = options.output_gradients.values();
  if (!given.empty() && given.size() != targets.size()) {
    raise<ValueError>("GradientTape.gradient",
                      "{} output_gradients for {} targets; give one for each", given.size(),
                      targets.size());
  }
  SmallVector<Tensor, 2> seeds;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool flows = recorder_->tracks(targets[i]);
    seeds.push_back(flows ? seed_gradient(targets[i], given.empty() ? Tensor() : given[i])
                          : Tensor());
  }
  std::vector<Tensor> gradients = pull_back(targets, seeds, sources);
  if (options.unconnected_gradients == UnconnectedGradients::kZero) {
    const PauseListeners quiet;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (gradients[i].defined()) continue;
      gradients[i] = zeros_like(sources[i].value());
    }
  }
  use.succeed();
  return gradients;
}

std::vector<Tensor> GradientTape::pull_back(std::span<const Tensor> targets,
                                            std::span<const Tensor> seeds,
                                            std::span<const Source> sources) {
  const Recorder& recorder = *recorder_;
  // A variable may have been read at several values; its gradient is the sum over them.
  std::vector<std::vector<Tensor>> values;
  std::vector<Tensor> all_values;
  for (const Source& source : sources) {
    values.push_back(source.variable != nullptr ? recorder.values_read(*source.variable)
                                                : std::vector<Tensor>{source.tensor});
    all_values.insert(all_values.end(), values.back().begin(), values.back().end());
  }
  GradientMap gradients;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (seeds[i].defined()) accumulate(gradients, targets[i], seeds[i]);
  }
  if (!gradients.empty()) recorder.backward(gradients, all_values);
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    Tensor sum;
    for (const Tensor& value : values[i]) {
      const auto found = gradients.find(value.impl());
      if (found == gradients.end() || !recorder.tracks(value)) continue;
      sum = sum.defined() ? sum + found->second : found->second;
    }
    result.push_back(std::move(sum));
  }
  return result;
}

}  // namespace saem
