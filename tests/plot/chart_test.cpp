#include <cmath>
#include <limits>
#include <numbers>
#include <saem/plot/charts.hpp>
#include <thread>

#include "plot/support.hpp"

namespace saem::plot {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Line, ShowsTitleLabelsAndEveryPoint) {
  const Figure figure = line(std::vector<double>{3, 1, 2},
                             {.label = "loss", .title = "Run", .xlabel = "epoch", .ylabel = "L"});
  EXPECT_THAT(figure.script(), HasSubstr("$series0 << EOD\n0 3\n1 1\n2 2\nEOD\n"));
  const std::string svg = figure.svg();
  EXPECT_THAT(svg, StartsWith("<svg"));
  for (const char* text : {"<title>Run</title>", ">Run</text>", ">loss</text>", ">epoch</text>",
                           ">L</text>", "width=\"640\"", "height=\"400\"", "#ffffff"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST(Line, TakesRangesOfAnyNumberAndTensorsOfAnyDtype) {
  const std::string expected = "0 1\n1 2\nEOD";
  const std::array<int, 2> integers = {1, 2};
  EXPECT_THAT(line({1, 2}).script(), HasSubstr(expected));
  EXPECT_THAT(line(std::vector<float>{1, 2}).script(), HasSubstr(expected));
  EXPECT_THAT(line(std::span<const int>(integers)).script(), HasSubstr(expected));
  EXPECT_THAT(line(make_tensor<float>({2}, {1, 2})).script(), HasSubstr(expected));
  EXPECT_THAT(line(make_tensor<std::int64_t>({2}, {1, 2})).script(), HasSubstr(expected));
  EXPECT_THAT(line(make_tensor<float16>({2}, {float16(1), float16(2)})).script(),
              HasSubstr(expected));
}

TEST(Line, DrawsACurveForEachRowOfAnyView) {
  const Tensor columns = make_tensor<float>({3, 2}, {1, 4, 2, 5, 3, 6}).view({2, 3}, {1, 2});
  const std::string script = line(columns, {.label = {"a", "b"}}).script();
  EXPECT_THAT(script, HasSubstr("$series0 << EOD\n0 1\n1 2\n2 3\nEOD"));
  EXPECT_THAT(script, HasSubstr("$series1 << EOD\n0 4\n1 5\n2 6\nEOD"));
  EXPECT_THAT(script, HasSubstr("title \"b\""));
}

TEST(Line, SeveralCurvesShareAFigure) {
  const std::vector<double> a = {1, 2}, b = {3, 4};
  const std::string listed =
      line({{a, {.label = "train"}}, {b, {.label = "valid", .dashed = true}}}).script();
  Figure grown = line(a, {.label = "train"});
  grown.add_line(b, {.label = "valid", .dashed = true});
  EXPECT_EQ(listed, grown.script());
  EXPECT_THAT(listed, HasSubstr("dt 2"));
  EXPECT_THAT(line({{{1.0, 2.0}, {5.0, 6.0}}}).script(), HasSubstr("1 5\n2 6\n"));
}

TEST(Line, GapsWhereValuesAreNotNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_THAT(line({1, nan, inf, 4}).script(), HasSubstr("EOD\n0 1\n\n3 4\nEOD"));
  EXPECT_THAT(line({1, 0, -1, 4}, {.logy = true}).script(), HasSubstr("EOD\n0 1\n\n3 4\nEOD"));
  const std::string svg = line({nan, nan}, {.label = "loss"}).svg();
  EXPECT_THAT(svg, HasSubstr("loss (no finite values)"));
}

TEST(Line, EachOptionChangesTheFigure) {
  const std::vector<double> y = {1, 2, 4};
  const std::string plain = line(y).script();
  const LineOptions changed[] = {{.label = "a"},        {.title = "a"},        {.xlabel = "a"},
                                 {.ylabel = "a"},       {.logx = true},        {.logy = true},
                                 {.xlim = {.low = -3}}, {.xlim = {.high = 9}}, {.ylim = {0, 9}},
                                 {.width = 300},        {.height = 300},       {.grid = false},
                                 {.markers = true},     {.color = "#112233"}};
  for (const LineOptions& options : changed) EXPECT_NE(line(y, options).script(), plain);
  EXPECT_THAT(line(y, {.ylim = {0, 9}}).script(), HasSubstr("set yrange [0:9]"));
  for (const LineOptions& options : changed) EXPECT_NO_THROW((void)line(y, options).svg());
}

TEST(Line, DrawsExtremeNumbersAndManyPoints) {
  EXPECT_NO_THROW((void)line({1e308, -1e308}).svg());
  EXPECT_NO_THROW((void)line({5, 5, 5}).svg());
  EXPECT_NO_THROW((void)line({0}).svg());
  EXPECT_NO_THROW((void)line({1e-300, 1e300}, {.logy = true}).svg());
  std::vector<double> wave(200000);
  for (std::size_t i = 0; i < wave.size(); ++i) wave[i] = std::sin(static_cast<double>(i) / 5000);
  wave[777] = 9;  // a peak of one point is kept
  const std::string script = line(wave).script();
  EXPECT_LT(script.size(), 200000u);
  EXPECT_THAT(script, HasSubstr("\n777 9\n"));
}

TEST(Line, AShortLogarithmicAxisHasReadableTicks) {
  const std::string svg = line({0.15, 2.5}, {.logy = true}).svg();
  for (const char* text : {">0.2</text>", ">0.5</text>", ">1</text>", ">2</text>"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST(Line, TextStaysText) {
  const Folder folder;
  const std::string touched = folder.file("touched");
  const std::string run = "`touch " + touched + "`";
  const std::vector<std::string> texts = {run,
                                          "\"; system('touch " + touched + "') #",
                                          "\\\"" + run,
                                          "'" + run + "'",
                                          "a\nEOD\nsystem('touch " + touched + "')",
                                          "@x $(touch " + touched + ") \\",
                                          "%s %d %n",
                                          "_{a}^b {/Bold x} & <b>",
                                          std::string("bad \xFF\xC0 \x01 utf-8")};
  for (const std::string& evil : texts) {
    const Figure figure = line({1, 2}, {.label = evil, .title = evil, .xlabel = evil});
    EXPECT_NO_THROW((void)figure.svg()) << evil;
    EXPECT_NO_THROW((void)bar({1, 2}, {.names = {evil, "b"}, .label = evil}).png()) << evil;
  }
  EXPECT_TRUE(folder.empty());
  const std::string svg = line({1, 2}, {.title = "a_b {x} 50% `ls` \"q\" 한글 <&"}).svg();
  EXPECT_THAT(svg, HasSubstr("a_b {x} 50% `ls` \"q\" 한글 &lt;&amp;"));
}

TEST(Line, ErrorsNameTheCure) {
  EXPECT_EQ(error_of<ValueError>([] { line(std::vector<double>{}); }),
            "plot::line: there are no values to draw: their shape is (0,)");
  EXPECT_EQ(error_of<ShapeError>([] {
              line({1, 2, 3}, {1, 2});
            }),
            "plot::line: x has shape (3,), y (2,); give one x for each y");
  EXPECT_EQ(error_of<ShapeError>([] { line(make_tensor<float>({}, {1})); }),
            "plot::line: values of shape (); needed is rank 1, or rank 2 with a curve a row");
  EXPECT_EQ(error_of<ValueError>([] {
              line({1, 2}, {.label = {"a", "b"}});
            }),
            "plot::line: 2 labels for 1 curves; give one each");
  EXPECT_EQ(error_of<ValueError>([] { line({1}, {.color = "red"}); }),
            "plot::line: the colour 'red' is not of the form #rrggbb");
  EXPECT_THAT(error_of<ValueError>([] { line({1}, {.width = 0}); }), HasSubstr("0 x 400 pixels"));
  EXPECT_THAT(error_of<ValueError>([] { line({1}, {.ylim = {2, 1}}); }), HasSubstr("ylim"));
  EXPECT_THAT(error_of<ValueError>([] {
                line({1}, {.logy = true, .ylim = {0, 1}});
              }),
              HasSubstr("positive"));
  EXPECT_EQ(error_of<ValueError>([] { line(std::vector<Curve>{}); }),
            "plot::line: there are no curves to draw");
}

TEST(Line, AFailedAdditionLeavesTheFigureAsItWas) {
  Figure figure = line({1, 2});
  const std::string before = figure.script();
  EXPECT_THROW(figure.add_line({1, 2}, {1}), ShapeError);
  EXPECT_EQ(figure.script(), before);
}

TEST(Scatter, DrawsADotForEachPoint) {
  EXPECT_EQ(count(scatter({1, 2, 3}, {4, 5, 6}).svg(), "<use xlink:href='#gpPt6'"), 3);
}

TEST(Bar, StandsOnZeroWithItsName) {
  const std::string script = bar({3, 5}, {.names = {"cat", "100%"}}).script();
  EXPECT_THAT(script, HasSubstr("set yrange [0:"));
  EXPECT_THAT(script, HasSubstr("(\"cat\" 0, \"100%%\" 1)"));
  EXPECT_THAT(bar({3, 5}, {.names = {"cat", "100%"}}).svg(), HasSubstr(">100%</text>"));
  EXPECT_EQ(error_of<ValueError>([] {
              bar({1, 2}, {.names = {"a"}});
            }),
            "plot::bar: 1 names for 2 bars; give one each");
  const Tensor groups = make_tensor<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_THAT(bar(groups, {.label = {"a", "b"}}).script(), HasSubstr("-0.2 1 0.4\n0.8 2 0.4\n"));
}

TEST(Histogram, CountsAsNumPyDoes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(histogram({1, 2, 2, 3, nan}, {.bins = 2}).script(), HasSubstr("1.5 1 1\n2.5 3 1\n"));
  EXPECT_THAT(histogram({1, 2, 2, 3}, {.bins = 2, .range = {0, 2}}).script(),
              HasSubstr("0.5 0 1\n1.5 3 1\n"));
  EXPECT_THAT(histogram({0, 1, 1, 2}, {.bins = 2, .density = true}).script(),
              HasSubstr("0.5 0.25 1\n1.5 0.75 1\n"));
  EXPECT_THAT(histogram({7, 7}, {.bins = 1}).script(), HasSubstr("7 2 1\n"));
  EXPECT_THAT(error_of<ValueError>([&] { histogram({nan}); }), HasSubstr("none of the 1 values"));
  EXPECT_THAT(error_of<ValueError>([] { histogram({1}, {.bins = 0}); }), HasSubstr("0 bins"));
}

TEST(Drawing, TwoThreadsAtOnceGetTheirOwnFigures) {
  const auto draw = [](double height, std::string& svg) {
    for (int i = 0; i < 10; ++i) svg = line({0, height}, {.title = "t"}).svg();
  };
  std::string a, b;
  std::thread first(draw, 1, std::ref(a)), second(draw, 1000, std::ref(b));
  first.join();
  second.join();
  EXPECT_EQ(a, line({0, 1}, {.title = "t"}).svg());
  EXPECT_EQ(b, line({0, 1000}, {.title = "t"}).svg());
}

}  // namespace
}  // namespace saem::plot
