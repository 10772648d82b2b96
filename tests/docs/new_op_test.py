"""What `./saem new-op` writes must compile, and must not pass its tests before somebody thought."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEW_OP = ROOT / "tools/new_op/new_op.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in ("src/ops/ops.list", "include/saem/saem.hpp"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def new_op(tree: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(NEW_OP), name, "--root", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_floors_compile(tree: Path) -> None:
    result = new_op(tree, "example_op")
    assert result.returncode == 0, result.stderr
    assert "example_op      example_op" in (tree / "src/ops/ops.list").read_text()
    assert "#include <saem/ops/example_op.hpp>" in (tree / "include/saem/saem.hpp").read_text()
    folders = [tree / "include", tree / "src", ROOT / "include", ROOT / "src", ROOT / "tests"]
    for source in ("src/ops/example_op.cpp", "src/cpu/example_op.cpp",
                   "tests/ops/example_op_test.cpp"):
        command = ["c++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                   *(f"-I{folder}" for folder in folders), str(tree / source)]
        compiled = subprocess.run(command, capture_output=True, text=True, check=False)
        assert compiled.returncode == 0, compiled.stderr[-3000:]
    assert "FAIL()" in (tree / "tests/ops/example_op_test.cpp").read_text()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Softplus", "is no op name"),
        ("2fast", "is no op name"),
        ("add", "is in src/ops/ops.list already"),
    ],
)
def test_refused_names_leave_nothing(tree: Path, name: str, message: str) -> None:
    before = sorted(str(path) for path in tree.rglob("*"))
    result = new_op(tree, name)
    assert result.returncode == 1
    assert message in result.stderr
    assert sorted(str(path) for path in tree.rglob("*")) == before
