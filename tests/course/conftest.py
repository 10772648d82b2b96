"""A small repository with one lesson that passes every check, and cells a Python kernel runs.

The lesson's cells hold Python, so that the tool is tested before, and apart from, the C++ kernel.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tools" / "course"))

from saem_course.catalogue import Course  # noqa: E402
from saem_course.lint import lint  # noqa: E402
from saem_course.model import Lesson, Severity  # noqa: E402
from saem_course.source import parse_lesson  # noqa: E402

KERNEL = "python3"
TITLES = ("Card", "Problem", "Picture", "Formulas", "By hand", "From scratch", "The saem way",
          "Under the hood", "Experiment", "What you should see", "Mistakes", "Check", "Summary")

GLOSSARY = """# Glossary

| English | Korean | Not used | Meaning |
|---|---|---|---|
| gradient | 기울기 | 그래디언트, 경사 | slope of the loss |
| gradient descent | 경사 하강법 | 경사하강법 | steps against the gradient |
"""
FRONT = """---
title: {ko: 시험 강의, en: A test lesson}
minutes: {read: 5, run: 1, practise: 5}
needs: [chapter01/02]
data: {ko: 없음, en: none}
papers: ["Linnainmaa 1970"]
terms: [gradient]
---
"""
CELLS = {
    1: "x = 3.0\n//expect x == 3",
    4: "loss = x * x\nprint('loss', loss)\n//expect loss ~ 9.0 within 1e-9\n"
       "//expect output \"loss 9\"",
    8: "import random\ndef set_seed(seed): random.seed(seed)\nset_seed(7)\ny = random.random()\n"
       "//expect y in [0.32, 0.33] seed=7",
    10: "x / 0\n//expect error \"division by zero\"",
}


def lesson_text() -> str:
    parts = [FRONT]
    for number, title in enumerate(TITLES):
        korean = "기울기(gradient)를 구한다." if number == 0 else "기울기를 다시 본다."
        parts.append(f"::: ko\n## {number}. {title} 한글\n{korean} [코드](../../src/tape.cpp#grow)\n"
                     f":::\n::: en\n## {number}. {title}\n"
                     "We look. [code](../../src/tape.cpp#grow)\n"
                     ":::\n")
        if number == 0:
            parts.append("::: card\n:::\n")
        if number == 3:
            parts.append("$$y = x^2$$\n\n![flow](figures/flow.svg)\n")
        if number == 9:
            parts.append("::: expectations\n:::\n")
        if number in CELLS:
            parts.append(f"```cpp\n{CELLS[number]}\n```\n")
    return "\n".join(parts)


@dataclass
class Sandbox:
    root: Path
    lesson_path: Path

    @property
    def course(self) -> Course:
        """Read anew each time: tests change the files."""
        return Course(self.root)

    def lesson(self, text: str | None = None) -> Lesson:
        return parse_lesson(text or self.lesson_path.read_text(encoding="utf-8"), self.lesson_path)

    def write(self, text: str) -> None:
        self.lesson_path.write_text(text, encoding="utf-8")

    def change(self, old: str, new: str) -> str:
        """The lesson with one planted change; the old text must be there."""
        text = self.lesson_path.read_text(encoding="utf-8")
        assert old in text
        return text.replace(old, new, 1)

    def errors(self, text: str) -> list[str]:
        problems = lint(self.lesson(text), self.course)
        return [str(p) for p in problems if p.severity is Severity.ERROR]


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    folder = tmp_path / "course" / "chapter01_basics"
    (folder / "figures").mkdir(parents=True)
    (tmp_path / "src").mkdir()
    (tmp_path / "VERSION").write_text("0.1.0\n")
    (tmp_path / "src" / "tape.cpp").write_text("// grow is told here\n\nvoid grow() {}\n")
    (tmp_path / "course" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    (folder / "figures" / "flow.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    lesson = folder / "03_test_lesson.md"
    lesson.write_text(lesson_text(), encoding="utf-8")
    return Sandbox(tmp_path, lesson)
