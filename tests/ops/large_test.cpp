// More elements than 31 bits can count, and sizes that no machine has. One test, one tensor after
// the other: they are the largest things that a test run holds in memory.
#include <cstring>
#include <fstream>
#include <saem/ops/argmax.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/roll.hpp>
#include <saem/ops/scan.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/where.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t k31 = std::int64_t{1} << 31;
constexpr std::int64_t kCount = k31 + 5003;

/// What the system says a program can still have.
std::int64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  while (file >> word) {
    std::int64_t kilobytes = 0;
    if (word == "MemAvailable:" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;  // which doubles memory and time
#else
constexpr bool kSanitized = false;
#endif

/// Zeros but for three places: near the end, at 2^31 + 1, and at 5.
Tensor marked(const Shape& shape) {
  Tensor x = Tensor::empty(uint8, shape);
  auto* data = x.mutable_data_as<std::uint8_t>();
  std::memset(data, 0, static_cast<std::size_t>(x.size()));
  data[5] = 3;
  data[k31 + 1] = 9;
  data[x.size() - 1] = 7;
  return x;
}

std::uint8_t at(const Tensor& x, std::int64_t i) { return x.data_as<std::uint8_t>()[i]; }

/// Host memory is what these tests look into, also where new tensors would lie on a GPU.
class LargeTensors : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};

TEST_F(LargeTensors, MoreElementsThan31BitsCount) {
  if (kSanitized) GTEST_SKIP() << "not under a sanitizer";
  if (available_memory() < 10 * kGiB) GTEST_SKIP() << "needs 10 GiB of free memory";
  const Tensor x = marked({kCount});
  {
    SCOPED_TRACE("pointwise");
    const Tensor y = x + x;
    EXPECT_EQ(at(y, 5), 6);
    EXPECT_EQ(at(y, k31 + 1), 18);
    EXPECT_EQ(at(y, kCount - 1), 14);
  }
  {
    SCOPED_TRACE("comparison, selection");
    const Tensor is_nine = x == constant(9, uint8);
    EXPECT_TRUE(is_nine.data_as<bool>()[k31 + 1]);
    EXPECT_FALSE(is_nine.data_as<bool>()[k31 + 2]);
    EXPECT_EQ(count_nonzero(is_nine).item<std::int64_t>(), 1);
    const Tensor y = where(is_nine, constant(1, uint8), x);
    EXPECT_EQ(at(y, k31 + 1), 1);
    EXPECT_EQ(at(y, kCount - 1), 7);
  }
  {
    SCOPED_TRACE("reduction");
    EXPECT_EQ(reduce_sum(x).item<std::uint8_t>(), 19);
    EXPECT_EQ(reduce_max(x).item<std::uint8_t>(), 9);
    EXPECT_EQ(argmax(x).item<std::int64_t>(), k31 + 1);
  }
  {
    SCOPED_TRACE("indices");
    const Tensor places = constant({k31 + 1, std::int64_t{5}, kCount - 1}, int64);
    const Tensor y = gather(x, places);
    EXPECT_EQ(at(y, 0), 9);
    EXPECT_EQ(at(y, 1), 3);
    EXPECT_EQ(at(y, 2), 7);
    EXPECT_EQ(x(kCount - 1).item<std::uint8_t>(), 7);
    EXPECT_EQ(reduce_sum(x(slice(k31, {}))).item<std::uint8_t>(), 16);
    EXPECT_EQ(x(slice({}, {}, -1)).contiguous().data_as<std::uint8_t>()[0], 7);
    EXPECT_EQ(reduce_sum(x(slice(1, {}, k31))).item<std::uint8_t>(), 9);
  }
  {
    SCOPED_TRACE("sums so far");
    const Tensor y = cumsum(x);
    EXPECT_EQ(at(y, 4), 0);
    EXPECT_EQ(at(y, k31), 3);
    EXPECT_EQ(at(y, k31 + 1), 12);
    EXPECT_EQ(at(y, kCount - 1), 19);
  }
  {
    SCOPED_TRACE("joined, rolled, padded");
    const Tensor joined = concat({x(slice(0, 10)), x}, {.axis = 0});
    EXPECT_EQ(at(joined, 15), 3);
    EXPECT_EQ(at(joined, k31 + 11), 9);
  }
  {
    const Tensor rolled = roll(x, {2}, {0});
    EXPECT_EQ(at(rolled, 1), 7);
    EXPECT_EQ(at(rolled, k31 + 3), 9);
  }
  {
    const Tensor padded = pad(x, {{1, 2}});
    EXPECT_EQ(at(padded, k31 + 2), 9);
    EXPECT_EQ(at(padded, kCount), 7);
  }
}

TEST_F(LargeTensors, RowsThatLieBeyond31Bits) {
  if (kSanitized) GTEST_SKIP() << "not under a sanitizer";
  if (available_memory() < 10 * kGiB) GTEST_SKIP() << "needs 10 GiB of free memory";
  constexpr std::int64_t kRows = (1 << 16) + 3;
  constexpr std::int64_t kColumns = 1 << 15;
  const Tensor x = marked({kRows, kColumns});
  {
    SCOPED_TRACE("transpose");
    const Tensor y = transpose(x).contiguous();
    EXPECT_EQ(at(y, 5 * kRows), 3);
    EXPECT_EQ(at(y, kRows + (1 << 16)), 9);
    EXPECT_EQ(at(y, x.size() - 1), 7);
  }
  {
    SCOPED_TRACE("reduction along rows and columns");
    EXPECT_EQ(at(reduce_sum(x, {.axis = 1}), 1 << 16), 9);
    EXPECT_EQ(at(reduce_max(x, {.axis = 0}), kColumns - 1), 7);
    EXPECT_EQ(argmax(x, {.axis = 0})(1).item<std::int64_t>(), 1 << 16);
  }
  {
    SCOPED_TRACE("rows by index");
    const Tensor y = gather(x, constant({1 << 16, 0}));
    EXPECT_EQ(at(y, 1), 9);
    EXPECT_EQ(at(y, kColumns + 5), 3);
  }
}

TEST_F(LargeTensors, AProductOfMoreElements) {
  if (kSanitized) GTEST_SKIP() << "not under a sanitizer";
  if (available_memory() < 18 * kGiB) GTEST_SKIP() << "needs 18 GiB of free memory";
  constexpr std::int64_t kSide = 46342;  // its square is the first over 2^31
  const Tensor column = fill({kSide, 1}, 2.0, {.dtype = dtypes::bfloat16});
  const Tensor row = fill({1, kSide}, 3.0, {.dtype = dtypes::bfloat16});
  const Tensor y = matmul(column, row);
  EXPECT_EQ(static_cast<float>(y.data_as<bfloat16>()[0]), 6.0f);
  EXPECT_EQ(static_cast<float>(y.data_as<bfloat16>()[y.size() - 1]), 6.0f);
}

TEST_F(LargeTensors, SizesThatNoMachineHas) {
  EXPECT_THAT(error_of<OutOfMemoryError>([] { zeros({std::int64_t{1} << 44}); }),
              HasSubstr("bytes on /CPU:0 asked for"));  // and some for the header
  EXPECT_THAT(error_of<OutOfMemoryError>([] { zeros({std::int64_t{1} << 61}); }),
              HasSubstr("bytes"));
  EXPECT_THAT(error_of<OutOfMemoryError>([] {
                zeros({std::int64_t{1} << 62, 1});
              }),
              HasSubstr("shape (4611686018427387904, 1) of float32"));
  EXPECT_THROW(zeros({std::int64_t{1} << 40, std::int64_t{1} << 40}), ShapeError);
  const Tensor x = zeros({1 << 20, 1});
  EXPECT_THAT(error_of<OutOfMemoryError>([&] {
                x + transpose(zeros({1 << 24, 1}));
              }),
              HasSubstr("bytes on /CPU:0 asked for"));
  // What a view pretends to hold is not what a copy can.
  EXPECT_THROW((void)x.view({std::int64_t{1} << 45}, {0}).contiguous(), OutOfMemoryError);
  EXPECT_TRUE((zeros({3}) + 1.0f).defined()) << "and the library goes on";
}

}  // namespace
}  // namespace saem
