// Tensors that lie on a GPU, handed to other libraries and back.
#include <saem/formats/dlpack.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/transpose.hpp>

#include "formats/dlpack/abi.hpp"
#include "support/op_test.hpp"

namespace saem::experimental::dlpack {
namespace {

using testing::identical;
using testing::sample;

TEST(GpuDlpack, ElementsStayOnTheGpu) {
  if (config::list_physical_devices("GPU").empty()) GTEST_SKIP() << config::explain_gpus();
  const Tensor host = sample({3, 4}, float32);
  for (const Tensor& x : {host.gpu(), transpose(host.gpu())}) {
    DLManagedTensorVersioned* managed = to_dlpack_versioned(x);
    EXPECT_EQ(managed->dl_tensor.device.device_type, kDLCUDA);
    EXPECT_EQ(managed->dl_tensor.data, x.data());
    const Tensor back = from_dlpack(managed);
    EXPECT_EQ(back.device(), x.device());
    EXPECT_EQ(back.strides(), x.strides());
    EXPECT_TRUE(identical(back.cpu(), x.cpu()));
    EXPECT_TRUE(identical((back * 2.0).cpu(), (x * 2.0).cpu()));
    const Tensor copy = from_dlpack(to_dlpack(x), {.copy = true});
    EXPECT_NE(copy.data(), x.data());
    EXPECT_TRUE(identical(copy.cpu(), x.cpu()));
  }
}

TEST(GpuDlpack, AGpuThatIsNotThere) {
  if (config::list_physical_devices("GPU").empty()) GTEST_SKIP() << config::explain_gpus();
  const Tensor x = sample({3}, float32).gpu();
  DLManagedTensor* managed = to_dlpack(x);
  managed->dl_tensor.device.device_id = 200;
  EXPECT_THROW((void)from_dlpack(managed), DeviceError);
  managed->deleter(managed);
}

}  // namespace
}  // namespace saem::experimental::dlpack
