#pragma once

#include <mutex>
#include <saem/core/tensor.hpp>
#include <vector>

#include "core/tensor_impl.hpp"
#include "cpu/onednn.hpp"

namespace saem::cpu {

/// The way from one layout of elements to another, one of them a primitive's own.
struct Relayout {
  using Descriptor = dnnl::memory::desc;

  Descriptor from;
  Descriptor to;
  onednn::PrimitiveOf<2> reorder;

  Relayout(const Descriptor& before, const Descriptor& after)
      : from(before),
        to(after),
        reorder(dnnl::reorder(dnnl::reorder::primitive_desc(onednn::engine(), before,
                                                            onednn::engine(), after)),
                {{{DNNL_ARG_FROM, before}, {DNNL_ARG_TO, after}}}) {}

  /// Memory for elements in that layout.
  static Tensor space(const Descriptor& layout) {
    return Tensor::empty(uint8, {static_cast<std::int64_t>(layout.get_size())});
  }
  /// The elements at `plain` in the layout `to`.
  [[nodiscard]] Tensor copy(void* plain) const {
    Tensor made = space(to);
    reorder.run({plain, made.mutable_data()});
    return made;
  }
};

/// Weights in the layouts that primitives wanted, kept with the elements they were made from until
/// somebody writes those. Kernels of all kinds share it: a storage has one keepsake.
class LaidOut final : public Keepsake {
 public:
  /// The weights at `plain` as `layout` has them, if they were asked for before and are still what
  /// they were; else nothing, so that what changes at every step costs no memory.
  Tensor find(void* plain, const Relayout& layout) {
    const std::scoped_lock lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.plain != plain || entry.from != layout.from || entry.to != layout.to) continue;
      if (!entry.copy.defined()) entry.copy = layout.copy(plain);
      return entry.copy;
    }
    if (entries_.size() < kLayouts) entries_.push_back({plain, layout.from, layout.to, Tensor()});
    return {};
  }

  /// Where weights may be kept: null where a stranger owns the elements, who may write them unseen.
  static Storage* storage_of(const Tensor& weights) {
    Storage* storage = weights.impl()->storage;
    return storage->block_bytes == 0 ? nullptr : storage;
  }

 private:
  /// Forwards and backwards, for two shapes of what is multiplied with them.
  static constexpr std::size_t kLayouts = 4;

  struct Entry {
    const void* plain;  ///< a storage may hold several
    Relayout::Descriptor from;
    Relayout::Descriptor to;
    Tensor copy;
  };

  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace saem::cpu
