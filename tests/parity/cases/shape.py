"""Ops that make tensors, move elements and pick them."""

from declare import *

EXACT = {"exact": True}

case("reshape", cpp="tf::reshape(x[0], {3, -1})", tf=lambda x: tf.reshape(x[0], [3, -1]),
     inputs=[(6,), (2, 3), (3, 2, 2), (1, 3, 1)], dtypes=EVERY, exact=True)
case("reshape", cpp="tf::reshape(x[0], {})", tf=lambda x: tf.reshape(x[0], []),
     inputs=[(), (1,), (1, 1, 1)], exact=True)
refuses("reshape", cpp="tf::reshape(x[0], {3, -1})", tf=lambda x: tf.reshape(x[0], [3, -1]),
        inputs=[(4,), (2, 2)])
for axis in [0, 1, -1]:
    case("expand_dims", cpp=f"tf::expand_dims(x[0], {axis})",
         tf=lambda x, a=axis: tf.expand_dims(x[0], a), inputs=[(3,), (2, 3), (0, 2)], **EXACT)
case("squeeze", cpp="tf::squeeze(x[0])", tf=lambda x: tf.squeeze(x[0]),
     inputs=[(1, 3, 1), (2, 3), (1,), (), (1, 0)], **EXACT)
case("squeeze", cpp="tf::squeeze(x[0], {.axis = {0, -1}})",
     tf=lambda x: tf.squeeze(x[0], axis=[0, -1]), inputs=[(1, 3, 1), (1, 1, 2, 1)], **EXACT)
refuses("squeeze", cpp="tf::squeeze(x[0], {.axis = {0}})", tf=lambda x: tf.squeeze(x[0], axis=[0]),
        inputs=[(2, 1)])

case("broadcast_to", cpp="tf::broadcast_to(x[0], {2, 3, 4})",
     tf=lambda x: tf.broadcast_to(x[0], [2, 3, 4]),
     inputs=[(), (4,), (1, 4), (3, 1), (2, 1, 4), (2, 3, 4)], dtypes=FLOATS + ["int32", "bool"])
case("broadcast_to", cpp="tf::broadcast_to(x[0], {2, 0})",
     tf=lambda x: tf.broadcast_to(x[0], [2, 0]), inputs=[(), (1,), (2, 1), (0,)])
refuses("broadcast_to", cpp="tf::broadcast_to(x[0], {2, 3})",
        tf=lambda x: tf.broadcast_to(x[0], [2, 3]), inputs=[(2,), (1, 2, 3)])
case("broadcast_dynamic_shape", cpp="tf::broadcast_dynamic_shape(x[0], x[1])",
     tf=lambda x: tf.broadcast_dynamic_shape(x[0], x[1]),
     inputs=[[values([2, 1, 3]), values([4, 1])], [values([5]), values([1])]],
     dtypes=["int32", "int64"])

case("transpose", cpp="tf::transpose(x[0])", tf=lambda x: tf.transpose(x[0]),
     inputs=[(), (3,), (2, 3), (2, 3, 4), (0, 2), (2, 1, 3, 2)], dtypes=EVERY, exact=True)
for perm in [(0, 2, 1), (1, 2, 0), (2, 0, 1)]:
    case("transpose", cpp=f"tf::transpose(x[0], {{.perm = {{{perm[0]}, {perm[1]}, {perm[2]}}}}})",
         tf=lambda x, p=perm: tf.transpose(x[0], perm=p), inputs=[(2, 3, 4), (2, 0, 1)], **EXACT)
refuses("transpose", cpp="tf::transpose(x[0], {.perm = {0, 0}})",
        tf=lambda x: tf.transpose(x[0], perm=[0, 0]), inputs=[(2, 3)])

INDEXINGS = [
    ("x[0](0)", lambda x: x[0][0]), ("x[0](-1)", lambda x: x[0][-1]),
    ("x[0](tf::all, 1)", lambda x: x[0][:, 1]),
    ("x[0](tf::slice(1, std::nullopt))", lambda x: x[0][1:]),
    ("x[0](tf::slice(std::nullopt, std::nullopt, -1), tf::slice(0, 4, 2))",
     lambda x: x[0][::-1, 0:4:2]),
    ("x[0](tf::newaxis, tf::ellipsis, tf::slice(-2, 100))",
     lambda x: x[0][tf.newaxis, ..., -2:100]),
    ("x[0](tf::slice(5, 2))", lambda x: x[0][5:2]),
]
for cpp, function in INDEXINGS:
    case("strided_slice", cpp=cpp, tf=function, inputs=[(3, 4), (4, 5, 2), (1, 2)],
         dtypes=FLOATS + ["int32", "bool"], exact=True)
case("slice", cpp="tf::slice(x[0], {1, 0}, {-1, 2})",
     tf=lambda x: tf.slice(x[0], [1, 0], [-1, 2]), inputs=[(3, 4), (1, 2)], **EXACT)
refuses("slice", cpp="tf::slice(x[0], {1, 0}, {5, 2})",
        tf=lambda x: tf.slice(x[0], [1, 0], [5, 2]), inputs=[(3, 4)])
case("reverse", cpp="tf::reverse(x[0], {0, -1})", tf=lambda x: tf.reverse(x[0], [0, -1]),
     inputs=[(3, 4), (2, 3, 2), (0, 2)], dtypes=EVERY, exact=True)

for text, options in [("", {}), (", {.axis = 1}", {"axis": 1}), (", {.axis = -1}", {"axis": -1})]:
    case("gather", cpp=f"tf::gather(x[0], x[1]{text})",
         tf=lambda x, o=options: tf.gather(x[0], x[1], **o),
         inputs=[[(4, 5), values([0, 3, 3], "int32")], [(4, 5), values([[1], [2]], "int64")],
                 [(4, 5, 2), values(1, "int32")], [(4, 5), values([], "int32")]],
         dtypes=EVERY)
case("gather", cpp="tf::gather(x[0], x[1], {.axis = 1, .batch_dims = 1})",
     tf=lambda x: tf.gather(x[0], x[1], axis=1, batch_dims=1),
     inputs=[[(2, 5, 2), values([[0, 4, 0], [1, 1, 2]], "int32")]])
refuses("gather", cpp="tf::gather(x[0], x[1])", tf=lambda x: tf.gather(x[0], x[1]),
        inputs=[[(4, 2), values([0, 4], "int32")], [(4, 2), values([-1], "int32")],
                [(4, 2), values([0.0], "float32", gradient=False)]])
ONE_HOTS = [("", {}), (", {.on_value = 5.0, .off_value = -1.0}",
                       {"on_value": 5.0, "off_value": -1.0}),
            (", {.axis = 0, .dtype = int32}", {"axis": 0, "dtype": "int32"})]
for text, options in ONE_HOTS:
    case("one_hot", cpp=f"tf::one_hot(x[0], 4{text})",
         tf=lambda x, o=options: tf.one_hot(x[0], 4, **o),
         inputs=[values([0, 3, 1]), values([[2, 9], [4, 0]]), values(2)],
         dtypes=["uint8", "int32", "int64"])

case("gather_nd", cpp="tf::gather_nd(x[0], x[1])", tf=lambda x: tf.gather_nd(x[0], x[1]),
     inputs=[[(3, 4), values([[0, 1], [2, 3], [0, 1]], "int32")],
             [(3, 4), values([[2], [0]], "int64")],
             [(2, 3, 2), values([[[0, 1]], [[1, 2]]], "int32")]],
     dtypes=FLOATS + INTS + BOOL)
case("gather_nd", cpp="tf::gather_nd(x[0], x[1], {.batch_dims = 1})",
     tf=lambda x: tf.gather_nd(x[0], x[1], batch_dims=1),
     inputs=[[(2, 3, 2), values([[1], [2]], "int32")]])
refuses("gather_nd", cpp="tf::gather_nd(x[0], x[1])", tf=lambda x: tf.gather_nd(x[0], x[1]),
        inputs=[[(3, 4), values([[3, 0]], "int32")], [(3,), values([[0, 0]], "int32")]])
case("scatter_nd", cpp="tf::scatter_nd(x[0], x[1], {5, 2})",
     tf=lambda x: tf.scatter_nd(x[0], x[1], [5, 2]),
     inputs=[[values([[0], [4], [0]], "int32"), (3, 2)],
             [values([[0, 1], [4, 0], [0, 1]], "int64"), (3,)]], dtypes=NUMBERS)
refuses("scatter_nd", cpp="tf::scatter_nd(x[0], x[1], {5, 2})",
        tf=lambda x: tf.scatter_nd(x[0], x[1], [5, 2]),
        inputs=[[values([[5]], "int32"), (1, 2)], [values([[0]], "int32"), (1, 3)]])
for how in ["update", "add", "sub", "min", "max"]:
    op = "tensor_scatter_nd_" + how

    def scatter(*arguments, op=op):
        return getattr(tf, op)(*arguments)

    indices = [[0], [4]] if how == "update" else [[0], [4], [0]]
    case(op, cpp=f"tf::{op}(x[0], x[1], x[2])", tf=lambda x, f=scatter: f(x[0], x[1], x[2]),
         inputs=[[(5, 2), values(indices, "int32"), (len(indices), 2)],
                 [(5,), values(indices, "int64"), (len(indices),)]],
         dtypes=NUMBERS)
    refuses(op, cpp=f"tf::{op}(x[0], x[1], x[2])", tf=lambda x, f=scatter: f(x[0], x[1], x[2]),
            inputs=[[(5,), values([[5]], "int32"), (1,)], [(5,), values([[0]], "int32"), (2,)]])

for axis in [0, 1, -1]:
    case("concat", cpp=f"tf::concat({{x[0], x[1]}}, {{.axis = {axis}}})",
         tf=lambda x, a=axis: tf.concat([x[0], x[1]], a),
         inputs=[[(2, 3), (2, 3)], [(3, 4, 2), (3, 4, 2)]], dtypes=EVERY, exact=True)
    case("stack", cpp=f"tf::stack({{x[0], x[1]}}, {{.axis = {axis}}})",
         tf=lambda x, a=axis: tf.stack([x[0], x[1]], a),
         inputs=[[(2, 3), (2, 3)], [(4,), (4,)]], dtypes=EVERY, exact=True)
    case("unstack", cpp=f"tf::unstack(x[0], {{.axis = {axis}}})",
         tf=lambda x, a=axis: tf.unstack(x[0], axis=a), inputs=[(2, 3), (3, 2, 2)], **EXACT)
case("concat", cpp="tf::concat({x[0], x[1], x[2]})", tf=lambda x: tf.concat([x[0], x[1], x[2]], 0),
     inputs=[[(1, 2), (0, 2), (3, 2)], [(2,), (1,), (5,)]], **EXACT)
refuses("concat", cpp="tf::concat({x[0], x[1]})", tf=lambda x: tf.concat([x[0], x[1]], 0),
        inputs=[[(2, 3), (2, 4)], [(2,), (2, 1)]])
case("split", cpp="tf::split(x[0], 2, {.axis = 1})", tf=lambda x: tf.split(x[0], 2, axis=1),
     inputs=[(3, 4), (2, 6, 2)], **EXACT)
case("split", cpp="tf::split(x[0], {1, 3}, {.axis = -1})",
     tf=lambda x: tf.split(x[0], [1, 3], axis=-1), inputs=[(3, 4), (4,)], **EXACT)

for text, paddings, options in [
        ("{{1, 2}, {0, 1}}", [[1, 2], [0, 1]], {}),
        ("{{1, 2}, {0, 1}}, {.constant_values = 3}", [[1, 2], [0, 1]], {"constant_values": 3})]:
    case("pad", cpp=f"tf::pad(x[0], {text})",
         tf=lambda x, p=paddings, o=options: tf.pad(x[0], p, **o), inputs=[(3, 4), (0, 2)],
         dtypes=FLOATS + INTS, exact=True)
for mode in ["REFLECT", "SYMMETRIC"]:
    case("mirror_pad", cpp=f'tf::pad(x[0], {{{{1, 2}}, {{0, 3}}}}, {{.mode = "{mode}"}})',
         tf=lambda x, m=mode: tf.pad(x[0], [[1, 2], [0, 3]], mode=m), inputs=[(3, 4), (5, 4)],
         dtypes=FLOATS + ["int32"])
    refuses("mirror_pad", cpp=f'tf::pad(x[0], {{{{1, 2}}, {{0, 3}}}}, {{.mode = "{mode}"}})',
            tf=lambda x, m=mode: tf.pad(x[0], [[1, 2], [0, 3]], mode=m), inputs=[(1, 2)])
case("roll", cpp="tf::roll(x[0], {1, -2}, {0, 1})",
     tf=lambda x: tf.roll(x[0], shift=[1, -2], axis=[0, 1]), inputs=[(3, 4), (2, 5, 2), (0, 3)],
     dtypes=EVERY, exact=True)
case("tile", cpp="tf::tile(x[0], {2, 3})", tf=lambda x: tf.tile(x[0], [2, 3]),
     inputs=[(3, 4), (1, 1), (0, 2)], dtypes=[dtype for dtype in EVERY if dtype != "uint16"])
case("repeat", cpp="tf::repeat(x[0], 3, {.axis = 1})", tf=lambda x: tf.repeat(x[0], 3, axis=1),
     inputs=[(2, 3), (2, 1, 2)])
case("repeat", cpp="tf::repeat(x[0], {2, 0, 1}, {.axis = 0})",
     tf=lambda x: tf.repeat(x[0], [2, 0, 1], axis=0), inputs=[(3,), (3, 2)])
case("ensure_shape", cpp="tf::ensure_shape(x[0], {2, -1})",
     tf=lambda x: tf.ensure_shape(x[0], [2, None]), inputs=[(2, 3), (2, 0)], **EXACT)
refuses("ensure_shape", cpp="tf::ensure_shape(x[0], {2, -1})",
        tf=lambda x: tf.ensure_shape(x[0], [2, None]), inputs=[(3, 3), (2,)])
for name in ["shape", "size", "rank"]:
    case(name, cpp=f"tf::{name}(x[0])", tf=lambda x, n=name: getattr(tf, n)(x[0]),
         inputs=[(2, 3), (), (0, 2)], gradient=False)

case("fill", cpp="tf::fill({2, 3}, 3, {.dtype = dtype})",
     tf=lambda x: tf.fill([2, 3], tf.constant(3, x.dtype)), inputs=[[]], dtypes=NUMBERS)
case("zeros", cpp="tf::zeros({2, 0}, dtype)", tf=lambda x: tf.zeros([2, 0], x.dtype), inputs=[[]],
     dtypes=EVERY)
case("ones", cpp="tf::ones({2, 3}, dtype)", tf=lambda x: tf.ones([2, 3], x.dtype), inputs=[[]],
     dtypes=EVERY)
for name in ["zeros_like", "ones_like"]:
    case(name, cpp=f"tf::{name}(x[0])", tf=lambda x, n=name: getattr(tf, n)(x[0]),
         inputs=[(2, 3), (), (0,)], dtypes=EVERY)
for start, limit, delta in [(0, 5, 1), (3, -4, -2), (2, 2, 1)]:
    case("range", cpp=f"tf::range({start}, {limit}, {delta}, {{.dtype = dtype}})",
         tf=lambda x, a=(start, limit, delta): tf.range(*a, dtype=x.dtype), inputs=[[]],
         dtypes=["int32", "int64", "float32", "float64"])
case("eye", cpp="tf::eye(3, {.num_columns = 2, .batch_shape = {2}, .dtype = dtype})",
     tf=lambda x: tf.eye(3, 2, batch_shape=[2], dtype=x.dtype), inputs=[[]],
     dtypes=FLOATS + ["int32", "bool"])
for num in [1, 2, 7]:
    case("linspace", cpp=f"tf::linspace(x[0], x[1], {num})",
         tf=lambda x, n=num: tf.linspace(x[0], x[1], n), inputs=[[(), ()], [(3,), (3,)]],
         dtypes=REALS, absent_is_zero=True)
case("linspace", cpp="tf::linspace(x[0], x[1], 5, {.axis = -1})",
     tf=lambda x: tf.linspace(x[0], x[1], 5, axis=-1), inputs=[[(3, 2), (3, 2)]], dtypes=REALS)
for indexing in ["xy", "ij"]:
    case("meshgrid", cpp=f'tf::meshgrid({{x[0], x[1]}}, {{.indexing = "{indexing}"}})',
         tf=lambda x, i=indexing: tf.meshgrid(x[0], x[1], indexing=i), inputs=[[(3,), (2,)]])
case("sequence_mask", cpp="tf::sequence_mask(x[0], {.maxlen = 5})",
     tf=lambda x: tf.sequence_mask(x[0], 5), inputs=[values([0, 3, 9]), values([[1, 2], [5, 4]])],
     dtypes=["int32", "int64"])
case("sequence_mask", cpp="tf::sequence_mask(x[0], {.dtype = float32})",
     tf=lambda x: tf.sequence_mask(x[0], dtype=tf.float32), inputs=[values([0, 3, 1])],
     dtypes=["int32"])

case("space_to_depth", cpp="tf::nn::space_to_depth(x[0], 2)",
     tf=lambda x: tf.nn.space_to_depth(x[0], 2), inputs=[(2, 4, 6, 3), (0, 2, 2, 1)],
     dtypes=["float16", "float32", "float64", "int32"], exact=True)
case("depth_to_space", cpp="tf::nn::depth_to_space(x[0], 2)",
     tf=lambda x: tf.nn.depth_to_space(x[0], 2), inputs=[(2, 2, 3, 8)],
     dtypes=["float16", "float32", "float64", "int32"], exact=True)
case("space_to_batch", cpp="tf::space_to_batch(x[0], {2, 3}, {{1, 1}, {0, 1}})",
     tf=lambda x: tf.space_to_batch(x[0], [2, 3], [[1, 1], [0, 1]]), inputs=[(2, 4, 5, 2)], **EXACT)
case("batch_to_space", cpp="tf::batch_to_space(x[0], {2, 3}, {{1, 1}, {0, 1}})",
     tf=lambda x: tf.batch_to_space(x[0], [2, 3], [[1, 1], [0, 1]]), inputs=[(12, 3, 2, 2)],
     **EXACT)
for padding in ["VALID", "SAME"]:
    case("extract_patches",
         cpp="tf::image::extract_patches(x[0], {.sizes = {1, 3, 2, 1}, .strides = {1, 2, 1, 1}, "
             f'.rates = {{1, 1, 2, 1}}, .padding = "{padding}"}})',
         tf=lambda x, p=padding: tf.image.extract_patches(
             x[0], sizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 2, 1], padding=p),
         inputs=[(2, 5, 6, 2), (1, 3, 3, 1)], dtypes=FLOATS + ["int32"])

for text, options in [("", {}), (", {.k = 1}", {"k": 1}), (", {.k = -1, .num_rows = 5}",
                                                         {"k": -1, "num_rows": 5})]:
    case("diag", cpp=f"tf::linalg::diag(x[0]{text})",
         tf=lambda x, o=options: tf.linalg.diag(x[0], **o), inputs=[(3,), (2, 4)],
         dtypes=FLOATS + INTS)
for text, options in [("", {}), (", {.k = 1}", {"k": 1}),
                      (", {.k = {-1, 1}}", {"k": (-1, 1)}),
                      (', {.k = {-1, 1}, .align = "LEFT_RIGHT"}',
                       {"k": (-1, 1), "align": "LEFT_RIGHT"})]:
    case("diag_part", cpp=f"tf::linalg::diag_part(x[0]{text})",
         tf=lambda x, o=options: tf.linalg.diag_part(x[0], **o), inputs=[(3, 3), (2, 3, 4)],
         dtypes=FLOATS + INTS)
case("set_diag", cpp="tf::linalg::set_diag(x[0], x[1])",
     tf=lambda x: tf.linalg.set_diag(x[0], x[1]), inputs=[[(3, 3), (3,)], [(2, 3, 4), (2, 3)]],
     dtypes=FLOATS + INTS)
case("set_diag", cpp="tf::linalg::set_diag(x[0], x[1], {.k = {-1, 0}})",
     tf=lambda x: tf.linalg.set_diag(x[0], x[1], k=(-1, 0)), inputs=[[(3, 3), (2, 3)]])
for lower, upper in [(0, 0), (1, -1), (-1, 0), (2, 1)]:
    case("band_part", cpp=f"tf::linalg::band_part(x[0], {lower}, {upper})",
         tf=lambda x, a=lower, b=upper: tf.linalg.band_part(x[0], a, b),
         inputs=[(3, 4), (2, 4, 3)], dtypes=FLOATS + INTS)
case("trace", cpp="tf::linalg::trace(x[0])", tf=lambda x: tf.linalg.trace(x[0]),
     inputs=[(3, 3), (2, 3, 4)], dtypes=FLOATS + ["int32"])
case("tensor_diag", cpp="tf::linalg::tensor_diag(x[0])", tf=lambda x: tf.linalg.tensor_diag(x[0]),
     inputs=[(3,), (2, 3)], dtypes=["float32", "float64", "int32"])
case("tensor_diag_part", cpp="tf::linalg::tensor_diag_part(x[0])",
     tf=lambda x: tf.linalg.tensor_diag_part(x[0]), inputs=[(3, 3), (2, 3, 2, 3)],
     dtypes=["float32", "float64", "int32"])

case("boolean_mask", cpp="tf::boolean_mask(x[0], x[1])",
     tf=lambda x: tf.boolean_mask(x[0], x[1]),
     inputs=[[(4,), random(4, dtype="bool")], [(3, 2), random(3, dtype="bool")],
             [(3, 2), random(3, 2, dtype="bool")]])
case("dynamic_partition", cpp="tf::dynamic_partition(x[0], x[1], 3)",
     tf=lambda x: tf.dynamic_partition(x[0], x[1], 3),
     inputs=[[(6,), values([0, 2, 0, 1, 2, 0], "int32")], [(3, 2), values([1, 1, 0], "int32")]])
case("dynamic_stitch", cpp="tf::dynamic_stitch({x[0], x[1]}, {x[2], x[3]})",
     tf=lambda x: tf.dynamic_stitch([x[0], x[1]], [x[2], x[3]]),
     inputs=[[values([0, 3], "int32"), values([1, 2, 4], "int32"), (2, 2), (3, 2)]])


def assign_slice(x):
    variable = tf.Variable(x[0])
    variable[1:, ::-2].assign(x[1])
    return variable.read_value()


case("strided_slice_update",
     cpp="const tf::Variable v(x[0]); "
         "v(tf::slice(1, std::nullopt), tf::slice(std::nullopt, std::nullopt, -2)).assign(x[1]); "
         "return {v.value()};",
     tf=assign_slice, inputs=[[(3, 4), (2, 2)], [(2, 3), (1, 2)], [(1, 2), (0, 1)]],
     dtypes=FLOATS + ["int32", "bool"], gradient=False)
