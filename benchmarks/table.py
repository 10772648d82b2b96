#!/usr/bin/env python3
"""Tables of saem beside its peers, measured in one run: `./saem bench` calls this.

    .venv/bin/python benchmarks/table.py [FILTER] [--quick | --shared] [--peers PYTHON]

TensorFlow comes from the Python that runs this, PyTorch and JAX from PYTHON. For each work our
benchmark, its limit and the peers run one right after the other; README.md has the method.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PEERS = PROJECT / "benchmarks" / "peers"
sys.path.insert(0, str(PEERS))

from timing import OF_ROUNDS  # noqa: E402
from works import MEMORY, TABLES, Ours, Table, Work  # noqa: E402


@dataclass(frozen=True)
class Effort:
    round_seconds: float
    rounds: int
    of_rounds: str = "median"


FULL = Effort(0.1, 9)
QUICK = Effort(0.02, 3)
SHARED = Effort(0.005, 60, "min")


class Programs:
    """Our Google Benchmark programs."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.names = cache(self._names)

    def _run(self, program: str, *arguments: str) -> str:
        path = self.folder / program
        ran = subprocess.run([str(path), *arguments], env=self.environment, check=False,
                             capture_output=True, text=True)
        if ran.returncode != 0:
            raise SystemExit(f"table: {path} failed: {ran.stderr.strip()[-500:]}")
        return ran.stdout

    def _names(self, program: str) -> frozenset[str]:
        if not (self.folder / program).exists():
            return frozenset()
        return frozenset(self._run(program, "--benchmark_list_tests").split("\n"))

    def seconds(self, ours: list[Ours], effort: Effort) -> dict[Ours, float]:
        """Of those that are there, from as many rounds as a peer has."""
        result: dict[Ours, float] = {}
        for program in sorted({one.program for one in ours}):
            wanted = [one for one in ours
                      if one.program == program and one.name in self.names(program)]
            if not wanted:
                continue
            pattern = "|".join(re.escape(one.name).replace("\\-", "-") for one in wanted)
            rounds = json.loads(self._run(
                program, f"--benchmark_filter=^({pattern})$", "--benchmark_format=json",
                f"--benchmark_repetitions={effort.rounds}",
                f"--benchmark_min_time={effort.round_seconds}",
                # In turn, so that what else the machine does meets all of them.
                "--benchmark_enable_random_interleaving=true"))["benchmarks"]
            units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
            for one in wanted:
                times = [measured["real_time"] * units[measured["time_unit"]]
                         for measured in rounds
                         if measured["run_name"] == one.name
                         and measured["run_type"] == "iteration"
                         and not measured.get("error_occurred", False)]
                if times:
                    result[one] = OF_ROUNDS[effort.of_rounds](times)
        return result

    def memory(self, one: Ours) -> Memory | None:
        """Of a process that does nothing else."""
        if one.name not in self.names(one.program):
            return None
        [ran] = json.loads(self._run(one.program, f"--benchmark_filter=^({one.name})$",
                                     "--benchmark_format=json"))["benchmarks"]
        return Memory(ran["growth"], ran["peak"]) if "growth" in ran else None


@dataclass(frozen=True)
class Memory:
    """Resident bytes of a process."""

    growth: float
    """From before a work was set up to the most while it ran."""
    peak: float

    def text(self) -> str:
        return " / ".join(f"{part / 2**20:.{1 if part < 99.95 * 2**20 else 0}f}"
                          for part in (self.growth, self.peak)) + " MiB"


class Peer:
    """A peer's process, which measures what it is asked for."""

    def __init__(self, name: str, python: str, environment: dict[str, str]) -> None:
        self.name = name
        self.python = python
        self.environment = environment
        self.process = subprocess.Popen(
            [python, str(PEERS / f"{name.lower()}_peer.py")], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.version = self._answer()["version"]

    def _answer(self) -> dict:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"table: {self.name} ended; is it installed there?")
        return json.loads(line)

    def _ask(self, key: str, variant: str, **question: object) -> dict:
        assert self.process.stdin is not None
        self.process.stdin.write(
            json.dumps({"key": key, "variant": variant, **question}) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            print(f"table: {self.name}, {key}, {variant}: {answer['error']}", file=sys.stderr)
        return answer

    def seconds(self, key: str, variant: str, effort: Effort) -> float | None:
        return self._ask(key, variant, seconds=effort.round_seconds, rounds=effort.rounds,
                         of_rounds=effort.of_rounds).get("seconds")

    def memory(self, key: str, variant: str) -> Memory | None:
        """Of a process that does nothing else."""
        own = Peer(self.name, self.python, self.environment)
        answer = own._ask(key, variant, memory=True)
        own.close()
        return Memory(answer["growth"], answer["peak"]) if "growth" in answer else None

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def time_text(seconds: float | None) -> str:
    """Three digits and a unit: 123 ns, 4.56 us."""
    if seconds is None:
        return ""
    for unit, scale in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * scale:
            break
    else:
        unit, scale = "s", 1.0
    value = seconds / scale
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"


def ratio_text(of: float | None, by: float | None) -> str:
    return "" if of is None or by is None else f"{of / by:.2f}"


@dataclass
class Row:
    """A work and what was measured of it."""

    work: Work
    ours: dict[str, float]
    """By variant."""
    peers: dict[tuple[str, str], float]
    """By peer and variant."""
    limit: float | None

    def best(self) -> float | None:
        return min(self.ours.values(), default=None)

    def fastest_peer(self) -> float | None:
        return min(self.peers.values(), default=None)

    def of_the_goal(self) -> float | None:
        """How much of the goal's speed there is; 1 and above is reached."""
        best, work, peer = self.best(), self.work, self.fastest_peer()
        if best is None:
            return None
        parts = []
        if work.goal_seconds is not None:
            parts.append(work.goal_seconds / best)
        if work.goal_of_limit is not None and self.limit is not None:
            parts.append(self.limit / best / work.goal_of_limit)
        if work.goal_of_peers is not None and peer is not None:
            parts.append(peer / best / work.goal_of_peers)
        return min(parts, default=None)

    def cells(self, table: Table, peers: list[str]) -> list[str]:
        made = [self.work.title]
        made += [time_text(self.ours.get(variant)) for variant in table.variants["saem"]]
        made += [time_text(self.peers.get((peer, variant)))
                 for peer in peers for variant in table.variants[peer]]
        best, goal = self.best(), self.of_the_goal()
        made += [time_text(self.limit), ratio_text(self.fastest_peer(), best),
                 ratio_text(self.limit, best), "" if goal is None else f"{goal:.2f}"]
        return made


OF_TIMES = ["limit", "of the fastest peer", "of the limit"]
OF_MEMORY = ["of the smallest peer"]


def header(table: Table, peers: list[str], last: list[str]) -> list[str]:
    made = ["work"]
    for name in ["saem", *peers]:
        variants = table.variants[name]
        made += [name if variants == ["eager"] else f"{name}, {variant}" if len(variants) > 1
                 else variant for variant in variants]
    return [*made, *last, "of the goal"]


def print_table(lines: list[list[str]]) -> None:
    """Markdown that is a table to the eye too."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines = [lines[0], ["-" * (width - 1) + ":" for width in widths], *lines[1:]]
    lines[1][0] = "-" * widths[0]
    for line in lines:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(line, widths, strict=True))]
        print("| " + " | ".join(cells) + " |")


def measure(work: Work, table: Table, programs: Programs, peers: list[Peer],
            effort: Effort) -> Row:
    asked = [*work.ours.values(), *([work.limit] if work.limit else [])]
    seconds = programs.seconds(asked, effort)
    limit = seconds.get(work.limit) if work.limit else None
    theirs = {}
    for peer in peers:
        for variant in table.variants[peer.name]:
            measured = peer.seconds(work.key, variant, effort)
            if measured is not None:
                theirs[peer.name, variant] = measured
    ours = {variant: seconds[one] for variant, one in work.ours.items() if one in seconds}
    return Row(work, ours, theirs, limit * work.limit_scale if limit else None)


def memory_row(work: Work, table: Table, programs: Programs, peers: list[Peer]) -> list[str]:
    """Measures a work's memory: the cells of its row."""
    ours = {variant: programs.memory(one) for variant, one in work.ours.items()}
    theirs = {(peer.name, variant): peer.memory(work.key, variant)
              for peer in peers for variant in table.variants[peer.name]}
    measured = [*(ours.get(variant) for variant in table.variants["saem"]), *theirs.values()]
    best = min((one.growth for one in ours.values() if one), default=None)
    least = min((one.growth for one in theirs.values() if one), default=None)
    goal = None
    if best and least and work.goal_of_peers:
        goal = least / best / work.goal_of_peers
    return [work.title, *("" if one is None else one.text() for one in measured),
            ratio_text(least, best), "" if goal is None else f"{goal:.2f}"]


def one_thread_each(threads: int) -> set[int]:
    """Processors for so many threads, of different cores where there are enough."""
    allowed = sorted(os.sched_getaffinity(0))
    cores: dict[str, int] = {}
    for processor in allowed:
        siblings = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
        name = siblings.read_text() if siblings.exists() else str(processor)
        cores.setdefault(name, processor)
    return set([*cores.values(), *allowed][:threads])


def processor_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"^model name\s*:\s*(.*)$", cpuinfo.read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.machine()


def is_wanted(work: Work, words: str) -> bool:
    names = [work.key, work.title, *(one.program for one in work.ours.values())]
    return any(words in name for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("filter", nargs="?", default="",
                        help="works whose key, title or program contains it")
    parser.add_argument("--quick", action="store_true", help="short rounds: a first look")
    parser.add_argument("--shared", action="store_true",
                        help="minima of many short rounds: for a machine where others work too")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", metavar="PYTHON", help="a Python that has PyTorch and JAX")
    parser.add_argument("--programs", type=Path, default=PROJECT / "build/release/benchmarks")
    options = parser.parse_args()
    tables = [(table, [work for work in table.works if is_wanted(work, options.filter)])
              for table in TABLES]
    if not any(works for _, works in tables):
        print(f"no work of the tables is called '{options.filter}'")
        return 0
    # Who asks the machine instead of the variable gets the same answer.
    os.sched_setaffinity(0, one_thread_each(options.threads))
    environment = os.environ | {
        "OMP_NUM_THREADS": str(options.threads), "NPROC": str(options.threads),
        # Two threads on one processor wait for each other's slices, milliseconds a time.
        "OMP_PROC_BIND": "true",
        "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "", "PYTHONDONTWRITEBYTECODE": "1"}
    programs = Programs(options.programs, environment)
    pythons = {"TensorFlow": sys.executable}
    if options.peers:
        pythons |= {"PyTorch": options.peers, "JAX": options.peers}
    peers = [Peer(name, python, environment) for name, python in pythons.items()]
    names = [peer.name for peer in peers]
    effort = SHARED if options.shared else QUICK if options.quick else FULL
    print(f"{processor_name()}, {options.threads} threads; "
          + ", ".join(f"{peer.name} {peer.version}" for peer in peers))
    for table, works in tables:
        if not works:
            continue
        lines = [header(table, names, OF_TIMES)]
        for work in works:
            print(f"{work.title} ...", end="\r", file=sys.stderr, flush=True)
            lines.append(measure(work, table, programs, peers, effort).cells(table, names))
        print(f"\n{table.title}\n")
        print_table(lines)
    works = [work for work in MEMORY.works if is_wanted(work, options.filter)]
    if works and not options.quick:
        print(f"\n{MEMORY.title}\n")
        print_table([header(MEMORY, names, OF_MEMORY),
                     *(memory_row(work, MEMORY, programs, peers) for work in works)])
    for peer in peers:
        peer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
