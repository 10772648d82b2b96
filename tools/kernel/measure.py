"""Measures the engine: how long cells take, and what they leave in memory.

    python tools/kernel/measure.py BUILD        (a build folder that has the library and the engine)

Times are from sending the request to its answer, as a notebook sees them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))

from saem_kernel.engine import Engine, Options  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = 7
CELLS = 200

# Run in this order in each session: the first use of a part of the library reads it from the
# precompiled header.
TIMED = {
    "`int x = 1;`": "int x = 1;",
    '`std::cout << x << "\\n";`': 'std::cout << x << "\\n";',
    "`x + 1`, shown": "x + 1",
    "`tf::constant({1.0, 2.0})`, shown": "tf::constant({1.0, 2.0})",
    "the same again": "tf::constant({1.0, 2.0})",
    "`plot::line({1.0, 2.0});`": "plot::line({1.0, 2.0});",
    "the same again ": "plot::line({1.0, 2.0});",
    "`int broken = ;`": "int broken = ;",
}
REPEATED = {
    "`int vN = N; vN + x`": "int v{0} = {0}; v{0} + x",
    "`auto tN = tf::constant({1.0, N.0}); tN`": "auto t{0} = tf::constant({{1.0, {0}.0}}); t{0}",
}


def options(build: Path) -> Options:
    """The engine as the build installs it."""
    kernel = build / "tools" / "kernel"
    arguments = ["-I", str(ROOT / "tools" / "kernel" / "include"), "-I", str(ROOT / "include")]
    arguments += ["-include", "saem_kernel/prelude.hpp", "-include", "saem/saem.hpp"]
    arguments += ["--pch", str(kernel / "notebook.pch")]
    arguments += ["--library", str(build / "src" / "libsaem.so")]
    return Options(str(kernel / "saem-engine"), arguments)


def resident_kib(pid: int) -> int:
    """What the process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"no VmRSS for process {pid}")


def main() -> int:
    engine_options = options(Path(sys.argv[1]).resolve())
    times: dict[str, list[float]] = {}
    for session in range(SESSIONS):
        start = time.perf_counter()
        engine = Engine(engine_options)
        engine.wait_ready(lambda event: print(event.get("text", "")))
        resident = resident_kib(engine.pid)
        for name, code in TIMED.items():
            before = time.perf_counter()
            engine.execute(code)
            now = time.perf_counter()
            if name == next(iter(TIMED)):
                times.setdefault("process start to the first answer", []).append(now - start)
            times.setdefault(name, []).append(now - before)
        if session == SESSIONS - 1:
            print(f"resident when ready: {resident / 1024:.0f} MiB")
            for name, code in REPEATED.items():
                resident = resident_kib(engine.pid)
                for number in range(CELLS):
                    engine.execute(code.format(number))
                growth = (resident_kib(engine.pid) - resident) / CELLS
                print(f"{name}: {growth:.0f} KiB a cell")
        engine.close()
    for name, seconds in times.items():
        milliseconds = [1000 * value for value in seconds]
        print(f"{name}: median {median(milliseconds):.0f} ms, "
              f"{min(milliseconds):.0f} to {max(milliseconds):.0f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
