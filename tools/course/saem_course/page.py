"""One HTML page of a lesson: code and pictures once, both languages to choose from."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import DictLoader, pass_context
from jinja2.runtime import Context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from saem_course import prose
from saem_course.catalogue import Course
from saem_course.execution import Run
from saem_course.formulas import to_mathml
from saem_course.model import LANGUAGES, Language
from saem_course.notebook import make_notebook

_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")

# The choice is CSS alone, so the page also works where scripts do not run.
_STYLE = """<style>
body:has(#saem-ko:checked) .jp-Cell:has(.celltag_language-en) { display: none; }
body:has(#saem-en:checked) .jp-Cell:has(.celltag_language-ko) { display: none; }
.saem-languages { position: sticky; top: 0; z-index: 10; padding: 0.4em 1em; text-align: right;
  font-family: system-ui, sans-serif; background: var(--jp-layout-color0, #fff);
  border-bottom: 1px solid #ddd; }
main { max-width: 60em; margin: 0 auto; }
.jp-RenderedMarkdown { line-height: 1.65; word-break: keep-all; overflow-wrap: anywhere; }
.jp-RenderedMarkdown table { overflow-wrap: normal; }
.jp-RenderedMarkdown td:first-child { white-space: nowrap; }
math[display="block"] { margin: 1em 0; font-size: 1.15em; }
.jp-OutputArea-output img, .jp-OutputArea-output svg { max-width: 100%; height: auto; }
</style>
"""
_CHOICE = """<div class="saem-languages" role="radiogroup" aria-label="언어 / language">
<label><input type="radio" name="saem-language" id="saem-ko" checked> 한국어</label>
<label><input type="radio" name="saem-language" id="saem-en"> English</label>
</div>
"""

# nbconvert's own would load MathJax and Mermaid from the network; a page needs neither.
_NO_SCRIPTS = {
    "mathjax.html.j2": "{% macro mathjax(url) %}{% endmacro %}",
    "mermaidjs.html.j2": "{% macro mermaid_js(url, layout_url) %}{% endmacro %}",
}


class _Renderer(IPythonRenderer):
    """Markdown to HTML with formulas as MathML."""

    def block_html(self, html: str) -> str:
        # To embed pictures the parent parses the block, and so closes the <details> of an answer
        # before the answer.
        return super().block_html(html) if "<img" in html else html

    def inline_math(self, body: str) -> str:
        return to_mathml(body, "inline")

    def block_math(self, body: str) -> str:
        return to_mathml(body, "block")


class _PageExporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        path = context.get("resources", {}).get("metadata", {}).get("path", "")
        renderer = _Renderer(escape=False, embed_images=True, path=path)
        return str(MarkdownWithMath(renderer=renderer).render(source))


def bilingual_notebook(run: Run, course: Course, page: Path) -> Any:
    """Both notebooks as one: markdown is tagged by language, code and shared text stand once."""
    editions = {language: make_notebook(run, language, course) for language in LANGUAGES}
    both = nbformat.v4.new_notebook(metadata=editions["ko"].metadata)
    # Code cells are the same in both and in the same order: they are the rungs between the prose.
    parts = {language: _between_code(editions[language].cells) for language in LANGUAGES}
    code = [cell for cell in editions["ko"].cells if cell.cell_type == "code"]
    for step, (korean, english) in enumerate(zip(parts["ko"], parts["en"])):
        for position, (first, second) in enumerate(zip(korean, english)):
            if first.source == second.source:
                both.cells.append(_tagged(first, None, f"{step}-{position}", run, page))
                continue
            for language, cell in zip(LANGUAGES, (first, second)):
                name = f"{step}-{position}-{language}"
                both.cells.append(_tagged(cell, language, name, run, page))
        if step < len(code):
            both.cells.append(code[step])
    return both


def _between_code(cells: list[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = [[]]
    for cell in cells:
        if cell.cell_type == "code":
            groups.append([])
        else:
            groups[-1].append(cell)
    return groups


def _tagged(cell: Any, language: Language | None, name: str, run: Run, page: Path) -> Any:
    lesson = run.lesson
    targets = {}
    for _, target in prose.links(cell.source):
        local = not re.match(r"(?:[a-z][a-z0-9+.-]*:|//|#)", target)
        if local and not target.lower().endswith(_PICTURES):
            targets[target] = os.path.relpath(lesson.path.parent / target, page.parent)
    source = prose.replace_links(cell.source, targets)
    metadata = {"tags": [f"language-{language}"]} if language else {}
    return nbformat.v4.new_markdown_cell(source, id=f"text-{name}", metadata=metadata)


def write_page(run: Run, course: Course, page: Path) -> Path:
    notebook = bilingual_notebook(run, course, page)
    # The other notebook's link at the top is the page's own choice of language.
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            cell.source = cell.source.split("\n", 1)[0]
    exporter = _PageExporter(embed_images=True, require_js_url="", jquery_url="",
                             extra_loaders=[DictLoader(_NO_SCRIPTS)])
    titles = run.lesson.front.title
    body, _ = exporter.from_notebook_node(notebook, resources={
        "metadata": {"name": html.escape(f"{titles['ko']} · {titles['en']}"),
                     "path": str(run.lesson.path.parent)}})
    body = body.replace("</head>", _STYLE + "</head>", 1)
    body = re.sub(r"(<body[^>]*>)", lambda m: m[1] + "\n" + _CHOICE, body, count=1)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(body, encoding="utf-8")
    return page
