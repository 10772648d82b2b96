// Devices by name, scopes, the list of devices, the op log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/core/config.hpp>
#include <saem/core/device.hpp>
#include <saem/core/trace.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/copy_to_device.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/unary_arith.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using ::testing::HasSubstr;

TEST(Device, IsParsedAsTensorFlowWritesIt) {
  EXPECT_EQ(Device::parse("/CPU:0"), Device{});
  EXPECT_EQ(Device::parse("cpu"), Device{});
  EXPECT_EQ(Device::parse("/GPU:3"), (Device{DeviceType::kGPU, 3}));
  EXPECT_EQ(Device::parse("/device:GPU:1"), (Device{DeviceType::kGPU, 1}));
  EXPECT_EQ(Device::parse("gpu"), (Device{DeviceType::kGPU, 0}));
  for (const char* wrong : {"", "TPU:0", "/GPU:", "GPU:x", "GPU:1x", "GPU:256", "GPU:-1"}) {
    EXPECT_THROW((void)Device::parse(wrong), ValueError) << wrong;
  }
}

TEST(Device, ScopesSayWhereNewTensorsLie) {
  const Device before = default_device();
  {
    const auto scope = device("/CPU:0");
    EXPECT_EQ(default_device(), Device{});
    EXPECT_EQ(zeros({2}).device(), Device{});
    EXPECT_EQ(constant({1, 2}).device(), Device{});
    if (before.type == DeviceType::kGPU) {
      const auto inner = device(before.to_string());
      EXPECT_EQ(range(3).device(), before);
    }
    EXPECT_EQ(default_device(), Device{});
  }
  EXPECT_EQ(default_device(), before);
}

TEST(Device, ThatIsMissingIsAnErrorThatSaysWhy) {
  const std::string text = testing::error_of<DeviceError>([] { (void)device("/GPU:99"); });
  EXPECT_THAT(text, HasSubstr("device: there is no device /GPU:99: "));
  EXPECT_THAT(text, HasSubstr(config::explain_gpus()));
  EXPECT_FALSE(config::explain_gpus().empty());
}

TEST(Config, ListsDevices) {
  const auto all = config::list_physical_devices();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].name, "/physical_device:CPU:0");
  EXPECT_EQ(all[0].device_type, "CPU");
  EXPECT_EQ(config::list_physical_devices("CPU").size(), 1u);
  EXPECT_EQ(config::list_physical_devices("GPU").size(), all.size() - 1);
  EXPECT_THROW((void)config::list_physical_devices("TPU"), ValueError);
  EXPECT_EQ(config::get_device_details(Device{}).device_name, "CPU");
}

TEST(Config, HiddenGpusAreNotTheDefault) {
  const auto gpus = config::list_physical_devices("GPU");
  const bool in_scope = default_device().type == DeviceType::kGPU;  // set by the tests' main
  config::set_visible_devices({}, "GPU");
  EXPECT_TRUE(config::get_visible_devices("GPU").empty());
  if (!in_scope) {
    EXPECT_EQ(default_device(), Device{});
  }
  config::set_visible_devices(gpus, "GPU");
  EXPECT_EQ(config::get_visible_devices("GPU"), gpus);
  EXPECT_THROW(config::set_visible_devices({}, "CPU"), ValueError);
  EXPECT_THROW(config::set_visible_devices(config::list_physical_devices("CPU"), "GPU"),
               ValueError);
}

TEST(Config, TensorFloat32IsASwitch) {
  const bool before = config::tensor_float_32_execution_enabled();  // the tests' main sets it
  config::enable_tensor_float_32_execution(!before);
  EXPECT_EQ(config::tensor_float_32_execution_enabled(), !before);
  config::enable_tensor_float_32_execution(before);
}

TEST(Trace, WritesDownWhatRan) {
  const Tensor x = ones({2, 3});
  auto log = trace();
  const Tensor y = reshape(x + 1.0, {6});
  (void)nn::softmax(x, {.axis = 0});
  log.stop();
  (void)(x + 1.0);
  const auto& records = log.records();
  ASSERT_GE(records.size(), 3u);
  EXPECT_EQ(records[0].op, "add");
  EXPECT_EQ(records[0].route, Route::kKernel);
  EXPECT_EQ(records[0].outputs[0].shape, (Shape{2, 3}));
  EXPECT_EQ(records[0].bytes, 6 * 4 + 4 + 6 * 4);
  EXPECT_EQ(records[0].device, x.device());
  EXPECT_GT(records[0].seconds, 0.0);
  EXPECT_EQ(records[1].op, "reshape");
  EXPECT_EQ(records[1].route, Route::kView);
  EXPECT_THAT(records[1].options, HasSubstr("shape=(6,)"));
  EXPECT_THAT(log.to_string(), HasSubstr("float32(2, 3) float32() -> float32(2, 3)"));
}

TEST(Trace, ShowsWhatACompositionRuns) {
  OpDef twice{
      .name = "twice",
      .min_inputs = 1,
      .max_inputs = 1,
      .traits = 0,
      .infer = [](const OpCall& call) -> TensorSpecs {
        return {{call.input(0).dtype(), call.input(0).shape()}};
      },
      .compose = [](const OpCall& call) -> Tensors { return {call.input(0) + call.input(0)}; }};
  const Tensor x = ones({2});
  auto outer = trace();
  auto log = trace({.synchronize = true});
  (void)apply_one(twice, {x});
  ASSERT_EQ(log.records().size(), 2u);
  EXPECT_EQ(log.records()[0].route, Route::kComposition);
  EXPECT_EQ(log.records()[1].op, "add");
  EXPECT_EQ(log.records()[1].depth, 1);
  EXPECT_TRUE(outer.records().empty()) << "the inner log writes";
}

TEST(Trace, AnOpThatThrowsLeavesTheLogInOrder) {
  OpDef failing{
      .name = "failing",
      .min_inputs = 1,
      .max_inputs = 1,
      .traits = 0,
      .infer = [](const OpCall& call) -> TensorSpecs {
        return {{call.input(0).dtype(), call.input(0).shape()}};
      },
      .compose = [](const OpCall&) -> Tensors { throw ValueError("failing: on purpose"); }};
  const Tensor x = ones({2});
  auto log = trace();
  EXPECT_THROW((void)apply_one(failing, {x}), ValueError);
  (void)(x + x);
  ASSERT_EQ(log.records().size(), 2u);
  EXPECT_EQ(log.records()[1].depth, 0);
}

}  // namespace
}  // namespace saem
