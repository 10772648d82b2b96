"""NaN, infinities and zeros where an op's definition says little: TensorFlow decides."""

from declare import *

from cases.math import tf_function

NAN, INFINITY = float("nan"), float("inf")

for text, options in [("", {}), (".exclusive = true", {"exclusive": True}),
                      (".reverse = true", {"reverse": True})]:
    case("cumprod", cpp=f"tf::cumprod(x[0], {{{text}}})",
         tf=lambda x, o=options: tf.math.cumprod(x[0], **o),
         inputs=[values([2.0, 0.0, 3.0, 0.0, 4.0]), values([1.0, INFINITY, NAN, 2.0])],
         dtypes=REALS, gradient=False)
    case("cumsum", cpp=f"tf::cumsum(x[0], {{{text}}})",
         tf=lambda x, o=options: tf.math.cumsum(x[0], **o),
         inputs=[values([1.0, INFINITY, 2.0, -INFINITY, 3.0]), values([1.0, NAN, 2.0])],
         dtypes=REALS)
    case("cumulative_logsumexp", cpp=f"tf::cumulative_logsumexp(x[0], {{{text}}})",
         tf=lambda x, o=options: tf.math.cumulative_logsumexp(x[0], **o),
         inputs=[values([-INFINITY, -INFINITY, 1.0, 2.0]), values([1.0, INFINITY, 2.0]),
                 values([-INFINITY, INFINITY])],
         dtypes=REALS, gradient=False)

for direction in ["ASCENDING", "DESCENDING"]:
    case("sort", cpp=f'tf::sort(x[0], {{.direction = "{direction}"}})',
         tf=lambda x, d=direction: tf.sort(x[0], direction=d),
         inputs=[values([3.0, INFINITY, -1.0, -INFINITY, 0.0, -0.0])], dtypes=REALS,
         gradient=False)
for numbers in [[1.0, NAN, 3.0], [NAN, 1.0, 2.0], [NAN, NAN], [INFINITY, -INFINITY, 0.0]]:
    for name in ["argmax", "argmin"]:
        case(name, cpp=f"tf::{name}(x[0])", tf=lambda x, n=name: getattr(tf, n)(x[0]),
             inputs=[values(numbers)], dtypes=REALS, gradient=False)

for name in ["sum", "prod", "max", "min", "mean"]:
    for prefix, cpp_more, more in [("segment_", "", ()), ("unsorted_segment_", ", 3", (3,))]:
        op = prefix + name
        function = tf_function("math." + op)
        case(op, cpp=f"tf::math::{op}(x[0], x[1]{cpp_more})",
             tf=lambda x, f=function, m=more: f(x[0], x[1], *m),
             inputs=[[values([7.0, 1.0, 2.0, INFINITY, -INFINITY, 3.0]),
                      values([0, 0, 1, 1, 2, 2], "int32")],
                     [values([1.0, INFINITY, 5.0, -4.0]), values([0, 0, 1, 2], "int32")]],
             dtypes=REALS, gradient=False)

for name in ["segment_max", "segment_min"]:  # of nothing but one infinity, and of no rows
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[values([-INFINITY, -INFINITY, INFINITY, INFINITY, 1.0, -INFINITY]),
                  values([0, 0, 2, 2, 3, 3], "int32")]], dtypes=REALS)

case("histogram_fixed_width", cpp="tf::histogram_fixed_width(x[0], {-1.0, 1.0}, {.nbins = 5})",
     tf=lambda x: tf.histogram_fixed_width(x[0], tf.constant([-1.0, 1.0], x.dtype), nbins=5),
     inputs=[values([-INFINITY, INFINITY, -1.0, 1.0, 0.2])], dtypes=REALS,
     gradient=False)

for name in ["bessel_i0", "bessel_i1", "bessel_i0e", "bessel_i1e"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0])", tf=lambda x, f=function: f(x[0]),
         inputs=[values([0.0, 1e-30] if name != "bessel_i1" else [1e-30])], dtypes=REALS)
case("xdivy", cpp="tf::math::xdivy(x[0], x[1])", tf=lambda x: tf.math.xdivy(x[0], x[1]),
     inputs=[[values([0.0, 0.0, 1.0, 0.0]), values([0.0, NAN, 0.0, INFINITY])]], dtypes=REALS)
for name in ["xlogy", "xlog1py"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[values([0.0, 0.0, 1.0, 0.0]), values([0.0, NAN, 2.0, INFINITY])]], dtypes=REALS)
for name in ["igamma", "igammac", "zeta"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::math::{name}(x[0], x[1])", tf=lambda x, f=function: f(x[0], x[1]),
         inputs=[[values([1.0, 2.0, 2.0, NAN, -1.0, 2.0]),
                  values([0.0, INFINITY, NAN, 1.0, 2.0, -1.5])]], dtypes=REALS, gradient=False)
case("betainc", cpp="tf::math::betainc(x[0], x[1], x[2])",
     tf=lambda x: tf.math.betainc(x[0], x[1], x[2]),
     inputs=[[values([1.0, 2.0, 2.0, NAN, -1.0, 2.0]), values([1.0, 2.0, 2.0, 1.0, 2.0, 0.0]),
              values([0.0, 1.0, 1.5, 0.5, 0.5, 0.5])]], dtypes=REALS, gradient=False)
for name in ["reduce_logsumexp", "reduce_max", "reduce_min", "reduce_sum",
             "reduce_prod", "reduce_variance"]:
    function = tf_function("math." + name)
    case(name, cpp=f"tf::{name}(x[0], {{.axis = {{1}}}})", tf=lambda x, f=function: f(x[0], axis=1),
         inputs=[values([[1.0, NAN, 2.0], [INFINITY, 1.0, 2.0], [-INFINITY, -INFINITY, -INFINITY],
                         [INFINITY, -INFINITY, 0.0]])], dtypes=REALS, gradient=False)
for axes in [(-2, -1), (0, 1)]:
    both = ", ".join(map(str, axes))
    case("norm", cpp=f"tf::norm(x[0], {{.axis = {{{both}}}}})",
         tf=lambda x, a=axes: tf.norm(x[0], axis=a), inputs=[(3, 4, 2), (3, 3)], dtypes=REALS)
