"""Special functions, Fourier transforms and distributions."""

from declare import *

from cases.math import tf_function

SHAPES = [(), (7,), (0,), (2, 3), (2, 1, 3, 2)]
PAIRS = [[(), ()], [(5,), ()], [(2, 3), (3,)], [(4, 1, 3), (2, 1)], [(0,), (1,)]]
HALVES = {"float16": (8e-3, 8e-3), "bfloat16": (6e-2, 6e-2)}
FINE = {"float32": (2e-5, 2e-6), "float64": (1e-9, 1e-11)}  # TensorFlow's own approximations

for name, (low, high), dtypes in [
        ("erf", (-3, 3), FLOATS), ("erfc", (-3, 3), FLOATS), ("erfinv", (-0.9, 0.9), REALS),
        ("ndtri", (0.05, 0.95), REALS), ("erfcinv", (0.1, 1.9), REALS),
        ("lgamma", (0.3, 9), REALS), ("digamma", (0.3, 9), REALS),
        ("bessel_i0", (-4, 4), REALS), ("bessel_i1", (-4, 4), REALS),
        ("bessel_i0e", (-4, 4), REALS), ("bessel_i1e", (-4, 4), REALS)]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[random(*shape, low=low, high=high) for shape in SHAPES], dtypes=dtypes,
         tolerances=HALVES | FINE)
for name in ["erf", "erfc", "bessel_i0e", "bessel_i1e"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]), inputs=[edges()],
         dtypes=["float32"] if name == "erf" else REALS, gradient=False, tolerances=FINE)
for name, numbers in [("erfinv", [-1.0, 1.0, 0.0]), ("ndtri", [0.0, 1.0, 0.5]),
                      ("lgamma", [float("inf"), float("nan"), 0.0, -1.5, 1e30]),
                      ("digamma", [float("inf"), float("nan"), -1.5, 1e30])]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[values(numbers)], dtypes=REALS, gradient=False, tolerances=FINE)

for name, first, second in [("igamma", (0.3, 6), (0.2, 8)), ("igammac", (0.3, 6), (0.2, 8)),
                            ("zeta", (1.5, 6), (0.5, 5))]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[random(*a, low=first[0], high=first[1], gradient=name != "zeta"),
                  random(*b, low=second[0], high=second[1])] for a, b in PAIRS],
         dtypes=REALS, tolerances={"float32": (1e-4, 1e-5), "float64": (1e-8, 1e-10)})
case("polygamma", cpp="tf::math::polygamma(x[0], x[1])",
     tf=lambda x: tf.math.polygamma(x[0], x[1]),
     inputs=[[values([0.0, 1.0, 2.0, 5.0], gradient=False), random(4, low=0.5, high=4)],
             [values([1.0], gradient=False), random(2, 3, low=0.5, high=4)]],
     dtypes=REALS, tolerances={"float32": (1e-4, 1e-5), "float64": (1e-8, 1e-10)})
case("betainc", cpp="tf::math::betainc(x[0], x[1], x[2])",
     tf=lambda x: tf.math.betainc(x[0], x[1], x[2]),
     inputs=[[random(*a, low=0.5, high=4, gradient=False),
              random(*a, low=0.5, high=4, gradient=False), random(*a, low=0.1, high=0.9)]
             for a in SHAPES], dtypes=REALS,
     tolerances={"float32": (1e-4, 1e-5), "float64": (1e-8, 1e-10)})

TRANSFORMED = {"complex64": (1e-4, 1e-4), "complex128": (1e-10, 1e-10), "float32": (1e-4, 1e-4),
               "float64": (1e-10, 1e-10)}
CUBES = [(4, 3, 5), (1, 2, 8), (2, 2, 1, 7)]
for name, rank in [("fft", 1), ("ifft", 1), ("fft2d", 2), ("ifft2d", 2), ("fft3d", 3),
                   ("ifft3d", 3)]:
    function = tf_function("signal." + name)
    case("fft", cpp=f"tf::signal::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=CUBES + ([(6,)] if rank == 1 else []), dtypes=COMPLEX, tolerances=TRANSFORMED)
for name, rank in [("rfft", 1), ("rfft2d", 2), ("rfft3d", 3)]:
    function = tf_function("signal." + name)
    case("fft", cpp=f"tf::signal::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=CUBES, dtypes=REALS, gradient=rank < 3, tolerances=TRANSFORMED)
    # TensorFlow's gradients fail with a length of its own, and are missing in three dimensions.
    lengths = [6, 2, 4][:rank]
    case("fft", cpp=f"tf::signal::{name}(x[0], {{{', '.join(map(str, lengths))}}})",
         tf=lambda x, f=function, n=lengths: f(x[0], n), inputs=[(4, 3, 5)], dtypes=REALS,
         gradient=False, tolerances=TRANSFORMED)
    function = tf_function("signal.i" + name)
    case("fft", cpp=f"tf::signal::i{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[(4, 3, 5)], dtypes=COMPLEX, gradient=rank < 3, tolerances=TRANSFORMED)
    case("fft", cpp=f"tf::signal::i{name}(x[0], {{{', '.join(map(str, lengths))}}})",
         tf=lambda x, f=function, n=lengths: f(x[0], n), inputs=[(4, 3, 5)], dtypes=COMPLEX,
         gradient=False, tolerances=TRANSFORMED)
for name in ["fftshift", "ifftshift"]:
    function = tf_function("signal." + name)
    case("roll", cpp=f"tf::signal::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[(5,), (4, 3)], dtypes=["float32"])

# The same seed gives TensorFlow's numbers. Its CPU shares long results out among threads; these
# are short.
SEEDED = "tf::random::Seed{3, 5}"
for dtype, other in [("int32", "kInt32"), ("int64", "kInt64"), ("uint32", "kUInt32"),
                     ("uint64", "kUInt64")]:
    for shape in [(), (7,), (3, 5)]:
        sizes = ", ".join(map(str, shape))
        case("stateless_random_uniform_full_int",
             cpp=f"tf::random::stateless_uniform_full_int({{{sizes}}}, {SEEDED}, DType::{other})",
             tf=lambda x, s=shape, d=dtype: tf.random.stateless_uniform(
                 s, (3, 5), minval=None, maxval=None, dtype=d),
             inputs=[[]], dtypes=[dtype])
case("stateless_gamma", cpp=f"tf::random::stateless_gamma({{6, 4}}, {SEEDED}, x[0])",
     tf=lambda x: tf.random.stateless_gamma((6, 4), (3, 5), x[0], dtype=x.dtype),
     inputs=[values([0.3, 1.0, 2.5, 50.0])], dtypes=REALS, gradient=False, tolerances=FINE)
case("stateless_gamma",
     cpp=f"tf::random::stateless_gamma({{6, 2}}, {SEEDED}, x[0], {{.beta = x[1]}})",
     tf=lambda x: tf.random.stateless_gamma((6, 2), (3, 5), x[0], x[1], dtype=x.dtype),
     inputs=[[values([0.7, 3.0], gradient=False), values([0.5, 4.0])]], dtypes=REALS,
     tolerances=FINE)
for dtype, other in [("int32", "kInt32"), ("int64", "kInt64"), ("float32", "kFloat32")]:
    case("stateless_poisson",
         cpp=f"tf::random::stateless_poisson({{6, 4}}, {SEEDED}, x[0], "
             f"{{.dtype = DType::{other}}})",
         tf=lambda x, d=dtype: tf.random.stateless_poisson((6, 4), (3, 5), x[0], d),
         inputs=[values([0.0, 0.5, 4.0, 30.0], gradient=False)], dtypes=REALS, gradient=False)
    case("stateless_binomial",
         cpp=f"tf::random::stateless_binomial({{6, 3}}, {SEEDED}, x[0], x[1], "
             f"{{.dtype = DType::{other}}})",
         tf=lambda x, d=dtype: tf.random.stateless_binomial((6, 3), (3, 5), x[0], x[1],
                                                            output_dtype=d),
         inputs=[[values([10.0, 100.0, 1000.0]), values([0.3, 0.5, 0.01])]], dtypes=REALS,
         gradient=False)
for dtype, other in [("int32", "kInt32"), ("int64", "kInt64")]:
    case("stateless_categorical",
         cpp=f"tf::random::stateless_categorical(x[0], 6, {SEEDED}, {{.dtype = DType::{other}}})",
         tf=lambda x, d=dtype: tf.random.stateless_categorical(x[0], 6, (3, 5), d),
         inputs=[values([[0.0, 1.0, 2.0]]), values([[0.5, float("-inf"), 0.1]])], dtypes=REALS,
         gradient=False)
