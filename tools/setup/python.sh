# The Python environment in .venv, made anew only when its pinned requirements change; for the tests
# requirements-test.txt is added to it.
# shellcheck shell=bash

# Debian's own, not whatever a version manager put before it in PATH.
system_python=${SAEM_PYTHON:-/usr/bin/python3}
python=$root/.venv/bin/python

# The environment holds absolute paths: its place and its interpreter belong to what it is.
python_environment_hash() {
  { cat requirements.txt; "$system_python" --version; echo "$root"; } | sha256sum | cut -d ' ' -f 1
}

python_environment_is_current() {
  [[ -x $python && -r .venv/.requirements.sha256 ]] &&
    [[ $(<.venv/.requirements.sha256) == "$(python_environment_hash)" ]]
}

test_requirements_hash() {
  { python_environment_hash; cat requirements-test.txt; } | sha256sum | cut -d ' ' -f 1
}

test_requirements_are_current() {
  [[ -r .venv/.requirements-test.sha256 ]] &&
    [[ $(<.venv/.requirements-test.sha256) == "$(test_requirements_hash)" ]]
}

# make_python_environment [tests]
make_python_environment() {
  begin_step "Python environment"
  need_tool "$system_python" "the package python3 has it"
  local for_tests=${1:-}
  if python_environment_is_current &&
    { [[ -z $for_tests ]] || test_requirements_are_current; }; then
    end_step "current"
    return
  fi
  local log=$logs/python.log
  : >"$log"
  "$system_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$system_python" --version) is too old; Python 3.11 or newer is needed"
  python_environment_is_current || run_logged "$log" create_python_environment ||
    fail_step "$log" "the Python environment could not be made" "mend what pip says and try again"
  [[ -z $for_tests ]] || run_logged "$log" add_test_requirements ||
    fail_step "$log" "what the tests need could not be added to the Python environment" \
      "mend what pip says and try again"
  end_step "made"
}

create_python_environment() {
  unset PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX
  rm -rf .venv &&
    "$system_python" -m venv .venv &&
    "$python" -m pip install --quiet --no-input --disable-pip-version-check \
      --only-binary :all: --requirement requirements.txt &&
    "$python" -m pip check --disable-pip-version-check &&
    python_environment_hash >.venv/.requirements.sha256
}

# Both files together, so that nothing of the first one changes its version.
add_test_requirements() {
  unset PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX
  "$python" -m pip install --quiet --no-input --disable-pip-version-check --only-binary :all: \
    --requirement requirements.txt --requirement requirements-test.txt &&
    "$python" -m pip check --disable-pip-version-check &&
    test_requirements_hash >.venv/.requirements-test.sha256
}

# What the benchmarks compare with and nothing else needs: an environment of its own, for its
# packages pin what they share with the tests' as they like.
peers_python=$root/build/peers-venv/bin/python

peers_environment_hash() {
  { cat requirements-peers.txt; "$system_python" --version; echo "$root"; } | sha256sum |
    cut -d ' ' -f 1
}

make_peers_environment() {
  begin_step "peers' Python environment"
  need_tool "$system_python" "the package python3 has it"
  local stamp=build/peers-venv/.requirements.sha256 log=$logs/peers.log
  if [[ -x $peers_python && -r $stamp && $(<"$stamp") == "$(peers_environment_hash)" ]]; then
    end_step "current"
    return
  fi
  : >"$log"
  run_logged "$log" create_peers_environment ||
    fail_step "$log" "the peers' Python environment could not be made" \
      "mend what pip says and try again"
  end_step "made"
}

create_peers_environment() {
  unset PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX
  rm -rf build/peers-venv &&
    "$system_python" -m venv build/peers-venv &&
    "$peers_python" -m pip install --quiet --no-input --disable-pip-version-check \
      --only-binary :all: --requirement requirements-peers.txt &&
    peers_environment_hash >build/peers-venv/.requirements.sha256
}
