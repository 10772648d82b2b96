"""Compiles every example of the public headers and compares what it prints with what it says.

An example stands between `@code` and `@endcode` in a `///` comment, as C++ that may use the
namespaces of <saem/saem.hpp>. What it must print follows in `//` comments, compared without regard
to how white space is laid out, because long lines are wrapped. An example that promises nothing is
compiled but not run: it may need a data set or write a file.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = "@@@example "


ABSENT = "(the data set is not on this machine)"
# The one excuse: most machines have not every data set. Whatever else is thrown is a failure.
RUN = f"""static void run(void (*example)()) {{
  try {{
    example();
  }} catch (const saem::DataError&) {{
    std::cout << "{ABSENT}";
  }}
}}
"""


@dataclass
class Example:
    place: str
    code: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)


def is_open(text: str) -> bool:
    """Whether an expected text goes on: a wrapped line leaves its brackets open."""
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def split_comment(line: str) -> tuple[str, str]:
    """Code and trailing `//` comment; a `//` within a string is code."""
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"' and (at == 0 or line[at - 1] != "\\"):
            quoted = not quoted
        if not quoted and line.startswith("//", at):
            return line[:at].rstrip(), line[at + 2 :].strip()
    return line, ""


def parse(place: str, text: list[str]) -> Example:
    example = Example(place)
    for line in text:
        if example.expected and is_open(" ".join(example.expected)) and not line.startswith("//"):
            example.expected.append(line)
            continue
        code, comment = split_comment(line)
        if code:
            example.code.append(code)
        if comment:
            example.expected.append(comment)
    return example


def examples_of(path: Path) -> list[Example]:
    found: list[Example] = []
    block: list[str] | None = None
    place = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r"\s*/// ?(.*)", raw)
        if not match:
            assert block is None, f"{place}: @code without @endcode"
            continue
        line = match.group(1).strip()
        if "@code" in line and block is None:
            block, place = [], f"{path.relative_to(ROOT)}:{number}"
            line = line.split("@code", 1)[1].strip()
        if block is None:
            continue
        end = "@endcode" in line
        line = line.split("@endcode", 1)[0].strip()
        if line:
            block.append(line)
        if end:
            found.append(parse(place, block))
            block = None
    return found


def all_examples() -> list[Example]:
    headers = sorted((ROOT / "include").rglob("*.hpp"))
    return [example for header in headers for example in examples_of(header)]


def program(examples: list[Example]) -> str:
    lines = ["#include <saem/saem.hpp>", "#include <iostream>", ""]
    for number, example in enumerate(examples):
        lines += [f"[[maybe_unused]] static void example_{number}() {{  // {example.place}"]
        lines += example.code + ["}", ""]
    lines += [RUN, "int main() {"]
    for number, example in enumerate(examples):
        if example.expected:
            lines += [f'  std::cout << "\\n{MARK}{number}\\n";', f"  run(example_{number});"]
    return "\n".join(lines + ["}", ""])


def squeeze(text: str) -> str:
    """One space for each run of white space, none inside brackets where lines were wrapped."""
    return re.sub(r"\s+", " ", text).replace("[ ", "[").replace("( ", "(").strip()


def test_examples(tmp_path: Path) -> None:
    build = os.environ.get("SAEM_BUILD")
    assert build, "SAEM_BUILD must name the build folder"
    examples = all_examples()
    assert len(examples) > 20, "the headers have lost their examples"
    source = tmp_path / "examples.cpp"
    source.write_text(program(examples), encoding="utf-8")
    library = Path(build) / "src"
    compiler = os.environ.get("CXX", "c++")
    compiled = subprocess.run(
        [compiler, "-std=c++20", "-Wall", "-Wno-unused-variable", "-Wno-unused-but-set-variable",
         f"-I{ROOT / 'include'}", str(source), "-o", str(tmp_path / "examples"),
         f"-L{library}", "-lsaem", f"-Wl,-rpath,{library}"],
        capture_output=True, text=True, check=False,
    )
    assert compiled.returncode == 0, compiled.stderr[-6000:]
    ran = subprocess.run(
        [str(tmp_path / "examples")], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    printed = {}
    for part in ran.stdout.split(f"\n{MARK}")[1:]:
        number, _, text = part.partition("\n")
        printed[int(number)] = text
    wrong = []
    for number, example in enumerate(examples):
        if not example.expected or ABSENT in printed[number]:
            continue
        if squeeze(printed[number]) != squeeze(" ".join(example.expected)):
            wrong.append(
                f"{example.place}\n  says    {squeeze(' '.join(example.expected))}"
                f"\n  prints  {squeeze(printed[number])}"
            )
    assert not wrong, "\n".join(wrong)
    absent = sum(ABSENT in text for text in printed.values())
    assert absent <= 2, f"{absent} examples found no data; only those of MNIST may"


@pytest.mark.parametrize(
    ("lines", "code", "expected"),
    [
        (["f();  // 1 2"], ["f();"], ["1 2"]),
        (['g("http://x");  // [1,', "2]"], ['g("http://x");'], ["[1,", "2]"]),
        (["auto x = 1;", "h(x);", "// a", "// b"], ["auto x = 1;", "h(x);"], ["a", "b"]),
    ],
)
def test_parser(lines: list[str], code: list[str], expected: list[str]) -> None:
    example = parse("here", lines)
    assert example.code == code
    assert example.expected == expected
