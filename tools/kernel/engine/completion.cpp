// Compiled without access control, like the parser that it drives.
#include "completion.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/RawCommentList.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Sema/CodeCompleteConsumer.h>
#include <clang/Sema/Sema.h>
#include <clang/Sema/SemaCodeCompletion.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "trial.hpp"

namespace saem_kernel {
namespace {

constexpr std::size_t kMaximumMatches = 500;

bool is_name_byte(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return std::isalnum(byte) != 0 || character == '_' || byte >= 0x80;
}

clang::CodeCompleteOptions completion_options() {
  clang::CodeCompleteOptions options;
  options.IncludeMacros = 1;
  options.IncludeCodePatterns = 0;
  options.IncludeGlobals = 1;
  options.IncludeNamespaceLevelDecls = 1;
  options.IncludeBriefComments = 0;
  options.LoadExternal = 1;
  return options;
}

std::string kind_of(const clang::CodeCompletionResult& result) {
  if (result.Kind == clang::CodeCompletionResult::RK_Keyword) return "keyword";
  if (result.Kind == clang::CodeCompletionResult::RK_Macro) return "macro";
  const auto* declaration = result.Declaration;
  if (!declaration) return "text";
  if (clang::isa<clang::NamespaceDecl, clang::NamespaceAliasDecl>(declaration)) return "module";
  if (clang::isa<clang::TypeDecl, clang::ClassTemplateDecl>(declaration)) return "class";
  if (declaration->getAsFunction()) return "function";
  return "instance";
}

/// The text of a completion without its result type: `softmax(const Tensor &x, int axis)`.
std::string signature_of(const clang::CodeCompletionString& string) {
  std::string text;
  for (const auto& chunk : string) {
    if (chunk.Kind == clang::CodeCompletionString::CK_ResultType) continue;
    if (chunk.Kind == clang::CodeCompletionString::CK_Optional) {
      text += signature_of(*chunk.Optional);
    } else if (chunk.Text) {
      text += chunk.Text;
    }
  }
  return text;
}

/// Keeps what clang offers at the completion point.
class MatchCollector : public clang::CodeCompleteConsumer {
 public:
  /// @param exact  only this name, with its declaration; empty: all that begin with what is there
  explicit MatchCollector(std::string exact)
      : CodeCompleteConsumer(completion_options()),
        exact_(std::move(exact)),
        allocator_(std::make_shared<clang::GlobalCodeCompletionAllocator>()),
        info_(allocator_) {}

  void ProcessCodeCompleteResults(clang::Sema& sema, clang::CodeCompletionContext context,
                                  clang::CodeCompletionResult* results, unsigned count) override {
    const std::string prefix = sema.getPreprocessor().getCodeCompletionFilter().str();
    for (unsigned i = 0; i < count; ++i) {
      auto& result = results[i];
      const auto* string = result.CreateCodeCompletionString(
          sema, context, getAllocator(), getCodeCompletionTUInfo(), includeBriefComments());
      const char* typed = string ? string->getTypedText() : nullptr;
      if (!typed) continue;
      const std::string name = typed;
      if (!exact_.empty()) {
        if (name == exact_ && result.Declaration) describe(sema, *result.Declaration);
        continue;
      }
      const bool reserved = name.starts_with("_") && !prefix.starts_with("_");
      if (name.empty() || reserved || !name.starts_with(prefix)) continue;
      auto& match = matches_[name];
      if (!match.is_null()) continue;
      match = {{"text", name}, {"kind", kind_of(result)}, {"signature", signature_of(*string)}};
    }
  }

  clang::CodeCompletionAllocator& getAllocator() override { return info_.getAllocator(); }
  clang::CodeCompletionTUInfo& getCodeCompletionTUInfo() override { return info_; }

  nlohmann::json matches() const {
    auto list = nlohmann::json::array();
    for (const auto& [name, match] : matches_) {
      if (list.size() == kMaximumMatches) break;
      list.push_back(match);
    }
    return list;
  }
  const nlohmann::json& entries() const { return entries_; }

 private:
  void describe(clang::Sema& sema, const clang::NamedDecl& shown) {
    auto& context = sema.getASTContext();
    const auto* declaration = &shown;
    if (const auto* shadow = clang::dyn_cast<clang::UsingShadowDecl>(declaration)) {
      declaration = shadow->getTargetDecl();
    }
    if (!described_.insert(declaration->getCanonicalDecl()).second) return;
    auto policy = context.getPrintingPolicy();
    policy.TerseOutput = true;
    policy.PolishForDeclaration = true;
    policy.FullyQualifiedName = false;
    std::string text;
    llvm::raw_string_ostream stream(text);
    declaration->print(stream, policy);
    stream.flush();
    std::string comment;
    if (const auto* raw = context.getRawCommentForAnyRedecl(declaration)) {
      comment = raw->getFormattedText(context.getSourceManager(), context.getDiagnostics());
    }
    const auto place = context.getSourceManager().getPresumedLoc(declaration->getLocation());
    std::string where;
    if (place.isValid()) {
      where = std::string(place.getFilename()) + ":" + std::to_string(place.getLine());
    }
    entries_.push_back({{"declaration", text}, {"comment", comment}, {"place", where}});
  }

  std::string exact_;
  std::shared_ptr<clang::GlobalCodeCompletionAllocator> allocator_;
  clang::CodeCompletionTUInfo info_;
  std::map<std::string, nlohmann::json> matches_;
  nlohmann::json entries_ = nlohmann::json::array();
  std::set<const clang::Decl*> described_;
};

/// Parses the cell up to `offset` with `collector` listening there. Only in a trial.
void parse_to(CellParser& parser, const Cell& cell, unsigned offset, MatchCollector& collector) {
  parser.make_trial();
  const auto before = cell.code.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const auto column = before.size() - (newline == std::string::npos ? 0 : newline + 1) + 1;
  parser.set_completion_point(static_cast<unsigned>(line), static_cast<unsigned>(column));
  parser.compiler().getSema().CodeCompletion().CodeCompleter = &collector;
  parser.parse(cell);
}

unsigned name_begin(const std::string& code, unsigned offset) {
  while (offset > 0 && is_name_byte(code[offset - 1])) --offset;
  return offset;
}

}  // namespace

nlohmann::json complete(CellParser& parser, const Cell& cell, unsigned offset) {
  offset = std::min(offset, static_cast<unsigned>(cell.code.size()));
  auto matches = run_trial([&](const Answer& answer) {
    MatchCollector collector("");
    parse_to(parser, cell, offset, collector);
    answer(collector.matches());
  });
  if (matches.is_null()) matches = nlohmann::json::array();
  return {{"matches", matches}, {"start", name_begin(cell.code, offset)}, {"end", offset}};
}

nlohmann::json inspect(CellParser& parser, const Cell& cell, unsigned offset) {
  offset = std::min(offset, static_cast<unsigned>(cell.code.size()));
  // Inside a call's parentheses the function is meant: softmax(|
  while (offset > 0 && !is_name_byte(cell.code[offset - 1]) &&
         (offset == cell.code.size() || !is_name_byte(cell.code[offset]))) {
    --offset;
  }
  const unsigned begin = name_begin(cell.code, offset);
  unsigned end = begin;
  while (end < cell.code.size() && is_name_byte(cell.code[end])) ++end;
  const std::string name = cell.code.substr(begin, end - begin);
  auto entries = nlohmann::json::array();
  if (!name.empty()) {
    auto found = run_trial([&](const Answer& answer) {
      MatchCollector collector(name);
      parse_to(parser, cell, begin, collector);
      answer(collector.entries());
    });
    if (found.is_array()) entries = found;
  }
  return {{"found", !entries.empty()}, {"name", name}, {"entries", entries}};
}

}  // namespace saem_kernel
