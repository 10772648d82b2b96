#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/plot/tape.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using ::testing::ElementsAre;

TEST(TapePicture, ShowsValuesAndGradients) {
  const Variable w{constant(2.0), {.name = "w"}};
  GradientTape tape{{.persistent = true}};
  const Tensor y = w * w + 1.0;
  const plot::GraphPicture before = plot::tape_picture(tape.graph(y));
  const plot::GraphPicture after = plot::tape_picture(tape.graph(y, true));
  ASSERT_EQ(before.nodes.size(), 4u);
  EXPECT_THAT(before.nodes[0].lines, ElementsAre("w", "value = 2"));
  EXPECT_THAT(after.nodes[0].lines, ElementsAre("w", "value = 2", "gradient = 4"));
  EXPECT_THAT(after.nodes[1].lines, ElementsAre("multiply", "value = 4", "gradient = 1"));
  EXPECT_EQ(after.nodes[2].kind, plot::NodeKind::kConstant);
  EXPECT_EQ(after.nodes[3].kind, plot::NodeKind::kResult);
  ASSERT_EQ(after.edges.size(), 4u);  // w twice into multiply
  EXPECT_EQ(after.edges[0].from, after.edges[1].from);
}

TEST(TapePicture, LargeTensorsAreShownByShape) {
  const Variable w{ones({3, 4}), {.name = "w"}};
  GradientTape tape;
  const Tensor y = w * 2.0;
  const plot::GraphPicture picture = plot::tape_picture(tape.graph(y));
  EXPECT_THAT(picture.nodes[0].lines, ElementsAre("w", "value = (3, 4)"));
}

TEST(TapePicture, LookingIsNotRecorded) {
  const Variable w{constant({1.0, 2.0}), {.name = "w"}};
  GradientTape tape{{.persistent = true}};
  const Tensor y = w * 2.0;
  const std::size_t before = tape.size();
  (void)plot::tape_picture(tape.graph(y, true));
  EXPECT_EQ(tape.size(), before);
}

}  // namespace
}  // namespace saem
