"""The works of the tables: what is compared, by whom, and what limits it.

A work names a benchmark of ours and, by its key, what each peer does (`tensorflow_peer.py`,
`pytorch_peer.py`, `jax_peer.py`). Benchmarks and peers that are not there leave their cells empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ours:
    """One benchmark of ours, by its program and its whole name."""

    program: str
    name: str


@dataclass(frozen=True)
class Work:
    key: str
    title: str
    ours: dict[str, Ours]
    """By variant, in the order of the columns."""
    limit: Ours | None = None
    """The benchmark whose time is what the machine can do."""
    limit_scale: float = 1.0
    """How many times the limit's work this is."""
    goal_seconds: float | None = None
    goal_of_limit: float | None = None
    """The part of the limit's speed that is wanted."""
    goal_of_peers: float | None = None
    """The part of the fastest peer's speed that is wanted; of memory, of the most modest peer's."""


@dataclass(frozen=True)
class Table:
    title: str
    variants: dict[str, list[str]]
    """By who measures (`saem` or a peer), in the order of the columns."""
    works: list[Work] = field(default_factory=list)


EAGER = Table("One op after another", {
    "saem": ["eager"], "TensorFlow": ["eager"], "PyTorch": ["eager"], "JAX": ["eager"]})

FUNCTIONS = Table("Whole functions", {
    "saem": ["eager", "function"],
    "TensorFlow": ["eager", "tf.function", "jit_compile=True"],
    "PyTorch": ["eager", "torch.compile"],
    "JAX": ["jax.jit"]})

MEMORY = Table("Memory of 200 calls: growth, and peak of the whole process", FUNCTIONS.variants)

TABLES = [EAGER, FUNCTIONS]

READ = Ours("reduce_bench", "Read/real_time")
COPY = Ours("reduce_bench", "Copy/real_time")


def eager(key: str, title: str, program: str, name: str, **rest: object) -> None:
    EAGER.works.append(Work(key, title, {"eager": Ours(program, name)}, **rest))  # type: ignore


def function(key: str, title: str, eager_name: tuple[str, str], **rest: object) -> None:
    ours = {"eager": Ours(*eager_name), "function": Ours("function_bench", f"{key}/real_time")}
    FUNCTIONS.works.append(Work(key, title, ours, **rest))  # type: ignore


eager("add_16", "add, 16 floats", "eager_bench", "eager_add_16", goal_seconds=150e-9)
eager("add_16_taped", "add, 16 floats, on a tape", "eager_bench", "eager_add_16_taped",
      goal_seconds=400e-9)
eager("two_ops_gradient", "two ops, taped and differentiated", "eager_bench",
      "two_ops_taped_and_differentiated", goal_seconds=5e-6)

# 8192 x 1024 float32: 32 MiB, which no cache holds.
for key, title, program, name in [
        ("add_scalar", "add a number", "eager_bench", "add_scalar_8192x1024/real_time"),
        ("exp", "exp", "elementwise_bench", "exp/8192x1024/real_time"),
        ("tanh", "tanh", "elementwise_bench", "tanh/8192x1024/real_time"),
        ("gelu", "gelu", "elementwise_bench", "gelu/8192x1024/real_time"),
        ("softmax", "softmax", "reduce_bench", "Softmax/real_time"),
        ("layer_norm", "layer norm", "reduce_bench", "LayerNormalization/real_time")]:
    eager(key, f"{title}, 8192x1024", program, name, limit=COPY, goal_of_limit=0.9)
for key, title, name in [("sum_all", "sum of all", "SumAll"),
                         ("sum_axis_0", "sum along axis 0", "SumColumns"),
                         ("sum_axis_1", "sum along axis 1", "SumRows")]:
    eager(key, f"{title}, 8192x1024", "reduce_bench", f"{name}/real_time", limit=READ,
          goal_of_limit=0.9, goal_of_peers=1.0)
eager("transpose", "transposed copy, 8192x1024", "contiguous_bench",
      "transposed/float32/real_time", limit=COPY, goal_of_limit=0.9, goal_of_peers=1.0)

for size, dtype in [(512, "float32"), (1024, "float32"), (2048, "float32"), (1024, "bfloat16")]:
    eager(f"matmul_{size}_{dtype}", f"matmul {size}, {dtype}", "matmul_bench",
          f"saem_matmul/{dtype}/{size}/real_time", goal_of_limit=0.95,
          limit=Ours("matmul_bench", f"onednn_matmul/{dtype}/{size}/real_time"))

CONVOLUTIONS = [(batch, *rest) for batch in (8, 1) for rest in [
    (56, 64, 64, 3), (28, 128, 128, 3), (14, 256, 256, 3), (7, 512, 512, 3), (56, 64, 256, 1),
    (14, 1024, 256, 1)]]
"""ResNet-50's: batch, side, channels, outputs, window."""


def convolution_key(sizes: tuple[int, ...]) -> str:
    return "conv2d_" + "_".join(map(str, sizes))


for sizes in CONVOLUTIONS:
    batch, side, channels, outputs, window = sizes
    arguments = "/".join(map(str, sizes))
    eager(convolution_key(sizes),
          f"conv2d {window}x{window}, {batch}x{side}x{side}x{channels} to {outputs}",
          "convolution_bench", f"saem_convolution/float32/{arguments}/real_time",
          limit=Ours("convolution_bench", f"onednn_convolution/float32/{arguments}/real_time"),
          goal_of_limit=0.95)

eager("mlp_step", "MLP 784-256-10, batch 32, gradient and Adam", "mlp_bench",
      "mlp_step_fused/real_time", goal_seconds=0.45e-3)

function("one_op_call", "a function of one op, 16 floats", ("eager_bench", "eager_add_scalar_16"))
# 16 M floats, read and written once: what `Copy` does twice.
function("chain_of_six", "six pointwise ops, 16 M floats",
         ("function_bench", "eager_chain_of_six/real_time"), limit=COPY, limit_scale=2.0,
         goal_of_limit=0.9)
function("mlp_step", "MLP 784-256-10, batch 32, gradient and Adam",
         ("mlp_bench", "mlp_step_fused/real_time"))
for dtype in ("float32", "bfloat16"):
    function(f"feed_forward_{dtype}", f"inference, 768-3072-768, batch 8, {dtype}",
             ("function_bench", f"eager_feed_forward_{dtype}/real_time"), goal_of_peers=1.0)
function("transformer_block", "Transformer block, d 256, 8 heads, 16x128, forwards and backwards",
         ("function_bench", "eager_transformer_block/real_time"))
function("resnet20_step", "ResNet-20, batch 64, training step",
         ("function_bench", "eager_resnet20_step/real_time"))

for work in FUNCTIONS.works:
    if work.key in ("mlp_step", "transformer_block", "resnet20_step"):
        MEMORY.works.append(Work(work.key, work.title, {
            "eager": Ours("function_bench", f"eager_{work.key}_memory/iterations:200/real_time"),
            "function": Ours("function_bench", f"{work.key}_memory/iterations:200/real_time")},
            goal_of_peers=1.0))
