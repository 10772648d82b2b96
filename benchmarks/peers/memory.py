"""How much memory a work takes: what `benchmarks/graph/function_bench.cpp` does for ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

CALLS = 200


def _resident(field: str) -> int:
    """Bytes, of `VmRSS` (now) or `VmHWM` (at most)."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"^{field}:\s*(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def peak_of_calls(maker: Callable[[], Callable[[], object]]) -> dict[str, int]:
    """The most resident bytes of this process while a work is set up and called, and how much more
    that is than before."""
    Path("/proc/self/clear_refs").write_text("5")  # the most so far becomes what it is now
    before = _resident("VmRSS")
    body = maker()
    for _ in range(CALLS):
        body()
    peak = _resident("VmHWM")
    return {"growth": peak - before, "peak": peak}
