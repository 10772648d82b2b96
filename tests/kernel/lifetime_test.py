"""How long a cell's variables live: cells that fail half way, and cells that run again."""

from __future__ import annotations

import pytest
from conftest import Notebook

# A type whose living objects can be counted.
COUNTED = """
int alive = 0;
struct Counted {
  int value;
  explicit Counted(int v) : value(v) { ++alive; }
  Counted(const Counted& other) : value(other.value) { ++alive; }
  ~Counted() { --alive; }
  int* data() { return &value; }
};
"""

MEGABYTES = 1 << 20
CURRENT = "tf::config::get_memory_info().current"


@pytest.mark.parametrize(
    "failure", ['throw std::runtime_error("half way");', "*(volatile int*)nullptr = 1;", "exit(1);"]
)
def test_variables_that_were_not_reached_do_not_exist(notebook: Notebook, failure: str) -> None:
    assert notebook.run("int a = 1; int b = 2; int f() { return 1; }").ok
    result = notebook.run(f"int a = 10; {failure} double b = 20.5; int c = 30;")
    assert not result.ok
    assert notebook.value("a") == "10"
    assert notebook.value("b") == "2"
    assert "undeclared identifier 'c'" in notebook.run("c").error
    assert notebook.run("int b = 3; int c = 4;").ok
    assert notebook.value("b + c") == "7"


def test_an_initialiser_that_throws_leaves_the_old_variable(notebook: Notebook) -> None:
    notebook.run('std::string text = "old";')
    assert not notebook.run("std::string text = std::string(1, 'a').substr(7);").ok
    assert notebook.value("text") == '"old"'
    assert not notebook.run("auto [text, other] = std::pair(1, std::vector<int>(1).at(5));").ok
    assert notebook.value("text") == '"old"'


def test_a_type_comes_back_when_the_variable_fails(notebook: Notebook) -> None:
    notebook.run("struct thing { int x = 5; };")
    assert not notebook.run("int thing = std::vector<int>(1).at(5);").ok
    assert notebook.value("thing().x") == "5"


def test_a_replaced_variable_is_destroyed(notebook: Notebook) -> None:
    notebook.run(COUNTED)
    for value in (1, 2, 3):
        assert notebook.run(f"Counted c({value});", cell_id="c").ok
        assert notebook.value("alive") == "1"
        assert notebook.value("c.value") == str(value)
    assert notebook.run("int c = 4;").ok
    assert notebook.value("alive") == "0"


def test_it_lives_while_its_successor_is_made(notebook: Notebook) -> None:
    notebook.run(COUNTED + "Counted c(1);")
    assert not notebook.run('Counted c(std::stoi("no number"));').ok
    assert notebook.value("c.value + alive") == "2"


@pytest.mark.parametrize(
    ("use", "ask"),
    [
        ("int look() { return c.value; }", "look()"),
        ("auto look = [] { return c.value; };", "look()"),
        ("int* p = &c.value;", "*p"),
        ("int* p = nullptr; p = c.data();", "*p"),
        ("auto& r = c;", "r.value"),
        ("struct View { const Counted& of; } view{c};", "view.of.value"),
        ("std::vector<int*> list; list.push_back(c.data());", "*list[0]"),
        ("auto reference = std::ref(c);", "reference.get().value"),
        ("template <class T> int look(T) { return c.value; }", "look(1)"),
        ("struct Later { int value = c.value; };", "Later().value"),
        ("std::function<int()> look; { look = [&] { return c.value; }; }", "look()"),
    ],
)
def test_it_lives_if_something_may_point_at_it(notebook: Notebook, use: str, ask: str) -> None:
    notebook.run(COUNTED + "Counted c(5);")
    assert notebook.run(use).ok
    assert notebook.run("Counted c(6);").ok
    assert notebook.value("alive") == "2"
    assert notebook.value(ask) == "5"


@pytest.mark.parametrize(
    "use",
    [
        "auto copy = c.value + 1;",
        "std::cout << c.value;",
        "std::vector<int> values; values.push_back(c.value);",
        "for (int i = 0; i < c.value; ++i) std::cout << i;",
        "c.value = 9;",
        "c.value",
        "std::optional<int> maybe = c.value;",
    ],
)
def test_a_use_that_copies_does_not_hold_it(notebook: Notebook, use: str) -> None:
    notebook.run(COUNTED + "Counted c(5);")
    assert notebook.run(use).ok
    assert notebook.run("Counted c(6);").ok
    assert notebook.value("alive") == "1"


def test_parts_are_destroyed_as_a_whole(notebook: Notebook) -> None:
    notebook.run(COUNTED + "struct Two { Counted a, b; };")
    assert notebook.run("auto [a, b] = Two{Counted(1), Counted(2)};").ok
    assert notebook.run("int a = 3;").ok
    assert notebook.value("alive + b.value") == "4"
    assert notebook.run("int b = 3;").ok
    assert notebook.value("alive") == "0"


def test_a_destructor_that_fails_is_the_cells_failure(notebook: Notebook) -> None:
    notebook.run("struct Bad { ~Bad() { abort(); } }; Bad bad;")
    assert notebook.run("int bad = 1;").error.startswith("crash Aborted")
    assert notebook.value("bad") == "1"
    assert notebook.run("int bad = 2;").ok


def test_running_a_cell_again_frees_its_tensors(lesson: Notebook) -> None:
    cell = (
        "auto x = tf::ones({25, 1024, 1024});"  # 100 MB
        "auto y = tf::reduce_sum(x, {.axis = 0});"
        'std::cout << x.shape() << tf::reduce_mean(y).item<float>() << "\\n";'
    )
    assert lesson.run(cell, cell_id="x").ok
    before = int(lesson.value(CURRENT))
    assert before >= 100 * MEGABYTES
    for _ in range(3):
        result = lesson.run(cell, cell_id="x")
        assert result.ok, result.error
    assert lesson.run("auto other = x * 2.0; other = x + 1.0;").ok
    assert lesson.run("int x = 0, y = 0, other = 0;").ok
    assert int(lesson.value(CURRENT)) < MEGABYTES


def test_parts_of_the_library_are_freed(lesson: Notebook) -> None:
    cell = "auto [a, b] = std::pair(tf::ones({1024, 1024}), tf::ones({1024, 1024}));"
    assert lesson.run(cell, cell_id="ab").ok
    once = int(lesson.value(CURRENT))
    assert once >= 8 * MEGABYTES
    for _ in range(2):
        assert lesson.run(cell, cell_id="ab").ok
        assert int(lesson.value(CURRENT)) == once
    assert lesson.value("a.shape(0) + b.shape(1)") == "2048"
