// saem-engine: compiles and runs C++ cells. tools/kernel/README.md describes the protocol.
#include <llvm/Support/TargetSelect.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "channel.hpp"
#include "session.hpp"

#ifndef SAEM_CLANG_RESOURCE_DIR
#error "SAEM_CLANG_RESOURCE_DIR names the directory of clang's own headers"
#endif

namespace {

constexpr const char* kUsage =
    "saem-engine [options] --channel IN OUT   serve requests on these descriptors\n"
    "saem-engine [options] --make-pch FILE    precompile the headers and end\n"
    "  -I DIRECTORY          where headers are (repeatable)\n"
    "  -include HEADER       a header that every cell sees (repeatable, in order)\n"
    "  --pch FILE            the precompiled form of these headers\n"
    "  --library FILE        a shared library that cells use (repeatable)\n"
    "  --optimization LEVEL  0, 1, 2 or 3 (default 2)\n"
    "  --resource-dir DIR    clang's own headers\n"
    "  -X ARGUMENT           a further argument of the compiler (repeatable)\n";

struct CommandLine {
  saem_kernel::SessionOptions session;
  std::string make_precompiled_header;
  int input = -1;
  int output = -1;
};

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  auto& compiler = line.session.compiler;
  compiler.resource_directory = SAEM_CLANG_RESOURCE_DIR;
  std::size_t position = 0;
  const auto next = [&]() -> const std::string& {
    if (++position >= arguments.size()) {
      throw std::invalid_argument(arguments.back() + " needs a value");
    }
    return arguments[position];
  };
  for (; position < arguments.size(); ++position) {
    const auto& argument = arguments[position];
    if (argument == "-I") {
      compiler.include_directories.push_back(next());
    } else if (argument == "-include") {
      compiler.includes.push_back(next());
    } else if (argument == "-X") {
      compiler.arguments.push_back(next());
    } else if (argument == "--pch") {
      line.session.precompiled_header = next();
    } else if (argument == "--library") {
      line.session.libraries.push_back(next());
    } else if (argument == "--optimization") {
      compiler.optimization = next();
    } else if (argument == "--resource-dir") {
      compiler.resource_directory = next();
    } else if (argument == "--make-pch") {
      line.make_precompiled_header = next();
    } else if (argument == "--channel") {
      line.input = std::stoi(next());
      line.output = std::stoi(next());
    } else {
      throw std::invalid_argument("unknown argument: " + argument);
    }
  }
  if (line.make_precompiled_header.empty() && line.output < 0) {
    throw std::invalid_argument("one of --channel and --make-pch is needed");
  }
  return line;
}

void serve(const CommandLine& line) {
  // The engine belongs to its kernel: without it, it is an orphan that nobody could talk to.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A process that a cell starts must not keep the channel open after the engine's death.
  saem_kernel::Channel channel(line.input, line.output);
  saem_kernel::capture_standard_streams(channel);
  try {
    saem_kernel::Session session(line.session, channel);
    session.serve();
  } catch (const std::exception& error) {
    channel.send({{"event", "fatal"}, {"text", error.what()}});
  }
  saem_kernel::flush_standard_streams();
  // Not exit(): destructors of the cells' and libraries' globals would run under live threads.
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();
  try {
    const auto line = parse_command_line({argv + 1, argv + argc});
    if (!line.make_precompiled_header.empty()) {
      saem_kernel::make_precompiled_header(line.session.compiler, line.make_precompiled_header);
    } else {
      serve(line);
    }
    return EXIT_SUCCESS;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "saem-engine: %s\n\n%s", error.what(), kUsage);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return EXIT_FAILURE;
}
