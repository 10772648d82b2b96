#pragma once

#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cell_parser.hpp"
#include "channel.hpp"
#include "compiler.hpp"
#include "guard.hpp"
#include "jit.hpp"

namespace saem_kernel {

struct SessionOptions {
  CompilerOptions compiler;
  std::string precompiled_header;      // empty: headers are read as text
  std::vector<std::string> libraries;  // loaded before the first cell
};

/// One notebook: all cells that were run so far, and what they left behind.
class Session {
 public:
  Session(SessionOptions options, Channel& channel);
  ~Session();

  /// Serves requests until the other side closes or asks for the end.
  void serve();

 private:
  struct Request {
    std::string code;
    std::string label;
    std::string cell_id;
  };

  void load_libraries();
  void open_compiler();
  void open_with_precompiled_header();
  void open_parser(const std::string& precompiled_header);

  nlohmann::json execute(const Request& request);
  nlohmann::json compile_and_run(Cell& cell);
  bool settle(Cell& cell, nlohmann::json* failure);
  nlohmann::json run(Cell& cell);
  Cell query(const nlohmann::json& request);

  SessionOptions options_;
  Channel& channel_;
  llvm::orc::ThreadSafeContext context_;
  std::unique_ptr<clang::CompilerInstance> compiler_;
  std::unique_ptr<DiagnosticCollector> diagnostics_;
  std::unique_ptr<Declarations> declarations_;
  std::unique_ptr<CellParser> parser_;
  std::unique_ptr<Jit> jit_;
  std::map<std::string, unsigned> last_run_;  // of each cell of the notebook
  unsigned runs_ = 0;
};

}  // namespace saem_kernel
