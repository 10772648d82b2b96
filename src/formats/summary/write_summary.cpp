// write_summary and flush_summary: the ops behind tf::summary.
#include "formats/summary/write_summary.hpp"

#include "base/message.hpp"
#include "formats/summary/event_writer.hpp"
#include "formats/summary/values.hpp"
#include "ops/host.hpp"

namespace saem::summary {
namespace {

/// What a user called.
const char* function_name(SummaryKind kind) {
  constexpr const char* kNames[] = {"summary.write", "summary.scalar", "summary.histogram",
                                    "summary.image", "summary.text"};
  return kNames[static_cast<int>(kind)];
}

/// Which input is what; -1: there is none.
struct Inputs {
  int data;
  int step;
  int condition;

  explicit Inputs(const WriteSummaryOptions& options) {
    int count = 0;
    data = options.kind == SummaryKind::kText ? -1 : count++;
    step = options.step ? -1 : count++;
    condition = options.conditional ? count : -1;
  }
};

void check_rank_0(const char* op, const char* name, const Tensor& tensor) {
  if (tensor.rank() == 0) return;
  raise<ShapeError>(op, "{} has shape {}; it must be one number, of shape ()", name,
                    tensor.shape().to_string());
}

void check_real(const char* op, const Tensor& data) {
  if (data.dtype().is_numeric() || data.dtype().is_bool()) return;
  raise<DTypeError>(op, "the data are {}; tf::cast them to real numbers", data.dtype().name());
}

void check_pictures(const char* op, const Tensor& data, std::int64_t max_outputs) {
  if (data.rank() != 4 || data.shape(3) < 1 || data.shape(3) > 4) {
    raise<ShapeError>(op,
                      "the data have shape {}; they must be (pictures, height, width, channels) "
                      "with 1 to 4 channels; tf::expand_dims adds an axis",
                      data.shape().to_string());
  }
  if (data.shape(1) == 0 || data.shape(2) == 0) {
    raise<ShapeError>(op, "pictures of {} x {} have no pixels", data.shape(1), data.shape(2));
  }
  if (data.dtype() != uint8 && !data.dtype().is_floating()) {
    raise<DTypeError>(op, "the data are {}; they must be uint8, or floating point in [0, 1]",
                      data.dtype().name());
  }
  if (max_outputs < 0) {
    raise<ValueError>(op, "max_outputs is {}; it must not be negative", max_outputs);
  }
}

TensorSpecs infer_write_summary(const OpCall& call) {
  const auto& options = call.options<WriteSummaryOptions>();
  const char* op = function_name(options.kind);
  const Inputs inputs(options);
  if (inputs.data >= 0) {
    const Tensor& data = call.inputs[0];
    if (options.kind == SummaryKind::kScalar) check_rank_0(op, "the data", data);
    if (options.kind == SummaryKind::kScalar || options.kind == SummaryKind::kHistogram) {
      check_real(op, data);
    }
    if (options.kind == SummaryKind::kImage) check_pictures(op, data, options.max_outputs);
  }
  if (inputs.step >= 0) {
    const Tensor& step = call.inputs[static_cast<std::size_t>(inputs.step)];
    check_rank_0(op, "the step", step);
    if (step.dtype() != int32 && step.dtype() != int64) {
      raise<DTypeError>(op, "the step is {}; it must be int32 or int64", step.dtype().name());
    }
  }
  if (inputs.condition >= 0) {
    const Tensor& condition = call.inputs[static_cast<std::size_t>(inputs.condition)];
    check_rank_0(op, "the condition of record_if", condition);
    if (!condition.dtype().is_bool()) {
      raise<DTypeError>(op, "the condition of record_if is {}; it must be bool",
                        condition.dtype().name());
    }
  }
  return {};
}

tensorboard::TensorProto value_of(const OpCall& call, const char* op) {
  const auto& options = call.options<WriteSummaryOptions>();
  if (options.kind == SummaryKind::kText) return text_value(options.texts, options.column);
  const Tensor host = ops::host_tensor(call.input(0), op, "the data");
  switch (options.kind) {
    case SummaryKind::kScalar:
      return scalar_value(host);
    case SummaryKind::kHistogram:
      return histogram_value(host, options.buckets);
    case SummaryKind::kImage:
      return image_value(host, options.max_outputs);
    default:
      return tensor_value(host);
  }
}

tensorboard::SummaryMetadata metadata_of(const SummaryMetadata& metadata) {
  tensorboard::SummaryMetadata value;
  value.mutable_plugin_data()->set_plugin_name(metadata.plugin_name);
  value.mutable_plugin_data()->set_content(metadata.plugin_content);
  value.set_display_name(metadata.display_name);
  value.set_summary_description(metadata.description);
  value.set_data_class(static_cast<tensorboard::DataClass>(metadata.data_class));
  return value;
}

Tensors run_write_summary(const OpCall& call) {
  const auto& options = call.options<WriteSummaryOptions>();
  const char* op = function_name(options.kind);
  const Inputs inputs(options);
  const auto input = [&](int i) -> const Tensor& {
    return call.input(static_cast<std::size_t>(i));
  };
  if (inputs.condition >= 0 && !ops::host_truths(input(inputs.condition), op, "the condition")[0]) {
    return {};
  }
  options.writer->check_open(op);  // before work for nothing
  tensorboard::Event event;
  event.set_step(options.step ? *options.step
                              : ops::host_integers(input(inputs.step), op, "the step")[0]);
  tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(options.tag);
  *value.mutable_tensor() = value_of(call, op);
  *value.mutable_metadata() = metadata_of(options.metadata);
  options.writer->add(op, event);
  return {};
}

TensorSpecs infer_flush_summary(const OpCall&) { return {}; }

Tensors run_flush_summary(const OpCall& call) {
  call.options<FlushSummaryOptions>().writer->flush("summary.flush");
  return {};
}

}  // namespace

// kOnHost: data, step and condition may lie on different devices.
constinit OpDef write_summary_op{.name = "write_summary",
                                 .min_inputs = 0,
                                 .max_inputs = 3,
                                 .traits = kStateful | kNoGradient | kOnHost,
                                 .infer = infer_write_summary,
                                 .compose = run_write_summary,
                                 .options = &kAttributesType<WriteSummaryOptions>,
                                 .host_inputs = 0b111};

constinit OpDef flush_summary_op{.name = "flush_summary",
                                 .min_inputs = 0,
                                 .max_inputs = 0,
                                 .traits = kStateful | kNoGradient,
                                 .infer = infer_flush_summary,
                                 .compose = run_flush_summary,
                                 .options = &kAttributesType<FlushSummaryOptions>};

}  // namespace saem::summary
