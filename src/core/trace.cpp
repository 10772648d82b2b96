#include <fmt/format.h>

#include <ostream>
#include <saem/core/trace.hpp>

#include "core/backend.hpp"
#include "core/op_timer.hpp"
#include "core/thread_state.hpp"

namespace saem {

OpLog::OpLog(TraceOptions options) : options_(options), previous_(thread_state.log) {
  thread_state.log = this;
}

OpLog::~OpLog() { stop(); }

void OpLog::stop() noexcept {
  if (running_ && thread_state.log == this) thread_state.log = previous_;
  running_ = false;
}

OpLog trace(TraceOptions options) { return OpLog(options); }

OpTimer::OpTimer(OpLog& log, const OpCall& call) : log_(log), record_(log.records_.size()) {
  OpRecord& record = log_.records_.emplace_back();
  record.op = call.op.name;
  record.options = call.attributes.to_string();
  record.depth = log_.depth_++;
  for (const Tensor& input : call.inputs) {
    record.inputs.push_back({input.dtype(), input.shape()});
    record.bytes += input.nbytes();
  }
  start_ = std::chrono::steady_clock::now();
}

void OpTimer::finish(std::span<const Tensor> outputs, Route route) {
  if (log_.options_.synchronize) synchronize();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_;
  OpRecord& record = log_.records_[record_];
  record.seconds = time.count();
  record.route = route;
  for (const Tensor& output : outputs) {
    record.outputs.push_back({output.dtype(), output.shape()});
    record.bytes += output.nbytes();
    record.device = output.device();
  }
}

namespace {

const char* name_of(Route route) {
  switch (route) {
    case Route::kView:
      return "view";
    case Route::kKernel:
      return "kernel";
    case Route::kComposition:
      return "composition";
    case Route::kHost:
      return "on the host";
  }
  return "";
}

std::string specs_text(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    if (!text.empty()) text += " ";
    text += fmt::format("{}{}", spec.dtype.name(), spec.shape.to_string());
  }
  return text;
}

}  // namespace

std::string OpLog::to_string() const {
  std::string text = fmt::format("{:<28} {:<7} {:<12} {:>10} {:>12}  {}\n", "op", "device", "way",
                                 "us", "bytes", "inputs -> outputs");
  for (const OpRecord& record : records_) {
    const std::string name =
        std::string(static_cast<std::size_t>(2 * record.depth), ' ') + record.op;
    text += fmt::format("{:<28} {:<7} {:<12} {:>10.2f} {:>12}  {} -> {}\n", name,
                        record.device.to_string(), name_of(record.route), record.seconds * 1e6,
                        record.bytes, specs_text(record.inputs), specs_text(record.outputs));
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const OpLog& log) { return out << log.to_string(); }

}  // namespace saem
