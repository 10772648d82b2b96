"""The engine with the real library: what a lesson does, and what goes wrong in one."""

from __future__ import annotations

import pytest
from conftest import Notebook, Result

MEGABYTES = 1 << 20
CURRENT = "tf::config::get_memory_info().current"


def pictures(result: Result) -> list[str]:
    """The events that brought a picture, in order."""
    return [event["event"] for event in result.events if "image/svg+xml" in event.get("data", {})]


def test_a_tensor_shows_itself(lesson: Notebook) -> None:
    shown = lesson.value("tf::constant({{1.0, 2.0}, {3.0, 4.0}}) * 2.0")
    assert shown.startswith("tf.Tensor(") and "shape=(2, 2), dtype=float32)" in shown
    assert "[2. 4.]" in shown.replace(".0", ".")


def test_a_cell_with_a_tensor_runs_again(lesson: Notebook) -> None:
    for factor in (1, 2, 3):
        result = lesson.run(f"auto x = tf::ones({{3}}) * {factor}.0;", cell_id="x")
        assert result.ok, result.error
        assert lesson.value("tf::reduce_sum(x).item<float>()") == f"{3 * factor}.0"


def test_an_error_of_the_library_has_its_type_and_text(lesson: Notebook) -> None:
    lesson.run("auto kept = tf::ones({2, 3});")
    result = lesson.run("tf::matmul(kept, kept)")
    assert result.error.startswith("exception saem::ShapeError: matmul: "), result.error
    assert "(2, 3)" in result.error
    assert lesson.value("kept.shape(1)") == "3"


def test_an_error_can_be_caught_and_crosses_the_library(lesson: Notebook) -> None:
    code = """
    std::string caught;
    try {
      tf::reshape(tf::ones({4}), {3, 5});
    } catch (const saem::Error& error) {
      caught = error.what();
    }
    caught.substr(0, 8)
    """
    assert lesson.value(code) == '"reshape:"'
    # Thrown by a cell's code that the C++ library of the system calls, and caught by this one.
    result = lesson.run(
        "std::vector<int> order{2, 1};"
        "std::sort(order.begin(), order.end(), [](int, int) -> bool {"
        ' throw saem::ValueError("from the comparison"); });'
    )
    assert result.error == "exception saem::ValueError: from the comparison"


def test_parallel_work_goes_on_after_forks(lesson: Notebook) -> None:
    """Each cell forks; the library's threads are alive then, and must work afterwards."""
    parallel = (
        "auto product = tf::matmul(tf::ones({1024, 1024}), tf::ones({1024, 1024}));"
        "auto sum = tf::reduce_sum(tf::ones({10000000}));"
        "product(0, 0).item<float>() + sum.item<float>()"
    )
    for _ in range(3):
        assert float(lesson.value(parallel)) == 1024 + 1e7
        assert not lesson.run("auto broken = tf::matmul(").ok
        assert lesson.engine.complete("tf::matm", 8)["matches"]
    assert float(lesson.value(parallel)) == 1024 + 1e7


def test_a_figure_shows_itself_unless_it_is_kept(lesson: Notebook) -> None:
    assert pictures(lesson.run("plot::line({2.0, 1.0, 0.5});")) == ["display"]
    assert lesson.run("auto figure = plot::line({2.0, 1.0});").events == []
    shown = lesson.run("figure")
    assert pictures(shown) == ["result"] and len(shown.events) == 1
    assert "<svg" in shown.events[0]["data"]["image/svg+xml"]
    again = lesson.run("plot::line({2.0, 1.0})")
    assert pictures(again) == ["result"] and len(again.events) == 1  # shown once, not twice


def test_a_picture_stands_between_the_outputs(lesson: Notebook) -> None:
    result = lesson.run('std::cout << "a"; plot::line({1.0, 2.0}); std::cout << "b";')
    assert [event.get("text", "picture") for event in result.events] == ["a", "picture", "b"]


def test_a_tape_lives_over_cells(lesson: Notebook) -> None:
    assert lesson.run("tf::Variable w{tf::constant(3.0)}; tf::GradientTape tape;").ok
    assert lesson.run("auto loss = w * w + 2.0 * w;").ok
    assert lesson.value("tape.gradient(loss, w).item<float>()") == "8.0"
    result = lesson.run("tape.gradient(loss, w)")
    assert result.error.startswith("exception saem::ValueError: "), result.error


def test_a_tape_in_a_loop(lesson: Notebook) -> None:
    code = """
    tf::Variable slope{tf::constant(0.0)};
    for (int step = 0; step < 50; ++step) {
      tf::GradientTape tape;
      auto loss = tf::square(slope - 4.0);
      slope.assign_sub(0.1 * tape.gradient(loss, slope));
    }
    std::abs(slope.item<float>() - 4) < 0.01
    """
    assert lesson.value(code) == "true"


def test_a_large_tensor_outlives_its_cell(lesson: Notebook) -> None:
    lesson.run("auto large = tf::ones({25, 1024, 1024});")  # 100 MB
    assert int(lesson.value(CURRENT)) >= 100 * MEGABYTES
    assert not lesson.run("int broken = large;").ok
    assert lesson.value("tf::reduce_sum(large).item<float>()") == f"{25 * MEGABYTES}.0"


@pytest.mark.parametrize("header", ["saem/saem.hpp", "saem/plot/charts.hpp"])
def test_the_headers_again(lesson: Notebook, header: str) -> None:
    assert lesson.run(f"#include <{header}>\nauto one = tf::ones({{1}});").ok
