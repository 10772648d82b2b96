"""The works in PyTorch's words: eagerly and by torch.compile."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
import torch.nn.functional as F
from serve import Body, serve, work
from works import CONVOLUTIONS, convolution_key

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.manual_seed(1)


def in_two_ways(key: str) -> Callable[[Callable[[], Body]], Callable[[], Body]]:
    """Registers a work whose body is a function of nothing, eagerly and compiled."""
    def register(maker: Callable[[], Body]) -> Callable[[], Body]:
        work(key)(maker)
        work(key, "torch.compile")(lambda: torch.compile(maker()))
        return maker
    return register


@work("add_16")
def add_16() -> Body:
    x, y = torch.ones(16), torch.ones(16)
    return lambda: torch.add(x, y)


@work("add_16_taped")
def add_16_taped() -> Body:
    x, y = torch.ones(16, requires_grad=True), torch.ones(16)
    return lambda: torch.add(x, y)


@work("two_ops_gradient")
def two_ops_gradient() -> Body:
    w, x, seed = torch.ones(16, requires_grad=True), torch.ones(16), torch.ones(16)
    return lambda: torch.autograd.grad(torch.square(w * x), w, seed)


def matrix() -> torch.Tensor:
    return torch.randn(8192, 1024)


@work("add_scalar")
def add_scalar() -> Body:
    x = matrix()
    return lambda: x + 1.0


@work("exp")
def exp() -> Body:
    x = matrix()
    return lambda: torch.exp(x)


@work("tanh")
def tanh() -> Body:
    x = matrix()
    return lambda: torch.tanh(x)


@work("gelu")
def gelu() -> Body:
    x = matrix()
    return lambda: F.gelu(x)


@work("softmax")
def softmax() -> Body:
    x = matrix()
    return lambda: torch.softmax(x, 1)


@work("layer_norm")
def layer_norm() -> Body:
    x, scale, shift = matrix(), torch.ones(1024), torch.zeros(1024)
    return lambda: F.layer_norm(x, (1024,), scale, shift)


@work("sum_all")
def sum_all() -> Body:
    x = matrix()
    return lambda: x.sum()


@work("sum_axis_0")
def sum_axis_0() -> Body:
    x = matrix()
    return lambda: x.sum(0)


@work("sum_axis_1")
def sum_axis_1() -> Body:
    x = matrix()
    return lambda: x.sum(1)


@work("transpose")
def transpose() -> Body:
    x = matrix()
    return lambda: x.T.contiguous()


def matmul(size: int, dtype: str) -> Callable[[], Body]:
    def maker() -> Body:
        a = torch.randn(size, size).to(getattr(torch, dtype))
        b = torch.randn(size, size).to(getattr(torch, dtype))
        return lambda: a @ b
    return maker


for size, dtype in [(512, "float32"), (1024, "float32"), (2048, "float32"), (1024, "bfloat16")]:
    work(f"matmul_{size}_{dtype}")(matmul(size, dtype))


def convolution(batch: int, side: int, channels: int, outputs: int,
                window: int) -> Callable[[], Body]:
    def maker() -> Body:  # NHWC, which PyTorch calls channels_last
        x = torch.randn(batch, channels, side, side).to(memory_format=torch.channels_last)
        f = torch.randn(outputs, channels, window, window).to(memory_format=torch.channels_last)
        return lambda: F.conv2d(x, f, padding=window // 2)
    return maker


for sizes in CONVOLUTIONS:
    work(convolution_key(sizes))(convolution(*sizes))


@in_two_ways("one_op_call")
def one_op_call() -> Body:
    x = torch.ones(16)
    return lambda: x + 1.0


@in_two_ways("chain_of_six")
def chain_of_six() -> Body:
    x = torch.rand(16 << 20)
    return lambda: torch.sqrt(torch.abs(torch.tanh(x * 2.0 + 1.0))) - x


def parameter(*shape: int, deviation: float = 0.02) -> torch.Tensor:
    return (torch.randn(*shape) * deviation).requires_grad_()


def vector(size: int, value: float) -> torch.Tensor:
    return torch.full((size,), value, requires_grad=True)


def training_step(loss: Callable[[], torch.Tensor],
                  optimizer: torch.optim.Optimizer) -> Callable[[], Body]:
    def step() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        return value
    return step


def mlp() -> tuple[Callable[[], torch.Tensor], torch.optim.Optimizer]:
    w1, b1 = parameter(784, 256, deviation=0.05), vector(256, 0.0)
    w2, b2 = parameter(256, 10, deviation=0.05), vector(10, 0.0)
    images, labels = torch.rand(32, 784), torch.randint(0, 10, (32,))

    def loss() -> torch.Tensor:
        hidden = torch.relu(torch.addmm(b1, images, w1))
        return F.cross_entropy(torch.addmm(b2, hidden, w2), labels)

    return loss, torch.optim.Adam([w1, b1, w2, b2], lr=0.001, eps=1e-7, fused=True)


@work("mlp_step")
def mlp_step() -> Body:
    return training_step(*mlp())


@work("mlp_step", "torch.compile")
def mlp_step_compiled() -> Body:
    loss, optimizer = mlp()
    return training_step(torch.compile(loss), optimizer)


def feed_forward(dtype: torch.dtype) -> Body:
    def normal(*shape: int, deviation: float = 0.02) -> torch.Tensor:
        return (torch.randn(*shape) * deviation).to(dtype)

    up, up_bias, down, down_bias = normal(768, 3072), normal(3072), normal(3072, 768), normal(768)
    x = normal(8, 768, deviation=1.0)
    return torch.no_grad()(
        lambda: torch.addmm(down_bias, torch.addmm(up_bias, x, up).relu(), down))


in_two_ways("feed_forward_float32")(lambda: feed_forward(torch.float32))
in_two_ways("feed_forward_bfloat16")(lambda: feed_forward(torch.bfloat16))


def transformer(compiled: bool) -> Body:
    batch, length, width, heads = 16, 128, 256, 8
    scale1, shift1, scale2, shift2 = (vector(width, v) for v in (1.0, 0.0, 1.0, 0.0))
    qkv, out = parameter(width, 3 * width), parameter(width, width)
    up, down = parameter(width, 4 * width), parameter(4 * width, width)
    x = torch.randn(batch, length, width, requires_grad=True)

    def loss() -> torch.Tensor:
        q, k, v = (F.layer_norm(x, (width,), scale1, shift1) @ qkv).split(width, dim=-1)

        def split(y: torch.Tensor) -> torch.Tensor:
            return y.view(batch, length, heads, width // heads).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(split(q), split(k), split(v))
        y = x + mixed.transpose(1, 2).reshape(batch, length, width) @ out
        return (y + F.gelu(F.layer_norm(y, (width,), scale2, shift2) @ up) @ down).sum()

    run = torch.compile(loss) if compiled else loss
    inputs = [x, scale1, shift1, qkv, out, scale2, shift2, up, down]
    return lambda: torch.autograd.grad(run(), inputs)


work("transformer_block")(lambda: transformer(False))
work("transformer_block", "torch.compile")(lambda: transformer(True))


class Block(torch.nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.convolution1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = torch.nn.BatchNorm2d(outputs)
        self.convolution2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = torch.nn.BatchNorm2d(outputs)
        self.shortcut = torch.nn.Identity() if stride == 1 else torch.nn.Conv2d(
            inputs, outputs, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.norm1(self.convolution1(x)))
        return F.relu(self.norm2(self.convolution2(y)) + self.shortcut(x))


def resnet20(compiled: bool) -> Body:
    layers: list[torch.nn.Module] = [torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False),
                                     torch.nn.BatchNorm2d(16), torch.nn.ReLU()]
    inputs = 16
    for outputs in (16, 32, 64):
        for index in range(3):
            layers.append(Block(inputs, outputs, 2 if index == 0 and outputs > 16 else 1))
            inputs = outputs
    layers += [torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(64, 10)]
    model = torch.nn.Sequential(*layers).to(memory_format=torch.channels_last)
    run = torch.compile(model) if compiled else model
    images = torch.randn(64, 3, 32, 32).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (64,))
    return training_step(lambda: F.cross_entropy(run(images), labels),
                         torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True))


work("resnet20_step")(lambda: resnet20(False))
work("resnet20_step", "torch.compile")(lambda: resnet20(True))

serve(torch.__version__)
