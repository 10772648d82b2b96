#!/usr/bin/env python3
"""Writes docs/OPS.md: every op and every function made of ops, one row each.

reference.py PROGRAM            writes the page
reference.py PROGRAM --check    fails if the page is not what it would write

Formula, gradient and TensorFlow's name come from the docstrings of include/saem/ops, dtypes and
devices from the op table: PROGRAM is saem-parity, which runs each op's first parity case with
every dtype.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "OPS.md"
sys.path[:0] = [str(ROOT / "tools" / "checks"), str(ROOT / "tests" / "parity")]

import declare  # noqa: E402
import header_reader  # noqa: E402
import probe  # noqa: E402

# Ops that are called by another name than their own.
FUNCTIONS = {
    "complex_abs": "abs", "mirror_pad": "pad", "random_seed": "next_seed",
    "stateless_random_normal": "stateless_normal", "stateless_random_uniform": "stateless_uniform",
    "stateless_random_uniform_int": "stateless_uniform",
    "stateless_random_uniform_full_int": "stateless_uniform_full_int",
}
GROUPS = [("floating point", declare.FLOATS), ("integers", declare.INTS), ("bool", declare.BOOL),
          ("complex", declare.COMPLEX)]


@dataclasses.dataclass
class Entry:
    """What a docstring says."""

    header: str
    formula: str
    gradient: str
    source: str


# Ops that methods of Tensor and Variable call.
METHODS = {
    "contiguous": Entry("tensor", "The same elements in row-major order without gaps: "
                        "`x.contiguous()`", "dy", ""),
    "strided_slice": Entry("tensor", "A row, column or box, as a view: `x(0, tf::slice(1, 3))`",
                           "dy put into zeros of x's shape", "tf.strided_slice"),
    "strided_slice_update": Entry("tensor", "A tensor with a box of it replaced: "
                                  "`variable(0).assign(y)`", "dy outside of the box for the "
                                  "tensor, inside for the value",
                                  "tf.raw_ops.TensorStridedSliceUpdate"),
}


def sentence(lines: list[str]) -> str:
    """The first sentence, where an abbreviation or a decimal point ends none."""
    text = " ".join(lines)
    end = re.search(r"(?<!i\.e)(?<!e\.g)\.(?= [A-Z@]|$)", text)
    return text[:end.start()] if end else text


def read_docstring(header: str, doc: list[str]) -> Entry:
    text = " ".join(doc)
    summary: list[str] = []
    for line in doc:
        if not line or line.startswith("@"):
            break
        summary.append(line)
    gradient = re.search(r"Gradient: (.*?)\.(?:  | Source|  Source| @code|$)", text)
    source = re.search(r"Source: (tf\.[A-Za-z0-9_.]*[A-Za-z0-9_])", text)
    return Entry(header, sentence(summary), gradient[1].strip() if gradient else "",
                 source[1] if source else "")


def entries() -> dict[str, Entry]:
    """By function name; the first of overloads."""
    found: dict[str, Entry] = {}
    for path in sorted((ROOT / "include" / "saem" / "ops").glob("*.hpp")):
        for declaration in header_reader.declarations(path.read_text(encoding="utf-8")):
            if (declaration.kind == "function" and declaration.in_class is None and declaration.doc
                    and not declaration.name.startswith("operator")):
                found.setdefault(declaration.name, read_docstring(path.stem, declaration.doc))
    return found


def gpu_kernels() -> set[str]:
    """Ops that the GPU backend says it has kernels for, built or not."""
    text = "".join(path.read_text(encoding="utf-8")
                   for path in sorted((ROOT / "src" / "cuda").glob("*.c*")))
    return set(re.findall(r'register_kernel\("(\w+)", DeviceType::kGPU', text))


def dtypes_in_words(names: set[str]) -> str:
    words = []
    for word, group in GROUPS:
        inside = [name for name in group if name in names]
        if len(inside) == len(group):
            words.append(word)
        else:
            words += inside
    return ", ".join(words)


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def row(name: str, entry: Entry, op: dict[str, object] | None, dtypes: set[str],
        gpu: set[str]) -> str:
    if op is None:
        devices = "made of ops"
    else:
        cpu = str(op["cpu"])
        on_gpu = "kernel" if name in gpu else cpu if cpu != "kernel" else (
            "composition" if op["composition"] else "")
        devices = f"CPU {cpu}" + (f", GPU {on_gpu}" if on_gpu else "")
    if op is not None and not op["differentiable"]:
        gradient = "none"
    else:
        gradient = entry.gradient
    source = f"`{entry.source}`" if entry.source else ""
    return (f"| `{name}` | {cell(entry.formula)} | {dtypes_in_words(dtypes)} | {devices} | "
            f"{cell(gradient)} | {source} |")


def page(program: Path) -> str:
    listing = subprocess.run([program, "ops"], capture_output=True, text=True, check=True).stdout
    table = {op["name"]: op for op in json.loads(listing) if not op["backward"]}
    # A function that is no op and none of TensorFlow's is a help for ops, not for users.
    described = {name: entry for name, entry in entries().items()
                 if name in table or name in FUNCTIONS.values() or entry.source}
    dtypes = probe.accepted_dtypes(program)
    gpu = gpu_kernels()
    of_op: dict[str, Entry] = {}
    for name in table:
        of_op[name] = METHODS.get(name) or described[FUNCTIONS.get(name, name)]
    rows: dict[str, list[str]] = {}
    for name, entry in sorted((described | of_op).items()):
        rows.setdefault(entry.header, []).append(
            row(name, entry, table.get(name), dtypes.get(name, set()), gpu))
    lines = ["# All ops", "",
             f"{len(table)} ops and {len(described | of_op) - len(table)} functions made of them.",
             "Written by `tools/reference/reference.py` from the docstrings in `include/saem/ops`,",
             "the op table and `tests/parity`, by which the dtypes were tried; do not edit.", ""]
    for header in sorted(rows):
        lines += [f"## {header}", "", "| name | what | dtypes | devices | gradient | TensorFlow |",
                  "|---|---|---|---|---|---|", *rows[header], ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    text = page(arguments.program)
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not current; write it anew: tools/reference/reference.py "
          f"{arguments.program}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
