#include "cpu/fold.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/fused_program.hpp"
#include "cpu/job_collector.hpp"

namespace saem::cpu {
namespace {

/// Elements of one task: 256 KiB of float32, about 10 us at the memory's speed.
constexpr std::int64_t kChunk = 64 * 1024;
/// Widest panel: its float64 accumulators leave three quarters of a 32 KiB first-level cache to the
/// rows that stream by.
constexpr std::int64_t kWidth = 1024;
/// Elements that are converted or gathered at a time.
constexpr std::int64_t kPacked = 2048;

struct Axis {
  std::int64_t size = 1;
  std::int64_t in = 0;   ///< stride in the input, in elements
  std::int64_t out = 0;  ///< stride in the output; unused for folded axes
  bool folded = false;
};
using AxisList = SmallVector<Axis, 6>;

/// How a fold is cut into tasks: (outer kept index, tile of the width, segment of what is folded).
struct Plan {
  AxisList kept;    ///< all but the width
  AxisList folded;  ///< all but the depth
  Axis width;
  Axis depth;
  std::int64_t kept_count = 1;
  std::int64_t folded_count = 1;
  std::int64_t tile = 1;  ///< lines a task
  std::int64_t tiles = 1;
  std::int64_t cut = 1;       ///< elements of the depth a segment
  std::int64_t cuts = 1;      ///< segments of the depth
  std::int64_t group = 1;     ///< outer folded indices a segment; more than 1 only if `cuts` is 1
  std::int64_t segments = 1;  ///< of one output element
  bool convert = false;
};

AxisList merged_axes(const FoldJob& job) {
  AxisList axes;
  const Shape& shape = job.input.shape();
  std::int64_t out = job.output.size();
  for (int i = 0; i < shape.rank(); ++i) {
    const bool folded = job.step.axes->contains(i);
    if (!folded) out /= shape[i];
    if (shape[i] == 1) continue;
    const Axis axis{shape[i], job.input.strides()[static_cast<std::size_t>(i)], out, folded};
    // The order of the loops is free: the widest strides come outermost.
    std::size_t at = axes.size();
    while (at > 0 && std::abs(axes[at - 1].in) < std::abs(axis.in)) --at;
    axes.insert(axes.begin() + at, axis);
  }
  AxisList merged;
  for (const Axis& axis : axes) {
    if (!merged.empty()) {
      Axis& outer = merged.back();
      if (outer.folded == axis.folded && outer.in == axis.in * axis.size &&
          (axis.folded || outer.out == axis.out * axis.size)) {
        outer = {outer.size * axis.size, axis.in, axis.out, axis.folded};
        continue;
      }
    }
    merged.push_back(axis);
  }
  return merged;
}

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Plan make_plan(const FoldJob& job) {
  Plan plan;
  for (const Axis& axis : merged_axes(job)) (axis.folded ? plan.folded : plan.kept).push_back(axis);
  if (!plan.kept.empty()) {
    plan.width = plan.kept.back();
    plan.kept.pop_back();
  }
  if (!plan.folded.empty()) {
    plan.depth = plan.folded.back();
    plan.folded.pop_back();
  }
  for (const Axis& axis : plan.kept) plan.kept_count *= axis.size;
  for (const Axis& axis : plan.folded) plan.folded_count *= axis.size;
  plan.convert = job.input.dtype().size() != job.step.compute.size();
  const std::int64_t width = plan.width.size;
  const std::int64_t depth = plan.depth.size;
  if (plan.depth.in == 1 || width == 1) {
    plan.cut = std::min(depth, kChunk);
    plan.tile = std::clamp(kChunk / plan.cut, std::int64_t{1}, std::min(width, kWidth));
  } else {
    plan.tile = std::min(width, kWidth);
    plan.cut = std::min(depth, 2 * kChunk / plan.tile);
  }
  plan.tiles = ceil_divide(width, plan.tile);
  plan.cuts = ceil_divide(depth, plan.cut);
  if (plan.cuts == 1) {
    plan.group = std::clamp(kChunk / (plan.cut * plan.tile), std::int64_t{1}, std::int64_t{256});
    plan.group = std::min(plan.group, plan.folded_count);
  }
  plan.segments = ceil_divide(plan.folded_count, plan.group) * plan.cuts;
  return plan;
}

std::int64_t offset_of(const AxisList& axes, std::int64_t index, std::int64_t Axis::*stride) {
  std::int64_t offset = 0;
  for (std::size_t i = axes.size(); i-- > 0;) {
    offset += index % axes[i].size * (axes[i].*stride);
    index /= axes[i].size;
  }
  return offset;
}

/// What folding nothing gives.
void fill_identity(const FoldJob& job, void* accumulators, std::int64_t count) {
  dispatch_numeric(job.step.compute, [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, float16> && !std::is_same_v<T, bfloat16>) {
      using Limits = std::numeric_limits<T>;
      T value{};
      switch (job.step.fold) {
        case Fold::kSum:
          break;
        case Fold::kProduct:
          value = T(1);
          break;
        case Fold::kMaximum:
          value = Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
          break;
        case Fold::kMinimum:
          value = Limits::has_infinity ? Limits::infinity() : Limits::max();
          break;
      }
      if (job.output.dtype().is_bool() && job.step.fold == Fold::kMinimum) value = T(1);
      std::fill_n(static_cast<T*>(accumulators), count, value);
    }
  });
}

/// Accumulators become output elements.
void finish(const FoldJob& job, std::int64_t folded, const void* accumulators, std::int64_t count,
            std::int64_t offset, std::int64_t stride) {
  const auto store = [&]<class C, class T>(Type<C>, Type<T>) {
    const C* from = static_cast<const C*>(accumulators);
    T* to = static_cast<T*>(job.output.mutable_data()) + offset;
    for (std::int64_t i = 0; i < count; ++i) {
      const C value = job.step.mean ? static_cast<C>(from[i] / static_cast<C>(folded)) : from[i];
      to[i * stride] = static_cast<T>(value);
    }
  };
  dispatch(job.output.dtype(), [&]<class T>(Type<T> type) {
    if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
      store(Type<float>{}, type);
    } else if constexpr (std::is_same_v<T, bool>) {
      store(Type<std::uint8_t>{}, type);
    } else if constexpr (std::is_integral_v<T>) {
      using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
      if (job.step.compute.size() == sizeof(Wide)) return store(Type<Wide>{}, type);
      store(type, type);
    } else {
      store(type, type);
    }
  });
}

/// Copies `count` equally spaced elements and converts them to the compute dtype.
void pack(const FoldJob& job, const std::byte* from, std::int64_t stride, std::int64_t count,
          void* to) {
  const DType dtype = job.input.dtype();
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) {
    auto* wide = static_cast<float*>(to);
    if (stride == 1) return widen(dtype, from, wide, count);
    for (std::int64_t i = 0; i < count; ++i) widen(dtype, from + 2 * i * stride, wide + i, 1);
  } else if (dtype.size() == job.step.compute.size()) {
    dispatch_width(dtype, [&]<class T>(Type<T>) {
      const T* source = reinterpret_cast<const T*>(from);
      for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(to)[i] = source[i * stride];
    });
  } else {  // the mean of integers: sign or zero extended to 64 bits
    dispatch_numeric(dtype, [&]<class T>(Type<T>) {
      if constexpr (std::is_integral_v<T>) {
        const T* source = reinterpret_cast<const T*>(from);
        for (std::int64_t i = 0; i < count; ++i) {
          static_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(source[i * stride]);
        }
      }
    });
  }
}

/// Folds a panel that the loops cannot read as it lies: through a small buffer, line by line or row
/// by row.
void fold_packed(const FoldJob& job, const FoldPanel& panel) {
  alignas(64) std::byte buffer[kPacked * sizeof(double)];
  const auto* input = static_cast<const std::byte*>(panel.input);
  auto* accumulators = static_cast<std::byte*>(panel.accumulators);
  const auto in_width = static_cast<std::int64_t>(job.input.dtype().size());
  const auto width = static_cast<std::int64_t>(job.step.compute.size());
  const bool by_lines =
      panel.width == 1 || std::abs(panel.depth_stride) < std::abs(panel.width_stride);
  if (by_lines && panel.depth >= kPacked / 16) {
    for (std::int64_t j = 0; j < panel.width; ++j) {
      for (std::int64_t i = 0; i < panel.depth; i += kPacked) {
        const std::int64_t count = std::min(kPacked, panel.depth - i);
        const std::int64_t at = j * panel.width_stride + i * panel.depth_stride;
        pack(job, input + at * in_width, panel.depth_stride, count, buffer);
        job.step.loops.fold({buffer, 1, count, count, 1, accumulators + j * width});
      }
    }
  } else if (by_lines) {
    const std::int64_t batch = kPacked / panel.depth;
    for (std::int64_t j = 0; j < panel.width; j += batch) {
      const std::int64_t lines = std::min(batch, panel.width - j);
      if (panel.depth_stride == 1 && panel.width_stride == panel.depth) {
        pack(job, input + j * panel.depth * in_width, 1, lines * panel.depth, buffer);
      } else {
        for (std::int64_t k = 0; k < lines; ++k) {
          pack(job, input + (j + k) * panel.width_stride * in_width, panel.depth_stride,
               panel.depth, buffer + k * panel.depth * width);
        }
      }
      job.step.loops.fold({buffer, lines, panel.depth, panel.depth, 1, accumulators + j * width});
    }
  } else {
    const std::int64_t batch = kPacked / panel.width;  // kWidth is less than kPacked
    for (std::int64_t i = 0; i < panel.depth; i += batch) {
      const std::int64_t rows = std::min(batch, panel.depth - i);
      for (std::int64_t k = 0; k < rows; ++k) {
        pack(job, input + (i + k) * panel.depth_stride * in_width, panel.width_stride, panel.width,
             buffer + k * panel.width * width);
      }
      job.step.loops.fold({buffer, panel.width, 1, rows, panel.width, accumulators});
    }
  }
}

/// Computes what is folded, a part of a panel at a time, into memory that stays in the caches: one
/// thread's.
class Producer {
 public:
  Producer(std::span<const FoldJob> jobs, const Plan& plan)
      : jobs_(jobs),
        plan_(plan),
        element_(static_cast<std::int64_t>(jobs[0].input.dtype().size())),
        accumulator_(static_cast<std::int64_t>(jobs[0].step.compute.size())),
        runner_(*jobs[0].producer, jobs[0].input.size(), BlockRunner::Outputs::kInCache),
        plane_(plane()),
        scratch_(Tensor::empty(jobs[0].input.dtype(),
                               {static_cast<std::int64_t>(jobs.size()), plane_})) {}

  /// Folds the panel of `width` lines of `depth` elements whose first element is number `at`, cut
  /// where the loops cut it anyway. Job i's accumulators lie `i * apart` bytes from the first.
  void fold(std::int64_t at, std::int64_t width, std::int64_t depth, void* accumulators,
            std::int64_t apart) {
    auto* to = static_cast<std::byte*>(accumulators);
    if (plan_.depth.in == 1 || plan_.width.size == 1) {  // each line has its own accumulator
      const std::int64_t batch = std::max<std::int64_t>(1, kScratch / depth);
      for (std::int64_t j = 0; j < width; j += batch) {
        const std::int64_t lines = std::min(batch, width - j);
        produce(at + j * plan_.width.in, lines, plan_.width.in, depth, depth);
        fold_scratch({nullptr, lines, depth, depth, 1, to + j * accumulator_}, apart);
      }
      return;
    }
    if (plan_.depth.in == width && width <= kNarrowRows && !plan_.convert) {
      const std::int64_t done = fold_narrow(at, width, depth, to, apart);
      at += done * width;
      depth -= done;
    }
    const std::int64_t stride = row_stride(width);
    const std::int64_t batch =
        std::max<std::int64_t>(1, kScratch / stride / rows_at_once(width)) * rows_at_once(width);
    for (std::int64_t i = 0; i < depth; i += batch) {
      const std::int64_t count = std::min(batch, depth - i);
      produce(at + i * plan_.depth.in, count, plan_.depth.in, width, stride);
      fold_scratch({nullptr, width, 1, count, stride, accumulators}, apart);
    }
  }

 private:
  /// Elements that are computed before they are folded, where no more are needed: 32 KiB of
  /// float32.
  static constexpr std::int64_t kScratch = 8 * 1024;

  /// Rows with gaps in memory keep them: the loops take others several at a time.
  [[nodiscard]] std::int64_t row_stride(std::int64_t width) const {
    return plan_.depth.in == width ? width : width + 16;
  }
  /// Rows that the loops take together.
  [[nodiscard]] std::int64_t rows_at_once(std::int64_t width) const {
    return plan_.convert ? kPacked / width : kRowsAtOnce;
  }

  /// What the loops do with narrow rows (`kNarrowRows`), which they take several at a time as one
  /// wide row, a part of the rows after the other. Gives the rows that are done.
  std::int64_t fold_narrow(std::int64_t at, std::int64_t width, std::int64_t depth, std::byte* to,
                           std::int64_t apart) {
    const std::int64_t rows = 2 * kNarrowRows / width;
    const std::int64_t groups = depth / rows;
    if (groups < 2) return 0;
    const std::int64_t wide = rows * width;
    const std::int64_t gap = 2 * kNarrowRows * accumulator_;
    if (!wide_.defined()) {
      wide_ = Tensor::empty(uint8, {static_cast<std::int64_t>(jobs_.size()) * gap});
    }
    auto* folded = static_cast<std::byte*>(wide_.mutable_data());
    for (std::size_t k = 0; k < jobs_.size(); ++k) {
      fill_identity(jobs_[k], folded + static_cast<std::int64_t>(k) * gap, wide);
    }
    const std::int64_t batch =
        std::max<std::int64_t>(1, kScratch / wide / kRowsAtOnce) * kRowsAtOnce;
    for (std::int64_t i = 0; i < groups; i += batch) {
      const std::int64_t count = std::min(batch, groups - i);
      produce(at + i * wide, count, wide, wide, wide);
      fold_scratch({nullptr, wide, 1, count, wide, folded}, gap);
    }
    for (std::size_t k = 0; k < jobs_.size(); ++k) {
      const auto i = static_cast<std::int64_t>(k);
      jobs_[k].step.loops.fold({folded + i * gap, width, 1, rows, width, to + i * apart});
    }
    return groups * rows;
  }

  /// The most elements that one job's part of the scratch memory has to hold.
  [[nodiscard]] std::int64_t plane() const {
    if (plan_.depth.in == 1 || plan_.width.size == 1) return std::max(kScratch, plan_.cut);
    const std::int64_t last = plan_.width.size - (plan_.tiles - 1) * plan_.tile;
    return std::max({kScratch, rows_at_once(plan_.tile) * row_stride(plan_.tile),
                     rows_at_once(last) * row_stride(last)});
  }

  /// Runs of `length` elements from number `at` on, `step` apart, to runs `stride` apart.
  void produce(std::int64_t at, std::int64_t runs, std::int64_t step, std::int64_t length,
               std::int64_t stride) {
    if (step == length && stride == length) {
      length *= runs;
      runs = 1;
    }
    std::byte* to[FusedCall::kMaxTensors];
    for (std::int64_t k = 0; k < runs; ++k) {
      for (std::size_t i = 0; i < jobs_.size(); ++i) to[i] = scratch(i) + k * stride * element_;
      runner_.run(at + k * step, at + k * step + length, to, at + k * step);
    }
  }

  std::byte* scratch(std::size_t job) {
    return static_cast<std::byte*>(scratch_.mutable_data()) +
           static_cast<std::int64_t>(job) * plane_ * element_;
  }

  void fold_scratch(FoldPanel panel, std::int64_t apart) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      panel.input = scratch(i);
      if (plan_.convert) {
        fold_packed(jobs_[i], panel);
      } else {
        jobs_[i].step.loops.fold(panel);
      }
      panel.accumulators = static_cast<std::byte*>(panel.accumulators) + apart;
    }
  }

  std::span<const FoldJob> jobs_;
  const Plan& plan_;
  const std::int64_t element_;      // bytes
  const std::int64_t accumulator_;  // bytes
  BlockRunner runner_;
  const std::int64_t plane_;
  Tensor scratch_;  // (jobs, plane)
  Tensor wide_;
};

class Runner {
 public:
  explicit Runner(std::span<const FoldJob> jobs)
      : jobs_(jobs),
        plan_(make_plan(jobs[0])),
        in_width_(static_cast<std::int64_t>(jobs[0].input.dtype().size())),
        width_(static_cast<std::int64_t>(jobs[0].step.compute.size())),
        folded_(plan_.folded_count * plan_.depth.size) {}

  void run() {
    const std::int64_t tasks = plan_.kept_count * plan_.tiles * plan_.segments;
    const std::int64_t cost = plan_.tile * plan_.cut * plan_.group;
    const std::int64_t grain = std::max<std::int64_t>(1, kChunk / cost);
    if (plan_.segments == 1) {
      parallel_for(tasks, grain, [&](std::int64_t begin, std::int64_t end) {
        constexpr std::int64_t kBytes = kWidth * sizeof(double);
        alignas(64) std::byte for_one[kBytes];
        Tensor for_more;
        if (jobs_.size() > 1) {
          for_more = Tensor::empty(uint8, {static_cast<std::int64_t>(jobs_.size()) * kBytes});
        }
        auto* accumulators =
            jobs_.size() == 1 ? for_one : static_cast<std::byte*>(for_more.mutable_data());
        std::optional<Producer> producer;
        start(producer);
        for (std::int64_t task = begin; task < end; ++task) {
          const Place place = place_of(task);
          fold_segment(place, producer, accumulators, kBytes);
          store(place, accumulators, kBytes);
        }
      });
      return;
    }
    // Every segment leaves its own accumulators; they are then folded in pairs, pairs of pairs and
    // so on.
    const std::int64_t lines = plan_.kept_count * plan_.segments * plan_.width.size;
    const std::int64_t apart = lines * width_;
    Tensor partial =
        Tensor::empty(jobs_[0].step.compute, {static_cast<std::int64_t>(jobs_.size()), lines});
    auto* accumulators = static_cast<std::byte*>(partial.mutable_data());
    parallel_for(tasks, grain, [&](std::int64_t begin, std::int64_t end) {
      std::optional<Producer> producer;
      start(producer);
      for (std::int64_t task = begin; task < end; ++task) {
        const Place place = place_of(task);
        fold_segment(place, producer, accumulators + partial_offset(place, place.segment), apart);
      }
    });
    const std::int64_t places = plan_.kept_count * plan_.tiles;
    const std::int64_t pair_grain =
        std::max<std::int64_t>(1, kChunk / (plan_.tile * plan_.segments));
    parallel_for(places, pair_grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t index = begin; index < end; ++index) {
        const Place place = place_of(index * plan_.segments);
        for (std::size_t k = 0; k < jobs_.size(); ++k) {
          combine(place, jobs_[k].step, accumulators + static_cast<std::int64_t>(k) * apart);
        }
        store(place, accumulators + partial_offset(place, 0), apart);
      }
    });
  }

 private:
  struct Place {
    std::int64_t kept;   ///< index over the outer kept axes
    std::int64_t line;   ///< first line of the tile
    std::int64_t count;  ///< lines of the tile
    std::int64_t segment;
  };

  [[nodiscard]] Place place_of(std::int64_t task) const {
    Place place{};
    place.segment = task % plan_.segments;
    task /= plan_.segments;
    place.line = task % plan_.tiles * plan_.tile;
    place.kept = task / plan_.tiles;
    place.count = std::min(plan_.tile, plan_.width.size - place.line);
    return place;
  }

  [[nodiscard]] std::int64_t partial_offset(const Place& place, std::int64_t segment) const {
    return ((place.kept * plan_.segments + segment) * plan_.width.size + place.line) * width_;
  }

  void start(std::optional<Producer>& producer) const {
    if (jobs_[0].producer != nullptr) producer.emplace(jobs_, plan_);
  }

  /// All segments of a place into its first.
  void combine(const Place& place, const FoldStep& fold, std::byte* accumulators) const {
    for (std::int64_t step = 1; step < plan_.segments; step *= 2) {
      for (std::int64_t s = 0; s + step < plan_.segments; s += 2 * step) {
        fold.loops.combine(accumulators + partial_offset(place, s),
                           accumulators + partial_offset(place, s + step), place.count);
      }
    }
  }

  /// Job i's accumulators lie `i * apart` bytes from the first.
  void fold_segment(const Place& place, std::optional<Producer>& producer, std::byte* accumulators,
                    std::int64_t apart) const {
    for (std::size_t k = 0; k < jobs_.size(); ++k) {
      fill_identity(jobs_[k], accumulators + static_cast<std::int64_t>(k) * apart, place.count);
    }
    const std::int64_t first = place.segment / plan_.cuts * plan_.group;
    const std::int64_t last = std::min(first + plan_.group, plan_.folded_count);
    const std::int64_t begin = place.segment % plan_.cuts * plan_.cut;
    const std::int64_t depth = std::min(plan_.cut, plan_.depth.size - begin);
    const std::int64_t base = offset_of(plan_.kept, place.kept, &Axis::in) +
                              place.line * plan_.width.in + begin * plan_.depth.in;
    for (std::int64_t index = first; index < last; ++index) {
      const std::int64_t at = base + offset_of(plan_.folded, index, &Axis::in);
      if (producer) {
        producer->fold(at, place.count, depth, accumulators, apart);
        continue;
      }
      const FoldJob& job = jobs_[0];
      const FoldPanel panel{static_cast<const std::byte*>(job.input.data()) + at * in_width_,
                            place.count,
                            plan_.width.in,
                            depth,
                            plan_.depth.in,
                            accumulators};
      if (!plan_.convert && (plan_.depth.in == 1 || plan_.width.in == 1)) {
        job.step.loops.fold(panel);
      } else {
        fold_packed(job, panel);
      }
    }
  }

  void store(const Place& place, const std::byte* accumulators, std::int64_t apart) const {
    const std::int64_t offset =
        offset_of(plan_.kept, place.kept, &Axis::out) + place.line * plan_.width.out;
    for (std::size_t k = 0; k < jobs_.size(); ++k) {
      finish(jobs_[k], folded_, accumulators + static_cast<std::int64_t>(k) * apart, place.count,
             offset, plan_.width.out);
    }
  }

  std::span<const FoldJob> jobs_;  // more than one only of a producer
  const Plan plan_;
  const std::int64_t in_width_;
  const std::int64_t width_;
  const std::int64_t folded_;
};

/// No elements to fold: every output is what folding nothing gives. The mean of no floats is 0 / 0,
/// of no integers 0.
void run_empty(const FoldJob& job) {
  const bool divide = job.step.mean && job.output.dtype().is_floating();
  FoldJob plain = job;
  plain.step.mean = divide;
  alignas(64) std::byte accumulators[kWidth * sizeof(double)];
  fill_identity(job, accumulators, kWidth);
  for (std::int64_t i = 0; i < job.output.size(); i += kWidth) {
    finish(plain, 0, accumulators, std::min(kWidth, job.output.size() - i), i, 1);
  }
}

/// A small tensor folded into one element, of which there are many: nothing to plan. The same bits
/// as with a plan.
bool run_small(const FoldJob& job) {
  const Tensor& x = job.input;
  if (job.producer != nullptr || job.output.size() != 1 || x.size() > kChunk ||
      !x.is_contiguous() || x.dtype().size() != job.step.compute.size()) {
    return false;
  }
  alignas(64) std::byte accumulator[sizeof(double)];
  fill_identity(job, accumulator, 1);
  job.step.loops.fold({x.data(), 1, x.size(), x.size(), 1, accumulator});
  finish(job, x.size(), accumulator, 1, 0, 1);
  return true;
}

}  // namespace

void run_fold(const FoldJob& job) {
  if (job.output.size() == 0) return JobCollector::offer(job);
  if (job.input.size() == 0) return run_empty(job);
  if (run_small(job)) return;
  Runner(std::span(&job, 1)).run();
}

void run_folds(std::span<const FoldJob> jobs) {
  if (jobs.size() == 1 || jobs[0].output.size() == 0 || jobs[0].input.size() == 0) {
    std::for_each(jobs.begin(), jobs.end(), &run_fold);
    return;
  }
  Runner(jobs).run();
}

}  // namespace saem::cpu
