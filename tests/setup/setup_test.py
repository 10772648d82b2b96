"""Setup, build, lessons and tests: each step once, again only when what it came from changed."""

import fcntl
import re
import shutil
import subprocess
import time

import pytest

from usage_test import assert_one_line

LESSON = "course/chapter01_basics/03_automatic_differentiation"


def kinds(project):
    """The steps that did real work, by what they called."""
    marks = {"install": "apt-get ", "venv": "python -m venv", "configure": "cmake --preset",
             "build": "cmake --build", "kernel": "python -m saem_kernel.install",
             "lesson": "python tools/course/course.py run", "tests": "ctest "}
    return [kind for call in project.calls() for kind, mark in marks.items()
            if call.startswith(mark)]


def test_learn_does_everything_once_and_then_only_what_is_quick(project):
    first = project.saem("learn", "--no-browser")
    assert first.returncode == 0, first.stderr
    assert kinds(project) == ["install", "venv", "configure", "build", "kernel", "lesson"]
    for number in range(1, 7):
        assert re.search(rf"^\[{number}/6\] .* \.\.\. ", first.stdout, re.MULTILINE)
    assert len(re.findall(r", \d+(\.\d)? s$", first.stdout, re.MULTILINE)) == 6
    assert f"notebook:   {LESSON}.ipynb\n" in first.stdout
    assert f"notebook:   {LESSON}.en.ipynb\n" in first.stdout
    assert "JupyterLab: ./saem learn chapter01_basics/03" in first.stdout
    assert "accuracy 0.84" in first.stdout
    start = time.monotonic()
    second = project.saem("learn", "--no-browser")
    assert second.returncode == 0
    assert kinds(project) == ["build", "kernel"]
    assert time.monotonic() - start < 5
    assert "lesson chapter01_basics/03_automatic_differentiation.md ... current" in second.stdout


@pytest.mark.parametrize(("path", "repeated"), [
    ("requirements.txt", ["venv", "build", "kernel"]),
    ("CMakePresets.json", ["configure", "build", "kernel"]),
    (f"{LESSON}.md", ["build", "kernel", "lesson"]),
    ("tools/kernel/kernel.py", ["build", "kernel", "lesson"]),
    ("build/release/libsaem.so", ["build", "kernel", "lesson"]),
])
def test_a_change_repeats_what_depends_on_it(project, path, repeated):
    project.saem("learn", "--no-browser")
    project.write(path, "changed\n")
    project.saem("learn", "--no-browser")
    assert kinds(project) == repeated
    project.saem("learn", "--no-browser")
    assert kinds(project) == ["build", "kernel"]


def test_a_moved_project_is_set_up_anew(project):
    project.saem("learn", "--no-browser")
    moved = project.root.parent / "elsewhere"
    shutil.move(project.root, moved)
    project.root = moved
    assert project.saem("build").returncode == 0
    assert kinds(project) == ["configure", "build"]
    project.saem("test")
    assert kinds(project) == ["venv", "build", "kernel", "tests"]


def test_only_the_tests_install_what_they_need(project):
    project.saem("learn", "--no-browser")
    assert not [call for call in project.calls("python") if "requirements-test.txt" in call]
    project.saem("test")
    (call,) = [call for call in project.calls("python") if "requirements-test.txt" in call]
    assert "--requirement requirements.txt" in call
    assert "venv" not in kinds(project)
    project.saem("test")
    assert not [call for call in project.calls("python") if "pip" in call]
    project.write("requirements-test.txt", "reference==2\n")
    project.saem("learn", "--no-browser")
    assert not [call for call in project.calls("python") if "pip" in call]
    project.saem("test")
    assert [call for call in project.calls("python") if "requirements-test.txt" in call]


def test_no_network_for_the_tests_requirements_is_told_and_tried_again(project):
    project.saem("learn", "--no-browser")
    python = project.root / ".venv/bin/python"
    good = python.read_text()
    python.write_text("#!/bin/bash\n"
                      "if [[ $* == *pip* ]]; then echo NewConnectionError; exit 1; fi\n")
    assert_one_line(project.saem("test"), "the network cannot be reached", "build/logs/python.log")
    python.write_text(good)
    assert project.saem("test").returncode == 0
    assert [call for call in project.calls("python") if "requirements-test.txt" in call]


def test_an_environment_that_was_cut_short_is_made_again(project):
    failed = project.saem("test", FAIL_python="")
    assert failed.returncode == 0
    (project.root / ".venv/.requirements.sha256").unlink()
    project.saem("test")
    assert "venv" in kinds(project)


def test_no_network_for_pip_is_one_clear_line(project):
    project.fake("python", 'if [[ $* == --version ]]; then echo Python 3.11.2; fi\n'
                 'if [[ $* == *venv* ]]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
                 'if [[ $* == *pip* ]]; then echo "NewConnectionError: no"; exit 1; fi\n')
    assert_one_line(project.saem("test"), "the network cannot be reached", "build/logs/python.log")
    assert not (project.root / ".venv/.requirements.sha256").exists()


def test_a_python_that_is_too_old_is_told(project):
    project.fake("python", 'if [[ $* == --version ]]; then echo Python 3.9.2; fi\n'
                 'if [[ $1 == -c ]]; then exit 1; fi\n')
    assert_one_line(project.saem("test"), "Python 3.9.2 is too old; Python 3.11")


def test_a_failing_build_shows_its_first_error_and_the_log(project):
    project.fake("cmake", 'if [[ $1 == --build ]]; then\n'
                 'echo "x.cpp:1:2: error: no"; seq 99; exit 1\nfi\n'
                 'mkdir -p "build/$2"; touch "build/$2/build.ninja"\n')
    ran = project.saem("build")
    assert ran.returncode == 1
    assert "1:x.cpp:1:2: error: no" in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("saem: the build (release) failed")
    assert "build/logs/build-release.log" in ran.stderr
    assert "build (release) ... failed, " in ran.stdout


@pytest.mark.parametrize("preset", ["release", "debug", "asan", "clang"])
def test_build_takes_a_preset(project, preset):
    assert project.saem("build", preset).returncode == 0
    assert project.calls(f"cmake --preset {preset} --fresh -DCMAKE_C_COMPILER_LAUNCHER=ccache")
    assert project.calls(f"cmake --build --preset {preset} --parallel 3")


def test_without_ccache_it_builds_all_the_same(project):
    project.remove("ccache")
    assert project.saem("build").returncode == 0
    assert project.calls("cmake --preset") == ["cmake --preset release --fresh"]


@pytest.mark.parametrize("name", [
    "1/3", "01/03", "ch01.03", "chapter01/03", "differentiation", "chapter01", f"{LESSON}.md",
    f"{LESSON}", f"{LESSON}.ipynb", f"{LESSON}.en.ipynb"])
def test_a_lesson_has_many_names(project, name):
    assert project.saem("run", name).returncode == 0
    (call,) = project.calls("python tools/course")
    assert call == f"python tools/course/course.py run {LESSON}.md"


def test_a_lesson_is_found_from_where_the_reader_stands(project):
    folder = project.root / "course/chapter02_models"
    assert project.saem("run", "01_sequential.md", cwd=folder).returncode == 0
    assert project.calls("python tools/course")[0].endswith("chapter02_models/01_sequential.md")


def test_a_lesson_that_fails_fails_the_command_and_runs_again(project):
    project.lines("lesson_code", "3")
    for _ in range(2):
        ran = project.saem("learn", "--no-browser")
        assert ran.returncode == 3
        assert "did not come out as it must" in ran.stderr
        assert "lesson" in kinds(project)


def test_learn_opens_the_notebook_in_the_readers_language(project):
    project.saem("learn", "--no-browser")
    jupyter = project.write(".venv/bin/jupyter", '#!/bin/bash\necho "jupyter $*"\n')
    jupyter.chmod(0o755)
    english = project.saem("learn", "--port", "9000")
    assert f"--allow-root --port 9000 {LESSON}.en.ipynb" in english.stdout
    assert f" {LESSON}.ipynb" in project.saem("learn", LC_ALL="ko_KR.UTF-8").stdout


def test_the_summary_of_passing_tests_is_the_last_line(project):
    ran = project.saem("test")
    assert ran.returncode == 0
    assert re.fullmatch(r"saem: all 57 tests passed, \d\.\d s", ran.stdout.splitlines()[-1])
    assert project.calls("ctest") == ["ctest --preset release --parallel 3"]


def test_failing_tests_give_their_code_and_one_line(project):
    project.lines("ctest_output", "95% tests passed, 3 tests failed out of 57")
    project.lines("ctest_code", "8")
    ran = project.saem("test")
    assert ran.returncode == 8
    assert_one_line(ran, "3 of 57 tests failed", "build/logs/tests.log")


def test_a_filter_that_matches_nothing_is_told(project):
    project.lines("ctest_output", "No tests were found!!!")
    project.lines("ctest_code", "8")
    assert_one_line(project.saem("test", "nosuch"), "no test ran: none matches nosuch")
    assert project.calls("ctest") == ["ctest --preset release --parallel 3 --tests-regex nosuch"]


def test_in_ci_the_last_word_is_ctests(project):
    ran = project.saem("test", CI="true")
    assert ran.stdout.splitlines()[-1].startswith("Total Test time")


def test_one_saem_at_a_time(project):
    project.saem("build")
    with open(project.root / "build/.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen([str(project.root / "saem"), "build"], cwd=project.root,
                                   env=project.environment, stdout=subprocess.PIPE, text=True)
        assert "waiting" in waiting.stdout.readline()
        assert waiting.poll() is None
    rest, _ = waiting.communicate(timeout=30)
    assert waiting.returncode == 0
    assert "[3/3] build" in rest


def test_a_home_that_cannot_be_written_is_worked_around(project):
    project.saem("build", HOME="/nonexistent")
    assert project.calls(f"env CCACHE_DIR={project.root}/build/state/ccache")
    project.saem("build")
    assert project.calls("env CCACHE_DIR= ")


def test_data_sets_beside_the_checkout_are_used_unless_the_user_chose(project):
    project.saem("build")
    assert project.calls("env")[0].endswith("SAEM_DATA=")
    beside = project.root.parent / "shared/datasets"
    beside.mkdir(parents=True)
    project.saem("build")
    assert project.calls("env")[0].endswith(f"SAEM_DATA={beside}")
    project.saem("build", SAEM_DATA="/my data")
    assert project.calls("env")[0].endswith("SAEM_DATA=/my data")


@pytest.mark.parametrize(("memory_gib", "processors", "jobs"), [
    (64, 8, 8), (6, 8, 4), (1, 8, 1), (64, 1, 1)])
def test_jobs_are_bounded_by_processors_and_memory(project, memory_gib, processors, jobs):
    script = (f"root=. && source tools/setup/console.sh && source tools/setup/machine.sh && "
              f"nproc() {{ echo {processors}; }} && "
              f"available_memory_kib() {{ echo {memory_gib * 1048576}; }} && job_count")
    ran = subprocess.run(["bash", "-c", script], cwd=project.root, capture_output=True, text=True,
                         check=True)
    assert ran.stdout == f"{jobs}\n"


def test_a_wrong_number_of_jobs_is_told(project):
    assert_one_line(project.saem("build", SAEM_JOBS="0"), "SAEM_JOBS is '0'")


def test_clean_leaves_the_environment_unless_all_is_asked(project):
    project.saem("learn", "--no-browser")
    assert project.saem("clean").returncode == 0
    assert [path.name for path in (project.root / "build").iterdir()] == [".lock"]
    assert (project.root / ".venv").is_dir()
    assert project.saem("clean", "--all").returncode == 0
    assert not (project.root / ".venv").exists()
    assert (project.root / "course").is_dir()


def test_doctor_names_what_is_missing_and_changes_nothing(project):
    ran = project.saem("doctor")
    assert ran.returncode == 1
    for missing in ("packages     MISSING: g++ old-name|new-name", "python       MISSING",
                    "kernel       MISSING", "library      MISSING"):
        assert missing in ran.stdout
    assert ran.stderr.startswith("saem: 4 of the above missing; ")
    assert not project.calls("apt-get") and not project.calls("cmake --preset")
    assert not (project.root / ".venv").exists()


def test_doctor_is_content_when_everything_is_there(project):
    project.saem("learn", "--no-browser")
    project.write(".venv/share/jupyter/kernels/saem/kernel.json", "{}")
    program = project.write("build/release/tools/saem-doctor", "#!/bin/bash\necho threads 2\n")
    program.chmod(0o755)
    ran = project.saem("doctor")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "threads 2" in ran.stdout
    assert ran.stdout.endswith("everything is in place\n")


def test_bench_runs_what_its_name_says_with_the_arguments(project):
    for name in ("matmul_benchmark", "add_benchmark"):
        path = project.write(f"build/release/benchmarks/{name}",
                             f'#!/bin/bash\necho "{name}: $*"\n')
        path.chmod(0o755)
    ran = project.saem("bench", "matmul", "--", "--benchmark_filter=64 x")
    assert "matmul_benchmark: --benchmark_filter=64 x" in ran.stdout
    assert "add_benchmark" not in ran.stdout
    assert project.calls("python") == []
    assert "add_benchmark: \n" in project.saem("bench").stdout
    assert_one_line(project.saem("bench", "conv"), "there are: add_benchmark matmul_benchmark")


def test_bench_prints_tables_with_what_is_installed_for_them(project):
    program = project.write("build/release/benchmarks/add_benchmark", "#!/bin/bash\necho ran\n")
    program.chmod(0o755)
    project.write("requirements-peers.txt", "peer==1\n")
    ran = project.saem("bench", "add", "--quick")
    assert ran.stdout.endswith("== add_benchmark\nran\n")
    assert project.calls("python benchmarks") == ["python benchmarks/table.py --quick -- add"]
    assert not any("peer" in call for call in project.calls())
    ran = project.saem("bench", "--tables", "--with-peers")
    assert "ran" not in ran.stdout.splitlines()
    peers = project.root / "build/peers-venv/bin/python"
    assert any("requirements-peers.txt" in call for call in project.calls("python -m pip"))
    assert project.calls("python benchmarks") == [
        f"python benchmarks/table.py --peers {peers} -- "]
    project.saem("bench", "--tables", "--with-peers")
    assert project.calls("python -m pip") == []
    project.write("requirements-peers.txt", "peer==2\n")
    project.saem("bench", "--tables", "--with-peers")
    assert project.calls("python -m pip") != []


def test_ci_asks_nobody(project, tmp_path):
    from conftest import PROJECT

    (project.root / ".ci").mkdir()
    shutil.copy(PROJECT / ".ci/run", project.root / ".ci/run")
    (project.root / "saem").write_text(
        '#!/bin/bash\nread -r line && echo "read $line"\n'
        'echo "$* CI=$CI DEBIAN_FRONTEND=$DEBIAN_FRONTEND in $PWD"\nexit 5\n')
    ran = subprocess.run([str(project.root / ".ci/run")], cwd=tmp_path, input="a line\n",
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 5
    assert ran.stdout == f"test CI=true DEBIAN_FRONTEND=noninteractive in {project.root}\n"
