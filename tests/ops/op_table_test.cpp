// Asks the op table which tests must exist, so that an op without its sections cannot be added
// quietly.
#include <gtest/gtest.h>

#include <map>
#include <saem/core/op.hpp>
#include <set>
#include <string>

namespace saem {
namespace {

std::map<std::string, std::set<std::string>> sections_by_suite() {
  std::map<std::string, std::set<std::string>> sections;
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      sections[suite.name()].insert(suite.GetTestInfo(k)->name());
    }
  }
  return sections;
}

TEST(op_table, NamesAreUnique) {
  std::set<std::string> names;
  for (const OpDef* op : all_ops()) EXPECT_TRUE(names.insert(op->name).second) << op->name;
}

TEST(op_table, EveryOpCanRunOnTheCpu) {
  for (const OpDef* op : all_ops()) {
    EXPECT_TRUE(op->kernel(DeviceType::kCPU).run != nullptr || op->compose != nullptr ||
                op->view != nullptr)
        << op->name << " has neither a CPU kernel nor a composition nor a view";
  }
}

TEST(op_table, GradientsCanBeDifferentiatedAgain) {
  for (const OpDef* op : all_ops()) {
    if (!op->has(kBackward)) continue;
    // What has none in TensorFlow either says so.
    EXPECT_TRUE(op->differentiable() || op->has(kNoGradient))
        << op->name << " ends every second derivative";
  }
}

TEST(op_table, EveryOpHasItsSections) {
  const auto suites = sections_by_suite();
  for (const OpDef* op : all_ops()) {
    std::set<std::string> needed = {"Values", "Types"};
    if (!op->has(kBackward)) needed.insert("Errors");
    if (op->compose != nullptr && op->kernel(DeviceType::kCPU).run != nullptr) {
      needed.insert("Composition");
    }
    if (op->differentiable()) needed.insert("Gradient");
    if (op->options != nullptr && !op->has(kBackward)) needed.insert("Options");
    const auto found = suites.find(op->name);
    for (const std::string& section : needed) {
      EXPECT_TRUE(found != suites.end() && found->second.contains(section))
          << "TEST(" << op->name << ", " << section << ") is missing";
    }
  }
}

}  // namespace
}  // namespace saem
