"""The glossary: one concept, one Korean term, and the variants that the course does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from saem_course.model import Problem
from saem_course.prose import bare

HEADER = ("english", "korean", "not used", "meaning")


@dataclass(frozen=True)
class Term:
    english: str
    korean: str
    variants: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Glossary:
    path: Path
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()

    def find(self, english: str) -> Term | None:
        return next((t for t in self.terms if t.english.lower() == english.lower()), None)

    def misused(self, text: str) -> Iterator[tuple[int, str, Term]]:
        """(line offset, variant, its term) for each unused variant found in Korean prose."""
        # A variant may be part of a right term ('경사' in '경사 하강법'), so right terms go first.
        clean = bare(text)
        for korean in sorted({term.korean for term in self.terms}, key=len, reverse=True):
            clean = clean.replace(korean, "\0" * len(korean))
        for term in self.terms:
            for variant in term.variants:
                for match in re.finditer(re.escape(variant), clean):
                    yield clean.count("\n", 0, match.start()), variant, term


def read_glossary(path: Path) -> Glossary:
    """Reads the tables `| English | Korean | Not used | Meaning |` of `glossary.md`."""
    if not path.is_file():
        cure = "write it: a table English | Korean | Not used | Meaning"
        return Glossary(path, problems=(Problem(path, 1, "there is no glossary", cure),))
    terms: list[Term] = []
    problems: list[Problem] = []
    owner: dict[str, Term] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            continue
        fields = [field.strip() for field in line.strip().strip("|").split("|")]
        if tuple(f.lower() for f in fields) == HEADER or set("".join(fields)) <= set("-: "):
            continue
        if len(fields) != 4 or not fields[0] or not fields[1]:
            problems.append(Problem(path, number, "a row without its four fields",
                                    "write | English | Korean | variants or nothing | meaning |"))
            continue
        variants = tuple(v.strip() for v in fields[2].split(",") if v.strip())
        term = Term(fields[0], fields[1], variants, number)
        for name in (term.english.lower(), term.korean):
            if name in owner and owner[name].english != term.english:
                problems.append(Problem(
                    path, number, f"'{name}' already stands in line {owner[name].line}",
                    "one concept, one term: merge the rows or choose another word"))
            owner.setdefault(name, term)
        terms.append(term)
    for term in terms:
        for variant in term.variants:
            if variant in owner:
                problems.append(Problem(
                    path, term.line, f"'{variant}' is both a term and a variant not used",
                    f"decide: line {owner[variant].line} has it as a term"))
    return Glossary(path, tuple(terms), tuple(problems))
