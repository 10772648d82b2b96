// Runs every test of a program once for each device: on the CPU, then, where there is a GPU, all
// over again with that as the default. There, each op that any test runs is computed by the CPU
// too, and the results are compared. SAEM_TEST_DEVICE=/CPU:0 or /GPU:0 picks one of them. With
// SAEM_TEST_TRACED=1, each op that any test runs on the CPU is run as a graph too; if that is
// "all", every op of the table must be among them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <saem/core/config.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/copy_to_device.hpp>
#include <string>
#include <vector>

#include "support/cross_check.hpp"
#include "support/op_test.hpp"
#include "support/traced_check.hpp"

namespace saem::testing {
namespace {

int cross_check_paused = 0;

double largest_of(const Tensor& tensor) {
  double largest = 0.0;
  for (const double value : values_of(tensor)) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  return largest;
}

/// Room for another order of sums and products, and for compositions, which round more often than
/// the CPU's kernel: relative to the largest element that comes or goes, not to each.
Tolerance tolerance_across_devices(const OpCall& call, const Tensor& expected) {
  const double kRoom = call.op.kernel(DeviceType::kGPU).run == nullptr ? 32 : 8;
  const Tolerance exact = tolerance_of(expected.dtype());
  double largest = largest_of(expected);
  for (const Tensor& input : call.inputs) {
    if (input.dtype() == expected.dtype()) largest = std::max(largest, largest_of(input));
  }
  return {kRoom * exact.relative, kRoom * exact.relative * largest};
}

/// Computes each op that runs on a GPU on the CPU too.
class CrossCheck final : public OpListener {
 public:
  void on_read(const void*, const Tensor&, bool) override {}
  void on_op(const OpCall& call, std::span<const Tensor> outputs) override {
    // A graph has its places fixed, and what it draws is drawn once.
    const bool once = call.op.has(kStateful) || call.op.has(kCallsGraph);
    if (cross_check_paused > 0 || once || outputs.empty() || outputs[0].is_symbolic() ||
        outputs[0].device().type != DeviceType::kGPU || call.op.view != nullptr) {
      return;
    }
    const PauseListeners quiet;
    const DeviceScope host{Device{}};
    Tensors inputs;
    for (const Tensor& input : call.inputs) inputs.push_back(input.cpu());
    const Tensors expected = apply(call.op, inputs, call.attributes);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(near(outputs[i], expected[i], tolerance_across_devices(call, expected[i])))
          << call.op.name << " on " << outputs[i].device() << " and on the CPU differ, output " << i
          << ", options " << call.attributes.to_string();
      ++compared;
    }
  }

  std::int64_t compared = 0;
};

/// One iteration of the whole program a device.
class EachDevice final : public ::testing::EmptyTestEventListener {
 public:
  explicit EachDevice(std::vector<Device> devices) : devices_(std::move(devices)) {}

  /// Whether the tests met every op that they must.
  [[nodiscard]] bool complete() const { return complete_; }

  void OnTestIterationStart(const ::testing::UnitTest&, int iteration) override {
    const Device device = devices_[static_cast<std::size_t>(iteration)];
    std::printf("[ device   ] %s\n", device.to_string().c_str());
    scope_.emplace(device);
    if (device.type == DeviceType::kGPU) {
      check_ = std::make_unique<CrossCheck>();
      check_->start_listening();
    } else if (std::getenv("SAEM_TEST_TRACED") != nullptr) {
      traced_ = std::make_unique<TracedCheck>();
      traced_->start_listening();
    }
  }

  void OnTestEnd(const ::testing::TestInfo&) override {
    if (check_ == nullptr) return;
    try {
      synchronize();
    } catch (const Error&) {
      // An index out of range that the test provoked and did not wait for; its own business.
    }
  }

  void OnTestIterationEnd(const ::testing::UnitTest& all, int iteration) override {
    const Device device = devices_[static_cast<std::size_t>(iteration)];
    std::printf("[ device   ] %s: %d of %d tests passed", device.to_string().c_str(),
                all.successful_test_count(), all.test_to_run_count());
    if (check_ != nullptr) {
      std::printf(", %lld op results compared with the CPU's",
                  static_cast<long long>(check_->compared));
    }
    if (traced_ != nullptr) {
      std::printf(", %lld op results compared with a graph's",
                  static_cast<long long>(traced_->compared()));
    }
    std::printf("\n");
    const char* wanted = std::getenv("SAEM_TEST_TRACED");
    if (traced_ != nullptr && std::string(wanted) == "all") {
      for (const std::string& op : traced_->missing()) {
        std::printf("[ device   ] no test ran %s as a graph\n", op.c_str());
        complete_ = false;
      }
    }
    traced_.reset();
    check_.reset();
    scope_.reset();
  }

 private:
  std::vector<Device> devices_;
  std::optional<DeviceScope> scope_;
  std::unique_ptr<CrossCheck> check_;
  std::unique_ptr<TracedCheck> traced_;
  bool complete_ = true;
};

std::vector<Device> devices_to_test() {
  if (const char* named = std::getenv("SAEM_TEST_DEVICE")) return {Device::parse(named)};
  std::vector<Device> devices = {Device{}};
  if (!config::list_physical_devices("GPU").empty()) devices.push_back({DeviceType::kGPU, 0});
  return devices;
}

}  // namespace

PauseCrossCheck::PauseCrossCheck() { ++cross_check_paused; }
PauseCrossCheck::~PauseCrossCheck() { --cross_check_paused; }

}  // namespace saem::testing

int main(int argc, char** argv) {
  using namespace saem::testing;
  ::testing::InitGoogleTest(&argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // what was said before a crash is worth reading
  if (::testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  // Numbers are compared with the CPU's, which never rounds its inputs to TensorFloat-32.
  saem::config::enable_tensor_float_32_execution(false);
  std::vector<saem::Device> devices = devices_to_test();
  if (devices.size() > 1) ::testing::GTEST_FLAG(repeat) = static_cast<int>(devices.size());
  auto* each = new EachDevice(std::move(devices));
  ::testing::UnitTest::GetInstance()->listeners().Append(each);  // which owns it
  const int failed = RUN_ALL_TESTS();
  return failed != 0 || !each->complete() ? 1 : 0;
}
