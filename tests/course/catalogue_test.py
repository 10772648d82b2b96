"""Finding the lesson a reader means."""

import pytest

from saem_course.model import CourseError


@pytest.fixture
def course(sandbox):
    (sandbox.lesson_path.parent / "01_tensorflow_intro.md").write_text("")
    (sandbox.lesson_path.parent / "README.md").write_text("")
    return sandbox.course


@pytest.mark.parametrize("name", [
    "chapter01/03", "ch01.03", "ch1.3", "1/3", "chapter01_basics/03_test_lesson",
    "03_test_lesson.md", "03_test_lesson.en.ipynb", "test_lesson", "03",
])
def test_ways_to_name_a_lesson(course, sandbox, name):
    assert course.find(name) == sandbox.lesson_path


def test_a_path(course, sandbox):
    assert course.find(str(sandbox.lesson_path)) == sandbox.lesson_path


def test_an_unclear_name_lists_what_it_may_be(course):
    with pytest.raises(CourseError, match="may be any of:\n  .*01_tensorflow_intro\n  .*03_test"):
        course.find("chapter01")


@pytest.mark.parametrize("name", ["test_leson", "tets", "ch01.04", "tensorflow_into"])
def test_an_unknown_name_lists_near_ones(course, name):
    with pytest.raises(CourseError, match=f"no lesson '{name}'.*\n  chapter01_basics/0"):
        course.find(name)


def test_a_readme_is_no_lesson(course):
    assert [path.name for path in course.lessons()] == [
        "01_tensorflow_intro.md", "03_test_lesson.md"]
