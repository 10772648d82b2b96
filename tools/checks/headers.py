#!/usr/bin/env python3
"""Every public header compiles by itself, without a warning, with the compiler that is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sources import Finding, cxx_files, finish, parser

FLAGS = ("-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wshadow", "-Wpedantic", "-Werror")


def compile_alone(compiler: str, header: Path, name: str, include: list[Path]) -> list[Finding]:
    """Includes `name` twice: a header must need nothing before it and bear being seen again."""
    source = f"#include <{name}>\n#include <{name}>\n"
    search = [f"-I{folder}" for folder in include]
    ran = subprocess.run([compiler, *FLAGS, *search, "-x", "c++", "-"], input=source,
                         capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        return []
    errors = [line for line in ran.stderr.splitlines() if "error" in line]
    first = errors[0] if errors else ran.stderr.strip() or f"exit code {ran.returncode}"
    return [Finding(header, 1, f"{Path(compiler).name} does not take it by itself: {first}")]


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--compiler", required=True, help="such as g++ or clang++-19")
    arguments.add_argument("--include", action="append", type=Path, default=[],
                           help="a folder of generated public headers, searched too")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="compilers at a time")
    options = arguments.parse_args()
    if shutil.which(options.compiler) is None:
        raise SystemExit(f"headers: the compiler {options.compiler} is missing; "
                         "./saem test installs it")
    root = options.root.resolve()
    folder = root / "include"
    include = [folder, *options.include]
    headers = cxx_files(root, "include")

    def check(header: Path) -> list[Finding]:
        name = header.relative_to(folder).as_posix()
        return compile_alone(options.compiler, header, name, include)

    with ThreadPoolExecutor(options.jobs) as pool:
        findings = [found for each in pool.map(check, headers) for found in each]
    return finish(f"headers with {Path(options.compiler).name}", len(headers), findings, root)


if __name__ == "__main__":
    sys.exit(main())
