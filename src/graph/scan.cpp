// scan, foldl, foldr, map_fn: a function of one slice after the other.
#include <algorithm>
#include <saem/autodiff/map.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/control_flow_ops.hpp"

namespace saem::detail {
namespace {

std::int64_t slice_count(const char* name, const std::vector<Tensor>& elems) {
  if (elems.empty()) raise<ValueError>(name, "the list of tensors is empty; give at least one");
  for (const Tensor& elem : elems) {
    if (elem.rank() == 0) {
      raise<ShapeError>(name, "a scalar has no slices; give tensors of rank 1 or more");
    }
    if (elem.shape()[0] == elems[0].shape()[0]) continue;
    raise<ShapeError>(name, "one tensor has {} slices along axis 0, another {}",
                      elems[0].shape()[0], elem.shape()[0]);
  }
  return elems[0].shape()[0];
}

std::vector<Tensor> traced_scan(const BodyFunction& body, const std::vector<Tensor>& carried,
                                const std::vector<Tensor>& elems, bool reverse) {
  std::vector<BodyInput> specs;
  for (const Tensor& value : carried) specs.push_back(like(value));
  for (const Tensor& elem : elems) {
    BodyInput slice = like(elem);
    slice.spec.shape = Shape(elem.shape().begin() + 1, elem.shape().end());
    specs.push_back(slice);
  }
  TracedBodies traced;
  traced.add("body", specs, body);
  traced.collect();
  const TracedFunction& function = traced.function(0);
  const auto carries = static_cast<std::ptrdiff_t>(carried.size());
  LoopOptions options{.carried = carried.size() + traced.assigned().size(),
                      .sequences = elems.size(),
                      .turns = elems[0].shape()[0],
                      .reverse = reverse};
  std::vector<Tensor> inputs(function.inputs.begin(), function.inputs.begin() + carries);
  for (const Tensor& value : traced.assigned_at_start(0)) inputs.push_back(value);
  for (const Tensor& value : traced.constants_in(0)) inputs.push_back(value);
  inputs.insert(inputs.end(), function.inputs.begin() + carries, function.inputs.end());
  std::vector<Tensor> outputs(function.outputs.begin(), function.outputs.begin() + carries);
  for (const Tensor& value : traced.assigned_at_end(0)) outputs.push_back(value);
  outputs.insert(outputs.end(), function.outputs.begin() + carries, function.outputs.end());
  const std::vector<Tensor> draws = traced.draws(0);
  options.draws = draws.size();
  outputs.insert(outputs.end(), draws.begin(), draws.end());
  options.body = traced.body(0, std::move(inputs), std::move(outputs));
  Tensors given(carried.begin(), carried.end());
  for (const Tensor& value : traced.assigned_values()) given.push_back(value);
  for (const Tensor& value : traced.constants()) given.push_back(value);
  for (const Tensor& elem : elems) given.push_back(elem);
  const Tensors results = apply(traced.is_stateful() ? stateful_scan_op : scan_op, given, options);
  const std::span<const Tensor> given_back(results);
  traced.assign(given_back.subspan(carried.size()));
  std::vector<Tensor> wanted(given_back.begin(), given_back.begin() + carries);
  for (const Tensor& stacked :
       given_back.subspan(options.carried, function.outputs.size() - carried.size())) {
    wanted.push_back(stacked);
  }
  return wanted;
}

}  // namespace

std::vector<Tensor> scan(const char* name, const BodyFunction& body, std::vector<Tensor> carried,
                         const std::vector<Tensor>& elems, bool reverse) {
  const std::int64_t count = slice_count(name, elems);
  if (dynamic_cast<GraphTracer*>(thread_state.tracer) != nullptr) {
    return traced_scan(body, carried, elems, reverse);
  }
  const std::size_t carries = carried.size();
  std::vector<std::vector<Tensor>> results;
  for (std::int64_t turn = 0; turn < count; ++turn) {
    std::vector<Tensor> given = std::move(carried);
    for (const Tensor& elem : elems) given.push_back(elem(reverse ? count - 1 - turn : turn));
    const std::vector<Tensor> outputs = body(given).tensors;
    const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(carries);
    carried.assign(outputs.begin(), first);
    results.resize(outputs.size() - carries);
    for (std::size_t k = 0; k < results.size(); ++k) {
      results[k].push_back(outputs[carries + k]);
    }
  }
  if (count > 0) {
    for (std::vector<Tensor>& values : results) {
      if (reverse) std::reverse(values.begin(), values.end());
      carried.push_back(stack(values));
    }
    return carried;
  }
  // Of no slices, only the shapes of the results can be had.
  const std::vector<Tensor> start = carried;
  const std::vector<Tensor> stacked = vectorized_map(
      [&](const std::vector<Tensor>& slices) {
        std::vector<Tensor> given = start;
        given.insert(given.end(), slices.begin(), slices.end());
        std::vector<Tensor> outputs = body(given).tensors;
        outputs.erase(outputs.begin(), outputs.begin() + static_cast<std::ptrdiff_t>(carries));
        return outputs;
      },
      elems, {});
  carried.insert(carried.end(), stacked.begin(), stacked.end());
  return carried;
}

std::pair<std::vector<Tensor>, std::vector<Tensor>> first_and_rest(const char* name,
                                                                   const std::vector<Tensor>& elems,
                                                                   bool reverse) {
  const std::int64_t count = slice_count(name, elems);
  if (count == 0) raise<ValueError>(name, "there are no slices; give an initializer");
  std::vector<Tensor> first;
  std::vector<Tensor> rest;
  for (const Tensor& elem : elems) {
    first.push_back(elem(reverse ? count - 1 : 0));
    rest.push_back(reverse ? elem(slice(0, count - 1)) : elem(slice(1, count)));
  }
  return {first, rest};
}

Tensor with_first(const Tensor& first, const Tensor& rest, bool reverse) {
  const Tensor row = expand_dims(first, 0);
  return reverse ? concat({rest, row}) : concat({row, rest});
}

void raise_structure(const char* name, const std::string& expected, const std::string& got) {
  raise<ValueError>(name,
                    "the structure changes from {} to {}; tensors must stay in their places, and "
                    "numbers as they are",
                    expected, got);
}

}  // namespace saem::detail
