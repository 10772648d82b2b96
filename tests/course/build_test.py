"""Running and building with a stand-in kernel: notebooks, currency, sizes, failures, the page."""

import json
import re

import nbformat
import pytest
from conftest import KERNEL

from saem_course.commands import main
from saem_course.execution import CellFailure, execute, merge_streams
from saem_course.model import CourseError
from saem_course.notebook import check_size, make_notebook, why_not_current


@pytest.fixture
def tool(sandbox, capfd):
    """Runs a command in the sandbox: (exit code, stdout, stderr)."""
    def call(*arguments):
        kernel = [] if arguments[0] == "lint" else ["--kernel", KERNEL]
        code = main(["--root", str(sandbox.root), *arguments, *kernel])
        captured = capfd.readouterr()
        return code, captured.out, captured.err
    return call


def notebooks(sandbox):
    lesson = sandbox.lesson()
    return [lesson.notebook_path("ko"), lesson.notebook_path("en")]


def test_build_writes_both_notebooks_with_outputs(sandbox, tool):
    sandbox.write(sandbox.change("We look.", "We see {{y}}."))
    code, out, err = tool("build")
    assert code == 0, err
    assert "built in" in out
    korean, english = (nbformat.read(path, as_version=4) for path in notebooks(sandbox))
    nbformat.validate(korean)
    for notebook, language in ((korean, "ko"), (english, "en")):
        assert notebook.metadata.kernelspec.name == KERNEL
        assert notebook.metadata.language_info.name == "python"
        assert notebook.metadata.saem.lesson == "chapter01/03"
        assert notebook.metadata.title == sandbox.lesson().front.title[language]
        code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code_cells] == [1, 2, 3, 4]
        assert code_cells[1].outputs[0].text == "loss 9.0\n"
        assert code_cells[3].outputs[0].ename == "ZeroDivisionError"
        assert all("seconds" in cell.metadata.saem for cell in code_cells)
        assert not any("//expect" in cell.source for cell in notebook.cells)
    text = "\n".join(cell.source for cell in english.cells)
    assert "# A test lesson" in text and "한글" not in text
    assert "We see 0.3238." in text
    assert "| [3] | `y` | 0.32 … 0.33 | 0.3238 | 7 |" in text
    assert "src/tape.cpp#L3" in text
    korean_text = "\n".join(cell.source for cell in korean.cells)
    assert "| 셀 | 값 |" in korean_text and "We see" not in korean_text
    assert "읽기 5분" in korean_text


def test_a_rebuild_changes_nothing_but_timings(sandbox, tool):
    def without_seconds():
        return [re.sub(r'"seconds": [\d.e-]+', "", path.read_text("utf-8"))
                for path in notebooks(sandbox)]

    assert tool("build")[0] == 0
    first = without_seconds()
    assert tool("build", "--force")[0] == 0
    assert without_seconds() == first


def test_a_current_lesson_is_not_run_again(sandbox, tool):
    assert tool("build")[0] == 0
    before = [path.read_bytes() for path in notebooks(sandbox)]
    assert tool("build")[1] == "chapter01_basics/03_test_lesson: current\n"
    assert [path.read_bytes() for path in notebooks(sandbox)] == before


@pytest.mark.parametrize("change, reason", [
    (lambda s: s.write(s.change("We look.", "We look twice.")), "another source or version"),
    (lambda s: s.write(s.change("x = 3.0", "x = 3.00")), "another source or version"),
    (lambda s: (s.root / "VERSION").write_text("0.2.0"), "another source or version"),
    (lambda s: notebooks(s)[1].unlink(), "is missing"),
    (lambda s: notebooks(s)[0].write_text("{"), "cannot be read"),
    (lambda s: notebooks(s)[0].write_text(
        notebooks(s)[0].read_text("utf-8").replace("x = 3.0", "x = 4.0"), "utf-8"),
     "changed by hand"),
])
def test_what_makes_a_notebook_stale(sandbox, tool, change, reason):
    assert tool("build")[0] == 0
    assert why_not_current(sandbox.lesson(), sandbox.course) is None
    change(sandbox)
    assert reason in why_not_current(sandbox.lesson(), sandbox.course)


def test_a_missed_expectation_fails_and_writes_nothing(sandbox, tool):
    sandbox.write(sandbox.change("loss ~ 9.0 within", "loss ~ 9.5 within"))
    code, out, err = tool("build")
    assert code == 1
    assert "MISSED     loss = 9, expected 9.5 ± 1e-9" in err
    assert "03_test_lesson.md:" in err
    assert not any(path.exists() for path in notebooks(sandbox))


def test_an_expression_that_cannot_be_evaluated_is_missed(sandbox, tool):
    sandbox.write(sandbox.change("//expect x == 3", "//expect nowhere == 3"))
    code, _, err = tool("build")
    assert code == 1
    assert "cannot be evaluated" in err and "nowhere" in err


def test_an_error_that_does_not_come_is_missed(sandbox, tool):
    sandbox.write(sandbox.change("x / 0", "x / 1"))
    code, _, err = tool("build")
    assert code == 1
    assert 'error "division by zero"; came: nothing' in err


def test_a_failing_cell_stops_the_run_with_its_place(sandbox):
    text = sandbox.change("loss = x * x", "loss = missing * x")
    with pytest.raises(CellFailure) as caught:
        execute(sandbox.lesson(text), KERNEL)
    cell = sandbox.lesson(text).cells[1]
    message = str(caught.value)
    assert message.startswith(f"{sandbox.lesson_path}:{cell.line}: cell 2 failed:")
    assert "name 'missing' is not defined" in message
    assert "\x1b" not in message


def test_a_compiler_message_points_at_its_own_line(sandbox):
    text = sandbox.change("loss = x * x", "raise RuntimeError('cell[2]:2:7: error: no x')")
    with pytest.raises(CellFailure) as caught:
        execute(sandbox.lesson(text), KERNEL)
    cell = sandbox.lesson(text).cells[1]
    assert f"03_test_lesson.md:{cell.line + 2}: cell 2 failed" in str(caught.value)


def test_an_endless_cell_is_ended(sandbox):
    text = sandbox.change("loss = x * x", "while True: pass")
    with pytest.raises(CourseError, match="cell 2 failed:\n  no end after 1 s"):
        execute(sandbox.lesson(text), KERNEL, timeout=1)


def test_a_dying_kernel_is_named(sandbox):
    text = sandbox.change("loss = x * x", "import os; os._exit(3)")
    with pytest.raises(CourseError, match="cell 2 failed:\n  the kernel died"):
        execute(sandbox.lesson(text), KERNEL)


def test_a_kernel_that_is_not_installed(sandbox):
    with pytest.raises(CourseError, match="no Jupyter kernel 'no_such'.*python3"):
        execute(sandbox.lesson(), "no_such")


def test_streams_are_joined_and_progress_bars_end_in_their_last_state():
    def stream(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    merged = merge_streams([stream("stdout", "10 %\r5"), stream("stdout", "0 %\r100 %\nend"),
                            stream("stderr", "a\r\n"), stream("stdout", "b")])
    assert [(o.name, o.text) for o in merged] == [
        ("stdout", "100 %\nend"), ("stderr", "a\n"), ("stdout", "b")]


def test_lessons_have_no_network_and_a_folder_of_their_own(sandbox):
    cell = ("import os, urllib.request\ntry:\n  urllib.request.urlopen('http://example.org')\n"
            "  reached = 1\nexcept OSError as e:\n  reached = 0\nopen('litter', 'w').close()\n"
            "offline = int(os.environ['SAEM_OFFLINE'])\nx = 3.0\n"
            "//expect reached == 0\n//expect offline == 1\n")
    run = execute(sandbox.lesson(sandbox.change("x = 3.0\n", cell)), KERNEL)
    assert run.passed, run.verdicts
    assert not list(sandbox.root.rglob("litter"))


def test_a_large_notebook_names_its_largest_cell(sandbox, tool):
    sandbox.write(sandbox.change("print('loss', loss)", "print('loss', loss, 'x' * 400_000)"))
    code, _, err = tool("build")
    assert code == 1
    assert "more than 300,000; cell 2 alone puts out 400," in err
    assert not any(path.exists() for path in notebooks(sandbox))


def test_the_size_limit_is_the_notebooks_not_the_cells(sandbox):
    run = execute(sandbox.lesson(), KERNEL)
    notebook = make_notebook(run, "ko", sandbox.course)
    size = len(nbformat.writes(notebook, indent=1).rstrip("\n").encode()) + 1
    check_size(notebook, sandbox.lesson(), limit=size)
    with pytest.raises(CourseError, match=f"has {size:,} bytes"):
        check_size(notebook, sandbox.lesson(), limit=size - 1)


def test_check_reruns_what_is_stale_and_writes_nothing(sandbox, tool):
    assert tool("check")[0] == 1  # no notebooks yet
    assert tool("build")[0] == 0
    assert tool("check")[:2] == (0, "chapter01_basics/03_test_lesson: current\n")
    sandbox.write(sandbox.change("x = 3.0", "x = 3.00"))
    before = [path.read_bytes() for path in notebooks(sandbox)]
    code, out, _ = tool("check")
    assert code == 0 and "5 expectations hold" in out and "another source" in out
    sandbox.write(sandbox.change("x = 3.00", "x = 4"))
    assert tool("check")[0] == 1
    assert [path.read_bytes() for path in notebooks(sandbox)] == before


def test_run_prints_each_expectation_and_writes_one_page(sandbox, tool):
    page = sandbox.root / "page.html"
    code, out, err = tool("run", "ch01.03", "--page", str(page))
    assert code == 0, err
    assert "ok         y = 0.3238, expected 0.32 … 0.33" in out
    assert 'ok         error "division by zero"' in out
    assert re.search(r"total +[\d.]+ s, 4 cells, 5 of 5 expectations hold", out)
    text = page.read_text("utf-8")
    assert text.count("loss 9.0") == 1  # code and outputs stand once
    assert "celltag_language-ko" in text and "celltag_language-en" in text
    assert 'id="saem-en"' in text
    assert "data:image/svg+xml;base64," in text
    assert all(path.exists() for path in notebooks(sandbox))


def test_run_keeps_the_notebooks_when_an_expectation_is_missed(sandbox, tool):
    sandbox.write(sandbox.change("x == 3", "x == 4"))
    code, out, _ = tool("run", "03_test")
    assert code == 1
    assert "MISSED     x = 3" in out + tool("run", "03_test")[2]
    assert (sandbox.root / "build/course/chapter01_basics/03_test_lesson.html").is_file()
    assert not any(path.exists() for path in notebooks(sandbox))


def test_lint_errors_keep_a_lesson_from_running(sandbox, tool):
    sandbox.write(sandbox.change("다시 본다.", "다시 봅니다."))
    assert tool("lint")[0] == tool("build")[0] == tool("check")[0] == tool("run", "ch01.03")[0] == 1
    assert not any(path.exists() for path in notebooks(sandbox))


def test_stored_notebooks_are_plain_json_with_stable_ids(sandbox, tool):
    assert tool("build")[0] == 0
    stored = json.loads(notebooks(sandbox)[0].read_text("utf-8"))
    ids = [cell["id"] for cell in stored["cells"]]
    assert ids[0] == "text-000" and "code-001" in ids and len(set(ids)) == len(ids)


def test_what_a_kernel_says_about_its_start_is_in_no_cell(sandbox, monkeypatch):
    # IPython runs this file's lines when it starts the first cell it is given.
    profile = sandbox.root / "profile"
    (profile / "profile_default" / "startup").mkdir(parents=True)
    (profile / "profile_default" / "startup" / "0.py").write_text(
        "def _once(*_):\n"
        "    print('precompiling')\n"
        "    get_ipython().events.unregister('pre_execute', _once)\n"
        "get_ipython().events.register('pre_execute', _once)\n")
    monkeypatch.setenv("IPYTHONDIR", str(profile))
    run = execute(sandbox.lesson(), KERNEL)
    assert run.passed
    assert not any("precompiling" in str(cell.outputs) for cell in run.cells)
