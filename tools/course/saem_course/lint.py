"""What can be wrong with a lesson before it runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from saem_course import prose
from saem_course.catalogue import Course, lesson_key
from saem_course.expectations import NUMBER
from saem_course.formulas import FormulaError, to_mathml
from saem_course.links import LinkError, resolve_link
from saem_course.model import (
    LANGUAGES, CodeCell, Lesson, MadeBlock, Problem, Prose, Severity,
)

SECTIONS = range(13)  # the card is section 0, the summary section 12
MAX_CELL_LINES = 25
# Wider lines are cut off where JupyterLab and the page show a cell.
MAX_CELL_COLUMNS = 84
CELL_COUNT = range(18, 29)
WORD_COUNT = range(1200, 1901)

Rule = Callable[[Lesson, Course], Iterator[Problem]]


def lint(lesson: Lesson, course: Course) -> list[Problem]:
    """Every problem of the lesson, in the order of its lines."""
    problems = list(lesson.problems)
    for rule in RULES:
        problems += rule(lesson, course)
    return sorted(problems, key=lambda p: (p.line, p.severity.value, p.what))


def _warning(lesson: Lesson, line: int, what: str, cure: str) -> Problem:
    return Problem(lesson.path, line, what, cure, Severity.WARNING)


def pairs(lesson: Lesson) -> Iterator[tuple[Prose, Prose]]:
    """The adjacent ko/en blocks; a lone block is in no pair."""
    for first, second in zip(lesson.blocks, lesson.blocks[1:]):
        if isinstance(first, Prose) and isinstance(second, Prose):
            if (first.language, second.language) == LANGUAGES:
                yield first, second


def pairs_complete(lesson: Lesson, course: Course) -> Iterator[Problem]:
    paired = {id(block) for pair in pairs(lesson) for block in pair}
    for block in lesson.blocks:
        if isinstance(block, Prose) and block.language and id(block) not in paired:
            other = "en" if block.language == "ko" else "ko"
            place = "after" if block.language == "ko" else "before"
            yield Problem(lesson.path, block.line, f"'::: {block.language}' has no '::: {other}'",
                          f"write '::: {other}' directly {place} it")
        elif isinstance(block, Prose) and block.language and not block.text.strip():
            yield Problem(lesson.path, block.line, f"'::: {block.language}' is empty",
                          "write its text")


def same_shape(lesson: Lesson, course: Course) -> Iterator[Problem]:
    """Both languages have the same headings and link to the same places."""
    for korean, english in pairs(lesson):
        levels = [[level for _, level, _ in prose.headings(p.text)] for p in (korean, english)]
        if levels[0] != levels[1]:
            yield Problem(lesson.path, english.line,
                          f"headings differ: ko has levels {levels[0]}, en {levels[1]}",
                          "give both languages the same headings")
        numbers = [[prose.section_numbers(text) for _, level, text in prose.headings(p.text)
                    if level == 2] for p in (korean, english)]
        if levels[0] == levels[1] and numbers[0] != numbers[1]:
            yield Problem(lesson.path, english.line, "section numbers differ between ko and en",
                          "number the sections alike")
        targets = [Counter(target for _, target in prose.links(p.text)) for p in (korean, english)]
        for language, extra in (("ko", targets[0] - targets[1]), ("en", targets[1] - targets[0])):
            for target in extra:
                other = "en" if language == "ko" else "ko"
                yield Problem(lesson.path, english.line, f"only {language} links to '{target}'",
                              f"add the link to {other} or take it out")


def sections_present(lesson: Lesson, course: Course) -> Iterator[Problem]:
    expected = 0
    for block in lesson.prose("en"):
        for offset, level, text in prose.headings(block.text):
            if level < 2:
                yield Problem(lesson.path, block.line + offset, "a heading of level 1 in the text",
                              "the title comes from the front matter; use '##'")
            numbers = prose.section_numbers(text) if level == 2 else None
            if level == 2 and numbers is None:
                yield Problem(lesson.path, block.line + offset, f"section '{text}' has no number",
                              "write '## N. Title', or '## N-M. Title' for merged sections")
            if numbers is None:
                continue
            if numbers.start != expected:
                yield Problem(lesson.path, block.line + offset,
                              f"section {numbers.start} stands where {expected} belongs",
                              "keep the template's order; merge sections as '## N-M. Title'")
            expected = numbers.stop
    if expected != SECTIONS.stop:
        yield Problem(lesson.path, len(lesson.text.split("\n")),
                      f"the lesson ends before section {expected}",
                      "sections 0 (card) to 12 (summary) must be there")
    kinds = Counter(block.kind for block in lesson.blocks if isinstance(block, MadeBlock))
    for kind, place in (("card", "section 0"), ("expectations", "section 9")):
        if kinds[kind] != 1:
            yield Problem(lesson.path, 1, f"'::: {kind}' stands {kinds[kind]} times",
                          f"put it once, in {place}")


def sizes(lesson: Lesson, course: Course) -> Iterator[Problem]:
    for cell in lesson.cells:
        lines = len(cell.source.split("\n"))
        if not cell.source:
            yield Problem(lesson.path, cell.line, f"cell {cell.number} is empty",
                          "fill or delete it")
        elif lines > MAX_CELL_LINES:
            yield Problem(lesson.path, cell.line,
                          f"cell {cell.number} has {lines} lines, more than {MAX_CELL_LINES}",
                          "split it: one idea a cell")
        for number, line in _numbered(lesson, cell):
            if len(line) > MAX_CELL_COLUMNS:
                yield Problem(lesson.path, number,
                              f"a code line of {len(line)} columns, more than {MAX_CELL_COLUMNS}",
                              "break it: the rest would be cut off on the page")
    count = len(lesson.cells)
    if count not in CELL_COUNT:
        yield _warning(lesson, 1, f"{count} code cells",
                       f"{CELL_COUNT.start} to {CELL_COUNT.stop - 1} is the measure")
    words = sum(prose.word_count(block.text) for block in lesson.prose("en"))
    if words not in WORD_COUNT:
        yield _warning(lesson, 1, f"{words} English words",
                       f"{WORD_COUNT.start} to {WORD_COUNT.stop - 1} is the measure")


def _numbered(lesson: Lesson, cell: CodeCell) -> Iterator[tuple[int, str]]:
    """A cell's lines with their places in the source, whose //expect lines the cell has not."""
    lines = lesson.text.split("\n")
    place = cell.line - 1
    for code in cell.source.split("\n"):
        place = lines.index(code, place) + 1
        yield place, code


def formulas_shown(lesson: Lesson, course: Course) -> Iterator[Problem]:
    # Pairs have the same formulas mostly, but each may have its own mistake.
    for block in lesson.blocks:
        if isinstance(block, Prose):
            for offset, tex, display in prose.formulas(block.text):
                try:
                    to_mathml(tex, display)
                except FormulaError as error:
                    yield Problem(lesson.path, block.line + offset, str(error),
                                  "write it in plain TeX mathematics")


def korean_style(lesson: Lesson, course: Course) -> Iterator[Problem]:
    for block in lesson.prose("ko"):
        for offset, word in prose.polite_sentences(block.text):
            yield Problem(lesson.path, block.line + offset, f"the sentence ends in '{word}'",
                          "the course's Korean ends in plain '~다'")


def glossary_kept(lesson: Lesson, course: Course) -> Iterator[Problem]:
    for block in lesson.prose("ko"):
        for offset, variant, term in course.glossary.misused(block.text):
            yield Problem(lesson.path, block.line + offset, f"'{variant}' is not the course's term",
                          f"write '{term.korean}' ({term.english}), as {course.glossary.path.name} "
                          "has it")


def new_terms(lesson: Lesson, course: Course) -> Iterator[Problem]:
    """A term the lesson introduces has its English in parentheses where it first stands."""
    for name in lesson.front.terms:
        term = course.glossary.find(name)
        if term is None:
            yield Problem(lesson.path, 1, f"new term '{name}' is not in the glossary",
                          f"add a row to {course.glossary.path.name}")
            continue
        for block in lesson.prose("ko"):
            text = prose.bare(block.text)
            body = re.sub(r"^#.*$", lambda m: " " * len(m[0]), text, flags=re.MULTILINE)
            place = body.find(term.korean)
            if place < 0:
                continue
            after = body[place + len(term.korean):]
            if not re.match(rf"\W{{0,3}}\({re.escape(term.english)}", after, re.IGNORECASE):
                yield Problem(lesson.path, block.line + body.count("\n", 0, place),
                              f"'{term.korean}' stands first without its English",
                              f"write '{term.korean}({term.english})' here")
            break
        else:
            yield Problem(lesson.path, 1, f"new term '{name}' is nowhere in the Korean text",
                          f"use '{term.korean}' or take it out of 'terms'")


def numbers_owned(lesson: Lesson, course: Course) -> Iterator[Problem]:
    """A number that an //expect owns is not repeated by hand: it would go stale unseen."""
    owner = {}
    for expectation in lesson.expectations:
        for bound in () if expectation.is_text else expectation.bounds:
            # One- and two-digit whole numbers mean too many other things.
            if re.fullmatch(NUMBER, bound) and ("." in bound or len(bound.strip("+-")) > 2):
                owner.setdefault(bound.lstrip("+-"), expectation)
    known = {e.expression for e in lesson.expectations if not e.is_text}
    for block in lesson.blocks:
        if not isinstance(block, Prose):
            continue
        text = prose.bare(block.text)
        for match in re.finditer(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\d])", text):
            expectation = owner.get(match[0].replace(",", ""))
            if expectation:
                yield Problem(lesson.path, block.line + text.count("\n", 0, match.start()),
                              f"{match[0]} belongs to the //expect of line {expectation.line}",
                              f"write {{{{{expectation.expression}}}}} for the measured value")
        for match in prose.PLACEHOLDER.finditer(prose.without_code(block.text)):
            if match["expression"] not in known:
                yield Problem(lesson.path, block.line + block.text.count("\n", 0, match.start()),
                              f"no //expect measures '{match['expression']}'",
                              "add one, or mend the placeholder")


def seeds_set(lesson: Lesson, course: Course) -> Iterator[Problem]:
    """`seed=7` is a promise that the numbers came from seed 7."""
    seeds: set[int] = set()
    for cell in lesson.cells:
        seeds |= {int(n) for n in re.findall(r"\bset_seed\((\d+)\)", cell.source)}
        for expectation in cell.expectations:
            if expectation.seed is not None and expectation.seed not in seeds:
                yield Problem(lesson.path, expectation.line,
                              f"no cell up to here sets seed {expectation.seed}",
                              f"call tf::random::set_seed({expectation.seed}) first")


def errors_alone(lesson: Lesson, course: Course) -> Iterator[Problem]:
    """A cell that must fail has no value afterwards that could be asked for."""
    for cell in lesson.cells:
        relations = {e.relation for e in cell.expectations}
        if "error" in relations and len(relations) > 1:
            yield Problem(lesson.path, cell.line, "an expected error beside other expectations",
                          "put the failing code into its own cell")


def links_exist(lesson: Lesson, course: Course) -> Iterator[Problem]:
    # Pairs have the same links, so the Korean side would only double each message.
    for block in lesson.blocks:
        if isinstance(block, Prose) and block.language != "ko":
            for offset, target in prose.links(block.text):
                try:
                    resolve_link(target, lesson.path, "en", course.root)
                except LinkError as error:
                    yield Problem(lesson.path, block.line + offset, str(error), error.cure)


def needs_earlier(lesson: Lesson, course: Course) -> Iterator[Problem]:
    own = lesson_key(lesson.path)
    for need in lesson.front.needs:
        match = re.fullmatch(r"chapter(\d\d)/(\d\d)", need)
        if not match:
            yield Problem(lesson.path, 1, f"'needs' names '{need}'", "write it as chapter01/02")
        elif own and (int(match[1]), int(match[2])) >= (own.chapter, own.number):
            yield Problem(lesson.path, 1, f"'needs' names {need}, which comes later",
                          "a lesson needs only earlier lessons")


def expectations_there(lesson: Lesson, course: Course) -> Iterator[Problem]:
    if lesson.cells and not lesson.expectations:
        yield Problem(lesson.path, lesson.cells[0].line, "no //expect in the whole lesson",
                      "state what must come out, e.g. //expect accuracy in [0.86, 0.90]")


RULES: tuple[Rule, ...] = (
    pairs_complete, same_shape, sections_present, sizes, formulas_shown, korean_style,
    glossary_kept, new_terms, numbers_owned, seeds_set, errors_alone, links_exist, needs_earlier,
    expectations_there,
)
