// Matrix products in floating point by cuBLASLt. Its plans are found once for each kind of product:
// asking for one costs about 50 us, running a known one 3.
#include "cuda/gemm.hpp"

#include <cublasLt.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <saem/core/config.hpp>
#include <unordered_map>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"

namespace saem::cuda {
namespace {

/// What NVIDIA recommends for Hopper: its best kernels split sums and need room for the parts.
constexpr std::size_t kWorkspaceBytes = std::size_t{32} << 20;

void check_blas(cublasStatus_t status, const char* op, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) [[likely]]
    return;
  raise<DeviceError>(op, "cuBLASLt failed at {}: {}", doing, cublasLtGetStatusString(status));
}

/// All that decides which plan is best. In cuBLASLt's terms, where matrices lie by columns: the
/// transposed product, (m, n) = (m, k) (k, n), whose first factor is our b.
struct Key {
  std::int64_t m, n, k;
  std::int64_t first_stride, second_stride, result_stride;  ///< between columns
  std::int64_t batch;
  std::int64_t first_batch, second_batch;
  std::int32_t dtype;
  std::int32_t gpu;
  std::int32_t alignment;  ///< of all pointers, in bytes, at most 16
  bool first_transposed, second_transposed, tensor_float, with_bias;

  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    // FNV over words: no bits of the key are unused.
    static_assert(std::has_unique_object_representations_v<Key>);
    std::uint64_t words[sizeof(Key) / 8 + 1] = {};
    std::memcpy(words, &key, sizeof(Key));
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::uint64_t word : words) {
      hash = (hash ^ word) * 0x100000001b3;
      hash ^= hash >> 32;
    }
    return hash;
  }
};

struct Plan {
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t first = nullptr;
  cublasLtMatrixLayout_t second = nullptr;
  cublasLtMatrixLayout_t result = nullptr;
  cublasLtMatmulAlgo_t algorithm{};
  std::size_t workspace = 0;
};

cudaDataType_t data_type(DType dtype) {
  switch (dtype.code()) {
    case DType::kFloat16:
      return CUDA_R_16F;
    case DType::kBFloat16:
      return CUDA_R_16BF;
    case DType::kFloat64:
      return CUDA_R_64F;
    default:
      return CUDA_R_32F;
  }
}

cublasLtMatrixLayout_t layout(const char* op, DType dtype, std::int64_t rows, std::int64_t columns,
                              std::int64_t stride, std::int64_t batch, std::int64_t batch_stride) {
  cublasLtMatrixLayout_t result = nullptr;
  check_blas(cublasLtMatrixLayoutCreate(&result, data_type(dtype), static_cast<std::uint64_t>(rows),
                                        static_cast<std::uint64_t>(columns), stride),
             op, "describing a matrix");
  if (batch > 1) {
    const auto count = static_cast<std::int32_t>(batch);
    check_blas(cublasLtMatrixLayoutSetAttribute(result, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count,
                                                sizeof(count)),
               op, "describing a batch");
    check_blas(cublasLtMatrixLayoutSetAttribute(result, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                                &batch_stride, sizeof(batch_stride)),
               op, "describing a batch");
  }
  return result;
}

template <class T>
void set(cublasLtMatmulDesc_t operation, cublasLtMatmulDescAttributes_t attribute, const T& value,
         const char* op) {
  check_blas(cublasLtMatmulDescSetAttribute(operation, attribute, &value, sizeof(value)), op,
             "describing the product");
}

void find_algorithm(cublasLtHandle_t handle, const char* op, const Key& key, Plan& plan) {
  cublasLtMatmulPreference_t preference = nullptr;
  check_blas(cublasLtMatmulPreferenceCreate(&preference), op, "choosing an algorithm");
  const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    check_blas(cublasLtMatmulPreferenceSetAttribute(preference, attribute, &value, sizeof(value)),
               op, "choosing an algorithm");
  };
  prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kWorkspaceBytes);
  const auto alignment = static_cast<std::uint32_t>(key.alignment);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment);
  cublasLtMatmulHeuristicResult_t found{};
  int count = 0;
  const cublasStatus_t status =
      cublasLtMatmulAlgoGetHeuristic(handle, plan.operation, plan.first, plan.second, plan.result,
                                     plan.result, preference, 1, &found, &count);
  cublasLtMatmulPreferenceDestroy(preference);
  check_blas(status, op, "choosing an algorithm");
  if (count == 0) {
    raise<DeviceError>(op, "cuBLASLt knows no algorithm for ({}, {}) x ({}, {})", key.n, key.k,
                       key.k, key.m);
  }
  plan.algorithm = found.algo;
  plan.workspace = found.workspaceSize;
}

Plan make_plan(cublasLtHandle_t handle, const char* op, const Key& key) {
  const DType dtype(static_cast<DType::Code>(key.dtype));
  const bool wide = dtype == DType(DType::kFloat64);
  const cublasComputeType_t compute = wide               ? CUBLAS_COMPUTE_64F
                                      : key.tensor_float ? CUBLAS_COMPUTE_32F_FAST_TF32
                                                         : CUBLAS_COMPUTE_32F;
  Plan plan;
  check_blas(cublasLtMatmulDescCreate(&plan.operation, compute, wide ? CUDA_R_64F : CUDA_R_32F), op,
             "describing the product");
  set(plan.operation, CUBLASLT_MATMUL_DESC_TRANSA, key.first_transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
      op);
  set(plan.operation, CUBLASLT_MATMUL_DESC_TRANSB,
      key.second_transposed ? CUBLAS_OP_T : CUBLAS_OP_N, op);
  if (key.with_bias) {
    set(plan.operation, CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS, op);
    set(plan.operation, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, data_type(dtype), op);
  }
  const auto stored = [&](std::int64_t rows, std::int64_t columns, bool transposed,
                          std::int64_t stride, std::int64_t batch_stride) {
    return layout(op, dtype, transposed ? columns : rows, transposed ? rows : columns, stride,
                  key.batch, batch_stride);
  };
  plan.first = stored(key.m, key.k, key.first_transposed, key.first_stride, key.first_batch);
  plan.second = stored(key.k, key.n, key.second_transposed, key.second_stride, key.second_batch);
  plan.result = stored(key.m, key.n, false, key.result_stride, key.m * key.n);
  find_algorithm(handle, op, key, plan);
  return plan;
}

/// The handle and the plans of all GPUs.
struct Library {
  std::mutex mutex;
  std::unordered_map<int, cublasLtHandle_t> handles;
  std::unordered_map<Key, Plan, KeyHash> plans;

  static Library& get() {
    static auto* library = new Library;  // as long as the process: CUDA may be gone before statics
    return *library;
  }

  cublasLtHandle_t handle(const char* op) {
    cublasLtHandle_t& handle = handles[gpu().index];
    if (handle == nullptr) check_blas(cublasLtCreate(&handle), op, "starting");
    return handle;
  }
};

/// An operand whose matrices lie by rows or by columns, copied if they do neither.
struct Operand {
  Tensor tensor;
  bool by_columns = false;
  std::int64_t stride = 1;  ///< between its rows, or columns

  explicit Operand(const Tensor& given) : tensor(given) {
    if (!describe()) {
      tensor = contiguous_copy(given);
      describe();
    }
  }

 private:
  bool describe() {
    const int rank = tensor.rank();
    const std::int64_t rows = tensor.shape()[rank - 2];
    const std::int64_t columns = tensor.shape()[rank - 1];
    const Dims& strides = tensor.strides();
    const std::int64_t row = strides[static_cast<std::size_t>(rank - 2)];
    const std::int64_t column = strides[static_cast<std::size_t>(rank - 1)];
    if ((column == 1 || columns == 1) && (rows == 1 || row >= columns)) {
      by_columns = false;
      stride = rows == 1 ? columns : row;
      return true;
    }
    if ((row == 1 || rows == 1) && (columns == 1 || column >= rows)) {
      by_columns = true;
      stride = columns == 1 ? rows : column;
      return true;
    }
    return false;
  }
};

std::int32_t alignment_of(std::initializer_list<const void*> pointers) {
  std::uintptr_t bits = 16;
  for (const void* pointer : pointers) bits |= reinterpret_cast<std::uintptr_t>(pointer);
  return static_cast<std::int32_t>(std::uintptr_t{1} << std::countr_zero(bits));
}

void launch(const GemmJob& job, const Key& key, const std::byte* first, const std::byte* second,
            std::byte* result) {
  Library& library = Library::get();
  const std::scoped_lock lock(library.mutex);  // the bias is part of a plan, so one at a time
  const cublasLtHandle_t handle = library.handle(job.op);
  auto found = library.plans.find(key);
  if (found == library.plans.end()) {
    found = library.plans.emplace(key, make_plan(handle, job.op, key)).first;
  }
  const Plan& plan = found->second;
  if (job.bias != nullptr) {
    set(plan.operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, job.bias->data(), job.op);
  }
  const Workspace workspace(std::max<std::size_t>(plan.workspace, 1));
  const double one = 1.0;
  const double zero = 0.0;
  const float one_float = 1.0f;
  const float zero_float = 0.0f;
  const bool wide = job.output.dtype() == DType(DType::kFloat64);
  check_blas(cublasLtMatmul(
                 handle, plan.operation, wide ? static_cast<const void*>(&one) : &one_float, first,
                 plan.first, second, plan.second,
                 wide ? static_cast<const void*>(&zero) : &zero_float, result, plan.result, result,
                 plan.result, &plan.algorithm, workspace.as<void>(), plan.workspace, gpu().stream),
             job.op, "multiplying");
}

}  // namespace

SmallVector<BatchAxis, 4> batch_axes(const Tensor& a, const Tensor& b, const Shape& output) {
  SmallVector<BatchAxis, 4> axes;
  const int batch_rank = output.rank() - 2;
  const auto step = [&](const Tensor& x, int axis) -> std::int64_t {
    const int own = axis - (output.rank() - x.rank());
    if (own < 0 || x.shape()[own] == 1) return 0;
    return x.strides()[static_cast<std::size_t>(own)];
  };
  for (int axis = 0; axis < batch_rank; ++axis) {
    if (output[axis] == 1) continue;
    const BatchAxis next{output[axis], step(a, axis), step(b, axis)};
    if (!axes.empty() && axes.back().a == next.a * next.size &&
        axes.back().b == next.b * next.size) {
      axes.back() = {axes.back().size * next.size, next.a, next.b};
    } else {
      axes.push_back(next);
    }
  }
  if (axes.empty()) axes.push_back({1, 0, 0});
  return axes;
}

void run_gemm(const GemmJob& job) {
  const Operand a(job.a);
  const Operand b(job.b);
  const Shape& shape = job.output.shape();
  const int rank = shape.rank();
  const std::int64_t n = shape[rank - 2];
  const std::int64_t m = shape[rank - 1];
  const std::int64_t k = job.a.shape(job.transpose_a ? -2 : -1);
  const auto axes = batch_axes(a.tensor, b.tensor, shape);
  const BatchAxis& inner = axes.back();
  const auto width = static_cast<std::int64_t>(job.output.dtype().size());
  Key key{};
  key.m = m;
  key.n = n;
  key.k = k;
  key.first_stride = b.stride;
  key.second_stride = a.stride;
  key.result_stride = m;
  key.batch = inner.size;
  key.first_batch = inner.b;
  key.second_batch = inner.a;
  key.dtype = static_cast<std::int32_t>(job.output.dtype().code());
  key.with_bias = job.bias != nullptr;
  key.gpu = gpu().index;
  // What lies by rows is, read by columns, its own transpose.
  key.first_transposed = job.transpose_b != b.by_columns;
  key.second_transposed = job.transpose_a != a.by_columns;
  key.tensor_float =
      job.output.dtype() == DType(DType::kFloat32) && config::tensor_float_32_execution_enabled();
  std::int64_t outer = 1;
  for (std::size_t i = 0; i + 1 < axes.size(); ++i) outer *= axes[i].size;
  for (std::int64_t i = 0; i < outer; ++i) {
    std::int64_t from_a = 0;
    std::int64_t from_b = 0;
    std::int64_t rest = i;
    for (std::size_t axis = axes.size() - 1; axis-- > 0;) {
      from_a += rest % axes[axis].size * axes[axis].a;
      from_b += rest % axes[axis].size * axes[axis].b;
      rest /= axes[axis].size;
    }
    const auto* first = static_cast<const std::byte*>(b.tensor.data()) + from_b * width;
    const auto* second = static_cast<const std::byte*>(a.tensor.data()) + from_a * width;
    auto* result =
        static_cast<std::byte*>(job.output.mutable_data()) + i * inner.size * m * n * width;
    key.alignment = alignment_of({first, second, result});
    launch(job, key, first, second, result);
  }
}

}  // namespace saem::cuda
