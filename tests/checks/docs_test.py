"""The docstring check sees what is public and what is not."""

import pytest

from header_reader import declarations


def names(text):
    return [(each.kind, each.name, bool(each.doc)) for each in declarations(text)]


@pytest.mark.parametrize("text", [
    "SAEM_API int f(int x);",
    "template <class T>\n  requires(sizeof(T) > 2)\nT f(T x) { return x; }",
    "[[nodiscard]] constexpr auto f(int x) -> int;",
    "int g;\n/// Documented.\nint h();\n\nint f(int x = 3);",
    "/// Documented.\nint h();\n\nint f(int x);",
    "struct S;\n/// A type.\nclass T {\n public:\n  void f(int x);\n};",
    "/// A type.\nstruct T {\n  static int f(std::pair<int, int> x);\n};",
    "// a common comment\nint f(int x);",
    "extern \"C\" {\nint f(int x);\n}",
])
def test_a_function_without_docstring_is_found(header, text):
    found = header(text)
    assert "function f has no docstring" in found, found
    assert len(found.splitlines()) == 1, found


@pytest.mark.parametrize("text", ["struct S { int x; };", "enum class S { kOne };",
                                  "template <class T>\nclass SAEM_API S final : public T {};"])
def test_a_type_without_docstring_is_found(header, text):
    assert "type S has no docstring" in header(text)


@pytest.mark.parametrize("text", [
    "/// Says what.\nint f(int x);",
    "/// Both.\nint f(int x);\nint f(float x);",                      # a group without blank lines
    "/// Says what.\nint f(int x);\n\nint f(float x);",               # an overload
    "/// Says what.\ntemplate <class T>\nT f(T x) {\n  g(x);\n  return x;\n}",
    "class Forward;\nusing Pointer = void (*)(int);\ninline constexpr int kOne = one(1);",
    "namespace detail {\nint f(int x);\n}",
    "namespace {\nint f(int x);\n}",
    "/// A type.\nclass T {\n  void f(int x);\n protected:\n  void g(int x);\n};",
    "/// A type.\nclass T {\n public:\n  T(int x) : x_{x}, y_(x) {}\n  ~T();\n  int size() const;\n"
    "  T& operator=(const T& other) = default;\n  void f(int) override;\n private:\n"
    "  int x_, y_;\n};",
    "/// A table.\nstruct T {\n  bool (*equal)(const void* a, const void* b);\n"
    "  std::function<int(int)> call = [](int x) { return x; };\n};",
    "#define MACRO(x) \\\n  int f(x)\n",
    "/// A string.\ninline const char* f(int x) { return \"};{ int g(int); \"; }",
])
def test_what_is_documented_private_or_known_passes(header, text):
    assert header(text) == ""


def test_a_parameter_that_is_none_is_found(header):
    found = header("/// Adds.\n/// @param x  one\n/// @param z  other\nint f(int x, int y = 2);")
    assert "@param z is no parameter; there are: x, y" in found
    assert len(found.splitlines()) == 1


def test_parameters_of_a_group_count_together(header):
    assert header("/// Adds.\n/// @param x, y  both\nint f(int x);\nint f(int x, int y);") == ""


def test_a_docstring_of_tags_alone_is_found(header):
    assert "no sentence" in header("/// @param x  one\nint f(int x);")


def test_the_line_is_that_of_the_declaration(header):
    assert header("\n\nint f(int x);").startswith("include/saem/ops/planted.hpp:5: ")


def test_names_and_parameters_are_read():
    text = ("/// Doc.\nTensor pad(const Tensor& x, std::map<int, int> sizes, int (&list)[3],\n"
            "           PadOptions options = {.mode = \"a, b\"}, int = 0);\n")
    (pad,) = declarations(text)
    assert pad.name == "pad"
    assert pad.parameters[:2] == ["x", "sizes"]
    assert "options" in pad.parameters


def test_operators_are_functions():
    text = "T operator()(int x) const;\nbool operator<(T a, T b);\nexplicit operator bool();"
    assert names(text) \
        == [("function", "operator()", False), ("function", "operator<", False),
            ("function", "operatorbool", False)]
