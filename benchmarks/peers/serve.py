"""A peer as a process: it does what standard input asks for and says how long that took.

A line of standard input is the JSON of a key, a variant, the seconds of a round, the number of
rounds and what is made of them; the answer is the JSON of the seconds of one call, of an error, or
of nothing where the peer does no such work. The process stays, so that a peer's measurement comes
right after ours and not after an import. Asked for `memory` it answers with bytes instead: for
that, each work gets a process of its own.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable

from memory import peak_of_calls
from timing import OF_ROUNDS, calls_in, seconds_of_rounds

Body = Callable[[], object]
"""Does the work, and has done it when it returns: once, or as often as its `works` says."""

_makers: dict[tuple[str, str], Callable[[], Body]] = {}


def work(key: str, variant: str = "eager") -> Callable[[Callable[[], Body]], Callable[[], Body]]:
    """Registers a function that prepares a work and returns what is timed."""
    def register(maker: Callable[[], Body]) -> Callable[[], Body]:
        _makers[key, variant] = maker
        return maker
    return register


def _measure(question: dict) -> dict:
    maker = _makers.get((question["key"], question["variant"]))
    if maker is None:
        return {}
    try:
        if question.get("memory"):
            return dict(peak_of_calls(maker))
        body = maker()
        calls = calls_in(question["seconds"], body)
        rounds = seconds_of_rounds(question["rounds"], calls, body)
        seconds = OF_ROUNDS[question["of_rounds"]](rounds)
        return {"seconds": seconds / getattr(body, "works", 1)}
    except Exception as error:  # a peer that cannot is a cell that says so
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}


def serve(version: str) -> None:
    # Libraries print as they like: answers go where they cannot.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps({"version": version}), file=answers)
    for line in sys.stdin:
        print(json.dumps(_measure(json.loads(line))), file=answers)
        gc.collect()
