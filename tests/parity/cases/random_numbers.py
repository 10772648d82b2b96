"""Random numbers from a seed: integers and uniforms bit for bit, normals to 2 units in the last
place."""

from declare import *

SEEDS = [(1, 2), (0, 0), (-3, 2 ** 40)]

for seed in SEEDS:
    both = f"{seed[0]}, {seed[1]}"
    for shape in [(), (7,), (3, 5), (0,), (257,)]:
        sizes = ", ".join(map(str, shape))
        case("stateless_random_uniform",
             cpp=f"tf::random::stateless_uniform({{{sizes}}}, tf::random::Seed{{{both}}}, "
                 "{.dtype = dtype})",
             tf=lambda x, s=shape, k=seed: tf.random.stateless_uniform(s, k, dtype=x.dtype),
             inputs=[[]], dtypes=FLOATS, exact=True)
        case("stateless_random_normal",
             cpp=f"tf::random::stateless_normal({{{sizes}}}, tf::random::Seed{{{both}}}, "
                 "{.dtype = dtype})",
             tf=lambda x, s=shape, k=seed: tf.random.stateless_normal(s, k, dtype=x.dtype),
             inputs=[[]], dtypes=FLOATS, ulp=2)
        case("stateless_truncated_normal",
             cpp=f"tf::random::stateless_truncated_normal({{{sizes}}}, "
                 f"tf::random::Seed{{{both}}}, {{.dtype = dtype}})",
             tf=lambda x, s=shape, k=seed: tf.random.stateless_truncated_normal(
                 s, k, dtype=x.dtype),
             inputs=[[]], dtypes=FLOATS, ulp=2)
        case("stateless_random_uniform_int",
             cpp=f"tf::random::stateless_uniform({{{sizes}}}, tf::random::Seed{{{both}}}, "
                 "{.minval = -5, .maxval = 1000, .dtype = dtype})",
             tf=lambda x, s=shape, k=seed: tf.random.stateless_uniform(
                 s, k, minval=-5, maxval=1000, dtype=x.dtype),
             inputs=[[]], dtypes=["int32", "int64"])
