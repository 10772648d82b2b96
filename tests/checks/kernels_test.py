"""Kernel files are compiled once per SIMD target, and their names must not meet in the linker.

Two files that both define `Add` in `saem::cpu::N_AVX2` define one thing twice: the linker keeps one
of them silently, and an op runs another op's code.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPENING = re.compile(
    r"namespace saem::cpu::HWY_NAMESPACE \{\n(namespace hn = .*\n)?(//.*\n)*namespace \{")
KERNELS = [
    path for path in sorted((ROOT / "src/cpu").glob("*.cpp"))
    if "namespace saem::cpu::HWY_NAMESPACE {" in path.read_text(encoding="utf-8")
]


def test_there_are_kernels() -> None:
    assert len(KERNELS) > 10


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.name)
def test_names_stay_in_their_file(path: Path) -> None:
    assert OPENING.search(path.read_text(encoding="utf-8")), (
        f"{path.name}: open an unnamed namespace right inside HWY_NAMESPACE")


def test_what_new_op_writes_does_so_too() -> None:
    template = ROOT / "tools/new_op/templates/cpu.cpp.in"
    assert OPENING.search(template.read_text(encoding="utf-8"))
