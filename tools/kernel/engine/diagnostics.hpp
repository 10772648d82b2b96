#pragma once

#include <clang/Basic/Diagnostic.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <llvm/Support/raw_ostream.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "declarations.hpp"

namespace saem_kernel {

/// A change of the cell's text that makes it mean in a notebook what it means in a function.
struct Edit {
  unsigned offset = 0;
  unsigned removed = 0;
  std::string inserted;
  auto operator<=>(const Edit&) const = default;
};

/// Listens to clang: keeps its messages as coloured text, and finds among the errors those that
/// are no mistake in a notebook (a name of an earlier cell defined again; a lambda that captures
/// variables which are global only because cells are).
class DiagnosticCollector : public clang::DiagnosticConsumer {
 public:
  explicit DiagnosticCollector(clang::DiagnosticOptions& options);

  void begin_cell(clang::FileID file, std::string label, std::string code,
                  const Declarations* declarations);
  std::string text();
  /// Called once after so many errors that clang may be going round in circles.
  void on_too_many_errors(std::function<void()> action) { too_many_ = std::move(action); }
  const std::set<DeclarationKey>& conflicts() const { return conflicts_; }
  const std::set<Edit>& edits() const { return edits_; }

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& info) override;
  void BeginSourceFile(const clang::LangOptions& options,
                       const clang::Preprocessor* preprocessor) override;

 private:
  void note_conflict(const clang::Diagnostic& info);
  void note_capture(const clang::Diagnostic& info);

  std::string text_;
  llvm::raw_string_ostream stream_;
  clang::TextDiagnosticPrinter printer_;
  clang::FileID file_;
  std::string label_;
  std::string code_;
  const Declarations* declarations_ = nullptr;
  unsigned last_error_ = 0;
  std::set<DeclarationKey> candidates_;  // of the ambiguity that is being explained
  std::set<DeclarationKey> conflicts_;
  std::set<Edit> edits_;
  std::function<void()> too_many_;
};

/// `text` without colours.
std::string without_colours(const std::string& text);

}  // namespace saem_kernel
