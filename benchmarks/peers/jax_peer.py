"""The works in JAX's words: op by op, and by jax.jit."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax
from serve import Body, serve, work
from works import CONVOLUTIONS, convolution_key


def ready(function: Callable, *arguments: object) -> Body:
    """Calls and waits: JAX hands work to its own threads and returns before it is done."""
    return lambda: jax.block_until_ready(function(*arguments))


def normal(*shape: int, seed: int = 1, deviation: float = 1.0) -> jax.Array:
    return jax.random.normal(jax.random.key(seed), shape) * deviation


@work("add_16")
def add_16() -> Body:
    return ready(jnp.add, jnp.ones(16), jnp.ones(16))


@work("two_ops_gradient")
def two_ops_gradient() -> Body:
    w, x, seed = jnp.ones(16), jnp.ones(16), jnp.ones(16)

    def gradient() -> jax.Array:
        _, pull_back = jax.vjp(lambda w: jnp.square(w * x), w)
        return pull_back(seed)

    return ready(gradient)


def of_matrix(function: Callable) -> Callable[[], Body]:
    return lambda: ready(function, normal(8192, 1024))


def normalised(x: jax.Array, scale: jax.Array, shift: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * scale + shift


work("add_scalar")(of_matrix(lambda x: x + 1.0))
work("exp")(of_matrix(jnp.exp))
work("tanh")(of_matrix(jnp.tanh))
work("gelu")(of_matrix(lambda x: jax.nn.gelu(x, approximate=False)))
work("softmax")(of_matrix(jax.nn.softmax))
# JAX has no layer norm of its own; op by op it would be eight passes.
work("layer_norm")(of_matrix(jax.jit(
    lambda x: normalised(x, jnp.ones(1024), jnp.zeros(1024)))))
work("sum_all")(of_matrix(jnp.sum))
work("sum_axis_0")(of_matrix(lambda x: jnp.sum(x, 0)))
work("sum_axis_1")(of_matrix(lambda x: jnp.sum(x, 1)))
work("transpose")(of_matrix(jnp.transpose))


def matmul(size: int, dtype: str) -> Callable[[], Body]:
    return lambda: ready(jnp.matmul, normal(size, size, seed=1).astype(dtype),
                         normal(size, size, seed=2).astype(dtype))


for size, dtype in [(512, "float32"), (1024, "float32"), (2048, "float32"), (1024, "bfloat16")]:
    work(f"matmul_{size}_{dtype}")(matmul(size, dtype))


def conv2d(x: jax.Array, f: jax.Array, stride: int = 1) -> jax.Array:
    return lax.conv_general_dilated(x, f, (stride, stride), "SAME",
                                    dimension_numbers=("NHWC", "HWIO", "NHWC"))


def convolution(batch: int, side: int, channels: int, outputs: int,
                window: int) -> Callable[[], Body]:
    return lambda: ready(conv2d, normal(batch, side, side, channels),
                         normal(window, window, channels, outputs, seed=2))


for sizes in CONVOLUTIONS:
    work(convolution_key(sizes))(convolution(*sizes))

work("one_op_call", "jax.jit")(lambda: ready(jax.jit(lambda x: x + 1.0), jnp.ones(16)))
work("chain_of_six", "jax.jit")(lambda: ready(
    jax.jit(lambda x: jnp.sqrt(jnp.abs(jnp.tanh(x * 2.0 + 1.0))) - x),
    jax.random.uniform(jax.random.key(1), (16 << 20,))))


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    rows = jnp.arange(labels.shape[0])
    return -jax.nn.log_softmax(logits)[rows, labels].mean()


def stepping(step: Callable, *state: object) -> Body:
    """A step that gives its own next arguments, whose memory it may use again."""
    compiled = jax.jit(step, donate_argnums=tuple(range(len(state))))
    held = [state]

    def body() -> None:
        held[0] = jax.block_until_ready(compiled(*held[0]))

    return body


def mlp_step(jit: bool) -> Body:
    weights = (normal(784, 256, deviation=0.05), jnp.zeros(256),
               normal(256, 10, deviation=0.05), jnp.zeros(10))
    images = jax.random.uniform(jax.random.key(1), (32, 784))
    labels = jax.random.randint(jax.random.key(2), (32,), 0, 10)

    def loss(weights: tuple) -> jax.Array:
        w1, b1, w2, b2 = weights
        return cross_entropy(jax.nn.relu(images @ w1 + b1) @ w2 + b2, labels)

    def step(weights: tuple, means: tuple, squares: tuple, first: jax.Array,
             second: jax.Array) -> tuple:
        gradients = jax.grad(loss)(weights)
        first, second = first * 0.9, second * 0.999
        rate = 0.001 * jnp.sqrt(1 - second) / (1 - first)
        means = tuple(m + 0.1 * (g - m) for m, g in zip(means, gradients, strict=True))
        squares = tuple(v + 0.001 * (g * g - v) for v, g in zip(squares, gradients, strict=True))
        weights = tuple(w - rate * m / (jnp.sqrt(v) + 1e-7)
                        for w, m, v in zip(weights, means, squares, strict=True))
        return weights, means, squares, first, second

    def zeros() -> tuple:
        return tuple(jnp.zeros_like(w) for w in weights)

    state = (weights, zeros(), zeros(), jnp.float32(1), jnp.float32(1))
    return stepping(step, *state) if jit else ready(step, *state)


work("mlp_step")(lambda: mlp_step(False))
work("mlp_step", "jax.jit")(lambda: mlp_step(True))


def feed_forward(dtype: jax.typing.DTypeLike) -> Body:
    weights = tuple(normal(*shape, deviation=0.02).astype(dtype)
                    for shape in [(768, 3072), (3072,), (3072, 768), (768,)])

    def layers(x: jax.Array, weights: tuple) -> jax.Array:
        up, up_bias, down, down_bias = weights
        return jax.nn.relu(x @ up + up_bias) @ down + down_bias

    return ready(jax.jit(layers), normal(8, 768).astype(dtype), weights)


work("feed_forward_float32", "jax.jit")(lambda: feed_forward(jnp.float32))
work("feed_forward_bfloat16", "jax.jit")(lambda: feed_forward(jnp.bfloat16))


@work("transformer_block", "jax.jit")
def transformer_block() -> Body:
    batch, length, width, heads = 16, 128, 256, 8
    ones, zeros = jnp.ones(width), jnp.zeros(width)
    weights = (ones, zeros, normal(width, 3 * width, deviation=0.02),
               normal(width, width, deviation=0.02), ones, zeros,
               normal(width, 4 * width, deviation=0.02), normal(4 * width, width, deviation=0.02))

    def loss(x: jax.Array, weights: tuple) -> jax.Array:
        scale1, shift1, qkv, out, scale2, shift2, up, down = weights
        shape = (batch, length, heads, width // heads)
        q, k, v = (part.reshape(shape)
                   for part in jnp.split(normalised(x, scale1, shift1) @ qkv, 3, axis=-1))
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * (width // heads) ** -0.5
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores), v)
        x = x + mixed.reshape(batch, length, width) @ out
        hidden = jax.nn.gelu(normalised(x, scale2, shift2) @ up, approximate=False)
        return (x + hidden @ down).sum()

    return ready(jax.jit(jax.grad(loss, (0, 1))), normal(batch, length, width), weights)


@work("resnet20_step", "jax.jit")
def resnet20_step() -> Body:
    def filters(window: int, inputs: int, outputs: int) -> jax.Array:
        return normal(window, window, inputs, outputs,
                      deviation=(2 / (window * window * inputs)) ** 0.5)

    def normalisation(channels: int) -> tuple[jax.Array, jax.Array]:
        return jnp.ones(channels), jnp.zeros(channels)

    strides = []
    blocks = []
    inputs = 16
    for outputs in (16, 32, 64):
        for index in range(3):
            stride = 2 if index == 0 and outputs > 16 else 1
            strides.append(stride)
            blocks.append((filters(3, inputs, outputs), normalisation(outputs),
                           filters(3, outputs, outputs), normalisation(outputs),
                           filters(1, inputs, outputs) if stride == 2 else None))
            inputs = outputs
    weights = ((filters(3, 3, 16), normalisation(16)), blocks,
               (normal(64, 10, deviation=0.1), jnp.zeros(10)))
    images = normal(64, 32, 32, 3)
    labels = jax.random.randint(jax.random.key(2), (64,), 0, 10)

    def normalise(x: jax.Array, made: tuple) -> jax.Array:
        mean = x.mean((0, 1, 2))
        variance = jnp.square(x).mean((0, 1, 2)) - jnp.square(mean)
        return (x - mean) * (lax.rsqrt(variance + 1e-5) * made[0]) + made[1]

    def loss(weights: tuple) -> jax.Array:
        (first, norm), blocks, (dense, bias) = weights
        x = jax.nn.relu(normalise(conv2d(images, first), norm))
        for stride, (f1, n1, f2, n2, shortcut) in zip(strides, blocks, strict=True):
            y = jax.nn.relu(normalise(conv2d(x, f1, stride), n1))
            y = normalise(conv2d(y, f2), n2)
            x = jax.nn.relu(y + (x if shortcut is None else conv2d(x, shortcut, stride)))
        return cross_entropy(x.mean((1, 2)) @ dense + bias, labels)

    def step(weights: tuple, velocities: tuple) -> tuple:
        velocities = jax.tree.map(lambda v, g: 0.9 * v + g, velocities, jax.grad(loss)(weights))
        return jax.tree.map(lambda w, v: w - 0.1 * v, weights, velocities), velocities

    return stepping(step, weights, jax.tree.map(jnp.zeros_like, weights))


serve(jax.__version__)
