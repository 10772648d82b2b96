"""Makes the arrays that cases ask for: the same ones in every run."""

from __future__ import annotations

import zlib
from typing import Any

import declare
import numpy as np


class Arrays(list):
    """The inputs of a TensorFlow expression: x[0], x[1], ...; x.dtype is the case's dtype."""

    def __init__(self, items: list[Any], dtype: Any) -> None:
        super().__init__(items)
        self.dtype = dtype


def numpy_dtype(name: str) -> np.dtype:
    if name == "bfloat16":
        import ml_dtypes  # comes with TensorFlow
        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(name)


def is_floating(dtype: np.dtype) -> bool:
    return dtype.kind == "f" or dtype.name == "bfloat16"


def edge_values(dtype: np.dtype) -> np.ndarray:
    if dtype == np.bool_:
        return np.array([False, True])
    if dtype.kind in "iu":
        ends = np.iinfo(dtype)
        inner = [0, 1, 2, 3, 7, 100] + ([] if dtype.kind == "u" else [-1, -2, -7, -100])
        return np.array([ends.min, ends.min + 1, ends.max - 1, ends.max, *inner], dtype)
    if dtype.kind == "c":
        parts = [0.0, -0.0, 1.0, -2.5, np.inf, np.nan]
        return np.array([complex(a, b) for a in parts for b in parts], dtype)
    import ml_dtypes
    ends = ml_dtypes.finfo(dtype)
    positive = [0.0, float(ends.tiny), float(ends.eps), 0.1, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0,
                20.0, 100.0, float(ends.max), np.inf]
    signed = positive + [-number for number in positive] + [np.nan]
    return np.array(signed).astype(dtype)


def make(asked: Any, dtype_name: str, generator: np.random.Generator) -> np.ndarray:
    dtype = numpy_dtype(asked.dtype or dtype_name)
    if isinstance(asked, declare.Values):
        array = np.asarray(asked.values)
        if array.dtype.kind == "f" and dtype.kind in "iu":
            array = np.nan_to_num(array)
        array = array.astype(dtype)
        return array if asked.shape is None else array.reshape(asked.shape)
    if isinstance(asked, declare.Edges):
        one = edge_values(dtype)
        if asked.of == 1:
            return one
        grids = np.meshgrid(*[one] * asked.of, indexing="ij")
        return np.ascontiguousarray(grids[asked.number].reshape(-1))
    numbers = generator.random(asked.shape)
    if dtype == np.bool_:
        return numbers < 0.5
    if dtype.kind in "iu":
        low, high = round(asked.low), round(asked.high)
        if asked.dtype is None and (asked.low, asked.high) == (-2.0, 2.0):
            low, high = -9, 10
        if dtype.kind == "u":
            low = max(low, 0)
        return np.floor(low + (high - low) * numbers).astype(dtype)
    real = asked.low + (asked.high - asked.low) * numbers
    if dtype.kind == "c":
        other = generator.random(asked.shape)
        return (real + 1j * (asked.low + (asked.high - asked.low) * other)).astype(dtype)
    return real.astype(dtype)


def generator_for(*words: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(" ".join(map(str, words)).encode()))


def make_all(case: declare.Case, set_number: int, dtype: str) -> list[np.ndarray]:
    generator = generator_for(case.op, set_number)
    return [make(asked, dtype, generator) for asked in case.inputs[set_number]]
