// saem-summaries FOLDER: summaries of the arrays in FOLDER/data.npz, in FOLDER/logs, for
// summary_test.py to read.
#include <cstdio>
#include <exception>
#include <saem/autodiff/variable.hpp>
#include <saem/formats/npz.hpp>
#include <saem/formats/summary.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <string>

namespace {

namespace tf = saem;

void write_all(const std::string& folder) {
  const tf::numpy::NpzFile data(folder + "/data.npz");
  const auto writer = tf::summary::create_file_writer(folder + "/logs");
  const auto scope = writer.as_default();
  for (const std::string& name : data.names()) {
    if (name.starts_with("scalar")) tf::summary::scalar(name, data[name], {.step = 1});
    if (name.starts_with("histogram")) {
      tf::summary::histogram(name, data[name], {.step = 2, .buckets = 7, .description = "why"});
    }
    if (name.starts_with("image")) tf::summary::image(name, data[name], {.step = 3});
    tf::summary::write("tensor/" + name, data[name],
                       {.step = 4, .metadata = {.plugin_name = "mine", .plugin_content = "x"}});
  }
  tf::summary::text("text", "**one**", {.step = 5});
  tf::summary::text("texts", {"one", "둘"}, {.step = 6});

  const tf::Variable step(tf::constant(std::int64_t{10}));
  const auto train = tf::function([&](const tf::Tensor& x) {
    const auto model = tf::name_scope("model");
    step.assign_add(tf::constant(std::int64_t{1}));
    tf::summary::scalar("loss", tf::reduce_sum(x), {.step = step});
  });
  for (int i = 0; i < 3; ++i) train(tf::constant({1.0F * static_cast<float>(i), 0.5F}));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: saem-summaries FOLDER\n", stderr);
    return 2;
  }
  try {
    write_all(arguments[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "saem-summaries: %s\n", error.what());
    return 1;
  }
}
