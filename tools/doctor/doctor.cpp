// The library's half of `./saem doctor`: what this build found on this machine, one fact a line.
#include <curl/curl.h>
#include <fmt/format.h>
#include <hwy/highway.h>
#include <hwy/targets.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <oneapi/dnnl/dnnl.hpp>
#include <saem/core/config.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/op.hpp>
#include <saem/data/datasets.hpp>
#include <saem/version.hpp>
#include <string>

#include "base/parallel.hpp"

namespace {

void fact(const char* name, const std::string& value) { fmt::print("  {:<22} {}\n", name, value); }

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string simd_targets() {
  std::string text;
  const std::int64_t supported = hwy::SupportedTargets();
  // The lowest bit is the best target: the one that run-time dispatch takes.
  for (std::int64_t bits = supported; bits != 0; bits &= bits - 1) {
    if (!text.empty()) text += ", ";
    text += hwy::TargetName(bits & -bits);
    if (text.find(',') == std::string::npos) text += " (in use)";
  }
  return text;
}

const char* onednn_isa() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 bfloat16";
    default:
      return "newer than AVX-512 bfloat16";
  }
}

void print_library() {
  fmt::print("library\n");
  fact("saem", saem::version());
  fact("compiler", __VERSION__);
  const dnnl_version_t* onednn = dnnl_version();
  fact("oneDNN", fmt::format("{}.{}.{}, using {}", onednn->major, onednn->minor, onednn->patch,
                             onednn_isa()));
  fact("Highway", fmt::format("{}.{}", HWY_MAJOR, HWY_MINOR));
  fact("zlib, libcurl", fmt::format("{}, {}", zlibVersion(), LIBCURL_VERSION));
}

void print_machine() {
  fmt::print("machine\n");
  fact("processor", cpu_name());
  fact("SIMD targets", simd_targets());
  fact("threads", std::to_string(saem::thread_count()));
  fact("GPU", saem::config::explain_gpus());
}

int print_ops() {
  int kernels = 0;
  int composed = 0;
  int missing = 0;
  for (const saem::OpDef* op : saem::all_ops()) {
    if (op->kernel(saem::DeviceType::kCPU).run != nullptr) {
      ++kernels;
    } else if (op->compose != nullptr || op->view != nullptr) {
      ++composed;
    } else {
      ++missing;
      fact("no way to run", op->name);
    }
  }
  fmt::print("ops\n");
  fact("registered", std::to_string(saem::all_ops().size()));
  fact("CPU kernels", fmt::format("{}, and {} as views or compositions", kernels, composed));
  return missing;
}

void print_datasets() {
  fmt::print("data sets\n");
  for (const auto& status : saem::data::dataset_status()) {
    fact(status.name.c_str(), status.found ? status.folder : "not found; " + status.cure);
  }
}

}  // namespace

int main() {
  try {
    print_library();
    print_machine();
    const int missing = print_ops();
    print_datasets();
    return missing == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    fmt::print(stderr, "saem-doctor: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
