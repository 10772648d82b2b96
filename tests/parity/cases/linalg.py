"""Decompositions, linear systems, and the functions made of them and of matmul.

The random matrices are moved away from singular ones, and what is compared does not depend on the
sign of a vector where that is free.
"""

from declare import *

ROUNDING = {"tolerances": {"float32": (2e-4, 2e-4), "float64": (1e-9, 1e-9),
                           "complex64": (5e-4, 5e-4), "complex128": (1e-9, 1e-9)}}
FIELDS = REALS + COMPLEX
SQUARES = [(3, 3), (2, 3, 3), (2, 0, 3, 3)]
CPP_EYE = "tf::eye(3, {.dtype = dtype})"
CPP_A = f"x[0] + 5.0 * {CPP_EYE}"
CPP_P = f"tf::matmul(x[0], x[0], {{.adjoint_b = true}}) + {CPP_EYE}"


def regular(x):
    return x[0] + 5.0 * tf.eye(3, dtype=x.dtype)


def positive(x):
    return tf.matmul(x[0], x[0], adjoint_b=True) + tf.eye(3, dtype=x.dtype)


def one(op, *, made=(CPP_A, regular), inputs=None, dtypes=FIELDS, **options):
    case(op, cpp=f"tf::linalg::{op}({made[0]})",
         tf=lambda x, o=op, f=made[1]: getattr(tf.linalg, o)(f(x)),
         inputs=SQUARES if inputs is None else inputs, dtypes=dtypes, **ROUNDING, **options)


POSITIVE = (CPP_P, positive)
PLAIN = ("x[0]", lambda x: x[0])
one("cholesky", made=POSITIVE)
one("cholesky", made=PLAIN, gradient=False, dtypes=REALS,
    inputs=[values([[4.0, 9.0], [2.0, 3.0]]), values([[1.0, 2.0], [2.0, 1.0]])])
one("logdet", made=POSITIVE)
for name in ["det", "inv"]:
    one(name, dtypes=REALS if name == "det" else FIELDS)
one("det", dtypes=COMPLEX, gradient=False)
# Of matrices this large TensorFlow's float32 loses the fourth digit, against its own float64.
case("expm", cpp=f"tf::linalg::expm({CPP_A})", tf=lambda x: tf.linalg.expm(regular(x)),
     inputs=SQUARES, dtypes=FIELDS, absent_is_zero=True,
     tolerances={"float32": (2e-3, 1e-1), "float64": (1e-8, 1e-8), "complex64": (2e-3, 1e-1),
                 "complex128": (1e-8, 1e-8)})
one("det", made=PLAIN, gradient=False, inputs=[values([[1.0, 2.0], [2.0, 4.0]]), (0, 0)])
one("expm", made=PLAIN, absent_is_zero=True)
one("pinv", made=PLAIN, dtypes=REALS, inputs=[(2, 3), (3, 2), (2, 3, 2)])
case("slogdet", cpp=f"""auto [sign, log] = tf::linalg::slogdet({CPP_A});
     return {{sign, log}};""", tf=lambda x: list(tf.linalg.slogdet(regular(x))),
     inputs=SQUARES, dtypes=REALS, absent_is_zero=True, **ROUNDING)
case("slogdet", cpp=f"""auto [sign, log] = tf::linalg::slogdet({CPP_A});
     return {{sign, log}};""", tf=lambda x: list(tf.linalg.slogdet(regular(x))),
     inputs=SQUARES, dtypes=COMPLEX, gradient=False, **ROUNDING)
case("inv", cpp=f"tf::linalg::inv({CPP_A}, {{.adjoint = true}})",
     tf=lambda x: tf.linalg.inv(regular(x), adjoint=True), inputs=SQUARES, dtypes=FIELDS,
     **ROUNDING)
refuses("inv", cpp="tf::linalg::inv(x[0])", tf=lambda x: tf.linalg.inv(x[0]),
        inputs=[(2, 3), (3,), values([[1.0, 2.0], [2.0, 4.0]])])

SYSTEMS = [[(3, 3), (3, 2)], [(2, 3, 3), (2, 3, 1)]]
for text, adjoint in [("false", False), ("true", True)]:
    case("solve", cpp=f"tf::linalg::solve({CPP_A}, x[1], {{.adjoint = {text}}})",
         tf=lambda x, a=adjoint: tf.linalg.solve(regular(x), x[1], adjoint=a),
         inputs=SYSTEMS, dtypes=FIELDS, **ROUNDING)
    for lower_text, lower in [("false", False), ("true", True)]:
        case("triangular_solve",
             cpp=f"tf::linalg::triangular_solve({CPP_A}, x[1], "
                 f"{{.lower = {lower_text}, .adjoint = {text}}})",
             tf=lambda x, a=adjoint, l=lower: tf.linalg.triangular_solve(
                 regular(x), x[1], lower=l, adjoint=a),
             inputs=[*SYSTEMS, [(3, 3), (2, 3, 1)], [(2, 1, 3, 3), (4, 3, 2)]], dtypes=FIELDS,
             **ROUNDING)
refuses("solve", cpp="tf::linalg::solve(x[0], x[1])", tf=lambda x: tf.linalg.solve(x[0], x[1]),
        inputs=[[(3, 3), (2, 1)], [(2, 3, 3), (3, 1)], [(2, 3), (2, 1)]])
case("cholesky_solve",
     cpp=f"tf::linalg::cholesky_solve(tf::linalg::cholesky({CPP_P}), x[1])",
     tf=lambda x: tf.linalg.cholesky_solve(tf.linalg.cholesky(positive(x)), x[1]),
     inputs=SYSTEMS, dtypes=FIELDS, **ROUNDING)
for text, options in [("", {}), (", {.l2_regularizer = 0.5}", {"l2_regularizer": 0.5})]:
    case("lstsq", cpp=f"tf::linalg::lstsq(x[0], x[1]{text})",
         tf=lambda x, o=options: tf.linalg.lstsq(x[0], x[1], **o),
         inputs=[[random(5, 2), (5, 1)], [random(2, 5), (2, 3)]],
         dtypes=["float64"] if options else ["float64", "complex128"], **ROUNDING)

case("lu", cpp=f"""auto [lu, p] = tf::linalg::lu({CPP_A});
     return {{lu, p}};""", tf=lambda x: list(tf.linalg.lu(regular(x))), inputs=SQUARES,
     dtypes=FIELDS, gradient=False, **ROUNDING)
for text, full in [("false", False), ("true", True)]:
    case("qr", cpp=f"""auto [q, r] = tf::linalg::qr(x[0], {{.full_matrices = {text}}});
         return {{q, r}};""",
         tf=lambda x, f=full: list(tf.linalg.qr(x[0], full_matrices=f)),
         inputs=[(3, 3), (2, 3), (2, 2, 4)] + ([] if full else [(4, 2)]), dtypes=FIELDS,
         **ROUNDING)
    case("svd", cpp=f"""auto [s, u, v] = tf::linalg::svd(x[0], {{.full_matrices = {text}}});
         return {{s, tf::abs(u), tf::abs(v)}};""",
         tf=lambda x, f=full: [y if i == 0 else tf.abs(y) for i, y in enumerate(
             tf.linalg.svd(x[0], full_matrices=f))],
         inputs=[(3, 3), (2, 3), (2, 3, 2)], dtypes=FIELDS, **ROUNDING)
case("svd", cpp="tf::linalg::svd(x[0], {.compute_uv = false}).s",
     tf=lambda x: tf.linalg.svd(x[0], compute_uv=False), inputs=[(3, 3), (2, 4), (2, 4, 2)],
     dtypes=FIELDS, **ROUNDING)
case("eigh", cpp=f"""auto [e, v] = tf::linalg::eigh({CPP_P});
     return {{e, tf::abs(v)}};""",
     tf=lambda x: [y if i == 0 else tf.abs(y) for i, y in enumerate(
         tf.linalg.eigh(positive(x)))], inputs=[(3, 3), (2, 3, 3)], dtypes=FIELDS, **ROUNDING)
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
         inputs=[shapes], dtypes=FIELDS + ["int32", "int64"])
for text, axes in [("2", 2), ("0", 0), ("{1, 0}, {0, 1}", [[1, 0], [0, 1]])]:
    case("tensordot", cpp=f"tf::tensordot(x[0], x[1], {text})",
         tf=lambda x, a=axes: tf.tensordot(x[0], x[1], a),
         inputs=[[(3, 3), (3, 3)]], dtypes=FIELDS + ["int32"])
case("matvec", cpp="tf::linalg::matvec(x[0], x[1])",
     tf=lambda x: tf.linalg.matvec(x[0], x[1]),
     inputs=[[(2, 3), (3,)], [(4, 2, 3), (3,)], [(2, 3), (4, 3)]], dtypes=FIELDS + ["int32"])
for text, transpose, adjoint in [("adjoint", False, True), ("transpose", True, False)]:
    case("matmul", cpp=f"tf::matmul(x[0], x[1], {{.{text}_a = true, .{text}_b = true}})",
         tf=lambda x, t=transpose, a=adjoint: tf.matmul(
             x[0], x[1], transpose_a=t, transpose_b=t, adjoint_a=a, adjoint_b=a),
         inputs=[[(3, 2), (4, 3)], [(2, 3, 2), (4, 3)]], dtypes=FIELDS)
case("adjoint", cpp="tf::linalg::adjoint(x[0])", tf=lambda x: tf.linalg.adjoint(x[0]),
     inputs=[(2, 3), (2, 0, 3)], dtypes=FIELDS)
case("cross", cpp="tf::linalg::cross(x[0], x[1])", tf=lambda x: tf.linalg.cross(x[0], x[1]),
     inputs=[[(3,), (3,)], [(2, 3), (2, 3)]], dtypes=REALS + ["int32"])
for order, text in [(1, "1"), (2, "2"), (3, "3"), (float("inf"), "INFINITY")]:
    for axis, axis_text in [(None, "{}"), (1, "1"), ([0, 1], "{0, 1}"), ([1, 0], "{1, 0}")]:
        if order == 3 and isinstance(axis, list):
            continue
        case("norm", cpp=f"tf::norm(x[0], {{.ord = {text}, .axis = {axis_text}}})",
             tf=lambda x, o=order, a=axis: tf.norm(x[0], ord=o, axis=a),
             inputs=[(2, 3), (3, 2)], dtypes=FIELDS, **ROUNDING)
