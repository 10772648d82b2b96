"""Activations, beside tf.nn and, where that has none, Keras."""

from declare import *

from cases.pointwise import SHAPES

KERAS = "keras.activations"


def function_at(path):
    """tf.a.b as a function that is looked up when it is called."""
    def call(*arguments, **options):
        found = tf
        for word in path.split("."):
            found = getattr(found, word)
        return found(*arguments, **options)
    return call


# Name in saem, name in TensorFlow.
ACTIVATIONS = [
    ("nn::elu", "nn.elu"), ("nn::selu", "nn.selu"), ("nn::silu", "nn.silu"),
    ("nn::swish", "nn.swish"), ("nn::softsign", "nn.softsign"),
    ("math::log_sigmoid", "math.log_sigmoid"),
    ("nn::mish", KERAS + ".mish"), ("nn::hard_sigmoid", KERAS + ".hard_sigmoid"),
    ("nn::hard_silu", KERAS + ".hard_silu"), ("nn::hard_swish", KERAS + ".hard_swish"),
    ("nn::hard_tanh", KERAS + ".hard_tanh"),
]
# TensorFlow makes these of several ops, each of which rounds.
ROUNDED = {"float16": (1e-2, 8e-3), "bfloat16": (6e-2, 6e-2)}

for name, path in ACTIVATIONS:
    op = name.split("::")[-1]
    function = function_at(path)
    case(op, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[random(*shape, low=-5, high=5) for shape in SHAPES], tolerances=ROUNDED)
    case(op, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[edges()],
         gradient=False, tolerances=ROUNDED)
    refuses(op, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
            inputs=[values([True, False], "bool")])

# TensorFlow rounds the constants of gelu to float32.
OF_GELU = ROUNDED | {"float64": (1e-7, 1e-8)}
for text, approximate in [("", False), (", {.approximate = true}", True)]:
    case("gelu", cpp=f"tf::nn::gelu(x[0]{text})",
         tf=lambda x, a=approximate: tf.nn.gelu(x[0], approximate=a),
         inputs=[random(*shape, low=-5, high=5) for shape in SHAPES], tolerances=OF_GELU)
    case("gelu", cpp=f"tf::nn::gelu(x[0]{text})",
         tf=lambda x, a=approximate: tf.nn.gelu(x[0], approximate=a),
         inputs=[values([-100.0, -20.0, -8.0, -0.0, 0.0, 1e-30, 8.0, 100.0, float("nan"),
                         float("inf"), float("-inf")])], gradient=False, tolerances=OF_GELU)
refuses("gelu", cpp="tf::nn::gelu(x[0])", tf=lambda x: tf.nn.gelu(x[0]),
        inputs=[values([1, 2], "int32")])

case("elu", cpp="tf::nn::elu(x[0], {.alpha = 0.5})",
     tf=lambda x: tf.keras.activations.elu(x[0], alpha=0.5), inputs=SHAPES)
case("silu", cpp="tf::nn::silu(x[0], {.beta = 1.5})", tf=lambda x: tf.nn.silu(x[0], beta=1.5),
     inputs=SHAPES, tolerances=ROUNDED)

for text, axis in [("", -1), (", {.axis = 0}", 0)]:
    case("crelu", cpp=f"tf::nn::crelu(x[0]{text})", tf=lambda x, a=axis: tf.nn.crelu(x[0], axis=a),
         inputs=[(3, 4), (2, 3, 5), (0, 2), (7,)])
    case("crelu", cpp=f"tf::nn::crelu(x[0]{text})", tf=lambda x, a=axis: tf.nn.crelu(x[0], axis=a),
         inputs=[edges()], gradient=False)
refuses("crelu", cpp="tf::nn::crelu(x[0], {.axis = 2})", tf=lambda x: tf.nn.crelu(x[0], axis=2),
        inputs=[(2, 3)])
for name in ["sigmoid", "softplus", "tanh"]:
    function = function_at("nn." + name)
    case(name, cpp=f"tf::nn::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[(3, 4)])
