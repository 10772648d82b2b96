// Transposed blocks on every SIMD target that this machine has, against the definition.
#include "cpu/transpose_block.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstring>
#include <memory>
#include <vector>

namespace saem::cpu {
namespace {

/// Numbers that differ from byte to byte, so that no two elements are alike by chance.
std::vector<std::byte> numbered(std::int64_t count) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>((i * 2654435761u) >> 13);
  }
  return bytes;
}

struct Case {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t from_gap;  ///< elements between two columns
  std::int64_t to_gap;    ///< elements between two rows
  std::int64_t to_shift;  ///< elements before the first: what makes it unaligned
};

/// Also that nothing beside the block is touched.
void check(const Case& block, std::int64_t width, bool past_caches) {
  const std::int64_t from_stride = block.rows + block.from_gap;
  const std::int64_t to_stride = block.columns + block.to_gap;
  const std::vector<std::byte> from = numbered(from_stride * block.columns * width);
  std::vector<std::byte> memory(
      static_cast<std::size_t>((to_stride * block.rows + block.to_shift) * width + 64));
  void* start = memory.data();
  std::size_t space = memory.size();
  std::align(64, 1, start, space);
  std::byte* const to = static_cast<std::byte*>(start) + block.to_shift * width;
  std::vector<std::byte> expected = memory;
  std::byte* const wanted = expected.data() + (to - memory.data());
  const auto bytes = static_cast<std::size_t>(width);
  for (std::int64_t i = 0; i < block.rows; ++i) {
    for (std::int64_t j = 0; j < block.columns; ++j) {
      std::memcpy(wanted + (i * to_stride + j) * width, from.data() + (j * from_stride + i) * width,
                  bytes);
    }
  }
  transpose_function(bytes)(
      {from.data(), from_stride, to, to_stride, block.rows, block.columns, past_caches});
  EXPECT_EQ(memory, expected) << block.rows << " x " << block.columns << " of " << width
                              << " bytes, " << (past_caches ? "past" : "through") << " the caches";
}

TEST(transpose_block, EqualsItsDefinitionOnEveryTarget) {
  const Case cases[] = {{0, 5, 0, 0, 0},     {1, 1, 0, 0, 0},     {3, 2, 1, 1, 1},
                        {16, 16, 0, 0, 0},   {64, 64, 0, 0, 0},   {64, 128, 64, 0, 0},
                        {17, 33, 3, 5, 0},   {31, 70, 0, 0, 3},   {128, 64, 0, 64, 0},
                        {200, 130, 1, 2, 1}, {65, 191, 0, 1, 64}, {256, 640, 0, 0, 0}};
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (const std::int64_t width : {1, 2, 4, 8, 16}) {
      for (const Case& block : cases) {
        check(block, width, false);
        check(block, width, true);
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace saem::cpu
