"""Links of a lesson: they are checked in the source and rewritten for the notebook.

In the source a link to saem's own code names a symbol, `../../src/autodiff/tape.cpp#gradient`,
because line numbers move; the notebook gets the line of the day. A link to another lesson names
its source, `04_x.md`; the notebook gets the notebook of the reader's language.
"""

from __future__ import annotations

import re
from pathlib import Path

from saem_course.model import Language

_SOURCE_SUFFIXES = {".hpp", ".cpp", ".h", ".cu", ".py", ".list", ".txt", ".cmake", ".md"}
_LESSON_NAME = re.compile(r"(?:\d\d|ex\d\d)_\w+\.md")


class LinkError(Exception):
    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


def resolve_link(target: str, lesson: Path, language: Language, root: Path) -> str:
    """The link as the notebook has it; LinkError if it leads nowhere."""
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", target) or target.startswith("#"):
        return target
    if not target:
        raise LinkError("a link without a target", "give it one")
    name, _, symbol = target.partition("#")
    path = (lesson.parent / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise LinkError(f"'{name}' leads out of the repository", "link to something inside it")
    if not path.exists():
        raise LinkError(f"'{name}' does not exist", "give it relative to the lesson's folder")
    if _LESSON_NAME.fullmatch(path.name):
        renamed = name.removesuffix(".md") + (".ipynb" if language == "ko" else ".en.ipynb")
        return renamed + (f"#{symbol}" if symbol else "")
    if symbol and path.suffix in _SOURCE_SUFFIXES - {".md"}:
        return f"{name}#L{_line_of(symbol, path)}"
    return target


def _line_of(symbol: str, path: Path) -> int:
    """Where the symbol stands first: its definition's own line in a file that defines it."""
    word = symbol.rsplit("::", 1)[-1]
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for wanted in (symbol, word):
        pattern = re.compile(rf"(?<![\w]){re.escape(wanted)}(?![\w])")
        for number, line in enumerate(lines, 1):
            if pattern.search(line) and not line.lstrip().startswith(("//", "#include", "*")):
                return number
    raise LinkError(f"'{path.name}' has no symbol '{symbol}'", "name one that stands in the file")
