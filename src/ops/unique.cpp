// unique, unique_with_counts, setdiff1d; floor 2 of 5: meaning. No ops of their own: what comes out
// has a shape that only the values know, so they are read here, and what remains is a gather.
#include <cstring>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/unique.hpp>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/message.hpp"
#include "core/dispatch.hpp"
#include "ops/host.hpp"

namespace saem {
namespace {

void check(const char* op, const Tensor& x, const UniqueOptions& options) {
  if (x.rank() != 1) {
    raise<ShapeError>(op, "needs one axis, got shape {}; tf::reshape it", x.shape().to_string());
  }
  if (options.out_idx != int32 && options.out_idx != int64) {
    raise<DTypeError>(op, "out_idx is int32 or int64, not {}", options.out_idx.name());
  }
}

/// Each element as bits that are equal where the elements are; NaNs, which equal nothing, are
/// marked.
struct Patterns {
  std::vector<std::uint64_t> bits;
  std::vector<bool> nan;
};

Patterns patterns_of(const Tensor& x, const char* op, const char* name) {
  const Tensor host = ops::host_tensor(x, op, name);
  const auto count = static_cast<std::size_t>(x.size());
  Patterns patterns{std::vector<std::uint64_t>(count), std::vector<bool>(count)};
  dispatch(x.dtype(), [&]<class T>(Type<T>) {
    const auto elements = host.span<T>();
    for (std::size_t i = 0; i < count; ++i) {
      const T element = elements[i];
      patterns.nan[i] = element != element;
      if (element == T()) continue;  // zeros of either sign
      std::memcpy(&patterns.bits[i], &element, sizeof(T));
    }
  });
  return patterns;
}

UniqueWithCounts find(const char* op, const Tensor& x, const UniqueOptions& options) {
  check(op, x, options);
  const Patterns patterns = patterns_of(x, op, "x");
  std::unordered_map<std::uint64_t, std::int64_t> known;
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> counts;
  std::vector<std::int64_t> places;
  places.reserve(patterns.bits.size());
  for (std::size_t i = 0; i < patterns.bits.size(); ++i) {
    auto place = static_cast<std::int64_t>(first.size());
    const bool found = !patterns.nan[i] && !known.try_emplace(patterns.bits[i], place).second;
    if (found) {
      place = known[patterns.bits[i]];
    } else {
      first.push_back(static_cast<std::int64_t>(i));
      counts.push_back(0);
    }
    ++counts[static_cast<std::size_t>(place)];
    places.push_back(place);
  }
  return {gather(x, constant(first)), cast(constant(places), options.out_idx),
          cast(constant(counts), options.out_idx)};
}

}  // namespace

Unique unique(const Tensor& x, const UniqueOptions& options) {
  UniqueWithCounts found = find("unique", x, options);
  return {std::move(found.y), std::move(found.idx)};
}

UniqueWithCounts unique_with_counts(const Tensor& x, const UniqueOptions& options) {
  return find("unique_with_counts", x, options);
}

SetDifference setdiff1d(const Tensor& x, const Tensor& y, const UniqueOptions& options) {
  check("setdiff1d", x, options);
  check("setdiff1d", y, options);
  if (x.dtype() != y.dtype()) {
    raise<DTypeError>("setdiff1d", "{} and {} do not mix; tf::cast one of them", x.dtype().name(),
                      y.dtype().name());
  }
  const Patterns have = patterns_of(x, "setdiff1d", "x");
  const Patterns taken = patterns_of(y, "setdiff1d", "y");
  std::unordered_set<std::uint64_t> gone;
  for (std::size_t i = 0; i < taken.bits.size(); ++i) {
    if (!taken.nan[i]) gone.insert(taken.bits[i]);
  }
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < have.bits.size(); ++i) {
    if (have.nan[i] || !gone.contains(have.bits[i])) kept.push_back(static_cast<std::int64_t>(i));
  }
  const Tensor places = constant(kept);
  return {gather(x, places), cast(places, options.out_idx)};
}

}  // namespace saem
