"""Writes a run as notebooks, one a language, and tells whether stored ones are current."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from saem_course import prose
from saem_course.catalogue import Course, lesson_key
from saem_course.execution import Run
from saem_course.links import LinkError, resolve_link
from saem_course.made import Measured, made_markdown
from saem_course.model import LANGUAGES, CodeCell, CourseError, Language, Lesson, Prose

# Counted up when the tool writes notebooks differently, so that they are all built again.
FORMAT = 1
MAX_BYTES = 300_000


def lesson_hash(lesson: Lesson, version: str) -> str:
    """One hash of code, prose, saem's version and the form of the notebooks."""
    stuff = json.dumps([FORMAT, version, lesson.text], ensure_ascii=False)
    return hashlib.sha256(stuff.encode()).hexdigest()


def sources(lesson: Lesson, language: Language, measured: Sequence[Measured],
            course: Course) -> list[tuple[str, str]]:
    """(kind, source) of each notebook cell, kind being 'markdown' or 'code'."""
    values = {m.expression: m.value for m in measured if m.expression}

    def finished(text: str) -> str:
        replacement = {}
        for _, target in prose.links(text):
            try:
                replacement[target] = resolve_link(target, lesson.path, language, course.root)
            except LinkError as error:
                raise CourseError(f"{lesson.path}: {error}; {error.cure}") from error
        text = prose.replace_links(text, replacement)
        return prose.PLACEHOLDER.sub(lambda m: values.get(m["expression"], m[0]), text)

    cells = [("markdown", _title(lesson, language))]
    for block in lesson.blocks:
        if isinstance(block, CodeCell):
            cells.append(("code", block.source))
        elif isinstance(block, Prose):
            if block.language in (None, language):
                cells.append(("markdown", finished(block.text)))
        else:
            text = made_markdown(block, lesson, language, measured, course)
            cells.append(("markdown", text))
    return cells


def _title(lesson: Lesson, language: Language) -> str:
    other: Language = "en" if language == "ko" else "ko"
    name = lesson.notebook_path(other).name
    words = {"ko": f"[English]({name})", "en": f"[한국어]({name})"}
    return f"# {lesson.front.title[language]}\n\n{words[language]}"


def measured_values(run: Run) -> list[Measured]:
    return [Measured(v.expectation.expression, v.measured, v.cell) for v in run.verdicts]


def make_notebook(run: Run, language: Language, course: Course) -> Any:
    """The executed notebook of one language."""
    lesson = run.lesson
    measured = measured_values(run)
    results = iter(run.cells)
    notebook = nbformat.v4.new_notebook()
    # Ids by position: a rebuild without a change gives the same bytes but for the outputs.
    for position, (kind, source) in enumerate(sources(lesson, language, measured, course)):
        if kind == "markdown":
            cell = nbformat.v4.new_markdown_cell(source, id=f"text-{position:03}")
        else:
            result = next(results)
            cell = nbformat.v4.new_code_cell(
                source, id=f"code-{result.cell.number:03}", outputs=result.outputs,
                execution_count=result.cell.number,
                metadata={"saem": {"seconds": round(result.seconds, 3)}})
        notebook.cells.append(cell)
    key = lesson_key(lesson.path)
    notebook.metadata = nbformat.from_dict({
        "kernelspec": run.kernelspec,
        "language_info": run.language_info,
        "title": lesson.front.title[language],
        "saem": {
            "lesson": str(key) if key else lesson.path.stem,
            "language": language,
            "hash": lesson_hash(lesson, course.version),
            "version": course.version,
            "measured": [[m.expression, m.value, m.cell] for m in measured],
        },
    })
    nbformat.validate(notebook)
    return notebook


def notebook_bytes(notebook: Any) -> bytes:
    return (nbformat.writes(notebook, indent=1).rstrip("\n") + "\n").encode()


def check_size(notebook: Any, lesson: Lesson, limit: int = MAX_BYTES) -> None:
    """Notebooks are kept in the repository: a large one is an error that names its cause."""
    size = len(notebook_bytes(notebook))
    if size <= limit:
        return
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    sizes = [len(json.dumps(cell.outputs, ensure_ascii=False).encode()) for cell in code]
    largest = max(range(len(code)), key=lambda i: sizes[i])
    line = lesson.cells[largest].line
    raise CourseError(
        f"{lesson.path}:{line}: the notebook has {size:,} bytes, more than {limit:,}; cell "
        f"{largest + 1} alone puts out {sizes[largest]:,}: print less or draw a smaller picture")


def write_notebooks(run: Run, course: Course, folder: Path | None = None) -> list[Path]:
    """Writes both notebooks, or neither."""
    made = []
    for language in LANGUAGES:
        notebook = make_notebook(run, language, course)
        check_size(notebook, run.lesson)
        made.append((run.lesson.notebook_path(language, folder), notebook_bytes(notebook)))
    for path, content in made:
        temporary = path.with_name(path.name + ".part")
        temporary.write_bytes(content)
        temporary.replace(path)
    return [path for path, _ in made]


def why_not_current(lesson: Lesson, course: Course) -> str | None:
    """None if both stored notebooks are what the source would give, else the reason."""
    wanted = lesson_hash(lesson, course.version)
    for language in LANGUAGES:
        path = lesson.notebook_path(language)
        if not path.is_file():
            return f"{path.name} is missing"
        try:
            notebook = nbformat.read(path, as_version=4)
            stored = notebook.metadata["saem"]
            measured = [Measured(*entry) for entry in stored["measured"]]
            if stored["hash"] != wanted:
                return f"{path.name} was built from another source or version"
        except Exception as error:  # a damaged notebook fails in many ways; each means: rebuild
            return f"{path.name} cannot be read ({type(error).__name__})"
        present = [(cell.cell_type, cell.source) for cell in notebook.cells]
        if present != sources(lesson, language, measured, course):
            return f"{path.name} was changed by hand"
    return None
