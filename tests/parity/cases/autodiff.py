"""Ops that steer gradients or learn by them, and what is made of gradients."""

from declare import *

case("stop_gradient", cpp="tf::stop_gradient(x[0])", tf=lambda x: tf.stop_gradient(x[0]),
     inputs=[(2, 3)], gradient=False)
case("stop_gradient", cpp="x[0] * tf::stop_gradient(x[0])",
     tf=lambda x: x[0] * tf.stop_gradient(x[0]), inputs=[(), (3,), (2, 3), (0,)])
case("prevent_gradient", cpp="tf::prevent_gradient(x[0])",
     tf=lambda x: tf.raw_ops.PreventGradient(input=x[0], message=""),
     inputs=[(), (3,), (0, 2)], gradient=False)


def adam(x, nesterov):
    """What the variables hold after one step."""
    state = [tf.Variable(t) for t in x[:3]]
    handles = dict(zip(("var", "m", "v"), (variable.handle for variable in state)))
    scalars = dict(beta1_power=0.75, beta2_power=0.875, lr=0.125, beta1=0.5, beta2=0.75,
                   epsilon=0.0625)
    tf.raw_ops.ResourceApplyAdam(
        **handles, **{name: tf.constant(value, x[0].dtype) for name, value in scalars.items()},
        grad=x[3], use_nesterov=nesterov)
    return [variable.read_value() for variable in state]


for nesterov in [False, True]:
    case("apply_adam",
         cpp="auto number = [&](double value) { return tf::constant(value, dtype); };"
             "auto [var, m, v] = tf::raw_ops::apply_adam(x[0], x[1], x[2], number(0.75), "
             "number(0.875), number(0.125), number(0.5), number(0.75), number(0.0625), x[3], "
             f"{{.use_nesterov = {str(nesterov).lower()}}}); return {{var, m, v}};",
         tf=lambda x, n=nesterov: adam(x, n),
         inputs=[[shape, shape, random(*shape, low=0.1, high=1), shape]
                 for shape in [(3,), (2, 3), (17, 5)]],
         dtypes=["float32", "float64"], gradient=False)

case("vectorized_map",
     cpp="return outputs("
         "tf::vectorized_map([](const tf::Tensor& r) { return tf::reduce_sum(r * r); }, x[0]));",
     tf=lambda x: tf.vectorized_map(lambda r: tf.reduce_sum(r * r), x[0]),
     inputs=[(3, 4), (1, 2)], dtypes=["float32", "float64"])
