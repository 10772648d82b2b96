"""Runs every case in saem and in TensorFlow and compares values, gradients, dtypes, errors.

run.py PROGRAM [FILTER ...]    all cases, or those whose theme or op a filter names
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import compare
import declare
import inputs
import numpy as np

try:
    import tensorflow as tf
except ImportError:
    sys.exit("parity: this Python has no TensorFlow; `./saem test` installs requirements-test.txt")

DIFFERENCES = Path(__file__).parents[2] / "docs" / "TENSORFLOW_DIFFERENCES.md"
REPORTED_PER_CASE = 3


@dataclasses.dataclass
class Reference:
    """What TensorFlow makes of one set of inputs."""

    outputs: list[np.ndarray] | None
    gradients: list[np.ndarray | None]
    upstream: list[np.ndarray | None]
    error: str = ""


@dataclasses.dataclass
class Job:
    case: declare.Case
    set_number: int
    dtype: str
    arrays: list[np.ndarray]
    sources: list[int]
    reference: Reference
    scattered: bool
    probe: bool  # of a dtype that the case does not name

    def describe(self) -> str:
        shapes = ", ".join(f"{array.dtype.name}{list(array.shape)}" for array in self.arrays)
        layout = " scattered" if self.scattered else ""
        return f"{self.case.op} [{self.dtype}{layout}] `{self.case.cpp}` of ({shapes})"


def flatten(result: Any) -> list[Any]:
    if isinstance(result, (list, tuple)):
        return [item for part in result for item in flatten(part)]
    return [result]


def to_numpy(value: Any) -> np.ndarray | None:
    if value is None:
        return None
    return np.asarray(tf.convert_to_tensor(value).numpy())


def run_tensorflow(case: declare.Case, number: int, dtype: str, arrays: list[np.ndarray],
                   sources: list[int]) -> Reference:
    try:
        tensors = inputs.Arrays([tf.constant(array) for array in arrays], tf.as_dtype(dtype))
        if not sources:
            return Reference([to_numpy(item) for item in flatten(case.tf(tensors))], [], [])
        with tf.GradientTape() as tape:
            for source in sources:
                tape.watch(tensors[source])
            outputs = [tf.convert_to_tensor(item) for item in flatten(case.tf(tensors))]
        generator = inputs.generator_for("upstream", case.op, number)
        upstream: list[np.ndarray | None] = []
        for output in outputs:
            if output.dtype.is_floating or output.dtype.is_complex:
                asked = declare.Random(tuple(output.shape), -1.0, 1.0)
                upstream.append(inputs.make(asked, output.dtype.name, generator))
            else:
                upstream.append(None)
        targets = [item for item, weight in zip(outputs, upstream) if weight is not None]
        weights = [tf.constant(weight) for weight in upstream if weight is not None]
        wanted = [tensors[source] for source in sources]
        gradients = tape.gradient(targets, wanted, weights) if targets else [None] * len(wanted)
        return Reference([to_numpy(item) for item in outputs],
                         [to_numpy(item) for item in gradients], upstream)
    except (tf.errors.OpError, ValueError, TypeError, LookupError, NotImplementedError) as error:
        return Reference(None, [], [], f"{type(error).__name__}: {error}"[:200])


def jobs_of(case: declare.Case, set_number: int, dtype: str, probe: bool = False) -> list[Job]:
    arrays = inputs.make_all(case, set_number, dtype)
    sources = []
    if case.is_gradient_dtype(dtype) and not probe:
        sources = [i for i, asked in enumerate(case.inputs[set_number])
                   if asked.gradient and (inputs.is_floating(arrays[i].dtype) or
                                          arrays[i].dtype.kind == "c")]
    reference = run_tensorflow(case, set_number, dtype, arrays, sources)
    if probe and reference.outputs is None:
        return []
    with_gaps = not probe and any(array.ndim > 0 and array.size > 1 for array in arrays)
    return [Job(case, set_number, dtype, arrays, sources, reference, scattered, probe)
            for scattered in ([False, True] if with_gaps else [False])]


def probes_of(cases: list[declare.Case]) -> list[Job]:
    """What TensorFlow takes, saem takes: every dtype that no case of the op names."""
    jobs = []
    by_op: dict[str, list[declare.Case]] = {}
    for case in cases:
        by_op.setdefault(case.op, []).append(case)
    for op_cases in by_op.values():
        named = {dtype for case in op_cases for dtype in case.dtypes}
        first = next((case for case in op_cases if not case.raises and case.inputs), None)
        if first is None or not any(item.dtype is None for item in first.inputs[0]):
            continue
        for dtype in declare.EVERY + declare.COMPLEX:
            if dtype not in named:
                jobs += jobs_of(first, 0, dtype, probe=True)
    return jobs


def write_tensor(array: np.ndarray, scattered: bool = False) -> tuple[dict[str, Any], bytes]:
    description = {"dtype": array.dtype.name, "shape": list(array.shape), "scattered": scattered}
    return description, np.ascontiguousarray(array).tobytes()


def write_jobs(path: Path, jobs: list[Job], first: int) -> None:
    with path.open("wb") as out:
        for number in range(first, len(jobs)):
            job = jobs[number]
            tensors = [write_tensor(array, job.scattered) for array in job.arrays]
            upstream = [None if weight is None else write_tensor(weight)
                        for weight in job.reference.upstream]
            line = {"job": number, "expression": job.case.name, "dtype": job.dtype,
                    "sources": job.sources, "inputs": [part[0] for part in tensors],
                    "upstream": [part and part[0] for part in upstream]}
            out.write(json.dumps(line).encode() + b"\n")
            for part in tensors + upstream:
                if part is not None:
                    out.write(part[1])


def read_results(path: Path) -> tuple[dict[int, dict[str, Any]], list[str] | None]:
    """Results by job, and the ops that were reached: None if the program did not end well."""
    results: dict[int, dict[str, Any]] = {}
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            result = json.loads(line)
            if "reached" in result:
                return results, result["reached"]
            for key in ("outputs", "gradients"):
                result[key] = [read_tensor(file, item) for item in result[key]]
            results[result["job"]] = result
    return results, None


def read_tensor(file: Any, description: dict[str, Any] | None) -> np.ndarray | None:
    if description is None:
        return None
    dtype = inputs.numpy_dtype(description["dtype"])
    shape = tuple(description["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(file.read(count * dtype.itemsize), dtype).reshape(shape)


def run_saem(program: Path, jobs: list[Job]) -> tuple[dict[int, dict[str, Any]], set[str]]:
    results: dict[int, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        jobs_path, results_path = Path(folder) / "jobs", Path(folder) / "results"
        first = 0
        while True:
            write_jobs(jobs_path, jobs, first)
            done = subprocess.run([program, "run", jobs_path, results_path], capture_output=True,
                                  text=True, check=False)
            if done.returncode == 2:
                sys.exit(f"parity: {done.stderr.strip()}")
            part, reached = read_results(results_path)
            results |= part
            if reached is not None:
                return results, set(reached)
            # A crash: it is this job's, and the others still run.
            crashed = max(part, default=first - 1) + 1
            results[crashed] = {"crash": f"the program ended with {done.returncode}: "
                                         f"{done.stderr.strip()[-300:]}"}
            first = crashed + 1


def judge(job: Job, result: dict[str, Any]) -> list[str]:
    """What is wrong with one result; nothing, if it is as TensorFlow's."""
    case, reference = job.case, job.reference
    if "crash" in result:
        return [result["crash"]]
    if "foreign_error" in result:
        return [f"threw what is no tf::Error: {result['foreign_error']}"]
    if case.raises:
        wrong = []
        if reference.outputs is not None:
            wrong.append("TensorFlow does not refuse this")
        if "error" not in result:
            wrong.append(f"not refused; TensorFlow: {reference.error}")
        return wrong
    if reference.outputs is None:
        return [f"TensorFlow refuses this: {reference.error}"]
    if "error" in result:
        return [f"refused: {result['error']}"]
    ours, theirs = result["outputs"], reference.outputs
    if len(ours) != len(theirs):
        return [f"{len(ours)} outputs, TensorFlow {len(theirs)}"]
    wrong = []
    for i, (mine, other) in enumerate(zip(ours, theirs)):
        text = compare.difference(mine, other, case.tolerances, case.ulp, case.exact, factor=1)
        if text:
            wrong.append(f"output {i}: {text}")
    for source, mine, other in zip(job.sources, result["gradients"], reference.gradients):
        text = judge_gradient(case, mine, other)
        if text:
            wrong.append(f"gradient of input {source}: {text}")
    if not wrong and len(result["gradients"]) != len(job.sources):
        wrong.append("no gradients came")
    return wrong


def judge_gradient(case: declare.Case, mine: np.ndarray | None,
                   other: np.ndarray | None) -> str | None:
    if mine is None and other is None:
        return None
    if mine is None or other is None:
        present = other if mine is None else mine
        if case.absent_is_zero and not np.any(present):
            return None
        return "none, TensorFlow has one" if mine is None else "is there, TensorFlow has none"
    return compare.difference(mine, other, case.tolerances, None, False, compare.GRADIENT_FACTOR)


def documented_differences() -> dict[str, str]:
    """Op -> the text of its rows in docs/TENSORFLOW_DIFFERENCES.md."""
    rows: dict[str, str] = {}
    for line in DIFFERENCES.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or not cells[2]:
            continue
        for op in re.findall(r"`([a-z0-9_]+)`", cells[0]):
            rows[op] = rows.get(op, "") + " " + cells[1]
    return rows


def documents_dtype(text: str, dtype: str) -> bool:
    return dtype in re.findall(r"`([a-z0-9_]+)`", text)


def uncovered_ops(program: Path, cases: list[declare.Case], differences: dict[str, str],
                  reached: set[str]) -> list[str]:
    listing = subprocess.run([program, "ops"], capture_output=True, text=True, check=True).stdout
    with_cases = {case.op for case in cases}
    missing = []
    for op in json.loads(listing):
        name = op["name"]
        if name in differences:
            continue
        if op["backward"] and name not in reached:
            missing.append(f"{name}: no gradient of any case reaches this backward op")
        if not op["backward"] and name not in with_cases:
            missing.append(f"{name}: no case in tests/parity/cases, no row in {DIFFERENCES.name}")
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("filter", nargs="*")
    arguments = parser.parse_args()
    everything = declare.load_cases()
    chosen = [case for case in everything
              if not arguments.filter or {case.op, case.theme} & set(arguments.filter)]
    if not chosen:
        sys.exit(f"parity: no theme and no op is called {' or '.join(arguments.filter)}")
    differences = documented_differences()

    start = time.monotonic()
    jobs = [job for case in chosen for dtype in case.dtypes for number in range(len(case.inputs))
            for job in jobs_of(case, number, dtype)]
    jobs += probes_of(chosen)
    after_tensorflow = time.monotonic()
    results, reached = run_saem(arguments.program, jobs)
    after_saem = time.monotonic()

    failures = 0
    reported: dict[tuple[int, bool], int] = {}
    for number, job in enumerate(jobs):
        wrong = judge(job, results[number])
        if job.probe and documents_dtype(differences.get(job.case.op, ""), job.dtype):
            continue
        for text in wrong:
            failures += 1
            key = (id(job.case), job.probe)
            reported[key] = reported.get(key, 0) + 1
            if reported[key] <= (20 if job.probe else REPORTED_PER_CASE):
                print(f"FAILED {job.case.theme}: {job.describe()}\n       {text}")
            elif reported[key] == REPORTED_PER_CASE + 1:
                print(f"       and more of this case of {job.case.op}")
    if not arguments.filter:
        for text in uncovered_ops(arguments.program, everything, differences, reached):
            failures += 1
            print(f"FAILED {text}")
    gradients = sum(len(job.sources) for job in jobs)
    print(f"parity: {len({case.op for case in chosen})} names, {len(chosen)} cases, {len(jobs)} "
          f"comparisons of values, {gradients} of gradients with TensorFlow {tf.__version__}; "
          f"{failures} differ; TensorFlow {after_tensorflow - start:.1f} s, "
          f"saem {after_saem - after_tensorflow:.1f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
