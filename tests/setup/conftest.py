"""A project with the real ./saem and tools that only write down how they were called.

Nothing is installed, downloaded or compiled: what is tested is what ./saem decides.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

# What a minimal Debian has, by its real programs; nothing else is in PATH.
ESSENTIAL = """awk basename bash cat chmod cp cut date dirname env find flock grep head id kill ls
mkdir nproc printf pwd readlink realpath rm sed sh sha256sum sleep sort tail tee touch tr uname wc
xargs""".split()

# Every fake writes its name and arguments; FAIL_<name> makes it fail and print that text.
FAKE = r"""#!/bin/bash
name=${0##*/}
echo "$name $*" >>"$CALLS"
failure=FAIL_${name//[-+]/_}
if [[ -n ${!failure:-} ]]; then echo "${!failure}"; exit 100; fi
"""

FAKES = {
    "dpkg-query": r"""
if [[ $* == *showformat* ]]; then sed 's/^/ii  /' "$STATE/installed"; fi
""",
    "apt-cache": r"""grep -qxF -- "${!#}" "$STATE/available" """,
    "apt-get": r"""
if [[ " $* " == *" update "* && -f $STATE/after_update ]]; then
  cat "$STATE/after_update" >>"$STATE/available"
elif [[ " $* " == *" install "* ]]; then
  printf '%s\n' "$@" | grep -xFf "$STATE/available" >>"$STATE/installed"
fi
""",
    "cmake": r"""
echo "env CCACHE_DIR=${CCACHE_DIR:-} SAEM_DATA=${SAEM_DATA:-}" >>"$CALLS"
if [[ $1 == --preset ]]; then mkdir -p "build/$2"; touch "build/$2/build.ninja"; fi
""",
    "ctest": r"""cat "$STATE/ctest_output"; exit "$(<"$STATE/ctest_code")" """,
    "ninja": "", "ccache": "", "g++": "", "clang++-19": "", "gnuplot": "",
    "python": r"""
if [[ $* == --version ]]; then echo "Python 3.11.2"; fi
if [[ $1 == -m && $2 == venv ]]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
if [[ $1 == *course.py ]]; then
  echo "accuracy 0.84 in [0.83, 0.90]"
  touch "${3%.md}.ipynb" "${3%.md}.en.ipynb"
  if [[ -f $STATE/lesson_code ]]; then exit "$(<"$STATE/lesson_code")"; fi
fi
""",
}


class Project:
    """One checkout and its machine."""

    def __init__(self, root: Path, machine: Path) -> None:
        self.root = root
        self.machine = machine
        self.state = machine / "state"
        self.calls_file = machine / "calls"
        self.programs = machine / "bin"
        self.environment = {
            "PATH": str(self.programs), "HOME": str(machine / "home"), "LANG": "C.UTF-8",
            "CALLS": str(self.calls_file), "STATE": str(self.state),
            "SAEM_PYTHON": str(self.programs / "python"), "SAEM_JOBS": "3",
        }

    def saem(self, *arguments: str, cwd: Path | None = None,
             **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs ./saem; what was called before is forgotten."""
        self.calls_file.write_text("")
        return subprocess.run([str(self.root / "saem"), *arguments], cwd=cwd or self.root,
                              env=self.environment | environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=60)

    def calls(self, beginning: str = "") -> list[str]:
        return [line for line in self.calls_file.read_text().splitlines()
                if line.startswith(beginning)]

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def lines(self, name: str, *lines: str) -> None:
        (self.state / name).write_text("".join(f"{line}\n" for line in lines))

    def fake(self, name: str, script: str = "") -> None:
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text(FAKE + script)
        path.chmod(0o755)

    def remove(self, name: str) -> None:
        (self.programs / name).unlink()


def copy_project(root: Path) -> None:
    root.mkdir(parents=True)
    shutil.copy(PROJECT / "saem", root)
    shutil.copytree(PROJECT / "tools" / "setup", root / "tools" / "setup")
    shutil.copy(PROJECT / "CMakePresets.json", root)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Set up in no way, in a folder with a space, as root, every wanted package available."""
    root = tmp_path / "a place" / "my project"
    copy_project(root)
    machine = tmp_path / "machine"
    for folder in ("state", "bin", "home"):
        (machine / folder).mkdir(parents=True)
    made = Project(root, machine)
    for name in ESSENTIAL:
        found = shutil.which(name)
        assert found, f"{name} is essential"
        os.symlink(found, made.programs / name)
    for name, script in FAKES.items():
        made.fake(name, script)
    made.fake("id", "echo 0\n")
    made.write("VERSION", "1.2.3\n")
    made.write("requirements.txt", "pytest==1\n")
    made.write("requirements-test.txt", "reference==1\n")
    made.write("tools/setup/packages.txt",
               "g++  # compiles\n\n# Group\nold-name|new-name # names\n")
    made.write("course/chapter01_basics/03_automatic_differentiation.md", "a lesson\n")
    made.write("course/chapter02_models/01_sequential.md", "another\n")
    made.write("tools/course/course.py", "a program\n")
    made.write("tools/kernel/kernel.py", "a program\n")
    made.lines("installed", "bash")
    made.lines("available", "g++", "new-name")
    made.lines("ctest_output", "100% tests passed, 0 tests failed out of 57", "",
               "Total Test time (real) =   1.00 sec")
    made.lines("ctest_code", "0")
    return made
