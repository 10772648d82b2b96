"""A small project in a temporary folder, into which the tests plant mistakes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CHECKS = PROJECT / "tools" / "checks"
sys.path.insert(0, str(CHECKS))


class Tree:
    """Files by name, and checks that run on them as programs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, check: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(CHECKS / f"{check}.py"), "--root", str(self.root), *arguments],
            capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.fixture
def git_tree(tmp_path: Path) -> Tree:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return Tree(tmp_path)


@pytest.fixture
def header(tree: Tree) -> Callable[[str], str]:
    """Writes a public header and gives what docs.py says of it."""

    def look(text: str) -> str:
        tree.write("include/saem/ops/planted.hpp", f"#pragma once\nnamespace saem {{\n{text}\n}}\n")
        ran = tree.run("docs")
        assert ran.returncode == (1 if ran.stderr else 0)
        return ran.stderr

    return look
