#include <saem/plot/function_graph.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using ::testing::ElementsAre;

plot::GraphPicture picture() {
  return plot::function_picture(Graph::from_text(R"(graph step(%0: float32(4, 3) "x") {
    %1 = variable "w" : float32(3, 2)
    %2 = constant [1.0, 2.0] : float32(2,)
    %3 = matmul(%0, %1) "dense"
    %4 = function_call(%3, %2) {function=graph g(%0: float32(4, 2), %1: float32(2,)) {
      %2 = add(%0, %1) return %2 }}
    return %4
    update %1 = %1
  })"));
}

TEST(FunctionPicture, ABoxANode) {
  const plot::GraphPicture shown = picture();
  EXPECT_EQ(shown.title, "step");
  ASSERT_EQ(shown.nodes.size(), 7u);
  EXPECT_THAT(shown.nodes[0].lines, ElementsAre("x", "float32 (4, 3)"));
  EXPECT_THAT(shown.nodes[1].lines, ElementsAre("w", "float32 (3, 2)"));
  EXPECT_THAT(shown.nodes[2].lines, ElementsAre("constant", "float32 (2,)"));
  EXPECT_THAT(
      shown.nodes[3].lines,
      ElementsAre("matmul", "transpose_a=false, transpose_b=false, constant_b=false", "dense"));
  EXPECT_THAT(shown.nodes[5].lines, ElementsAre("result"));
  EXPECT_THAT(shown.nodes[6].lines, ElementsAre("new w"));
  EXPECT_EQ(shown.nodes[1].kind, plot::NodeKind::kVariable);
  EXPECT_EQ(shown.nodes[2].kind, plot::NodeKind::kConstant);
  EXPECT_EQ(shown.nodes[6].kind, plot::NodeKind::kResult);
}

TEST(FunctionPicture, AGraphWithinIsOneBox) {
  const plot::GraphPicture shown = picture();
  ASSERT_EQ(shown.nodes[4].lines.size(), 2u);
  EXPECT_EQ(shown.nodes[4].lines[0], "function_call");
  EXPECT_EQ(shown.nodes[4].lines[1].find('\n'), std::string::npos);
}

TEST(FunctionPicture, ShapesOnArrows) {
  const plot::GraphPicture shown = picture();
  ASSERT_EQ(shown.edges.size(), 6u);
  EXPECT_EQ(shown.edges[0].from, "0");
  EXPECT_EQ(shown.edges[0].to, "3");
  EXPECT_EQ(shown.edges[0].label, "float32 (4, 3)");
  EXPECT_NE(plot::graph(Graph::from_text("graph f(%x: int32()) { return %x }")).script(), "");
  EXPECT_NE(shown.to_dot().find("float32 (4, 3)"), std::string::npos);
}

}  // namespace
}  // namespace saem
