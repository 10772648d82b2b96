"""Division, guards against NaN, trigonometric functions, bits and complex numbers."""

from declare import *

SHAPES = [(), (7,), (0,), (2, 3), (2, 1, 3, 2)]
PAIRS = [[(), ()], [(5,), ()], [(2, 3), (3,)], [(4, 1, 3), (2, 1)], [(0,), (1,)],
         [(2, 1, 3, 1, 2), (1, 2, 1, 2, 1)]]


def tf_function(path):
    """tf.a.b as a function that is looked up when it is called."""
    def call(*arguments, **options):
        found = tf
        for word in path.split("."):
            found = getattr(found, word)
        return found(*arguments, **options)
    return call


for name, (low, high) in {
        "tan": (-1.2, 1.2), "asin": (-0.9, 0.9), "acos": (-0.9, 0.9), "atan": (-4, 4),
        "sinh": (-3, 3), "cosh": (-3, 3), "asinh": (-4, 4), "acosh": (1.1, 5),
        "atanh": (-0.9, 0.9)}.items():
    function = tf_function("math." + name)
    case(name, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[random(*shape, low=low, high=high) for shape in SHAPES],
         tolerances={"float16": (8e-3, 8e-3), "bfloat16": (6e-2, 6e-2)})
    case(name, cpp=f"tf::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[edges()],
         dtypes=REALS, gradient=False)

for name in ["is_nan", "is_inf", "is_finite"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=SHAPES + [edges()], gradient=False)

# Name in saem, in TensorFlow, dtypes, the random numbers of x and of y, dtypes of the edge cases.
BINARY = [
    ("floordiv", "math.floordiv", NUMBERS, (-9, 10), (1, 5), []),
    ("floormod", "math.floormod", NUMBERS, (-9, 10), (1, 5), []),
    ("truncatediv", "truncatediv", INTS, (-9, 10), (1, 5), []),
    ("truncatemod", "truncatemod", REALS + ["int32", "int64"], (-9, 10), (1, 5), []),
    ("squared_difference", "math.squared_difference", FLOATS + ["int32", "int64"], (-2, 2),
     (-2, 2), REALS),
    ("atan2", "math.atan2", FLOATS, (-2, 2), (0.2, 2), REALS),
    ("math::nextafter", "math.nextafter", REALS, (-2, 2), (-2, 2), REALS),
    ("math::divide_no_nan", "math.divide_no_nan", FLOATS, (-2, 2), (0.2, 2), REALS),
    ("math::multiply_no_nan", "math.multiply_no_nan", REALS, (-2, 2), (-2, 2), REALS),
    ("math::xdivy", "math.xdivy", REALS, (-2, 2), (0.2, 2), REALS),
    ("math::xlogy", "math.xlogy", REALS, (-2, 2), (0.2, 2), REALS),
    ("math::xlog1py", "math.xlog1py", REALS, (-2, 2), (-0.8, 2), REALS),
]
for name, path, dtypes, first, second, edge_dtypes in BINARY:
    op = name.split("::")[-1]
    function = tf_function(path)
    case(op, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[random(*a, low=first[0], high=first[1]), random(*b, low=second[0],
                                                                  high=second[1])]
                 for a, b in PAIRS], dtypes=dtypes, gradient=op not in ("nextafter", "truncatemod"))
    if edge_dtypes:
        case(op, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
             inputs=[edge_pairs()], dtypes=edge_dtypes, gradient=False)
    refuses(op, cpp=f"tf::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
            inputs=[[(2, 3), (2,)]], dtypes=dtypes[-1:])
for op in ["floordiv", "floormod", "truncatediv", "truncatemod"]:
    function = tf_function(op if op.startswith("truncate") else "math." + op)
    case(op, cpp=f"tf::{op}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[values([7, -7, 7, -7, 0]), values([3, 3, -3, -3, 5])]],
         dtypes=["int32", "int64"])
    refuses(op, cpp=f"tf::{op}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
            inputs=[[values([7, 1]), values([0, 1])]], dtypes=["int32"])
case("reciprocal_no_nan", cpp="tf::math::reciprocal_no_nan(x[0])",
     tf=lambda x: tf.math.reciprocal_no_nan(x[0]),
     inputs=[random(3, 4, low=0.3, high=2), values([0.0, -2.0, 4.0])], dtypes=REALS)

for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
    function = tf_function("bitwise." + name)
    case(name, cpp=f"tf::bitwise::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=PAIRS + [edge_pairs()], dtypes=INTS)
for name in ["left_shift", "right_shift"]:
    function = tf_function("bitwise." + name)
    case(name, cpp=f"tf::bitwise::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[random(*a), random(*b, low=0, high=7)] for a, b in PAIRS], dtypes=INTS)
case("invert", cpp="tf::bitwise::invert(x[0])", tf=lambda x: tf.bitwise.invert(x[0]),
     inputs=SHAPES + [edges()], dtypes=INTS)
case("population_count", cpp="tf::bitwise::population_count(x[0])",
     tf=lambda x: tf.raw_ops.PopulationCount(x=x[0]), inputs=SHAPES + [edges()], dtypes=INTS)
for target, code, dtypes in [("int32", "kInt32", ["float32", "uint32", "int32"]),
                             ("uint8", "kUInt8", ["float32", "int16", "float64"]),
                             ("float16", "kFloat16", ["int16", "bfloat16", "float32"])]:
    case("bitcast", cpp=f"tf::bitcast(x[0], DType::{code})",
         tf=lambda x, t=target: tf.bitcast(x[0], t), inputs=[(2, 3), (0,), ()], dtypes=dtypes,
         gradient=False)
case("bitcast", cpp="tf::bitcast(x[0], DType::kInt64)", tf=lambda x: tf.bitcast(x[0], tf.int64),
     inputs=[(3, 2), (2,)], dtypes=["float32", "int32"], gradient=False)
case("saturate_cast", cpp="tf::saturate_cast(x[0], DType::kInt8)",
     tf=lambda x: tf.saturate_cast(x[0], tf.int8),
     inputs=[random(2, 3, low=-300, high=300), values([-1e4, 127.0, 128.0, -128.0])],
     dtypes=["float32", "int32", "int64"], gradient=False)

case("complex", cpp="tf::complex(x[0], x[1])", tf=lambda x: tf.complex(x[0], x[1]), inputs=PAIRS,
     dtypes=REALS)
for name in ["real", "imag", "conj", "angle"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=SHAPES,
         dtypes=COMPLEX)
case("complex_abs", cpp="tf::abs(x[0])", tf=lambda x: tf.abs(x[0]), inputs=SHAPES, dtypes=COMPLEX)
for op, path in [("add", "add"), ("subtract", "subtract"), ("multiply", "multiply"),
                 ("divide", "divide")]:
    function = tf_function(path)
    case(op, cpp=f"tf::{op}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[random(2, 3), random(3)], [(), ()]], dtypes=COMPLEX)
for op, cpp, path in [("exp", "tf::exp", "exp"), ("sin", "tf::sin", "sin"),
                      ("tanh", "tf::tanh", "tanh"), ("square", "tf::square", "square"),
                      ("negative", "tf::negative", "negative"),
                      ("reduce_sum", "tf::reduce_sum", "reduce_sum")]:
    function = tf_function(path)
    case(op, cpp=f"{cpp}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[(2, 3), ()],
         dtypes=COMPLEX)

case("clip_by_norm", cpp="tf::clip_by_norm(x[0], 1.5)", tf=lambda x: tf.clip_by_norm(x[0], 1.5),
     inputs=[(3, 4), values([0.1, 0.2]), values([0.0, 0.0])], dtypes=REALS)
case("clip_by_norm", cpp="tf::clip_by_norm(x[0], 0.5, {1})",
     tf=lambda x: tf.clip_by_norm(x[0], 0.5, axes=[1]), inputs=[(3, 4)], dtypes=REALS)
case("global_norm", cpp="tf::linalg::global_norm({x[0], x[1]})",
     tf=lambda x: tf.linalg.global_norm([x[0], x[1]]), inputs=[[(3, 4), (5,)]], dtypes=REALS)
