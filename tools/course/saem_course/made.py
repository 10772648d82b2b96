"""The parts of a lesson that the tool writes: the card's facts and 'What you should see'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saem_course.catalogue import Course, LessonKey, lesson_key
from saem_course.model import Language, Lesson, MadeBlock


@dataclass(frozen=True)
class Measured:
    """What an expectation's expression was in the run that made the notebook."""

    expression: str
    value: str
    cell: int


def made_markdown(block: MadeBlock, lesson: Lesson, language: Language,
                  measured: Sequence[Measured], course: Course) -> str:
    if block.kind == "card":
        return _card(lesson, language, course)
    return _expectations(lesson, language, measured)


def _card(lesson: Lesson, language: Language, course: Course) -> str:
    front = lesson.front
    minutes = front.minutes
    needs = [_need(need, lesson, language, course) for need in front.needs]
    if language == "ko":
        time = (f"읽기 {minutes['read']}분, 실행 {minutes['run']}분, "
                f"연습 {minutes['practise']}분")
        names, nothing = ("시간", "데이터", "먼저 볼 강의", "논문"), "없음"
    else:
        time = (f"{minutes['read']} min to read, {minutes['run']} to run, "
                f"{minutes['practise']} to practise")
        names, nothing = ("Time", "Data", "Needs", "Paper"), "none"
    rows = (time, front.data[language], ", ".join(needs) or nothing,
            "; ".join(front.papers) or nothing)
    return "| | |\n|---|---|\n" + "\n".join(
        f"| **{name}** | {_escaped(row)} |" for name, row in zip(names, rows))


def _need(need: str, lesson: Lesson, language: Language, course: Course) -> str:
    """A link if the lesson is there, its number if it is still to be written."""
    chapter, number = need.removeprefix("chapter").split("/")
    key = LessonKey(int(chapter), int(number))
    for path in course.lessons():
        if lesson_key(path) == key:
            name = lesson_name = path.stem + (".ipynb" if language == "ko" else ".en.ipynb")
            if path.parent != lesson.path.parent:
                name = f"../{path.parent.name}/{lesson_name}"
            return f"[{need}]({name})"
    return need


def _expectations(lesson: Lesson, language: Language, measured: Sequence[Measured]) -> str:
    if language == "ko":
        head = ("셀", "값", "나와야 하는 값", "실행에서 나온 값", "시드")
    else:
        head = ("Cell", "Value", "Must be", "This run", "Seed")
    results = iter(measured)
    rows = []
    for cell in lesson.cells:
        for expectation in cell.expectations:
            result = next(results, None)
            value = result.value if result else ""
            name = f"`{expectation.expression}`" if expectation.expression else "–"
            if expectation.is_text:
                # The whole message stands under its cell; the table only says that it came.
                value = "✓"
            seed = "" if expectation.seed is None else str(expectation.seed)
            rows.append((f"[{cell.number}]", name, expectation.described(language), value, seed))
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_escaped(field) for field in row) + " |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")
