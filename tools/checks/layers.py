#!/usr/bin/env python3
"""Includes go downward only: the layers of docs/ARCHITECTURE.md, checked in src/ and include/."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sources import Finding, cxx_files, finish, parser

# A layer and the layers right below it; what lies below those is reached through them.
BELOW: dict[str, tuple[str, ...]] = {
    "base": (),
    "core": ("base",),
    "cpu": ("core",),
    "cuda": ("core",),
    "ops": ("core",),
    "autodiff": ("ops",),
    "graph": ("autodiff",),
    "data": ("graph",),
    "text": ("graph",),
    "image": ("graph",),
    "plot": ("graph",),
    "formats": ("graph",),
    "keras": ("data", "text", "image", "plot", "formats"),
    "distribute": ("keras",),
    "quantize": ("keras",),
    "language": ("keras",),
    "diffusion": ("keras",),
    "alignment": ("keras",),
    "serve": ("distribute", "quantize", "language", "diffusion", "alignment"),
}

# Floors 3 and 4 read an op's options struct, which lies on floor 1: its public header, no more.
PUBLIC_ALSO: dict[str, tuple[str, ...]] = {"cpu": ("ops",), "cuda": ("ops",)}

# Public headers that lie in no layer's folder, and the layer that they belong to.
TOP_LEVEL: dict[str, str] = {"notebook.hpp": "base", "version.hpp": "base"}
UMBRELLAS = frozenset({"saem.hpp"})  # include everything, are included by nothing in the library
UMBRELLA_FOLDERS = frozenset({"course"})  # what lessons and practices include

# The C++ standard library: all that a public header may include besides saem's own.
STANDARD_HEADERS = frozenset("""
    algorithm any array atomic barrier bit bitset charconv chrono compare complex concepts
    condition_variable coroutine deque exception execution expected filesystem format
    forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream
    iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional
    ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
    source_location span sstream stack stdexcept stop_token streambuf string string_view
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
    unordered_set utility valarray variant vector version
    cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg
    cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype
""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


def reachable(layer: str) -> frozenset[str]:
    """`layer` and everything below it."""
    found = {layer}
    for below in BELOW[layer]:
        found |= reachable(below)
    return frozenset(found)


def includes(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line number, what is included, and whether in angle brackets."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] or match[2], match[1] is not None


def public_layer(name: str) -> str | None:
    """The layer of a public header named as after `saem/`, None for an umbrella or a stranger."""
    first, _, rest = name.partition("/")
    if rest:
        return first if first in BELOW else None
    return TOP_LEVEL.get(first)


def is_umbrella(name: str) -> bool:
    return name in UMBRELLAS or name.partition("/")[0] in UMBRELLA_FOLDERS


def check_public_header(path: Path, name: str) -> Iterator[Finding]:
    """A header below include/saem."""
    layer = public_layer(name)
    if layer is None and not is_umbrella(name):
        yield Finding(path, 1, f"belongs to no layer; put it into a layer's folder: "
                      f"{', '.join(BELOW)}")
        return
    for line, included, angled in includes(path):
        if not angled:
            yield Finding(path, line, f'"{included}": a public header includes <saem/...> only; '
                          "whoever installs it has no src/")
        elif included.startswith("saem/"):
            if layer is not None:
                yield from check_saem_include(path, line, layer, included, reachable(layer))
        elif included not in STANDARD_HEADERS:
            yield Finding(path, line, f"<{included}>: a public header shows no third-party or "
                          "system header; move its use into src/")


def check_saem_include(path: Path, line: int, layer: str, included: str,
                       allowed: frozenset[str]) -> Iterator[Finding]:
    """`#include <saem/...>` from a file of `layer`."""
    name = included.removeprefix("saem/")
    if is_umbrella(name):
        yield Finding(path, line, f"<{included}>: the library includes what it uses, "
                      "never the umbrella header")
        return
    target = public_layer(name)
    if target is None:
        yield Finding(path, line, f"<{included}> belongs to no layer")
    elif target not in allowed:
        yield upward(path, line, layer, target, f"<{included}>", allowed)


def upward(path: Path, line: int, layer: str, target: str, what: str,
           allowed: frozenset[str]) -> Finding:
    below = ", ".join(name for name in BELOW if name in allowed and name != layer) or "nothing"
    return Finding(path, line, f"{what}: {layer} must not include {target}; "
                   f"it stands on {below}")


def check_source(path: Path, root: Path) -> Iterator[Finding]:
    """A file below src/."""
    name = path.relative_to(root / "src").as_posix()
    # A source beside the layers' folders stands where its public header stands.
    layer = public_layer(name if "/" in name else f"{path.stem}.hpp")
    if layer is None:
        yield Finding(path, 1, f"belongs to no layer; put it into a layer's folder: "
                      f"{', '.join(BELOW)}")
        return
    private = reachable(layer)
    public = private.union(PUBLIC_ALSO.get(layer, ()))
    for line, included, angled in includes(path):
        if angled and included.startswith("saem/"):
            yield from check_saem_include(path, line, layer, included, public)
        elif not angled:
            target = included.partition("/")[0]
            if target in BELOW and target not in private:
                yield upward(path, line, layer, target, f'"{included}"', private)
            elif target not in BELOW and (root / "src" / included).exists():
                yield Finding(path, line, f'"{included}" belongs to no layer')


def check(root: Path) -> tuple[int, list[Finding]]:
    """The number of files looked at, and what was found."""
    findings: list[Finding] = []
    headers = cxx_files(root, "include")
    for path in headers:
        if not path.is_relative_to(root / "include" / "saem"):
            findings.append(Finding(path, 1, "public headers lie below include/saem"))
            continue
        name = path.relative_to(root / "include" / "saem").as_posix()
        findings.extend(check_public_header(path, name))
    sources = cxx_files(root, "src")
    for path in sources:
        findings.extend(check_source(path, root))
    return len(headers) + len(sources), findings


def main() -> int:
    options = parser(__doc__).parse_args()
    root = options.root.resolve()
    checked, findings = check(root)
    return finish("layers", checked, findings, root)


if __name__ == "__main__":
    sys.exit(main())
