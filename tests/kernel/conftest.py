"""Fixtures: an engine on its own, and a notebook kernel.

Environment: SAEM_ENGINE is the engine (without it the tests are skipped). Most tests bring their
own small library, so they run before, and without, the real one. SAEM_BUILD is the build whose
library and precompiled header library_test.py uses.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / "tools" / "kernel"
sys.path.insert(0, str(KERNEL))

from saem_kernel.engine import Engine, EngineDied, Options  # noqa: E402
from saem_kernel import install  # noqa: E402

LIBRARY = Path(__file__).resolve().parent / "library"


def engine_path() -> str:
    """The engine under test."""
    path = os.environ.get("SAEM_ENGINE", "")
    if not path:
        pytest.skip("SAEM_ENGINE does not name an engine")
    return path


@dataclass
class Result:
    """What one cell did."""

    answer: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.answer["status"] == "ok"

    @property
    def value(self) -> str:
        return "".join(
            event["data"].get("text/plain", "")
            for event in self.events
            if event["event"] == "result"
        )

    def output(self, stream: str = "stdout") -> str:
        return "".join(
            event["text"]
            for event in self.events
            if event["event"] == "output" and event["stream"] == stream
        )

    @property
    def error(self) -> str:
        """Kind, name and message of the error, without colours."""
        if self.ok:
            return ""
        text = f"{self.answer['kind']} {self.answer['name']}: {self.answer['message']}"
        parts = text.split("\x1b[")
        return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])


class Notebook:
    """Runs cells one after the other; a dead engine is replaced."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.cells = 0
        self.start()

    def start(self) -> None:
        self.engine = Engine(self.options)
        self.engine.wait_ready(lambda event: None)

    def run(self, code: str, cell_id: str = "") -> Result:
        self.cells += 1
        result = Result({})
        label = f"cell[{self.cells}]"
        result.answer = self.engine.execute(code, label, cell_id, result.events.append)
        return result

    def value(self, code: str) -> str:
        result = self.run(code)
        assert result.ok, result.error
        return result.value


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in for libsaem."""
    path = tmp_path_factory.mktemp("library") / "libstandin.so"
    compiler = os.environ.get("CXX", "g++")
    command = [compiler, "-std=c++20", "-O1", "-fPIC", "-shared", f"-I{LIBRARY}"]
    subprocess.run([*command, str(LIBRARY / "standin.cpp"), "-o", str(path)], check=True)
    return path


@pytest.fixture(scope="session")
def engine_arguments(library: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The engine's options, with a precompiled header made once."""
    headers = ["-I", str(KERNEL / "include"), "-I", str(LIBRARY)]
    headers += ["-include", "saem_kernel/prelude.hpp", "-include", "standin.hpp"]
    pch = tmp_path_factory.mktemp("pch") / "notebook.pch"
    subprocess.run([engine_path(), *headers, "--make-pch", str(pch)], check=True)
    return [*headers, "--pch", str(pch), "--library", str(library)]


@pytest.fixture(scope="session")
def options(engine_arguments: list[str]) -> Options:
    return Options(engine_path(), engine_arguments)


@pytest.fixture
def notebook(options: Options) -> Iterator[Notebook]:
    session = Notebook(options)
    yield session
    session.engine.close()


@pytest.fixture(scope="session")
def library_options() -> Options:
    """The engine with the real library, as the build made it."""
    build = os.environ.get("SAEM_BUILD", "")
    if not build:
        pytest.skip("SAEM_BUILD does not name a build of the library")
    # The order in which the build made the header: another one would not fit it.
    headers = ["-I", str(KERNEL / "include"), "-I", str(ROOT / "include")]
    headers += ["-include", "saem_kernel/prelude.hpp", "-include", "saem/saem.hpp"]
    pch = Path(build) / "tools" / "kernel" / "notebook.pch"
    shared = Path(build) / "src" / "libsaem.so"
    return Options(engine_path(), [*headers, "--pch", str(pch), "--library", str(shared)])


@pytest.fixture
def lesson(library_options: Options) -> Iterator[Notebook]:
    """A notebook with the real library."""
    session = Notebook(library_options)
    yield session
    session.engine.close()


@pytest.fixture(scope="session")
def kernel_name(
    engine_arguments: list[str], library: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """An installed kernel that Jupyter finds."""
    prefix = tmp_path_factory.mktemp("prefix")
    arguments = ["--prefix", str(prefix), "--engine", engine_path(), "--name", "saem-test"]
    pairs = list(zip(engine_arguments[::2], engine_arguments[1::2]))
    names = {"-include": "--include"}
    for option, value in pairs:
        arguments += [names.get(option, option), value]
    install.main(arguments)
    os.environ["JUPYTER_PATH"] = str(prefix / "share" / "jupyter")
    return "saem-test"


__all__ = ["EngineDied", "Notebook", "Result"]
