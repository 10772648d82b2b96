"""Pooling. Inputs have no equal elements in a window, where TensorFlow's kernels differ."""

import random as shuffling

from declare import *

ALL_FLOATS = ["float16", "bfloat16", "float32", "float64"]
LOOSE = {"float16": (4e-3, 4e-3), "bfloat16": (4e-2, 4e-2), "float32": (1e-5, 1e-5)}

# Distinct in every dtype: half precision must not make equal what was not.
pixels = [float(number) - 80.0 for number in range(6 * 7 * 4)]
shuffling.Random(7).shuffle(pixels)
picture = values([[[pixels[4 * (7 * i + j):4 * (7 * i + j) + 4] for j in range(7)]
                   for i in range(6)]])

for kind in ["max", "avg"]:
    for size, strides, padding in [(2, 2, "VALID"), (3, 2, "SAME"), (2, 1, "SAME")]:
        text = f'{{.strides = {strides}, .padding = "{padding}"}}'
        case(f"{kind}_pool", cpp=f"tf::nn::{kind}_pool2d(x[0], {size}, {text})",
             tf=lambda x, f=f"{kind}_pool2d", n=size, s=strides, p=padding: getattr(tf.nn, f)(
                 x[0], n, s, p),
             inputs=[picture], dtypes=ALL_FLOATS, tolerances=LOOSE)
        case(f"{kind}_pool1d", cpp=f"tf::nn::{kind}_pool1d(x[0], {size}, {text})",
             tf=lambda x, f=f"{kind}_pool1d", n=size, s=strides, p=padding: getattr(tf.nn, f)(
                 x[0], n, s, p),
             inputs=[(2, 9, 3)], dtypes=["float32", "float64"], tolerances=LOOSE)
        case(f"{kind}_pool3d", cpp=f"tf::nn::{kind}_pool3d(x[0], {size}, {text})",
             tf=lambda x, f=f"{kind}_pool3d", n=size, s=strides, p=padding: getattr(tf.nn, f)(
                 x[0], n, s, p),
             inputs=[(1, 4, 5, 6, 2)], dtypes=["float32"], tolerances=LOOSE)
    case("pool", cpp=f'tf::nn::pool(x[0], {{2, 3}}, "{kind.upper()}", '
                     '{.dilations = {2, 1}})',
         tf=lambda x, k=kind.upper(): tf.nn.pool(x[0], [2, 3], k, dilations=[2, 1]),
         inputs=[(2, 6, 5, 2)], dtypes=["float32"], tolerances=LOOSE)
    refuses(f"{kind}_pool", cpp=f"tf::nn::{kind}_pool2d(x[0], 6)",
            tf=lambda x, f=f"{kind}_pool2d": getattr(tf.nn, f)(x[0], 6, 1, "VALID"),
            inputs=[(1, 4, 4, 2), (4, 4, 2)])


def slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.square(tf.nn.max_pool2d(x, 2, 1, "VALID")))
    return tape.gradient(y, x)


# The gradient's own gradient: max_pool_gather.
case("max_pool", cpp="tf::GradientTape tape; tape.watch(x[0]); "
     "auto y = tf::reduce_sum(tf::square(tf::nn::max_pool2d(x[0], 2))); "
     "return {tape.gradient(y, x[0])};",
     tf=lambda x: slope(x[0]), inputs=[picture], dtypes=["float32", "float64"], tolerances=LOOSE)
case("max_pool", cpp="tf::nn::max_pool2d(x[0], 2)",
     tf=lambda x: tf.nn.max_pool2d(x[0], 2, 1, "VALID"),
     inputs=[integers(1, 5, 5, 2, low=0, high=100)],
     dtypes=["int8", "uint8", "int16", "int32", "int64"])
case("max_pool", cpp="tf::nn::max_pool2d(x[0], 2, {.padding = {{1, 0}, {0, 1}}})",
     tf=lambda x: tf.nn.max_pool2d(x[0], 2, 1, [[0, 0], [1, 0], [0, 1], [0, 0]]),
     inputs=[(1, 4, 4, 3)], dtypes=["float32", "float64"])
