#!/usr/bin/env python3
"""No source passes 600 lines (a lesson 900) or 100 columns; a Korean letter is one column."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

from sources import CXX_SUFFIXES, Finding, finish, parser, project_files

LINE_LIMIT = 600
# A lesson says everything twice, in Korean and in English, in one file.
LESSON_LINE_LIMIT = 900
LESSON = re.compile(r"course/chapter\d\d_\w+/\d\d_\w+\.md$")
COLUMN_LIMIT = 100

SUFFIXES = CXX_SUFFIXES | {".py", ".sh", ".cmake", ".md", ".txt", ".json", ".list", ".in",
                           ".toml", ".yml", ".yaml"}
NAMES = frozenset({"CMakeLists.txt", "saem", "run", "new_op", ".clang-format", ".clang-tidy"})

# Not written by hand, or not ours to write.
EXEMPT = frozenset({"LICENSE", "OPS.md", "requirements.txt", "requirements-test.txt"})
DATA_FOLDERS = frozenset({"fixtures", "golden", "testdata"})

# A Markdown table's row and a link cannot be broken over lines.
UNBREAKABLE_MARKDOWN = re.compile(r"""
    ^\s*\|                                  # a table's row
    | ^\s*(?:[-*]\s+|\d+\.\s+)?            # an item
      !?\[[^]]*\](?:\(|:\s)\S+\)?\S*$      # that is one link or picture
    """, re.VERBOSE)


def is_checked(path: Path, root: Path) -> bool:
    relative = path.relative_to(root)
    if relative.name in EXEMPT or DATA_FOLDERS.intersection(relative.parts):
        return False
    return path.suffix in SUFFIXES or path.name in NAMES


def columns(line: str) -> int:
    """Characters as they are read: a letter with its combining marks is one."""
    composed = unicodedata.normalize("NFC", line)
    return sum(not unicodedata.combining(character) for character in composed)


def check_file(path: Path) -> list[Finding]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        return [Finding(path, 1, f"is not UTF-8 ({error.reason} at byte {error.start})")]
    findings = []
    limit = LESSON_LINE_LIMIT if LESSON.search(path.as_posix()) else LINE_LIMIT
    if len(lines) > limit:
        findings.append(Finding(path, limit + 1, f"{len(lines)} lines, at most {limit}; "
                                "split the file by what it does"))
    for number, line in enumerate(lines, 1):
        width = columns(line)
        if width > COLUMN_LIMIT and not (path.suffix == ".md" and UNBREAKABLE_MARKDOWN.match(line)):
            findings.append(Finding(path, number, f"{width} columns, at most {COLUMN_LIMIT}; "
                                    "break the line"))
    return findings


def check(root: Path) -> tuple[int, list[Finding]]:
    """The number of files looked at, and what was found."""
    paths = [path for path in project_files(root) if is_checked(path, root)]
    return len(paths), [finding for path in paths for finding in check_file(path)]


def main() -> int:
    options = parser(__doc__).parse_args()
    root = options.root.resolve()
    checked, findings = check(root)
    return finish("sizes", checked, findings, root)


if __name__ == "__main__":
    sys.exit(main())
