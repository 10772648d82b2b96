"""Decompositions, linear systems, and the functions made of them and of matmul.

The random matrices are moved away from singular ones, and what is compared does not depend on the
sign of a vector where that is free.
"""

from declare import *

ROUNDING = {"tolerances": {"float32": (2e-4, 2e-4), "float64": (1e-9, 1e-9)}}
SQUARES = [(3, 3), (2, 3, 3), (2, 0, 3, 3)]
CPP_EYE = "tf::eye(3, {.dtype = dtype})"
CPP_A = f"x[0] + 5.0 * {CPP_EYE}"
CPP_P = f"tf::matmul(x[0], x[0], {{.transpose_b = true}}) + {CPP_EYE}"


def regular(x):
    return x[0] + 5.0 * tf.eye(3, dtype=x.dtype)


def positive(x):
    return tf.matmul(x[0], x[0], transpose_b=True) + tf.eye(3, dtype=x.dtype)


def one(op, *, made=(CPP_A, regular), inputs=None, **options):
    case(op, cpp=f"tf::linalg::{op}({made[0]})",
         tf=lambda x, o=op, f=made[1]: getattr(tf.linalg, o)(f(x)),
         inputs=SQUARES if inputs is None else inputs, dtypes=REALS, **ROUNDING, **options)


POSITIVE = (CPP_P, positive)
PLAIN = ("x[0]", lambda x: x[0])
one("cholesky", made=POSITIVE)
one("cholesky", made=PLAIN, gradient=False,
    inputs=[values([[4.0, 9.0], [2.0, 3.0]]), values([[1.0, 2.0], [2.0, 1.0]])])
one("logdet", made=POSITIVE)
for name in ["det", "inv"]:
    one(name)
# Of matrices this large TensorFlow's float32 loses the fourth digit, against its own float64.
case("expm", cpp=f"tf::linalg::expm({CPP_A})", tf=lambda x: tf.linalg.expm(regular(x)),
     inputs=SQUARES, dtypes=REALS, absent_is_zero=True,
     tolerances={"float32": (2e-3, 1e-1), "float64": (1e-8, 1e-8)})
one("det", made=PLAIN, gradient=False, inputs=[values([[1.0, 2.0], [2.0, 4.0]]), (0, 0)])
one("expm", made=PLAIN, absent_is_zero=True)
one("pinv", made=PLAIN, inputs=[(2, 3), (3, 2), (2, 3, 2)])
case("slogdet", cpp=f"""auto [sign, log] = tf::linalg::slogdet({CPP_A});
     return {{sign, log}};""", tf=lambda x: list(tf.linalg.slogdet(regular(x))),
     inputs=SQUARES, dtypes=REALS, absent_is_zero=True, **ROUNDING)
case("inv", cpp=f"tf::linalg::inv({CPP_A}, {{.adjoint = true}})",
     tf=lambda x: tf.linalg.inv(regular(x), adjoint=True), inputs=SQUARES, dtypes=REALS,
     **ROUNDING)
refuses("inv", cpp="tf::linalg::inv(x[0])", tf=lambda x: tf.linalg.inv(x[0]),
        inputs=[(2, 3), (3,), values([[1.0, 2.0], [2.0, 4.0]])])

SYSTEMS = [[(3, 3), (3, 2)], [(2, 3, 3), (2, 3, 1)]]
for text, adjoint in [("false", False), ("true", True)]:
    case("solve", cpp=f"tf::linalg::solve({CPP_A}, x[1], {{.adjoint = {text}}})",
         tf=lambda x, a=adjoint: tf.linalg.solve(regular(x), x[1], adjoint=a),
         inputs=SYSTEMS, dtypes=REALS, **ROUNDING)
    for lower_text, lower in [("false", False), ("true", True)]:
        case("triangular_solve",
             cpp=f"tf::linalg::triangular_solve({CPP_A}, x[1], "
                 f"{{.lower = {lower_text}, .adjoint = {text}}})",
             tf=lambda x, a=adjoint, l=lower: tf.linalg.triangular_solve(
                 regular(x), x[1], lower=l, adjoint=a),
             inputs=[*SYSTEMS, [(3, 3), (2, 3, 1)], [(2, 1, 3, 3), (4, 3, 2)]], dtypes=REALS,
             **ROUNDING)
refuses("solve", cpp="tf::linalg::solve(x[0], x[1])", tf=lambda x: tf.linalg.solve(x[0], x[1]),
        inputs=[[(3, 3), (2, 1)], [(2, 3, 3), (3, 1)], [(2, 3), (2, 1)]])
case("cholesky_solve",
     cpp=f"tf::linalg::cholesky_solve(tf::linalg::cholesky({CPP_P}), x[1])",
     tf=lambda x: tf.linalg.cholesky_solve(tf.linalg.cholesky(positive(x)), x[1]),
     inputs=SYSTEMS, dtypes=REALS, **ROUNDING)
for text, options in [("", {}), (", {.l2_regularizer = 0.5}", {"l2_regularizer": 0.5})]:
    case("lstsq", cpp=f"tf::linalg::lstsq(x[0], x[1]{text})",
         tf=lambda x, o=options: tf.linalg.lstsq(x[0], x[1], **o),
         inputs=[[random(5, 2), (5, 1)], [random(2, 5), (2, 3)]], dtypes=["float64"], **ROUNDING)

case("lu", cpp=f"""auto [lu, p] = tf::linalg::lu({CPP_A});
     return {{lu, p}};""", tf=lambda x: list(tf.linalg.lu(regular(x))), inputs=SQUARES,
     dtypes=REALS, gradient=False, **ROUNDING)
for text, full in [("false", False), ("true", True)]:
    case("qr", cpp=f"""auto [q, r] = tf::linalg::qr(x[0], {{.full_matrices = {text}}});
         return {{q, r}};""",
         tf=lambda x, f=full: list(tf.linalg.qr(x[0], full_matrices=f)),
         inputs=[(3, 3), (2, 3), (2, 2, 4)] + ([] if full else [(4, 2)]), dtypes=REALS,
         **ROUNDING)
    case("svd", cpp=f"""auto [s, u, v] = tf::linalg::svd(x[0], {{.full_matrices = {text}}});
         return {{s, tf::square(u), tf::square(v)}};""",
         tf=lambda x, f=full: [y if i == 0 else tf.square(y) for i, y in enumerate(
             tf.linalg.svd(x[0], full_matrices=f))],
         inputs=[(3, 3), (2, 3), (2, 3, 2)], dtypes=REALS, **ROUNDING)
case("svd", cpp="tf::linalg::svd(x[0], {.compute_uv = false}).s",
     tf=lambda x: tf.linalg.svd(x[0], compute_uv=False), inputs=[(3, 3), (2, 4), (2, 4, 2)],
     dtypes=REALS, **ROUNDING)
case("eigh", cpp=f"""auto [e, v] = tf::linalg::eigh({CPP_P});
     return {{e, tf::square(v)}};""",
     tf=lambda x: [y if i == 0 else tf.square(y) for i, y in enumerate(
         tf.linalg.eigh(positive(x)))], inputs=[(3, 3), (2, 3, 3)], dtypes=REALS, **ROUNDING)
one("eigvalsh", made=POSITIVE)
one("eigvalsh", made=PLAIN)

for equation, shapes in [("ij,jk", [(2, 3), (3, 4)]), ("ij,jk->ki", [(2, 3), (3, 4)]),
                         ("ii->i", [(3, 3)]), ("ii", [(3, 3)]), ("iij,j->i", [(2, 2, 3), (3,)]),
                         ("ba", [(2, 3)]), ("bij,bjk->bik", [(4, 2, 3), (4, 3, 2)]),
                         ("...ij,...jk->...ik", [(2, 1, 2, 3), (4, 3, 2)]),
                         ("...i,...i->...", [(5, 1, 3), (4, 3)]), ("i,j->ij", [(0,), (3,)]),
                         ("ab,bc,cd,de->ae", [(2, 3), (3, 4), (4, 1), (1, 2)]),
                         ("abc,cd,bd->a", [(2, 3, 4), (4, 2), (3, 2)])]:
    operands = ", ".join(f"x[{i}]" for i in range(len(shapes)))
    case("einsum", cpp=f'tf::einsum("{equation}", {operands})',
         tf=lambda x, e=equation, n=len(shapes): tf.einsum(e, *[x[i] for i in range(n)]),
         inputs=[shapes], dtypes=REALS + ["int32", "int64"])
for text, axes in [("2", 2), ("0", 0), ("{1, 0}, {0, 1}", [[1, 0], [0, 1]])]:
    case("tensordot", cpp=f"tf::tensordot(x[0], x[1], {text})",
         tf=lambda x, a=axes: tf.tensordot(x[0], x[1], a),
         inputs=[[(3, 3), (3, 3)]], dtypes=REALS + ["int32"])
case("matvec", cpp="tf::linalg::matvec(x[0], x[1])",
     tf=lambda x: tf.linalg.matvec(x[0], x[1]),
     inputs=[[(2, 3), (3,)], [(4, 2, 3), (3,)], [(2, 3), (4, 3)]], dtypes=REALS + ["int32"])
case("cross", cpp="tf::linalg::cross(x[0], x[1])", tf=lambda x: tf.linalg.cross(x[0], x[1]),
     inputs=[[(3,), (3,)], [(2, 3), (2, 3)]], dtypes=REALS + ["int32"])
for order, text in [(1, "1"), (2, "2"), (3, "3"), (float("inf"), "INFINITY")]:
    for axis, axis_text in [(None, "{}"), (1, "1"), ([0, 1], "{0, 1}"), ([1, 0], "{1, 0}")]:
        if order == 3 and isinstance(axis, list):
            continue
        case("norm", cpp=f"tf::norm(x[0], {{.ord = {text}, .axis = {axis_text}}})",
             tf=lambda x, o=order, a=axis: tf.norm(x[0], ord=o, axis=a),
             inputs=[(2, 3), (3, 2)], dtypes=REALS, **ROUNDING)
