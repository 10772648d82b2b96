#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <saem/autodiff/variable.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What TensorBoard shows: numbers, histograms, pictures and texts over the steps of a training.
///
/// A summary goes to the default writer of its thread (`SummaryWriter::as_default`); where there is
/// none, nothing happens. It is a side effect like `tf::print`: a traced function writes it each
/// time that it runs, in the program's order. Writer, condition and a step that is a C++ number are
/// those of the trace; a step that is a tensor or a variable is read in each run.
namespace saem::summary {

/// The step of a summary: none, a number, or a tensor or variable with one int32 or int64.
class SAEM_API Step {
 public:
  Step() = default;
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) Step(Integer step)  // NOLINT: {.step = 3}
      : value_(static_cast<std::int64_t>(step)) {}
  Step(const Tensor& step) : value_(step) {}    // NOLINT: {.step = step}
  Step(const Variable& step) : value_(step) {}  // NOLINT: read anew each time

  [[nodiscard]] bool has_value() const { return value_.index() != 0; }
  /// The number now. @throws ValueError without one, and for a traced tensor
  [[nodiscard]] std::int64_t value() const;

  using Value = std::variant<std::monostate, std::int64_t, Tensor, Variable>;
  [[nodiscard]] const Value& held() const { return value_; }

 private:
  Value value_;
};

/// Whether summaries are written: a bool, a tensor (also a traced one), a bool variable, or a
/// function that says so at each summary.
class SAEM_API Condition {
 public:
  template <std::same_as<bool> Bool>
  Condition(Bool condition) : value_(condition) {}             // NOLINT: record_if(true)
  Condition(const Tensor& condition) : value_(condition) {}    // NOLINT
  Condition(const Variable& condition) : value_(condition) {}  // NOLINT: read anew each time
  template <std::predicate Function>
  Condition(Function condition)  // NOLINT: record_if([&] { return step % 100 == 0; })
      : value_(std::function<bool()>(std::move(condition))) {}

  using Value = std::variant<bool, Tensor, Variable, std::function<bool()>>;
  [[nodiscard]] const Value& held() const { return value_; }

 private:
  Value value_;
};

class EventWriter;

/// How often a writer writes, and what its file's name ends with.
struct FileWriterOptions {
  std::int64_t max_queue = 10;          ///< events that may wait; one more, and all are written
  std::int64_t flush_millis = 120'000;  ///< those older than this are written by the next summary
  std::string filename_suffix = ".v2";
};

/// While it lives, its writer is the default one of this thread; what waits is written at its end,
/// unless an exception ends it. Errors of that last writing are thrown by the writer's next use.
class SAEM_API DefaultWriterScope {
 public:
  DefaultWriterScope(std::shared_ptr<EventWriter> writer, const Step& step);
  DefaultWriterScope(const DefaultWriterScope&) = delete;
  DefaultWriterScope& operator=(const DefaultWriterScope&) = delete;
  ~DefaultWriterScope();

 private:
  std::shared_ptr<EventWriter> previous_;
  Step previous_step_;
  bool sets_step_;
  int exceptions_;
};

/// A file of events that TensorBoard reads. Copies are the same writer; the last one closes it,
/// those counted that traced functions hold.
///
/// Thread safety: any thread may use it at any time. Source: tf.summary.SummaryWriter.
class SAEM_API SummaryWriter {
 public:
  explicit SummaryWriter(std::shared_ptr<EventWriter> writer) : writer_(std::move(writer)) {}

  /// Makes it this thread's default writer while the result lives; scopes nest.
  ///
  /// @param step  as by `set_step`, while the result lives
  /// @throws ValueError if it is closed
  [[nodiscard]] DefaultWriterScope as_default(const Step& step = {}) const;
  /// Writes what waits; in a traced function, each time that it runs.
  /// @throws ValueError if it is closed; DataError if the file cannot be written
  void flush() const;
  /// Writes what waits and closes the file, at once also in a trace; a second time does nothing.
  /// @throws DataError if the file cannot be written
  void close() const;
  /// The file's path.
  [[nodiscard]] const std::string& path() const;

 private:
  std::shared_ptr<EventWriter> writer_;
};

/// Makes a file of events in a directory, which is made if it does not exist:
/// `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER` and the suffix. Point TensorBoard to the
/// directory.
///
/// @param logdir   the directory; one a run
/// @param options  max_queue: how many events wait; flush_millis: how long, which is looked at when
///                 a summary comes: no thread watches the clock; filename_suffix
/// @return         the writer; what waits is written at the end of an `as_default` scope, by
///                 `flush` and `close`, and when the last copy of the writer goes
/// @throws DataError if the directory or the file cannot be made; ValueError if max_queue or
///         flush_millis is negative
/// Source: tf.summary.create_file_writer.
/// @code
/// auto writer = tf::summary::create_file_writer("logs/first");
/// auto scope = writer.as_default();
/// for (int step = 0; step < 3; ++step) tf::summary::scalar("loss", 1.0 / (1 + step), {.step =
/// step});
/// @endcode
[[nodiscard]] SAEM_API SummaryWriter create_file_writer(const std::string& logdir,
                                                        const FileWriterOptions& options = {});

/// When a summary was, and what it shows (Markdown).
struct SummaryOptions {
  Step step = {};  ///< none: that of `set_step`
  std::string description = "";
};

/// Writes a number, which TensorBoard draws over the steps.
///
/// @param name     with the open `tf::name_scope`s before it: the tag
/// @param data     one real number, any dtype; it is written as float32
/// @param options  step, description
/// @throws ShapeError unless `data` has rank 0; DTypeError if it is complex or float8; ValueError
///         without a step, and if the writer is closed; DataError if the file cannot be written
/// Source: tf.summary.scalar. Example: see `create_file_writer`.
SAEM_API void scalar(const std::string& name, const Tensor& data,
                     const SummaryOptions& options = {});
/// The same of a C++ number.
SAEM_API void scalar(const std::string& name, double data, const SummaryOptions& options = {});

/// As `SummaryOptions`, with the number of buckets.
struct HistogramOptions {
  Step step = {};
  std::int64_t buckets = 30;  ///< 0 or less: none
  std::string description = "";
};

/// Writes how often elements lie in each of `buckets` intervals of equal width between the smallest
/// and the largest: float64 rows (left, right, count). If all are equal, every interval is that
/// number and the last one counts; without elements all rows are zero. NaN and infinities, which no
/// interval can hold, are not counted.
///
/// @param name     with the open `tf::name_scope`s before it: the tag
/// @param data     any shape; real numbers or bool
/// @param options  step, buckets, description
/// @throws DTypeError if `data` is complex or float8; the rest as `scalar`
/// Source: tf.summary.histogram.
/// @code
/// auto writer = tf::summary::create_file_writer("logs/weights");
/// auto scope = writer.as_default();
/// tf::summary::histogram("weights", tf::random::normal({100}), {.step = 0, .buckets = 10});
/// @endcode
SAEM_API void histogram(const std::string& name, const Tensor& data,
                        const HistogramOptions& options = {});

/// As `SummaryOptions`, with the number of pictures.
struct ImageOptions {
  Step step = {};
  std::int64_t max_outputs = 3;  ///< the first so many
  std::string description = "";
};

/// Writes pictures, as PNG.
///
/// @param name     with the open `tf::name_scope`s before it: the tag
/// @param data     (pictures, height, width, channels): grey, grey and opacity, RGB, RGBA; uint8,
/// or
///                 floating point, where [0, 1] becomes 0 to 255 and what lies beyond is cut off
/// @param options  step, max_outputs, description
/// @throws ShapeError for another rank, other channels or pictures without pixels; DTypeError for
///         another dtype; ValueError if max_outputs is negative; the rest as `scalar`
/// Source: tf.summary.image.
/// @code
/// auto writer = tf::summary::create_file_writer("logs/pictures");
/// auto scope = writer.as_default();
/// tf::summary::image("noise", tf::random::uniform({1, 28, 28, 1}), {.step = 0});
/// @endcode
SAEM_API void image(const std::string& name, const Tensor& data, const ImageOptions& options = {});

/// Writes texts (Markdown), one or a column of them.
///
/// @param name     with the open `tf::name_scope`s before it: the tag
/// @param data     the rows; in a traced function those of the trace
/// @param options  step, description
/// @throws as `scalar`
/// Source: tf.summary.text.
/// @code
/// auto writer = tf::summary::create_file_writer("logs/texts");
/// auto scope = writer.as_default();
/// tf::summary::text("settings", "learning rate **0.1**", {.step = 0});
/// tf::summary::text("layers", {"dense", "relu", "dense"}, {.step = 0});
/// @endcode
SAEM_API void text(const std::string& name, const std::vector<std::string>& data,
                   const SummaryOptions& options = {});
namespace detail {
SAEM_API void one_text(const std::string& name, std::string data, const SummaryOptions& options);
}  // namespace detail
/// The same of one text.
template <std::convertible_to<std::string> Text>
void text(const std::string& name, const Text& data, const SummaryOptions& options = {}) {
  detail::one_text(name, data, options);
}

/// What kind of values TensorBoard is to expect under a tag.
enum class DataClass { kUnknown = 0, kScalar = 1, kTensor = 2, kBlobSequence = 3 };

/// Which of TensorBoard's plugins shows a value, and how.
struct SummaryMetadata {
  std::string plugin_name = "";
  std::string plugin_content = "";  ///< bytes that the plugin understands
  std::string display_name = "";
  std::string description = "";
  DataClass data_class = DataClass::kUnknown;
};

/// When a tensor was, and who shows it.
struct WriteOptions {
  Step step = {};
  SummaryMetadata metadata = {};
};

/// Writes a tensor as it is, for a plugin of TensorBoard; scopes' names are not put before the tag.
///
/// @param tag      the tag
/// @param tensor   any shape and dtype
/// @param options  step, metadata
/// @throws ValueError without a step, and if the writer is closed; DataError if the file cannot be
///         written
/// Source: tf.summary.write.
/// @code
/// auto writer = tf::summary::create_file_writer("logs/tensors");
/// auto scope = writer.as_default(0);
/// tf::summary::write("matrix", tf::eye(2), {.metadata = {.plugin_name = "mine"}});
/// @endcode
SAEM_API void write(const std::string& tag, const Tensor& tensor, const WriteOptions& options = {});

/// While it lives, the condition says whether summaries of this thread are written: what
/// `record_if` gives.
class SAEM_API RecordScope {
 public:
  explicit RecordScope(Condition condition);
  RecordScope(const RecordScope&) = delete;
  RecordScope& operator=(const RecordScope&) = delete;
  ~RecordScope();

 private:
  Condition previous_;
};

/// Writes summaries of this thread only if a condition holds, while the result lives. The innermost
/// scope decides alone. In a traced function a C++ condition is that of the trace; one that is a
/// tensor or a variable is looked at in each run.
///
/// @param condition  bool, function that returns bool, bool tensor or variable of rank 0
/// @throws DTypeError or ShapeError by the next summary for another tensor
/// Source: tf.summary.record_if.
/// @code
/// auto scope = tf::summary::record_if(false);
/// tf::summary::scalar("not written", 0.5, {.step = 1});
/// @endcode
[[nodiscard]] SAEM_API RecordScope record_if(Condition condition);

/// Whether a summary would be written now: there is a default writer, and the condition holds.
///
/// @return a bool of rank 0; in a trace it may be known only when the function runs
/// Source: tf.summary.should_record_summaries.
/// @code std::cout << tf::summary::should_record_summaries();
/// // tf.Tensor(False, shape=(), dtype=bool) @endcode
[[nodiscard]] SAEM_API Tensor should_record_summaries();

namespace experimental {

/// Sets the step of this thread's summaries that name none. A variable is read at each summary.
///
/// @param step  a number, a tensor, a variable; `{}`: none
/// Source: tf.summary.experimental.set_step.
/// @code
/// tf::summary::experimental::set_step(7);
/// std::cout << tf::summary::experimental::get_step().value();  // 7
/// @endcode
SAEM_API void set_step(const Step& step);
/// What `set_step` set. Source: tf.summary.experimental.get_step.
[[nodiscard]] SAEM_API Step get_step();

}  // namespace experimental

}  // namespace saem::summary
