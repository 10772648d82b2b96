#include "diagnostics.hpp"

#include <clang/Basic/DiagnosticSema.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <regex>

namespace saem_kernel {
namespace {

// Below the limit at which clang falls silent and can go round an unfinished brace for ever.
constexpr unsigned kErrorLimit = 15;

bool explains_conflict(unsigned id) {
  switch (id) {
    case clang::diag::note_previous_definition:
    case clang::diag::note_previous_declaration:
    case clang::diag::note_previous_builtin_declaration:
    case clang::diag::note_previous_implicit_declaration:
    case clang::diag::note_previous_namespace_alias:
    case clang::diag::note_previous_template_specialization:
    case clang::diag::note_prev_partial_spec_here:
    case clang::diag::note_var_prev_partial_spec_here:
    case clang::diag::note_template_prev_declaration:
    case clang::diag::note_template_param_prev_default_arg:
    case clang::diag::note_extern_c_global_conflict:
    case clang::diag::note_using_decl:
    case clang::diag::note_using_decl_conflict:
    case clang::diag::note_using_decl_target:
      return true;
    default:
      return false;
  }
}

bool is_ambiguity(unsigned error) {
  switch (error) {
    case clang::diag::err_ovl_ambiguous_call:
    case clang::diag::err_ovl_ambiguous_oper_binary:
    case clang::diag::err_ovl_ambiguous_oper_unary:
    case clang::diag::err_ovl_ambiguous_init:
    case clang::diag::err_ambiguous_reference:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string without_colours(const std::string& text) {
  static const std::regex escape("\x1b\\[[0-9;]*m");
  return std::regex_replace(text, escape, "");
}

DiagnosticCollector::DiagnosticCollector(clang::DiagnosticOptions& options)
    : stream_(text_), printer_(stream_, &options) {
  options.ShowColors = true;
  options.ShowNoteIncludeStack = false;
  stream_.enable_colors(true);
}

void DiagnosticCollector::begin_cell(clang::FileID file, std::string label, std::string code,
                                     const Declarations* declarations) {
  file_ = file;
  label_ = std::move(label);
  code_ = std::move(code);
  declarations_ = declarations;
  last_error_ = 0;
  stream_.flush();
  text_.clear();
  candidates_.clear();
  conflicts_.clear();
  edits_.clear();
  clear();
}

void DiagnosticCollector::BeginSourceFile(const clang::LangOptions& options,
                                          const clang::Preprocessor* preprocessor) {
  printer_.BeginSourceFile(options, preprocessor);
}

void DiagnosticCollector::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                           const clang::Diagnostic& info) {
  DiagnosticConsumer::HandleDiagnostic(level, info);
  printer_.HandleDiagnostic(level, info);
  if (level >= clang::DiagnosticsEngine::Error) {
    last_error_ = info.getID();
    candidates_.clear();
    note_capture(info);
    if (getNumErrors() > kErrorLimit && too_many_) too_many_();
  } else if (level == clang::DiagnosticsEngine::Note && last_error_ != 0) {
    note_conflict(info);
  } else {
    last_error_ = 0;
  }
}

void DiagnosticCollector::note_conflict(const clang::Diagnostic& info) {
  if (!info.hasSourceManager() || info.getLocation().isInvalid()) return;
  const auto& sources = info.getSourceManager();
  const auto location = info.getLocation();
  if (sources.getFileID(sources.getExpansionLoc(location)) == file_) return;
  const DeclarationKey key{location.getRawEncoding(),
                           clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(
                                                           sources.getSpellingLoc(location)),
                                                       sources, clang::LangOptions())
                               .str()};
  if (explains_conflict(info.getID())) {
    conflicts_.insert(key);
  } else if (is_ambiguity(last_error_) && declarations_ &&
             declarations_->is_in_earlier_cell(key.location)) {
    // Two cells offer equally good functions: the newest is meant.
    candidates_.insert(key);
    if (candidates_.size() > 1) {
      conflicts_.insert(candidates_.begin(), std::prev(candidates_.end()));
    }
  }
}

void DiagnosticCollector::note_capture(const clang::Diagnostic& info) {
  const bool is_default = info.getID() == clang::diag::err_capture_default_non_local;
  if (!is_default && info.getID() != clang::diag::err_capture_non_automatic_variable) return;
  const auto& sources = info.getSourceManager();
  const auto [file, offset] = sources.getDecomposedLoc(info.getLocation());
  if (file != file_ || offset >= code_.size()) return;
  if (is_default) {
    // [&] has nothing to capture where every variable is global: [ ]. [&, x]: [ x].
    auto end = code_.find_first_not_of(" \t\r\n", offset + 1);
    const bool more = end != std::string::npos && code_[end] == ',';
    const auto removed = more ? static_cast<unsigned>(end + 1 - offset) : 1U;
    edits_.insert({offset, removed, std::string(removed, ' ')});
    return;
  }
  auto end = std::size_t{offset};
  while (end < code_.size() &&
         (std::isalnum(static_cast<unsigned char>(code_[end])) || code_[end] == '_' ||
          static_cast<unsigned char>(code_[end]) >= 0x80)) {
    ++end;
  }
  const std::string name = code_.substr(offset, end - offset);
  edits_.insert({static_cast<unsigned>(end), 0, " = " + name});  // [x] copies: [x = x]
}

std::string DiagnosticCollector::text() {
  stream_.flush();
  // The cell is no file that another one includes, and its place in memory is not its name.
  static const std::regex include_stack("[^\n]*In file included from [^\n]*<<< inputs >>>[^\n]*\n");
  static const std::regex cell_path("<cells>/[0-9]+/");
  static const std::regex tags("\\[abi:c[0-9]+\\]");
  auto result = std::regex_replace(text_, include_stack, "");
  result = std::regex_replace(result, cell_path, "");
  result = std::regex_replace(result, tags, "");
  // What is missing at the very end of a cell is missing in its last line.
  const std::string nowhere = "<<< inputs >>>:1:1";
  if (result.find(nowhere) != std::string::npos && file_.isValid()) {
    const auto trimmed = code_.find_last_not_of(" \t\r\n");
    const std::string used = code_.substr(0, trimmed == std::string::npos ? 0 : trimmed + 1);
    const auto line = 1 + std::count(used.begin(), used.end(), '\n');
    const auto newline = used.rfind('\n');
    const auto column = used.size() - (newline == std::string::npos ? 0 : newline + 1) + 1;
    const std::string place = label_ + ":" + std::to_string(line) + ":" + std::to_string(column);
    for (auto at = result.find(nowhere); at != std::string::npos; at = result.find(nowhere)) {
      result.replace(at, nowhere.size(), place);
    }
  }
  return result;
}

}  // namespace saem_kernel
