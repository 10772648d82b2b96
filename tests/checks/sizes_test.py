"""The size check counts lines, and columns as they are read."""

import unicodedata

import pytest


def test_the_limits_themselves_pass(tree):
    tree.write("src/ops/x.cpp", ("x" * 100 + "\n") * 600)
    tree.write("README.ko.md", "가" * 100 + "\n")
    tree.write("docs/decomposed.md", unicodedata.normalize("NFD", "각" * 100) + "\n")
    ran = tree.run("sizes")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "sizes: 3 files, 0 findings\n"


@pytest.mark.parametrize("name", ["src/x.cpp", "a.md", "t.py", "CMakeLists.txt", "saem", "x.cu"])
def test_a_long_line_is_found(tree, name):
    tree.write(name, "short\n" + "x" * 101 + "\n")
    ran = tree.run("sizes")
    assert ran.returncode == 1
    assert ran.stderr == f"{name}:2: 101 columns, at most 100; break the line\n"


def test_a_long_korean_line_is_found(tree):
    tree.write("README.ko.md", "가" * 101 + "\n")
    assert "README.ko.md:1: 101 columns" in tree.run("sizes").stderr


def test_a_long_file_is_found(tree):
    tree.write("src/x.cpp", "\n" * 601)
    assert "src/x.cpp:601: 601 lines, at most 600" in tree.run("sizes").stderr


def test_tables_and_single_links_may_be_long_but_prose_not(tree):
    tree.write("a.md", "| " + "x" * 120 + " |\n- [x](https://" + "y" * 120 + ")\n")
    assert tree.run("sizes").returncode == 0
    tree.write("a.md", "see [x](https://" + "y" * 120 + ")\n")
    assert "a.md:1:" in tree.run("sizes").stderr


@pytest.mark.parametrize("name", ["LICENSE", "docs/OPS.md", "requirements.txt", "lesson.ipynb",
                                  "tests/x/golden/a.txt"])
def test_what_nobody_writes_by_hand_is_left_alone(tree, name):
    tree.write("a.md", "fine\n")
    tree.write(name, "x" * 500 + "\n")
    assert tree.run("sizes").returncode == 0


def test_bytes_that_are_no_text_are_found(tree):
    (tree.root / "a.md").write_bytes(b"\xff\xfe\n")
    assert "is not UTF-8" in tree.run("sizes").stderr


def test_with_git_ignored_files_are_left_alone_and_new_ones_are_not(git_tree):
    git_tree.write(".gitignore", "/build/\n")
    git_tree.write("build/x.cpp", "x" * 101)
    git_tree.write("new.cpp", "x" * 101)
    ran = git_tree.run("sizes")
    assert "new.cpp:1" in ran.stderr
    assert "build" not in ran.stderr
