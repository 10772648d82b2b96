"""The page: formulas are MathML, and nothing is asked of the network."""

import re

import pytest
from conftest import KERNEL

from saem_course.execution import execute
from saem_course.formulas import FormulaError, to_mathml
from saem_course.page import write_page


@pytest.fixture
def page(sandbox):
    text = sandbox.change("We look.", r"We look at $a_1 < b * c * d$ and `$code$`, \$5."
                          "\n\n<details><summary>Answer</summary>\n\n1. folded\n\n</details>\n")
    path = sandbox.root / "build" / "page.html"
    write_page(execute(sandbox.lesson(text), KERNEL), sandbox.course, path)
    return path.read_text("utf-8")


def test_display_formulas_are_mathml(page):
    found = re.findall(r'<math[^>]*display="block".*?</math>', page, re.DOTALL)
    assert len(found) == 1
    assert 'alttext="y = x^2"' in found[0]
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in found[0]
    assert "$$" not in page


def test_inline_formulas_are_mathml_and_code_is_left_alone(page):
    found = re.findall(r'<math[^>]*display="inline".*?</math>', page, re.DOTALL)
    assert len(found) == 1
    assert "<msub><mi>a</mi><mn>1</mn></msub>" in found[0]
    assert "<em>" not in found[0]  # the stars are products, not emphasis
    assert "<code>$code$</code>" in page


def test_an_answer_is_inside_its_fold(page):
    assert re.search(r"<details>(?:(?!</details>).)*folded.*?</details>", page, re.DOTALL)


def test_nothing_is_loaded_from_the_network(page):
    loaded = re.findall(r'(?:src|import)\s*[=(]\s*["\'](?:https?:)?//[^"\']+', page)
    assert loaded == []
    assert "MathJax" not in page


@pytest.mark.parametrize("tex", [r"x_1_2", r"\left( x", r"{x", r"\unheard_of"])
def test_what_is_no_formula_is_an_error(tex):
    with pytest.raises(FormulaError, match="formula '"):
        to_mathml(tex, "inline")
