"""The format check uses the pinned version, finds what is wrong, and mends it when told to."""

import shutil
import sys
from pathlib import Path

import pytest

import format as format_check

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def styled(tree):
    shutil.copy(PROJECT / ".clang-format", tree.root)
    return tree


def test_formatted_code_passes(styled):
    styled.write("src/x.cpp", "int add(int* a, int b) { return *a + b; }\n")
    ran = styled.run("format")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_unformatted_code_is_found_and_fixed(styled):
    path = styled.write("src/x.cpp", "\nint  add(int *a,int b)\n{ return *a+b; }\n")
    ran = styled.run("format")
    assert ran.returncode == 1
    assert ran.stderr.startswith("src/x.cpp:")
    assert "places are not as clang-format writes them" in ran.stderr
    assert styled.run("format", "--fix").returncode == 0
    assert path.read_text() == "\nint add(int* a, int b) { return *a + b; }\n"
    assert styled.run("format").returncode == 0


def test_another_version_is_refused(styled):
    fake = styled.write("bin/clang-format", "#!/bin/sh\necho clang-format version 99.0.0\n")
    fake.chmod(0o755)
    styled.write("src/x.cpp", "int x;\n")
    ran = styled.run("format", "--clang-format", str(fake))
    assert ran.returncode != 0
    assert "14.0.6 is needed" in ran.stderr


def test_the_pin_is_read_from_the_requirements(tmp_path):
    (tmp_path / "r.txt").write_text("a==1\nclang-format==1.2.3  # why\n")
    assert format_check.pinned_version(tmp_path / "r.txt") == "1.2.3"
    (tmp_path / "r.txt").write_text("a==1\n")
    with pytest.raises(SystemExit, match="pins no clang-format"):
        format_check.pinned_version(tmp_path / "r.txt")


def test_a_missing_program_is_one_clear_line(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="no clang-format"):
        format_check.find_clang_format("14.0.6", None)
