# The Python environment in .venv, made anew only when its pinned requirements change.
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

make_python_environment() {
  begin_step "Python environment"
  need_tool "$system_python" "the package python3 has it"
  if python_environment_is_current; then
    end_step "current"
    return
  fi
  local log=$logs/python.log
  : >"$log"
  "$system_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$system_python" --version) is too old; Python 3.11 or newer is needed"
  run_logged "$log" create_python_environment ||
    fail_step "$log" "the Python environment could not be made" "mend what pip says and try again"
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
