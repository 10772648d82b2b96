#pragma once

#include <clang/AST/Decl.h>
#include <clang/AST/DeclCXX.h>

#include <set>

namespace saem_kernel {

/// The object that a name stands for: the whole, for a part of `auto [a, b] = pair`.
const clang::VarDecl* object_of(const clang::ValueDecl* declaration);

/// Remembers which variables may still be reached when their name means something else.
///
/// A replaced variable can be destroyed if nothing points at it. Functions, classes and lambdas
/// that name it go on using it. An expression may leave a pointer behind if any part of it around
/// the name has a type that points at what it does not own (`p = v.data()`, `auto& r = v[0]`,
/// `first = v.begin()`). All other mentions (`auto y = x + 1`, `std::cout << x`) leave copies.
///
/// Types are all there is to see: a function that takes a reference and keeps it inside an object
/// that existed before is not found out.
class Mentions {
 public:
  /// Looks through a declaration or statement of a cell.
  void collect(clang::Decl* declaration);

  bool contains(const clang::VarDecl* object) const { return kept_.contains(object); }

 private:
  std::set<const clang::VarDecl*> kept_;
};

}  // namespace saem_kernel
