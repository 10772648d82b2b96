"""Writes saem-parity's C++ from the case files: one source a theme, and the list of them.

generate.py FOLDER           writes the sources that changed into FOLDER
generate.py --list FOLDER    prints their paths, for the build
"""

from __future__ import annotations

import argparse
from pathlib import Path

import declare

# Expressions in one source: so many compile in a few seconds.
PER_SOURCE = 120


def theme_source(function: str, cases: list[declare.Case]) -> str:
    lines = ['#include "parity/program.hpp"', "", "namespace saem::parity {", "",
             f"void {function}(std::vector<Expression>& list) {{"]
    for case in cases:
        body = case.cpp if "return " in case.cpp else f"return outputs({case.cpp});"
        lines.append(f'  list.push_back({{"{case.name}", []([[maybe_unused]] const Inputs& x, '
                     f"[[maybe_unused]] DType dtype) -> Outputs {{ {body} }}}});")
    return "\n".join(lines + ["}", "", "}  // namespace saem::parity", ""])


def sources() -> dict[str, str]:
    """File names and texts."""
    expressions: dict[str, dict[str, declare.Case]] = {}
    for case in declare.load_cases():
        expressions.setdefault(case.theme, {}).setdefault(case.name, case)
    texts, functions = {}, []
    for theme, by_name in expressions.items():
        cases = list(by_name.values())
        for part, start in enumerate(range(0, len(cases), PER_SOURCE)):
            function = f"list_{theme}_{part}"
            functions.append(function)
            texts[f"{theme}_{part}.cpp"] = theme_source(function, cases[start:start + PER_SOURCE])
    declarations = "\n".join(f"void {name}(std::vector<Expression>& list);" for name in functions)
    calls = "\n".join(f"  {name}(list);" for name in functions)
    texts["all.cpp"] = (
        '#include "parity/program.hpp"\n\nnamespace saem::parity {\n\n' + declarations +
        "\n\nstd::vector<Expression> all_expressions() {\n  std::vector<Expression> list;\n" +
        calls + "\n  return list;\n}\n\n}  // namespace saem::parity\n")
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    texts = sources()
    if not arguments.list:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = arguments.folder / name
            # A source that stays as it was is not compiled again.
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
    else:
        print(";".join(str(arguments.folder / name) for name in texts), end="")


if __name__ == "__main__":
    main()
