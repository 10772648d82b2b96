"""The layer check finds every kind of include that goes the wrong way."""

import pytest

import layers


def test_downward_includes_pass(tree):
    tree.write("include/saem/core/tensor.hpp",
               "#include <saem/base/error.hpp>\n#include <vector>\n")
    tree.write("include/saem/base/error.hpp", "#include <stdexcept>\n")
    tree.write("include/saem/saem.hpp", "#include <saem/core/tensor.hpp>\n")
    tree.write("src/cpu/softmax.cpp",
               '#include <hwy/highway.h>\n#include <saem/ops/softmax.hpp>\n#include "core/x.hpp"\n')
    tree.write("include/saem/ops/softmax.hpp", "#include <saem/core/tensor.hpp>\n")
    ran = tree.run("layers")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "layers: 5 files, 0 findings\n"


@pytest.mark.parametrize(("path", "include", "message"), [
    ("src/ops/softmax.cpp", '"cpu/softmax.hpp"', "ops must not include cpu"),
    ("src/ops/softmax.cpp", '"cuda/launch.cuh"', "ops must not include cuda"),
    ("src/core/tensor.cpp", "<saem/ops/softmax.hpp>", "core must not include ops"),
    ("src/base/error.cpp", '"core/dtype.hpp"', "base must not include core"),
    ("src/cpu/softmax.cpp", '"ops/elementwise.hpp"', "cpu must not include ops"),
    ("src/cpu/softmax.cpp", '"cuda/launch.cuh"', "cpu must not include cuda"),
    ("src/plot/line.cpp", '"data/idx.hpp"', "plot must not include data"),
    ("src/ops/softmax.cpp", "<saem/saem.hpp>", "never the umbrella"),
    ("src/strange/x.cpp", "<vector>", "belongs to no layer"),
    ("include/saem/core/tensor.hpp", "<saem/ops/softmax.hpp>", "core must not include ops"),
    ("include/saem/ops/softmax.hpp", '"ops/elementwise.hpp"', "no src/"),
    ("include/saem/ops/softmax.hpp", "<fmt/format.h>", "third-party"),
    ("include/saem/ops/softmax.hpp", "<unistd.h>", "third-party or system"),
    ("include/saem/saem.hpp", "<nlohmann/json.hpp>", "third-party"),
    ("include/saem/stray.hpp", "<vector>", "belongs to no layer"),
    ("include/other/x.hpp", "<vector>", "below include/saem"),
])
def test_planted_violation_is_found(tree, path, include, message):
    tree.write(path, f"#pragma once\n\n  # include {include}\n")
    ran = tree.run("layers")
    assert ran.returncode == 1
    assert message in ran.stderr
    assert ran.stderr.startswith(f"{path}:")
    assert "1 findings" in ran.stdout


def test_the_line_is_named(tree):
    tree.write("src/ops/x.cpp", '// a comment\n\n#include "cpu/y.hpp"\n')
    assert tree.run("layers").stderr.startswith("src/ops/x.cpp:3: ")


def test_nothing_to_check_is_no_pass(tree):
    ran = tree.run("layers")
    assert ran.returncode == 1
    assert "no file to check" in ran.stderr


def test_the_table_is_a_ladder():
    """No layer stands on itself, each on `base`, and `ops` on no backend."""
    for layer in layers.BELOW:
        below = set().union(*map(layers.reachable, layers.BELOW[layer]))
        assert layer not in below
        assert layer == "base" or "base" in below
    for above in layers.BELOW:
        if above not in ("cpu", "cuda"):
            assert not {"cpu", "cuda"} & layers.reachable(above)
