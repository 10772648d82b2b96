"""What ./saem says: the help, and one clear line for whatever is wrong."""

import re
import subprocess

import pytest

COMMANDS = ["learn", "test", "run", "doctor", "build", "bench", "new-op", "clean"]


def assert_one_line(ran, *parts):
    """Failed, with exactly one line on stderr that has all of `parts`."""
    assert ran.returncode != 0
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert ran.stderr.startswith("saem: ")
    for part in parts:
        assert part in ran.stderr


def test_help_is_what_one_gets_without_arguments(project):
    pages = {project.saem(*arguments).stdout for arguments in ([], ["help"], ["--help"], ["-h"])}
    assert len(pages) == 1
    (page,) = pages
    for command in COMMANDS:
        assert re.search(rf"^  {command}\b", page, re.MULTILINE)
    assert all(len(line) <= 100 for line in page.splitlines())
    assert project.calls() == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_and_does_nothing_else(project, command):
    page = project.saem(command, "--help")
    assert page.returncode == 0
    assert page.stdout.startswith(f"usage: ./saem {command}")
    assert project.saem("help", command).stdout == page.stdout
    assert project.calls() == []
    assert not (project.root / "build").exists()


def test_version(project):
    assert project.saem("--version").stdout == "saem 1.2.3\n"
    assert project.saem("version").stdout == "saem 1.2.3\n"


@pytest.mark.parametrize(("word", "meant"), [
    ("lern", "learn"), ("leanr", "learn"), ("tests", "test"), ("biuld", "build"), ("ru", "run"),
    ("docter", "doctor"), ("newop", "new-op"), ("Help", "help"),
])
def test_a_near_miss_is_answered_with_what_was_meant(project, word, meant):
    ran = project.saem(word)
    assert_one_line(ran, f"unknown command '{word}', did you mean '{meant}'?")
    assert ran.returncode == 2


@pytest.mark.parametrize("word", ["frobnicate", "x", "--colour", "", "*"])
def test_a_far_miss_gets_no_suggestion(project, word):
    ran = project.saem(word)
    assert_one_line(ran, f"unknown command '{word}'; ./saem help lists the commands")


@pytest.mark.parametrize(("arguments", "message"), [
    (["learn", "--no-brwser"], "did you mean '--no-browser'?"),
    (["learn", "--port", "many"], "--port needs a number"),
    (["learn", "--port"], "--port needs a number"),
    (["learn", "--port=70000"], "--port needs a number"),
    (["learn", "1/3", "2/1"], "one lesson at a time"),
    (["learn", "nosuch"], "no lesson is called 'nosuch'; there are: chapter01_basics/03_automatic"),
    (["learn", "chapter0"], "'chapter0' could be any of: chapter01_basics/03_automatic"),
    (["run"], "one lesson is needed"),
    (["run", "9/9"], "no lesson is called '9/9'"),
    (["build", "relase"], "did you mean 'release'?; presets: release debug asan tsan clang"),
    (["build", "a", "b"], "one preset at most"),
    (["test", "a", "b"], "one filter at most"),
    (["clean", "all"], "did you mean '--all'?"),
    (["bench", "a", "b"], "come after --"),
    (["bench", "--with-peer"], "did you mean '--with-peers'?"),
    (["new-op"], "the name of the operation is needed"),
    (["doctor", "x"], "takes no argument"),
    (["help", "lern"], "did you mean 'learn'?"),
])
def test_wrong_arguments_are_told_before_anything_is_done(project, arguments, message):
    assert_one_line(project.saem(*arguments), message)
    assert project.calls() == []


@pytest.mark.parametrize(("left", "right", "distance"), [
    ("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("learn", "learn", 0),
    ("lern", "learn", 1), ("leanr", "learn", 2), ("*", "a", 1), ("?", "?", 0),
])
def test_edit_distance(project, left, right, distance):
    script = 'root=. && source tools/setup/console.sh && edit_distance "$1" "$2"'
    ran = subprocess.run(["bash", "-c", script, "bash", left, right], cwd=project.root,
                         capture_output=True, text=True, check=True)
    assert ran.stdout == f"{distance}\n"


@pytest.mark.parametrize("tool", ["flock", "cmake", "ninja"])
def test_a_missing_tool_is_named(project, tool):
    project.remove(tool)
    assert_one_line(project.saem("build"), f"the tool '{tool}' is missing")


def test_a_missing_python_is_named(project):
    assert_one_line(project.saem("test", SAEM_PYTHON="/nowhere/python3"), "/nowhere/python3")


def test_a_checkout_without_new_op_says_so(project):
    project.fake("python3")
    assert_one_line(project.saem("new-op", "softplus"), "tools/new_op/new_op.py is missing")


def test_new_op_gets_its_arguments(project):
    project.fake("python3", 'printf "<%s>" "$@"\n')
    project.write("tools/new_op/new_op.py", "a program\n")
    assert project.saem("new-op", "soft plus", "--help-me").stdout \
        == "<tools/new_op/new_op.py><soft plus><--help-me>"


def test_it_works_from_elsewhere_and_through_a_link(project, tmp_path):
    link = tmp_path / "saem-link"
    link.symlink_to(project.root / "saem")
    ran = subprocess.run([str(link), "--version"], cwd="/", env=project.environment,
                         capture_output=True, text=True, check=False)
    assert ran.stdout == "saem 1.2.3\n"
