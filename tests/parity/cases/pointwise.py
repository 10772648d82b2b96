"""Ops of one element, of pairs of elements, and of conditions."""

from declare import *

SHAPES = [(), (1,), (7,), (0,), (2, 3), (3, 1, 5), (2, 3, 2, 2), (1, 2, 1, 3, 2)]
PAIRS = [[(), ()], [(5,), ()], [(), (3,)], [(2, 3), (3,)], [(2, 3), (2, 1)], [(4, 1, 3), (2, 1)],
         [(0,), (1,)], [(2, 0, 3), (3,)], [(2, 1, 3, 1, 2), (1, 2, 1, 2, 1)], [(3, 4), (3, 4)]]

# Name in saem, name in TensorFlow, dtypes, domain of the random numbers.
UNARY = [
    ("negative", "negative", FLOATS + SIGNED, (-2, 2)),
    ("abs", "abs", FLOATS + SIGNED, (-2, 2)),
    ("sign", "sign", FLOATS + SIGNED, (-2, 2)),
    ("square", "square", FLOATS + ["int32", "int64"], (-2, 2)),
    ("sqrt", "sqrt", FLOATS, (0.1, 4)),
    ("rsqrt", "math.rsqrt", FLOATS, (0.1, 4)),
    ("reciprocal", "math.reciprocal", FLOATS, (0.2, 3)),
    ("floor", "floor", FLOATS, (-3, 3)),
    ("ceil", "math.ceil", FLOATS, (-3, 3)),
    ("round", "round", FLOATS, (-3, 3)),
    ("exp", "exp", FLOATS, (-3, 3)),
    ("expm1", "math.expm1", FLOATS, (-3, 3)),
    ("log", "math.log", FLOATS, (0.1, 5)),
    ("log1p", "math.log1p", FLOATS, (-0.9, 5)),
    ("tanh", "tanh", FLOATS, (-3, 3)),
    ("sigmoid", "sigmoid", FLOATS, (-6, 6)),
    ("softplus", "math.softplus", FLOATS, (-6, 6)),
    ("sin", "sin", FLOATS, (-7, 7)),
    ("cos", "cos", FLOATS, (-7, 7)),
    ("nn::relu", "nn.relu", FLOATS, (-2, 2)),
    ("nn::relu6", "nn.relu6", FLOATS, (-8, 8)),
]


def tf_function(path):
    """tf.a.b as a function that is looked up when it is called."""
    def call(*arguments, **options):
        found = tf
        for word in path.split("."):
            found = getattr(found, word)
        return found(*arguments, **options)
    return call


EXACT = {"negative", "abs", "sign", "floor", "ceil", "round"}

for name, path, dtypes, (low, high) in UNARY:
    op = name.split("::")[-1]
    function = tf_function(path)
    case(op, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[random(*shape, low=low, high=high) for shape in SHAPES], dtypes=dtypes,
         exact=op in EXACT)
    case(op, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[edges()],
         dtypes=dtypes, gradient=False)

case("leaky_relu", cpp="tf::nn::leaky_relu(x[0])", tf=lambda x: tf.nn.leaky_relu(x[0]),
     inputs=SHAPES + [edges()], dtypes=["float16", "bfloat16", "float32"])
case("leaky_relu", cpp="tf::nn::leaky_relu(x[0], {.alpha = 0.125})",
     tf=lambda x: tf.nn.leaky_relu(x[0], alpha=0.125), inputs=SHAPES)
case("identity", cpp="tf::identity(x[0])", tf=lambda x: tf.identity(x[0]),
     inputs=SHAPES + [edges()], dtypes=EVERY, exact=True)

BINARY = [
    ("add", "add", NUMBERS, (-2, 2)),
    ("subtract", "subtract", NUMBERS, (-2, 2)),
    ("multiply", "multiply", NUMBERS, (-2, 2)),
    ("divide", "divide", FLOATS, (0.5, 2)),
    ("maximum", "maximum", NUMBERS, (-2, 2)),
    ("minimum", "minimum", NUMBERS, (-2, 2)),
    ("pow", "pow", FLOATS, (0.3, 2.5)),
]
for name, path, dtypes, (low, high) in BINARY:
    function = tf_function(path)
    case(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[random(*shape, low=low, high=high) for shape in pair] for pair in PAIRS],
         dtypes=dtypes)
    case(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[edge_pairs()], dtypes=dtypes, gradient=False)
    refuses(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
            inputs=[[(2, 3), (2,)], [(2,), values([1, 2], "int32")]])

case("divide", cpp="tf::divide(x[0], x[1])", tf=lambda x: tf.divide(x[0], x[1]),
     inputs=[[values([7, -7, 9, 0]), values([2, 2, 3, 5])]], dtypes=["int32", "int64"])
for name in ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]:
    function = tf_function(name)
    dtypes = EVERY if "equal" == name or name == "not_equal" else NUMBERS
    case(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=PAIRS + [edge_pairs()], dtypes=dtypes, gradient=False)
    refuses(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
            inputs=[[(2,), values([1, 2], "int32")]])

for name in ["logical_and", "logical_or", "logical_xor"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=PAIRS + [edge_pairs()], dtypes=BOOL)
    refuses(name, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
            inputs=[[(2,), (2,)]], dtypes=["int32", "float32"])
case("logical_not", cpp="tf::logical_not(x[0])", tf=lambda x: tf.math.logical_not(x[0]),
     inputs=SHAPES + [edges()], dtypes=BOOL)

case("where", cpp="tf::where(x[0], x[1], x[2])", tf=lambda x: tf.where(x[0], x[1], x[2]),
     inputs=[[random(*shape, dtype="bool"), random(*a), random(*b)] for shape, a, b in
             [((), (), ()), ((5,), (5,), (5,)), ((2, 1), (3,), (2, 3)), ((3,), (), (2, 3)),
              ((0,), (1,), (0,)), ((2, 1, 3), (2, 2, 1), (1,))]], dtypes=EVERY)
case("where", cpp="tf::where(x[0])", tf=lambda x: tf.where(x[0]),
     inputs=[(6,), (2, 3), (0, 2), (2, 2, 3)],
     dtypes=[dtype for dtype in EVERY if dtype != "float16"], gradient=False)

case("clip_by_value", cpp="tf::clip_by_value(x[0], x[1], x[2])",
     tf=lambda x: tf.clip_by_value(x[0], x[1], x[2]),
     inputs=[[(2, 5), values(0.0, gradient=False), values(1.0, gradient=False)],
             [(3,), values(-1.0, gradient=False), values([0.0, 1.0, 0.5], gradient=False)],
             [(0,), values(0.0, gradient=False), values(1.0, gradient=False)]],
     dtypes=FLOATS + ["int32", "int64"])
case("clip_by_value", cpp="tf::clip_by_value(x[0], -0.5, 1.25)",
     tf=lambda x: tf.clip_by_value(x[0], -0.5, 1.25), inputs=SHAPES + [edges()])

CODES = {"bool": "kBool", "bfloat16": "kBFloat16", **{name: "k" + name.capitalize()
                                                     for name in SIGNED + REALS + ["float16"]},
         **{name: "kUInt" + name[4:] for name in UNSIGNED}}
for target in EVERY:
    case("cast", cpp=f"tf::cast(x[0], DType::{CODES[target]})",
         tf=lambda x, t=target: tf.cast(x[0], t),
         inputs=[random(2, 3, low=0, high=9), (0, 4), *([()] if target not in UNSIGNED else [])],
         dtypes=EVERY, exact=True)
    case("cast", cpp=f"tf::cast(x[0], DType::{CODES[target]})",
         tf=lambda x, t=target: tf.cast(x[0], t), inputs=[edges()], dtypes=INTS + BOOL, exact=True)
for target in FLOATS:
    case("cast", cpp=f"tf::cast(x[0], DType::{CODES[target]})",
         tf=lambda x, t=target: tf.cast(x[0], t), inputs=[edges()], dtypes=FLOATS, exact=True)
