"""The parser: what it reads, and that it goes on after each mistake."""

from saem_course.model import CodeCell, MadeBlock, Prose


def test_a_whole_lesson_is_read(sandbox):
    lesson = sandbox.lesson()
    assert lesson.problems == ()
    assert lesson.front.title == {"ko": "시험 강의", "en": "A test lesson"}
    assert lesson.front.minutes["practise"] == 5
    assert [cell.number for cell in lesson.cells] == [1, 2, 3, 4]
    assert len(lesson.prose("ko")) == len(lesson.prose("en")) == 13
    shared = [b for b in lesson.blocks if isinstance(b, Prose) and b.language is None]
    assert [b.text.split("\n")[0] for b in shared] == ["$$y = x^2$$"]
    assert [b.kind for b in lesson.blocks if isinstance(b, MadeBlock)] == ["card", "expectations"]


def test_lines_point_into_the_source(sandbox):
    lesson = sandbox.lesson()
    lines = lesson.text.split("\n")
    for block in lesson.blocks:
        first = lines[block.line - 1]
        if isinstance(block, CodeCell):
            assert first == "```cpp"
        elif isinstance(block, Prose):
            assert first == block.text.split("\n")[0]
        else:
            assert first == f"::: {block.kind}"
    for expectation in lesson.expectations:
        assert lines[expectation.line - 1].startswith("//expect")


def test_expectations_leave_the_code(sandbox):
    first, second = sandbox.lesson().cells[:2]
    assert first.source == "x = 3.0"
    assert [e.relation for e in second.expectations] == ["~", "output"]


def test_a_fence_inside_prose_hides_directives(sandbox):
    text = sandbox.change("We look.", "We look.\n```text\n:::\n```\n")
    lesson = sandbox.lesson(text)
    assert lesson.problems == ()
    assert ":::" in lesson.prose("en")[0].text


def mistakes(sandbox, old, new):
    return [f"{p.line}: {p.what}" for p in sandbox.lesson(sandbox.change(old, new)).problems]


def test_each_mistake_is_found_at_its_line(sandbox):
    line = sandbox.lesson().text.split("\n").index("::: ko") + 1
    assert mistakes(sandbox, "::: ko", "::: kr") == [f"{line}: unknown block '::: kr'"]
    assert mistakes(sandbox, "기울기(gradient)를 구한다. [코드](../../src/tape.cpp#grow)\n:::",
                    "글") == [f"{line}: '::: ko' is not closed"]
    assert "':::' closes nothing" in mistakes(sandbox, "::: card", ":::")[0]
    assert "holds text" in mistakes(sandbox, "::: card", "::: card\nfacts")[0]
    assert "a cpp cell inside" in mistakes(sandbox, "We look.", "We look.\n```cpp\nint x;\n```")[0]
    assert "outside a cell" in mistakes(sandbox, "$$y = x^2$$", "//expect y > 1")[0]
    assert "is no expectation" in mistakes(sandbox, "x == 3", "x is 3")[0]


def test_front_matter_mistakes(sandbox):
    assert "no front matter" in mistakes(sandbox, "---\n", "")[0]
    assert "'title' is missing" in mistakes(sandbox, "title: {ko: 시험 강의, en: A test lesson}\n",
                                            "title: {ko: 시험 강의}\n")[0]
    assert "unknown key 'author'" in mistakes(sandbox, "needs:", "author: me\nneeds:")[0]
    assert "not YAML" in mistakes(sandbox, "needs: [", "needs: [[")[0]
    assert "'papers' is no list" in mistakes(sandbox, 'papers: ["Linnainmaa 1970"]',
                                             "papers: Linnainmaa")[0]


def test_an_open_cell_is_found(sandbox):
    text = sandbox.lesson().text.rstrip() + "\n\n```cpp\nx\n"
    assert "the cell is not closed" in [p.what for p in sandbox.lesson(text).problems]
