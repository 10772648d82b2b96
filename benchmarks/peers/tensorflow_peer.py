"""The works in TensorFlow's words: eagerly, as a tf.function, and compiled by XLA."""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
from serve import Body, serve, work
from works import CONVOLUTIONS, convolution_key

THREADS = int(os.environ["OMP_NUM_THREADS"])
tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
tf.random.set_seed(1)


def in_three_ways(key: str) -> Callable[[Callable[[], Body]], Callable[[], Body]]:
    """Registers a work whose body is a function of nothing, eagerly and as both kinds of graph."""
    def register(maker: Callable[[], Body]) -> Callable[[], Body]:
        work(key)(maker)
        work(key, "tf.function")(lambda: tf.function(maker()))
        work(key, "jit_compile=True")(lambda: tf.function(maker(), jit_compile=True))
        return maker
    return register


@work("add_16")
def add_16() -> Body:
    x, y = tf.ones([16]), tf.ones([16])
    return lambda: tf.add(x, y)


@work("add_16_taped")
def add_16_taped() -> Body:
    x, y = tf.ones([16]), tf.ones([16])

    def body() -> None:  # a thousand, so that the tape itself counts for nothing
        with tf.GradientTape() as tape:
            tape.watch(x)
            for _ in range(1000):
                tf.add(x, y)

    body.works = 1000  # type: ignore[attr-defined]
    return body


@work("two_ops_gradient")
def two_ops_gradient() -> Body:
    w, x = tf.Variable(tf.ones([16])), tf.ones([16])

    def body() -> object:
        with tf.GradientTape() as tape:
            y = tf.square(w * x)
        return tape.gradient(y, w)

    return body


def matrix() -> tf.Tensor:
    return tf.random.stateless_normal([8192, 1024], [1, 2])


@work("add_scalar")
def add_scalar() -> Body:
    x = matrix()
    return lambda: x + 1.0


@work("exp")
def exp() -> Body:
    x = matrix()
    return lambda: tf.exp(x)


@work("tanh")
def tanh() -> Body:
    x = matrix()
    return lambda: tf.tanh(x)


@work("gelu")
def gelu() -> Body:
    x = matrix()
    return lambda: tf.nn.gelu(x)


@work("softmax")
def softmax() -> Body:
    x = matrix()
    return lambda: tf.nn.softmax(x)


@work("layer_norm")
def layer_norm() -> Body:
    x = matrix()
    layer = tf.keras.layers.LayerNormalization(epsilon=1e-5)
    layer.build(x.shape)
    return lambda: layer(x)


@work("sum_all")
def sum_all() -> Body:
    x = matrix()
    return lambda: tf.reduce_sum(x)


@work("sum_axis_0")
def sum_axis_0() -> Body:
    x = matrix()
    return lambda: tf.reduce_sum(x, 0)


@work("sum_axis_1")
def sum_axis_1() -> Body:
    x = matrix()
    return lambda: tf.reduce_sum(x, 1)


@work("transpose")
def transpose() -> Body:
    x = matrix()
    return lambda: tf.transpose(x)


def matmul(size: int, dtype: str) -> Callable[[], Body]:
    def maker() -> Body:
        a = tf.cast(tf.random.stateless_normal([size, size], [1, 0]), dtype)
        b = tf.cast(tf.random.stateless_normal([size, size], [2, 0]), dtype)
        return lambda: tf.matmul(a, b)
    return maker


for size, dtype in [(512, "float32"), (1024, "float32"), (2048, "float32"), (1024, "bfloat16")]:
    work(f"matmul_{size}_{dtype}")(matmul(size, dtype))


def convolution(batch: int, side: int, channels: int, outputs: int,
                window: int) -> Callable[[], Body]:
    def maker() -> Body:
        x = tf.random.stateless_normal([batch, side, side, channels], [1, 0])
        f = tf.random.stateless_normal([window, window, channels, outputs], [2, 0])
        return lambda: tf.nn.conv2d(x, f, strides=1, padding="SAME")
    return maker


for sizes in CONVOLUTIONS:
    work(convolution_key(sizes))(convolution(*sizes))


@in_three_ways("one_op_call")
def one_op_call() -> Body:
    x = tf.ones([16])
    return lambda: x + 1.0


@in_three_ways("chain_of_six")
def chain_of_six() -> Body:
    x = tf.random.stateless_uniform([16 << 20], [1, 2])
    return lambda: tf.sqrt(tf.abs(tf.tanh(x * 2.0 + 1.0))) - x


class Adam:
    """What it remembers of some variables; the update is TensorFlow's one op a variable."""

    def __init__(self, weights: list[tf.Variable]) -> None:
        self.weights = weights
        self.means = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.squares = [tf.Variable(tf.zeros_like(w)) for w in weights]
        self.beta1_power, self.beta2_power = tf.Variable(1.0), tf.Variable(1.0)

    def update(self, gradients: list[tf.Tensor]) -> None:
        first = self.beta1_power.assign(self.beta1_power * 0.9)
        second = self.beta2_power.assign(self.beta2_power * 0.999)
        for w, m, v, g in zip(self.weights, self.means, self.squares, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=w.handle, m=m.handle, v=v.handle, beta1_power=first, beta2_power=second,
                lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7, grad=g)


@in_three_ways("mlp_step")
def mlp_step() -> Body:
    w1 = tf.Variable(tf.random.normal([784, 256], stddev=0.05))
    b1 = tf.Variable(tf.zeros([256]))
    w2 = tf.Variable(tf.random.normal([256, 10], stddev=0.05))
    b2 = tf.Variable(tf.zeros([10]))
    weights = [w1, b1, w2, b2]
    adam = Adam(weights)
    images = tf.random.uniform([32, 784])
    labels = tf.random.uniform([32], maxval=10, dtype=tf.int32)

    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(tf.matmul(images, w1) + b1)
            logits = tf.matmul(hidden, w2) + b2
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        adam.update(tape.gradient(loss, weights))
        return loss

    return step


def normalised(x: tf.Tensor, scale: tf.Variable, shift: tf.Variable) -> tf.Tensor:
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return tf.nn.batch_normalization(x, mean, variance, shift, scale, 1e-5)


def feed_forward(dtype: tf.DType) -> Body:
    def normal(*shape: int, deviation: float = 0.02) -> tf.Tensor:
        return tf.cast(tf.random.normal(shape, stddev=deviation), dtype)

    up, up_bias = tf.Variable(normal(768, 3072)), tf.Variable(normal(3072))
    down, down_bias = tf.Variable(normal(3072, 768)), tf.Variable(normal(768))
    x = normal(8, 768, deviation=1.0)
    return lambda: tf.matmul(tf.nn.relu(tf.matmul(x, up) + up_bias), down) + down_bias


in_three_ways("feed_forward_float32")(lambda: feed_forward(tf.float32))
in_three_ways("feed_forward_bfloat16")(lambda: feed_forward(tf.bfloat16))


@in_three_ways("transformer_block")
def transformer_block() -> Body:
    batch, length, width, heads = 16, 128, 256, 8

    def weight(*shape: int) -> tf.Variable:
        return tf.Variable(tf.random.normal(shape, stddev=0.02))

    weights = [tf.Variable(tf.ones([width])), tf.Variable(tf.zeros([width])),
               weight(width, 3 * width), weight(width, width),
               tf.Variable(tf.ones([width])), tf.Variable(tf.zeros([width])),
               weight(width, 4 * width), weight(4 * width, width)]
    x = tf.random.normal([batch, length, width])

    def block(x: tf.Tensor) -> tf.Tensor:
        scale1, shift1, qkv, out, scale2, shift2, up, down = weights
        q, k, v = tf.split(tf.matmul(normalised(x, scale1, shift1), qkv), 3, axis=-1)

        def split(y: tf.Tensor) -> tf.Tensor:  # (batch, heads, length, width / heads)
            return tf.transpose(
                tf.reshape(y, [batch, length, heads, width // heads]), [0, 2, 1, 3])

        scores = tf.matmul(split(q), split(k), transpose_b=True) * (width // heads) ** -0.5
        mixed = tf.matmul(tf.nn.softmax(scores), split(v))
        mixed = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, length, width])
        x = x + tf.matmul(mixed, out)
        return x + tf.matmul(tf.nn.gelu(tf.matmul(normalised(x, scale2, shift2), up)), down)

    def step() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(block(x))
        return tape.gradient(loss, [x, *weights])

    return step


@in_three_ways("resnet20_step")
def resnet20_step() -> Body:
    weights: list[tf.Variable] = []

    def filters(window: int, inputs: int, outputs: int) -> tf.Variable:
        deviation = (2 / (window * window * inputs)) ** 0.5
        made = tf.Variable(tf.random.normal([window, window, inputs, outputs], stddev=deviation))
        weights.append(made)
        return made

    def normalisation(channels: int) -> tuple[tf.Variable, tf.Variable]:
        made = tf.Variable(tf.ones([channels])), tf.Variable(tf.zeros([channels]))
        weights.extend(made)
        return made

    first = filters(3, 3, 16), normalisation(16)
    blocks = []
    inputs = 16
    for outputs in (16, 32, 64):
        for index in range(3):
            stride = 2 if index == 0 and outputs > 16 else 1
            blocks.append((stride, filters(3, inputs, outputs), normalisation(outputs),
                           filters(3, outputs, outputs), normalisation(outputs),
                           filters(1, inputs, outputs) if stride == 2 else None))
            inputs = outputs
    dense = tf.Variable(tf.random.normal([64, 10], stddev=0.1))
    bias = tf.Variable(tf.zeros([10]))
    weights += [dense, bias]
    velocities = [tf.Variable(tf.zeros_like(w)) for w in weights]
    images = tf.random.normal([64, 32, 32, 3])
    labels = tf.random.uniform([64], maxval=10, dtype=tf.int32)

    def convolution(x: tf.Tensor, f: tf.Variable, stride: int = 1) -> tf.Tensor:
        return tf.nn.conv2d(x, f, strides=stride, padding="SAME")

    def normalise(x: tf.Tensor, made: tuple[tf.Variable, tf.Variable]) -> tf.Tensor:
        y, _, _ = tf.compat.v1.nn.fused_batch_norm(x, *made, epsilon=1e-5, is_training=True)
        return y

    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            x = tf.nn.relu(normalise(convolution(images, first[0]), first[1]))
            for stride, f1, n1, f2, n2, shortcut in blocks:
                y = tf.nn.relu(normalise(convolution(x, f1, stride), n1))
                y = normalise(convolution(y, f2), n2)
                x = tf.nn.relu(y + (x if shortcut is None else convolution(x, shortcut, stride)))
            logits = tf.matmul(tf.reduce_mean(x, [1, 2]), dense) + bias
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        for w, v, g in zip(weights, velocities, tape.gradient(loss, weights), strict=True):
            tf.raw_ops.ResourceApplyMomentum(var=w.handle, accum=v.handle, lr=0.1, grad=g,
                                             momentum=0.9)
        return loss

    return step


serve(tf.__version__)
