// unsorted_segment_*, segment_*; floor 2 of 5: meaning.
#include <algorithm>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_division.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/segment.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "core/dispatch.hpp"
#include "ops/host.hpp"

namespace saem {
namespace ops {

namespace {

using math::unsorted_segment_prod;
using math::unsorted_segment_sum;

TensorSpecs infer_segments(const OpCall& call) {
  const std::int64_t num_segments = call.options<SegmentOptions>().num_segments;
  const Tensor& data = call.input(0);
  const Tensor& ids = call.input(1);
  const char* name = call.op.name;
  if (!data.dtype().is_numeric()) {
    raise<DTypeError>(name, "needs numbers, got {}; tf::cast it first", data.dtype().name());
  }
  if (ids.dtype() != int32 && ids.dtype() != int64) {
    raise<DTypeError>(name, "segment_ids must be int32 or int64, got {}; tf::cast them",
                      ids.dtype().name());
  }
  if (num_segments < 0) {
    raise<ValueError>(name, "num_segments is {}; it must not be negative", num_segments);
  }
  const Shape& shape = data.shape();
  if (ids.rank() > data.rank() ||
      !std::equal(ids.shape().begin(), ids.shape().end(), shape.begin())) {
    raise<ShapeError>(name, "data of shape {} must begin with the shape {} of segment_ids",
                      shape.to_string(), ids.shape().to_string());
  }
  Shape result{num_segments};
  for (int i = ids.rank(); i < shape.rank(); ++i) result.push_back(shape[i]);
  return {{data.dtype(), result}};
}

/// Rows as (1, count, inner), and which of them belongs to which segment: (num_segments, count, 1).
struct Membership {
  Tensor rows;
  Tensor belongs;
};

Membership membership(const OpCall& call) {
  const std::int64_t num_segments = call.options<SegmentOptions>().num_segments;
  const std::int64_t count = call.input(1).size();
  std::int64_t inner = 1;
  for (int i = call.input(1).rank(); i < call.input(0).rank(); ++i) {
    inner *= call.input(0).shape()[i];
  }
  const Tensor ids = reshape(cast(call.input(1), int64), {1, count, 1});
  const Tensor segments = range(0, num_segments, 1, {.dtype = int64});
  return {reshape(call.input(0), {1, count, inner}),
          equal(ids, reshape(segments, {num_segments, 1, 1}))};
}

template <class Reduce>
Tensor fold_members(const OpCall& call, Scalar nothing, Reduce&& reduce) {
  const auto [rows, belongs] = membership(call);
  const Tensor masked = where(belongs, rows, fill({}, nothing, {.dtype = rows.dtype()}));
  return reshape(reduce(masked, ReduceOptions{.axis = 1}), infer_segments(call)[0].shape);
}

Tensors compose_unsorted_segment_sum(const OpCall& call) {
  return {fold_members(call, 0, reduce_sum)};
}

Tensors compose_unsorted_segment_prod(const OpCall& call) {
  return {fold_members(call, 1, reduce_prod)};
}

/// The end of a dtype's finite numbers, or where the call asks for it infinity.
Scalar extreme(const OpCall& call, bool highest) {
  return dispatch_numeric(call.input(0).dtype(), [&]<class T>(Type<T>) -> Scalar {
    if constexpr (!std::is_integral_v<T>) {
      if (call.options<SegmentOptions>().from_infinity) {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        return highest ? kInfinity : -kInfinity;
      }
    }
    if constexpr (std::is_same_v<T, float16>) {
      return highest ? 65504.0 : -65504.0;
    } else if constexpr (std::is_same_v<T, bfloat16>) {
      return highest ? 0x1.fep127 : -0x1.fep127;
    } else {
      using Limits = std::numeric_limits<T>;
      return highest ? Limits::max() : Limits::lowest();
    }
  });
}

// Of no rows at all, reduce_max gives -inf.
Tensors compose_unsorted_segment_max(const OpCall& call) {
  const Scalar lowest = extreme(call, false);
  const Tensor largest = fold_members(call, lowest, reduce_max);
  return {maximum(largest, fill({}, lowest, {.dtype = largest.dtype()}))};
}

Tensors compose_unsorted_segment_min(const OpCall& call) {
  const Scalar highest = extreme(call, true);
  const Tensor smallest = fold_members(call, highest, reduce_min);
  return {minimum(smallest, fill({}, highest, {.dtype = smallest.dtype()}))};
}

/// What each row has to do with its segment.
class Rows {
 public:
  explicit Rows(const VjpCall& call)
      : num_segments_(call.options<SegmentOptions>().num_segments),
        shape_(call.input(0).shape()),
        ids_(call.input(1)),
        places_(maximum(ids_, 0)) {
    Shape shape = ids_.shape();
    while (shape.rank() < shape_.rank()) shape.push_back(1);
    taken_part_ = reshape(ids_ >= 0, shape);
  }

  /// Each row's element of `segments`; 0 for a row that was left out.
  [[nodiscard]] Tensor of(const Tensor& segments) const {
    if (num_segments_ == 0) return zeros(shape_, segments.dtype());  // all were left out
    return where(taken_part_, gather(segments, places_), 0);
  }
  [[nodiscard]] const Tensor& took_part() const { return taken_part_; }
  [[nodiscard]] Tensor sum(const Tensor& rows) const {
    return unsorted_segment_sum(rows, ids_, num_segments_);
  }
  [[nodiscard]] Tensor product(const Tensor& rows) const {
    return unsorted_segment_prod(rows, ids_, num_segments_);
  }

 private:
  std::int64_t num_segments_;
  Shape shape_;
  Tensor ids_;
  Tensor places_;
  Tensor taken_part_;
};

Tensors unsorted_segment_sum_vjp(const VjpCall& call) {
  return {Rows(call).of(call.gradient()), Tensor()};
}

/// Of largest and smallest: ties share the gradient equally.
Tensors extremum_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Rows rows(call);
  const Tensor wins = logical_and(equal(x, rows.of(call.output())), rows.took_part());
  // A segment without rows has no winner; 0 / 0 would pass into the second gradient.
  const Tensor winners = maximum(rows.sum(cast(wins, x.dtype())), 1);
  return {where(wins, rows.of(call.gradient() / winners), 0), Tensor()};
}

Tensors unsorted_segment_prod_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Rows rows(call);
  const Tensor is_zero = equal(x, zeros_like(x));
  const Tensor others = where(is_zero, ones_like(x), x);
  const Tensor zero_count = rows.sum(cast(is_zero, x.dtype()));
  const Tensor product = rows.of(rows.product(others));  // of the factors that are not zero
  const Tensor zeros_here = rows.of(zero_count);
  const Tensor alone = logical_and(is_zero, equal(zeros_here, ones_like(x)));
  const Tensor none_here = equal(zeros_here, zeros_like(x));
  const Tensor factor = where(none_here, product / others, where(alone, product, 0));
  return {rows.of(call.gradient()) * factor, Tensor()};
}

}  // namespace

#define SAEM_SEGMENT(op, vjp_function)                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kPrefersHost, \
    .infer = infer_segments, .compose = compose_##op, .vjp = vjp_function, \
    .options = &kAttributesType<SegmentOptions>                            \
  }
SAEM_SEGMENT(unsorted_segment_sum, unsorted_segment_sum_vjp);
SAEM_SEGMENT(unsorted_segment_prod, unsorted_segment_prod_vjp);
SAEM_SEGMENT(unsorted_segment_max, extremum_vjp);
SAEM_SEGMENT(unsorted_segment_min, extremum_vjp);
#undef SAEM_SEGMENT

}  // namespace ops

namespace math {
namespace {

/// Rows of each segment, at least 1, shaped to divide it, (num_segments, 1, ...), in the dtype of
/// quotients of `data`'s.
Tensor row_counts(const Tensor& data, const Tensor& ids, std::int64_t num_segments) {
  const DType dtype = !data.dtype().is_integer() ? data.dtype()
                      : data.dtype().size() < 4  ? float32
                                                 : float64;
  // Counted in int64: a float16 would stop at 2048.
  const Tensor counts =
      maximum(unsorted_segment_sum(ones(ids.shape(), int64), ids, num_segments), 1);
  Shape shape{num_segments};
  while (shape.rank() <= data.rank() - ids.rank()) shape.push_back(1);
  return reshape(cast(counts, dtype), shape);
}

/// What the ids of a sorted segmentation say.
struct Segments {
  std::int64_t count = 0;
  std::vector<std::int64_t> ids;
  bool gaps = false;
};

Segments read_segments(const char* op, const Tensor& data, const Tensor& segment_ids) {
  if (segment_ids.rank() != 1 || data.rank() == 0 || data.shape()[0] != segment_ids.size()) {
    raise<ShapeError>(op, "needs one id for each row of data; data has shape {}, segment_ids {}",
                      data.shape().to_string(), segment_ids.shape().to_string());
  }
  Segments segments;
  segments.ids = ops::host_integers(segment_ids, op, "segment_ids");
  const std::vector<std::int64_t>& ids = segments.ids;
  std::int64_t previous = -1;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] < previous) {
      raise<ValueError>(op,
                        "segment_ids[{}] = {} {}; ids must ascend from 0 on, or use "
                        "unsorted_{}",
                        i, ids[i], ids[i] < 0 ? "is negative" : "is less than the one before", op);
    }
    if (ids[i] == std::numeric_limits<std::int64_t>::max()) {
      raise<ValueError>(op, "segment_ids[{}] = {} leaves no number for how many segments there are",
                        i, ids[i]);
    }
    segments.gaps = segments.gaps || ids[i] > previous + 1;
    previous = ids[i];
  }
  segments.count = previous + 1;
  return segments;
}

/// `folded`, with zeros for segments without rows.
Tensor without_gaps(const Tensor& folded, const Segments& segments) {
  if (!segments.gaps || folded.size() == 0) return folded;
  // As long as `folded`, so a number of segments that no memory holds was refused there.
  std::vector<std::uint8_t> has_rows(static_cast<std::size_t>(segments.count), 0);
  for (const std::int64_t id : segments.ids) has_rows[static_cast<std::size_t>(id)] = 1;
  Shape shape{segments.count};
  while (shape.rank() < folded.rank()) shape.push_back(1);
  return where(cast(constant(has_rows, shape), bool_), folded, 0);
}

}  // namespace

Tensor unsorted_segment_sum(const Tensor& data, const Tensor& segment_ids,
                            std::int64_t num_segments) {
  return apply_one(ops::unsorted_segment_sum_op, {data, segment_ids}, SegmentOptions{num_segments});
}
Tensor unsorted_segment_prod(const Tensor& data, const Tensor& segment_ids,
                             std::int64_t num_segments) {
  return apply_one(ops::unsorted_segment_prod_op, {data, segment_ids},
                   SegmentOptions{num_segments});
}
Tensor unsorted_segment_max(const Tensor& data, const Tensor& segment_ids,
                            std::int64_t num_segments) {
  return apply_one(ops::unsorted_segment_max_op, {data, segment_ids}, SegmentOptions{num_segments});
}
Tensor unsorted_segment_min(const Tensor& data, const Tensor& segment_ids,
                            std::int64_t num_segments) {
  return apply_one(ops::unsorted_segment_min_op, {data, segment_ids}, SegmentOptions{num_segments});
}

Tensor unsorted_segment_mean(const Tensor& data, const Tensor& segment_ids,
                             std::int64_t num_segments) {
  const Tensor sum = unsorted_segment_sum(data, segment_ids, num_segments);
  const Tensor counts = row_counts(data, segment_ids, num_segments);
  return cast(sum, counts.dtype()) / counts;
}

Tensor unsorted_segment_sqrt_n(const Tensor& data, const Tensor& segment_ids,
                               std::int64_t num_segments) {
  if (!data.dtype().is_floating()) {
    raise<DTypeError>("unsorted_segment_sqrt_n", "needs floating point, got {}; tf::cast it first",
                      data.dtype().name());
  }
  const Tensor sum = unsorted_segment_sum(data, segment_ids, num_segments);
  return sum / sqrt(row_counts(data, segment_ids, num_segments));
}

Tensor segment_sum(const Tensor& data, const Tensor& segment_ids) {
  const Segments segments = read_segments("segment_sum", data, segment_ids);
  return unsorted_segment_sum(data, segment_ids, segments.count);
}

Tensor segment_mean(const Tensor& data, const Tensor& segment_ids) {
  const Segments segments = read_segments("segment_mean", data, segment_ids);
  const Tensor sum = unsorted_segment_sum(data, segment_ids, segments.count);
  const Tensor counts = row_counts(data, segment_ids, segments.count);
  // float64 does not hold every integer of 64 bits.
  if (data.dtype() == int64 || data.dtype() == uint64) {
    return truncatediv(sum, maximum(cast(counts, data.dtype()), 1));
  }
  return cast(cast(sum, counts.dtype()) / counts, data.dtype());
}

Tensor segment_prod(const Tensor& data, const Tensor& segment_ids) {
  const Segments segments = read_segments("segment_prod", data, segment_ids);
  return unsorted_segment_prod(data, segment_ids, segments.count);
}

Tensor segment_max(const Tensor& data, const Tensor& segment_ids) {
  const Segments segments = read_segments("segment_max", data, segment_ids);
  return without_gaps(apply_one(ops::unsorted_segment_max_op, {data, segment_ids},
                                SegmentOptions{segments.count, true}),
                      segments);
}

Tensor segment_min(const Tensor& data, const Tensor& segment_ids) {
  const Segments segments = read_segments("segment_min", data, segment_ids);
  return without_gaps(apply_one(ops::unsorted_segment_min_op, {data, segment_ids},
                                SegmentOptions{segments.count, true}),
                      segments);
}

}  // namespace math
}  // namespace saem
