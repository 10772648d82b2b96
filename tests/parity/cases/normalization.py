"""Normalisations, dropout, and what else a layer is made of."""

from declare import *

NAN, INFINITY = float("nan"), float("inf")
# Differences of numbers that were rounded, and in half precision ops that round one after the
# other on the other side.
CLOSE = {"float16": (1e-2, 1e-2), "bfloat16": (6e-2, 6e-2), "float32": (2e-5, 1e-5)}


def keras_ops():
    import keras
    return keras.ops


def as_list(axis):
    return list(axis) if isinstance(axis, tuple) else axis


def braces(axis):
    return "{" + ", ".join(map(str, axis)) + "}" if isinstance(axis, tuple) else str(axis)


def weight(*shape):
    return random(*shape, low=0.5, high=1.5)


for axis, shapes in [(-1, [((3, 4), (4,)), ((2, 3, 33), (33,)), ((0, 3), (3,)), ((5,), (5,))]),
                     (0, [((3, 4), (3,))]), ((1, 2), [((2, 3, 4), (3, 4))]),
                     ((0, 2), [((2, 3, 4), (2, 4))])]:
    options = f"{{.axis = {braces(axis)}, .epsilon = 1e-3}}"
    case("layer_normalization", cpp=f"tf::nn::layer_normalization(x[0], x[1], x[2], {options})",
         tf=lambda x, a=axis: keras_ops().layer_normalization(x[0], x[1], x[2], axis=as_list(a),
                                                              epsilon=1e-3),
         inputs=[[x, weight(*w), w] for x, w in shapes], tolerances=CLOSE)
    case("layer_normalization", cpp=f"tf::nn::layer_normalization(x[0], {{}}, {{}}, {options})",
         tf=lambda x, a=axis: keras_ops().layer_normalization(x[0], axis=as_list(a), epsilon=1e-3),
         inputs=[x for x, _ in shapes], tolerances=CLOSE)
    if axis != (0, 2) and axis != (1, 2) and axis != 0:
        case("rms_normalization", cpp=f"tf::nn::rms_normalization(x[0], x[1], {options})",
             tf=lambda x, a=axis: keras_ops().rms_normalization(x[0], x[1], axis=a, epsilon=1e-3),
             inputs=[[x, weight(*w)] for x, w in shapes], tolerances=CLOSE)
    case("rms_normalization", cpp=f"tf::nn::rms_normalization(x[0], {{}}, {options})",
         tf=lambda x, a=axis: keras_ops().rms_normalization(x[0], axis=as_list(a), epsilon=1e-3),
         inputs=[x for x, _ in shapes], tolerances=CLOSE)
ROWS = [[1.0, NAN, 2.0], [INFINITY, 1.0, 2.0], [0.0, 0.0, 0.0], [5.0, 5.0, 5.0]]
case("layer_normalization", cpp="tf::nn::layer_normalization(x[0])",
     tf=lambda x: keras_ops().layer_normalization(x[0]), inputs=[values(ROWS)], gradient=False)
case("rms_normalization", cpp="tf::nn::rms_normalization(x[0])",
     tf=lambda x: keras_ops().rms_normalization(x[0]),
     inputs=[values([[1.0, NAN, 2.0], [0.0, 0.0, 0.0]])], gradient=False)
refuses("layer_normalization", cpp="tf::nn::layer_normalization(x[0], x[1])",
        tf=lambda x: keras_ops().layer_normalization(x[0], x[1]), inputs=[[(2, 3), (2,)]])
refuses("rms_normalization", cpp="tf::nn::rms_normalization(x[0], x[1])",
        tf=lambda x: keras_ops().rms_normalization(x[0], x[1]), inputs=[[(2, 3), (2,)]])


def group_normalization(x, groups, axis):
    """The Keras layer, with the weights given."""
    import keras
    layer = keras.layers.GroupNormalization(groups, axis=axis, dtype=x[0].dtype.name)
    layer.build(x[0].shape)
    layer.gamma, layer.beta = x[1], x[2]
    return layer(x[0])


def grouped(x, groups, axis):
    """The layer's formula in TensorFlow's ops, which a tape sees through."""
    shape = list(x[0].shape)
    channels = shape[axis]
    at = axis % len(shape)
    split = shape[:at] + [groups, channels // groups] + shape[at + 1:]
    wide = tf.cast(x[0], tf.float64 if x[0].dtype == tf.float64 else tf.float32)
    parts = tf.reshape(wide, split)
    axes = [i for i in range(1, len(split)) if i != at]
    mean, variance = tf.nn.moments(parts, axes, keepdims=True)
    normal = tf.reshape((parts - mean) * tf.math.rsqrt(variance + 1e-3), shape)
    broadcast = [channels if i == at else 1 for i in range(len(shape))]
    gamma, beta = (tf.reshape(tf.cast(w, wide.dtype), broadcast) for w in x[1:3])
    return tf.cast(normal * gamma + beta, x[0].dtype)


for axis, shapes in [(-1, [((2, 3, 6), 6), ((2, 2, 3, 4), 4), ((3, 2), 2)]),
                     (1, [((2, 4, 3), 4)])]:
    case("group_normalization",
         cpp=f"tf::nn::group_normalization(x[0], 2, x[1], x[2], {{.axis = {axis}}})",
         tf=lambda x, a=axis: grouped(x, 2, a),
         inputs=[[x, weight(c), (c,)] for x, c in shapes], tolerances=CLOSE)
    case("group_normalization",
         cpp=f"tf::nn::group_normalization(x[0], 2, x[1], x[2], {{.axis = {axis}}})",
         tf=lambda x, a=axis: group_normalization(x, 2, a),
         inputs=[[x, weight(c), (c,)] for x, c in shapes], tolerances=CLOSE, gradient=False)

case("batch_normalization",
     cpp="tf::nn::batch_normalization(x[0], x[1], x[2], x[3], x[4], 1e-3)",
     tf=lambda x: tf.nn.batch_normalization(x[0], x[1], x[2], x[3], x[4], 1e-3),
     inputs=[[(3, 4), (4,), weight(4), (4,), weight(4)],
             [(2, 3, 5), (1, 3, 1), weight(1, 3, 1), (1, 3, 1), weight(1, 3, 1)],
             [(0, 4), (4,), weight(4), (4,), weight(4)]], tolerances=CLOSE)
case("batch_normalization", cpp="tf::nn::batch_normalization(x[0], x[1], x[2], {}, {}, 1e-3)",
     tf=lambda x: tf.nn.batch_normalization(x[0], x[1], x[2], None, None, 1e-3),
     inputs=[[(3, 4), (4,), weight(4)]], tolerances=CLOSE)

for text, axis in [("", None), (", {.axis = 1}", 1), (", {.axis = {0, -1}}", [0, -1]),
                   (", {.axis = 0, .epsilon = 4.0}", 0)]:
    epsilon = 4.0 if "epsilon" in text else 1e-12
    case("l2_normalize", cpp=f"tf::math::l2_normalize(x[0]{text})",
         tf=lambda x, a=axis, e=epsilon: tf.math.l2_normalize(x[0], axis=a, epsilon=e),
         inputs=[(3, 4), (2, 3, 5), (0, 3)], dtypes=["bfloat16"] + REALS + COMPLEX,
         tolerances=CLOSE)
case("l2_normalize", cpp="tf::nn::l2_normalize(x[0], {.axis = 1, .epsilon = 1e-4})",
     tf=lambda x: tf.nn.l2_normalize(x[0], axis=1, epsilon=1e-4),
     inputs=[values([[0.0, 0.0], [3.0, 4.0]])], tolerances=CLOSE)
case("l2_normalize", cpp="tf::nn::l2_normalize(x[0], {.axis = 1, .epsilon = 1e-4})",
     tf=lambda x: tf.nn.l2_normalize(x[0], axis=1, epsilon=1e-4),
     inputs=[values([[0.0, NAN], [INFINITY, 4.0]])], gradient=False)

for text, options in [("", {}), (".depth_radius = 1", {"depth_radius": 1}),
                      (".depth_radius = 2, .bias = 2.0, .alpha = 0.5, .beta = 0.75",
                       {"depth_radius": 2, "bias": 2.0, "alpha": 0.5, "beta": 0.75})]:
    case("local_response_normalization",
         cpp=f"tf::nn::local_response_normalization(x[0], {{{text}}})",
         tf=lambda x, o=options: tf.nn.local_response_normalization(x[0], **o),
         inputs=[(1, 2, 2, 3), (2, 1, 3, 9), (0, 2, 2, 3)],
         dtypes=["float16", "float32"], tolerances=CLOSE)
refuses("local_response_normalization", cpp="tf::nn::local_response_normalization(x[0])",
        tf=lambda x: tf.nn.local_response_normalization(x[0]), inputs=[(2, 3)])

for text, noise in [("", None), (", {.noise_shape = tf::Shape{-1, 1}}", [None, 1]),
                    (", {.noise_shape = tf::Shape{1, 4}}", [1, 4])]:
    for rate in [0.25, 0.5, 0.0]:
        case("stateless_dropout",
             cpp=f"tf::nn::experimental::stateless_dropout(x[0], {rate}, "
                 f"tf::constant({{3, 7}}){text})",
             tf=lambda x, n=noise, r=rate: tf.nn.experimental.stateless_dropout(
                 x[0], r, seed=[3, 7], noise_shape=n, rng_alg="auto_select"),
             inputs=[(6, 4)], absent_is_zero=True)
refuses("dropout", cpp="tf::nn::dropout(x[0], 1.0)", tf=lambda x: tf.nn.dropout(x[0], 1.0),
        inputs=[(2, 3)])
case("dropout", cpp="tf::nn::dropout(x[0], 0.0)", tf=lambda x: tf.nn.dropout(x[0], 0.0),
     inputs=[(2, 3)])

for text, max_norm in [("", None), (", {.max_norm = 1.5}", 1.5)]:
    case("embedding_lookup", cpp=f"tf::nn::embedding_lookup(x[0], x[1]{text})",
         tf=lambda x, m=max_norm: tf.nn.embedding_lookup(x[0], x[1], max_norm=m),
         inputs=[[(5, 3), integers(4, low=0, high=5)], [(5, 3), integers(2, 3, low=0, high=5)],
                 [(5, 2, 3), integers(2, low=0, high=5, dtype="int64")],
                 [(5, 3), integers(0, low=0, high=5)], [(5,), integers(3, low=0, high=5)]],
         tolerances=CLOSE)
refuses("embedding_lookup", cpp="tf::nn::embedding_lookup(x[0], x[1])",
        tf=lambda x: tf.nn.embedding_lookup(x[0], x[1]), inputs=[[(5, 3), values([5], "int32")]])

for text, data_format in [("", None), (', {.data_format = "NHWC"}', "NHWC"),
                          (', {.data_format = "NCHW"}', "NCHW")]:
    channels = 1 if data_format == "NCHW" else -1
    case("bias_add", cpp=f"tf::nn::bias_add(x[0], x[1]{text})",
         tf=lambda x, d=data_format: tf.nn.bias_add(x[0], x[1], data_format=d),
         inputs=[[shape, (shape[channels],)]
                 for shape in [(2, 3), (2, 3, 4), (2, 3, 2, 4), (0, 3)]])
refuses("bias_add", cpp="tf::nn::bias_add(x[0], x[1])", tf=lambda x: tf.nn.bias_add(x[0], x[1]),
        inputs=[[(2, 3), (2,)], [(3,), (3,)], [(2, 3), (1, 3)]])

for text, q in [("2.0", 2.0), ("0.5", 0.5)]:
    case("weighted_cross_entropy_with_logits",
         cpp=f"tf::nn::weighted_cross_entropy_with_logits(x[0], x[1], {text})",
         tf=lambda x, q=q: tf.nn.weighted_cross_entropy_with_logits(x[0], x[1], q),
         inputs=[[random(3, 4, low=0, high=1), random(3, 4, low=-8, high=8)],
                 [random(0, low=0, high=1), random(0)]],
         tolerances={"float16": (1e-2, 4e-2), "bfloat16": (6e-2, 0.3)})
case("weighted_cross_entropy_with_logits",
     cpp="tf::nn::weighted_cross_entropy_with_logits(x[0], x[1], x[2])",
     tf=lambda x: tf.nn.weighted_cross_entropy_with_logits(x[0], x[1], x[2]),
     inputs=[[random(3, 4, low=0, high=1), random(3, 4, low=-8, high=8), weight(4)]], dtypes=REALS)
case("l2_loss", cpp="tf::nn::l2_loss(x[0])", tf=lambda x: tf.nn.l2_loss(x[0]),
     inputs=[(3, 4), (0,), (), (2, 3, 5)], tolerances=CLOSE)
case("l2_loss", cpp="tf::nn::l2_loss(x[0])", tf=lambda x: tf.nn.l2_loss(x[0]),
     inputs=[values([NAN, 1.0]), values([INFINITY, 1.0])], gradient=False)
for text, full in [("", False), (", {.compute_full_loss = true}", True)]:
    case("log_poisson_loss", cpp=f"tf::nn::log_poisson_loss(x[0], x[1]{text})",
         tf=lambda x, f=full: tf.nn.log_poisson_loss(x[0], x[1], compute_full_loss=f),
         inputs=[[random(3, 4, low=0.1, high=5), (3, 4)], [random(0, low=1, high=5), (0,)]],
         tolerances={"float16": (1e-2, 3e-2), "bfloat16": (6e-2, 0.25)})
    case("log_poisson_loss", cpp=f"tf::nn::log_poisson_loss(x[0], x[1]{text})",
         tf=lambda x, f=full: tf.nn.log_poisson_loss(x[0], x[1], compute_full_loss=f),
         inputs=[[values([0.0, 1.0, -1.0, NAN]), values([1.0, 2.0, 3.0, 4.0])]], gradient=False,
         dtypes=REALS)

case("zero_fraction", cpp="tf::nn::zero_fraction(x[0])", tf=lambda x: tf.nn.zero_fraction(x[0]),
     inputs=[integers(3, 5, low=0, high=2), values([0.0, NAN, -0.0, INFINITY], "float32"),
             values([], "float32", shape=(0,)), values([True, False, True], "bool")],
     dtypes=["float32"], gradient=False)

for text, options in [("{}", {}), ("{.strides = 2, .padding = \"SAME\"}",
                                   {"strides": 2, "padding": "SAME"}),
                      ("{.output_dtype = tf::int32, .include_batch_in_index = true}",
                       {"output_dtype": "int32", "include_batch_in_index": True})]:
    def function(x, o=options):
        more = {"strides": 1, "padding": "VALID"} | o
        if "output_dtype" in more:
            more["output_dtype"] = tf.int32
        return list(tf.nn.max_pool_with_argmax(x[0], 2, **more))

    case("max_pool_with_argmax",
         cpp=f"auto [output, argmax] = tf::nn::max_pool_with_argmax(x[0], 2, {text});\n"
             "return {output, argmax};",
         tf=function, inputs=[(2, 3, 4, 2), (1, 5, 5, 3)], absent_is_zero=True,
         gradient="int32" not in text)  # TensorFlow has no kernel for it
