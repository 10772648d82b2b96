// print; floor 5 of 5: proof. The texts are those of TensorFlow 2.21.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <saem/autodiff/variable.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/print.hpp>
#include <saem/ops/reshape.hpp>
#include <sstream>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;

/// What `print` writes to standard output.
std::string printed(std::initializer_list<Printable> parts, PrintOptions options = {}) {
  options.output_stream = "stdout";
  ::testing::internal::CaptureStdout();
  saem::print(parts, options);
  return ::testing::internal::GetCapturedStdout();
}

TEST(print, Values) {
  EXPECT_EQ(printed({range(10)}), "[0 1 2 ... 7 8 9]\n");
  EXPECT_EQ(printed({range(7), range(6)}), "[0 1 2 ... 4 5 6] [0 1 2 3 4 5]\n");
  EXPECT_EQ(printed({"x", constant({{1.0, 2.0}, {3.0, 4.0}}), "y"}), "x [[1 2]\n [3 4]] y\n");
  EXPECT_EQ(printed({reshape(range(100), {10, 10})}),
            "[[0 1 2 ... 7 8 9]\n [10 11 12 ... 17 18 19]\n [20 21 22 ... 27 28 29]\n ...\n"
            " [70 71 72 ... 77 78 79]\n [80 81 82 ... 87 88 89]\n [90 91 92 ... 97 98 99]]\n");
  EXPECT_EQ(printed({reshape(range(8), {2, 2, 2})}), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]\n");
  EXPECT_EQ(printed({zeros({0}), zeros({2, 0})}), "[] []\n");
  EXPECT_EQ(printed({}), "\n");
  const Variable v{constant(2.0)};
  EXPECT_EQ(printed({"v", v}), "v 2\n");
}

TEST(print, Types) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Tensor floats = constant({1.0, 2.5, 1.0 / 3, 1e-5, 1e10, 123456.7, 1e20, kInfinity,
                                  std::numeric_limits<double>::quiet_NaN(), -0.0});
  EXPECT_EQ(printed({floats}, {.summarize = -1}),
            "[1 2.5 0.333333343 1e-05 1e+10 123456.703 1e+20 inf nan -0]\n");
  EXPECT_EQ(printed({constant({1.0 / 3, 0.1, 1e-5, 1e16, 123456789.0}, float64)}),
            "[0.33333333333333331 0.1 1e-05 1e+16 123456789]\n");
  EXPECT_EQ(printed({constant({1.0 / 3, 0.1, 1e4}, half)}), "[0.333251953 0.0999755859 10000]\n");
  EXPECT_EQ(printed({constant({1.0 / 3, 0.1, 3e38}, dtypes::bfloat16)}),
            "[0.333984375 0.100097656 3.00405527e+38]\n");
  EXPECT_EQ(printed({constant({true, false}), constant(true), true}), "[1 0] 1 True\n");
  EXPECT_EQ(printed({cast(constant(1), int8), cast(constant(200), uint8)}), "1 200\n");
  EXPECT_EQ(printed({cast(constant(1.5), complex64)}), "(1.5+0j)\n");
  EXPECT_EQ(printed({"a", 1, 2.5, 1.0 / 3, 1e-7, 1.0, std::string("{}")}),
            "a 1 2.5 0.3333333333333333 1e-07 1.0 {}\n");
}

TEST(print, Options) {
  EXPECT_EQ(printed({"a", constant(3), "b"}, {.sep = ", ", .end = "|"}), "a, 3, b|");
  EXPECT_EQ(printed({reshape(range(100), {10, 10})}, {.summarize = 1}),
            "[[0 ... 9]\n ...\n [90 ... 99]]\n");
  ::testing::internal::CaptureStderr();
  saem::print("loss", constant(0.5));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "loss 0.5\n");
  const auto path = std::filesystem::temp_directory_path() / "saem_print_test.txt";
  std::filesystem::remove(path);
  for (int i = 0; i < 2; ++i) {
    saem::print({"line", i}, {.output_stream = "file://" + path.string()});
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "line 0\nline 1\n");
  std::filesystem::remove(path);
}

TEST(print, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { saem::print({"x"}, {.output_stream = "log"}); }),
            "print: there is no output_stream 'log'; stderr, stdout or file://PATH");
  EXPECT_EQ(error_of<ValueError>([] { saem::print({"x"}, {.summarize = 0}); }),
            "print: summarize is 0; it must be positive, or -1 for all elements");
  EXPECT_EQ(
      error_of<DataError>([] { saem::print({"x"}, {.output_stream = "file:///nowhere/at/all"}); }),
      "print: cannot write to /nowhere/at/all; see whether its folder exists");
}

}  // namespace
}  // namespace saem
