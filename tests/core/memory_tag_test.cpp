#include <saem/core/memory.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <thread>

#include "support/op_test.hpp"

namespace saem {
namespace {

using config::memory_by_tag;
using config::MemoryTag;
using testing::error_of;

Tensor thousand_floats() { return Tensor::empty(float32, {1000}); }

TEST(MemoryTag, CountsWhatIsMadeInIt) {
  const Tensor before = thousand_floats();
  Tensor made;
  {
    const MemoryTag tag("made");
    made = thousand_floats();
    EXPECT_EQ(memory_by_tag().at("made").current, 4000);
  }
  const Tensor after = thousand_floats();
  EXPECT_EQ(memory_by_tag().at("made").current, 4000) << "it lives on";
  const Tensor view = made.view({10}, {1}, 5);
  made = Tensor();
  EXPECT_EQ(memory_by_tag().at("made").current, 4000) << "a view of it does";
  EXPECT_EQ(memory_by_tag().at("made").peak, 4000);
}

TEST(MemoryTag, TheInnermostCounts) {
  const MemoryTag outer("outer");
  const Tensor a = thousand_floats();
  {
    const MemoryTag inner("inner");
    const Tensor b = thousand_floats();
    const Tensor c = thousand_floats();
    EXPECT_EQ(memory_by_tag().at("inner").current, 8000);
  }
  const Tensor d = thousand_floats();
  EXPECT_EQ(memory_by_tag().at("inner").current, 0);
  EXPECT_EQ(memory_by_tag().at("inner").peak, 8000);
  EXPECT_EQ(memory_by_tag().at("outer").current, 8000);
  config::reset_memory_tags();
  EXPECT_EQ(memory_by_tag().at("inner").peak, 0);
  EXPECT_EQ(memory_by_tag().at("outer").peak, 8000);
}

TEST(MemoryTag, BelongsToItsThread) {
  const MemoryTag tag("this thread");
  std::thread other([] { (void)thousand_floats(); });
  other.join();
  EXPECT_EQ(memory_by_tag().at("this thread").peak, 0);
}

TEST(MemoryTag, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { const MemoryTag tag(""); }), "MemoryTag: the name is empty");
  EXPECT_EQ(error_of<ValueError>([] {
              for (int i = 0; i < 300; ++i) const MemoryTag tag(std::to_string(i));
            }),
            "MemoryTag: there are 255 tags already; use one of them");
}

}  // namespace
}  // namespace saem
