#pragma once

#include <clang/AST/ASTMutationListener.h>
#include <clang/AST/Decl.h>
#include <clang/Frontend/CompilerInstance.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mentions.hpp"

namespace saem_kernel {

/// Names a declaration in a way that a forked process and its parent both understand.
struct DeclarationKey {
  unsigned location = 0;  // clang::SourceLocation in its raw encoding
  std::string name;       // what stands there
  auto operator<=>(const DeclarationKey&) const = default;
};

/// Makes every name of a notebook definable again.
///
/// Three mechanisms. A declaration made in a cell gets an ABI tag of its cell as soon as its name
/// is known, so the new and the old `struct Point` are different types with different symbols and
/// old functions go on working with old objects. An old declaration that the compiler calls a
/// conflict is hidden: taken out of the name lookup, and put back if the cell fails. And what C++
/// would make private to one translation unit (`static`, `const`, anonymous namespaces) is made
/// visible to later cells, which are translation units of their own.
class Declarations : public clang::ASTMutationListener {
 public:
  /// @param defined  tells whether a symbol already has code or storage in this session
  Declarations(clang::CompilerInstance& compiler, std::function<bool(const std::string&)> defined);

  void begin_cell(unsigned number, clang::FileID file);

  /// Takes the declaration out of the lookup. @return false if there is no such declaration.
  bool hide(const DeclarationKey& key);

  /// Hides the functions that cell run `number` declared: an edited cell that is run again must
  /// not leave overloads behind that it no longer contains.
  void hide_functions_of(unsigned number);

  /// Tags the variables that hold the parts of `auto [a, b] = pair`: no lookup ever sees them.
  void tag_bindings(clang::VarDecl* variable);

  /// Ends a group of variables: what runs after their initialisers tells the engine this number.
  /// @return 0 if no variable was declared since the last mark
  unsigned mark();

  /// An object of an earlier cell that nothing can reach when the variables of `mark` are there.
  struct Replaced {
    unsigned mark;
    std::string symbol;
  };
  std::vector<Replaced> replaced_objects();

  /// Undoes the variables after `mark`, which the cell did not come to: a name that it was to
  /// replace means again what it meant.
  void undo_after(unsigned mark);

  /// Looks through what the cell contains for variables that must outlive their names.
  void collect_mentions(clang::DeclGroupRef group);

  /// Undoes this cell: its names vanish, and the names it had hidden are back.
  void undo_cell();

  /// True if the location lies in a cell before the current one.
  bool is_in_earlier_cell(unsigned location) const;

  void AddedVisibleDecl(const clang::DeclContext* context, const clang::Decl* decl) override;

 private:
  struct Hidden {
    clang::DeclContext* context;
    clang::NamedDecl* declaration;
  };

  void tag(clang::NamedDecl* declaration);
  void share_between_cells(clang::NamedDecl* declaration);
  void replace_other_kinds(clang::NamedDecl* declaration);
  bool hide_declaration(clang::NamedDecl* declaration);
  bool is_replaced(const clang::NamedDecl* declaration);
  void restore(const Hidden& hidden);
  void remove_from(clang::DeclContext* context, clang::NamedDecl* declaration);
  std::vector<clang::NamedDecl*> find(const DeclarationKey& key) const;
  bool is_in_current_cell(const clang::Decl* declaration) const;

  clang::CompilerInstance& compiler_;
  std::function<bool(const std::string&)> defined_;
  unsigned cell_ = 0;
  clang::FileID file_;
  std::map<unsigned, std::vector<clang::NamedDecl*>> by_location_;
  std::map<unsigned, std::vector<clang::NamedDecl*>> by_cell_;
  std::vector<Hidden> hidden_;                         // by the current cell
  std::vector<std::vector<clang::NamedDecl*>> marks_;  // variables of the current cell, in groups
  std::size_t marked_ = 0;                             // so many of its declarations have a mark
  std::set<const clang::NamedDecl*> replaced_bindings_;
  Mentions mentions_;
};

}  // namespace saem_kernel
