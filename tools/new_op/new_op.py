"""Writes the floor files of a new op and its line in ops.list: `./saem new-op softplus`.

What is written compiles and runs: an elementwise op y = x with a kernel, a composition and six test
sections. Its `Values` test states what is still to be decided, and fails until it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent / "templates"
FLOORS = {
    "header.hpp.in": "include/saem/ops/{name}.hpp",
    "meaning.cpp.in": "src/ops/{name}.cpp",
    "cpu.cpp.in": "src/cpu/{name}.cpp",
    "test.cpp.in": "tests/ops/{name}_test.cpp",
}


class NewOpError(Exception):
    """What the user must mend."""


def check_name(root: Path, name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise NewOpError(f"'{name}' is no op name: small letters, digits and _, as in log_softmax")
    for line in (root / "src/ops/ops.list").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[:1] == [name]:
            raise NewOpError(f"{name} is in src/ops/ops.list already, in the floor file {words[1]}")
    for path in FLOORS.values():
        target = root / path.format(name=name)
        if target.exists():
            raise NewOpError(f"{target.relative_to(root)} exists already; choose another name")


def write_floors(root: Path, name: str) -> list[Path]:
    """Checks everything first, so that a refused name leaves nothing behind."""
    check_name(root, name)
    written = []
    for template, path in FLOORS.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8").replace("@name@", name)
        target = root / path.format(name=name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    ops_list = root / "src/ops/ops.list"
    text = ops_list.read_text(encoding="utf-8")
    ops_list.write_text(text.rstrip("\n") + f"\n{name:<15} {name}\n", encoding="utf-8")
    umbrella = root / "include/saem/saem.hpp"
    lines = umbrella.read_text(encoding="utf-8").splitlines()
    lines.append(f"#include <saem/ops/{name}.hpp>")
    includes = sorted({line for line in lines if line.startswith("#include")})
    first = next(i for i, line in enumerate(lines) if line.startswith("#include"))
    rest = [line for line in lines if not line.startswith("#include")]
    umbrella.write_text("\n".join(rest[:first] + includes + rest[first:]) + "\n", encoding="utf-8")
    return [*written, ops_list, umbrella]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./saem new-op", description=__doc__.splitlines()[0])
    parser.add_argument("name", help="the op's name, as TensorFlow writes it")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        for path in write_floors(arguments.root, arguments.name):
            print(f"wrote {path.relative_to(arguments.root)}")
    except NewOpError as error:
        print(f"new-op: {error}", file=sys.stderr)
        return 1
    print("Now say in them what the op is: docs/ADD_AN_OP.md tells what goes where.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
