#pragma once

#include <clang/Frontend/CompilerInstance.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace saem_kernel {

/// A cell uses something that is declared but defined nowhere.
class LinkError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Turns modules into running code, and knows every symbol of the session.
///
/// ORC must never see a symbol that it cannot resolve: one that failed stays failed for the rest
/// of the session. So each module is checked against this symbol table before ORC gets it.
class Jit {
 public:
  using Entry = void (*)();

  Jit(clang::CompilerInstance& compiler, llvm::orc::ThreadSafeContext context);
  ~Jit();

  /// Makes `name` mean `address` in cells, whatever the process itself means by it.
  void define(const std::string& name, void* address);

  bool is_defined(const std::string& symbol) const { return defined_.contains(symbol); }

  /// Where a variable of a cell is; null if no cell has it.
  void* find(const std::string& symbol);

  /// Optimises and links `module`. @return its initialisers and statements as one function, or
  /// null if it has none. @throws LinkError; nothing of the module is then in the session.
  Entry add(std::unique_ptr<llvm::Module> module, unsigned cell);

 private:
  struct Replacement {
    std::string old_symbol;
    std::string new_symbol;
  };

  void optimize(llvm::Module& module);
  std::vector<Replacement> rename_redefinitions(llvm::Module& module, unsigned cell);
  void check_symbols(const llvm::Module& module) const;
  void redirect(const Replacement& replacement);
  void* address_of(const std::string& symbol);

  clang::CompilerInstance& compiler_;
  llvm::orc::ThreadSafeContext context_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::set<std::string> absolute_;
  std::set<std::string> defined_;  // strong definitions
  std::set<std::string> weak_;     // emitted again by whoever needs them
  std::set<std::string> shared_;   // static variables of functions private to a module
};

/// True if `address` is code that was made from a cell.
bool is_cell_code(const void* address);

}  // namespace saem_kernel
