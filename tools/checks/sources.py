"""What every check shares: the project's files, findings, and the end of a run."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

CXX_SUFFIXES = frozenset({".hpp", ".h", ".cpp", ".cc", ".cu", ".cuh"})

# Skipped where git is not there to say what belongs to the project (an unpacked archive).
NOT_OURS = frozenset({".git", ".venv", "build", ".cache", "__pycache__", ".pytest_cache"})


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, where, and what mends it."""

    path: Path
    line: int
    message: str

    def text(self, root: Path) -> str:
        path = self.path.relative_to(root) if self.path.is_relative_to(root) else self.path
        return f"{path}:{self.line}: {self.message}"


def project_files(root: Path) -> list[Path]:
    """Every file that is, or is about to be, part of the project, in order."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False)
    if listing.returncode == 0 and (root / ".git").exists():
        names = listing.stdout.decode().split("\0")
        paths = (root / name for name in names if name)
    else:
        paths = (path for path in root.rglob("*")
                 if not NOT_OURS.intersection(path.relative_to(root).parts))
    # A file that git still lists may be deleted in the working tree.
    return sorted(path for path in set(paths) if path.is_file() and not path.is_symlink())


def cxx_files(root: Path, *folders: str) -> list[Path]:
    """The C++ and CUDA sources, below `folders` where any are named."""
    below = [root / folder for folder in folders] or [root]
    return [path for path in project_files(root) if path.suffix in CXX_SUFFIXES
            and any(path.is_relative_to(folder) for folder in below)]


def parser(description: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--root", type=Path, default=PROJECT, help="the project (default: this one)")
    return made


def finish(name: str, checked: int, findings: Iterable[Finding], root: Path) -> int:
    """Prints findings and one closing line; returns the exit code.

    A check that saw no file proves nothing, so it fails.
    """
    found = sorted(findings)
    for finding in found:
        print(finding.text(root), file=sys.stderr)
    if checked == 0:
        print(f"{name}: no file to check below {root}", file=sys.stderr)
        return 1
    print(f"{name}: {checked} files, {len(found)} findings")
    return 1 if found else 0
