#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <limits>
#include <map>
#include <saem/autodiff/map.hpp>
#include <saem/formats/saved_function.hpp>
#include <saem/formats/summary.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_division.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/print.hpp>
#include <saem/ops/transpose.hpp>
#include <thread>

#include "base/crc32c.hpp"
#include "formats/summary/event.pb.h"
#include "formats/tfrecord.hpp"
#include "support/files.hpp"
#include "support/op_test.hpp"

namespace saem::summary {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_text;
using testing::sample;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::write_text;

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

/// The records of a TFRecord file, whose checksums are looked at.
std::vector<std::string> records(const std::string& path) {
  const auto checked = [](const std::string& bytes, std::size_t at) {
    return std::rotr(crc32c(bytes), 15) + 0xa282ead8u == at;
  };
  const std::string file = read_text(path);
  std::vector<std::string> found;
  for (std::size_t at = 0; at < file.size();) {
    const auto length = number_at<std::uint64_t>(file, at);
    EXPECT_TRUE(checked(file.substr(at, 8), number_at<std::uint32_t>(file, at + 8)));
    found.push_back(file.substr(at + 12, length));
    EXPECT_TRUE(checked(found.back(), number_at<std::uint32_t>(file, at + 12 + length)));
    at += 16 + length;
  }
  return found;
}

/// The events after the first, which says the version.
std::vector<tensorboard::Event> events(const SummaryWriter& writer) {
  std::vector<tensorboard::Event> found;
  for (const std::string& record : records(writer.path())) {
    EXPECT_TRUE(found.emplace_back().ParseFromString(record));
  }
  EXPECT_EQ(found.at(0).file_version(), "brain.Event:2");
  found.erase(found.begin());
  return found;
}

const tensorboard::Summary::Value& value_of(const tensorboard::Event& event) {
  return event.summary().value(0);
}

template <class T>
std::vector<T> elements(const tensorboard::Event& event) {
  const std::string& bytes = value_of(event).tensor().tensor_content();
  std::vector<T> numbers(bytes.size() / sizeof(T));
  if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

/// Each event's `tag@step`, and `=` its number where it is one.
std::vector<std::string> story(const SummaryWriter& writer) {
  std::vector<std::string> lines;
  for (const tensorboard::Event& event : events(writer)) {
    lines.push_back(value_of(event).tag() + "@" + std::to_string(event.step()));
    if (value_of(event).metadata().plugin_data().plugin_name() == "scalars") {
      lines.back() += fmt::format("={}", elements<float>(event).at(0));
    }
  }
  return lines;
}

/// Nothing that one test sets is there in the next.
class Summary : public ::testing::Test {
 protected:
  ~Summary() override { experimental::set_step({}); }
  TemporaryFolder folder_;
  SummaryWriter writer_ = create_file_writer(folder_ / "new/logs");
};

TEST(Crc32c, KnownValues) {  // RFC 3720, B.4
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(TfRecord, Framing) {
  std::string file;
  append_record(file, "ab");
  EXPECT_EQ(file.size(), 18u);
  EXPECT_EQ(number_at<std::uint64_t>(file, 0), 2u);
  EXPECT_EQ(file.substr(12, 2), "ab");
}

TEST_F(Summary, TheFileHasTensorFlowsNameAndBeginsWithTheVersion) {
  const std::string name = std::filesystem::path(writer_.path()).filename();
  EXPECT_THAT(name, StartsWith("events.out.tfevents."));
  EXPECT_THAT(name, HasSubstr("." + std::to_string(::getpid()) + "."));
  EXPECT_TRUE(name.ends_with(".v2")) << name;
  EXPECT_THAT(events(writer_), IsEmpty());
  EXPECT_NE(create_file_writer(folder_ / "new/logs").path(), writer_.path());
  EXPECT_TRUE(
      create_file_writer(folder_.path(), {.filename_suffix = ".mine"}).path().ends_with(".mine"));
}

TEST_F(Summary, WithoutADefaultWriterNothingHappens) {
  scalar("loss", 1.0);
  image("not even a check", constant(1.0));
  EXPECT_FALSE(should_record_summaries().item<bool>());
  EXPECT_THAT(events(writer_), IsEmpty());
}

TEST_F(Summary, Scalars) {
  {
    const auto scope = writer_.as_default();
    scalar("float", 0.1, {.step = 1, .description = "**why**"});
    scalar("int", constant(3), {.step = constant(2)});
    scalar("bool", constant(true), {.step = constant(std::int64_t{1} << 40)});
    scalar("half", cast(constant(1.5), dtypes::float16), {.step = Variable(constant(4))});
    const auto outer = name_scope("model");
    const auto inner = name_scope("layer");
    scalar("x", 5.0, {.step = -1});
  }
  EXPECT_THAT(story(writer_), ElementsAre("float@1=0.1", "int@2=3", "bool@1099511627776=1",
                                          "half@4=1.5", "model/layer/x@-1=5"));
  const tensorboard::Event event = events(writer_)[0];
  EXPECT_NEAR(event.wall_time(), static_cast<double>(std::time(nullptr)), 60);
  EXPECT_EQ(value_of(event).tensor().dtype(), tensorboard::DT_FLOAT);
  EXPECT_EQ(value_of(event).tensor().tensor_shape().dim_size(), 0);
  EXPECT_EQ(value_of(event).metadata().summary_description(), "**why**");
}

TEST_F(Summary, Histograms) {
  const double infinity = std::numeric_limits<double>::infinity();
  {
    const auto scope = writer_.as_default(0);
    histogram("x", constant({{0.0, 1.0}, {1.5, 4.0}}), {.buckets = 4});
    histogram("equal", constant({7, 7, 7}), {.buckets = 2});
    histogram("empty", zeros({0}), {.buckets = 2});
    histogram("no buckets", constant({1.0}), {.buckets = -1});
    histogram("wild", constant({-infinity, 1.0, std::nan(""), 2.0, infinity}), {.buckets = 1});
    histogram("wide", constant({-1e308, 1e308}, float64), {.buckets = 2});
    histogram("bool", constant({true, false, true}), {.buckets = 2});
    histogram("default", sample({100}));
  }
  const auto found = events(writer_);
  EXPECT_THAT(elements<double>(found[0]), ElementsAre(0, 1, 1, 1, 2, 2, 2, 3, 0, 3, 4, 1));
  EXPECT_THAT(elements<double>(found[1]), ElementsAre(7, 7, 0, 7, 7, 3));
  EXPECT_THAT(elements<double>(found[2]), ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_THAT(elements<double>(found[3]), IsEmpty());
  EXPECT_EQ(value_of(found[3]).tensor().tensor_shape().dim(0).size(), 0);
  EXPECT_THAT(elements<double>(found[4]), ElementsAre(1, 2, 2));
  EXPECT_THAT(elements<double>(found[5]), ElementsAre(-1e308, 0, 1, 0, 1e308, 1));
  EXPECT_THAT(elements<double>(found[6]), ElementsAre(0, 0.5, 1, 0.5, 1, 2));
  EXPECT_EQ(elements<double>(found[7]).size(), 90u);
  EXPECT_EQ(value_of(found[7]).metadata().plugin_data().plugin_name(), "histograms");
}

TEST_F(Summary, Images) {
  {
    const auto scope = writer_.as_default(0);
    for (const int channels : {1, 2, 3, 4}) image("x", sample({5, 3, 2, channels}));
    image("all", cast(sample({5, 3, 2, 1}), dtypes::bfloat16), {.max_outputs = 9});
    image("none", cast(sample({5, 3, 2, 1}), uint8), {.max_outputs = 0});
  }
  const auto found = events(writer_);
  ASSERT_EQ(found.size(), 6u);
  const int counts[] = {3, 3, 3, 3, 5, 0};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const tensorboard::TensorProto& value = value_of(found[i]).tensor();
    ASSERT_EQ(value.string_val_size(), 2 + counts[i]);
    EXPECT_EQ(value.tensor_shape().dim(0).size(), 2 + counts[i]);
    EXPECT_EQ(value.string_val(0), "2");
    EXPECT_EQ(value.string_val(1), "3");
    for (int k = 2; k < value.string_val_size(); ++k) {
      EXPECT_THAT(value.string_val(k), StartsWith("\x89PNG\r\n"));
    }
  }
}

TEST_F(Summary, TextsAndTensors) {
  {
    const auto scope = writer_.as_default(0);
    text("one", "a");
    text("rows", {"a", "b"});
    const auto names = name_scope("scope");
    write("raw", constant({std::complex<float>(1, 2)}),
          {.metadata = {.plugin_name = "mine",
                        .plugin_content = std::string("\0x", 2),
                        .display_name = "Raw",
                        .data_class = DataClass::kTensor}});
    write("view", transpose(constant({{1, 2}, {3, 4}})));
  }
  const auto found = events(writer_);
  EXPECT_EQ(value_of(found[0]).tensor().string_val(0), "a");
  EXPECT_EQ(value_of(found[0]).tensor().tensor_shape().dim_size(), 0);
  EXPECT_EQ(value_of(found[1]).tensor().string_val(1), "b");
  EXPECT_EQ(value_of(found[1]).tensor().tensor_shape().dim(0).size(), 2);
  EXPECT_EQ(value_of(found[2]).tag(), "raw");
  EXPECT_EQ(value_of(found[2]).tensor().dtype(), tensorboard::DT_COMPLEX64);
  EXPECT_THAT(elements<float>(found[2]), ElementsAre(1, 2));
  EXPECT_EQ(value_of(found[2]).metadata().plugin_data().content(), std::string("\0x", 2));
  EXPECT_EQ(value_of(found[2]).metadata().display_name(), "Raw");
  EXPECT_EQ(value_of(found[2]).metadata().data_class(), tensorboard::DATA_CLASS_TENSOR);
  EXPECT_THAT(elements<int>(found[3]), ElementsAre(1, 3, 2, 4));
}

TEST_F(Summary, IsWrittenEachTimeThatAFunctionRuns) {
  const auto scope = writer_.as_default();
  const Variable epoch(constant(std::int64_t{10}));
  const auto f = function([&](const Tensor& x, const Tensor& step) {
    scalar("x", x, {.step = step});
    scalar("same", 1.0, {.step = 0});
    scalar("same", 1.0, {.step = 0});
    epoch.assign_add(constant(std::int64_t{1}));
    scalar("twice", x * 2.0, {.step = epoch});
    writer_.flush();
    return x;
  });
  f(constant(1.0), constant(0));
  EXPECT_THAT(story(writer_), ElementsAre("x@0=1", "same@0=1", "same@0=1", "twice@11=2"));
  f(constant(2.0), constant(1));
  f(constant(3.0), constant(2));
  EXPECT_EQ(f.trace_count(), 1);
  EXPECT_THAT(story(writer_), ElementsAre("x@0=1", "same@0=1", "same@0=1", "twice@11=2",  //
                                          "x@1=2", "same@0=1", "same@0=1", "twice@12=4",  //
                                          "x@2=3", "same@0=1", "same@0=1", "twice@13=6"));
}

TEST_F(Summary, AFunctionMayHoldTheScopeAndChangeWhatItWrites) {
  const Variable x(constant(1.0));
  const auto f = function([&] {
    const auto scope = writer_.as_default(1);
    scalar("before", x);
    x.assign_add(constant(1.0));
    scalar("after", x);
  });
  f();
  EXPECT_THAT(story(writer_), ElementsAre("before@1=1", "after@1=2"));
  f();
  EXPECT_THAT(story(writer_), ElementsAre("before@1=1", "after@1=2", "before@1=2", "after@1=3"));
}

TEST_F(Summary, OfEveryKindInAFunctionIsAsWrittenEagerly) {
  const auto body = [](const Tensor& x) {
    histogram("histogram", x, {.buckets = 3});
    image("image", x);
    text("text", {"a", "b"});
    write("tensor", x);
    return x;
  };
  const Tensor x = sample({2, 3, 4, 1});
  const auto eager = create_file_writer(folder_.path());
  {
    const auto scope = eager.as_default(1);
    body(x);
  }
  {
    const auto scope = writer_.as_default(1);
    function(body)(x);
  }
  const auto expected = events(eager);
  const auto found = events(writer_);
  ASSERT_EQ(expected.size(), 4u);
  ASSERT_EQ(found.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found[i].summary().SerializeAsString(), expected[i].summary().SerializeAsString());
    EXPECT_EQ(found[i].step(), 1);
  }
}

TEST_F(Summary, StandsInOrderWithPrint) {
  const PrintOptions log{.output_stream = "file://" + (folder_ / "log")};
  const auto f = function([&](const Tensor& x) {
    print({"before"}, log);
    scalar("x", x, {.step = 1});
    print({"after"}, log);
  });
  const auto scope = writer_.as_default();
  f(constant(1.0));
  EXPECT_EQ(read_text(folder_ / "log"), "before\nafter\n");
  writer_.close();
  EXPECT_THROW(f(constant(1.0)), ValueError);
  EXPECT_EQ(read_text(folder_ / "log"), "before\nafter\nbefore\n");
}

TEST_F(Summary, InBranches) {
  {
    const auto scope = writer_.as_default(1);
    const auto f = function([](const Tensor& x) {
      cond(
          x > 0.0, [&] { scalar("positive", x); }, [&] { scalar("negative", x); });
    });
    f(constant(1.0));
    f(constant(-1.0));
  }
  EXPECT_THAT(story(writer_), ElementsAre("positive@1=1", "negative@1=-1"));
}

TEST_F(Summary, InLoopsNestedFunctionsAndMaps) {
  {
    const auto scope = writer_.as_default();
    const auto inner = function([](const Tensor& x) { scalar("inner", x, {.step = 1}); });
    const auto outer = function([&](const Tensor& x) {
      inner(x);
      inner(x);
      return while_loop([](const Tensor& i) { return i < 2; },
                        [&](const Tensor& i) {
                          scalar("turn", i * 10, {.step = i});
                          return i + 1;
                        },
                        constant(0));
    });
    outer(constant(1.0));
    (void)vectorized_map(
        [](const Tensor& x) {
          scalar("slice", x, {.step = 1});
          return x;
        },
        constant({5.0, 6.0}));
  }
  EXPECT_THAT(story(writer_), ElementsAre("inner@1=1", "inner@1=1", "turn@0=0", "turn@1=10",
                                          "slice@1=5", "slice@1=6"));
}

TEST_F(Summary, OnceWhereAGradientIsTaken) {
  {
    const auto scope = writer_.as_default(1);
    const auto f = function([](const Tensor& x) {
      scalar("x", x);
      return x * x;
    });
    const Tensor x = constant(3.0);
    GradientTape tape;
    tape.watch(x);
    EXPECT_TRUE(testing::has_values(tape.gradient(f(x), x), {}, {6}));
  }
  EXPECT_THAT(story(writer_), ElementsAre("x@1=3"));
}

TEST_F(Summary, TwoWritersAndNestedDefaults) {
  const auto other = create_file_writer(folder_ / "other");
  {
    const auto outside = writer_.as_default(1);
    scalar("a", 1.0);
    {
      const auto inside = other.as_default(2);
      scalar("b", 2.0);
      std::thread([&] { scalar("another thread has no default", 0.0); }).join();
    }
    scalar("c", 3.0);
    EXPECT_EQ(experimental::get_step().value(), 1);
  }
  EXPECT_FALSE(experimental::get_step().has_value());
  EXPECT_THAT(story(writer_), ElementsAre("a@1=1", "c@1=3"));
  EXPECT_THAT(story(other), ElementsAre("b@2=2"));
}

TEST_F(Summary, TheStepOfTheThread) {
  {
    const auto scope = writer_.as_default();
    const Variable step(constant(5));
    experimental::set_step(step);
    scalar("a", 1.0);
    step.assign(constant(6));
    scalar("b", 1.0);
    scalar("c", 1.0, {.step = 1});
    EXPECT_EQ(experimental::get_step().value(), 6);
  }
  EXPECT_THAT(story(writer_), ElementsAre("a@5=1", "b@6=1", "c@1=1"));
}

TEST_F(Summary, RecordIf) {
  {
    const auto scope = writer_.as_default(0);
    EXPECT_TRUE(should_record_summaries().item<bool>());
    bool wanted = false;
    const auto by_function = record_if([&] { return wanted; });
    scalar("a", 1.0);
    wanted = true;
    scalar("b", 1.0);
    {
      const auto never = record_if(false);
      EXPECT_FALSE(should_record_summaries().item<bool>());
      scalar("c", 1.0);
      const auto again = record_if(constant(true));
      scalar("d", 1.0);
    }
    const Variable flag(constant(true));
    const auto by_variable = record_if(flag);
    const auto f = function([](const Tensor& x, const Tensor& step) {
      scalar("flagged", x);
      const auto even = record_if(equal(floormod(step, constant(2)), constant(0)));
      scalar("even", x, {.step = step});
      return x;
    });
    f(constant(1.0), constant(0));
    flag.assign(constant(false));
    f(constant(2.0), constant(1));
    flag.assign(constant(true));
    f(constant(3.0), constant(2));
    EXPECT_EQ(f.trace_count(), 1);
  }
  EXPECT_THAT(story(writer_),
              ElementsAre("b@0=1", "d@0=1", "flagged@0=1", "even@0=1", "flagged@0=3", "even@2=3"));
}

TEST_F(Summary, WaitsForTheQueueOrTheTime) {
  const auto writer = create_file_writer(folder_.path(), {.max_queue = 2});
  const auto scope = writer.as_default(0);
  scalar("x", 1.0);
  scalar("x", 1.0);
  EXPECT_EQ(events(writer).size(), 0u);
  scalar("x", 1.0);
  EXPECT_EQ(events(writer).size(), 3u);
  scalar("x", 1.0);
  writer.flush();
  EXPECT_EQ(events(writer).size(), 4u);
  const auto hasty = create_file_writer(folder_.path(), {.flush_millis = 1});
  const auto inner = hasty.as_default(0);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  scalar("x", 1.0);
  EXPECT_EQ(events(hasty).size(), 1u);
}

TEST_F(Summary, IsThereWhenTheLastWriterGoes) {
  std::string path;
  {
    const auto writer = create_file_writer(folder_.path());
    path = writer.path();
    try {
      const auto scope = writer.as_default(0);
      scalar("x", 1.0);
      throw std::runtime_error("training fails");
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(records(path).size(), 1u);
  }
  EXPECT_EQ(records(path).size(), 2u);
}

TEST_F(Summary, ManyThreadsWriteOneFile) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto scope = writer_.as_default(i);
      for (int k = 0; k < 50; ++k) scalar("x", k);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<std::int64_t, std::vector<float>> found;
  for (const auto& event : events(writer_)) {
    found[event.step()].push_back(elements<float>(event).at(0));
  }
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(found[i].size(), 50u);
    EXPECT_TRUE(std::is_sorted(found[i].begin(), found[i].end()));
  }
}

TEST_F(Summary, Errors) {
  const auto scope = writer_.as_default();
  EXPECT_THAT(error_of<ValueError>([] { scalar("loss", 1.0); }),
              StartsWith("summary.scalar: \"loss\" has no step; pass .step"));
  const auto step = writer_.as_default(1);
  EXPECT_EQ(error_of<ShapeError>([] { scalar("x", constant({1.0})); }),
            "summary.scalar: the data has shape (1,); it must be one number, of shape ()");
  EXPECT_THROW(scalar("x", constant(std::complex<float>(1, 2))), DTypeError);
  EXPECT_THROW(histogram("x", constant(std::complex<float>(1, 2))), DTypeError);
  EXPECT_THAT(
      error_of<ShapeError>([] {
        image("x", zeros({28, 28, 1}));
      }),
      HasSubstr("have shape (28, 28, 1); they must be (pictures, height, width, channels)"));
  EXPECT_THROW(image("x", zeros({1, 28, 28, 5})), ShapeError);
  EXPECT_THROW(image("x", zeros({1, 0, 28, 1})), ShapeError);
  EXPECT_THROW(image("x", zeros({1, 2, 2, 1}, int32)), DTypeError);
  EXPECT_THROW(image("x", zeros({1, 2, 2, 1}), {.max_outputs = -1}), ValueError);
  EXPECT_THROW(scalar("x", 1.0, {.step = constant(1.5)}), DTypeError);
  EXPECT_THROW(scalar("x", 1.0, {.step = constant({1, 2})}), ShapeError);
  {
    const auto wrong = record_if(constant(1));
    EXPECT_THROW(scalar("x", 1.0), DTypeError);
  }
  EXPECT_THROW((void)Step().value(), ValueError);
  EXPECT_THAT(error_of<ShapeError>([] {
                function([](const Tensor& x) {
                  image("x", x);
                  return x;
                })(constant(1.0));
              }),
              StartsWith("summary.image"));
  EXPECT_THAT(events(writer_), IsEmpty());
}

TEST_F(Summary, AClosedWriter) {
  const auto f = function([](const Tensor& x) { scalar("x", x, {.step = 1}); });
  {
    const auto scope = writer_.as_default(1);
    f(constant(1.0));
    writer_.close();
    writer_.close();
    EXPECT_EQ(error_of<ValueError>([] { scalar("x", 1.0); }),
              "summary.scalar: the writer of " + writer_.path() + " is closed; make another one");
    EXPECT_THAT(error_of<ValueError>([&] { f(constant(1.0)); }), HasSubstr("is closed"));
  }
  EXPECT_THROW((void)writer_.as_default(), ValueError);
  EXPECT_THROW(writer_.flush(), ValueError);
  EXPECT_THAT(story(writer_), ElementsAre("x@1=1"));
}

TEST_F(Summary, FilesThatCannotBeWritten) {
  write_text(folder_ / "file", "");
  EXPECT_THAT(error_of<DataError>([&] { (void)create_file_writer(folder_ / "file/logs"); }),
              HasSubstr("cannot make the directory " + (folder_ / "file/logs")));
  EXPECT_THAT(error_of<DataError>([&] { (void)create_file_writer(folder_ / "file"); }),
              HasSubstr("cannot make"));
  EXPECT_THROW((void)create_file_writer(folder_.path(), {.max_queue = -1}), ValueError);
  EXPECT_THROW((void)create_file_writer(folder_.path(), {.filename_suffix = "/x"}), ValueError);
}

TEST_F(Summary, ADiskThatIsFull) {
  const auto scope = writer_.as_default(1);
  scalar("x", 1.0);
  ::rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const ::rlimit small{64, limit.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string error = error_of<DataError>([&] { writer_.flush(); });
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, StartsWith("summary: cannot write " + writer_.path() + ": "));
  EXPECT_EQ(error_of<DataError>([] { scalar("x", 1.0); }), error) << "half a record lies there";
  EXPECT_EQ(error_of<DataError>([&] { writer_.flush(); }), error);
  writer_.close();
}

TEST_F(Summary, AFunctionWithSummariesIsNotSaved) {
  const auto scope = writer_.as_default(1);
  const auto f = function([](const Tensor& x) {
    scalar("x", x);
    return x;
  });
  f(constant(1.0));
  EXPECT_THAT(error_of<ValueError>([&] { saved_function::save(folder_ / "f.saem", f); }),
              HasSubstr("write_summary of function"));
}

}  // namespace
}  // namespace saem::summary
