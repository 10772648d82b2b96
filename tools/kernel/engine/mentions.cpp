#include "mentions.hpp"

#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <llvm/ADT/StringSet.h>

#include <set>

namespace saem_kernel {
namespace {

using clang::dyn_cast;
using clang::isa;

bool is_in_namespace(const clang::Decl* declaration, llvm::StringRef name) {
  for (auto* context = declaration->getDeclContext(); context; context = context->getParent()) {
    const auto* space = dyn_cast<clang::NamespaceDecl>(context);
    if (space && space->getName() == name &&
        space->getParent()->getRedeclContext()->isTranslationUnit()) {
      return true;
    }
  }
  return false;
}

/// Tells types that own all they lead to from types that may point at what others own.
class Ownership {
 public:
  bool owns(clang::QualType type) {
    type = type.getCanonicalType();
    if (type.isNull() || type->isDependentType()) return false;
    // Functions are code, which stays.
    if (type->isBuiltinType() || type->isEnumeralType() || type->isFunctionType()) return true;
    if (const auto* array = type->getAsArrayTypeUnsafe()) return owns(array->getElementType());
    if (const auto* complex = type->getAs<clang::ComplexType>()) {
      return owns(complex->getElementType());
    }
    const auto* record = type->getAsCXXRecordDecl();
    return record != nullptr && record->hasDefinition() && owns(record->getDefinition());
  }

 private:
  bool owns(const clang::CXXRecordDecl* record) {
    if (!asked_.insert(record).second) return true;  // as good as the type it is a part of
    const auto* instance = dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
    if (instance && is_in_namespace(record, "std") && is_owner(record->getName())) {
      return owns(instance->getTemplateArgs().asArray());
    }
    // In the library, what has a destructor has it because it owns.
    const bool library = is_in_namespace(record, "saem") && !record->hasTrivialDestructor();
    for (const auto* field : record->fields()) {
      if (field->getType()->isReferenceType()) return false;
      if (!library && !owns(field->getType())) return false;
    }
    for (const auto& base : record->bases()) {
      if (!owns(base.getType())) return false;
    }
    return true;
  }

  bool owns(llvm::ArrayRef<clang::TemplateArgument> arguments) {
    for (const auto& argument : arguments) {
      if (argument.getKind() == clang::TemplateArgument::Type && !owns(argument.getAsType())) {
        return false;
      }
      if (argument.getKind() == clang::TemplateArgument::Pack && !owns(argument.pack_elements())) {
        return false;
      }
    }
    return true;
  }

  /// Templates whose pointers are to their own elements. A function can hold a pointer only if it
  /// was given one, which its argument shows; a stream's result is the stream.
  static bool is_owner(llvm::StringRef name) {
    static const llvm::StringSet<> names = {
        "allocator",     "array",      "basic_ostream", "basic_string",     "char_traits",
        "complex",       "deque",      "function",      "initializer_list", "list",
        "map",           "multimap",   "multiset",      "optional",         "pair",
        "set",           "shared_ptr", "tuple",         "unique_ptr",       "unordered_map",
        "unordered_set", "variant",    "vector"};
    return names.contains(name);
  }

  std::set<const clang::CXXRecordDecl*> asked_;
};

class Collector : public clang::RecursiveASTVisitor<Collector> {
 public:
  explicit Collector(std::set<const clang::VarDecl*>& kept) : kept_(kept) {}

  bool TraverseDecl(clang::Decl* declaration) {
    if (!declaration) return true;
    const bool before = keeping_;
    if (const auto* variable = dyn_cast<clang::VarDecl>(declaration)) {
      keeping_ = keeping_ || !Ownership().owns(variable->getType());
    } else if (isa<clang::FunctionDecl, clang::TagDecl, clang::TemplateDecl>(declaration)) {
      // The function around a statement, which the parser made, runs once and is over.
      keeping_ = keeping_ || !declaration->isImplicit();
    }
    const bool going_on = RecursiveASTVisitor::TraverseDecl(declaration);
    keeping_ = before;
    return going_on;
  }

  bool TraverseStmt(clang::Stmt* statement) {
    if (!statement) return true;
    const bool before = keeping_;
    if (isa<clang::LambdaExpr>(statement)) {
      keeping_ = true;
    } else if (const auto* expression = dyn_cast<clang::Expr>(statement)) {
      keeping_ = keeping_ || !Ownership().owns(expression->getType());
    }
    const bool going_on = RecursiveASTVisitor::TraverseStmt(statement);
    keeping_ = before;
    return going_on;
  }

  bool VisitDeclRefExpr(clang::DeclRefExpr* mention) {
    const auto* object = keeping_ ? object_of(mention->getDecl()) : nullptr;
    if (object) kept_.insert(object);
    return true;
  }

  // The parser's function around a statement is implicit, and it is what is looked through.
  bool shouldVisitImplicitCode() const { return true; }

 private:
  std::set<const clang::VarDecl*>& kept_;
  bool keeping_ = false;
};

}  // namespace

const clang::VarDecl* object_of(const clang::ValueDecl* declaration) {
  if (const auto* binding = dyn_cast<clang::BindingDecl>(declaration)) {
    declaration = binding->getDecomposedDecl();
  }
  const auto* variable = dyn_cast_or_null<clang::VarDecl>(declaration);
  return variable ? variable->getCanonicalDecl() : nullptr;
}

void Mentions::collect(clang::Decl* declaration) { Collector(kept_).TraverseDecl(declaration); }

}  // namespace saem_kernel
