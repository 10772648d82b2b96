"""Whether a piece of C++ is finished: what a console asks when Enter is pressed."""

from __future__ import annotations

import re

_RAW_STRING = re.compile(r'(?:u8|u|U|L)?R"([^()\\\s]{0,16})\(')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_INDENT = "    "


def completeness(code: str) -> tuple[str, str]:
    """Returns Jupyter's status (complete, incomplete, invalid) and the next line's indentation.

    Only the lexical structure counts: brackets, strings, comments, raw strings and continued
    lines. Whether the code means anything is the compiler's business.
    """
    open_brackets: list[str] = []
    position = 0
    while position < len(code):
        raw = _RAW_STRING.match(code, position)
        character = code[position]
        if raw and not (position and (code[position - 1].isalnum() or code[position - 1] == "_")):
            end = code.find(f'){raw.group(1)}"', raw.end())
            if end < 0:
                return "incomplete", ""
            position = end + len(raw.group(1)) + 2
        elif code.startswith("//", position):
            end = code.find("\n", position)
            position = len(code) if end < 0 else end
        elif code.startswith("/*", position):
            end = code.find("*/", position + 2)
            if end < 0:
                return "incomplete", ""
            position = end + 2
        elif character in "\"'":
            if character == "'" and _separates_digits(code, position):
                position += 1
                continue
            end = _end_of_literal(code, position)
            if end is None:
                return "invalid", ""
            position = end
        elif character in "([{":
            open_brackets.append(character)
            position += 1
        elif character in _PAIRS:
            if not open_brackets or open_brackets.pop() != _PAIRS[character]:
                return "invalid", ""
            position += 1
        else:
            position += 1
    if open_brackets:
        return "incomplete", _INDENT * len(open_brackets)
    if code.rstrip(" \t").endswith("\\"):
        return "incomplete", ""
    if re.search(r"(?:^|[};\s])(?:template\s*<[^;{]*>|else|do)\s*$", code):
        return "incomplete", ""
    return "complete", ""


def _separates_digits(code: str, position: int) -> bool:
    """1'000'000 holds no characters."""
    number = re.search(r"(?<![A-Za-z_0-9])(?:\d|\.\d)[0-9A-Za-z_.']*$", code[:position])
    return number is not None and code[position + 1 : position + 2].isalnum()


def _end_of_literal(code: str, position: int) -> int | None:
    quote = code[position]
    position += 1
    while position < len(code):
        if code[position] == "\\":
            position += 2
        elif code[position] == quote:
            return position + 1
        elif code[position] == "\n":
            return None
        else:
            position += 1
    return None
