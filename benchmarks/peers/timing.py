"""How a peer's call is timed: rounds of many calls, as Google Benchmark times ours."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

OF_ROUNDS: dict[str, Callable[[list[float]], float]] = {"median": statistics.median, "min": min}


def seconds_of_rounds(rounds: int, calls: int, body: Callable[[], object],
                      wait: Callable[[], object] = lambda: None) -> list[float]:
    """Of one call in each of `rounds` of `calls`, which `wait` ends."""
    for _ in range(min(calls, 20)):
        body()
    wait()
    measured = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            body()
        wait()
        measured.append((time.perf_counter() - start) / calls)
    return measured


def calls_in(seconds: float, body: Callable[[], object]) -> int:
    """How many calls take about so long; the first ones compile and fill caches."""
    for _ in range(3):
        body()
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            body()
        took = time.perf_counter() - start
        if took >= seconds / 4:
            return max(1, round(calls * seconds / took))
        calls *= 4
