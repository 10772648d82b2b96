"""Which dtypes an op takes: its first case is run with each of them, in saem alone."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import tempfile
from pathlib import Path

import declare
import inputs
import numpy as np


def _bytes(array: np.ndarray, dtype: str) -> bytes:
    """The elements of a dtype that NumPy may not know."""
    if dtype == "bfloat16":
        return (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
    return array.astype(dtype).tobytes()


def _first_case_of_each_op() -> dict[str, declare.Case]:
    """One whose inputs have no dtype of their own, or that makes a tensor of its dtype."""
    first: dict[str, declare.Case] = {}
    for case in declare.load_cases():
        if case.raises:
            continue
        asked = case.inputs[0]
        if "dtype" in case.cpp.split("(", 1)[1] or any(item.dtype is None for item in asked):
            first.setdefault(case.op, case)
    return first


def accepted_dtypes(program: Path) -> dict[str, set[str]]:
    tried = []
    with tempfile.TemporaryDirectory() as folder:
        jobs, results = Path(folder) / "jobs", Path(folder) / "results"
        with jobs.open("wb") as out:
            for op, case in _first_case_of_each_op().items():
                for dtype in declare.EVERY + declare.COMPLEX:
                    described, data = [], []
                    for asked in case.inputs[0]:
                        own = asked.dtype or dtype
                        plain = "float32" if own == "bfloat16" else own
                        array = inputs.make(dataclasses.replace(asked, dtype=plain), plain,
                                            inputs.generator_for(op))
                        described.append({"dtype": own, "shape": list(array.shape)})
                        data.append(_bytes(array, own))
                    line = {"job": len(tried), "expression": case.name, "dtype": dtype,
                            "sources": [], "inputs": described, "upstream": []}
                    out.write(json.dumps(line).encode() + b"\n" + b"".join(data))
                    tried.append((op, dtype))
        subprocess.run([program, "run", jobs, results], check=True)
        return _successes(results, tried)


def _successes(results: Path, tried: list[tuple[str, str]]) -> dict[str, set[str]]:
    accepted: dict[str, set[str]] = {}
    with results.open("rb") as file:
        for line in file:
            result = json.loads(line)
            if "reached" in result:
                break
            for tensor in result["outputs"]:
                if tensor is not None:
                    width = _width(tensor["dtype"])
                    file.seek(width * int(np.prod(tensor["shape"], dtype=np.int64)), 1)
            if "error" not in result and "foreign_error" not in result:
                op, dtype = tried[result["job"]]
                accepted.setdefault(op, set()).add(dtype)
    return accepted


def _width(dtype: str) -> int:
    if dtype.startswith("float8"):
        return 1
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize
