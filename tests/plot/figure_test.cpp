#include <sys/stat.h>

#include <saem/plot/charts.hpp>
#include <saem/plot/graph.hpp>
#include <saem/plot/pictures.hpp>

#include "plot/process.hpp"
#include "plot/support.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Figure, ATemporaryShowsItselfOnceInANotebook) {
  const FakeNotebook notebook;
  line({1, 2}, {.title = "t"});
  ASSERT_EQ(notebook.shown().size(), 1u);
  EXPECT_THAT(notebook.shown()[0].at("image/svg+xml"), StartsWith("<svg"));
  EXPECT_EQ(notebook.shown()[0].at("text/plain"), "Figure: t");
  image(make_tensor<std::uint8_t>({1, 1}, {7}));
  ASSERT_EQ(notebook.shown().size(), 2u);
  EXPECT_THAT(notebook.shown()[1].at("image/png"), StartsWith("iVBORw0KGgo"));  // PNG's mark
}

TEST(Figure, ANamedOneWaitsUntilItIsAskedOrGoes) {
  const FakeNotebook notebook;
  {
    Figure figure = line({1, 2});
    const Figure same = figure;
    figure.add_line({2, 1});
    EXPECT_TRUE(notebook.shown().empty());
    figure.show();
    same.show();
    EXPECT_EQ(notebook.shown().size(), 2u);
  }
  EXPECT_EQ(notebook.shown().size(), 2u);
  { const Figure never_asked = line({1, 2}); }
  EXPECT_EQ(notebook.shown().size(), 3u);
}

TEST(Figure, WhatACellShowsOrSavesDoesNotShowItselfToo) {
  const FakeNotebook notebook;
  const Folder folder;
  EXPECT_EQ(display(line({1, 2})).count("image/svg+xml"), 1u);
  line({1, 2}).save(folder.file("a.svg"));
  EXPECT_TRUE(notebook.shown().empty());
}

TEST(Figure, AnExceptionOnItsWayIsNotIllustrated) {
  const FakeNotebook notebook;
  try {
    const Figure figure = line({1, 2});
    throw std::runtime_error("broken cell");
  } catch (const std::runtime_error&) {
  }
  EXPECT_TRUE(notebook.shown().empty());
}

TEST(Figure, InAProgramNothingIsDrawnUnasked) {
  const Path nowhere("/nonexistent");  // drawing would fail
  const Figure figure = line({1, 2});
  figure.show();
  line({1, 2});
}

TEST(Figure, AMissingProgramIsToldWithItsPackage) {
  const Path nowhere("/nonexistent");
  EXPECT_EQ(error_of<Error>([] { (void)line({1}).svg(); }),
            "plot: the program gnuplot is missing; install it: apt-get install gnuplot-nox");
  EXPECT_EQ(error_of<Error>([] {
              (void)graph({.nodes = {{"a", {"a"}}}}).svg();
            }),
            "plot: the program dot is missing; install it: apt-get install graphviz");
  const FakeNotebook notebook;
  testing::internal::CaptureStderr();
  line({1});  // cannot throw from a destructor, and must not be silent
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("apt-get install gnuplot-nox"));
}

TEST(Figure, WhatGnuplotSaysIsShownWhole) {
  const Folder folder;
  std::ofstream(folder.file("gnuplot")) << "#!/bin/sh\necho 'line 7: odd' >&2\nexit 3\n";
  chmod(folder.file("gnuplot").c_str(), 0700);
  const Path fake(folder.file(""));
  EXPECT_EQ(error_of<Error>([] { (void)line({1}).svg(); }),
            "plot: gnuplot failed with exit code 3: line 7: odd\n");
}

TEST(Figure, SavesThreeFormatsOrSaysWhyNot) {
  const Folder folder;
  const Figure figure = line({1, 2});
  for (const auto& [name, start] :
       {std::pair{"a.svg", "<svg"}, {"a.png", "\x89PNG"}, {"a.pdf", "%PDF"}}) {
    figure.save(folder.file(name));
    EXPECT_THAT(read_file(folder.file(name)), StartsWith(start));
    EXPECT_FALSE(std::filesystem::exists(folder.file(name) + ".part"));
  }
  EXPECT_EQ(error_of<ValueError>([&] { figure.save("a.jpg"); }),
            "Figure::save: 'a.jpg' ends in none of .svg, .png and .pdf");
  EXPECT_THAT(error_of<DataError>([&] { figure.save("/nonexistent/a.svg"); }),
              HasSubstr("/nonexistent/a.svg cannot be written"));
  EXPECT_EQ(Png(figure.png()).width, 640);
}

TEST(Figure, OnlyChartsTakeCurves) {
  Figure picture = image(make_tensor<std::uint8_t>({1, 1}, {7}));
  EXPECT_THAT(error_of<ValueError>([&] { picture.add_line({1}); }), HasSubstr("plot::line"));
}

TEST(Graph, DrawsNodesEdgesAndStrangeText) {
  const GraphPicture picture{.nodes = {{"x", {"x", "값 = 3", ""}, NodeKind::kVariable},
                                       {"\"]; evil", {"<b>&amp; \\N \"q\"\nnext", "2"}}},
                             .edges = {{"x", "\"]; evil", "dy/dx > 0"}},
                             .title = "T & t"};
  const std::string svg = graph(picture).svg();
  EXPECT_THAT(svg, StartsWith("<svg"));
  for (const char* text :
       {">x</text>", ">값 = 3</text>", "&lt;b&gt;&amp;amp; \\\u200BN", "T &amp; t"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_EQ(count(svg, "class=\"node\""), 2);
  EXPECT_EQ(count(svg, "class=\"edge\""), 1);
}

TEST(Graph, ErrorsNameTheNode) {
  EXPECT_EQ(error_of<ValueError>([] { graph({}); }),
            "GraphPicture::to_dot: there are no nodes to draw");
  EXPECT_THAT(error_of<ValueError>([] {
                graph({.nodes = {{"a", {}}, {"a", {}}}});
              }),
              HasSubstr("two nodes have the id 'a'"));
  EXPECT_THAT(error_of<ValueError>([] {
                graph({.nodes = {{"a", {}}}, .edges = {{"a", "b"}}});
              }),
              HasSubstr("an edge names 'b'"));
}

TEST(Process, CarriesMuchBothWays) {
  const std::string input(3000000, 'x');
  const ProcessResult result = run_process({"cat"}, input, std::chrono::seconds(20));
  EXPECT_TRUE(result.output == input);
  EXPECT_EQ(result.exit_code, 0);
}

TEST(Process, EndsWhatDoesNotEndAndBearsADeafChild) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(run_process({"sleep", "60"}, "", std::chrono::milliseconds(100)).timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  const std::string input(3000000, 'x');  // nobody reads it: SIGPIPE, if it were raised
  EXPECT_EQ(run_process({"false"}, input, std::chrono::seconds(20)).exit_code, 1);
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}, "", std::chrono::seconds(20)).exit_code, 137);
}

TEST(Text, CutsByWidthAndReplacesWhatIsNotUtf8) {
  EXPECT_EQ(fit("short", 10), "short");
  EXPECT_EQ(fit("가나다라\nab", 3), "가나…\nab");
  EXPECT_EQ(clean("a\xC0\xAF\xED\xA0\x80z\x01\t"), "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz ");
}

}  // namespace
}  // namespace saem::plot
