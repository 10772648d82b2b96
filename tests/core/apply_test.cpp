// The one door and its three listeners.
#include <saem/autodiff/tape.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>

#include "core/thread_state.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;

struct HeardCall {
  std::string op;
  std::vector<float> output;
};

class Ear : public OpListener {
 public:
  std::vector<HeardCall> calls;
  void on_op(const OpCall& call, std::span<const Tensor> outputs) override {
    const auto values = outputs[0].span<float>();
    calls.push_back({call.op.name, {values.begin(), values.end()}});
  }
  void on_read(const void*, const Tensor&, bool) override {}
};

TEST(Apply, ListenersHearOfWhatRan) {
  Ear ear;
  ear.start_listening();
  (void)(constant({1.0, 2.0}) + constant({3.0, 4.0}));
  ear.stop_listening();
  (void)(constant({1.0}) * constant({2.0}));
  ASSERT_EQ(ear.calls.size(), 1u);
  EXPECT_EQ(ear.calls[0].op, "add");
  EXPECT_EQ(ear.calls[0].output, (std::vector<float>{4.0f, 6.0f}));
}

TEST(Apply, PausedListenersHearNothing) {
  Ear ear;
  ear.start_listening();
  {
    const PauseListeners quiet;
    (void)(constant({1.0}) + constant({3.0}));
  }
  EXPECT_TRUE(ear.calls.empty());
  (void)(constant({1.0}) + constant({3.0}));
  EXPECT_EQ(ear.calls.size(), 1u);
}

class Notebook : public Tracer {
 public:
  struct Node {
    std::string op;
    std::string attributes;
    std::vector<std::int64_t> inputs;
  };
  std::vector<Node> nodes;

  Tensors on_op(const OpCall& call, const TensorSpecs& outputs) override {
    Node node{call.op.name, call.attributes.to_string(), {}};
    for (const Tensor& input : call.inputs) {
      node.inputs.push_back(input.is_symbolic() ? symbol(input) : -1);
    }
    nodes.push_back(node);
    return {make_symbolic(outputs[0], static_cast<std::int64_t>(nodes.size()) - 1)};
  }
};

TEST(Apply, ATracerTakesOpsInsteadOfRunningThem) {
  Notebook notebook;
  Tensor y;
  {
    const TraceScope tracing(notebook);
    const Tensor x = zeros({2, 3});
    y = x * ones({3}) + 1.0;
    EXPECT_EQ(y.shape(), Shape({2, 3}));
    EXPECT_THAT(error_of<ValueError>([&] { (void)y(0, 0).item<float>(); }),
                HasSubstr("a traced function has no values yet"));
  }
  ASSERT_GE(notebook.nodes.size(), 5u);
  EXPECT_EQ(notebook.nodes[0].op, "fill");
  EXPECT_EQ(notebook.nodes[0].attributes, "shape=(2, 3), value=0, dtype=float32");
  EXPECT_EQ(notebook.nodes[2].op, "multiply");
  EXPECT_EQ(notebook.nodes[2].inputs, (std::vector<std::int64_t>{0, 1}));
  EXPECT_TRUE(y.is_symbolic());
  EXPECT_FALSE((zeros({1}) + 1.0).is_symbolic());
}

TEST(Apply, ATracerStillHearsUsersErrors) {
  Notebook notebook;
  const TraceScope tracing(notebook);
  EXPECT_THROW((void)(zeros({2}) + zeros({3})), ShapeError);
}

TEST(Apply, ATapeHearsWhatIsTraced) {
  Notebook notebook;
  const TraceScope tracing(notebook);
  const Tensor x = zeros({2});
  GradientTape tape;
  tape.watch(x);
  const Tensor gradient = tape.gradient(x * x, x);
  EXPECT_TRUE(gradient.is_symbolic());
  EXPECT_EQ(gradient.shape(), Shape({2}));
}

TEST(Apply, CallsThatDoNotFitTheirOpAreErrors) {
  const OpDef& add_op = *find_op("add");
  const Tensor one = constant({1.0});
  EXPECT_EQ(error_of<ValueError>([&] { (void)apply_one(add_op, {one}); }),
            "add: takes 2 to 2 inputs, got 1");
  EXPECT_EQ(error_of<ValueError>([&] {
              (void)apply_one(add_op, {one, one}, FillOptions{});
            }),
            "add: was given FillOptions; its OpDef names no options");
  EXPECT_EQ(error_of<ValueError>([&] { (void)apply_one(*find_op("fill"), {}); }),
            "fill: needs its options struct, FillOptions");
  EXPECT_EQ(error_of<ValueError>([&] { (void)apply_one(*find_op("fill"), {}, CastOptions{}); }),
            "fill: was given CastOptions; it needs FillOptions");
  EXPECT_EQ(error_of<ValueError>([] { register_kernel("no_such_op", DeviceType::kCPU, {}); }),
            "register_kernel: there is no op named no_such_op; is it in ops.list?");
}

TEST(Apply, AttributesAreKeptComparedAndPrinted) {
  const FillOptions options{{2}, 1.5, float32};
  const Attributes kept{AttributesRef(options)};
  EXPECT_EQ(kept.ref().to_string(), "shape=(2,), value=1.5, dtype=float32");
  const FillOptions same{{2}, 1.5, float32};
  const FillOptions other{{2}, 2.5, float32};
  EXPECT_EQ(kept.ref(), AttributesRef(same));
  EXPECT_NE(kept.ref(), AttributesRef(other));
}

TEST(Apply, UsersMayAddAnOpOfTheirOwn) {
  static const OpDef twice{
      .name = "twice",
      .min_inputs = 1,
      .max_inputs = 1,
      .traits = kElementwise,
      .infer = [](const OpCall& call) -> TensorSpecs {
        return {{call.input(0).dtype(), call.input(0).shape()}};
      },
      .compose = [](const OpCall& call) -> Tensors { return {call.input(0) + call.input(0)}; }};
  const Tensor x = constant({1.0, 2.0});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = apply_one(twice, {x});
  EXPECT_TRUE(has_values(y, {2}, {2.0, 4.0}));
  EXPECT_EQ(tape.size(), 1u);  // the op itself, not what it is made of
  EXPECT_TRUE(has_values(tape.gradient(y, x), {2}, {2.0, 2.0}));
}

TEST(Apply, AContainerWithoutMemoryIsAnErrorOfTheOp) {
  static OpDef greedy{.name = "greedy",
                      .min_inputs = 1,
                      .max_inputs = 1,
                      .traits = 0,
                      .infer = [](const OpCall& call) -> TensorSpecs {
                        return {{call.input(0).dtype(), call.input(0).shape()}};
                      }};
  greedy.kernels[0] = {[](const OpCall&, std::span<Tensor>) { throw std::bad_alloc(); }};
  const Device host{};
  EXPECT_EQ(error_of<OutOfMemoryError>([&] { apply_one(greedy, {constant({1.0}).to(host)}); }),
            "greedy: the system has no memory left for what it needs besides its outputs");
}

}  // namespace
}  // namespace saem
