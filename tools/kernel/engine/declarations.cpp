// Compiled without access control: clang keeps the linkage cache and the lookup tables private,
// and offers no other way to change either.
#include "declarations.hpp"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclContextInternals.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/Mangle.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Sema/Sema.h>

#include <algorithm>

namespace saem_kernel {
namespace {

using clang::dyn_cast;
using clang::isa;

clang::NamedDecl* templated_or_self(clang::NamedDecl* declaration) {
  if (auto* pattern = dyn_cast<clang::TemplateDecl>(declaration)) {
    if (auto* templated = pattern->getTemplatedDecl()) return templated;
  }
  return declaration;
}

/// The declaration as name lookup stores it: the template, not what it is a template of.
clang::NamedDecl* lookup_form(clang::NamedDecl* declaration) {
  if (auto* function = dyn_cast<clang::FunctionDecl>(declaration)) {
    if (auto* described = function->getDescribedFunctionTemplate()) return described;
  } else if (auto* record = dyn_cast<clang::CXXRecordDecl>(declaration)) {
    if (auto* described = record->getDescribedClassTemplate()) return described;
  } else if (auto* variable = dyn_cast<clang::VarDecl>(declaration)) {
    if (auto* described = variable->getDescribedVarTemplate()) return described;
  } else if (auto* alias = dyn_cast<clang::TypeAliasDecl>(declaration)) {
    if (auto* described = alias->getDescribedAliasTemplate()) return described;
  }
  return declaration;
}

bool same_entity(clang::NamedDecl* left, clang::NamedDecl* right) {
  return left->getCanonicalDecl() == right->getCanonicalDecl();
}

bool has_symbol(const clang::NamedDecl* declaration) {
  return isa<clang::VarDecl, clang::FunctionDecl, clang::TagDecl, clang::BindingDecl,
             clang::TypedefNameDecl>(declaration);
}

}  // namespace

Declarations::Declarations(clang::CompilerInstance& compiler,
                           std::function<bool(const std::string&)> defined)
    : compiler_(compiler), defined_(std::move(defined)) {}

void Declarations::begin_cell(unsigned number, clang::FileID file) {
  cell_ = number;
  file_ = file;
  hidden_.clear();
  marks_.clear();
  marked_ = 0;
}

bool Declarations::is_in_current_cell(const clang::Decl* declaration) const {
  const auto& sources = compiler_.getSourceManager();
  return file_.isValid() &&
         sources.getFileID(sources.getExpansionLoc(declaration->getLocation())) == file_;
}

bool Declarations::is_in_earlier_cell(unsigned location) const {
  return by_location_.contains(location);
}

void Declarations::AddedVisibleDecl(const clang::DeclContext* context, const clang::Decl* decl) {
  auto* declaration = dyn_cast<clang::NamedDecl>(const_cast<clang::Decl*>(decl));
  if (!declaration || !is_in_current_cell(declaration)) return;
  // Using directives are stored under a name of clang's own that no attribute may touch.
  if (isa<clang::UsingDirectiveDecl>(declaration)) return;
  if (!declaration->getLexicalDeclContext()->getRedeclContext()->isFileContext()) {
    if (declaration->getFriendObjectKind() == clang::Decl::FOK_None) return;
  }
  auto& here = by_location_[declaration->getLocation().getRawEncoding()];
  if (std::find(here.begin(), here.end(), declaration) == here.end()) {
    here.push_back(declaration);
    by_cell_[cell_].push_back(declaration);
  }
  if (!context->getRedeclContext()->isFileContext()) return;
  auto* templated = templated_or_self(declaration);
  if (!templated->isCanonicalDecl() || isa<clang::NamespaceDecl>(declaration)) return;
  replace_other_kinds(declaration);
  tag(templated);
  share_between_cells(templated);
}

void Declarations::tag(clang::NamedDecl* declaration) {
  auto& context = compiler_.getASTContext();
  if (!has_symbol(declaration) || declaration->hasAttr<clang::AbiTagAttr>()) return;
  const auto* function = dyn_cast<clang::FunctionDecl>(declaration);
  const auto* variable = dyn_cast<clang::VarDecl>(declaration);
  if (function && function->getTemplateSpecializationInfo()) return;
  if ((function && (function->isExternC() || function->isMain())) ||
      (variable && variable->isExternC())) {
    const std::string name = declaration->getNameAsString();
    if (defined_(name)) {
      const std::string label = (llvm::Twine(name) + ".c" + llvm::Twine(cell_)).str();
      declaration->addAttr(clang::AsmLabelAttr::CreateImplicit(context, label, true));
    }
    return;
  }
  const std::string text = ("c" + llvm::Twine(cell_)).str();
  llvm::StringRef tags[] = {text};
  declaration->addAttr(clang::AbiTagAttr::CreateImplicit(context, tags, 1));
}

void Declarations::share_between_cells(clang::NamedDecl* declaration) {
  const bool anonymous = declaration->isInAnonymousNamespace();
  if (auto* variable = dyn_cast<clang::VarDecl>(declaration)) {
    const bool is_static = variable->getStorageClass() == clang::SC_Static;
    bool shared = is_static || anonymous;
    if (is_static) variable->setStorageClass(clang::SC_None);
    // A constant is internal to its translation unit, and in incremental mode discardable, which
    // would initialise it before the variables above it. Exporting keeps it, in its place.
    if (variable->getType().isConstQualified() && !variable->isInline() &&
        variable->getStorageClass() == clang::SC_None) {
      variable->setStorageClass(clang::SC_Extern);
      shared = true;
      variable->addAttr(clang::DLLExportAttr::CreateImplicit(compiler_.getASTContext()));
    }
    if (shared) variable->setCachedLinkage(clang::Linkage::External);
  } else if (auto* function = dyn_cast<clang::FunctionDecl>(declaration)) {
    const bool is_static = function->getStorageClass() == clang::SC_Static;
    if (is_static) function->setStorageClass(clang::SC_None);
    if (is_static || anonymous) function->setCachedLinkage(clang::Linkage::External);
  }
}

/// `int size;` after `struct size {};` is no error in C++: the variable wins and the type can only
/// be said as `struct size`. In a notebook the last meaning is the meaning.
void Declarations::replace_other_kinds(clang::NamedDecl* declaration) {
  const bool is_type = isa<clang::TypeDecl>(declaration);
  auto* context = declaration->getDeclContext()->getRedeclContext();
  std::vector<clang::NamedDecl*> replaced;
  for (auto* other : context->lookup(declaration->getDeclName())) {
    if (isa<clang::TypeDecl>(other) != is_type && !is_in_current_cell(other) &&
        by_location_.contains(other->getLocation().getRawEncoding())) {
      replaced.push_back(other);
    }
  }
  for (auto* other : replaced) hide_declaration(other);
}

std::vector<clang::NamedDecl*> Declarations::find(const DeclarationKey& key) const {
  if (const auto found = by_location_.find(key.location); found != by_location_.end()) {
    return found->second;
  }
  // A name of a header: look it up by name and recognise it by its place.
  auto& context = compiler_.getASTContext();
  std::vector<clang::NamedDecl*> result;
  auto* unit = context.getTranslationUnitDecl()->getPrimaryContext();
  for (auto* candidate : unit->lookup(&context.Idents.get(key.name))) {
    for (auto* redeclaration : candidate->redecls()) {
      const auto* named = dyn_cast<clang::NamedDecl>(redeclaration);
      if (named && named->getLocation().getRawEncoding() == key.location) {
        result.push_back(candidate);
        break;
      }
    }
  }
  return result;
}

bool Declarations::hide(const DeclarationKey& key) {
  bool found = false;
  for (auto* declaration : find(key)) found |= hide_declaration(declaration);
  return found;
}

bool Declarations::hide_declaration(clang::NamedDecl* declaration) {
  auto* form = lookup_form(declaration);
  auto* method = dyn_cast<clang::CXXMethodDecl>(declaration);
  if (method && method->isOutOfLine()) {
    // A member function defined again outside its class. The class stays, so the name must stay;
    // only the old body goes. The new code takes the old code's place when it is linked.
    if (!method->doesThisDeclarationHaveABody()) return false;
    method->setBody(nullptr);
    return true;
  }
  const auto before = hidden_.size();
  auto* context = form->getDeclContext();
  for (;;) {
    remove_from(context->getPrimaryContext(), form);
    if (!context->isTransparentContext() && !context->isInlineNamespace()) break;
    context = context->getParent();
  }
  remove_from(compiler_.getASTContext().getExternCContextDecl(), form);
  if (auto* enumeration = dyn_cast<clang::EnumDecl>(form);
      enumeration && !enumeration->isScoped()) {
    for (auto* constant : enumeration->enumerators()) {
      remove_from(enumeration->getRedeclContext()->getPrimaryContext(), constant);
    }
  }
  auto& resolver = compiler_.getSema().IdResolver;
  std::vector<clang::NamedDecl*> resolved;
  for (auto it = resolver.begin(form->getDeclName()); it != resolver.end(); ++it) {
    if (same_entity(*it, form)) resolved.push_back(*it);
  }
  for (auto* entry : resolved) resolver.RemoveDecl(entry);
  return hidden_.size() > before;
}

void Declarations::remove_from(clang::DeclContext* context, clang::NamedDecl* declaration) {
  context->lookup(declaration->getDeclName());  // loads what a precompiled header has under it
  auto* table = context->getLookupPtr();
  if (!table) return;
  const auto entry = table->find(declaration->getDeclName());
  if (entry == table->end()) return;
  std::vector<clang::NamedDecl*> matching;
  for (auto* stored : entry->second.getLookupResult()) {
    if (same_entity(stored, declaration)) matching.push_back(stored);
  }
  for (auto* stored : matching) {
    // An empty entry stays: without it clang would read the name from the header once more.
    entry->second.remove(stored);
    hidden_.push_back({context, stored});
  }
}

void Declarations::hide_functions_of(unsigned number) {
  const auto found = by_cell_.find(number);
  if (found == by_cell_.end()) return;
  for (auto* declaration : found->second) {
    const auto* function = dyn_cast<clang::FunctionDecl>(templated_or_self(declaration));
    if (function && !isa<clang::CXXMethodDecl>(function)) hide_declaration(declaration);
  }
}

void Declarations::undo_cell() {
  const auto restored = std::move(hidden_);
  hidden_.clear();
  for (auto* declaration : by_cell_[cell_]) hide_declaration(declaration);
  by_cell_.erase(cell_);
  hidden_.clear();
  for (const auto& hidden : restored) restore(hidden);
}

void Declarations::restore(const Hidden& hidden) {
  if (auto* table = hidden.context->getLookupPtr()) {
    (*table)[hidden.declaration->getDeclName()].addOrReplaceDecl(hidden.declaration);
  }
  replaced_bindings_.erase(hidden.declaration);
}

unsigned Declarations::mark() {
  const auto& declared = by_cell_[cell_];
  std::vector<clang::NamedDecl*> variables;
  for (; marked_ < declared.size(); ++marked_) {
    auto* declaration = declared[marked_];
    if (isa<clang::VarDecl, clang::BindingDecl>(declaration)) variables.push_back(declaration);
  }
  if (variables.empty()) return 0;
  marks_.push_back(std::move(variables));
  return static_cast<unsigned>(marks_.size());
}

/// Whether no name is left for the object: of a decomposition, all parts must be replaced.
bool Declarations::is_replaced(const clang::NamedDecl* declaration) {
  const auto* binding = dyn_cast<clang::BindingDecl>(declaration);
  if (!binding) return true;
  replaced_bindings_.insert(binding);
  const auto* whole = dyn_cast<clang::DecompositionDecl>(binding->getDecomposedDecl());
  return whole &&
         std::all_of(whole->bindings().begin(), whole->bindings().end(),
                     [this](const auto* part) { return replaced_bindings_.contains(part); });
}

std::vector<Declarations::Replaced> Declarations::replaced_objects() {
  std::vector<Replaced> result;
  clang::ASTNameGenerator names(compiler_.getASTContext());
  for (unsigned mark = 1; mark <= marks_.size(); ++mark) {
    for (const auto* variable : marks_[mark - 1]) {
      for (const auto& [context, hidden] : hidden_) {
        if (hidden->getDeclName() != variable->getDeclName()) continue;
        if (!is_in_earlier_cell(hidden->getLocation().getRawEncoding())) continue;
        const auto* value = dyn_cast<clang::ValueDecl>(hidden);
        const auto* object = value ? object_of(value) : nullptr;
        if (object && is_replaced(hidden) && !mentions_.contains(object)) {
          result.push_back({mark, names.getName(object)});
        }
      }
    }
  }
  return result;
}

void Declarations::undo_after(unsigned mark) {
  const auto hidden_before = std::move(hidden_);
  for (std::size_t group = mark; group < marks_.size(); ++group) {
    for (auto* variable : marks_[group]) {
      hidden_.clear();
      hide_declaration(variable);
      const auto removed = std::move(hidden_);
      for (const auto& old : hidden_before) {
        const bool same_place = std::any_of(removed.begin(), removed.end(), [&](const auto& place) {
          return place.context == old.context || isa<clang::ExternCContextDecl>(old.context);
        });
        if (same_place && old.declaration->getDeclName() == variable->getDeclName()) restore(old);
      }
    }
  }
  hidden_.clear();
}

void Declarations::collect_mentions(clang::DeclGroupRef group) {
  for (auto* declaration : group) {
    if (is_in_current_cell(declaration)) mentions_.collect(declaration);
  }
}

void Declarations::tag_bindings(clang::VarDecl* variable) {
  auto* decomposition = dyn_cast<clang::DecompositionDecl>(variable);
  if (!decomposition) return;
  // The whole has a symbol made of the names of its parts, which ignores tags.
  const auto label = ("saem_bindings_" + llvm::Twine(cell_) + "_" +
                      llvm::Twine(variable->getLocation().getRawEncoding()))
                         .str();
  auto& context = compiler_.getASTContext();
  variable->addAttr(clang::AsmLabelAttr::CreateImplicit(context, label, true));
  for (auto* binding : decomposition->bindings()) {
    if (auto* holder = binding->getHoldingVar()) tag(holder);
  }
}

}  // namespace saem_kernel
