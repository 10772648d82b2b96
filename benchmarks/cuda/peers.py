#!/usr/bin/env python3
"""The same work as cuda_ops_bench in PyTorch's words, both run in turn, one table.

    python3 benchmarks/cuda/peers.py [PROGRAM]

Needs PyTorch with CUDA. Each side is measured as cuda_ops_bench.cpp says: many calls between two
synchronisations, the median of nine rounds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))

from timing import seconds_of_rounds  # noqa: E402


def seconds(calls: int, body: Callable[[], object]) -> float:
    """Of one call: the median of nine rounds of `calls`."""
    return statistics.median(seconds_of_rounds(9, calls, body, torch.cuda.synchronize))


def bandwidth(amount: float, body: Callable[[], object]) -> float:
    return amount / seconds(20, body) / 1e12


def launches(body: Callable[[], object]) -> float:
    return seconds(2000, body) * 1e6


def normal(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(*shape, device="cuda", dtype=dtype)


def regression_step() -> Callable[[], None]:
    images = torch.rand(1024, 784, device="cuda")
    labels = torch.randint(0, 10, (1024,), device="cuda")
    weights = torch.zeros(784, 10, device="cuda", requires_grad=True)
    bias = torch.zeros(10, device="cuda", requires_grad=True)

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(images @ weights + bias, labels)
        dw, db = torch.autograd.grad(loss, (weights, bias))
        with torch.no_grad():
            weights.sub_(0.1 * dw)
            bias.sub_(0.1 * db)

    return step


def measure() -> dict[str, float]:
    """PyTorch's numbers, by the names that cuda_ops_bench gives them."""
    torch.backends.cuda.matmul.allow_tf32 = True  # as saem and TensorFlow have it
    result: dict[str, float] = {}
    small, other = normal(16), normal(16)
    square = normal(16, 16)
    result["add 16"] = launches(lambda: small + other)
    result["add 16 and a number"] = launches(lambda: small + 1.0)
    result["exp 16"] = launches(lambda: torch.exp(small))
    result["sum 16"] = launches(lambda: small.sum())
    result["matmul 16"] = launches(lambda: square @ square)
    x = normal(16384, 16384)
    size = x.numel() * 4
    row, column = normal(16384), normal(16384, 1)
    target = torch.empty_like(x)
    result["(copy, 1 GiB)"] = bandwidth(2 * size, lambda: target.copy_(x))
    del target
    result["add a number, 1 GiB"] = bandwidth(2 * size, lambda: x + 1.0)
    result["exp 1 GiB"] = bandwidth(2 * size, lambda: torch.exp(x))
    result["tanh 1 GiB"] = bandwidth(2 * size, lambda: torch.tanh(x))
    result["relu 1 GiB"] = bandwidth(2 * size, lambda: torch.relu(x))
    result["add, 2 x 1 GiB"] = bandwidth(3 * size, lambda: x + x)
    result["add a row, 1 GiB"] = bandwidth(2 * size, lambda: x + row)
    result["add a column, 1 GiB"] = bandwidth(2 * size, lambda: x + column)
    result["cast to bfloat16, 1 GiB"] = bandwidth(1.5 * size, lambda: x.to(torch.bfloat16))
    result["transposed copy, 1 GiB"] = bandwidth(2 * size, lambda: x.T.contiguous())
    result["normal, 1 GiB"] = bandwidth(size, lambda: normal(16384, 16384))
    result["sum of all, 1 GiB"] = bandwidth(size, lambda: x.sum())
    result["sum along rows, 1 GiB"] = bandwidth(size, lambda: x.sum(1))
    result["sum along columns, 1 GiB"] = bandwidth(size, lambda: x.sum(0))
    del x
    half = normal(8192, 8192, dtype=torch.bfloat16)
    size = half.numel() * 2
    result["softmax 8192 bfloat16"] = bandwidth(2 * size, lambda: torch.softmax(half, 1))
    result["log_softmax 8192 bfloat16"] = bandwidth(2 * size, lambda: torch.log_softmax(half, 1))
    wide = half.float()
    result["softmax 8192 float32"] = bandwidth(4 * size, lambda: torch.softmax(wide, 1))
    for n in (4096, 8192):
        a, b = normal(n, n, dtype=torch.bfloat16), normal(n, n, dtype=torch.bfloat16)
        result[f"matmul {n} bfloat16"] = 2 * n**3 / seconds(20, lambda a=a, b=b: a @ b) / 1e12
    a = normal(4096, 4096, dtype=torch.bfloat16)
    bias = normal(4096, dtype=torch.bfloat16)
    result["dense 4096 bfloat16"] = 2 * 4096**3 / seconds(
        20, lambda: torch.addmm(bias, a, a)) / 1e12
    result["dense 4096 bfloat16, relu"] = 2 * 4096**3 / seconds(
        20, lambda: torch.relu(torch.addmm(bias, a, a))) / 1e12
    a = normal(4096, 4096)
    result["matmul 4096 TF32"] = 2 * 4096**3 / seconds(20, lambda: a @ a) / 1e12
    result["softmax regression step, batch 1024"] = launches(regression_step())
    return result


def main() -> int:
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/benchmarks/cuda_ops_bench"
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    print(ran.stderr, end="")
    if ran.returncode != 0:
        return 1
    ours = {}
    for line in ran.stdout.splitlines():
        name, value, unit = line.split("\t")
        ours[name] = (float(value), unit)
    theirs = measure()
    torch.cuda.empty_cache()
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
    print(f"{'':38} {'saem':>9} {'PyTorch':>9} {'':8} {'saem better by':>14}")
    for name, value in theirs.items():
        mine, unit = ours.get(name, (None, "TB/s"))
        if mine is None:
            print(f"{name:38} {'':>9} {value:9.2f} {unit:8}")
            continue
        ratio = value / mine if unit == "us" else mine / value
        print(f"{name:38} {mine:9.2f} {value:9.2f} {unit:8} {ratio:14.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
