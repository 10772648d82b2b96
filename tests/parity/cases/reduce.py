"""Ops that fold axes away, run along one, or look for elements."""

from declare import *

FOLDS = [("", {}), (".axis = {0}", {"axis": 0}), (".axis = {-1}", {"axis": -1}),
         (".axis = {1}, .keepdims = true", {"axis": 1, "keepdims": True}),
         (".axis = {0, -1}", {"axis": [0, -1]}),
         (".axis = {0, 1}, .keepdims = true", {"axis": [0, 1], "keepdims": True})]
SHAPES = [(3, 4), (2, 1, 5), (2, 3, 2, 2), (0, 3), (3, 0), (5, 37)]

for name, dtypes, (low, high) in [
        ("sum", NUMBERS, (-2, 2)), ("mean", NUMBERS, (-2, 2)), ("max", NUMBERS, (-2, 2)),
        ("min", NUMBERS, (-2, 2)), ("prod", NUMBERS, (-1.5, 1.5)), ("any", BOOL, (0, 1)),
        ("all", BOOL, (0, 1)), ("logsumexp", FLOATS, (-3, 3)),
        ("euclidean_norm", FLOATS + ["int32"], (-2, 2)), ("variance", FLOATS, (-2, 2)),
        ("std", FLOATS, (-2, 2))]:
    def reduce(x, name=name, **options):
        owner = tf.math if name in ("euclidean_norm", "variance", "std") else tf
        return getattr(owner, "reduce_" + name)(x, **options)

    op = "reduce_" + name
    for text, options in FOLDS:
        case(op, cpp=f"tf::{op}(x[0], {{{text}}})",
             tf=lambda x, f=reduce, o=options: f(x[0], **o),
             inputs=[random(*shape, low=low, high=high) for shape in SHAPES], dtypes=dtypes)
    case(op, cpp=f"tf::{op}(x[0])", tf=lambda x, f=reduce: f(x[0]),
         inputs=[random(*shape, low=low, high=high) for shape in [(), (1,), (0,), (9,)]],
         dtypes=dtypes)
    refuses(op, cpp=f"tf::{op}(x[0], {{.axis = {{2}}}})", tf=lambda x, f=reduce: f(x[0], axis=2),
            inputs=[(2, 3)], dtypes=dtypes[-1:])

case("count_nonzero", cpp="tf::count_nonzero(x[0])", tf=lambda x: tf.math.count_nonzero(x[0]),
     inputs=[(), (5,), (0, 2), (3, 4)], dtypes=FLOATS + SIGNED + BOOL, gradient=False)
case("count_nonzero",
     cpp="tf::count_nonzero(x[0], {.axis = {1}, .keepdims = true, .dtype = int32})",
     tf=lambda x: tf.math.count_nonzero(x[0], axis=1, keepdims=True, dtype=tf.int32),
     inputs=[(3, 4), (2, 0)], dtypes=["float32", "int32"], gradient=False)
MOMENTS = "const auto m = tf::nn::moments(x[0], {}{}); return {{m.mean, m.variance}};"
for text, axes, keep in [("{0}", [0], False), ("{0, 1}", [0, 1], True), ("{-1}", [-1], False)]:
    case("moments", cpp=MOMENTS.format(text, ", {.keepdims = true}" if keep else ""),
         tf=lambda x, a=axes, k=keep: tf.nn.moments(x[0], a, keepdims=k),
         inputs=[(3, 4), (2, 3, 2)])
case("weighted_moments",
     cpp="const auto m = tf::nn::weighted_moments(x[0], {0}, x[1]); return {m.mean, m.variance};",
     tf=lambda x: tf.nn.weighted_moments(x[0], [0], x[1]),
     inputs=[[(4, 3), random(4, 3, low=0.1, high=2)], [(4, 3), random(4, 1, low=0.1, high=2)]],
     dtypes=REALS)

SCANS = [("", {}), (".axis = 1", {"axis": 1}), (".axis = -1, .exclusive = true",
                                                {"axis": -1, "exclusive": True}),
         (".reverse = true", {"reverse": True}),
         (".axis = 1, .exclusive = true, .reverse = true",
          {"axis": 1, "exclusive": True, "reverse": True})]
# TensorFlow rounds every partial result of half-precision scans, saem those that it writes.
for op, path, dtypes in [("cumsum", "cumsum", NUMBERS), ("cumprod", "cumprod", NUMBERS),
                         ("cumulative_logsumexp", "cumulative_logsumexp", FLOATS)]:
    def scan(x, path=path, **options):
        return getattr(tf.math, path)(x, **options)

    for text, options in SCANS:
        case(op, cpp=f"tf::{op}(x[0], {{{text}}})", tf=lambda x, f=scan, o=options: f(x[0], **o),
             inputs=[(3, 4), (2, 5, 2), (0, 3), (3, 0), (4, 33)], dtypes=dtypes,
             tolerances={"float16": (8e-3, 2e-2), "bfloat16": (6e-2, 0.2)})
    refuses(op, cpp=f"tf::{op}(x[0], {{.axis = 2}})", tf=lambda x, f=scan: f(x[0], axis=2),
            inputs=[(2, 3)])

for op in ["argmax", "argmin"]:
    def find(x, op=op, **options):
        return getattr(tf, op)(x, **options)

    for text, options in [("", {}), (".axis = 1", {"axis": 1}),
                          (".axis = -1, .output_type = int32",
                           {"axis": -1, "output_type": "int32"})]:
        case(op, cpp=f"tf::{op}(x[0], {{{text}}})", tf=lambda x, f=find, o=options: f(x[0], **o),
             inputs=[(3, 4), (2, 3, 2), (2, 40), values([[1, 1, 0], [2, 2, 2]])], dtypes=NUMBERS,
             gradient=False)
    refuses(op, cpp=f"tf::{op}(x[0], {{.axis = 2}})", tf=lambda x, f=find: f(x[0], axis=2),
            inputs=[(2, 3)])

for text, options in [("", {}), (".axis = 0", {"axis": 0}),
                      ('.axis = 1, .direction = "DESCENDING"',
                       {"axis": 1, "direction": "DESCENDING"})]:
    case("sort", cpp=f"tf::sort(x[0], {{{text}}})", tf=lambda x, o=options: tf.sort(x[0], **o),
         inputs=[(3, 7), (2, 4, 3)], dtypes=["float16", "float32", "float64", "int32", "int64"])
    case("sort", cpp=f"tf::sort(x[0], {{{text}}})", tf=lambda x, o=options: tf.sort(x[0], **o),
         inputs=[(2, 0), (0, 2)], dtypes=["float32", "int32"], gradient=False)
    case("argsort", cpp=f"tf::argsort(x[0], {{{text}}})",
         tf=lambda x, o=options: tf.argsort(x[0], stable=True, **o),
         inputs=[(3, 7), (2, 0), (2, 4, 3)], dtypes=["float32", "float64", "int32"],
         gradient=False)
TOP_K = "const auto top = tf::math::top_k(x[0], {}); return {{top.values, top.indices}};"
for k in [0, 1, 3]:
    case("top_k", cpp=TOP_K.format(k), tf=lambda x, k=k: list(tf.math.top_k(x[0], k)),
         inputs=[(5,), (3, 4), (2, 2, 6), values([[1, 3, 3, 2], [4, 4, 4, 4]])],
         dtypes=FLOATS + INTS)
refuses("top_k", cpp=TOP_K.format(9), tf=lambda x: list(tf.math.top_k(x[0], 9)), inputs=[(5,)])
case("in_top_k", cpp="tf::math::in_top_k(x[0], x[1], 2)",
     tf=lambda x: tf.math.in_top_k(x[0], x[1], 2),
     inputs=[[integers(6, low=0, high=5), random(6, 5)],
             [values([0, 9, 2], "int32"), random(3, 4)]], dtypes=["float32"], gradient=False)

for side in ["left", "right"]:
    case("searchsorted", cpp=f'tf::searchsorted(x[0], x[1], {{.side = "{side}"}})',
         tf=lambda x, s=side: tf.searchsorted(x[0], x[1], side=s),
         inputs=[[values([-2.0, -1.0, 0.0, 1.0, 1.0, 3.0], gradient=False),
                  values([0.0, 1.0, 5.0, -9.0], gradient=False)],
                 [values([[0, 2, 4], [1, 1, 9]], gradient=False),
                  values([[2, 3], [1, 10]], gradient=False)]],
         dtypes=["float32", "float64", "int32", "int64"], gradient=False)
case("bucketize", cpp="tf::bucketize(x[0], {-1.0, 0.0, 1.5})",
     tf=lambda x: tf.raw_ops.Bucketize(input=x[0], boundaries=[-1.0, 0.0, 1.5]),
     inputs=[(3, 5), (0,)], dtypes=["float32", "float64", "int32", "int64"], gradient=False)
case("invert_permutation", cpp="tf::math::invert_permutation(x[0])",
     tf=lambda x: tf.math.invert_permutation(x[0]),
     inputs=[values([2, 0, 3, 1]), values([0])], dtypes=["int32", "int64"])
refuses("invert_permutation", cpp="tf::math::invert_permutation(x[0])",
        tf=lambda x: tf.math.invert_permutation(x[0]), inputs=[values([2, 0, 2])],
        dtypes=["int32"])

for name in ["sum", "prod", "max", "min", "mean", "sqrt_n"]:
    op = "unsorted_segment_" + name
    only_floats = name in ("mean", "sqrt_n")

    def fold(*arguments, op=op):
        return getattr(tf.math, op)(*arguments)

    case(op, cpp=f"tf::math::{op}(x[0], x[1], 4)", tf=lambda x, f=fold: f(x[0], x[1], 4),
         inputs=[[(6,), values([0, 1, 0, 3, 1, 0], "int32")],
                 [(3, 2), values([2, -1, 2], "int32")],
                 [(2, 3), values([[0, 1, 1], [3, 3, 0]], "int64")],
                 [(0, 2), values([], "int32")]],
         dtypes=FLOATS if only_floats else NUMBERS)
    refuses(op, cpp=f"tf::math::{op}(x[0], x[1], 4)", tf=lambda x, f=fold: f(x[0], x[1], 4),
            inputs=[[(2,), values([0, 4], "int32")], [(2,), values([0, 1, 2], "int32")]])
for name in ["sum", "prod", "max", "min", "mean"]:
    op = "segment_" + name

    def fold(*arguments, op=op):
        return getattr(tf.math, op)(*arguments)

    case(op, cpp=f"tf::math::{op}(x[0], x[1])", tf=lambda x, f=fold: f(x[0], x[1]),
         inputs=[[(6,), values([0, 0, 1, 1, 1, 3], "int32")], [(3, 2), values([0, 1, 1], "int64")]],
         dtypes=REALS + ([] if name == "mean" else ["int32"]))

case("bincount", cpp="tf::math::bincount(x[0])", tf=lambda x: tf.math.bincount(x[0]),
     inputs=[integers(9, low=0, high=6), values([], "int32")], dtypes=["int32"])
case("bincount", cpp="tf::math::bincount(x[0], {.weights = x[1], .minlength = 8})",
     tf=lambda x: tf.math.bincount(x[0], weights=x[1], minlength=8),
     inputs=[[integers(9, low=0, high=6), random(9, gradient=False)]], dtypes=REALS)
case("confusion_matrix", cpp="tf::math::confusion_matrix(x[0], x[1], {.num_classes = 5})",
     tf=lambda x: tf.math.confusion_matrix(x[0], x[1], num_classes=5),
     inputs=[[integers(9, low=0, high=5), integers(9, low=0, high=5)]], dtypes=["int32"])
case("histogram_fixed_width", cpp="tf::histogram_fixed_width(x[0], {-1.0, 1.0}, {.nbins = 5})",
     tf=lambda x: tf.histogram_fixed_width(x[0], tf.constant([-1.0, 1.0], x.dtype), nbins=5),
     inputs=[(40,), (3, 4)], dtypes=REALS, gradient=False)
case("histogram_fixed_width_bins",
     cpp="tf::histogram_fixed_width_bins(x[0], {-1.0, 1.0}, {.nbins = 5})",
     tf=lambda x: tf.histogram_fixed_width_bins(x[0], tf.constant([-1.0, 1.0], x.dtype), nbins=5),
     inputs=[(40,), (3, 4)], dtypes=REALS, gradient=False)
case("unique", cpp="const auto u = tf::unique(x[0]); return {u.y, u.idx};",
     tf=lambda x: list(tf.unique(x[0])), inputs=[(12,), (0,), values([3, 1, 3, 2, 1])],
     dtypes=FLOATS + INTS, gradient=False)
case("unique_with_counts",
     cpp="const auto u = tf::unique_with_counts(x[0]); return {u.y, u.idx, u.count};",
     tf=lambda x: list(tf.unique_with_counts(x[0])), inputs=[values([3, 1, 3, 2, 1])],
     dtypes=["float32", "int32"], gradient=False)
case("setdiff1d", cpp="const auto d = tf::setdiff1d(x[0], x[1]); return {d.out, d.idx};",
     tf=lambda x: list(tf.compat.v1.setdiff1d(x[0], x[1])),
     inputs=[[values([1, 2, 3, 4, 5, 6]), values([1, 3, 5])]], dtypes=["float32", "int32"],
     gradient=False)
