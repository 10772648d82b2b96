// dynamic_partition, dynamic_stitch; floor 2 of 5: meaning. No ops of their own: how many slices go
// where is read here, and what remains are gathers and a scatter.
#include <algorithm>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/partition.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/scatter.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"

namespace saem {
namespace {

/// What is left of `shape` after the axes of `lead`, if it starts with those.
std::optional<Shape> rest_of(const Shape& shape, const Shape& lead) {
  if (lead.rank() > shape.rank() || !std::equal(lead.begin(), lead.end(), shape.begin())) return {};
  return Shape(shape.begin() + lead.rank(), shape.end());
}

/// `data` with its leading axes drawn together to `rows`.
Tensor as_rows(const Tensor& data, std::int64_t rows, const Shape& rest) {
  Shape shape{rows};
  for (const std::int64_t size : rest) shape.push_back(size);
  return reshape(data, shape);
}

}  // namespace

std::vector<Tensor> dynamic_partition(const Tensor& data, const Tensor& partitions,
                                      int num_partitions) {
  const char* const op = "dynamic_partition";
  if (num_partitions <= 0) {
    raise<ValueError>(op, "num_partitions is {}; it must be positive", num_partitions);
  }
  const std::optional<Shape> rest = rest_of(data.shape(), partitions.shape());
  if (!rest) {
    raise<ShapeError>(op, "data of shape {} does not start with the shape of partitions, {}",
                      data.shape().to_string(), partitions.shape().to_string());
  }
  const std::vector<std::int64_t> parts = ops::host_integers(partitions, op, "partitions");
  std::vector<std::vector<std::int64_t>> places(static_cast<std::size_t>(num_partitions));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] < 0 || parts[i] >= num_partitions) {
      raise<IndexError>(op, "element {} of partitions is {}, which is not in [0, {})", i, parts[i],
                        num_partitions);
    }
    places[static_cast<std::size_t>(parts[i])].push_back(static_cast<std::int64_t>(i));
  }
  const DeviceScope beside(data.device());
  const Tensor rows = as_rows(data, partitions.size(), *rest);
  std::vector<Tensor> result;
  for (const std::vector<std::int64_t>& place : places) {
    result.push_back(gather(rows, constant(place)));
  }
  return result;
}

Tensor dynamic_stitch(const std::vector<Tensor>& indices, const std::vector<Tensor>& data) {
  const char* const op = "dynamic_stitch";
  if (indices.empty() || indices.size() != data.size()) {
    raise<ValueError>(op, "{} tensors of indices for {} of data; give one for each, at least one",
                      indices.size(), data.size());
  }
  std::vector<std::int64_t> places;
  std::vector<Tensor> rows;
  std::int64_t count = 0;
  std::optional<Shape> shared;
  for (std::size_t m = 0; m < data.size(); ++m) {
    const std::optional<Shape> rest = rest_of(data[m].shape(), indices[m].shape());
    if (!rest || (shared && *shared != *rest)) {
      raise<ShapeError>(op, "data[{}] has shape {}, indices[{}] have {}; it must be theirs {}", m,
                        data[m].shape().to_string(), m, indices[m].shape().to_string(),
                        shared ? "and then " + shared->to_string() : "and then any");
    }
    shared = rest;
    for (const std::int64_t place : ops::host_integers(indices[m], op, "indices")) {
      if (place < 0) {
        raise<IndexError>(op, "indices[{}] has {}; it must not be negative", m, place);
      }
      places.push_back(place);
      count = std::max(count, place + 1);
    }
    rows.push_back(as_rows(data[m], indices[m].size(), *rest));
  }
  Shape shape{count};
  for (const std::int64_t size : *shared) shape.push_back(size);
  const Shape column{static_cast<std::int64_t>(places.size()), 1};
  const DeviceScope beside(data[0].device());
  return tensor_scatter_nd_update(zeros(shape, data[0].dtype()), constant(places, column),
                                  concat(rows));
}

}  // namespace saem
