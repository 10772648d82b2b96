"""The header check compiles each public header by itself."""

import shutil

import pytest

COMPILERS = [name for name in ("g++", "clang++-19") if shutil.which(name)]


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(("text", "passes"), [
    ("#pragma once\n#include <string>\ninline std::string f() { return {}; }\n", True),
    ("#pragma once\ninline std::string f() { return {}; }\n", False),          # needs <string>
    ("inline int f() { return 1; }\n", False),                                 # no include guard
    ("#pragma once\ninline int f(int x) { return 1; }\n", False),              # unused parameter
    ("#pragma once\ninline int f(int x) { { int x = 1; return x; } }\n", False),  # shadows
])
def test_by_itself_and_without_warnings(tree, compiler, text, passes):
    tree.write("include/saem/planted.hpp", text)
    ran = tree.run("headers", "--compiler", compiler)
    assert ran.returncode == (0 if passes else 1), ran.stderr
    assert passes or ran.stderr.startswith("include/saem/planted.hpp:1: ")


def test_at_least_one_compiler_was_tried():
    assert COMPILERS


def test_a_missing_compiler_is_one_clear_line(tree):
    tree.write("include/saem/planted.hpp", "#pragma once\n")
    ran = tree.run("headers", "--compiler", "no-such-compiler")
    assert ran.returncode != 0
    assert ran.stderr == ("headers: the compiler no-such-compiler is missing; "
                          "./saem test installs it\n")


def test_no_header_is_no_pass(tree):
    assert tree.run("headers", "--compiler", COMPILERS[0]).returncode == 1
