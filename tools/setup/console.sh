# What the user sees: the help, steps with their times, and errors in one line.
# shellcheck shell=bash

logs=$root/build/logs
step_count=0
step_total=0
step_start=0
step_title=
step_is_open=  # its line waits for its end
ticker_process=

command_names=(learn test run doctor build bench new-op clean help version)

show_help() {
  case ${1:-} in
    '')
      cat <<'HELP'
saem: a deep-learning system in C++ and the course that teaches it

usage: ./saem COMMAND [ARGUMENT...]

  learn [LESSON]    set everything up, run the first lesson (or LESSON), open the course
  test [FILTER]     set everything up and run every check and test (or those matching FILTER)
  run LESSON        run a lesson; write its notebooks and its HTML page
  doctor            show what is installed, in use and missing; changes nothing
  build [PRESET]    build with a preset: release (default), debug, asan, tsan, clang
  bench [NAME]      build and run the benchmarks (or those whose name contains NAME)
  new-op NAME       make the files of a new operation
  clean [--all]     remove what was built (with --all also the Python environment)
  help [COMMAND]    this page, or a command's own
  --version         saem's version

The first run installs Debian packages (it asks for root only then), makes the Python environment
in .venv and builds the library in build/release; later runs start in seconds.
HELP
      ;;
    learn)
      cat <<'HELP'
usage: ./saem learn [LESSON] [--no-browser] [--port N]

Sets everything up, runs LESSON on the C++ notebook kernel (default: the course's first) and opens
the course in JupyterLab. LESSON is a path, a place such as chapter01/03, or a part of the name.

  --no-browser   run the lesson, say where its pages lie and how to open JupyterLab, and end
  --port N       JupyterLab's port (default 8888, or the next free one)
HELP
      ;;
    test)
      cat <<'HELP'
usage: ./saem test [FILTER]

Sets everything up, builds, and runs the tests whose names match the regular expression FILTER
(default: all of them). The exit code is 0 only when every one of them passed.
HELP
      ;;
    run)
      cat <<'HELP'
usage: ./saem run LESSON

Runs a lesson on the C++ notebook kernel, compares what must come out, and writes its notebooks and
its HTML page. LESSON is a path, a place such as chapter01/03, or a part of the name.
HELP
      ;;
    doctor)
      cat <<'HELP'
usage: ./saem doctor

Shows the system, tools, Python environment and build, and what the library finds: versions of its
engines, CPU features, threads, GPU, notebook kernel, data sets. Changes nothing. The exit code is 0
when nothing is missing.
HELP
      ;;
    build)
      cat <<'HELP'
usage: ./saem build [PRESET]

Installs what the build needs and builds into build/PRESET: release (default), debug, asan (with
AddressSanitizer and UndefinedBehaviorSanitizer), tsan (with ThreadSanitizer, what its test needs)
or clang (Clang 19).
HELP
      ;;
    bench)
      cat <<'HELP'
usage: ./saem bench [NAME] [--tables] [--quick] [--with-peers] [-- ARGUMENT...]

Builds and runs the benchmarks whose names contain NAME (default: all of them), then prints tables
of the same work in TensorFlow, measured right after ours. benchmarks/README.md has the method.

  --tables       the tables alone
  --quick        short rounds: a first look
  --with-peers   PyTorch and JAX too; the first time installs them (about 6 GB) in build/peers-venv
  -- ARGUMENT... the benchmarks alone, each with these arguments: --benchmark_filter=1024
HELP
      ;;
    new-op)
      cat <<'HELP'
usage: ./saem new-op NAME [OPTION...]

Makes the floor files of a new operation and its line in src/ops/ops.list; docs/ADD_AN_OP.md tells
what to write into them.
HELP
      ;;
    clean)
      cat <<'HELP'
usage: ./saem clean [--all]

Removes build/; with --all also .venv. Installed Debian packages stay.
HELP
      ;;
    help | version) show_help '' ;;
    *) fail_usage "unknown command '$1'$(did_you_mean "$1" "${command_names[@]}")" ;;
  esac
}

show_version() {
  [[ -r VERSION ]] || fail "the file VERSION is missing; this checkout is not whole"
  echo "saem $(<VERSION)"
}

# One line, and out.
fail() {
  stop_ticker
  if [[ -n $step_is_open ]]; then end_step failed; fi
  echo "saem: $1" >&2
  exit "${2:-1}"
}

fail_usage() { fail "$1; ./saem help lists the commands" 2; }

# did_you_mean WORD CANDIDATE...: ", did you mean ...?" for the nearest candidate, or nothing.
did_you_mean() {
  local word=$1 candidate distance best='' best_distance=3
  shift
  for candidate in "$@"; do
    distance=$(edit_distance "$word" "$candidate")
    # A word that is all different is no near miss, however short.
    if ((distance < best_distance && distance < ${#candidate} - 1)); then
      best=$candidate best_distance=$distance
    fi
  done
  if [[ -n $best ]]; then echo ", did you mean '$best'?"; fi
}

# Levenshtein's distance, one row of the table at a time.
edit_distance() {
  local left=$1 right=$2 i j above diagonal cost best
  local -a row
  for ((j = 0; j <= ${#right}; j++)); do row[j]=$j; done
  for ((i = 1; i <= ${#left}; i++)); do
    diagonal=${row[0]}
    row[0]=$i
    for ((j = 1; j <= ${#right}; j++)); do
      above=${row[j]}
      cost=1
      if [[ ${left:i-1:1} == "${right:j-1:1}" ]]; then cost=0; fi
      best=$((diagonal + cost))
      if ((above + 1 < best)); then best=$((above + 1)); fi
      if ((row[j - 1] + 1 < best)); then best=$((row[j - 1] + 1)); fi
      row[j]=$best
      diagonal=$above
    done
  done
  echo "${row[${#right}]}"
}

milliseconds() {
  local microseconds=${EPOCHREALTIME/[.,]/}
  echo "$((microseconds / 1000))"
}

# seconds_since START: "0.4 s", "74 s", "2 min 5 s".
seconds_since() {
  local elapsed=$(($(milliseconds) - $1))
  if ((elapsed < 10000)); then
    echo "$((elapsed / 1000)).$((elapsed % 1000 / 100)) s"
  elif ((elapsed < 120000)); then
    echo "$((elapsed / 1000)) s"
  else
    echo "$((elapsed / 60000)) min $((elapsed % 60000 / 1000)) s"
  fi
}

# begin_step TITLE announces a step; end_step, continue_below or fail closes its line.
begin_step() {
  step_count=$((step_count + 1))
  step_title="[$step_count/$step_total] $1"
  step_start=$(milliseconds)
  step_is_open=yes
  printf '%s ... ' "$step_title"
}

end_step() {
  step_is_open=
  printf '%s, %s\n' "$1" "$(seconds_since "$step_start")"
}

# For a step whose own output follows.
continue_below() {
  step_is_open=
  echo "$1"
}

# run_logged LOG COMMAND...: the output goes to LOG; on a terminal the step's line keeps moving.
run_logged() {
  local log=$1 code=0
  shift
  start_ticker "$log"
  "$@" >>"$log" 2>&1 </dev/null || code=$?
  stop_ticker
  return "$code"
}

start_ticker() {
  if [[ ! -t 1 ]]; then return; fi
  local log=$1
  (
    trap - EXIT INT
    while sleep 1; do
      done_of_all=$(tail -c 400 "$log" 2>/dev/null | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1)
      printf '\r\033[K%s ... %s %s ' "$step_title" "$(seconds_since "$step_start")" "$done_of_all"
    done
  ) &
  ticker_process=$!
}

stop_ticker() {
  if [[ -z $ticker_process ]]; then return; fi
  kill "$ticker_process" 2>/dev/null || true
  wait "$ticker_process" 2>/dev/null || true
  ticker_process=
  printf '\r\033[K%s ... ' "$step_title"
}

# fail_step LOG WHAT CURE: the log's end, unless the network explains it, then one line.
fail_step() {
  local log=$1 what=$2 cure=$3
  if grep -qE "$network_failure" "$log"; then
    fail "$what: the network cannot be reached; the whole log: ${log#"$root"/}"
  fi
  end_step failed
  echo "--- the end of ${log#"$root"/} ---" >&2
  tail -n 25 "$log" >&2
  fail "$what; $cure; the whole log: ${log#"$root"/}"
}

# How apt and pip say that there is no network.
network_failure='Temporary failure (resolving|in name resolution)|Could not resolve'
network_failure+='|Could not connect to|Network is unreachable|Name or service not known'
network_failure+='|NewConnectionError|No route to host|Connection timed out'
