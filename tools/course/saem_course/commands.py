"""The commands: lint, build, run, check."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from saem_course.catalogue import Course
from saem_course.execution import BUDGET_SECONDS, DEFAULT_KERNEL, CellResult, Run, execute
from saem_course.expectations import Verdict
from saem_course.lint import lint
from saem_course.model import LANGUAGES, CourseError, Lesson, Problem, Severity
from saem_course.notebook import why_not_current, write_notebooks
from saem_course.page import write_page
from saem_course.source import read_lesson

REPOSITORY = Path(__file__).resolve().parents[3]


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    # nbclient logs a failing cell's traceback by itself; ours names the source line as well.
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    course = Course(options.root.resolve())
    try:
        return options.command(options, course)
    except CourseError as error:
        _print_problems(error.problems)
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course.py", description="Checks, runs and builds the lessons of the course.")
    parser.add_argument("--root", type=Path, default=REPOSITORY,
                        help="the repository (default: the one this tool is in)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function, text: str, runs: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=function)
        if runs:
            command.add_argument("--kernel", default=DEFAULT_KERNEL, metavar="NAME",
                                 help=f"the Jupyter kernel (default: {DEFAULT_KERNEL})")
            command.add_argument("--timeout", type=float, default=120.0, metavar="SECONDS",
                                 help="the longest a cell may take (default: 120)")
        return command

    some = dict(nargs="*", metavar="LESSON", help="default: all lessons")
    add("lint", run_lint, "Checks the source of lessons.", runs=False).add_argument(
        "lessons", **some)
    build = add("build", run_build, "Runs lessons that are not current; writes their notebooks.")
    build.add_argument("lessons", **some)
    build.add_argument("--force", action="store_true", help="build current lessons too")
    run = add("run", run_run, "Runs one lesson; writes its notebooks and one HTML page.")
    run.add_argument("lesson", metavar="LESSON",
                     help="a path, chapter01/03, ch01.03, or a unique part of the name")
    run.add_argument("--page", type=Path, metavar="FILE",
                     help="the HTML page (default: build/course/<chapter>/<lesson>.html)")
    check = add("check", run_check, "Lints all lessons; reruns what is not current and compares "
                                    "what its //expect lines state. Writes nothing.")
    check.add_argument("lessons", **some)
    check.add_argument("--force", action="store_true", help="rerun current lessons too")
    return parser


def run_lint(options: argparse.Namespace, course: Course) -> int:
    lessons = _lessons(options.lessons, course)
    errors = sum(_lint_errors(lesson, course) for lesson in lessons)
    errors += _glossary_errors(course)
    print(f"{len(lessons)} lessons, {errors} errors")
    return 1 if errors else 0


def run_build(options: argparse.Namespace, course: Course) -> int:
    failed = 1 if _glossary_errors(course) else 0
    for lesson in _lessons(options.lessons, course):
        name = course.name_of(lesson.path)
        if _lint_errors(lesson, course):
            failed = 1
            continue
        if not options.force and why_not_current(lesson, course) is None:
            print(f"{name}: current")
            continue
        run = _execute(lesson, options)
        if run is None or not _report(run, course, only_failures=True):
            failed = 1
            continue
        try:
            written = write_notebooks(run, course)
        except CourseError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = 1
            continue
        print(f"{name}: built in {run.seconds:.1f} s: {', '.join(p.name for p in written)}")
    return failed


def run_run(options: argparse.Namespace, course: Course) -> int:
    lesson = read_lesson(course.find(options.lesson))
    if _lint_errors(lesson, course) or _glossary_errors(course):
        raise CourseError(f"{course.name_of(lesson.path)} was not run; mend the errors above")
    run = _execute(lesson, options)
    if run is None:
        return 1
    passed = _report(run, course)
    page = options.page or (course.root / "build" / "course" / lesson.path.parent.name /
                            f"{lesson.path.stem}.html")
    print(f"page       {_shown(write_page(run, course, page), course)}")
    if not passed:
        print("the notebooks were left as they are, because expectations were missed")
        return 1
    for path in write_notebooks(run, course):
        print(f"notebook   {_shown(path, course)}")
    return 0


def run_check(options: argparse.Namespace, course: Course) -> int:
    failed = 1 if _glossary_errors(course) else 0
    for lesson in _lessons(options.lessons, course):
        name = course.name_of(lesson.path)
        if _lint_errors(lesson, course):
            failed = 1
            continue
        reason = why_not_current(lesson, course)
        for language in LANGUAGES:
            if not lesson.notebook_path(language).is_file():
                failed = 1
                print(f"{name}: {lesson.notebook_path(language).name} is missing; "
                      f"run: course.py build {name}", file=sys.stderr)
        if reason is None and not options.force:
            print(f"{name}: current")
            continue
        run = _execute(lesson, options)
        if run is None or not _report(run, course, only_failures=True):
            failed = 1
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="saem-check-") as folder:
                write_notebooks(run, course, Path(folder))
        except CourseError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = 1
            continue
        count = len(run.verdicts)
        print(f"{name}: {count} expectations hold, {run.seconds:.1f} s" +
              (f" ({reason}; run: course.py build {name})" if reason else ""))
    return failed


def _lessons(names: list[str], course: Course) -> list[Lesson]:
    paths = [course.find(name) for name in names] if names else course.lessons()
    return [read_lesson(path) for path in dict.fromkeys(paths)]


def _lint_errors(lesson: Lesson, course: Course) -> int:
    problems = lint(lesson, course)
    _print_problems(problems)
    return sum(problem.severity is Severity.ERROR for problem in problems)


def _glossary_errors(course: Course) -> int:
    _print_problems(list(course.glossary.problems))
    return len(course.glossary.problems)


def _print_problems(problems: list[Problem]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)


def _execute(lesson: Lesson, options: argparse.Namespace) -> Run | None:
    """The run, or None after saying which cell stopped it, so that other lessons go on."""
    def progress(result: CellResult, count: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if result.cell.number == count else ""
            print(f"\rcell {result.cell.number}/{count} {result.seconds:7.2f} s", end=end,
                  file=sys.stderr, flush=True)

    try:
        return execute(lesson, options.kernel, options.timeout, progress)
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return None


def _report(run: Run, course: Course, only_failures: bool = False) -> bool:
    """Prints each verdict and the sum of them; true if all expectations hold."""
    for verdict in run.verdicts:
        if not verdict.passed or not only_failures:
            print(_verdict_line(run, verdict, course),
                  file=sys.stdout if verdict.passed else sys.stderr)
    if not only_failures:
        held = sum(verdict.passed for verdict in run.verdicts)
        slowest = max(run.cells, key=lambda result: result.seconds, default=None)
        slow = f", slowest: cell {slowest.cell.number}, {slowest.seconds:.1f} s" if slowest else ""
        print(f"total      {run.seconds:.1f} s, {len(run.cells)} cells, {held} of "
              f"{len(run.verdicts)} expectations hold{slow}")
    if run.seconds > BUDGET_SECONDS:
        print(f"warning: {run.seconds:.0f} s is more than a lesson's {BUDGET_SECONDS:.0f} s",
              file=sys.stderr)
    return run.passed


def _verdict_line(run: Run, verdict: Verdict, course: Course) -> str:
    expectation = verdict.expectation
    mark = "ok" if verdict.passed else "MISSED"
    place = f"{_shown(run.lesson.path, course)}:{expectation.line}"
    if expectation.is_text:
        what = f'{expectation.relation} "{expectation.bounds[0]}"'
        return f"{mark:<10} {what}" + ("" if verdict.passed else
                                       f"; came: {verdict.detail}  ({place})")
    wanted = expectation.described()
    return f"{mark:<10} {expectation.expression} = {verdict.measured}, expected {wanted}" + (
        "" if verdict.passed else f"  ({place})")


def _shown(path: Path, course: Course) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path
