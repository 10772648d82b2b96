"""Writes kernel.json, which tells Jupyter how to start the kernel.

    python -m saem_kernel.install --prefix .venv --engine build/release/tools/kernel/saem-engine \\
        -I include --include saem/saem.hpp --include saem_kernel/prelude.hpp \\
        --pch build/release/tools/kernel/notebook.pch --library build/release/libsaem.so
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

PACKAGE_PARENT = Path(__file__).resolve().parent.parent


def engine_arguments(options: argparse.Namespace) -> list[str]:
    """The engine's command line; kernel.json carries it, so a notebook needs no environment."""
    arguments: list[str] = []
    for directory in options.include_directory:
        arguments += ["-I", str(Path(directory).resolve())]
    for header in options.include:
        arguments += ["-include", header]
    if options.pch:
        arguments += ["--pch", str(Path(options.pch).resolve())]
    for library in options.library:
        arguments += ["--library", str(Path(library).resolve())]
    for argument in options.compiler_argument:
        arguments += ["-X", argument]
    return arguments


def specification(options: argparse.Namespace) -> dict[str, object]:
    """The content of kernel.json."""
    return {
        "argv": [options.python, "-m", "saem_kernel", "-f", "{connection_file}"],
        "display_name": options.display_name,
        "language": "c++",
        "interrupt_mode": "signal",
        "metadata": {"debugger": False},
        "env": {
            "SAEM_ENGINE": str(Path(options.engine).resolve()),
            "SAEM_ENGINE_ARGUMENTS": json.dumps(engine_arguments(options)),
            "PYTHONPATH": str(PACKAGE_PARENT),
        },
    }


def main(arguments: list[str] | None = None) -> Path:
    """Installs the kernel and returns the path of its kernel.json."""
    parser = argparse.ArgumentParser(prog="python -m saem_kernel.install", description=__doc__)
    parser.add_argument("--prefix", required=True, help="the environment that Jupyter runs in")
    parser.add_argument("--engine", required=True, help="saem-engine")
    parser.add_argument("--python", default=sys.executable, help="has ipykernel")
    parser.add_argument("-I", dest="include_directory", action="append", default=[])
    parser.add_argument("--include", action="append", default=[], help="a header of every cell")
    parser.add_argument("--pch", help="the precompiled form of these headers")
    parser.add_argument("--library", action="append", default=[], help="a library of every cell")
    parser.add_argument("--compiler-argument", action="append", default=[])
    parser.add_argument("--name", default="saem")
    parser.add_argument("--display-name", default="C++ (saem)")
    options = parser.parse_args(arguments)
    directory = Path(options.prefix) / "share" / "jupyter" / "kernels" / options.name
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "kernel.json"
    path.write_text(json.dumps(specification(options), indent=2) + "\n")
    return path


if __name__ == "__main__":
    print(f"installed {main()}")
