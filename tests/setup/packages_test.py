"""Debian packages: only the missing ones, root only then, and a cure for every way to fail."""

from pathlib import Path

import pytest

from usage_test import assert_one_line

PROJECT = Path(__file__).resolve().parents[2]


def installs(project):
    return [call.split(" --no-install-recommends ")[1].split()
            for call in project.calls("apt-get ") if " install " in call]


def test_missing_packages_are_installed_once_by_the_name_that_this_release_knows(project):
    ran = project.saem("build")
    assert ran.returncode == 0, ran.stderr
    assert installs(project) == [["g++", "new-name"]]
    assert "[1/3] Debian packages ... 2 installed, " in ran.stdout
    assert not any(" update" in call for call in project.calls("apt-get"))
    again = project.saem("build")
    assert project.calls("apt-get") == []
    assert "[1/3] Debian packages ... all here, " in again.stdout


def test_what_is_there_is_not_installed_again(project):
    project.lines("installed", "bash", "old-name")
    project.saem("build")
    assert installs(project) == [["g++"]]


def test_lists_are_fetched_when_a_package_is_not_known(project):
    project.lines("available", "g++")
    project.lines("after_update", "old-name")
    assert project.saem("build").returncode == 0
    kinds = ["update" if " update" in call else "install" for call in project.calls("apt-get")]
    assert kinds == ["update", "install"]
    assert installs(project) == [["g++", "old-name"]]


def test_a_release_without_a_package_is_told_which(project):
    project.lines("available", "g++")
    ran = project.saem("build")
    assert ran.returncode == 1
    assert "package sources do not have: old-name|new-name; Debian 12" in ran.stderr
    assert installs(project) == []


@pytest.mark.parametrize("said", [
    "Err:1 http://deb.debian.org Temporary failure resolving 'deb.debian.org'",
    "E: Could not connect to deb.debian.org:80 (1.2.3.4), connection timed out",
])
def test_no_network_is_one_clear_line(project, said):
    ran = project.saem("build", FAIL_apt_get=said)
    assert_one_line(ran, "the network cannot be reached", "build/logs/packages.log")


def test_any_other_failure_shows_the_end_of_the_log(project):
    ran = project.saem("build", FAIL_apt_get="E: dpkg was interrupted")
    assert ran.returncode == 1
    assert "E: dpkg was interrupted" in ran.stderr
    assert ran.stderr.splitlines()[-1].endswith("the whole log: build/logs/packages.log")


def test_without_root_and_sudo_the_command_is_named(project):
    project.fake("id", "echo 1000\n")
    assert_one_line(project.saem("build"), "needs root and there is no sudo",
                    "apt-get install --no-install-recommends g++ new-name")
    assert project.calls("apt-get") == []


def test_a_password_that_nobody_can_type_is_told(project):
    project.fake("id", "echo 1000\n")
    project.fake("sudo", "exit 1\n")
    assert_one_line(project.saem("build"), "sudo wants a password", "g++ new-name")
    assert project.calls("apt-get") == []


def test_sudo_is_used_where_needed_and_only_then(project):
    project.fake("id", "echo 1000\n")
    project.fake("sudo", '[[ $1 == --non-interactive ]] && exit 0\nshift\nexec "$@"\n')
    assert project.saem("build").returncode == 0
    assert installs(project) == [["g++", "new-name"]]
    assert project.calls("sudo -- env DEBIAN_FRONTEND=noninteractive apt-get")
    project.saem("build")
    assert project.calls("sudo") == []


def test_a_system_without_apt_is_told_so(project):
    project.remove("apt-get")
    assert_one_line(project.saem("build"), "no apt", "SAEM_SKIP_PACKAGES=1")
    assert project.saem("build", SAEM_SKIP_PACKAGES="1").returncode == 0


def test_every_package_has_a_reason():
    lines = (PROJECT / "tools/setup/packages.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert len(packages) > 20
    for line in packages:
        name, _, reason = line.partition("#")
        assert len(reason.split()) >= 1, line
        assert " " not in name.strip(), line


def pinned_packages(name):
    lines = (PROJECT / name).read_text().splitlines()
    packages = [line.partition("#")[0].strip() for line in lines]
    return [package for package in packages if package]


def test_every_python_package_is_pinned_exactly():
    course, tests = map(pinned_packages, ("requirements.txt", "requirements-test.txt"))
    assert "clang-format==14.0.6" in course
    assert not {line.partition("==")[0] for line in course} & {
        line.partition("==")[0] for line in tests}
    for package in course + tests:
        name, _, version = package.partition("==")
        assert name and version[0].isdigit() and "*" not in version, package
