"""A reader of C++ headers: just enough to tell which public declarations have a docstring.

It does not parse C++. It walks the text once, keeps the stack of braces with what opened each
(namespace, class, anything else), and cuts the text between `;` and `}` into declarations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<doc>^[ \t]*///[^\n]*)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
      | (?P<string>R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
      | (?P<blank>\n[ \t]*(?=\n))
      | (?P<newline>\n)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\d(?:[\w.]|'(?=\w))*)
      | (?P<space>[ \t]+)
      | (?P<symbol>::|->|&&|\[\[|\]\]|<=>|.)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE)

# What may stand before a declaration without being its name.
SPECIFIERS = frozenset("""
    inline static constexpr consteval constinit extern explicit virtual friend mutable const
    volatile noexcept override final SAEM_API SAEM_LOCAL
""".split())

HIDDEN_NAMESPACES = frozenset({"detail", "internal"})


@dataclass
class Declaration:
    """One public declaration and the docstring above it."""

    kind: str  # function, type
    name: str
    line: int
    tokens: list[str]
    doc: list[str]
    in_class: str | None

    @property
    def parameters(self) -> list[str]:
        """The names of a function's parameters; unnamed ones are left out."""
        names = []
        for parameter in split_parameters(parameter_tokens(self.tokens)):
            words = before_default(parameter)
            while words and words[-1] == "]":
                del words[words.index("["):]
            if len(words) > 1 and re.fullmatch(r"[A-Za-z_]\w*", words[-1]) \
                    and words[-2] not in ("::", "const", "typename"):
                names.append(words[-1])
        return names

    @property
    def has_parameters(self) -> bool:
        return parameter_tokens(self.tokens) not in ([], ["void"])


@dataclass
class Scope:
    kind: str  # namespace, class, other
    name: str = ""
    public: bool = True
    hidden: bool = False


@dataclass
class Statement:
    """What has been read since the last declaration ended."""

    tokens: list[str] = field(default_factory=list)
    line: int = 0
    doc: list[str] = field(default_factory=list)


def split_parameters(tokens: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        if token in "([{<":
            depth += 1
        elif token in ")]}>":
            depth -= 1
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def before_default(tokens: list[str]) -> list[str]:
    return tokens[:tokens.index("=")] if "=" in tokens else list(tokens)


def opening(tokens: list[str]) -> int:
    """The index of a function's `(`, or -1 where there is none."""
    angle = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token == "operator":
            # operator(), operator<, operator bool: the name ends at the next `(`.
            index += 2 if tokens[index + 1:index + 3] == ["(", ")"] else 0
            while index + 1 < len(tokens) and tokens[index + 1] != "(":
                index += 1
            return index + 1 if index + 1 < len(tokens) else -1
        if token == "requires" and index + 1 < len(tokens) and tokens[index + 1] == "(":
            index = closing(tokens, index + 1)
        elif token in ("decltype", "alignas", "noexcept", "explicit") \
                and tokens[index + 1:index + 2] == ["("]:
            index = closing(tokens, index + 1)
        elif token == "<":
            angle += 1
        elif token == ">":
            angle -= 1
        elif token == "=" and angle == 0:
            return -1
        elif token == "(" and angle == 0:
            # `bool (*equal)(...)` is a variable that points to a function.
            return -1 if tokens[index + 1:index + 2] == ["*"] else index
        index += 1
    return -1


def closing(tokens: list[str], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index] == "(") - (tokens[index] == ")")
        if depth == 0:
            return index
    return len(tokens) - 1


def parameter_tokens(tokens: list[str]) -> list[str]:
    start = opening(tokens)
    return tokens[start + 1:closing(tokens, start)] if start >= 0 else []


def opens_initializer(tokens: list[str]) -> bool:
    """Whether a `{` here belongs to a member in a constructor's list: `: axes_{axis}, ...`."""
    start = opening(tokens)
    return start >= 0 and ":" in tokens[closing(tokens, start):] \
        and re.fullmatch(r"[A-Za-z_]\w*|>", tokens[-1]) is not None


def strip_template(tokens: list[str]) -> list[str]:
    """Without `template <...>` and attributes in front."""
    while tokens:
        if tokens[0] == "template" and tokens[1:2] == ["<"]:
            depth = 0
            for index, token in enumerate(tokens):
                depth += (token == "<") - (token == ">")
                if token == ">" and depth == 0:
                    tokens = tokens[index + 1:]
                    break
            else:
                return []
        elif tokens[0] == "[[":
            tokens = tokens[tokens.index("]]") + 1:] if "]]" in tokens else []
        else:
            break
    return tokens


def function_name(tokens: list[str]) -> str | None:
    start = opening(tokens)
    if start <= 0:
        return None
    if "operator" in tokens[:start]:
        return "operator" + "".join(tokens[tokens.index("operator") + 1:start])
    name = tokens[start - 1]
    if not re.fullmatch(r"[A-Za-z_]\w*", name) or name in SPECIFIERS:
        return None
    return "~" + name if start > 1 and tokens[start - 2] == "~" else name


def type_name(tokens: list[str]) -> str | None:
    """The name of the class, struct, union or enum that `tokens` open."""
    if not tokens or tokens[0] not in ("class", "struct", "union", "enum"):
        return None
    words = []
    for token in tokens[1:]:
        if token in (":", "final", "<"):
            break
        if re.fullmatch(r"[A-Za-z_]\w*", token) and token not in SPECIFIERS | {"class", "struct"}:
            words.append(token)
    return words[-1] if words else ""


def declarations(text: str) -> Iterator[Declaration]:
    """Every public function and type that `text` declares, outside hidden namespaces."""
    scopes = [Scope("namespace")]
    statement = Statement()
    last_doc: list[str] = []  # of the declaration right above, for a group without blank lines
    parens = 0  # open parentheses, and braces of initialisers: nothing in them declares
    initializers = 0
    line = 1

    def visible() -> bool:
        return all(scope.kind != "other" and scope.public and not scope.hidden for scope in scopes)

    def ended(keep_doc: bool = True) -> None:
        nonlocal statement, last_doc
        last_doc = statement.doc if keep_doc else []
        statement = Statement()

    def described(kind: str, name: str) -> Declaration:
        owner = scopes[-1].name if scopes[-1].kind == "class" else None
        return Declaration(kind, name, statement.line, strip_template(statement.tokens),
                           statement.doc or last_doc, owner)

    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "mark" else "string"
        token = match[0]
        if kind == "doc":
            if not statement.tokens:
                statement.doc.append(token.strip()[3:].strip())
        elif kind == "blank":
            if not statement.tokens:
                last_doc = []
                statement.doc = []
        elif kind in ("word", "number", "string", "symbol"):
            if token == "{" and (initializers or opens_initializer(statement.tokens)):
                initializers += 1
                parens += 1
            elif token == "}" and initializers:
                initializers -= 1
                parens -= 1
            elif parens == 0 and token == "{":
                head = strip_template(statement.tokens)
                name = type_name(head)
                if head[:1] == ["namespace"] or head[:2] == ["inline", "namespace"]:
                    names = set(head) - {"namespace", "inline", "::"}
                    scopes.append(Scope("namespace", hidden=not names
                                        or bool(names & HIDDEN_NAMESPACES)))
                    ended(keep_doc=False)
                elif head[:1] == ["extern"] and len(head) == 2:
                    scopes.append(Scope("namespace"))
                    ended(keep_doc=False)
                elif name is not None and opening(head) < 0:
                    if visible() and name:
                        yield described("type", name)
                    is_class = head[0] != "enum"
                    scopes.append(Scope("class" if is_class else "other", name,
                                        public=head[0] != "class"))
                    ended(keep_doc=False)
                else:
                    function = function_name(head)
                    if function is not None and visible():
                        yield described("function", function)
                    scopes.append(Scope("other"))
                    doc = statement.doc or last_doc
                    ended()
                    last_doc = doc
            elif parens == 0 and token == "}":
                if len(scopes) > 1:
                    scopes.pop()
                statement = Statement()
            elif parens == 0 and token == ";":
                if statement.tokens:
                    head = strip_template(statement.tokens)
                    function = function_name(head) if head[:1] not in (
                        ["using"], ["typedef"], ["friend"], ["static_assert"]) else None
                    if function is not None and visible():
                        yield described("function", function)
                    doc = statement.doc or last_doc
                    ended()
                    last_doc = doc
            elif token == ":" and scopes[-1].kind == "class" \
                    and statement.tokens in (["public"], ["private"], ["protected"]):
                scopes[-1].public = statement.tokens == ["public"]
                ended(keep_doc=False)
            else:
                parens += (token == "(") - (token == ")")
                if not statement.tokens:
                    statement.line = line
                statement.tokens.append(token)
        line += token.count("\n")
