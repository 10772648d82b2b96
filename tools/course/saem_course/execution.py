"""Runs a lesson's cells once, in order, in a fresh kernel."""

from __future__ import annotations

import os
import re
import tempfile
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from saem_course.expectations import (
    Expectation, Verdict, parse_expectation, probe_source, read_probe,
)
from saem_course.model import CodeCell, CourseError, Lesson

DEFAULT_KERNEL = "saem"
BUDGET_SECONDS = 60.0
MAX_DETAIL = 300
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# Clang's form, `cell[3]:2:15: error: ...`; the line within the cell is the second number.
_CELL_LINE = re.compile(r"cell\[\d+\]:(\d+):\d+: error")


@dataclass(frozen=True)
class CellResult:
    cell: CodeCell
    outputs: list[Any]
    seconds: float


@dataclass
class Run:
    """What one run of a lesson gave."""

    lesson: Lesson
    kernelspec: dict[str, str]
    language_info: dict[str, Any] = field(default_factory=dict)
    cells: list[CellResult] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(result.seconds for result in self.cells)

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


class CellFailure(CourseError):
    """A cell failed that should not have."""


def offline_environment() -> dict[str, str]:
    """A kernel's environment in which a lesson that asks the network for anything fails at once."""
    # Port 9 discards; nothing listens there, so a download ends with 'connection refused'.
    nowhere = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "ftp_proxy")}
    upper = {name.upper(): value for name, value in nowhere.items()}
    return {**os.environ, **nowhere, **upper, "SAEM_OFFLINE": "1"}


def execute(lesson: Lesson, kernel: str = DEFAULT_KERNEL, timeout: float = 120.0,
            progress: Callable[[CellResult, int], None] | None = None) -> Run:
    """Runs every cell and judges every expectation.

    CellFailure tells which cell stopped the run; a missed expectation does not stop it.
    """
    spec = _kernelspec(kernel)
    run = Run(lesson, {"display_name": spec.display_name, "language": spec.language,
                       "name": kernel})
    # Lessons may write files; an empty folder of their own keeps them out of the repository.
    with (tempfile.TemporaryDirectory(prefix="saem-lesson-") as folder,
          tempfile.TemporaryDirectory(prefix="saem-socket-") as sockets):
        # Sockets in a folder that only we can read: no port is taken, and nobody listens in.
        manager = AsyncKernelManager(kernel_name=kernel, transport="ipc", ip=f"{sockets}/kernel")
        client = NotebookClient(
            nbformat.v4.new_notebook(), km=manager, timeout=timeout, allow_errors=True,
            record_timing=False, shutdown_kernel="immediate")
        session = _Session(client, timeout)
        try:
            with client.setup_kernel(env=offline_environment(), cwd=folder):
                reply = client.wait_for_reply(client.kc.kernel_info())
                run.language_info = dict(reply["content"]["language_info"]) if reply else {}
                session.warm_up(spec.language)
                for cell in lesson.cells:
                    result = session.run_cell(lesson, cell)
                    run.cells.append(result)
                    for expectation in cell.expectations:
                        run.verdicts.append(session.judge(result, expectation, spec.language))
                    if progress:
                        progress(result, len(lesson.cells))
        except DeadKernelError as error:
            raise _failure(lesson, session.current, "the kernel died") from error
        except RuntimeError as error:
            if session.current is None:
                raise CourseError(f"kernel '{kernel}' did not start: {error}") from error
            raise _failure(lesson, session.current, f"the kernel failed: {error}") from error
    return run


def _kernelspec(kernel: str) -> KernelSpec:
    manager = KernelSpecManager()
    try:
        return manager.get_kernel_spec(kernel)
    except NoSuchKernel as error:
        names = ", ".join(sorted(manager.find_kernel_specs())) or "none"
        raise CourseError(f"no Jupyter kernel '{kernel}' (installed: {names}); "
                          "./saem learn builds and registers it") from error


class _Session:
    def __init__(self, client: NotebookClient, timeout: float) -> None:
        self.client = client
        self.timeout = timeout
        self.current: CodeCell | None = None

    def warm_up(self, language: str) -> None:
        """What a kernel says about its own start belongs to no cell of the lesson."""
        try:
            probe = probe_source(parse_expectation("0 == 0", 0), language)
        except ValueError:
            return  # a language whose lessons have no numbers to be asked for
        self._execute(probe, store_history=False)

    def run_cell(self, lesson: Lesson, cell: CodeCell) -> CellResult:
        self.current = cell
        start = time.perf_counter()
        try:
            outputs = self._execute(cell.source, store_history=True)
        except CellTimeoutError as error:
            raise _failure(lesson, cell, f"no end after {self.timeout:g} s") from error
        seconds = time.perf_counter() - start
        for output in outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.number
        message = error_text(outputs)
        if message and not any(e.relation == "error" for e in cell.expectations):
            raise _failure(lesson, cell, message)
        return CellResult(cell, outputs, seconds)

    def judge(self, result: CellResult, expectation: Expectation, language: str) -> Verdict:
        number = result.cell.number
        if expectation.is_text:
            is_error = expectation.relation == "error"
            text = error_text(result.outputs) if is_error else printed_text(result.outputs)
            wanted = expectation.bounds[0]
            found = next((line for line in text.split("\n") if wanted in line), None)
            detail = (found if found is not None else text).strip() or "nothing"
            return Verdict(expectation, number, found is not None,
                           detail=textwrap.shorten(detail, MAX_DETAIL))
        try:
            probe = probe_source(expectation, language)
        except ValueError as error:
            raise CourseError(str(error)) from error
        try:
            outputs = self._execute(probe, store_history=False)
        except CellTimeoutError:
            return Verdict(expectation, number, False, detail=f"no end after {self.timeout:g} s")
        value = read_probe(printed_text(outputs))
        if value is None:
            reason = error_text(outputs) or "the kernel printed nothing"
            return Verdict(expectation, number, False, detail=f"cannot be evaluated: {reason}")
        return Verdict(expectation, number, expectation.holds(value), value)

    def _execute(self, source: str, store_history: bool) -> list[Any]:
        cells = self.client.nb.cells
        cells.append(nbformat.v4.new_code_cell(source))
        cell = self.client.execute_cell(cells[-1], len(cells) - 1, store_history=store_history)
        return merge_streams(cell.outputs)


def merge_streams(outputs: list[Any]) -> list[Any]:
    """Joins neighbouring pieces of one stream: how a kernel cuts its output varies from run to run.

    A carriage return starts its line again, as on a terminal: a progress bar leaves its last state.
    """
    merged: list[Any] = []
    for output in outputs:
        previous = merged[-1] if merged else None
        if (output.output_type == "stream" and previous is not None
                and previous.output_type == "stream" and previous.name == output.name):
            previous.text += output.text
        else:
            merged.append(output)
    for output in merged:
        if output.output_type == "stream" and "\r" in output.text:
            lines = output.text.replace("\r\n", "\n").split("\n")
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return merged


def error_text(outputs: list[Any]) -> str:
    """The kernel's own words about a failure, without colours; empty if the cell went well."""
    for output in outputs:
        if output.output_type == "error":
            traceback = _ANSI.sub("", "\n".join(output.traceback)).strip()
            summary = f"{output.ename}: {output.evalue}".strip()
            return traceback if output.evalue in traceback and traceback else summary
    return ""


def printed_text(outputs: list[Any]) -> str:
    parts = []
    for output in outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type in ("execute_result", "display_data"):
            parts.append(output.data.get("text/plain", ""))
    return _ANSI.sub("", "".join(parts))


def _failure(lesson: Lesson, cell: CodeCell | None, message: str) -> CourseError:
    if cell is None:
        return CourseError(f"{lesson.path}: {message} before the first cell")
    line = cell.line
    if match := _CELL_LINE.search(message):
        line += int(match[1])
    indented = "\n".join("  " + part for part in message.split("\n"))
    return CellFailure(f"{lesson.path}:{line}: cell {cell.number} failed:\n{indented}")
