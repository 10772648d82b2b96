"""TeX formulas as MathML, which browsers show without scripts and without a network."""

from __future__ import annotations

import html
import re
from typing import Literal

from latex2mathml.converter import convert

# latex2mathml passes commands that it does not know on as identifiers of this form.
_UNKNOWN = re.compile(r"<m[ion][^>]*>(\\[a-zA-Z]+)</m[ion]>")


class FormulaError(ValueError):
    """A formula that cannot be shown."""


def to_mathml(tex: str, display: Literal["inline", "block"]) -> str:
    """The formula as a <math> element, with its TeX for those who copy or hear it."""
    # latex2mathml closes what is open without a word.
    braces = re.sub(r"\\[\\{}]", "", tex)
    if braces.count("{") != braces.count("}"):
        raise FormulaError(f"formula '{tex.strip()}' cannot be read (its braces do not match)")
    try:
        mathml = convert(tex.strip(), display=display)
    except Exception as error:  # the library has a class of its own for each mistake, and leaks
        reason = str(error) or type(error).__name__
        raise FormulaError(f"formula '{tex.strip()}' cannot be read ({reason})") from error
    if unknown := _UNKNOWN.search(html.unescape(mathml)):
        raise FormulaError(f"formula '{tex.strip()}' uses the unknown command '{unknown[1]}'")
    return mathml.replace("<math ", f'<math alttext="{html.escape(tex.strip())}" ', 1)
