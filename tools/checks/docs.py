#!/usr/bin/env python3
"""Every public function and type in include/ has a `///` docstring that fits its declaration."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from header_reader import Declaration, declarations
from sources import Finding, cxx_files, finish, parser

PARAM = re.compile(r"^@param\s+((?:[A-Za-z_]\w*)(?:\s*,\s*[A-Za-z_]\w*)*)")

# Operators say in symbols what a documented function says in words; the standard containers fix
# the next ones; `fields` is how an options struct shows its fields (saem/core/attributes.hpp).
KNOWN_MEANING = re.compile(r"operator.*|swap|at|push_back|emplace_back|insert|erase|resize|fields")


def needs_docstring(declaration: Declaration, documented: frozenset[str]) -> bool:
    """Not what explains itself, and not an overload of what is documented in the same header."""
    if declaration.kind == "type":
        return declaration.in_class is None
    tokens = declaration.tokens
    name = declaration.name
    if tokens[-2:] in (["=", "default"], ["=", "delete"]) or "override" in tokens:
        return False
    if KNOWN_MEANING.fullmatch(name) or name in documented:
        return False
    if declaration.in_class is None:
        return True
    is_special = name.removeprefix("~") == declaration.in_class
    return declaration.has_parameters and not is_special


def check_declaration(path: Path, declaration: Declaration,
                      documented: frozenset[str]) -> Iterator[Finding]:
    what = f"{declaration.kind} {declaration.name}"
    if not declaration.doc:
        if needs_docstring(declaration, documented):
            yield Finding(path, declaration.line, f"{what} has no docstring; write `///` lines "
                          "right above it")
        return
    if not any(line and not line.startswith("@") for line in declaration.doc):
        yield Finding(path, declaration.line, f"{what}: the docstring has no sentence that says "
                      "what it does")


def documented_parameters(doc: list[str]) -> list[str]:
    names = []
    for line in doc:
        match = PARAM.match(line)
        if match:
            names.extend(name.strip() for name in match[1].split(","))
    return names


def check_parameters(path: Path, group: list[Declaration]) -> Iterator[Finding]:
    """A docstring and the functions that share it: each @param is a parameter of one of them."""
    real = {name for declaration in group for name in declaration.parameters}
    for name in documented_parameters(group[0].doc):
        if name not in real:
            first = group[0]
            yield Finding(path, first.line, f"function {first.name}: @param {name} is no "
                          f"parameter; there are: {', '.join(sorted(real)) or 'none'}")


def check_file(path: Path) -> list[Finding]:
    findings: list[Finding] = []
    groups: dict[int, list[Declaration]] = {}
    found = list(declarations(path.read_text(encoding="utf-8")))
    documented = frozenset(each.name for each in found if each.doc)
    for declaration in found:
        findings.extend(check_declaration(path, declaration, documented))
        if declaration.kind == "function" and declaration.doc:
            groups.setdefault(id(declaration.doc), []).append(declaration)
    for group in groups.values():
        findings.extend(check_parameters(path, group))
    return findings


def check(root: Path) -> tuple[int, list[Finding]]:
    """The number of files looked at, and what was found."""
    paths = cxx_files(root, "include")
    return len(paths), [finding for path in paths for finding in check_file(path)]


def main() -> int:
    options = parser(__doc__).parse_args()
    root = options.root.resolve()
    checked, findings = check(root)
    return finish("docs", checked, findings, root)


if __name__ == "__main__":
    sys.exit(main())
