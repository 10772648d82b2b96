"""The engine alone: what cells mean, and what becomes of the session when they go wrong."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from conftest import Notebook
from saem_kernel.engine import EngineDied, Options


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("1 + 1", "2"),
        ("7 / 2.0", "3.5"),
        ("2.0", "2.0"),
        ("0.1f", "0.1"),
        ("true", "true"),
        ("'a'", "'a'"),
        ('"text"', '"text"'),
        ('std::string("a\\"b")', '"a\\"b"'),
        ("std::vector<int>{1, 2, 3}", "{1, 2, 3}"),
        ("std::vector<bool>{true, false}", "{true, false}"),
        ('std::map<std::string, int>{{"a", 1}}', '{"a": 1}'),
        ("std::make_pair(1, 2.5)", "(1, 2.5)"),
        ("std::optional<int>()", "nullopt"),
        ("std::variant<int, double>(2.5)", "2.5"),
        ("nullptr", "nullptr"),
        ("std::unique_ptr<int>()", "nullptr"),
        ("-3", "-3"),
        ("[] { return 5; }()", "5"),
        ("tf::Tensor(2.5)", "tf.Tensor(2.5)"),
        ("tf::add(tf::Tensor(1), tf::Tensor(2))", "tf.Tensor(3)"),
    ],
)
def test_the_last_value_is_shown(notebook: Notebook, code: str, shown: str) -> None:
    assert notebook.value(code) == shown


@pytest.mark.parametrize("code", ["1 + 1;", "int x = 1;", 'std::cout << "";', "(void)0", ""])
def test_nothing_is_shown(notebook: Notebook, code: str) -> None:
    result = notebook.run(code)
    assert result.ok and not result.events


@pytest.mark.parametrize(
    ("first", "second", "use", "shown"),
    [
        ("int x = 1;", "int x = 2;", "x", "2"),
        ("int x = 1;", 'std::string x = "s";', "x", '"s"'),
        ("const int x = 1;", "const int x = 2;", "x", "2"),
        ("constexpr int x = 1;", "constexpr int x = 2;", "x", "2"),
        ("static int x = 1;", "static int x = 2;", "++x", "3"),
        ("namespace { int x = 1; }", "namespace { int x = 2; }", "x", "2"),
        ("int f() { return 1; }", "int f() { return 2; }", "f()", "2"),
        ("int f() { return 1; }", "double f() { return 2.5; }", "f()", "2.5"),
        ("struct A { int a = 1; };", "struct A { int b = 2; };", "A().b", "2"),
        ("enum E { red };", "enum E { red = 4 };", "int(red)", "4"),
        ("template <class T> T t(T v) { return v; }",
         "template <class T> T t(T v) { return v + 1; }", "t(1)", "2"),
        ("template <class T> struct B { T v{1}; };", "template <class T> struct B { T v{2}; };",
         "B<int>().v", "2"),
        ("using I = int;", "using I = double;", "I(1) / 2", "0.5"),
        ("auto l = [&] { return 1; };", "auto l = [&] { return 2; };", "l()", "2"),
        ('extern "C" int c() { return 1; }', 'extern "C" int c() { return 2; }', "c()", "2"),
        ("int A = 1;", "struct A { int a = 2; };", "A().a", "2"),
        ("auto [p, q] = std::pair(1, 2);", "auto [p, q] = std::pair(3, 4);", "p + q", "7"),
        ("namespace n { int v = 1; }", "namespace n { int v = 2; }", "n::v", "2"),
        ("struct M { int g() const; }; int M::g() const { return 1; } M m; m.g();",
         "int M::g() const { return 2; }", "m.g()", "2"),
        ("int y1 = 1;", "int y1 = 2;", "y1", "2"),
    ],
)  # fmt: skip
def test_everything_can_be_defined_again(
    notebook: Notebook, first: str, second: str, use: str, shown: str
) -> None:
    for code in (first, second):
        result = notebook.run(code)
        assert result.ok, result.error
    assert notebook.value(use) == shown
    again = notebook.run(second)
    assert again.ok, again.error


def test_a_variable_made_of_a_lambda_is_one_in_all_cells(notebook: Notebook) -> None:
    notebook.run("#include <memory>\nint made = 0;\n"
                 "template <class F> struct Counted { F f; std::shared_ptr<int> calls; };\n"
                 "template <class F> auto counted(F f) {\n"
                 "  ++made; return Counted<F>{f, std::make_shared<int>(0)}; }")
    notebook.run("auto twice = counted([](int x) { return 2 * x; });\n++*twice.calls;")
    notebook.run("++*twice.calls;")
    assert notebook.value("*twice.calls") == "2"
    notebook.run("int seen = ++*twice.calls;")
    assert notebook.value("seen + 10 * made") == "13"
    notebook.run("auto twice = counted([](int x) { return x + x; });")
    assert notebook.value("*twice.calls + 10 * made") == "20"


def test_old_code_keeps_its_types(notebook: Notebook) -> None:
    notebook.run("struct A { int v = 1; }; int old(const A& a) { return a.v; } A kept;")
    notebook.run("struct A { double w = 2.5; };")
    assert notebook.value("old(kept) + A().w") == "3.5"


def test_an_edited_cell_leaves_no_overload_behind(notebook: Notebook) -> None:
    notebook.run("int f(int) { return 1; }", cell_id="a")
    notebook.run("int f(double) { return 2; }", cell_id="a")
    assert notebook.value("f(1)") == "2"


def test_constants_are_initialised_in_their_place(notebook: Notebook) -> None:
    assert notebook.value("int* up = new int(3); int* const cp = up; *cp") == "3"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("int a = 1;\nint b = undefined;", ":2:9: error: use of undeclared identifier"),
        ("int y = 3\n", ":1:10: error: expected ';'"),
        ("int m2() { return", "error: expected"),
        ("int m(){{{{", "error: expected"),
        ("}", "error: "),
        ('#include <no_such_header.hpp>', "file not found"),
        ("std::vector<int> v = 3;", "error: no viable conversion"),
        ('int i = "text";', "error: cannot initialize"),
    ],
)
def test_mistakes_have_a_place_and_leave_nothing(notebook: Notebook, code: str, place: str) -> None:
    notebook.run("int a = 7;")
    result = notebook.run(code)
    assert result.error.startswith("compile CompileError") and place in result.error
    assert "cell[2]:" in result.error and "<<<" not in result.error
    assert notebook.value("a") == "7"
    assert notebook.run("int y = 3;").ok


def test_an_undefined_function_is_named(notebook: Notebook) -> None:
    result = notebook.run("int h(int); h(3)")
    assert "LinkError" in result.error and "h(int)" in result.error
    assert notebook.value("int h(int n) { return n + 1; } h(3)") == "4"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ('throw std::runtime_error("boom");', "exception std::runtime_error: boom"),
        ("tf::fail();", "exception saem::ShapeError: matmul: inner dimensions differ"),
        ("struct Mine {}; throw Mine();", "exception Mine: "),
        ("throw 42;", "exception int: 42"),
        ("std::vector<int>(1).at(3);", "exception std::out_of_range: "),
        ("*(volatile int*)nullptr = 1;", "crash Segmentation fault: a null pointer"),
        ("int r(int n) { volatile char b[500]; b[0] = 1; return r(n + 1) + b[0]; } r(0)",
         "crash Stack overflow"),
        ("int zero = 0; 1 / zero", "crash Arithmetic error"),
        ("abort();", "crash Aborted"),
        ("exit(3);", "exit Exit: exit(3)"),
        ("std::terminate();", "crash Terminated"),
        ('void n() noexcept { throw std::runtime_error("x"); } n();', "crash Terminated"),
        ("__builtin_trap();", "crash Trap"),
        ("std::thread t([] { *(volatile int*)nullptr = 1; }); t.join();", "crash Segmentation"),
    ],
)  # fmt: skip
def test_failures_are_told_and_survived(notebook: Notebook, code: str, error: str) -> None:
    notebook.run("int kept = 5;")
    result = notebook.run(code)
    assert result.error.startswith(error), result.error
    assert notebook.value("kept") == "5"
    assert notebook.run('std::cout << "on";').output() == "on"


def test_output_keeps_its_order(notebook: Notebook) -> None:
    result = notebook.run(
        'printf("1"); std::cerr << "2"; std::cout << "3"; fprintf(stderr, "4");'
        'saem::notebook::display({{"image/png", "AA=="}}); puts("5");'
    )
    kinds = [event.get("text", "picture") for event in result.events]
    assert kinds == ["1", "2", "3", "4", "picture", "5\n"]


def test_threads_and_children_print(notebook: Notebook) -> None:
    assert notebook.run('std::thread([] { std::cout << "t"; }).join();').output() == "t"
    assert notebook.run('system("echo child");').output() == "child\n"


def test_output_is_seen_while_the_cell_runs(notebook: Notebook) -> None:
    seen: list[float] = []
    notebook.engine.execute(
        'std::cout << "a"; std::this_thread::sleep_for(std::chrono::seconds(2));',
        handler=lambda event: seen.append(time.monotonic()),
    )
    assert time.monotonic() - seen[0] > 0.3


def test_half_a_character_waits_for_the_other(notebook: Notebook) -> None:
    result = notebook.run(
        r'std::cout << "\xec\x83" << std::flush;'
        r'std::this_thread::sleep_for(std::chrono::milliseconds(100)); std::cout << "\x98";'
    )
    assert result.output() == "샘"


def test_pictures(notebook: Notebook) -> None:
    (event,) = notebook.run("tf::Figure()").events
    assert event == {"event": "result", "data": {"image/svg+xml": "<svg/>"}}


def test_a_display_defined_later_is_found(notebook: Notebook) -> None:
    assert notebook.value("struct P { int x = 1; } p; p") == "<P>"
    notebook.run("std::ostream& operator<<(std::ostream& o, const P& v) { return o << v.x; }")
    assert notebook.value("p") == "1"


@pytest.mark.parametrize(
    "code",
    [
        "while (true) {}",
        "volatile long n = 0; while (true) n = n + 1;",
        "std::string s; while (true) { s += 'x'; if (s.size() > 100) s.clear(); }",
        "std::this_thread::sleep_for(std::chrono::seconds(100));",
    ],
)
def test_interrupt(notebook: Notebook, code: str) -> None:
    notebook.run("int kept = 5;")
    timer = threading.Timer(0.5, notebook.engine.interrupt)
    timer.start()
    start = time.monotonic()
    result = notebook.run(code)
    assert result.error.startswith("interrupt KeyboardInterrupt")
    assert time.monotonic() - start < 50  # the last one would sleep for 100 s
    assert notebook.value("kept") == "5"


def test_an_interrupt_while_the_cell_is_compiled(notebook: Notebook) -> None:
    """It must not be lost: the cell would then run for ever."""
    timer = threading.Timer(0.15, notebook.engine.interrupt)
    timer.start()
    result = notebook.run('#include <regex>\nstd::regex slow("a+"); while (true) {}')
    assert result.error.startswith("interrupt KeyboardInterrupt")
    assert notebook.value("1 + 1") == "2"


def test_a_damaged_heap_ends_the_engine_with_a_word(notebook: Notebook) -> None:
    with pytest.raises(EngineDied) as death:
        notebook.run("void* volatile wild = new int[4] + 1; std::free(wild);")
    assert death.value.status == 70
    assert "saem-engine: a library has aborted the program" in str(death.value)
    notebook.start()
    assert notebook.value("1") == "1"


def test_a_dead_engine_is_reported(notebook: Notebook) -> None:
    with pytest.raises(EngineDied) as death:
        notebook.run("#include <csignal>\nraise(SIGKILL);")
    assert death.value.status == -signal.SIGKILL
    notebook.start()
    assert notebook.value("1") == "1"


def test_completion_and_inspection(notebook: Notebook) -> None:
    notebook.run("std::vector<int> numbers; /// How many.\nint number_of_things = 1;")
    texts = [match["text"] for match in notebook.engine.complete("numb", 4)["matches"]]
    assert {"numbers", "number_of_things"} <= set(texts)
    answer = notebook.engine.complete("std::string 샘; numbers.push_b", 29 - 1)
    assert "push_back" in [match["text"] for match in answer["matches"]]
    entry = notebook.engine.inspect("tf::add(", 6)["entries"][0]
    assert "Tensor add(" in entry["declaration"]
    assert entry["comment"] == "Adds two tensors, element by element."
    assert "standin.hpp:" in entry["place"]
    assert notebook.value("number_of_things") == "1"


def test_a_stale_precompiled_header_is_made_again(options: Options, tmp_path: Path) -> None:
    (tmp_path / "own.hpp").write_text("inline int answer() { return 1; }\n")
    pch = str(tmp_path / "own.pch")
    arguments = [*options.arguments[:4], "-I", str(tmp_path), "-include", "saem_kernel/prelude.hpp"]
    arguments += ["-include", "own.hpp", "--pch", pch]
    for expected in ("1", "22"):
        session = Notebook(Options(options.engine, arguments))
        assert session.value("answer()") == expected
        session.engine.close()
        (tmp_path / "own.hpp").write_text("inline int answer() { return 22; }\n")


def test_headers_again_and_new_ones(notebook: Notebook) -> None:
    assert notebook.run("#include <standin.hpp>\n#include <saem_kernel/prelude.hpp>").ok
    assert notebook.run("#include <bitset>\nusing namespace std;").ok
    assert notebook.value("bitset<4>(5)") == "0101"
