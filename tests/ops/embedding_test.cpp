// embedding_lookup: what must be true.
#include <saem/ops/embedding.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

Tensor table() { return constant({{3.0, 4.0}, {0.0, 1.0}, {0.0, 0.0}}); }

TEST(embedding_lookup, Values) {
  EXPECT_TRUE(has_values(nn::embedding_lookup(table(), constant({{2, 0}, {1, 1}})), {2, 2, 2},
                         {0, 0, 3, 4, 0, 1, 0, 1}));
  EXPECT_TRUE(has_values(nn::embedding_lookup(constant({5, 6}), constant({1})), {1}, {6}));
  EXPECT_EQ(nn::embedding_lookup(table(), zeros({0}, int64)).shape(), Shape({0, 2}));
}

TEST(embedding_lookup, Options) {
  EXPECT_TRUE(has_values(nn::embedding_lookup(table(), constant({0, 1, 2}), {.max_norm = 2.5}),
                         {3, 2}, {1.5, 2, 0, 1, 0, 0}));
  EXPECT_TRUE(
      has_values(nn::embedding_lookup(constant({-5.0, 1.0}), constant({0, 1}), {.max_norm = 2.0}),
                 {2}, {-2, 1}));
}

TEST(embedding_lookup, Gradient) {
  const Tensor ids = constant({1, 0, 1});
  for (const std::optional<double>& norm : {std::optional<double>(), std::optional<double>(1.0)}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      return nn::embedding_lookup(in[0], ids, {.max_norm = norm});
    };
    EXPECT_TRUE(gradients_agree(function, {sample({3, 4})}));
  }
}

TEST(embedding_lookup, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { (void)nn::embedding_lookup(constant(1.0), constant({0})); }),
            "embedding_lookup: params needs an axis of embeddings, got a scalar");
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::embedding_lookup(table(), constant({0.0})); }),
            "gather: indices must be int32 or int64, got float32; tf::cast them");
}

}  // namespace
}  // namespace saem
