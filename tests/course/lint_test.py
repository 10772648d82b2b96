"""Lint: the good lesson is clean, and each planted mistake is named at its line."""

import pytest

from saem_course.glossary import read_glossary
from saem_course.lint import lint
from saem_course.model import Severity


def test_the_good_lesson_has_no_errors_and_is_told_that_it_is_short(sandbox):
    problems = lint(sandbox.lesson(), sandbox.course)
    assert sandbox.errors(sandbox.lesson().text) == []
    assert {p.severity for p in problems} == {Severity.WARNING}
    assert sorted(p.what.split(" ", 1)[1] for p in problems) == ["English words", "code cells"]


@pytest.mark.parametrize("old, new, message", [
    ("::: en\n## 1. Problem\nWe look. [code](../../src/tape.cpp#grow)\n:::\n", "",
     "'::: ko' has no '::: en'"),
    ("::: ko\n## 1. Problem 한글\n기울기를 다시 본다. [코드](../../src/tape.cpp#grow)\n:::\n", "",
     "'::: en' has no '::: ko'"),
    ("## 4. By hand\n", "## 4. By hand\n### More\n",
     "headings differ: ko has levels [2], en [2, 3]"),
    ("## 4. By hand\n", "## 5. By hand\n", "section numbers differ"),
    ("## 12. Summary\n", "## Summary\n", "section 'Summary' has no number"),
    ("## 3. Formulas\n", "# Formulas\n", "a heading of level 1"),
    ("::: card\n:::\n", "", "'::: card' stands 0 times"),
    ("::: expectations\n:::\n", "::: expectations\n:::\n::: expectations\n:::\n", "stands 2 times"),
    ("We look.", "We look [there](https://example.org).", "only en links to 'https://example.org'"),
    ("figures/flow.svg", "figures/none.svg", "'figures/none.svg' does not exist"),
    ("figures/flow.svg", "../../../../../etc/passwd", "leads out of the repository"),
    ("다시 본다.", "다시 봅니다.", "the sentence ends in '봅니다'"),
    ("다시 본다.", "다시 보세요.", "the sentence ends in '보세요'"),
    ("다시 본다.", "그래디언트를 본다.", "'그래디언트' is not the course's term"),
    ("다시 본다.", "경사를 본다.", "'경사' is not the course's term"),
    ("기울기(gradient)를", "기울기를", "'기울기' stands first without its English"),
    ("terms: [gradient]", "terms: [tape]", "new term 'tape' is not in the glossary"),
    ("terms: [gradient]", "terms: [gradient descent]", "nowhere in the Korean text"),
    ("We look.", "We get 0.32 here.", "0.32 belongs to the //expect of line"),
    ("We look.", "We get {{z}} here.", "no //expect measures 'z'"),
    ("set_seed(7)", "set_seed(8)", "no cell up to here sets seed 7"),
    ("x / 0\n", "x / 0\n//expect x == 3\n", "an expected error beside other expectations"),
    ("x = 3.0\n", "x = 3.0\n" * 26, "cell 1 has 26 lines, more than 25"),
    ("needs: [chapter01/02]", "needs: [chapter01/03]", "which comes later"),
    ("needs: [chapter01/02]", "needs: [basics]", "'needs' names 'basics'"),
])
def test_a_planted_mistake_is_found(sandbox, old, new, message):
    errors = sandbox.errors(sandbox.change(old, new))
    assert any(message in error for error in errors), errors
    assert all(error.startswith(f"{sandbox.lesson_path}:") for error in errors)


def test_the_line_is_the_mistakes_own(sandbox):
    text = sandbox.change("## 6. The saem way\nWe look.", "## 6. The saem way\nWe\nget 0.32 here.")
    line = text.split("\n").index("get 0.32 here. [code](../../src/tape.cpp#grow)") + 1
    assert any(f":{line}: 0.32 belongs" in error for error in sandbox.errors(text))


def test_a_missing_symbol_is_found(sandbox):
    text = sandbox.lesson().text.replace("#grow", "#shrink")
    assert any("'tape.cpp' has no symbol 'shrink'" in e for e in sandbox.errors(text))


def test_no_expectation_at_all(sandbox):
    lines = [s for s in sandbox.lesson().text.split("\n") if not s.startswith("//expect")]
    assert any("no //expect" in error for error in sandbox.errors("\n".join(lines)))


@pytest.mark.parametrize("text", [
    "이것은 오류가 아니다.", "값을 지니다.", "여기저기 다니다.",
    "`그래디언트`는 코드 안에 있다.", "경사 하강법을 쓴다.", "$0.32$라는 수식이다.",
    "오늘은 10.321에서 멈춘다.",
])
def test_what_is_right_is_left_alone(sandbox, text):
    assert sandbox.errors(sandbox.change("다시 본다.", text)) == []


def test_merged_sections_are_allowed(sandbox):
    text = sandbox.lesson().text
    for korean in (" 한글", ""):
        text = text.replace(f"## 4. By hand{korean}\n", f"## 4-5. By hand{korean}\n", 1)
        text = text.replace(f"## 5. From scratch{korean}\n", f"### Scratch{korean}\n", 1)
    assert sandbox.errors(text) == []


def test_glossary_mistakes(tmp_path):
    path = tmp_path / "glossary.md"
    head = "| English | Korean | Not used | Meaning |\n|---|---|---|---|\n"
    path.write_text(head + "| tape | 테이프 |  | record |\n| record | 테이프 | 기록 | x |\n"
                    "| log | 기록 | | y |\n| broken |\n", encoding="utf-8")
    what = [f"{p.line}: {p.what}" for p in read_glossary(path).problems]
    assert what == ["4: '테이프' already stands in line 3", "6: a row without its four fields",
                    "4: '기록' is both a term and a variant not used"]
    assert "no glossary" in read_glossary(tmp_path / "none.md").problems[0].what


def test_a_code_line_that_would_be_cut_off_is_named_at_its_own_line(sandbox):
    wide = "x = 3.0  # " + "w" * 74
    text = sandbox.change("x = 3.0\n", f"y = 1\n{wide[:-1]}\n{wide}\n")
    line = text.split("\n").index(wide) + 1
    errors = [error for error in sandbox.errors(text) if "columns" in error]
    assert len(errors) == 1
    assert f":{line}: a code line of 85 columns, more than 84" in errors[0]


@pytest.mark.parametrize("formula, message", [
    (r"$$y = \nosuchcommand x$$", r"the unknown command '\nosuchcommand'"),
    (r"$$x_1_2$$", "cannot be read"),
])
def test_a_formula_that_the_page_cannot_show_is_found(sandbox, formula, message):
    errors = sandbox.errors(sandbox.change("$$y = x^2$$", formula))
    assert any(message in error for error in errors), errors
