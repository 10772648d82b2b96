#!/usr/bin/env python3
"""Builds with sanitizers (a preset: asan, tsan) and runs tests."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sources import PROJECT


def commands(options: argparse.Namespace, ccache: str | None) -> list[list[str]]:
    """Configure, build, test: what is run, in order."""
    jobs = str(options.jobs)
    launchers = [f"-DCMAKE_{language}_COMPILER_LAUNCHER={ccache}"
                 for language in ("C", "CXX") if ccache]
    build = ["cmake", "--build", "--preset", options.preset, "--parallel", jobs]
    if options.target:
        build += ["--target", *options.target]
    test = ["ctest", "--preset", options.preset, "--parallel", jobs, "--no-tests=error"]
    if options.tests:
        test += ["--tests-regex", options.tests]
    return [["cmake", "--preset", options.preset, *launchers], build, test]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--root", type=Path, default=PROJECT)
    arguments.add_argument("--preset", default="asan", choices=["asan", "tsan"],
                           help="memory errors and undefined behaviour, or data races")
    arguments.add_argument("--target", action="append",
                           help="what to build (default: what the preset builds)")
    arguments.add_argument("--tests", help="which tests to run: a regular expression")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    for command in commands(options, shutil.which("ccache")):
        print("+", *command, flush=True)
        code = subprocess.run(command, cwd=options.root, check=False).returncode
        if code != 0:
            print(f"sanitize: {command[0]} failed with exit code {code}", file=sys.stderr)
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
