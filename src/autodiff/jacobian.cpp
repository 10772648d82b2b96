#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "autodiff/recorder.hpp"
#include "autodiff/tape_use.hpp"
#include "base/message.hpp"

namespace saem {
namespace {

/// One shape after the other.
Shape joined(const Shape& a, const Shape& b) {
  Shape shape = a;
  for (const std::int64_t size : b) shape.push_back(size);
  return shape;
}

/// For each number of `shape` a tensor beside `target` that is one there and zero elsewhere:
/// (count, shape...).
Tensor unit_tensors(const Shape& shape, const Tensor& target) {
  const DeviceScope beside(target.device());
  return reshape(eye(shape.size(), {.dtype = target.dtype()}), joined({shape.size()}, shape));
}

/// What `row` gives for each of `seeds`, stacked.
template <class Row>
std::vector<Tensor> one_by_one(const Row& row, const Tensor& seeds) {
  std::vector<std::vector<Tensor>> columns;
  for (std::int64_t i = 0; i < seeds.shape()[0]; ++i) {
    std::vector<Tensor> values = row(seeds(i));
    columns.resize(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) columns[k].push_back(std::move(values[k]));
  }
  std::vector<Tensor> stacked;
  stacked.reserve(columns.size());
  for (const std::vector<Tensor>& values : columns) stacked.push_back(stack(values));
  return stacked;
}

/// What several gradients give, stacked. Which of them are undefined is the same for every row,
/// and only a run shows it.
std::vector<Tensor> rows_of(const std::function<std::vector<Tensor>(const Tensor&)>& gradient,
                            const Tensor& seeds, std::size_t sources, bool vectorized) {
  std::vector<std::size_t> connected;
  const auto row = [&](const Tensor& seed) {
    std::vector<Tensor> defined;
    connected.clear();
    std::vector<Tensor> gradients = gradient(seed);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (!gradients[i].defined()) continue;
      connected.push_back(i);
      defined.push_back(std::move(gradients[i]));
    }
    return defined;
  };
  // Of no rows, only the shapes can be had, and one call shows them.
  const bool at_once = vectorized || seeds.shape()[0] == 0;
  const std::vector<Tensor> rows = at_once ? vectorized_map(row, seeds) : one_by_one(row, seeds);
  std::vector<Tensor> result(sources);
  for (std::size_t i = 0; i < connected.size(); ++i) result[connected[i]] = rows[i];
  return result;
}

}  // namespace

std::vector<Tensor> GradientTape::compute_jacobian(const Tensor& target,
                                                   std::span<const Source> sources,
                                                   const JacobianOptions& options) {
  Use use(*recorder_, "GradientTape.jacobian");
  std::vector<Tensor> jacobians(sources.size());
  if (recorder_->tracks(target)) {
    const auto gradient = [&](const Tensor& seed) {
      return pull_back({&target, 1}, {&seed, 1}, sources);
    };
    jacobians = rows_of(gradient, unit_tensors(target.shape(), target), sources.size(),
                        options.experimental_use_pfor);
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto shape = [&] { return joined(target.shape(), sources[i].shape()); };
    if (jacobians[i].defined()) {
      jacobians[i] = reshape(jacobians[i], shape());
    } else if (options.unconnected_gradients == UnconnectedGradients::kZero) {
      const PauseListeners quiet;
      const DeviceScope beside(target.device());
      jacobians[i] = zeros(shape(), sources[i].dtype());
    }
  }
  use.succeed();
  return jacobians;
}

Tensor GradientTape::jacobian(const Tensor& target, const Tensor& source,
                              const JacobianOptions& options) {
  const Source list[] = {Source(source)};
  return std::move(compute_jacobian(target, list, options)[0]);
}

Tensor GradientTape::jacobian(const Tensor& target, const Variable& source,
                              const JacobianOptions& options) {
  const Source list[] = {Source(source)};
  return std::move(compute_jacobian(target, list, options)[0]);
}

std::vector<Tensor> GradientTape::jacobian(const Tensor& target, const std::vector<Tensor>& sources,
                                           const JacobianOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute_jacobian(target, list, options);
}

std::vector<Tensor> GradientTape::jacobian(const Tensor& target,
                                           const std::vector<Variable>& sources,
                                           const JacobianOptions& options) {
  const std::vector<Source> list(sources.begin(), sources.end());
  return compute_jacobian(target, list, options);
}

Tensor GradientTape::batch_jacobian(const Tensor& target, const Tensor& source,
                                    const JacobianOptions& options) {
  constexpr const char* kName = "GradientTape.batch_jacobian";
  if (target.rank() == 0 || source.rank() == 0 || target.shape()[0] != source.shape()[0]) {
    raise<ShapeError>(kName,
                      "needs a target and a source with examples along axis 0, as many in both; "
                      "got {} and {}",
                      target.shape().to_string(), source.shape().to_string());
  }
  Use use(*recorder_, kName);
  const Shape row(target.shape().begin() + 1, target.shape().end());
  const Shape examples{target.shape()[0]};
  const Shape source_row(source.shape().begin() + 1, source.shape().end());
  const Shape shape = joined(joined(examples, row), source_row);
  Tensor jacobian;
  if (recorder_->tracks(target)) {
    const Source list[] = {Source(source)};
    const auto gradient = [&](const Tensor& unit) {
      const Tensor seed = broadcast_to(unit, target.shape());
      return pull_back({&target, 1}, {&seed, 1}, list);
    };
    const Tensor rows = rows_of(gradient, unit_tensors(row, target), 1,
                                options.experimental_use_pfor)[0];  // (row, b, source row...)
    if (rows.defined()) {
      Dims perm{1, 0};
      for (int axis = 2; axis < rows.rank(); ++axis) perm.push_back(axis);
      jacobian = reshape(transpose(rows, {.perm = std::move(perm)}), shape);
    }
  }
  if (!jacobian.defined() && options.unconnected_gradients == UnconnectedGradients::kZero) {
    const PauseListeners quiet;
    const DeviceScope beside(target.device());
    jacobian = zeros(shape, source.dtype());
  }
  use.succeed();
  return jacobian;
}

}  // namespace saem
