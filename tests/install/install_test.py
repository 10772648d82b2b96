"""Installs saem into an empty prefix and builds a stranger's project with it, shared and static.

The program is the README's first C++ example, cut out of the README itself: what we show works.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, folder: Path = ROOT) -> str:
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd=folder
    )
    assert result.returncode == 0, f"{command}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}"
    return result.stdout


def readme_example() -> tuple[str, str]:
    """The first complete program of the README and the output it promises."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    match = re.search(r"```cpp\n(#include <saem/saem\.hpp>.*?)```.*?```text\n(.*?)```", text, re.S)
    assert match, "the README shows no complete program followed by its output"
    return match.group(1), match.group(2)


def build_stranger(build: Path, prefix: Path, work: Path) -> None:
    run("cmake", "--install", build, "--prefix", prefix)
    program, expected = readme_example()
    project = work / "stranger"
    project.mkdir()
    (project / "main.cpp").write_text(program, encoding="utf-8")
    (project / "CMakeLists.txt").write_text(
        (Path(__file__).parent / "CMakeLists.txt").read_text(encoding="utf-8"), encoding="utf-8"
    )
    run("cmake", "-S", project, "-B", work / "build", "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", work / "build")
    assert run(work / "build" / "stranger", folder=work).strip() == expected.strip()
    assert (work / "loss.svg").stat().st_size > 1000  # the picture it saves


def test_installed_package(tmp_path: Path) -> None:
    build = os.environ.get("SAEM_BUILD")
    if not build:
        pytest.fail("SAEM_BUILD must name the build folder")
    build_stranger(Path(build), tmp_path / "prefix", tmp_path)


def test_static_package(tmp_path: Path) -> None:
    """Static linking must not lose the ops: their registration is made of explicit calls."""
    static = Path(os.environ["SAEM_BUILD"]).parent / "static"
    run("cmake", "-S", ROOT, "-B", static, "-G", "Ninja", "-DBUILD_SHARED_LIBS=OFF",
        "-DSAEM_TESTS=OFF", "-DSAEM_BENCHMARKS=OFF", "-DSAEM_NOTEBOOK=OFF",
        "-DCMAKE_CXX_COMPILER_LAUNCHER=" + os.environ.get("SAEM_LAUNCHER", ""))
    run("cmake", "--build", static, "--target", "saem")
    build_stranger(static, tmp_path / "prefix", tmp_path)
