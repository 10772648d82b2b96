#include <saem/core/memory.hpp>
#include <saem/formats/dlpack.hpp>
#include <saem/ops/transpose.hpp>
#include <vector>

#include "formats/dlpack/abi.hpp"
#include "support/op_test.hpp"

namespace saem::experimental::dlpack {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::sample;
using testing::scattered;

constexpr DType kAll[] = {bool_,
                          int8,
                          int16,
                          int32,
                          int64,
                          uint8,
                          uint16,
                          uint32,
                          uint64,
                          half,
                          float32,
                          float64,
                          complex64,
                          complex128,
                          dtypes::bfloat16,
                          dtypes::float8_e4m3fn,
                          dtypes::float8_e5m2};

/// A tensor of another library: floats 0, 1, 2, ... and a count of how often it was given back.
template <class Managed>
struct Foreign {
  std::vector<float> elements = {0, 1, 2, 3, 4, 5};
  std::vector<std::int64_t> shape = {2, 3};
  std::vector<std::int64_t> strides = {3, 1};
  int released = 0;
  Managed managed = {};

  Foreign() {
    managed.dl_tensor = {elements.data(), {kDLCPU, 0},    2, {kDLFloat, 32, 1},
                         shape.data(),    strides.data(), 0};
    managed.manager_ctx = this;
    managed.deleter = [](Managed* self) { ++static_cast<Foreign*>(self->manager_ctx)->released; };
    if constexpr (requires { managed.version; }) managed.version = {1, 0};
  }
};

/// On the CPU, also where new tensors would lie on a GPU: tests/cuda has the GPU's.
template <class Managed>
class Dlpack : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};
using Forms = ::testing::Types<DLManagedTensor, DLManagedTensorVersioned>;
TYPED_TEST_SUITE(Dlpack, Forms);

template <class Managed>
Managed* hand_over(const Tensor& x, const DlpackOptions& options = {}) {
  if constexpr (std::is_same_v<Managed, DLManagedTensor>) {
    return to_dlpack(x, options);
  } else {
    return to_dlpack_versioned(x, options);
  }
}

TYPED_TEST(Dlpack, EveryDtypeAndLayoutGoesThereAndBack) {
  for (const DType dtype : kAll) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{5}, Shape{2, 3}, Shape{0, 3}}) {
      const Tensor x = cast(sample(shape), dtype);
      for (const Tensor& each : {x, scattered(x)}) {
        const Tensor back = from_dlpack(hand_over<TypeParam>(each));
        EXPECT_TRUE(identical(back, each)) << dtype << shape;
        EXPECT_EQ(back.data(), each.data());
        EXPECT_EQ(back.strides(), each.strides());
        EXPECT_TRUE(identical(from_dlpack(hand_over<TypeParam>(each, {.copy = true})), each));
      }
    }
  }
}

TYPED_TEST(Dlpack, WhatTheReceiverSees) {
  const Tensor x = transpose(constant({{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}));
  TypeParam* managed = hand_over<TypeParam>(x);
  const DLTensor& view = managed->dl_tensor;
  EXPECT_EQ(view.data, x.data());
  EXPECT_EQ(view.device.device_type, kDLCPU);
  EXPECT_EQ(view.ndim, 2);
  EXPECT_EQ(view.dtype.code, kDLFloat);
  EXPECT_EQ(view.dtype.bits, 32);
  EXPECT_EQ(view.dtype.lanes, 1);
  EXPECT_THAT(std::vector(view.shape, view.shape + 2), ElementsAre(3, 2));
  EXPECT_THAT(std::vector(view.strides, view.strides + 2), ElementsAre(1, 3));
  EXPECT_EQ(view.byte_offset, 0u);
  if constexpr (requires { managed->flags; }) {
    EXPECT_EQ(managed->version.major, 1u);
    EXPECT_EQ(managed->flags, kDLPackFlagReadOnly);
  }
  managed->deleter(managed);
  TypeParam* copied = hand_over<TypeParam>(x, {.copy = true});
  EXPECT_NE(copied->dl_tensor.data, x.data());
  if constexpr (requires { copied->flags; }) {
    EXPECT_EQ(copied->flags, kDLPackFlagIsCopied);
  }
  copied->deleter(copied);
}

TYPED_TEST(Dlpack, ElementsLiveAsLongAsTheyAreSeen) {
  Tensor x = sample({1000});
  const auto held = config::get_memory_info().current;
  TypeParam* managed = hand_over<TypeParam>(x);
  x = {};
  EXPECT_EQ(config::get_memory_info().current, held);
  managed->deleter(managed);
  EXPECT_LT(config::get_memory_info().current, held);
}

TYPED_TEST(Dlpack, IsGivenBackOnceWhenTheLastTensorIsGone) {
  Foreign<TypeParam> foreign;
  {
    const Tensor x = from_dlpack(&foreign.managed);
    EXPECT_TRUE(has_values(x, {2, 3}, {0, 1, 2, 3, 4, 5}));
    const Tensor view = x(1);
    foreign.elements[3] = 30;  // shared
    EXPECT_TRUE(has_values(view, {3}, {30, 4, 5}));
    EXPECT_EQ(foreign.released, 0);
  }
  EXPECT_EQ(foreign.released, 1);
}

TYPED_TEST(Dlpack, ACopyIsIndependent) {
  Foreign<TypeParam> foreign;
  const Tensor x = from_dlpack(&foreign.managed, {.copy = true});
  EXPECT_EQ(foreign.released, 1);
  foreign.elements[3] = 30;
  EXPECT_TRUE(has_values(x, {2, 3}, {0, 1, 2, 3, 4, 5}));
}

TYPED_TEST(Dlpack, StridesOffsetsAndNoStrides) {
  Foreign<TypeParam> foreign;
  foreign.managed.dl_tensor.strides = nullptr;
  EXPECT_TRUE(has_values(from_dlpack(&foreign.managed), {2, 3}, {0, 1, 2, 3, 4, 5}));
  foreign.managed.dl_tensor.strides = foreign.strides.data();
  foreign.strides = {-3, -1};
  foreign.managed.dl_tensor.byte_offset = 5 * sizeof(float);
  EXPECT_TRUE(has_values(from_dlpack(&foreign.managed), {2, 3}, {5, 4, 3, 2, 1, 0}));
  foreign.strides = {0, 1};
  foreign.managed.dl_tensor.byte_offset = 0;
  EXPECT_TRUE(has_values(from_dlpack(&foreign.managed), {2, 3}, {0, 1, 2, 0, 1, 2}));
}

TYPED_TEST(Dlpack, ElementsAtOddPlacesAreCopied) {
  Foreign<TypeParam> foreign;
  std::vector<std::byte> bytes(1 + 6 * sizeof(float));
  std::memcpy(bytes.data() + 1, foreign.elements.data(), 6 * sizeof(float));
  foreign.managed.dl_tensor.data = bytes.data();
  foreign.managed.dl_tensor.byte_offset = 1;
  foreign.shape = {3, 2};
  foreign.strides = {1, 3};
  const Tensor x = from_dlpack(&foreign.managed);
  EXPECT_EQ(foreign.released, 1);
  EXPECT_TRUE(has_values(x, {3, 2}, {0, 3, 1, 4, 2, 5}));
}

TYPED_TEST(Dlpack, Errors) {
  Foreign<TypeParam> foreign;
  DLTensor& view = foreign.managed.dl_tensor;
  const DLTensor good = view;
  const auto refused = [&]<class E>(E*) {
    const std::string text = error_of<E>([&] { (void)from_dlpack(&foreign.managed); });
    view = good;
    EXPECT_EQ(foreign.released, 0) << "still the caller's";
    return text;
  };
  view.dtype = {kDLFloat, 32, 4};
  EXPECT_EQ(refused(static_cast<DTypeError*>(nullptr)),
            "from_dlpack: no tensor holds elements of DLPack's type code 2 with 32 bits and 4 "
            "lanes; convert them in the other library");
  view.dtype = {kDLFloat, 128, 1};
  (void)refused(static_cast<DTypeError*>(nullptr));
  view.device = {10, 0};
  EXPECT_EQ(refused(static_cast<DeviceError*>(nullptr)),
            "from_dlpack: elements lie on a device of DLPack's type 10; move them to the CPU (1) "
            "or a CUDA GPU (2) in the other library");
  view.device = {kDLCUDA, 300};
  (void)refused(static_cast<DeviceError*>(nullptr));
  view.ndim = -1;
  (void)refused(static_cast<ValueError*>(nullptr));
  view.data = nullptr;
  (void)refused(static_cast<ValueError*>(nullptr));
  foreign.shape = {-2, 3};
  EXPECT_EQ(refused(static_cast<ValueError*>(nullptr)),
            "from_dlpack: a shape of (-2, 3) makes no sense");
  foreign.shape = {std::int64_t{1} << 62, 4};
  (void)refused(static_cast<ValueError*>(nullptr));
  if constexpr (requires { foreign.managed.version; }) {
    foreign.shape = {2, 3};
    foreign.managed.version = {2, 0};
    EXPECT_EQ(refused(static_cast<ValueError*>(nullptr)),
              "from_dlpack: the struct is of DLPack 2.0; 1.x is known");
  }
  EXPECT_THROW((void)from_dlpack(static_cast<TypeParam*>(nullptr)), ValueError);
  EXPECT_THROW((void)hand_over<TypeParam>(Tensor()), ValueError);
}

}  // namespace
}  // namespace saem::experimental::dlpack
