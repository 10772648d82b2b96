// What numpy_test.py calls by ctypes: files and DLPack, with texts for errors.
#include <exception>
#include <map>
#include <saem/formats/dlpack.hpp>
#include <saem/formats/npy.hpp>
#include <saem/formats/npz.hpp>
#include <string>

namespace {

using saem::Tensor;

std::string last_error;

/// 0, or 1 with a text for `exchange_error`.
template <class Body>
int guarded(Body&& body) {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    last_error = error.what();
    return 1;
  }
}

}  // namespace

#define EXCHANGE_API extern "C" __attribute__((visibility("default")))

EXCHANGE_API const char* exchange_error() { return last_error.c_str(); }

/// Reads a .npy and writes what was read.
EXCHANGE_API int exchange_copy_npy(const char* from, const char* to, int mmap) {
  return guarded([&] { saem::numpy::save(to, saem::numpy::load(from, {.mmap = mmap != 0})); });
}

EXCHANGE_API int exchange_copy_npz(const char* from, const char* to, int compressed) {
  return guarded([&] {
    std::map<std::string, Tensor> arrays;
    const saem::numpy::NpzFile file(from);
    for (const std::string& name : file.names()) arrays.emplace(name, file[name]);
    (compressed != 0 ? saem::numpy::savez_compressed : saem::numpy::savez)(to, arrays);
  });
}

EXCHANGE_API Tensor* exchange_load(const char* path) {
  Tensor* tensor = nullptr;
  guarded([&] { tensor = new Tensor(saem::numpy::load(path)); });
  return tensor;
}

EXCHANGE_API void exchange_free(Tensor* tensor) { delete tensor; }

EXCHANGE_API int exchange_save(const char* path, const Tensor* tensor) {
  return guarded([&] { saem::numpy::save(path, *tensor); });
}

EXCHANGE_API Tensor* exchange_transpose(const Tensor* tensor) {
  const auto& strides = tensor->strides();
  return new Tensor(tensor->view({tensor->shape(1), tensor->shape(0)}, {strides[1], strides[0]}));
}

EXCHANGE_API void* exchange_to_dlpack(const Tensor* tensor, int versioned, int copy) {
  void* managed = nullptr;
  guarded([&] {
    namespace dlpack = saem::experimental::dlpack;
    const dlpack::DlpackOptions options{.copy = copy != 0};
    if (versioned != 0) {
      managed = dlpack::to_dlpack_versioned(*tensor, options);
    } else {
      managed = dlpack::to_dlpack(*tensor, options);
    }
  });
  return managed;
}

EXCHANGE_API Tensor* exchange_from_dlpack(void* managed, int versioned) {
  Tensor* tensor = nullptr;
  guarded([&] {
    namespace dlpack = saem::experimental::dlpack;
    tensor = new Tensor(versioned != 0
                            ? dlpack::from_dlpack(static_cast<DLManagedTensorVersioned*>(managed))
                            : dlpack::from_dlpack(static_cast<DLManagedTensor*>(managed)));
  });
  return tensor;
}
