#include "compiler.hpp"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/TargetInfo.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Interpreter/Interpreter.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <llvm/Support/raw_ostream.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace saem_kernel {
namespace {

/// The arguments that a precompiled header and its user must share, or clang refuses the pair.
std::vector<std::string> common_arguments(const CompilerOptions& options) {
  std::vector<std::string> arguments = {
      "-std=gnu++20",
      "-O" + options.optimization,
      "-march=native",
      "-fPIC",
      "-gline-tables-only",
      "-fno-finite-loops",                  // while (true) ++x; is a loop, not undefined behaviour
      "-fno-delete-null-pointer-checks",    // a null pointer that is followed must be seen
      "-fsanitize=integer-divide-by-zero",  // -O2 would make 1 / 0 anything
      "-fsanitize-trap=integer-divide-by-zero",
      "-fno-optimize-sibling-calls",  // keeps the cell's lines in the trace of a crash
      "-fpch-instantiate-templates",  // templates of the header are ready made in it
      "-fcxx-exceptions",
      "-fexceptions",
      "-Wall",
      "-Wno-unused-value",  // the value of the last expression is shown
      "-Wno-unused-comparison",
      "-Wno-unused-variable",  // the next cell uses it
      "-Wno-unused-function",
      "-Wno-unused-const-variable",
      "-Wno-unneeded-internal-declaration",
      "-Wno-undefined-internal",
      "-Wno-unused-but-set-variable",
      "-Wno-unused-lambda-capture",
      "-Wno-self-assign",
      "-resource-dir",
      options.resource_directory,
  };
  for (const auto& directory : options.include_directories) arguments.push_back("-I" + directory);
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  return arguments;
}

std::unique_ptr<clang::CompilerInstance> create_instance(const std::vector<std::string>& list) {
  std::vector<const char*> arguments;
  arguments.reserve(list.size());
  for (const auto& argument : list) arguments.push_back(argument.c_str());
  clang::IncrementalCompilerBuilder builder;
  builder.SetCompilerArgs(arguments);
  auto compiler = builder.CreateCpp();
  if (!compiler) {
    throw std::runtime_error("saem-engine: clang does not accept its arguments: " +
                             llvm::toString(compiler.takeError()));
  }
  return std::move(*compiler);
}

/// Collects what clang says, as text.
class MessageCollector {
 public:
  explicit MessageCollector(clang::CompilerInstance& compiler) : stream_(text_) {
    compiler.getDiagnostics().setClient(
        new clang::TextDiagnosticPrinter(stream_, &compiler.getDiagnosticOpts()));
  }
  const std::string& text() {
    stream_.flush();
    return text_;
  }

 private:
  std::string text_;
  llvm::raw_string_ostream stream_;
};

std::string include_all(const CompilerOptions& options) {
  std::string text;
  for (const auto& header : options.includes) text += "#include <" + header + ">\n";
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

clang::FrontendInputFile header_input(const std::string& path) {
  return {path, clang::InputKind(clang::Language::CXX, clang::InputKind::Source, false,
                                 clang::InputKind::HeaderUnit_None, /*Header=*/true)};
}

}  // namespace

std::unique_ptr<clang::CompilerInstance> create_compiler(const CompilerOptions& options,
                                                         const std::string& precompiled_header) {
  auto arguments = common_arguments(options);
  if (!precompiled_header.empty()) {
    arguments.insert(arguments.end(), {"-include-pch", precompiled_header});
  } else {
    for (const auto& header : options.includes) {
      arguments.insert(arguments.end(), {"-include", header});
    }
  }
  return create_instance(arguments);
}

void make_precompiled_header(const CompilerOptions& options, const std::string& path) {
  auto compiler = create_instance(common_arguments(options));
  MessageCollector messages(*compiler);

  // clang records this file as an input of the precompiled header and checks it on every load, so
  // it lives beside the result for as long as the result does.
  const std::string source = path + ".hpp";
  const std::string text = include_all(options);
  if (read_file(source) != text) std::ofstream(source) << text;

  const std::string temporary = path + "." + std::to_string(getpid());
  auto& frontend = compiler->getFrontendOpts();
  frontend.Inputs = {header_input(source)};
  frontend.OutputFile = temporary;
  frontend.ProgramAction = clang::frontend::GeneratePCH;
  clang::GeneratePCHAction action;
  const bool done = compiler->ExecuteAction(action);
  if (!done || compiler->getDiagnostics().hasErrorOccurred()) {
    std::remove(temporary.c_str());
    throw std::runtime_error("saem-engine: the headers do not compile:\n" + messages.text());
  }
  std::filesystem::rename(temporary, path);
}

bool precompiled_header_fits(const CompilerOptions& options, const std::string& path) {
  return std::filesystem::exists(path) && read_file(path + ".hpp") == include_all(options);
}

}  // namespace saem_kernel
