"""The //expect grammar, its truth at the borders, and the probes that fetch the value."""

import math
import shutil
import subprocess

import pytest

from saem_course.expectations import (
    format_value, parse_expectation, probe_source, read_probe,
)


def parse(text):
    return parse_expectation(text, 1)


@pytest.mark.parametrize("text, expression, relation, bounds, seed", [
    ("accuracy in [0.83, 0.87] seed=7", "accuracy", "in", ("0.83", "0.87"), 7),
    ("a < 2 && b > 1", "a < 2 && b", ">", ("1",), None),
    ("x >= -1e-3", "x", ">=", ("-1e-3",), None),
    ("f(a, b)[0] <= 2", "f(a, b)[0]", "<=", ("2",), None),
    ("same == true", "same", "==", ("true",), None),
    ("w.shape()[0] == 3", "w.shape()[0]", "==", ("3",), None),
    ("loss ~ 0.5 within 1e-6", "loss", "~", ("0.5", "1e-6"), None),
    ('error "(2, 2) x (3, 2)"', "", "error", ("(2, 2) x (3, 2)",), None),
    ('output "loss 9"', "", "output", ("loss 9",), None),
])
def test_forms(text, expression, relation, bounds, seed):
    got = parse(text)
    assert (got.expression, got.relation, got.bounds, got.seed) == (
        expression, relation, bounds, seed)


@pytest.mark.parametrize("text", [
    "", "accuracy", "accuracy in 0.83..0.87", "accuracy in [0.9, 0.8]", "x ~ 1", "x > y",
    "x ~ 1 within -1", "error", 'error ""', "in [1, 2]",
])
def test_what_is_no_expectation(text):
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize("text, inside, outside", [
    ("x in [1, 2]", [1, 1.5, 2], [0.999, 2.001]),
    ("x < 2", [1.99], [2]), ("x <= 2", [2], [2.01]),
    ("x > 2", [2.01], [2]), ("x >= 2", [2], [1.99]),
    ("x == 2", [2], [2.0000001]), ("x == true", [1], [0]),
    ("x ~ 2 within 0.5", [1.5, 2.5], [1.4, 2.6]),
])
def test_truth_at_the_borders(text, inside, outside):
    expectation = parse(text)
    assert all(expectation.holds(value) for value in inside)
    assert not any(expectation.holds(value) for value in outside)
    assert not expectation.holds(math.nan)


def test_values_are_printed_short():
    assert [format_value(v) for v in (3.0, 0.123456, 1e-9, 1234567.0, math.inf)] == [
        "3", "0.1235", "1e-09", "1234567", "inf"]


def test_an_unknown_language_has_no_probe():
    with pytest.raises(ValueError, match="julia"):
        probe_source(parse("x > 1"), "julia")


def test_a_probe_that_printed_nothing():
    assert read_probe("something else\n") is None
    assert read_probe("saem-expect=abc\n") is None


CXX_STAND_IN = """
#include <cstdio>
#include <vector>
namespace tf {
struct DType {};
inline constexpr DType float64;
struct Tensor {
  double value;
  template <class T> T item() const { return static_cast<T>(value); }
};
inline Tensor cast(const Tensor& tensor, DType) { return tensor; }
}  // namespace tf
int main() {
  [[maybe_unused]] double number = 0.1;
  [[maybe_unused]] bool truth = true;
  [[maybe_unused]] std::vector<int> many{1, 2, 3};
  [[maybe_unused]] tf::Tensor tensor{0.25};
  PROBE
}
"""


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_the_cxx_probe_reads_numbers_truth_values_and_tensors(tmp_path):
    cases = {"number": 0.1, "truth": 1, "many.size()": 3, "tensor": 0.25,
             "number < 1 && truth": 1}
    probes = "".join(probe_source(parse(f"{e} == 0"), "C++") for e in cases)
    source = tmp_path / "probe.cpp"
    source.write_text(CXX_STAND_IN.replace("PROBE", probes))
    program = tmp_path / "probe"
    subprocess.run(["g++", "-std=c++20", "-Wall", "-Wextra", "-Wshadow", "-Werror", str(source),
                    "-o", str(program)], check=True)
    printed = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    assert [read_probe(line + "\n") for line in printed.splitlines()] == list(cases.values())
