#include "graph/size_formula.hpp"

#include <gtest/gtest.h>

namespace saem {
namespace {

using Texts = std::vector<std::string>;

/// What follows for `sizes` from `texts` for `samples`; every size may occur in formulas.
std::optional<std::string> learnt(const Texts& texts, const std::vector<Sizes>& samples,
                                  const Sizes& sizes) {
  std::vector<std::size_t> axes(samples[0].size());
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = i;
  const std::optional<SizedText> text = SizedText::fit(texts, samples, axes);
  return text ? text->at(sizes) : std::nullopt;
}

TEST(SizedText, FindsSizesAndTheirMultiples) {
  EXPECT_EQ(learnt({"shape=(32, 7), axis=1", "shape=(20, 7), axis=1"}, {{32}, {20}}, {5}),
            "shape=(5, 7), axis=1");
  EXPECT_EQ(learnt({"shape=(96,)", "shape=(60,)"}, {{32}, {20}}, {7}), "shape=(21,)");
  EXPECT_EQ(learnt({"begin=[-1]", "begin=[-1]"}, {{32}, {20}}, {7}), "begin=[-1]");
  EXPECT_EQ(learnt({"end=-32", "end=-20"}, {{32}, {20}}, {7}), "end=-7");
}

TEST(SizedText, FindsOffsetsAndExactQuotients) {
  EXPECT_EQ(learnt({"31", "19"}, {{32}, {20}}, {7}), "6");
  EXPECT_EQ(learnt({"8", "5"}, {{32}, {20}}, {40}), "10");
  EXPECT_EQ(learnt({"8", "5"}, {{32}, {20}}, {41}), std::nullopt);  // what the rest is, who knows
}

TEST(SizedText, NeedsAThirdSampleForTwoUnknowns) {
  EXPECT_EQ(learnt({"65", "41"}, {{32}, {20}}, {7}), std::nullopt);
  EXPECT_EQ(learnt({"65", "41", "21"}, {{32}, {20}, {10}}, {7}), "15");
  EXPECT_EQ(learnt({"65", "41", "22"}, {{32}, {20}, {10}}, {7}), std::nullopt);
}

TEST(SizedText, FindsProductsAndSumsOfSizes) {
  EXPECT_EQ(learnt({"96 35", "20 24"}, {{32, 3}, {20, 1}}, {5, 4}), std::nullopt);
  EXPECT_EQ(learnt({"96 35", "80 24"}, {{32, 3}, {20, 4}}, {5, 4}), "20 9");
  EXPECT_EQ(learnt({"480", "160"}, {{32, 3, 5}, {20, 4, 2}}, {2, 3, 7}), "42");
}

TEST(SizedText, KnowsNothingWhereFormulasDisagree) {
  // 12 = 4 * 3 = 3 * 4: the first size or the second?
  EXPECT_EQ(learnt({"12", "24"}, {{4, 3}, {8, 6}}, {5, 5}), std::nullopt);
  EXPECT_EQ(learnt({"12", "24", "8"}, {{4, 3}, {8, 6}, {2, 2}}, {5, 5}), "20");
  EXPECT_EQ(learnt({"12", "24", "6"}, {{4, 3}, {8, 6}, {2, 7}}, {5, 5}), "15");
}

TEST(SizedText, FindsRealNumbersRoundedAsTheyWere) {
  EXPECT_EQ(learnt({"0.1", "0.05"}, {{10}, {20}}, {3}), "0.3333333333333333");
  EXPECT_EQ(learnt({"[0.10000000149011612]", "[0.05000000074505806]"}, {{10}, {20}}, {3}),
            "[0.3333333432674408]");
  EXPECT_EQ(learnt({"10.0", "20.0"}, {{10}, {20}}, {3}), "3.0");
  EXPECT_EQ(learnt({"0.025", "0.0125"}, {{10}, {20}}, {5}), "0.05");
  EXPECT_EQ(learnt({"2.5", "5.0"}, {{10}, {20}}, {5}), "1.25");
  EXPECT_EQ(learnt({"0.5", "1"}, {{2}, {1}}, {4}), "0.25");
  EXPECT_EQ(learnt({"0.25", "0.5"}, {{4}, {2}}, {1}), "1.0");
  EXPECT_EQ(learnt({"3.1622776601683795", "4.47213595499958"}, {{10}, {20}}, {3}), std::nullopt);
}

TEST(SizedText, LeavesNamesAndStringsAlone) {
  EXPECT_EQ(
      learnt({"%10 = f(%9:10, \"x10\") : float32(10,)", "%10 = f(%9:10, \"x10\") : float32(20,)"},
             {{10}, {20}}, {3}),
      "%10 = f(%9:10, \"x10\") : float32(3,)");
  EXPECT_EQ(learnt({"\"10\"", "\"20\""}, {{10}, {20}}, {3}), std::nullopt);
  EXPECT_EQ(learnt({"\"a\\\"10\"", "\"a\\\"20\""}, {{10}, {20}}, {3}), std::nullopt);
  EXPECT_EQ(learnt({"x10", "x20"}, {{10}, {20}}, {3}), std::nullopt);
  EXPECT_EQ(learnt({"[10, 10]", "[20]"}, {{10}, {20}}, {3}), std::nullopt);
  EXPECT_EQ(learnt({"10", "20.0"}, {{10}, {20}}, {3}), std::nullopt);
}

TEST(SizedText, HasNoNumberBeyond64Bits) {
  const std::int64_t huge = std::int64_t{1} << 62;
  EXPECT_EQ(learnt({"40", "80"}, {{10}, {20}}, {huge}), std::nullopt);
  EXPECT_EQ(learnt({"200", "600"}, {{10, 20}, {20, 30}}, {huge, 4}), std::nullopt);
}

}  // namespace
}  // namespace saem
