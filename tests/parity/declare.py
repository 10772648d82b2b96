"""The words in which the case files are written: case(), refuses() and what inputs are made of.

Nothing here needs TensorFlow or NumPy: the build reads the case files too, to generate the C++.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path
from typing import Any, Callable

HALVES = ["float16", "bfloat16"]
REALS = ["float32", "float64"]
FLOATS = HALVES + REALS
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTS = SIGNED + UNSIGNED
BOOL = ["bool"]
COMPLEX = ["complex64", "complex128"]
NUMBERS = FLOATS + INTS
EVERY = NUMBERS + BOOL


class _LazyModule:
    """TensorFlow, imported when a case is run, not when it is declared."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)


tf = _LazyModule("tensorflow")
np = _LazyModule("numpy")


@dataclasses.dataclass(frozen=True)
class Random:
    """Uniform numbers in [low, high); integers too, both ends fitted to the dtype."""

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    dtype: str | None = None  # none: the dtype that the case is run with
    gradient: bool = True     # whether the gradient with respect to it is compared


@dataclasses.dataclass(frozen=True)
class Values:
    """Numbers written down."""

    values: Any
    dtype: str | None = None
    gradient: bool = True
    shape: tuple[int, ...] | None = None  # none: that of the nested lists


@dataclasses.dataclass(frozen=True)
class Edges:
    """NaN, infinities, both zeros, subnormals and the ends of the range of the dtype.

    With two of them, `number` 0 and 1 of 2, every value meets every other one.
    """

    number: int = 0
    of: int = 1
    dtype: str | None = None
    gradient: bool = False


def random(*shape: int, low: float = -2.0, high: float = 2.0, dtype: str | None = None,
           gradient: bool = True) -> Random:
    return Random(shape, low, high, dtype, gradient)


def integers(*shape: int, low: int, high: int, dtype: str = "int32") -> Random:
    """Indices and the like: in [low, high), of a dtype of their own, without gradient."""
    return Random(shape, low, high, dtype, gradient=False)


def values(numbers: Any, dtype: str | None = None, gradient: bool = True,
           shape: tuple[int, ...] | None = None) -> Values:
    return Values(numbers, dtype, gradient, shape)


def edges() -> list[Edges]:
    return [Edges()]


def edge_pairs() -> list[Edges]:
    return [Edges(0, 2), Edges(1, 2)]


@dataclasses.dataclass
class Case:
    op: str
    cpp: str
    tf: Callable[..., Any]
    inputs: list[list[Any]]  # sets of inputs: the case is run with each
    dtypes: list[str]
    gradient: bool
    tolerances: dict[str, tuple[float, float]]  # by dtype; compare.py's own for the others
    ulp: int | None          # at most so many units in the last place, for values
    exact: bool              # the same bits, signs of zeros included
    absent_is_zero: bool     # where one side's gradient is None and the other's zeros
    raises: bool             # both refuse
    theme: str = ""
    name: str = ""           # of the C++ expression; cases that share one compile it once

    def is_gradient_dtype(self, dtype: str) -> bool:
        return self.gradient and dtype in FLOATS + COMPLEX


_cases: list[Case] = []


def _input_sets(inputs: Any) -> list[list[Any]]:
    """Shapes stand for random numbers, one input for a set of one."""
    sets = []
    for group in inputs:
        items = group if isinstance(group, list) else [group]
        sets.append([Random(item) if isinstance(item, tuple) else item for item in items])
    return sets


def case(op: str, *, cpp: str, tf: Callable[..., Any], inputs: Any,
         dtypes: list[str] = FLOATS, gradient: bool | None = None,
         tolerances: dict[str, tuple[float, float]] | None = None, ulp: int | None = None,
         exact: bool = False, absent_is_zero: bool = False, raises: bool = False) -> None:
    """Compares `cpp` with `tf` for each set of inputs and each dtype; see README.md."""
    if gradient is None:
        gradient = not raises
    _cases.append(Case(op, cpp.strip(), tf, _input_sets(inputs), list(dtypes), gradient,
                       tolerances or {}, ulp, exact, absent_is_zero, raises))


def refuses(op: str, *, cpp: str, tf: Callable[..., Any], inputs: Any,
            dtypes: list[str] = ("float32",)) -> None:
    """Both sides refuse each set of inputs."""
    case(op, cpp=cpp, tf=tf, inputs=inputs, dtypes=list(dtypes), raises=True)


def load_cases() -> list[Case]:
    """Every case of cases/*.py, named by theme and number of its expression."""
    folder = Path(__file__).parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    loaded: list[Case] = []
    for path in sorted((folder / "cases").glob("*.py")):
        _cases.clear()
        importlib.import_module(f"cases.{path.stem}")
        numbers: dict[str, int] = {}
        for item in _cases:
            item.theme = path.stem
            number = numbers.setdefault(item.cpp, len(numbers))
            item.name = f"{path.stem}/{number}"
        loaded += _cases
    return loaded
