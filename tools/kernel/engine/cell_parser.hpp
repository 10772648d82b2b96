#pragma once

#include <clang/AST/ASTConsumer.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Parse/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <set>
#include <string>

#include "declarations.hpp"
#include "diagnostics.hpp"

namespace saem_kernel {

/// Passes what is parsed on to code generation, or, in a trial, nowhere.
class CellConsumer : public clang::ASTConsumer {
 public:
  CellConsumer(std::unique_ptr<clang::CodeGenerator> generator, Declarations& declarations);

  clang::CodeGenerator& generator() { return *generator_; }
  void set_generating(bool generating) { generating_ = generating; }

  void Initialize(clang::ASTContext& context) override;
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override;
  void HandleInlineFunctionDefinition(clang::FunctionDecl* function) override;
  void HandleInterestingDecl(clang::DeclGroupRef group) override;
  void HandleTranslationUnit(clang::ASTContext& context) override;
  void HandleTagDeclDefinition(clang::TagDecl* tag) override;
  void HandleTagDeclRequiredDefinition(const clang::TagDecl* tag) override;
  void HandleCXXImplicitFunctionInstantiation(clang::FunctionDecl* function) override;
  void CompleteTentativeDefinition(clang::VarDecl* variable) override;
  void CompleteExternalDeclaration(clang::DeclaratorDecl* declaration) override;
  void AssignInheritanceModel(clang::CXXRecordDecl* record) override;
  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl* variable) override;
  void HandleVTable(clang::CXXRecordDecl* record) override;
  clang::ASTMutationListener* GetASTMutationListener() override { return &declarations_; }

 private:
  std::unique_ptr<clang::CodeGenerator> generator_;
  Declarations& declarations_;
  bool generating_ = true;
};

/// One run of a cell, as text.
struct Cell {
  unsigned number = 0;  // of the run: no two are equal
  std::string label;    // what messages call it: cell[3]
  std::string code;
  std::set<DeclarationKey> replaced;  // declarations that this cell defines anew
  unsigned previous_run = 0;          // of the same cell of the notebook; 0: none
};

/// Parses one cell after the other as a piece of one endless translation unit.
///
/// clang::Interpreter does the same job, but in version 19 it crashes or hangs after common
/// mistakes; README.md names them. This parser uses the same interfaces of Sema and Parser.
class CellParser {
 public:
  /// @throws std::runtime_error with clang's words if the precompiled header cannot be used
  CellParser(clang::CompilerInstance& compiler, Declarations& declarations,
             DiagnosticCollector& diagnostics, llvm::LLVMContext& context);
  ~CellParser();

  /// Parses `cell`. @return false if there were errors: the process must then be a trial, because
  /// what was parsed up to the error stays.
  bool parse(const Cell& cell);

  /// Parses without making code from here on.
  void make_trial() { consumer_->set_generating(false); }

  /// The code of the cell that was parsed last.
  std::unique_ptr<llvm::Module> take_module();

  /// Registers the text of a cell as a file with a place of its own.
  clang::FileID add_source(const Cell& cell);

  /// The next cell is parsed up to this place, where the compiler says what could follow.
  void set_completion_point(unsigned line, unsigned column) { completion_ = {line, column}; }

  clang::CompilerInstance& compiler() { return compiler_; }

 private:
  void begin_unit();
  void parse_items(unsigned cell);
  bool starts_statement();
  void parse_declaration();
  void parse_statement(unsigned cell);
  clang::ExprResult show_value(clang::Expr* expression, unsigned cell);
  void add_step(clang::Expr* call);
  void tell_progress(unsigned mark);
  void finish_unit();

  clang::CompilerInstance& compiler_;
  Declarations& declarations_;
  DiagnosticCollector& diagnostics_;
  llvm::LLVMContext& context_;
  CellConsumer* consumer_ = nullptr;  // the compiler instance owns it
  std::unique_ptr<clang::FrontendAction> action_;
  std::unique_ptr<clang::Parser> parser_;
  unsigned statements_ = 0;
  struct {
    unsigned line = 0;
    unsigned column = 0;
  } completion_;
};

}  // namespace saem_kernel
