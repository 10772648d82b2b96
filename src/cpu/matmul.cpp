// matmul, floor 3 of 5: CPU. oneDNN for large float32 and half-precision products, BLAS for complex
// ones, our own gemm for the rest.
//
// Weights that come again as they were are packed: kept in the layout that oneDNN would else make
// of them, strip by strip, in each call. A product reads those in order. Measured on two Zen 5
// cores: 1.1 (128 rows) to 5.8 times (one row) as fast in bfloat16, 1.07 to 2.2 times in float32.
#include "cpu/matmul.hpp"

#include <cstring>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/matmul.hpp>

#include "core/tensor_impl.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/gemm.hpp"
#include "cpu/laid_out.hpp"
#include "cpu/lapack.hpp"
#include "cpu/onednn.hpp"

namespace saem::cpu {
namespace {

/// The matrices of one operand: where an element lies, and from one matrix to the next along each
/// batch axis.
struct Matrices {
  const std::byte* data = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 0;
  Dims batch_strides;
};

/// Products of one shape along batch axes, neighbours merged.
struct Plan {
  DType dtype;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t inner = 0;
  Dims batch;
  Matrices a;
  Matrices b;
};

/// Whether the last two axes are a matrix stored by rows or by columns, as oneDNN takes them.
bool is_plain(const Tensor& x) {
  const std::size_t last = static_cast<std::size_t>(x.rank()) - 1;
  const std::int64_t rows = x.shape(-2);
  const std::int64_t columns = x.shape(-1);
  const std::int64_t row_stride = x.strides()[last - 1];
  const std::int64_t column_stride = x.strides()[last];
  // oneDNN 3.7 reads a vector as if its elements were neighbours, whatever the strides say (2.6
  // does not); a vector is cheap to copy.
  if (rows == 1 && columns > 1 && column_stride != 1) return false;
  if (columns == 1 && rows > 1 && row_stride != 1) return false;
  const auto steps = [](std::int64_t size, std::int64_t stride, std::int64_t least) {
    return size == 1 || stride >= least;
  };
  for (std::size_t axis = 0; axis + 1 < last; ++axis) {
    if (x.strides()[axis] < 0) return false;
  }
  const bool by_rows = (columns == 1 || column_stride == 1) && steps(rows, row_stride, columns);
  const bool by_columns = (rows == 1 || row_stride == 1) && steps(columns, column_stride, rows);
  return by_rows || by_columns;
}

Tensor plain(const Tensor& x) {
  if (is_plain(x)) return x;
  Tensor copy = Tensor::empty(x.dtype(), x.shape(), x.device());
  copy_elements(x, copy);
  return copy;
}

Matrices matrices_of(const Tensor& x, bool transposed, std::size_t batch_rank) {
  const std::size_t rank = static_cast<std::size_t>(x.rank());
  Matrices result;
  result.data = static_cast<const std::byte*>(x.data());
  // A stride that is never taken may be anything; made what oneDNN expects of a matrix.
  std::int64_t row_stride = x.strides()[rank - 2];
  std::int64_t column_stride = x.strides()[rank - 1];
  if (x.shape(-1) == 1) column_stride = 1;
  if (x.shape(-2) == 1) row_stride = column_stride == 1 ? x.shape(-1) : 1;
  if (x.shape(-1) == 1 && row_stride == 1) column_stride = x.shape(-2);
  result.row_stride = transposed ? column_stride : row_stride;
  result.column_stride = transposed ? row_stride : column_stride;
  result.batch_strides.resize(batch_rank, 0);
  const std::size_t lead = batch_rank + 2 - rank;
  for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
    if (x.shape().dims()[axis] != 1) result.batch_strides[lead + axis] = x.strides()[axis];
  }
  return result;
}

void merge_batch_axes(Plan& plan) {
  Dims sizes;
  Dims a;
  Dims b;
  for (std::size_t axis = 0; axis < plan.batch.size(); ++axis) {
    const std::int64_t size = plan.batch[axis];
    const std::int64_t a_stride = plan.a.batch_strides[axis];
    const std::int64_t b_stride = plan.b.batch_strides[axis];
    if (size == 1) continue;
    if (!sizes.empty() && a.back() == a_stride * size && b.back() == b_stride * size) {
      sizes.back() *= size;
      a.back() = a_stride;
      b.back() = b_stride;
    } else {
      sizes.push_back(size);
      a.push_back(a_stride);
      b.push_back(b_stride);
    }
  }
  plan.batch = std::move(sizes);
  plan.a.batch_strides = std::move(a);
  plan.b.batch_strides = std::move(b);
}

/// BLAS counts in int.
constexpr std::int64_t kMostBlas = std::numeric_limits<int>::max();

/// One `b` for all matrices of `a`, which lie one after another: a single product with more rows.
void fold_batch_into_rows(Plan& plan) {
  if (plan.batch.size() != 1 || plan.b.batch_strides[0] != 0 ||
      plan.a.batch_strides[0] != plan.rows * plan.a.row_stride ||
      (plan.dtype.is_complex() && plan.rows > kMostBlas / plan.batch[0])) {
    return;
  }
  plan.rows *= plan.batch[0];
  // A stride that is never taken; oneDNN fails at run time if it is less than the rows.
  if (plan.inner == 1 && plan.a.row_stride == 1) plan.a.column_stride = plan.rows;
  plan.batch.clear();
  plan.a.batch_strides.clear();
  plan.b.batch_strides.clear();
}

Plan make_plan(const Tensor& a, const Tensor& b, const MatmulOptions& options, const Shape& shape) {
  Plan plan;
  plan.dtype = a.dtype();
  plan.rows = shape.at(-2);
  plan.columns = shape.at(-1);
  plan.inner = a.shape(options.transpose_a ? -2 : -1);
  plan.batch = Dims(shape.begin(), shape.end() - 2);
  plan.a = matrices_of(a, options.transpose_a, plan.batch.size());
  plan.b = matrices_of(b, options.transpose_b, plan.batch.size());
  if (!plan.batch.empty()) {
    merge_batch_axes(plan);
    fold_batch_into_rows(plan);
  }
  return plan;
}

using Desc = dnnl::memory::desc;
using DnnlDims = dnnl::memory::dims;

/// Multiplications below which a second thread costs more than it brings: (32, 256) x (256, 10)
/// takes 1.3 us on one thread and 1.6 on two, or 2.6 where the two are far apart.
constexpr std::int64_t kSerialWork = 1 << 18;

bool is_small(const Plan& plan) {
  const std::int64_t count = plan.batch.empty() ? 1 : plan.batch.back();
  return plan.rows * plan.columns * plan.inner < kSerialWork / count;
}

/// Makes the primitive for the last batch axis of `plan`, or none if oneDNN has nothing fast.
std::optional<onednn::Primitive> make_primitive(const Plan& plan) {
  const auto type = onednn::data_type(plan.dtype);
  if (!type) return std::nullopt;
  Desc a;
  Desc b;
  Desc output;
  if (plan.batch.empty()) {
    a = Desc({plan.rows, plan.inner}, *type, DnnlDims{plan.a.row_stride, plan.a.column_stride});
    b = Desc({plan.inner, plan.columns}, *type, DnnlDims{plan.b.row_stride, plan.b.column_stride});
    output = Desc({plan.rows, plan.columns}, *type, DnnlDims{plan.columns, 1});
  } else {
    const std::int64_t count = plan.batch.back();
    const auto batched = [&](const Matrices& x, std::int64_t rows, std::int64_t columns) {
      const std::int64_t stride = x.batch_strides.back();
      // A repeated matrix is a batch of one, whose stride is never taken.
      return Desc({stride == 0 ? 1 : count, rows, columns}, *type,
                  DnnlDims{stride == 0 ? rows * columns : stride, x.row_stride, x.column_stride});
    };
    a = batched(plan.a, plan.rows, plan.inner);
    b = batched(plan.b, plan.inner, plan.columns);
    output = Desc({count, plan.rows, plan.columns}, *type,
                  DnnlDims{plan.rows * plan.columns, plan.columns, 1});
  }
  std::optional<onednn::OneThread> alone;
  if (is_small(plan)) alone.emplace();
  const auto description = onednn::matmul_plan(a, b, output);
  if (!description) return std::nullopt;
  return onednn::Primitive(dnnl::matmul(*description),
                           {{{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, output}}});
}

const std::optional<onednn::Primitive>& find_primitive(const Plan& plan) {
  thread_local onednn::Cache<11> cache;
  const bool batched = !plan.batch.empty();
  return cache.find(
      {static_cast<std::int64_t>(plan.dtype.code()), plan.rows, plan.columns, plan.inner,
       plan.a.row_stride, plan.a.column_stride, plan.b.row_stride, plan.b.column_stride,
       batched ? plan.batch.back() : -1, batched ? plan.a.batch_strides.back() : -1,
       batched ? plan.b.batch_strides.back() : -1},
      [&] { return make_primitive(plan); });
}

/// One product whose weights are packed.
struct PackedProduct {
  onednn::Primitive primitive;
  Relayout layout;
};

/// Whether packing `b` brings more than it costs in memory.
bool pays(const Plan& plan, const Desc& plain, const Desc& packed) {
  // Where rows end in the middle of a block, zeros are added: (256, 10) becomes six times as large.
  constexpr std::size_t kMostGrowth = 2;
  // oneDNN reads float32 that lie by rows where they are. Up to the half of a second-level cache
  // that costs nothing: (256, 256) 1.00 to 1.05 times as fast, (784, 256) 1.04 to 1.15.
  constexpr std::size_t kSmall = 512 << 10;
  if (packed == plain || packed.get_size() > kMostGrowth * plain.get_size()) return false;
  const bool by_rows = plan.b.column_stride == 1;
  return plan.dtype != float32 || !by_rows || plain.get_size() > kSmall;
}

std::optional<PackedProduct> make_packed(const Plan& plan) {
  const auto type = onednn::data_type(plan.dtype);
  const Desc a({plan.rows, plan.inner}, *type, DnnlDims{plan.a.row_stride, plan.a.column_stride});
  const Desc plain({plan.inner, plan.columns}, *type,
                   DnnlDims{plan.b.row_stride, plan.b.column_stride});
  const Desc output({plan.rows, plan.columns}, *type, DnnlDims{plan.columns, 1});
  const Desc any({plan.inner, plan.columns}, *type, dnnl::memory::format_tag::any);
  std::optional<onednn::OneThread> alone;
  if (is_small(plan)) alone.emplace();
  const auto usual = onednn::matmul_plan(a, plain, output);
  const auto best = onednn::matmul_plan(a, any, output);
  // The same code sums in the same order, wherever the weights lie; other code may not.
  if (!usual || !best || std::strcmp(usual->impl_info_str(), best->impl_info_str()) != 0) {
    return std::nullopt;
  }
  const Desc packed = best->weights_desc();
  if (!pays(plan, plain, packed)) return std::nullopt;
  return PackedProduct{
      onednn::Primitive(dnnl::matmul(*best),
                        {{{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, packed}, {DNNL_ARG_DST, output}}}),
      Relayout(plain, packed)};
}

const std::optional<PackedProduct>& find_packed(const Plan& plan) {
  thread_local onednn::Cache<8, PackedProduct> cache;
  return cache.find(
      {static_cast<std::int64_t>(plan.dtype.code()), plan.rows, plan.columns, plan.inner,
       plan.a.row_stride, plan.a.column_stride, plan.b.row_stride, plan.b.column_stride},
      [&] { return make_packed(plan); });
}

/// Calls `body(a, b, output)` with the pointers of each product, over the first `axes` batch axes.
template <class Body>
void for_each_product(const Plan& plan, std::size_t axes, std::byte* output, Body&& body) {
  const auto width = static_cast<std::int64_t>(plan.dtype.size());
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < axes; ++axis) count *= plan.batch[axis];
  std::int64_t output_step = plan.rows * plan.columns * width;
  for (std::size_t axis = axes; axis < plan.batch.size(); ++axis) output_step *= plan.batch[axis];
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i;
    std::int64_t a = 0;
    std::int64_t b = 0;
    for (std::size_t axis = axes; axis-- > 0;) {
      a += rest % plan.batch[axis] * plan.a.batch_strides[axis];
      b += rest % plan.batch[axis] * plan.b.batch_strides[axis];
      rest /= plan.batch[axis];
    }
    body(plan.a.data + a * width, plan.b.data + b * width, output + i * output_step);
  }
}

void run_own(const Plan& plan, std::byte* output) {
  for_each_product(plan, plan.batch.size(), output,
                   [&](const std::byte* a, const std::byte* b, std::byte* y) {
                     run_gemm({a, b, y, plan.rows, plan.columns, plan.inner, plan.a.row_stride,
                               plan.a.column_stride, plan.b.row_stride, plan.b.column_stride},
                              plan.dtype);
                   });
}

/// With the packed form that `weights` keeps; false if there is none yet, or packing does not pay.
bool run_packed(const Plan& plan, Storage& weights, std::byte* output) {
  if (!plan.batch.empty()) return false;
  const auto& packed = find_packed(plan);
  if (!packed) return false;
  auto* b = const_cast<std::byte*>(plan.b.data);  // NOLINT: oneDNN's way
  const Tensor kept = weights.keep<LaidOut>().find(b, packed->layout);
  if (!kept.defined()) return false;
  packed->primitive.run({const_cast<std::byte*>(plan.a.data),       // NOLINT
                         const_cast<void*>(kept.data()), output});  // NOLINT
  return true;
}

bool run_onednn(const Plan& plan, std::byte* output) {
  const auto& primitive = find_primitive(plan);
  if (!primitive) return false;
  const std::size_t axes = plan.batch.empty() ? 0 : plan.batch.size() - 1;
  for_each_product(plan, axes, output, [&](const std::byte* a, const std::byte* b, std::byte* y) {
    primitive->run({const_cast<std::byte*>(a), const_cast<std::byte*>(b), y});  // NOLINT
  });
  return true;
}

/// How BLAS takes a matrix that lies by rows or by columns.
struct BlasOperand {
  CBLAS_TRANSPOSE transposed;
  int leading;
};

BlasOperand blas_operand(const Matrices& x) {
  const bool by_rows = x.column_stride == 1;
  return {by_rows ? CblasNoTrans : CblasTrans,
          static_cast<int>(by_rows ? x.row_stride : x.column_stride)};
}

void run_blas(const Plan& plan, std::byte* output) {
  const BlasOperand of_a = blas_operand(plan.a);
  const BlasOperand of_b = blas_operand(plan.b);
  dispatch_complex(plan.dtype, [&]<class T>(Type<T>) {
    for_each_product(
        plan, plan.batch.size(), output, [&](const std::byte* a, const std::byte* b, std::byte* y) {
          gemm(of_a.transposed, of_b.transposed, static_cast<int>(plan.rows),
               static_cast<int>(plan.columns), static_cast<int>(plan.inner),
               reinterpret_cast<const T*>(a), of_a.leading, reinterpret_cast<const T*>(b),
               of_b.leading, reinterpret_cast<T*>(y), static_cast<int>(plan.columns));
        });
  });
}

/// Whether BLAS can take the matrices of `x` where they lie.
bool is_blas_plain(const Tensor& x) {
  const std::size_t last = static_cast<std::size_t>(x.rank()) - 1;
  return is_plain(x) && x.strides()[last] <= kMostBlas && x.strides()[last - 1] <= kMostBlas;
}

void multiply_complex(const Tensor& a, const Tensor& b, const MatmulOptions& options,
                      Tensor& output) {
  const Tensor plain_a = is_blas_plain(a) ? a : contiguous_copy(a);
  const Tensor plain_b = is_blas_plain(b) ? b : contiguous_copy(b);
  run_blas(make_plan(plain_a, plain_b, options, output.shape()),
           static_cast<std::byte*>(output.mutable_data()));
}

Tensor to_float32(const Tensor& x) {
  Tensor packed = x;
  if (!x.is_contiguous()) {
    packed = Tensor::empty(x.dtype(), x.shape(), x.device());
    copy_elements(x, packed);
  }
  Tensor wide = Tensor::empty(float32, x.shape(), x.device());
  widen(x.dtype(), packed.data(), wide.mutable_data_as<float>(), x.size());
  return wide;
}

void multiply(const Tensor& a, const Tensor& b, const MatmulOptions& options, Tensor& output);

/// Half precision where oneDNN has no fast way: in float32, rounded once.
void multiply_through_float32(const Tensor& a, const Tensor& b, const MatmulOptions& options,
                              Tensor& output) {
  Tensor wide = Tensor::empty(float32, output.shape(), output.device());
  multiply(to_float32(a), to_float32(b), options, wide);
  narrow(output.dtype(), wide.data_as<float>(), output.mutable_data(), output.size());
}

void multiply(const Tensor& a, const Tensor& b, const MatmulOptions& options, Tensor& output) {
  auto* data = static_cast<std::byte*>(output.mutable_data());
  const DType dtype = output.dtype();
  if (dtype.is_complex()) return multiply_complex(a, b, options, output);
  if (onednn::data_type(dtype)) {
    const Tensor plain_a = plain(a);
    const Tensor plain_b = plain(b);
    const Plan plan = make_plan(plain_a, plain_b, options, output.shape());
    if (options.constant_b && plain_b.data() == b.data()) {
      Storage* weights = LaidOut::storage_of(b);
      if (weights != nullptr && run_packed(plan, *weights, data)) return;
    }
    if (run_onednn(plan, data)) return;
    if (dtype != float32) return multiply_through_float32(a, b, options, output);
    return run_own(plan, data);
  }
  run_own(make_plan(a, b, options, output.shape()), data);
}

void run_matmul(const OpCall& call, std::span<Tensor> outputs) {
  run_product(call.input(0), call.input(1), call.options<MatmulOptions>(), outputs[0]);
}

}  // namespace

void run_product(const Tensor& a, const Tensor& b, const MatmulOptions& options, Tensor& output) {
  if (output.size() == 0) return;
  if (a.size() == 0) {  // a sum of nothing
    std::memset(output.mutable_data(), 0, static_cast<std::size_t>(output.nbytes()));
    return;
  }
  multiply(a, b, options, output);
}

void register_matmul() { register_kernel("matmul", DeviceType::kCPU, {&run_matmul, true}); }

}  // namespace saem::cpu
