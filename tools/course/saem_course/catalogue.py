"""The course as files: where lessons are, and which one a reader means."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from saem_course.glossary import Glossary, read_glossary
from saem_course.model import CourseError

_CHAPTER = re.compile(r"chapter(\d\d)_\w+")
_LESSON = re.compile(r"(\d\d)_\w+\.md")
_SHORT = re.compile(r"(?:ch|chapter)?0*(\d+)[./_-]0*(\d+)")


@dataclass(frozen=True, order=True)
class LessonKey:
    chapter: int
    number: int

    def __str__(self) -> str:
        return f"chapter{self.chapter:02}/{self.number:02}"


def lesson_key(path: Path) -> LessonKey | None:
    chapter = _CHAPTER.fullmatch(path.parent.name)
    lesson = _LESSON.fullmatch(path.name)
    return LessonKey(int(chapter[1]), int(lesson[1])) if chapter and lesson else None


@dataclass(frozen=True)
class Course:
    """`root` is the repository; lessons live in `course/chapterNN_name/NN_title.md`."""

    root: Path
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.root / "course")

    @cached_property
    def glossary(self) -> Glossary:
        return read_glossary(self.folder / "glossary.md")

    @cached_property
    def version(self) -> str:
        """saem's version, from the file that CMake reads too."""
        path = self.root / "VERSION"
        try:
            return path.read_text(encoding="utf-8").split()[0]
        except (OSError, IndexError) as error:
            raise CourseError(f"{path}: no version in it; it holds one line, as 0.1.0") from error

    def lessons(self) -> list[Path]:
        found = [p for p in self.folder.glob("chapter*/*.md") if lesson_key(p)]
        return sorted(found, key=lambda path: (lesson_key(path), path.name))

    def find(self, name: str) -> Path:
        """The lesson called `name`: a path, chapter01/03, ch01.03, or a unique part of its name."""
        lessons = self.lessons()
        for path in (Path(name), self.folder / name, self.root / name):
            if path.is_file() and path.suffix == ".md":
                return path.resolve()
        if match := _SHORT.fullmatch(name.lower()):
            key = LessonKey(int(match[1]), int(match[2]))
            matches = [path for path in lessons if lesson_key(path) == key]
        else:
            wanted = name.lower().removesuffix(".ipynb").removesuffix(".en").removesuffix(".md")
            matches = [p for p in lessons if wanted and wanted in self.name_of(p).lower()]
            exact = [p for p in matches if p.stem == wanted]
            matches = exact or matches
        if len(matches) == 1:
            return matches[0]
        if matches:
            listed = "".join(f"\n  {self.name_of(path)}" for path in matches)
            raise CourseError(f"'{name}' may be any of:{listed}")
        raise CourseError(f"no lesson '{name}'{self._near(name, lessons)}")

    def name_of(self, path: Path) -> str:
        """`chapter01_basics/03_automatic_differentiation`"""
        return f"{path.parent.name}/{path.stem}"

    def _near(self, name: str, lessons: list[Path]) -> str:
        names: dict[str, str] = {}
        for path in lessons:
            full = self.name_of(path)
            # People shorten: compare with the whole, the title, and each of its words.
            for part in (full, path.stem, path.stem[3:], *path.stem[3:].split("_"),
                         str(lesson_key(path))):
                names.setdefault(part, full)
        close = difflib.get_close_matches(name, names, n=5, cutoff=0.5)
        if close:
            unique = dict.fromkeys(names[part] for part in close)
            return "; did you mean:" + "".join(f"\n  {full}" for full in unique)
        if not lessons:
            return f"; there are none under {self.folder}"
        return "; there are:" + "".join(f"\n  {self.name_of(path)}" for path in lessons)
