"""Reads a lesson's Markdown source. It goes on after a mistake, so that one run shows them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from saem_course.expectations import FORMS, parse_expectation
from saem_course.model import (
    LANGUAGES, Block, CodeCell, CourseError, FrontMatter, Lesson, MadeBlock, Problem, Prose,
)

_FENCE = re.compile(r"^(?P<mark>```+|~~~+)\s*(?P<info>\S*)\s*$")
_DIRECTIVE = re.compile(r"^:::\s*(?P<kind>\S*)\s*$")
_EXPECT = re.compile(r"^\s*//\s*expect\b(?P<rest>.*)$")
_MADE = ("card", "expectations")


def read_lesson(path: Path) -> Lesson:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_lesson(text, path)


def parse_lesson(text: str, path: Path) -> Lesson:
    return _Parser(text, path).parse()


class _Parser:
    def __init__(self, text: str, path: Path) -> None:
        self.text = text.replace("\r\n", "\n")
        self.lines = self.text.split("\n")
        self.path = path
        self.position = 0
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.cells = 0

    def parse(self) -> Lesson:
        front = self._front_matter()
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if directive := _DIRECTIVE.match(line):
                self._directive(directive["kind"])
            elif (fence := _FENCE.match(line)) and fence["info"] == "cpp":
                self._code(fence["mark"])
            else:
                self._shared()
        return Lesson(self.path, self.text, front, tuple(self.blocks), tuple(self.problems))

    def _problem(self, index: int, what: str, cure: str) -> None:
        self.problems.append(Problem(self.path, index + 1, what, cure))

    def _front_matter(self) -> FrontMatter:
        if not self.lines or self.lines[0].strip() != "---":
            self._problem(0, "no front matter", "begin the file with '---', YAML, '---'")
            return FrontMatter()
        end = next((i for i, s in enumerate(self.lines[1:], 1) if s.strip() == "---"), None)
        if end is None:
            self._problem(0, "the front matter does not end", "close it with a line '---'")
            self.position = 1
            return FrontMatter()
        self.position = end + 1
        try:
            raw = yaml.safe_load("\n".join(self.lines[1:end])) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            index = 1 + mark.line if mark else 1
            self._problem(index, f"front matter is not YAML: {getattr(error, 'problem', error)}",
                          "mind the indentation, and quote text that holds ': '")
            return FrontMatter()
        if not isinstance(raw, dict):
            self._problem(1, "front matter is no mapping", "write 'key: value' lines")
            return FrontMatter()
        return self._fields(raw)

    def _fields(self, raw: dict[str, Any]) -> FrontMatter:
        def index_of(key: str) -> int:
            return next((i for i, s in enumerate(self.lines) if s.startswith(f"{key}:")), 0)

        def mapping(key: str, names: tuple[str, ...], kind: type) -> dict[str, Any]:
            value = raw.get(key)
            if isinstance(value, str) and kind is str and key == "data":
                return {name: value for name in names}
            good = isinstance(value, dict) and set(value) == set(names)
            if good and all(isinstance(value[name], kind) for name in names):
                return dict(value)
            wanted = ", ".join(f"{name}: <{kind.__name__}>" for name in names)
            self._problem(index_of(key), f"front matter '{key}' is missing or incomplete",
                          f"write {key}: {{{wanted}}}")
            return {}

        def texts(key: str) -> tuple[str, ...]:
            value = raw.get(key, [])
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                return tuple(value)
            self._problem(index_of(key), f"front matter '{key}' is no list of texts",
                          f"write {key}: [\"...\"] ([] if there are none)")
            return ()

        known = {"title", "minutes", "needs", "data", "papers", "terms"}
        for key in sorted(set(raw) - known, key=str):
            self._problem(index_of(str(key)), f"front matter has an unknown key '{key}'",
                          f"known are {', '.join(sorted(known))}")
        return FrontMatter(
            title=mapping("title", LANGUAGES, str),
            minutes=mapping("minutes", ("read", "run", "practise"), int),
            data=mapping("data", LANGUAGES, str),
            needs=texts("needs"), papers=texts("papers"), terms=texts("terms"), raw=raw)

    def _directive(self, kind: str) -> None:
        start = self.position
        self.position += 1
        if kind == "":
            self._problem(start, "':::' closes nothing", "delete it, or open a block above it")
            return
        body = self._body(start, kind)
        if kind in LANGUAGES:
            self.blocks.append(Prose(start + 2, "\n".join(body).strip("\n"), kind))
        elif kind in _MADE:
            if any(line.strip() for line in body):
                self._problem(start, f"'::: {kind}' holds text",
                              "leave it empty: the tool fills it")
            self.blocks.append(MadeBlock(start + 1, kind))
        else:
            self._problem(start, f"unknown block '::: {kind}'",
                          "use ko, en, card or expectations")

    def _body(self, start: int, kind: str) -> list[str]:
        """The lines up to the closing ':::'; fences inside are passed over."""
        body: list[str] = []
        fence = ""
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if match := _FENCE.match(line):
                if not fence:
                    fence = match["mark"]
                    if match["info"] == "cpp":
                        self._problem(self.position, f"a cpp cell inside '::: {kind}'",
                                      "close the block first: code belongs to no language")
                elif line.strip() == fence:
                    fence = ""
            elif not fence and (directive := _DIRECTIVE.match(line)):
                if directive["kind"] == "":
                    self.position += 1
                    return body
                break
            body.append(line)
            self.position += 1
        self._problem(start, f"'::: {kind}' is not closed", "end it with a line ':::'")
        return body

    def _code(self, mark: str) -> None:
        start = self.position
        self.position += 1
        source: list[str] = []
        expectations = []
        closed = False
        while self.position < len(self.lines):
            line = self.lines[self.position]
            self.position += 1
            if line.strip() == mark:
                closed = True
                break
            if match := _EXPECT.match(line):
                try:
                    expectations.append(parse_expectation(match["rest"], self.position))
                except ValueError as error:
                    self._problem(self.position - 1, str(error), FORMS)
            else:
                source.append(line)
        if not closed:
            self._problem(start, "the cell is not closed", f"end it with a line '{mark}'")
        self.cells += 1
        code = "\n".join(source).strip("\n").rstrip()
        self.blocks.append(CodeCell(start + 1, self.cells, code, tuple(expectations)))

    def _shared(self) -> None:
        """Markdown outside all blocks: formulas and figures that both languages show."""
        start = self.position
        body: list[str] = []
        fence = ""
        while self.position < len(self.lines):
            line = self.lines[self.position]
            if match := _FENCE.match(line):
                if not fence and match["info"] == "cpp":
                    break
                fence = "" if fence and line.strip() == fence else fence or match["mark"]
            elif not fence and _DIRECTIVE.match(line):
                break
            if _EXPECT.match(line):
                self._problem(self.position, "'//expect' outside a cell",
                              "move it into the cell it belongs to, as its last line")
            body.append(line)
            self.position += 1
        text = "\n".join(body)
        if text.strip():
            lead = len(text) - len(text.lstrip("\n"))
            self.blocks.append(Prose(start + 1 + lead, text.strip("\n")))
