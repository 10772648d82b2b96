"""What a lesson is made of, with the line each part came from.

Every part keeps its line because every message of the tool names one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from saem_course.expectations import Expectation

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, Language] = ("ko", "en")


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and how to put it right."""

    path: Path
    line: int
    what: str
    cure: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        prefix = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.path}:{self.line}: {prefix}{self.what}; {self.cure}"


@dataclass(frozen=True)
class Prose:
    """Markdown text; `language` is None for what both notebooks show."""

    line: int
    text: str
    language: Language | None = None


@dataclass(frozen=True)
class CodeCell:
    """One code cell; `number` counts from 1, as the notebook's `[n]` does."""

    line: int
    number: int
    source: str
    expectations: tuple[Expectation, ...] = ()


@dataclass(frozen=True)
class MadeBlock:
    """A place where the tool writes what it knows better than the author's hand."""

    line: int
    kind: Literal["card", "expectations"]


Block = Prose | CodeCell | MadeBlock


@dataclass(frozen=True)
class FrontMatter:
    title: dict[str, str] = field(default_factory=dict)
    minutes: dict[str, int] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    path: Path
    text: str
    front: FrontMatter
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def cells(self) -> list[CodeCell]:
        return [block for block in self.blocks if isinstance(block, CodeCell)]

    @property
    def expectations(self) -> list[Expectation]:
        return [expectation for cell in self.cells for expectation in cell.expectations]

    def prose(self, language: Language) -> list[Prose]:
        """The prose written in `language` alone."""
        return [b for b in self.blocks if isinstance(b, Prose) and b.language == language]

    def notebook_path(self, language: Language, folder: Path | None = None) -> Path:
        suffix = ".ipynb" if language == "ko" else ".en.ipynb"
        return (folder or self.path.parent) / (self.path.stem + suffix)


class CourseError(Exception):
    """Stops a command with one clear message; `problems` are printed before it."""

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []
