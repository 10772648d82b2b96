#include <limits>
#include <saem/plot/pictures.hpp>

#include "plot/support.hpp"

namespace saem::plot {
namespace {

using testing::HasSubstr;

TEST(Image, StandsUprightWithExactGreys) {
  const Tensor picture = make_tensor<std::uint8_t>({2, 3}, {0, 50, 100, 150, 200, 255});
  const Png png(image(picture).png());  // 85 pixels each, a margin of 8
  ASSERT_EQ(png.width, 3 * 85 + 16);
  ASSERT_EQ(png.height, 2 * 85 + 16);
  const int greys[2][3] = {{0, 50, 100}, {150, 200, 255}};
  for (int y = 0; y < 2 * 85; ++y) {
    for (int x = 0; x < 3 * 85; ++x) {
      ASSERT_EQ(png.at(8 + x, 8 + y), greys[y / 85][x / 85] * 0x010101) << x << ", " << y;
    }
  }
  EXPECT_EQ(png.at(4, 4), 0xFFFFFF);
}

TEST(Image, ShowsColoursOfEveryDtypeAndView) {
  const Tensor colours = make_tensor<float>({1, 2, 3}, {1, 0, 0, 0, 0.2f, 1});
  Png png(image(colours).png());
  EXPECT_EQ(png.at(20, 20), 0xFF0000);
  EXPECT_EQ(png.at(200, 20), 0x0033FF);
  const Tensor turned = make_tensor<std::int32_t>({2, 1}, {0, 255}).view({1, 2}, {1, 1});
  png = Png(image(turned).png());
  EXPECT_EQ(png.at(20, 20), 0);
  EXPECT_EQ(png.at(200, 20), 0xFFFFFF);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Png(image(make_tensor<float>({1, 1}, {nan})).png()).at(100, 100), 0xFF00FF);
  const Tensor signs = make_tensor<float>({1, 2}, {-1, 0});
  EXPECT_EQ(Png(image(signs, {.limits = {-1, 1}}).png()).at(200, 20), 0x808080);
}

TEST(Image, ShrinksWhatIsLarge) {
  const Tensor large = make_tensor<std::uint8_t>({2048, 2}, std::vector<std::uint8_t>(4096, 9));
  const Png png(image(large).png());
  EXPECT_EQ(png.height, 1024 + 16);
}

TEST(Image, ErrorsNameTheCure) {
  EXPECT_EQ(error_of<ShapeError>([] {
              image(make_tensor<float>({2}, {1, 2}));
            }),
            "plot::image: a tensor of shape (2,); needed is (H, W), (H, W, 1) or (H, W, 3)");
  EXPECT_EQ(error_of<ValueError>([] {
              image(make_tensor<float>({0, 3}, {}));
            }),
            "plot::image: there are no pixels to draw: the shape is (0, 3)");
  EXPECT_EQ(error_of<ValueError>([] {
              image(make_tensor<float>({1, 2}, {0, 255}));
            }),
            "plot::image: float32 pixels from 0 to 255, but needed are 0 to 1; say what is black "
            "and white: .limits = {0, 255}");
}

TEST(Grid, PutsPicturesInReadingOrderAndFramesErrors) {
  const Tensor pictures = make_tensor<std::uint8_t>({3, 1, 1}, {10, 20, 30});
  const Png png(grid(pictures, {.columns = 2, .wrong = {false, true, false}}).png());
  // 160 pixels each, 8 between and around
  ASSERT_EQ(png.width, 2 * 160 + 3 * 8);
  ASSERT_EQ(png.height, 2 * 160 + 3 * 8);
  EXPECT_EQ(png.at(80, 80), 10 * 0x010101);
  EXPECT_EQ(png.at(250, 80), 20 * 0x010101);
  EXPECT_EQ(png.at(80, 250), 30 * 0x010101);
  EXPECT_EQ(png.at(250, 250), 0xFFFFFF);
  EXPECT_EQ(png.at(250, 7), 0xD55E00);
  EXPECT_EQ(png.at(80, 7), 0xFFFFFF);
}

TEST(Grid, TitlesLimitsAndErrors) {
  const Tensor pictures = make_tensor<std::uint8_t>({3, 1, 1}, {10, 20, 30});
  const Figure titled = grid(pictures, {.titles = {"a\nb", "셔츠", "c"}, .title = "all"});
  for (const char* text : {"\"a\"", "\"b\"", "\"셔츠\"", "\"all\""}) {
    EXPECT_THAT(titled.script(), HasSubstr(text));
  }
  EXPECT_NO_THROW((void)titled.png());
  const Png first(grid(pictures, {.columns = 1, .rows = 1}).png());
  EXPECT_EQ(first.height, 160 + 16);
  EXPECT_EQ(error_of<ValueError>([&] { grid(pictures, {.titles = {"a"}}); }),
            "plot::grid: 1 titles for 3 pictures; give one each");
  EXPECT_THAT(error_of<ValueError>([&] { grid(pictures, {.columns = 0}); }),
              HasSubstr("0 columns"));
}

TEST(Heatmap, FirstRowIsOnTop) {
  const Tensor matrix = make_tensor<float>({2, 2}, {0, 0, 1, 1});
  const Png png(heatmap(matrix, {.palette = Palette::kGray, .width = 300, .height = 300}).png());
  EXPECT_EQ(png.at(120, 80), 0x000000);
  EXPECT_EQ(png.at(120, 220), 0xFFFFFF);
}

TEST(Heatmap, NamesAnnotatesAndBearsOddShapes) {
  const Tensor matrix = make_tensor<float>({2, 2}, {0.25f, 0, 1, 12});
  const Figure figure = heatmap(matrix, {.x = {"a", "b%"}, .y = {"나", "d"}, .annotate = true});
  for (const char* text :
       {"\"b%%\" 1", "\"나\" 0", "label \"0.25\" at 0,0", "label \"12\" at 1,1"}) {
    EXPECT_THAT(figure.script(), HasSubstr(text));
  }
  EXPECT_NO_THROW((void)figure.png());
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NO_THROW((void)heatmap(make_tensor<float>({1, 1}, {3})).png());
  EXPECT_NO_THROW((void)heatmap(make_tensor<float>({1, 3}, {1, nan, 3})).png());
  EXPECT_NO_THROW((void)heatmap(make_tensor<float>({3, 1}, {nan, nan, nan})).png());
  EXPECT_EQ(error_of<ValueError>([&] { heatmap(matrix, {.x = {"a"}}); }),
            "plot::heatmap: 1 names in .x for a matrix of shape (2, 2); needed are 2");
  EXPECT_EQ(error_of<ShapeError>([] {
              heatmap({1, 2});
            }),
            "plot::heatmap: values of shape (2,); needed is a matrix, rank 2");
}

}  // namespace
}  // namespace saem::plot
