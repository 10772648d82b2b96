#include <fmt/format.h>

#include <chrono>
#include <saem/core/config.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
using namespace saem;
template <class F>
void t(const char* n, F f) {
  for (int i = 0; i < 200; i++) f();
  synchronize();
  auto a = std::chrono::steady_clock::now();
  for (int i = 0; i < 5000; i++) f();
  auto b = std::chrono::steady_clock::now();
  synchronize();
  auto c = std::chrono::steady_clock::now();
  fmt::print("{:30} host {:.3f} us  whole {:.3f} us\n", n,
             std::chrono::duration<double>(b - a).count() / 5000 * 1e6,
             std::chrono::duration<double>(c - a).count() / 5000 * 1e6);
}
int main() {
  const Device gpu{DeviceType::kGPU, 0};
  t("empty tensor gpu", [&] { (void)Tensor::empty(float32, {16}, gpu); });
  t("empty tensor cpu", [&] { (void)Tensor::empty(float32, {16}); });
  const Tensor x = ones({16});
  const Tensor y = ones({16});
  const Tensor xc = x.cpu();
  const Tensor yc = y.cpu();
  t("add cpu", [&] { (void)(xc + yc); });
  t("add gpu", [&] { (void)(x + y); });
  OpDef* add = find_op("add");
  const Kernel k = add->kernel(DeviceType::kGPU);
  Tensor out = Tensor::empty(float32, {16}, gpu);
  const Tensor in[] = {x, y};
  t("add kernel alone", [&] { k.run({*add, in, {}}, std::span(&out, 1)); });
  const Tensor a = ones({16, 16});
  t("matmul 16", [&] { (void)matmul(a, a); });
  OpDef* mm = find_op("matmul");
  const Kernel km = mm->kernel(DeviceType::kGPU);
  Tensor o2 = Tensor::empty(float32, {16, 16}, gpu);
  const Tensor in2[] = {a, a};
  MatmulOptions mo;
  t("matmul kernel alone", [&] { km.run({*mm, in2, mo}, std::span(&o2, 1)); });
}
