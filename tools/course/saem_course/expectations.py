"""`//expect` lines: what a run must give.

    //expect accuracy in [0.83, 0.87] seed=7
    //expect times_slower > 100
    //expect gradient ~ 6.0 within 1e-4
    //expect error "inner dimensions differ"
    //expect output "shape=(2, 2)"

The left side of a number is an expression of the cell's language. It is evaluated in the kernel
right after the cell, so it is true of the program's state and not only of what the cell printed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from saem_course.model import Language

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TEXT = re.compile(r'^(?P<what>error|output)\s+"(?P<text>.+)"$')
_INTERVAL = re.compile(rf"^(?P<left>.+?)\s+in\s+\[\s*(?P<a>{NUMBER})\s*,\s*(?P<b>{NUMBER})\s*\]$")
_NEAR = re.compile(rf"^(?P<left>.+?)\s+~\s+(?P<a>{NUMBER})\s+within\s+(?P<b>{NUMBER})$")
_COMPARE = re.compile(rf"^(?P<left>.+)\s+(?P<op><=|>=|==|<|>)\s+(?P<a>{NUMBER}|true|false)$")
_SEED = re.compile(r"\s+seed=(?P<seed>\d+)$")
FORMS = (
    "the forms are: x in [a, b], x < a, x <= a, x > a, x >= a, x == a, x ~ a within b, "
    'error "text", output "text"; a seed=N may follow'
)

Relation = Literal["in", "~", "<", "<=", ">", ">=", "==", "error", "output"]
TEXT_RELATIONS = ("error", "output")


@dataclass(frozen=True)
class Expectation:
    """One parsed line. `bounds` are as written, so that tables show the author's digits."""

    line: int
    expression: str
    relation: Relation
    bounds: tuple[str, ...]
    seed: int | None = None

    @property
    def is_text(self) -> bool:
        return self.relation in TEXT_RELATIONS

    def holds(self, value: float) -> bool:
        """Whether a measured number is what was expected; NaN never is."""
        if math.isnan(value):
            return False
        bounds = [_to_number(bound) for bound in self.bounds]
        match self.relation:
            case "in":
                return bounds[0] <= value <= bounds[1]
            case "~":
                return abs(value - bounds[0]) <= bounds[1]
            case "<":
                return value < bounds[0]
            case "<=":
                return value <= bounds[0]
            case ">":
                return value > bounds[0]
            case ">=":
                return value >= bounds[0]
            case "==":
                return value == bounds[0]
        raise ValueError(f"'{self.relation}' compares text, not numbers")

    def described(self, language: Language = "en") -> str:
        """What must come out, as the table says it."""
        match self.relation:
            case "in":
                return f"{self.bounds[0]} … {self.bounds[1]}"
            case "~":
                return f"{self.bounds[0]} ± {self.bounds[1]}"
            case "error":
                return f"오류: `{self.bounds[0]}`" if language == "ko" else (
                    f"an error: `{self.bounds[0]}`")
            case "output":
                return f"출력: `{self.bounds[0]}`" if language == "ko" else (
                    f"prints `{self.bounds[0]}`")
            case "==":
                return f"= {self.bounds[0]}"
        return f"{self.relation} {self.bounds[0]}"


def parse_expectation(text: str, line: int) -> Expectation:
    """Reads what follows `//expect`; ValueError says what is wrong with it."""
    text = text.strip()
    seed = None
    if match := _SEED.search(text):
        seed, text = int(match["seed"]), text[: match.start()]
    if match := _TEXT.match(text):
        return Expectation(line, "", match["what"], (match["text"],), seed)
    if match := _INTERVAL.match(text):
        if float(match["a"]) > float(match["b"]):
            raise ValueError(f"the interval [{match['a']}, {match['b']}] is empty")
        return Expectation(line, match["left"], "in", (match["a"], match["b"]), seed)
    if match := _NEAR.match(text):
        if float(match["b"]) < 0:
            raise ValueError(f"the distance {match['b']} is negative")
        return Expectation(line, match["left"], "~", (match["a"], match["b"]), seed)
    if match := _COMPARE.match(text):
        return Expectation(line, match["left"], match["op"], (match["a"],), seed)
    raise ValueError(f"'{text}' is no expectation")


def format_value(value: float) -> str:
    """Four significant digits, whole numbers whole."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.4g}"


def _to_number(bound: str) -> float:
    return {"true": 1.0, "false": 0.0}.get(bound) if bound in ("true", "false") else float(bound)


@dataclass(frozen=True)
class Verdict:
    """An expectation and what the run gave: a number, a text, or the reason there is none."""

    expectation: Expectation
    cell: int
    passed: bool
    value: float | None = None
    detail: str = ""

    @property
    def measured(self) -> str:
        return format_value(self.value) if self.value is not None else self.detail


CXX_PROBE = """{{
  const auto saem_course_number = [](const auto& value) -> double {{
    if constexpr (requires {{ static_cast<double>(value); }}) {{
      return static_cast<double>(value);
    }} else {{
      return tf::cast(value, tf::float64).template item<double>();
    }}
  }};
  std::printf("{mark}%.17g\\n", saem_course_number(({expression})));
}}
"""
PYTHON_PROBE = 'print("{mark}" + repr(float({expression})))\n'
PROBE_MARK = "saem-expect="
_PROBES = {"c++": CXX_PROBE, "python": PYTHON_PROBE}


def probe_source(expectation: Expectation, language: str) -> str:
    """Code that prints the expectation's number in a form `read_probe` finds again."""
    template = _PROBES.get(language.lower())
    if template is None:
        known = ", ".join(sorted(_PROBES))
        raise ValueError(f"no probe for a kernel of language '{language}'; known are {known}")
    return template.format(mark=PROBE_MARK, expression=expectation.expression)


def read_probe(printed: str) -> float | None:
    """The number a probe printed, or None if it printed none."""
    match = re.search(rf"^{PROBE_MARK}(\S+)$", printed, re.MULTILINE)
    if not match:
        return None
    try:
        return float(match[1])
    except ValueError:
        return None
