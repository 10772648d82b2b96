"""The sanitizer check runs configure, build and tests in order and stops where one fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SANITIZE = Path(__file__).resolve().parents[2] / "tools" / "checks" / "sanitize.py"


@pytest.fixture
def fake_tools(tree):
    """cmake and ctest that write down how they were called; FAIL names a word that fails."""
    for tool in ("cmake", "ctest"):
        path = tree.write(f"bin/{tool}", '#!/bin/sh\necho "${0##*/} $*" >>"$CALLS"\n'
                          'case "$*" in *"$FAIL"*) exit 7 ;; esac\n')
        path.chmod(0o755)

    def run(*arguments, fail="nothing"):
        calls = tree.root / "calls"
        environment = os.environ | {"PATH": f"{tree.root}/bin:/usr/bin:/bin", "CALLS": str(calls),
                                    "FAIL": fail}
        ran = subprocess.run([sys.executable, str(SANITIZE), "--root", str(tree.root),
                              "--jobs", "2", *arguments], env=environment, capture_output=True,
                             text=True, check=False)
        return ran, calls.read_text().splitlines()

    return run


def test_all_three_steps(fake_tools):
    ran, calls = fake_tools("--target", "op-tests", "--tests", "^ops")
    assert ran.returncode == 0
    assert calls[0].startswith("cmake --preset asan")
    assert calls[1] == "cmake --build --preset asan --parallel 2 --target op-tests"
    assert calls[2] == "ctest --preset asan --parallel 2 --no-tests=error --tests-regex ^ops"


def test_the_other_preset(fake_tools):
    ran, calls = fake_tools("--preset", "tsan")
    assert ran.returncode == 0
    assert calls[0].startswith("cmake --preset tsan")
    assert calls[1] == "cmake --build --preset tsan --parallel 2"
    assert calls[2] == "ctest --preset tsan --parallel 2 --no-tests=error"


def test_a_failing_build_ends_it(fake_tools):
    ran, calls = fake_tools(fail="--build")
    assert ran.returncode == 7
    assert len(calls) == 2
    assert "sanitize: cmake failed with exit code 7" in ran.stderr
