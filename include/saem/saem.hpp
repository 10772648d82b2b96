#pragma once

/// Everything: `#include <saem/saem.hpp>` brings the namespaces `tf`, `keras` and `plot`.

#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/config.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/op.hpp>
#include <saem/core/tensor.hpp>
#include <saem/core/trace.hpp>
#include <saem/data/datasets.hpp>
#include <saem/data/idx.hpp>
#include <saem/ops/argmax.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_distance.hpp>
#include <saem/ops/binary_division.hpp>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/bitcast.hpp>
#include <saem/ops/bitwise.hpp>
#include <saem/ops/boolean_mask.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/classify.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/clip_norm.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/copy_to_device.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/extract_patches.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/histogram.hpp>
#include <saem/ops/identity.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/partition.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/random_distributions.hpp>
#include <saem/ops/random_generator.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reduce_norm.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/roll.hpp>
#include <saem/ops/scan.hpp>
#include <saem/ops/scatter.hpp>
#include <saem/ops/search.hpp>
#include <saem/ops/segment.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/sort.hpp>
#include <saem/ops/space_to_depth.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/tile.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>
#include <saem/ops/unique.hpp>
#include <saem/ops/where.hpp>
#include <saem/plot/charts.hpp>
#include <saem/plot/figure.hpp>
#include <saem/plot/graph.hpp>
#include <saem/plot/pictures.hpp>
#include <saem/plot/tape.hpp>
#include <saem/version.hpp>

namespace tf = saem;            // NOLINT: the vocabulary of the course
namespace keras = saem::keras;  // NOLINT
namespace plot = saem::plot;    // NOLINT
