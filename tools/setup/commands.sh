# The commands, one function each.
# shellcheck shell=bash

command_learn() {
  local lesson='' browser=yes port=''
  while (($# > 0)); do
    case $1 in
      --no-browser) browser= ;;
      --port)
        port=${2:-}
        if (($# > 1)); then shift; fi
        valid_port "$port" || fail_usage "learn: --port needs a number from 1 to 65535"
        ;;
      --port=*)
        port=${1#--port=}
        valid_port "$port" || fail_usage "learn: --port needs a number from 1 to 65535"
        ;;
      -*) fail_usage "learn: unknown option '$1'$(did_you_mean "$1" --no-browser --port)" ;;
      *)
        [[ -z $lesson ]] || fail_usage "learn: one lesson at a time, not '$lesson' and '$1'"
        lesson=$1
        ;;
    esac
    shift
  done
  # A wrong name is told now, not after a quarter of an hour.
  if [[ -z $lesson ]]; then lesson=$(first_lesson); else lesson=$(find_lesson "$lesson"); fi
  step_total=6
  set_up notebook
  run_lesson_once "$lesson"
  release_lock
  say_where_pages_lie "$lesson"
  if [[ -n $browser ]]; then open_course "$lesson" "$port"; fi
}

valid_port() { [[ $1 =~ ^[0-9]{1,5}$ ]] && ((10#$1 >= 1 && 10#$1 <= 65535)); }

command_run() {
  if (($# != 1)); then fail_usage "run: one lesson is needed, $# came"; fi
  local lesson
  lesson=$(find_lesson "$1")
  step_total=6
  set_up notebook
  run_lesson "$lesson"
  release_lock
  say_where_pages_lie "$lesson"
}

command_test() {
  if (($# > 1)); then fail_usage "test: one filter at most, $# came"; fi
  local filter=${1:-} log=$logs/tests.log code=0
  step_total=6
  set_up all
  local jobs
  jobs=$(job_count)
  begin_step "tests${filter:+ matching $filter}"
  continue_below "$jobs at a time"
  ctest --preset release --parallel "$jobs" ${filter:+--tests-regex "$filter"} \
    </dev/null 2>&1 | tee "$log" || code=$?
  # In CI ctest's own summary is the last word.
  if [[ ${CI:-} != true ]]; then
    summarise_tests "$log" "$filter" "$code"
  fi
  exit "$code"
}

summarise_tests() {
  local log=$1 filter=$2 code=$3 failed all time
  time=$(seconds_since "$step_start")
  read -r failed all < <(sed -nE \
    's/.*tests passed, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$log" | tail -n 1) || true
  echo
  if [[ -z ${all:-} ]]; then
    fail "no test ran${filter:+: none matches $filter}" "$code"
  elif ((code == 0)); then
    echo "saem: all $all tests passed, $time"
  else
    fail "$failed of $all tests failed, $time; the whole log: ${log#"$root"/}" "$code"
  fi
}

command_build() {
  if (($# > 1)); then fail_usage "build: one preset at most, $# came"; fi
  local preset=${1:-release}
  case " ${preset_names[*]} " in
    *" $preset "*) ;;
    *) fail_usage "build: there is no preset '$preset'$(did_you_mean "$preset" \
      "${preset_names[@]}"); presets: ${preset_names[*]}" ;;
  esac
  step_total=3
  take_lock
  install_packages
  configure_build "$preset"
  run_build "$preset"
}

command_bench() {
  local name='' programs=yes tables=yes with_peers=''
  local -a effort=()
  while (($# > 0)) && [[ $1 != -- ]]; do
    case $1 in
      --quick) effort=(--quick) ;;
      --tables) programs='' ;;
      --with-peers) with_peers=yes ;;
      -*)
        fail_usage \
          "bench: unknown option '$1'$(did_you_mean "$1" --quick --tables --with-peers)"
        ;;
      *)
        [[ -z $name ]] || fail_usage "bench: arguments for the benchmarks come after --"
        name=$1
        ;;
    esac
    shift
  done
  # With arguments of their own the programs run alone.
  if (($# > 0)); then
    tables=''
    shift
  fi
  step_total=3
  if [[ -n $tables ]]; then step_total=4; fi
  if [[ -n $with_peers ]]; then step_total=$((step_total + 1)); fi
  take_lock
  install_packages
  if [[ -n $tables ]]; then make_python_environment tests; fi
  if [[ -n $with_peers ]]; then make_peers_environment; fi
  configure_build release
  run_build release
  if [[ -n $programs || -z $tables ]]; then run_benchmarks "$name" "$@"; fi
  if [[ -n $tables ]]; then
    if [[ -n $with_peers ]]; then effort+=(--peers "$peers_python"); fi
    "$python" benchmarks/table.py "${effort[@]}" -- "$name" || fail "the tables could not be made"
  fi
}

# run_benchmarks NAME ARGUMENT...: the programs whose names contain NAME.
run_benchmarks() {
  local name=$1
  shift
  local -a programs=() chosen=()
  local program
  if [[ -d build/release/benchmarks ]]; then
    mapfile -t programs < <(find build/release/benchmarks -type f -executable -not -name '*.so*' \
      -not -path '*/CMakeFiles/*' | sort)
  fi
  for program in "${programs[@]}"; do
    if [[ $(basename "$program") == *"$name"* ]]; then chosen+=("$program"); fi
  done
  if ((${#chosen[@]} == 0)); then
    fail "no benchmark's name contains '$name'; there are: ${programs[*]##*/}"
  fi
  for program in "${chosen[@]}"; do
    echo "== $(basename "$program")"
    "$program" "$@" || fail "the benchmark $(basename "$program") failed"
  done
}

command_new_op() {
  if (($# == 0)); then fail_usage "new-op: the name of the operation is needed"; fi
  need_tool python3 "the package python3 has it"
  local program=tools/new_op/new_op.py
  [[ -f $program ]] || fail "$program is missing; this checkout is not whole"
  exec python3 "$program" "$@"
}

command_clean() {
  local all=''
  case ${1:-} in
    '') ;;
    --all) all=yes ;;
    *) fail_usage "clean: unknown argument '$1'$(did_you_mean "$1" --all)" ;;
  esac
  if (($# > 1)); then fail_usage "clean: one argument at most, $# came"; fi
  take_lock
  # The lock itself stays: whoever waits for it must not wait for a file that is gone.
  find build -mindepth 1 -maxdepth 1 -not -name .lock -exec rm -rf -- {} +
  if [[ -n $all ]]; then rm -rf .venv; fi
  echo "removed build/${all:+ and .venv}"
}

command_doctor() {
  if (($# > 0)); then fail_usage "doctor takes no argument, '$1' came"; fi
  local problems=0
  doctor_system
  doctor_packages
  doctor_tools
  doctor_python
  doctor_build
  echo
  if ((problems > 0)); then
    fail "$problems of the above missing; ./saem learn or ./saem test puts them in place"
  fi
  echo "everything is in place"
}

report() { printf '%-12s %s\n' "$1" "$2"; }

missing() {
  problems=$((problems + 1))
  report "$1" "MISSING: $2"
}

doctor_system() {
  local system='unknown system'
  if [[ -r /etc/os-release ]]; then system=$(. /etc/os-release && echo "${PRETTY_NAME:-$NAME}"); fi
  report saem "$(show_version | cut -d ' ' -f 2) in $root"
  report system "$system, $(uname -m), kernel $(uname -r)"
  report machine "$(nproc) processors, $(($(available_memory_kib) / 1048576)) GiB of memory free,\
 $(job_count) build jobs"
  report data "${SAEM_DATA:-"SAEM_DATA is not set: the cache and the system packages serve"}"
}

doctor_packages() {
  if ! command -v dpkg-query >/dev/null; then
    missing packages "no dpkg on this system; see tools/setup/packages.txt"
    return
  fi
  local -a lacking
  mapfile -t lacking < <(missing_packages)
  if ((${#lacking[@]} > 0)); then
    missing packages "${lacking[*]}"
  else
    report packages "all $(wanted_packages | wc -l) of tools/setup/packages.txt"
  fi
}

doctor_tools() {
  local tool
  for tool in g++ cmake ninja ccache clang++-19 gnuplot; do
    if command -v "$tool" >/dev/null; then
      report "$tool" "$("$tool" --version 2>/dev/null | head -n 1)"
    else
      missing "$tool" "not in PATH"
    fi
  done
}

doctor_python() {
  if [[ ! -x $system_python ]]; then
    missing python "$system_python"
  elif [[ ! -x $python ]]; then
    missing python "the environment .venv"
  elif ! python_environment_is_current; then
    missing python "an environment that matches requirements.txt (.venv is of another one)"
  else
    report python "$("$python" --version | cut -d ' ' -f 2) in .venv, current"
  fi
  local kernel=.venv/share/jupyter/kernels/saem/kernel.json
  if [[ -f $kernel ]]; then
    report kernel "$kernel"
  else
    missing kernel "the notebook kernel in .venv"
  fi
}

doctor_build() {
  local program
  program=$(find build -maxdepth 4 -path 'build/release/*' -type f -name saem-doctor \
    2>/dev/null | head -n 1)
  if [[ -z $program ]]; then
    missing library "build/release"
    return
  fi
  echo
  "$program" || missing library "saem-doctor failed"
}
