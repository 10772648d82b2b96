#!/usr/bin/env python3
"""Every C++ source is as the pinned clang-format writes it; with --fix it is made so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sources import PROJECT, Finding, cxx_files, finish, parser

WARNING = re.compile(r"^(.*):(\d+):\d+: (?:error|warning): code should be clang-formatted")


def pinned_version(requirements: Path) -> str:
    """The version that requirements.txt pins."""
    match = re.search(r"^clang-format==(\S+)", requirements.read_text(), re.MULTILINE)
    if match is None:
        raise SystemExit(f"format: {requirements} pins no clang-format")
    return match[1]


def find_clang_format(wanted: str, given: str | None) -> str:
    """The program beside this Python or in PATH; another version formats differently."""
    beside = Path(sys.executable).parent / "clang-format"
    program = given or (str(beside) if beside.exists() else shutil.which("clang-format"))
    if program is None:
        raise SystemExit(f"format: no clang-format; ./saem test installs {wanted} in .venv")
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"format: {program} does not run: {error}") from error
    if f"version {wanted}" not in said.stdout:
        raise SystemExit(f"format: {program} is {said.stdout.strip()}; {wanted} is needed: "
                         "run this with .venv/bin/python")
    return program


def check_file(program: str, path: Path, fix: bool) -> list[Finding]:
    if fix:
        subprocess.run([program, "-i", "--style=file", str(path)], check=True)
        return []
    ran = subprocess.run([program, "--dry-run", "--style=file", str(path)], capture_output=True,
                         text=True, check=False)
    # A file may be wrong in many lines: the first one and a count say enough.
    lines = [int(match[2]) for match in map(WARNING.match, ran.stderr.splitlines()) if match]
    if lines:
        return [Finding(path, lines[0], f"{len(lines)} places are not as clang-format writes them; "
                        "run .venv/bin/python tools/checks/format.py --fix")]
    if ran.returncode != 0:
        return [Finding(path, 1, f"clang-format failed: {ran.stderr.strip()}")]
    return []


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--fix", action="store_true", help="format the files")
    arguments.add_argument("--clang-format", help="the program (default: beside this Python)")
    arguments.add_argument("paths", nargs="*", type=Path, help="only these (default: all)")
    options = arguments.parse_args()
    root = options.root.resolve()
    program = find_clang_format(pinned_version(PROJECT / "requirements.txt"), options.clang_format)
    paths = [path.resolve() for path in options.paths] or cxx_files(root)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = pool.map(lambda path: check_file(program, path, options.fix), paths)
        return finish("format", len(paths), [found for each in findings for found in each], root)


if __name__ == "__main__":
    sys.exit(main())
