// tf::summary: writers, steps and conditions of a thread, and what they make of a summary.
#include <exception>
#include <saem/formats/summary.hpp>
#include <saem/ops/creation.hpp>

#include "base/message.hpp"
#include "formats/summary/event_writer.hpp"
#include "formats/summary/write_summary.hpp"
#include "graph/graph_tracer.hpp"

namespace saem::summary {
namespace {

struct SummaryState {
  std::shared_ptr<EventWriter> writer;
  Step step;
  Condition condition = true;
};

SummaryState& state() {
  static thread_local SummaryState state;
  return state;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// The condition as C++ knows it, or as a tensor that is read where the summary is written.
std::variant<bool, Tensor> present(const Condition& condition) {
  using Present = std::variant<bool, Tensor>;
  return std::visit(
      Overloaded{[](bool known) -> Present { return known; },
                 [](const Tensor& tensor) -> Present { return tensor; },
                 [](const Variable& variable) -> Present { return variable.value(); },
                 [](const std::function<bool()>& function) -> Present { return function(); }},
      condition.held());
}

/// Completes `options` by what this thread has set, and writes.
void record(const char* op, WriteSummaryOptions options, Tensors inputs, const Step& given) {
  options.writer = state().writer;
  if (options.writer == nullptr) return;
  const Step& step = given.has_value() ? given : state().step;
  if (!step.has_value()) {
    raise<ValueError>(op,
                      "\"{}\" has no step; pass .step, or set one by "
                      "tf::summary::experimental::set_step or as_default(step)",
                      options.tag);
  }
  const std::variant<bool, Tensor> condition = present(state().condition);
  if (const bool* known = std::get_if<bool>(&condition); known != nullptr && !*known) return;
  std::visit(Overloaded{[](std::monostate) {}, [&](std::int64_t number) { options.step = number; },
                        [&](const Tensor& tensor) { inputs.push_back(tensor); },
                        [&](const Variable& variable) { inputs.push_back(variable.value()); }},
             step.held());
  if (const Tensor* tensor = std::get_if<Tensor>(&condition)) {
    options.conditional = true;
    inputs.push_back(*tensor);
  }
  (void)apply(write_summary_op, inputs, options);
}

/// Names as TensorFlow's summary_scope makes them.
std::string scoped(const std::string& name) {
  const std::string& scope = current_scope();
  return scope.empty() ? name : scope + "/" + name;
}

SummaryMetadata metadata(const char* plugin, const std::string& description) {
  return {.plugin_name = plugin, .description = description};
}

void record_text(const std::string& name, std::vector<std::string> texts, bool column,
                 const SummaryOptions& options) {
  record("summary.text",
         {.kind = SummaryKind::kText,
          .tag = scoped(name),
          .texts = std::move(texts),
          .column = column,
          .metadata = metadata("text", options.description)},
         {}, options.step);
}

}  // namespace

std::int64_t Step::value() const {
  const auto read = [](const Tensor& tensor) {
    return tensor.dtype() == int32 ? tensor.item<std::int32_t>() : tensor.item<std::int64_t>();
  };
  return std::visit(
      Overloaded{[](std::monostate) -> std::int64_t {
                   raise<ValueError>("summary.Step", "there is none; ask has_value() first");
                 },
                 [](std::int64_t number) { return number; },
                 [&](const Tensor& tensor) -> std::int64_t { return read(tensor); },
                 [&](const Variable& variable) -> std::int64_t { return read(variable.value()); }},
      value_);
}

DefaultWriterScope::DefaultWriterScope(std::shared_ptr<EventWriter> writer, const Step& step)
    : previous_(std::exchange(state().writer, std::move(writer))),
      previous_step_(state().step),
      sets_step_(step.has_value()),
      exceptions_(std::uncaught_exceptions()) {
  if (sets_step_) state().step = step;
}

DefaultWriterScope::~DefaultWriterScope() {
  const SummaryWriter writer(std::exchange(state().writer, std::move(previous_)));
  if (sets_step_) state().step = previous_step_;
  if (std::uncaught_exceptions() > exceptions_) return;
  try {
    writer.flush();
  } catch (const Error&) {  // closed meanwhile, or the file is full, which it throws again
  }
}

DefaultWriterScope SummaryWriter::as_default(const Step& step) const {
  writer_->check_open("summary.as_default");
  return {writer_, step};
}

void SummaryWriter::flush() const {
  (void)apply(flush_summary_op, {}, FlushSummaryOptions{writer_->path(), writer_});
}

void SummaryWriter::close() const { writer_->close(); }

const std::string& SummaryWriter::path() const { return writer_->path(); }

SummaryWriter create_file_writer(const std::string& logdir, const FileWriterOptions& options) {
  return SummaryWriter(std::make_shared<EventWriter>(logdir, options));
}

void scalar(const std::string& name, const Tensor& data, const SummaryOptions& options) {
  record("summary.scalar",
         {.kind = SummaryKind::kScalar,
          .tag = scoped(name),
          .metadata = metadata("scalars", options.description)},
         {data}, options.step);
}

void scalar(const std::string& name, double data, const SummaryOptions& options) {
  if (state().writer == nullptr) return;
  const DeviceScope host = device("/CPU:0");  // where it is read
  scalar(name, constant(data, float64), options);
}

void histogram(const std::string& name, const Tensor& data, const HistogramOptions& options) {
  record("summary.histogram",
         {.kind = SummaryKind::kHistogram,
          .tag = scoped(name),
          .buckets = options.buckets,
          .metadata = metadata("histograms", options.description)},
         {data}, options.step);
}

void image(const std::string& name, const Tensor& data, const ImageOptions& options) {
  record("summary.image",
         {.kind = SummaryKind::kImage,
          .tag = scoped(name),
          .max_outputs = options.max_outputs,
          .metadata = metadata("images", options.description)},
         {data}, options.step);
}

void text(const std::string& name, const std::vector<std::string>& data,
          const SummaryOptions& options) {
  record_text(name, data, true, options);
}

void detail::one_text(const std::string& name, std::string data, const SummaryOptions& options) {
  record_text(name, {std::move(data)}, false, options);
}

void write(const std::string& tag, const Tensor& tensor, const WriteOptions& options) {
  record("summary.write", {.kind = SummaryKind::kTensor, .tag = tag, .metadata = options.metadata},
         {tensor}, options.step);
}

RecordScope::RecordScope(Condition condition)
    : previous_(std::exchange(state().condition, std::move(condition))) {}

RecordScope::~RecordScope() { state().condition = std::move(previous_); }

RecordScope record_if(Condition condition) { return RecordScope(std::move(condition)); }

Tensor should_record_summaries() {
  if (state().writer == nullptr) return constant(false);
  const std::variant<bool, Tensor> condition = present(state().condition);
  if (const Tensor* tensor = std::get_if<Tensor>(&condition)) return *tensor;
  return constant(std::get<bool>(condition));
}

namespace experimental {

void set_step(const Step& step) { state().step = step; }

Step get_step() { return state().step; }

}  // namespace experimental

}  // namespace saem::summary
