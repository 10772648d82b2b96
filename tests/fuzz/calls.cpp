#include "fuzz/calls.hpp"

#include <array>
#include <limits>
#include <saem/saem.hpp>
#include <string>

namespace saem::fuzz {
namespace {

using Pool = std::vector<Tensor>;
using Call = std::vector<Tensor> (*)(Bytes&, const Pool&);

const Tensor& pick(Bytes& b, const Pool& pool) { return pool[b.below(pool.size())]; }

/// A tensor of indices: from the pool if it happens to be one, else a new one.
Tensor indices(Bytes& b, const Pool& pool) {
  const Tensor& one = pick(b, pool);
  if (one.dtype() == int32 || one.dtype() == int64) return one;
  std::vector<std::int64_t> values(static_cast<std::size_t>(b.between(0, 4)));
  for (std::int64_t& value : values) value = b.between(-1, 3);
  const Tensor made = constant(values);
  return b.coin() ? cast(made, int32) : made;
}

Dims dims(Bytes& b, std::int64_t low, std::int64_t high) {
  Dims result;
  const std::int64_t count = b.between(0, 4);
  for (std::int64_t i = 0; i < count; ++i) result.push_back(b.between(low, high));
  return result;
}

Shape some_shape(Bytes& b) {
  Shape shape;
  const std::int64_t rank = b.between(0, 4);
  for (std::int64_t i = 0; i < rank; ++i) shape.push_back(b.between(-1, 4));
  return shape;
}

Axes axes(Bytes& b) {
  Axes result;
  const std::int64_t count = b.between(0, 2);
  for (std::int64_t i = 0; i < count; ++i) {
    result = i == 0 ? Axes{b.axis()} : Axes{b.axis(), b.axis()};
  }
  return result;
}

/// Filters that may fit `x`, of the size of its last axis.
Tensor filters_for(Bytes& b, const Tensor& x) {
  Shape shape;
  for (int axis = 2; axis < x.rank(); ++axis) shape.push_back(b.between(0, 3));
  shape.push_back(x.rank() > 0 ? x.shape(-1) : 1);
  shape.push_back(b.between(0, 3));
  return fill(shape, b.number(), {.dtype = x.dtype()});
}

/// Rates that are drawn in a short time.
Tensor clip(const Tensor& x) { return clip_by_value(cast(x, float32), -1.0, 50.0); }

DType some_dtype(Bytes& b) { return static_cast<DType::Code>(1 + b.below(DType::kCount - 1)); }

Paddings paddings(Bytes& b) {
  Paddings result(static_cast<std::size_t>(b.between(0, 4)));
  for (auto& pair : result) pair = {b.between(-1, 3), b.between(0, 3)};
  return result;
}

ReduceOptions reduction(Bytes& b) {
  ReduceOptions options;
  options.axis = axes(b);
  options.keepdims = b.coin();
  return options;
}

ScanOptions scan(Bytes& b) {
  ScanOptions options;
  options.axis = b.axis();
  options.exclusive = b.coin();
  options.reverse = b.coin();
  return options;
}

#define SAEM_UNARY(name) \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> { return {name(pick(b, p))}; }
#define SAEM_BINARY(name) \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> { return {name(pick(b, p), pick(b, p))}; }
#define SAEM_REDUCE(name) \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> { return {name(pick(b, p), reduction(b))}; }
#define SAEM_SCAN(name) \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> { return {name(pick(b, p), scan(b))}; }
#define SAEM_SCATTER(name)                                \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> {    \
    return {name(pick(b, p), indices(b, p), pick(b, p))}; \
  }
#define SAEM_SEGMENT(name)                                      \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> {          \
    return {name(pick(b, p), indices(b, p), b.between(-1, 5))}; \
  }
#define SAEM_CALL(expression) \
  [](Bytes& b, [[maybe_unused]] const Pool& p) -> std::vector<Tensor> { return {expression}; }
#define SAEM_CALLS(expression) \
  [](Bytes& b, const Pool& p) -> std::vector<Tensor> { return expression; }

constexpr Call kCalls[] = {
    SAEM_UNARY(negative),
    SAEM_UNARY(tf::abs),
    SAEM_UNARY(sign),
    SAEM_UNARY(square),
    SAEM_UNARY(tf::sqrt),
    SAEM_UNARY(rsqrt),
    SAEM_UNARY(reciprocal),
    SAEM_UNARY(tf::floor),
    SAEM_UNARY(tf::ceil),
    SAEM_UNARY(tf::round),
    SAEM_UNARY(tf::exp),
    SAEM_UNARY(tf::expm1),
    SAEM_UNARY(tf::log),
    SAEM_UNARY(tf::log1p),
    SAEM_UNARY(tf::tanh),
    SAEM_UNARY(sigmoid),
    SAEM_UNARY(softplus),
    SAEM_UNARY(tf::sin),
    SAEM_UNARY(tf::cos),
    SAEM_UNARY(tf::tan),
    SAEM_UNARY(tf::asin),
    SAEM_UNARY(tf::acos),
    SAEM_UNARY(tf::atan),
    SAEM_UNARY(tf::sinh),
    SAEM_UNARY(tf::cosh),
    SAEM_UNARY(tf::asinh),
    SAEM_UNARY(tf::acosh),
    SAEM_UNARY(tf::atanh),
    SAEM_UNARY(nn::relu),
    SAEM_UNARY(nn::relu6),
    SAEM_UNARY(nn::leaky_relu),
    SAEM_UNARY(nn::selu),
    SAEM_UNARY(nn::mish),
    SAEM_UNARY(nn::softsign),
    SAEM_UNARY(nn::hard_sigmoid),
    SAEM_UNARY(nn::hard_silu),
    SAEM_UNARY(nn::hard_tanh),
    SAEM_UNARY(nn::l2_loss),
    SAEM_UNARY(math::log_sigmoid),
    SAEM_UNARY(math::zero_fraction),
    SAEM_UNARY(logical_not),
    SAEM_UNARY(math::is_nan),
    SAEM_UNARY(math::is_inf),
    SAEM_UNARY(math::is_finite),
    SAEM_UNARY(bitwise::invert),
    SAEM_UNARY(bitwise::population_count),
    SAEM_UNARY(math::real),
    SAEM_UNARY(math::imag),
    SAEM_UNARY(math::conj),
    SAEM_UNARY(math::angle),
    SAEM_UNARY(identity),
    SAEM_UNARY(zeros_like),
    SAEM_UNARY(ones_like),
    SAEM_UNARY(tf::where),
    SAEM_UNARY(linalg::trace),
    SAEM_UNARY(linalg::tensor_diag_part),
    SAEM_UNARY(math::reciprocal_no_nan),
    SAEM_UNARY(invert_permutation),
    SAEM_BINARY(add),
    SAEM_BINARY(subtract),
    SAEM_BINARY(multiply),
    SAEM_BINARY(divide),
    SAEM_BINARY(maximum),
    SAEM_BINARY(minimum),
    SAEM_BINARY(tf::pow),
    SAEM_BINARY(equal),
    SAEM_BINARY(not_equal),
    SAEM_BINARY(less),
    SAEM_BINARY(less_equal),
    SAEM_BINARY(greater),
    SAEM_BINARY(greater_equal),
    SAEM_BINARY(logical_and),
    SAEM_BINARY(logical_or),
    SAEM_BINARY(logical_xor),
    SAEM_BINARY(floordiv),
    SAEM_BINARY(floormod),
    SAEM_BINARY(truncatediv),
    SAEM_BINARY(truncatemod),
    SAEM_BINARY(squared_difference),
    SAEM_BINARY(tf::atan2),
    SAEM_BINARY(math::nextafter),
    SAEM_BINARY(math::divide_no_nan),
    SAEM_BINARY(math::multiply_no_nan),
    SAEM_BINARY(math::xdivy),
    SAEM_BINARY(math::xlogy),
    SAEM_BINARY(math::xlog1py),
    SAEM_BINARY(bitwise::bitwise_and),
    SAEM_BINARY(bitwise::bitwise_or),
    SAEM_BINARY(bitwise::bitwise_xor),
    SAEM_BINARY(bitwise::left_shift),
    SAEM_BINARY(bitwise::right_shift),
    SAEM_BINARY(tf::complex),
    SAEM_BINARY(nn::softmax_cross_entropy_with_logits),
    SAEM_BINARY(nn::sparse_softmax_cross_entropy_with_logits),
    SAEM_BINARY(nn::sigmoid_cross_entropy_with_logits),
    SAEM_BINARY(searchsorted),
    SAEM_REDUCE(reduce_sum),
    SAEM_REDUCE(reduce_mean),
    SAEM_REDUCE(reduce_max),
    SAEM_REDUCE(reduce_min),
    SAEM_REDUCE(reduce_prod),
    SAEM_REDUCE(reduce_any),
    SAEM_REDUCE(reduce_all),
    SAEM_REDUCE(reduce_logsumexp),
    SAEM_REDUCE(reduce_euclidean_norm),
    SAEM_REDUCE(reduce_variance),
    SAEM_REDUCE(reduce_std),
    SAEM_SCAN(cumsum),
    SAEM_SCAN(cumprod),
    SAEM_SCAN(cumulative_logsumexp),
    SAEM_SCATTER(tensor_scatter_nd_update),
    SAEM_SCATTER(tensor_scatter_nd_add),
    SAEM_SCATTER(tensor_scatter_nd_sub),
    SAEM_SCATTER(tensor_scatter_nd_min),
    SAEM_SCATTER(tensor_scatter_nd_max),
    SAEM_SEGMENT(math::unsorted_segment_sum),
    SAEM_SEGMENT(math::unsorted_segment_prod),
    SAEM_SEGMENT(math::unsorted_segment_max),
    SAEM_SEGMENT(math::unsorted_segment_min),
    SAEM_SEGMENT(math::unsorted_segment_mean),
    SAEM_CALL(math::segment_sum(pick(b, p), indices(b, p))),
    SAEM_CALL(math::segment_max(pick(b, p), indices(b, p))),
    SAEM_CALL(argmax(pick(b, p), {.axis = b.axis(), .output_type = b.coin() ? int32 : int64})),
    SAEM_CALL(argmin(pick(b, p), {.axis = b.axis(), .output_type = some_dtype(b)})),
    SAEM_CALL(
        sort(pick(b, p), {.axis = b.axis(), .direction = b.coin() ? "ASCENDING" : "DESCENDING"})),
    SAEM_CALL(argsort(pick(b, p), {.axis = b.axis()})),
    [](Bytes& b, const Pool& p) -> std::vector<Tensor> {
      const TopK top = top_k(pick(b, p), b.between(-1, 4), {.sorted = b.coin()});
      return {top.values, top.indices};
    },
    SAEM_CALL(in_top_k(indices(b, p), pick(b, p), b.between(0, 4))),
    [](Bytes& b, const Pool& p) -> std::vector<Tensor> {
      const UniqueWithCounts found = unique_with_counts(pick(b, p));
      return {found.y, found.idx, found.count};
    },
    SAEM_CALL(nn::softmax(pick(b, p), {.axis = b.axis()})),
    SAEM_CALL(nn::log_softmax(pick(b, p), {.axis = b.axis()})),
    SAEM_CALL(matmul(pick(b, p), pick(b, p), {.transpose_a = b.coin(), .transpose_b = b.coin()})),
    SAEM_CALL(cast(pick(b, p), some_dtype(b))),
    SAEM_CALL(bitcast(pick(b, p), some_dtype(b))),
    SAEM_CALL(saturate_cast(pick(b, p), some_dtype(b))),
    SAEM_CALL(clip_by_value(pick(b, p), pick(b, p), pick(b, p))),
    SAEM_CALL(clip_by_norm(pick(b, p), b.number(), axes(b))),
    SAEM_CALL(tf::where(pick(b, p), pick(b, p), pick(b, p))),
    SAEM_CALL(reshape(pick(b, p), some_shape(b))),
    SAEM_CALL(broadcast_to(pick(b, p), some_shape(b))),
    SAEM_CALL(transpose(pick(b, p), {.perm = dims(b, -1, 3)})),
    SAEM_CALL(transpose(pick(b, p))),
    SAEM_CALL(expand_dims(pick(b, p), b.axis())),
    SAEM_CALL(squeeze(pick(b, p), {.axis = axes(b)})),
    SAEM_CALL(pick(b, p)(tf::slice(b.between(-4, 4), b.between(-4, 4), b.between(-2, 2)))),
    SAEM_CALL(pick(b, p)(b.between(-4, 3), tf::ellipsis, tf::newaxis)),
    SAEM_CALL(pick(b, p)(tf::ellipsis, tf::slice(std::nullopt, std::nullopt, -1))),
    SAEM_CALL(tf::slice(pick(b, p), dims(b, -1, 3), dims(b, -1, 3))),
    SAEM_CALL(reverse(pick(b, p), axes(b))),
    SAEM_CALL(gather(pick(b, p), indices(b, p),
                     {.axis = b.axis(), .batch_dims = static_cast<int>(b.between(-1, 2))})),
    SAEM_CALL(
        gather_nd(pick(b, p), indices(b, p), {.batch_dims = static_cast<int>(b.between(-1, 2))})),
    SAEM_CALL(scatter_nd(indices(b, p), pick(b, p), some_shape(b))),
    SAEM_CALL(one_hot(pick(b, p), b.between(-1, 5), {.axis = b.axis(), .dtype = some_dtype(b)})),
    SAEM_CALL(concat({pick(b, p), pick(b, p)}, {.axis = b.axis()})),
    SAEM_CALL(stack({pick(b, p), pick(b, p)}, {.axis = b.axis()})),
    SAEM_CALLS(unstack(pick(b, p), {.axis = b.axis()})),
    SAEM_CALLS(split(pick(b, p), b.between(-1, 4), {.axis = b.axis()})),
    SAEM_CALL(pad(pick(b, p), paddings(b), {.constant_values = b.number()})),
    SAEM_CALL(pad(pick(b, p), paddings(b), {.mode = b.coin() ? "REFLECT" : "SYMMETRIC"})),
    SAEM_CALL(roll(pick(b, p), dims(b, -5, 5), dims(b, -2, 2))),
    SAEM_CALL(tile(pick(b, p), dims(b, -1, 3))),
    SAEM_CALL(repeat(pick(b, p), b.between(-1, 3), {.axis = b.axis()})),
    SAEM_CALL(sequence_mask(pick(b, p), {.maxlen = b.between(-1, 5), .dtype = some_dtype(b)})),
    SAEM_CALL(linspace(pick(b, p), pick(b, p), b.between(-1, 5), {.axis = b.axis()})),
    SAEM_CALLS(meshgrid({pick(b, p), pick(b, p)}, {.indexing = b.coin() ? "xy" : "ij"})),
    SAEM_CALL(nn::space_to_depth(pick(b, p), b.between(-1, 3))),
    SAEM_CALL(nn::depth_to_space(pick(b, p), b.between(-1, 3))),
    SAEM_CALL(space_to_batch(pick(b, p), dims(b, 0, 3), paddings(b))),
    SAEM_CALL(batch_to_space(pick(b, p), dims(b, 0, 3), paddings(b))),
    SAEM_CALL(
        image::extract_patches(pick(b, p), {.sizes = {1, b.between(0, 3), b.between(1, 3), 1},
                                            .strides = {1, b.between(0, 3), b.between(1, 3), 1},
                                            .rates = {1, b.between(1, 2), b.between(1, 2), 1},
                                            .padding = b.coin() ? "SAME" : "VALID"})),
    SAEM_CALL(linalg::diag(pick(b, p), {.k = b.between(-2, 2)})),
    SAEM_CALL(linalg::diag_part(pick(b, p), {.k = {b.between(-2, 1), b.between(-1, 2)}})),
    SAEM_CALL(linalg::set_diag(pick(b, p), pick(b, p), {.k = b.between(-2, 2)})),
    SAEM_CALL(linalg::band_part(pick(b, p), b.between(-2, 3), b.between(-2, 3))),
    SAEM_CALL(boolean_mask(pick(b, p), pick(b, p), {.axis = b.axis()})),
    SAEM_CALLS(dynamic_partition(pick(b, p), indices(b, p), static_cast<int>(b.between(-1, 4)))),
    SAEM_CALL(dynamic_stitch({indices(b, p), indices(b, p)}, {pick(b, p), pick(b, p)})),
    SAEM_CALL(math::bincount(indices(b, p),
                             {.minlength = b.between(-1, 5), .maxlength = b.between(-1, 9)})),
    SAEM_CALL(
        histogram_fixed_width(pick(b, p), {b.number(), b.number()}, {.nbins = b.between(-1, 9)})),
    SAEM_CALL(bucketize(pick(b, p), {-1.0, 0.5, b.number()})),
    SAEM_CALL(fill(some_shape(b), b.number(), {.dtype = some_dtype(b)})),
    SAEM_CALL(range(b.between(-9, 9) / 2.0, b.between(-9, 9), b.between(-4, 4) / 2.0,
                    {.dtype = some_dtype(b)})),
    SAEM_CALL(eye(b.between(-1, 4), {.num_columns = b.between(-1, 4), .dtype = some_dtype(b)})),
    SAEM_CALL(random::stateless_normal(some_shape(b), indices(b, p), {.dtype = some_dtype(b)})),
    SAEM_CALL(random::stateless_uniform(
        some_shape(b), indices(b, p),
        {.minval = b.number(), .maxval = b.number(), .dtype = some_dtype(b)})),
    SAEM_CALL(random::stateless_permutation(b.between(-1, 9), indices(b, p))),
    SAEM_CALL(random::stateless_gamma(some_shape(b), indices(b, p), pick(b, p))),
    SAEM_CALL(random::stateless_poisson(some_shape(b), indices(b, p), clip(pick(b, p)))),
    SAEM_CALL(random::stateless_categorical(pick(b, p), b.between(-1, 5), indices(b, p))),
    SAEM_UNARY(math::erf),
    SAEM_UNARY(math::erfinv),
    SAEM_UNARY(math::ndtri),
    SAEM_UNARY(math::lgamma),
    SAEM_UNARY(math::digamma),
    SAEM_UNARY(math::bessel_i0),
    SAEM_UNARY(math::bessel_i1e),
    SAEM_BINARY(math::zeta),
    SAEM_BINARY(math::polygamma),
    SAEM_BINARY(math::igamma),
    SAEM_BINARY(math::igammac),
    SAEM_CALL(math::betainc(pick(b, p), pick(b, p), pick(b, p))),
    SAEM_UNARY(signal::fft),
    SAEM_UNARY(signal::ifft2d),
    SAEM_CALL(signal::rfft(pick(b, p), {b.between(-1, 6)})),
    SAEM_CALL(signal::irfft(pick(b, p), {b.between(-1, 6)})),
    SAEM_UNARY(linalg::cholesky),
    SAEM_UNARY(linalg::inv),
    SAEM_UNARY(linalg::det),
    SAEM_UNARY(linalg::expm),
    SAEM_UNARY(linalg::adjoint),
    SAEM_UNARY(linalg::eigvalsh),
    SAEM_BINARY(linalg::solve),
    SAEM_BINARY(linalg::matvec),
    SAEM_CALL(linalg::svd(pick(b, p), {.full_matrices = b.coin()}).s),
    SAEM_CALL(linalg::qr(pick(b, p), {.full_matrices = b.coin()}).r),
    SAEM_CALL(norm(pick(b, p), {.axis = axes(b), .keepdims = b.coin()})),
    SAEM_CALL(nn::elu(pick(b, p), {.alpha = b.number()})),
    SAEM_CALL(nn::gelu(pick(b, p), {.approximate = b.coin()})),
    SAEM_CALL(nn::silu(pick(b, p), {.beta = b.number()})),
    SAEM_CALL(nn::crelu(pick(b, p), {.axis = b.axis()})),
    SAEM_CALL(nn::layer_normalization(pick(b, p), pick(b, p), pick(b, p),
                                      {.axis = axes(b), .epsilon = b.number()})),
    SAEM_CALL(nn::layer_normalization(pick(b, p), {}, {}, {.axis = axes(b)})),
    SAEM_CALL(nn::rms_normalization(pick(b, p), pick(b, p), {.axis = b.axis()})),
    SAEM_CALL(nn::rms_normalization(pick(b, p), {}, {.axis = axes(b)})),
    SAEM_CALL(nn::group_normalization(pick(b, p), b.between(-1, 3), {}, {}, {.axis = b.axis()})),
    SAEM_CALL(nn::batch_normalization(pick(b, p), pick(b, p), pick(b, p), pick(b, p), pick(b, p),
                                      b.number())),
    SAEM_CALL(nn::local_response_normalization(
        pick(b, p), {.depth_radius = b.between(-1, 3), .beta = b.number()})),
    SAEM_CALL(math::l2_normalize(pick(b, p), {.axis = axes(b), .epsilon = b.number()})),
    SAEM_CALL(nn::dropout(pick(b, p), b.between(-1, 4) / 4.0, {.noise_shape = some_shape(b)})),
    SAEM_CALL(nn::experimental::stateless_dropout(pick(b, p), 0.5, indices(b, p))),
    SAEM_CALL(nn::bias_add(pick(b, p), pick(b, p), {.data_format = b.coin() ? "NCHW" : "NHWC"})),
    SAEM_CALL(nn::embedding_lookup(pick(b, p), indices(b, p), {.max_norm = b.number()})),
    SAEM_CALL(nn::embedding_lookup(pick(b, p), indices(b, p))),
    SAEM_CALL(nn::weighted_cross_entropy_with_logits(pick(b, p), pick(b, p), pick(b, p))),
    SAEM_CALL(nn::log_poisson_loss(pick(b, p), pick(b, p), {.compute_full_loss = b.coin()})),
    [](Bytes& b, const Pool& p) -> std::vector<Tensor> {
      const auto found = nn::max_pool_with_argmax(
          pick(b, p), b.between(0, 3),
          {.strides = b.between(0, 3), .padding = b.coin() ? "SAME" : "VALID"});
      return {found.output, found.argmax};
    },
    SAEM_CALL(nn::dense(pick(b, p), pick(b, p), pick(b, p),
                        {.activation = b.coin() ? "relu" : "linear"})),
    SAEM_CALL(nn::convolution(pick(b, p), filters_for(b, pick(b, p)),
                              {.strides = b.between(0, 3),
                               .padding = b.coin() ? "SAME" : "VALID",
                               .dilations = b.between(0, 2)})),
    SAEM_CALL(nn::max_pool(pick(b, p), b.between(0, 3),
                           {.strides = b.between(0, 3), .padding = b.coin() ? "SAME" : "VALID"})),
    SAEM_CALL(nn::avg_pool(pick(b, p), b.between(0, 3),
                           {.strides = b.between(0, 3), .padding = b.coin() ? "SAME" : "VALID"})),
};

}  // namespace

double Bytes::number() {
  constexpr double kSpecial[] = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 1e30,
                                 -1e30,
                                 65504.0,
                                 2147483648.0,
                                 std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::denorm_min(),
                                 -9223372036854775808.0};
  const std::size_t which = below(3 * std::size(kSpecial));
  if (which < std::size(kSpecial)) return kSpecial[which];
  return static_cast<double>(between(-8, 8)) / 2.0;
}

Tensor random_tensor(Bytes& bytes, const Tensor& like) {
  const std::int64_t resemblance = like.defined() ? bytes.between(0, 3) : 0;
  Shape shape;
  if (resemblance > 1) {
    shape = like.shape();
  } else {
    const std::int64_t rank = bytes.between(0, 4);
    for (std::int64_t i = 0; i < rank; ++i) {
      const std::int64_t size = bytes.between(0, 9);
      shape.push_back(size > 4 ? 2 : size);
    }
  }
  // Half of them float32: what gradients and most functions take.
  const DType any = bytes.coin() ? float32 : some_dtype(bytes);
  const DType dtype = resemblance > 0 ? like.dtype() : any;
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (double& value : values) value = bytes.number();
  Tensor tensor = cast(constant(values, shape), dtype);
  if (shape.rank() > 1 && bytes.coin()) tensor = transpose(tensor);
  if (shape.rank() > 0 && bytes.coin()) {
    tensor = tensor(tf::slice(std::nullopt, std::nullopt, bytes.coin() ? -1 : 2));
  }
  return tensor;
}

std::vector<Tensor> random_call(Bytes& bytes, const std::vector<Tensor>& pool) {
  return kCalls[bytes.below(std::size(kCalls))](bytes, pool);
}

std::size_t call_count() { return std::size(kCalls); }

}  // namespace saem::fuzz
