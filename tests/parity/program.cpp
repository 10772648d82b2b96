// saem-parity: saem's side of the comparison with TensorFlow.
//
// saem-parity ops                     the op table, as JSON
// saem-parity run JOBS RESULTS        runs the jobs of a file, writes what came out
//
// A job is a line of JSON and the bytes of its tensors; so is a result. Every result is flushed
// before the next job starts: after a crash the last line of RESULTS says how far it came.
#include "parity/program.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace saem::parity {
namespace {

using nlohmann::json;

DType dtype_named(const std::string& name) {
  for (int code = 1; code < DType::kCount; ++code) {
    const DType dtype(static_cast<DType::Code>(code));
    if (dtype.name() == name) return dtype;
  }
  throw ValueError("saem-parity: no dtype is called " + name);
}

/// Hears which ops the jobs reach.
class OpNames final : public OpListener {
 public:
  void on_op(const OpCall& call, std::span<const Tensor>) override { names.insert(call.op.name); }
  void on_read(const void*, const Tensor&, bool) override {}

  std::set<std::string> names;
};

/// The same elements with gaps between them and turned axes.
Tensor scattered(const Tensor& tensor) {
  if (tensor.rank() == 0) return tensor;
  const int last = tensor.rank() - 1;
  const Tensor wide = repeat(transpose(tensor), 2, {.axis = last}).contiguous();
  return transpose(wide(tf::ellipsis, tf::slice(0, std::nullopt, 2)));
}

Tensor read_tensor(std::istream& in, const json& description) {
  Shape shape;
  for (const std::int64_t size : description.at("shape")) shape.push_back(size);
  Tensor tensor = Tensor::empty(dtype_named(description.at("dtype")), shape);
  in.read(static_cast<char*>(tensor.mutable_data()), tensor.nbytes());
  return description.value("scattered", false) ? scattered(tensor) : tensor;
}

void write_tensors(std::ostream& out, json description, const std::vector<Tensor>& tensors,
                   const std::vector<Tensor>& gradients) {
  std::vector<Tensor> contiguous;
  for (const auto& [key, list] : {std::pair("outputs", &tensors), {"gradients", &gradients}}) {
    description[key] = json::array();
    for (const Tensor& tensor : *list) {
      if (!tensor.defined()) {
        description[key].push_back(nullptr);
        continue;
      }
      contiguous.push_back(tensor.cpu().contiguous());
      json sizes = json::array();
      for (int axis = 0; axis < tensor.rank(); ++axis) sizes.push_back(tensor.shape(axis));
      description[key].push_back({{"dtype", tensor.dtype().name()}, {"shape", sizes}});
    }
  }
  out << description.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  for (const Tensor& tensor : contiguous) {
    out.write(static_cast<const char*>(tensor.data()), tensor.nbytes());
  }
}

/// Gradients of all outputs together, as TensorFlow gives them for a list of targets.
std::vector<Tensor> gradients_of(GradientTape& tape, const Outputs& outputs,
                                 const std::vector<Tensor>& upstream,
                                 const std::vector<Tensor>& sources) {
  std::vector<Tensor> sums(sources.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!upstream[i].defined()) continue;
    const std::vector<Tensor> part =
        tape.gradient(outputs[i], sources, {.output_gradients = upstream[i]});
    for (std::size_t k = 0; k < sums.size(); ++k) {
      if (!part[k].defined()) continue;
      sums[k] = sums[k].defined() ? add(sums[k], part[k]) : part[k];
    }
  }
  return sums;
}

void run_job(const Expression& expression, const json& job, std::istream& in, std::ostream& out) {
  Inputs inputs;
  for (const json& description : job.at("inputs")) inputs.push_back(read_tensor(in, description));
  std::vector<Tensor> upstream;
  for (const json& description : job.at("upstream")) {
    upstream.push_back(description.is_null() ? Tensor() : read_tensor(in, description));
  }
  json description = {{"job", job.at("job")}};
  Outputs outputs;
  std::vector<Tensor> gradients;
  try {
    const std::vector<std::size_t> wanted = job.at("sources");
    std::vector<Tensor> sources;
    for (const std::size_t source : wanted) sources.push_back(inputs[source]);
    const DType dtype = dtype_named(job.at("dtype"));
    if (sources.empty()) {
      outputs = expression.run(inputs, dtype);
    } else {
      GradientTape tape({.persistent = true});
      for (const Tensor& source : sources) tape.watch(source);
      outputs = expression.run(inputs, dtype);
      tape.stop_recording();
      bool fits = outputs.size() == upstream.size();
      for (std::size_t i = 0; fits && i < outputs.size(); ++i) {
        fits = !upstream[i].defined() || outputs[i].shape() == upstream[i].shape();
      }
      // What does not fit is reported by its outputs already.
      if (fits) gradients = gradients_of(tape, outputs, upstream, sources);
    }
  } catch (const Error& error) {
    description["error"] = error.what();
    outputs.clear();
  } catch (const std::exception& error) {
    description["foreign_error"] = error.what();
    outputs.clear();
  }
  write_tensors(out, std::move(description), outputs, gradients);
  out.flush();
}

int run_jobs(const char* jobs_path, const char* results_path) {
  std::map<std::string, Expression> expressions;
  for (const Expression& expression : all_expressions()) {
    expressions.emplace(expression.name, expression);
  }
  std::ifstream in(jobs_path, std::ios::binary);
  std::ofstream out(results_path, std::ios::binary);
  if (!in || !out) {
    std::cerr << "saem-parity: cannot open " << (in ? results_path : jobs_path) << '\n';
    return 2;
  }
  OpNames reached;
  reached.start_listening();
  for (std::string line; std::getline(in, line);) {
    const json job = json::parse(line);
    const auto found = expressions.find(job.at("expression"));
    if (found == expressions.end()) {
      std::cerr << "saem-parity: built without " << job.at("expression") << "; build it again\n";
      return 2;
    }
    run_job(found->second, job, in, out);
  }
  reached.stop_listening();
  out << json{{"reached", reached.names}}.dump() << '\n';
  return out.good() ? 0 : 2;
}

void print_ops() {
  json table = json::array();
  for (const OpDef* op : all_ops()) {
    const bool has_kernel = op->kernel(DeviceType::kCPU).run != nullptr;
    table.push_back({{"name", op->name},
                     {"backward", op->has(kBackward)},
                     {"differentiable", op->differentiable()},
                     {"own_gradient", op->vjp != nullptr},
                     {"cpu", has_kernel            ? "kernel"
                             : op->view != nullptr ? "view"
                                                   : "composition"},
                     {"composition", op->compose != nullptr}});
  }
  std::cout << table.dump(1) << '\n';
}

}  // namespace
}  // namespace saem::parity

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "ops") == 0) {
    saem::parity::print_ops();
    return 0;
  }
  if (argc == 4 && std::strcmp(argv[1], "run") == 0) {
    return saem::parity::run_jobs(argv[2], argv[3]);
  }
  std::cerr << "usage: saem-parity ops | saem-parity run JOBS RESULTS\n";
  return 2;
}
