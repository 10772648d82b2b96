"""Matrix products, softmax and cross entropies."""

from declare import *

for text, options in [("", {}), (", {.transpose_a = true}", {"transpose_a": True}),
                      (", {.transpose_b = true}", {"transpose_b": True}),
                      (", {.transpose_a = true, .transpose_b = true}",
                       {"transpose_a": True, "transpose_b": True})]:
    def shapes(batch_a, m, k, batch_b, n, o=options):
        a = (*batch_a, *((k, m) if o.get("transpose_a") else (m, k)))
        b = (*batch_b, *((n, k) if o.get("transpose_b") else (k, n)))
        return [random(*a), random(*b)]

    case("matmul", cpp=f"tf::matmul(x[0], x[1]{text})",
         tf=lambda x, o=options: tf.matmul(x[0], x[1], **o),
         inputs=[shapes((), 2, 3, (), 4), shapes((), 1, 1, (), 1), shapes((), 0, 3, (), 2),
                 shapes((), 2, 0, (), 2), shapes((3,), 2, 4, (3,), 2),
                 shapes((2, 1), 2, 3, (4,), 2), shapes((2,), 3, 2, (), 5),
                 shapes((), 17, 33, (), 9)],
         dtypes=FLOATS + COMPLEX + ["int32"], tolerances={"complex64": (1e-5, 1e-5)})
for activation in ["linear", "relu"]:
    case("dense", cpp=f'tf::nn::dense(x[0], x[1], x[2], {{.activation = "{activation}"}})',
         tf=lambda x, a=activation: tf.keras.activations.get(a)(
             tf.nn.bias_add(tf.tensordot(x[0], x[1], 1), x[2])),
         inputs=[[(2, 3), (3, 4), (4,)], [(0, 3), (3, 4), (4,)], [(2, 0), (0, 3), (3,)],
                 [(2, 5, 3), (3, 1), (1,)], [(17, 33), (33, 9), (9,)]])
refuses("matmul", cpp="tf::matmul(x[0], x[1])", tf=lambda x: tf.matmul(x[0], x[1]),
        inputs=[[(2, 3), (2, 3)], [(3,), (3,)], [(2, 2, 3), (3, 3, 2)]])

for text, axis in [("", -1), (", {.axis = 0}", 0), (", {.axis = -2}", -2)]:
    for op in ["softmax", "log_softmax"]:
        def function(x, axis=axis, op=op):
            return getattr(tf.nn, op)(x, axis=axis)

        case(op, cpp=f"tf::nn::{op}(x[0]{text})", tf=lambda x, f=function: f(x[0]),
             inputs=[(3, 4), (2, 3, 5), (2, 0), (0, 2), random(3, 33, low=-40, high=40)])
        case(op, cpp=f"tf::nn::{op}(x[0]{text})", tf=lambda x, f=function: f(x[0]),
             inputs=[values([[1e4, -1e4, 0.0], [0.0, float("-inf"), 0.0]])], gradient=False)
        case(op, cpp=f"tf::nn::{op}(x[0]{text})", tf=lambda x, f=function: f(x[0]),
             inputs=[values([[float("nan"), 1.0, 2.0], [0.0, 1.0, 2.0]]),
                     values([[float("-inf"), 0.0], [float("inf"), 0.0]]),
                     values([[float("-inf"), float("-inf")], [1.0, 1.0]])],
             dtypes=["float16", "float64"], gradient=False)
refuses("softmax", cpp="tf::nn::softmax(x[0], {.axis = 2})",
        tf=lambda x: tf.nn.softmax(x[0], axis=2), inputs=[(2, 3)])

# Labels that sum to one, as TensorFlow's gradient takes for granted.
case("softmax_cross_entropy_with_logits",
     cpp="tf::nn::softmax_cross_entropy_with_logits(tf::nn::softmax(x[0]), x[1])",
     tf=lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(x[0]), x[1]),
     inputs=[[(3, 4), (3, 4)], [(2, 3, 5), random(2, 3, 5, low=-30, high=30)], [(0, 3), (0, 3)]],
     tolerances={"float16": (1e-2, 1e-2), "bfloat16": (5e-2, 5e-2)})
case("softmax_cross_entropy_with_logits",
     cpp="tf::nn::softmax_cross_entropy_with_logits(tf::nn::softmax(x[0], {.axis = 0}), x[1], "
         "{.axis = 0})",
     tf=lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(x[0], axis=0), x[1],
                                                          axis=0),
     inputs=[[(3, 4), (3, 4)]])
case("sparse_softmax_cross_entropy_with_logits",
     cpp="tf::nn::sparse_softmax_cross_entropy_with_logits(x[0], x[1])",
     tf=lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(x[0], x[1]),
     inputs=[[integers(3, low=0, high=4), random(3, 4)],
             [integers(2, 3, low=0, high=5), random(2, 3, 5, low=-30, high=30)],
             [values(1, "int64"), random(3)]])
refuses("sparse_softmax_cross_entropy_with_logits",
        cpp="tf::nn::sparse_softmax_cross_entropy_with_logits(x[0], x[1])",
        tf=lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(x[0], x[1]),
        inputs=[[values([0, 1], "int32"), random(3, 4)], [values([0, 4], "int32"), random(2, 4)]])
case("sigmoid_cross_entropy_with_logits",
     cpp="tf::nn::sigmoid_cross_entropy_with_logits(x[0], x[1])",
     tf=lambda x: tf.nn.sigmoid_cross_entropy_with_logits(x[0], x[1]),
     inputs=[[random(3, 4, low=0, high=1), random(3, 4, low=-30, high=30)],
             [random(0, low=0, high=1), random(0)], [random(low=0, high=1), random()]],
     tolerances={"float16": (4e-3, 1.6e-2), "bfloat16": (3.2e-2, 0.25)})
refuses("sigmoid_cross_entropy_with_logits",
        cpp="tf::nn::sigmoid_cross_entropy_with_logits(x[0], x[1])",
        tf=lambda x: tf.nn.sigmoid_cross_entropy_with_logits(x[0], x[1]), inputs=[[(2, 3), (3,)]])
