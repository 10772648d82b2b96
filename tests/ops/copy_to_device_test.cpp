// copy_to_device, floor 5 of 5: tests. Between host and GPU where there is one.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/copy_to_device.hpp>

#include "support/op_test.hpp"

namespace saem::testing {
namespace {

constexpr Device kHost{};

TEST(copy_to_device, Values) {
  const Tensor x = sample({3, 5}, float32);
  const Tensor host = x.cpu();
  EXPECT_EQ(host.device(), kHost);
  EXPECT_TRUE(identical(host.to(default_device()), x));
  EXPECT_EQ(copy_to_device(host, kHost).data(), host.data()) << "what lies there is not copied";
}

TEST(copy_to_device, Gradient) {
  EXPECT_TRUE(gradients_agree(
      [](const std::vector<Tensor>& x) { return copy_to_device(x[0], kHost) * x[0].to(kHost); },
      {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(
      [](const std::vector<Tensor>& x) {
        return copy_to_device(x[0], kHost) * x[0].cpu() * x[0].cpu();
      },
      {sample({3})}));
  const Tensor x = sample({4});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = x.cpu() * 2.0;
  EXPECT_EQ(tape.gradient(y, x).device(), x.device()) << "gradients come back to where x lies";
}

TEST(copy_to_device, Types) {
  const Device there = default_device();
  for (const DType dtype : {bool_, int8, int64, uint16, DType(DType::kFloat16),
                            DType(DType::kBFloat16), float32, float64}) {
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}, Shape{1 << 12, 300}}) {
      const Tensor x = cast(sample(shape, float32, 0, 9), dtype).cpu();
      EXPECT_TRUE(identical(x.to(there).cpu(), x)) << dtype << shape;
    }
  }
  const Tensor x = sample({6, 10}, float32);
  EXPECT_TRUE(identical(scattered(x).cpu(), x));
}

TEST(copy_to_device, Options) {
  const Tensor x = constant({1, 2});
  EXPECT_EQ(copy_to_device(x, kHost).device(), kHost);
  EXPECT_EQ(copy_to_device(x, default_device()).device(), default_device());
}

TEST(copy_to_device, Errors) {
  const std::string text = error_of<DeviceError>([] { (void)constant({1}).gpu(200); });
  EXPECT_THAT(text, ::testing::StartsWith("copy_to_device: there is no device /GPU:200: "));
}

}  // namespace
}  // namespace saem::testing
