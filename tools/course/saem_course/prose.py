"""Small questions about Markdown prose: its headings, links, words and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

_FENCED = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_DISPLAY_MATH = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_INLINE_MATH = re.compile(r"(?<![\\$])\$(?!\s)[^$\n]*?(?:\n[^$\n]+?)?(?<!\s)\$")
_HTML_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\((?P<target>[^()\s]*(?:\([^()]*\)[^()\s]*)*)\)")
_HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<text>.+?)\s*#*\s*$")
_SECTION = re.compile(r"^(?P<first>\d+)(?:\s*[-–,]\s*(?P<last>\d+))?\.\s")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*")
_SENTENCE_END = re.compile(r"(?P<word>[가-힣]+)(?=[.!?](?:\s|$|\)|\*))")
_POLITE = re.compile(r"(?:세요|어요|아요|해요|예요|에요|네요|지요|죠|군요|까요)$")
PLACEHOLDER = re.compile(r"\{\{\s*(?P<expression>[^{}]+?)\s*\}\}")


def _blank(match: re.Match[str]) -> str:
    """Spaces of the same size, so that positions and line numbers stay true."""
    return re.sub(r"[^\n]", " ", match[0])


def without_code(text: str) -> str:
    return _SPAN.sub(_blank, _FENCED.sub(_blank, text))


def bare(text: str) -> str:
    """Only what is read as prose: no code, formulas, tags, link targets or placeholders."""
    text = without_code(text)
    text = _INLINE_MATH.sub(_blank, _DISPLAY_MATH.sub(_blank, text))
    text = _HTML_TAG.sub(_blank, PLACEHOLDER.sub(_blank, text))
    return _LINK.sub(lambda m: m["text"].ljust(len(m[0])), text)


def headings(text: str) -> list[tuple[int, int, str]]:
    """(line offset, level, text) of each heading."""
    found = []
    for offset, line in enumerate(_FENCED.sub(_blank, text).split("\n")):
        if match := _HEADING.match(line):
            found.append((offset, len(match["level"]), match["text"]))
    return found


def section_numbers(heading: str) -> range | None:
    """`4. By hand` is range(4, 5); `4-5. By hand, from scratch` is range(4, 6)."""
    match = _SECTION.match(heading)
    if not match:
        return None
    first = int(match["first"])
    return range(first, int(match["last"] or first) + 1)


def links(text: str) -> list[tuple[int, str]]:
    """(line offset, target) of each link and picture."""
    clean = without_code(text)
    return [(clean.count("\n", 0, m.start()), m["target"]) for m in _LINK.finditer(clean)]


def formulas(text: str) -> list[tuple[int, str, Literal["inline", "block"]]]:
    """(line offset, TeX, how it is shown) of each formula."""
    clean = without_code(text)
    found = []
    for match in _DISPLAY_MATH.finditer(clean):
        found.append((clean.count("\n", 0, match.start()), match[0][2:-2], "block"))
    for match in _INLINE_MATH.finditer(_DISPLAY_MATH.sub(_blank, clean)):
        found.append((clean.count("\n", 0, match.start()), match[0][1:-1], "inline"))
    return found


def replace_links(text: str, replacement: dict[str, str]) -> str:
    """Exchanges link targets, leaving code as it is."""
    clean = without_code(text)
    pieces, last = [], 0
    for match in _LINK.finditer(clean):
        start, end = match.span("target")
        pieces += [text[last:start], replacement.get(match["target"], match["target"])]
        last = end
    return "".join(pieces) + text[last:]


def word_count(text: str) -> int:
    return len(_WORD.findall(bare(text)))


def polite_sentences(text: str) -> Iterator[tuple[int, str]]:
    """(line offset, last word) of each Korean sentence in a polite ending (-습니다, -해요)."""
    clean = bare(text)
    for match in _SENTENCE_END.finditer(clean):
        word = match["word"]
        if _is_formal(word) or _POLITE.search(word):
            yield clean.count("\n", 0, match.start()), word


def _is_formal(word: str) -> bool:
    """-ㅂ니다 and -ㅂ니까, but not 아니다 or 지니다: the syllable before has a final ㅂ."""
    if len(word) < 3 or not word.endswith(("니다", "니까", "시오")):
        return False
    final = (ord(word[-3]) - ord("가")) % 28
    return final == 17 or word.endswith("십시오")
