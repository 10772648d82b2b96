"""Convolutions over one to three axes, and the way back."""

from declare import *

# Sums of many products, which TensorFlow adds in another order and rounds more often.
LOOSE = {"float16": (2e-2, 4e-2), "bfloat16": (6e-2, 3e-1), "float32": (1e-4, 1e-4)}

for strides, padding, dilations in [(1, "VALID", 1), (2, "SAME", 1), (1, "SAME", 2),
                                    (3, "VALID", 1)]:
    options = (f'{{.strides = {strides}, .padding = "{padding}", '
               f'.dilations = {dilations}}}')

    # TensorFlow's kernels for the other dtypes have no gradient with holes.
    dtypes = FLOATS if dilations == 1 else ["float32"]

    def keywords(s=strides, p=padding, d=dilations):
        return {"strides": s, "padding": p, "dilations": d}

    case("convolution", cpp=f"tf::nn::conv2d(x[0], x[1], {options})",
         tf=lambda x, k=keywords: tf.nn.conv2d(x[0], x[1], **k()),
         inputs=[[(2, 7, 8, 3), (3, 2, 3, 4)], [(1, 6, 6, 4), (3, 3, 4, 2)]],
         dtypes=dtypes, tolerances=LOOSE)
    case("conv1d", cpp=f"tf::nn::conv1d(x[0], x[1], {options})",
         tf=lambda x, s=strides, p=padding, d=dilations: tf.nn.conv1d(
             x[0], x[1], stride=s, padding=p, dilations=d),
         inputs=[[(2, 9, 3), (3, 3, 4)]], dtypes=dtypes, tolerances=LOOSE)
case("conv2d", cpp="tf::nn::conv2d(x[0], x[1])",
     tf=lambda x: tf.nn.conv2d(x[0], x[1], 1, "VALID"),
     inputs=[[integers(1, 4, 4, 2, low=-5, high=5), integers(2, 2, 2, 3, low=-5, high=5)]],
     dtypes=["int32"])
case("conv2d", cpp="tf::nn::conv2d(x[0], x[1], {.strides = {2, 1}, "
     ".padding = {{1, 0}, {2, 1}}})",
     tf=lambda x: tf.nn.conv2d(x[0], x[1], [1, 2, 1, 1], [[0, 0], [1, 0], [2, 1], [0, 0]]),
     inputs=[[(2, 5, 6, 3), (3, 3, 3, 2)]], tolerances=LOOSE)
case("conv3d", cpp='tf::nn::conv3d(x[0], x[1], {.strides = {1, 2, 1}, .padding = "SAME"})',
     tf=lambda x: tf.nn.conv3d(x[0], x[1], [1, 1, 2, 1, 1], "SAME"),
     inputs=[[(1, 4, 5, 6, 2), (2, 3, 2, 2, 3)]], dtypes=["float32", "float64"],
     tolerances=LOOSE)
for strides, dilations in [(1, 1), (2, 1), (1, 2)]:
    case("depthwise_conv2d",
         cpp=f'tf::nn::depthwise_conv2d(x[0], x[1], {{.strides = {strides}, .padding = "SAME", '
             f'.dilations = {dilations}}})',
         tf=lambda x, s=strides, d=dilations: tf.nn.depthwise_conv2d(
             x[0], x[1], [1, s, s, 1], "SAME", dilations=[d, d]),
         inputs=[[(2, 6, 7, 3), (3, 3, 3, 1)], [(1, 5, 5, 2), (2, 3, 2, 3)]],
         dtypes=["float32", "float64"], tolerances=LOOSE)
case("separable_conv2d",
     cpp='tf::nn::separable_conv2d(x[0], x[1], x[2], {.strides = 2, .padding = "SAME"})',
     tf=lambda x: tf.nn.separable_conv2d(x[0], x[1], x[2], [1, 2, 2, 1], "SAME"),
     inputs=[[(1, 6, 6, 2), (3, 3, 2, 2), (1, 1, 4, 3)]], dtypes=["float32", "float64"],
     tolerances=LOOSE)
case("atrous_conv2d", cpp='tf::nn::atrous_conv2d(x[0], x[1], 2, "SAME")',
     tf=lambda x: tf.nn.atrous_conv2d(x[0], x[1], 2, "SAME"),
     inputs=[[(1, 7, 6, 2), (3, 2, 2, 3)]], dtypes=["float32", "float64"], tolerances=LOOSE)

for strides, padding, size in [(1, "SAME", 4), (2, "SAME", 7), (2, "SAME", 8), (1, "VALID", 6),
                               (2, "VALID", 9)]:
    case("convolution_grad_input",
         cpp=f'tf::nn::conv2d_transpose(x[0], x[1], {{2, {size}, {size}, 3}}, '
             f'{{.strides = {strides}, .padding = "{padding}"}})',
         tf=lambda x, s=strides, p=padding, n=size: tf.nn.conv2d_transpose(
             x[0], x[1], [2, n, n, 3], s, p),
         inputs=[[(2, 4, 4, 2), (3, 3, 3, 2)]], dtypes=["float32", "float64"], tolerances=LOOSE)
case("conv1d_transpose",
     cpp="tf::nn::conv1d_transpose(x[0], x[1], {2, 10, 3}, {.strides = 2})",
     tf=lambda x: tf.nn.conv1d_transpose(x[0], x[1], [2, 10, 3], 2, "SAME"),
     inputs=[[(2, 5, 2), (3, 3, 2)]], dtypes=["float32", "float64"], tolerances=LOOSE)
case("conv3d_transpose",
     cpp="tf::nn::conv3d_transpose(x[0], x[1], {1, 4, 6, 4, 3}, {.strides = 2})",
     tf=lambda x: tf.nn.conv3d_transpose(x[0], x[1], [1, 4, 6, 4, 3], [1, 2, 2, 2, 1], "SAME"),
     inputs=[[(1, 2, 3, 2, 2), (3, 2, 2, 3, 2)]], dtypes=["float32"], tolerances=LOOSE)
case("conv_transpose",
     cpp="tf::nn::conv_transpose(x[0], x[1], {1, 8, 8, 3}, {.strides = 2})",
     tf=lambda x: tf.nn.conv_transpose(x[0], x[1], [1, 8, 8, 3], 2),
     inputs=[[(1, 4, 4, 2), (3, 3, 3, 2)]], dtypes=["float32", "float64"], tolerances=LOOSE)
case("atrous_conv2d_transpose",
     cpp='tf::nn::atrous_conv2d_transpose(x[0], x[1], {1, 8, 8, 3}, 2, "VALID")',
     tf=lambda x: tf.nn.atrous_conv2d_transpose(x[0], x[1], [1, 8, 8, 3], 2, "VALID"),
     inputs=[[(1, 4, 4, 2), (3, 3, 3, 2)]], dtypes=["float32", "float64"], tolerances=LOOSE)
refuses("conv2d", cpp="tf::nn::conv2d(x[0], x[1])",
        tf=lambda x: tf.nn.conv2d(x[0], x[1], 1, "VALID"),
        inputs=[[(1, 4, 4, 4), (3, 3, 3, 2)]])
