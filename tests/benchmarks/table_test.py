"""The tables, with a benchmark program and a peer that give the times they are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS / "peers")]

import table  # noqa: E402
import timing  # noqa: E402
import works  # noqa: E402

PROGRAM = r"""#!{python}
import json, sys
if "--benchmark_list_tests" in sys.argv:
    print("ours/16\nlimit\nhungry")
elif "--benchmark_filter=^(hungry)$" in sys.argv:
    print(json.dumps({{"benchmarks": [{{"growth": 3 << 20, "peak": 200 << 20}}]}}))
else:
    assert any(argument.startswith("--benchmark_filter=^(") for argument in sys.argv)
    times = [("ours/16", t) for t in (400, 200, 900)] + [("limit", t) for t in (100, 100, 100)]
    print(json.dumps({{"benchmarks": [
        {{"run_name": name, "run_type": "iteration", "real_time": t, "time_unit": "ns"}}
        for name, t in times] + [
        {{"run_name": "ours/16", "run_type": "aggregate", "real_time": 1, "time_unit": "s"}}]}}))
"""


@pytest.fixture
def programs(tmp_path: Path) -> table.Programs:
    path = tmp_path / "some_bench"
    path.write_text(PROGRAM.format(python=sys.executable))
    path.chmod(0o755)
    return table.Programs(tmp_path, dict(os.environ))


def ours(name: str, program: str = "some_bench") -> works.Ours:
    return works.Ours(program, name)


def test_a_time_is_the_median_or_the_minimum_of_the_rounds(programs):
    asked = [ours("ours/16"), ours("limit"), ours("ours/1"), ours("x", "no_bench")]
    assert programs.seconds(asked, table.FULL) == pytest.approx(
        {ours("ours/16"): 400e-9, ours("limit"): 100e-9})
    assert programs.seconds(asked, table.SHARED)[ours("ours/16")] == pytest.approx(200e-9)


def test_a_row_tells_how_far_from_peers_limit_and_goal(programs):
    work = works.Work("key", "a work", {"eager": ours("ours/16")}, limit=ours("limit"),
                      limit_scale=2.0, goal_of_limit=0.5, goal_of_peers=1.0)
    made = works.Table("title", {"saem": ["eager"], "A": ["eager"], "B": ["eager", "compiled"]})
    row = table.measure(work, made, programs, [], table.FULL)
    row.peers.update({("A", "eager"): 1e-3, ("B", "compiled"): 800e-9})
    assert table.header(made, ["A", "B"], table.OF_TIMES) == [
        "work", "saem", "A", "B, eager", "B, compiled", "limit", "of the fastest peer",
        "of the limit", "of the goal"]
    # The limit's 200 ns of 400 are the half that was wanted; the peers' 800 more than enough.
    assert row.cells(made, ["A", "B"]) == [
        "a work", "400 ns", "1.00 ms", "", "800 ns", "200 ns", "2.00", "0.50", "1.00"]


def test_a_row_without_ours_says_what_peers_do(programs):
    work = works.Work("key", "a work", {"eager": ours("nothing")}, goal_seconds=1.0)
    made = works.Table("title", {"saem": ["eager"], "A": ["eager"]})
    row = table.measure(work, made, programs, [], table.FULL)
    row.peers["A", "eager"] = 2e-6
    assert row.cells(made, ["A"]) == ["a work", "", "2.00 us", "", "", "", ""]


@pytest.mark.parametrize(("seconds", "text"), [
    (None, ""), (1.234e-9, "1.23 ns"), (99.96e-9, "100 ns"), (999.6e-9, "1.00 us"),
    (12.34e-3, "12.3 ms"), (2.5, "2.50 s")])
def test_times_have_three_digits(seconds, text):
    assert table.time_text(seconds) == text


def test_a_peer_answers_with_times_nothing_or_an_error(tmp_path):
    peer = tmp_path / "peer.py"
    peer.write_text("import time\nfrom serve import serve, work\n"
                    "print('libraries print')\n"
                    "work('sleep')(lambda: lambda: time.sleep(0.001))\n"
                    "work('fail')(lambda: 1 / 0)\nserve('1.0')\n")
    questions = [{"key": key, "variant": "eager", "seconds": 0.002, "rounds": 3,
                  "of_rounds": "min"} for key in ("sleep", "fail", "unknown")]
    ran = subprocess.run([sys.executable, str(peer)], text=True, capture_output=True, check=True,
                         env=os.environ | {"PYTHONPATH": str(BENCHMARKS / "peers")},
                         input="".join(json.dumps(question) + "\n" for question in questions))
    version, sleep, fail, unknown = map(json.loads, ran.stdout.splitlines()[-4:])
    assert version == {"version": "1.0"}
    assert 0.001 <= sleep["seconds"] < 0.1
    assert fail["error"].startswith("ZeroDivisionError")
    assert unknown == {}


PEER = """
from serve import serve, work
@work("hungry")
def hungry():
    kept = bytearray(b"x" * (64 << 20))
    return lambda: len(kept)
serve("1.0")
"""


def test_memory_is_how_much_the_most_was_above_the_start(programs, tmp_path, monkeypatch):
    (tmp_path / "a_peer.py").write_text(PEER)
    monkeypatch.setattr(table, "PEERS", tmp_path)
    peer = table.Peer("A", sys.executable,
                      os.environ | {"PYTHONPATH": str(BENCHMARKS / "peers")})
    measured = peer.memory("hungry", "eager")
    assert 64 << 20 <= measured.growth < 160 << 20  # the bytes, and once more as they are copied
    assert measured.growth < measured.peak
    assert peer.memory("unknown", "eager") is None
    made = works.Table("title", {"saem": ["eager"], "A": ["eager"]})
    work = works.Work("hungry", "a work", {"eager": ours("hungry")}, goal_of_peers=2.0)
    title, mine, theirs, ratio, goal = table.memory_row(work, made, programs, [peer])
    peer.close()
    assert (title, mine) == ("a work", "3.0 / 200 MiB") and theirs.endswith(" MiB")
    assert float(ratio) == pytest.approx(2 * float(goal), abs=0.02) and float(ratio) > 21
    assert programs.memory(ours("limit/1")) is None


def test_rounds_are_of_many_calls_and_waited_for():
    calls, waits = [], []
    rounds = timing.seconds_of_rounds(3, 5, lambda: calls.append(1), lambda: waits.append(1))
    assert len(rounds) == 3 and len(calls) == 5 + 3 * 5 and len(waits) == 1 + 3


def test_works_are_named_once():
    for made in [*works.TABLES, works.MEMORY]:
        keys = [work.key for work in made.works]
        assert len(keys) == len(set(keys))
        for work in made.works:
            assert list(work.ours) == made.variants["saem"]
