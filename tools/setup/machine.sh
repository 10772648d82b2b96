# The machine: places that can be written, the data sets, jobs, and one ./saem at a time.
# shellcheck shell=bash

memory_per_job_kib=1572864  # a compiler on saem's largest sources, measured: under 1.5 GiB

prepare_machine() {
  mkdir -p "$logs" 2>/dev/null || fail "cannot write into $root/build; is the project read-only?"
  # Tools that keep their state in the home directory get a place here where there is none.
  local home=${HOME:-}
  if [[ -z $home || ! -w $home ]]; then
    local state=$root/build/state
    mkdir -p "$state"
    export CCACHE_DIR=${CCACHE_DIR:-$state/ccache} IPYTHONDIR=${IPYTHONDIR:-$state/ipython}
    export JUPYTER_CONFIG_DIR=${JUPYTER_CONFIG_DIR:-$state/jupyter/config}
    export JUPYTER_DATA_DIR=${JUPYTER_DATA_DIR:-$state/jupyter/data}
    export JUPYTER_RUNTIME_DIR=${JUPYTER_RUNTIME_DIR:-$state/jupyter/runtime}
    export JUPYTERLAB_SETTINGS_DIR=${JUPYTERLAB_SETTINGS_DIR:-$state/jupyter/lab}
    export JUPYTERLAB_WORKSPACES_DIR=${JUPYTERLAB_WORKSPACES_DIR:-$state/jupyter/workspaces}
    export PIP_NO_CACHE_DIR=1
  fi
  # Data sets kept beside the checkout serve every command; the user's own choice comes first.
  if [[ -z ${SAEM_DATA:-} && -d $root/../shared/datasets ]]; then
    SAEM_DATA=$(cd -- "$root/../shared/datasets" && pwd -P)
    export SAEM_DATA
  fi
}

# Setup and tests of one checkout share its build tree: the second ./saem waits for the first.
take_lock() {
  need_tool flock "the package util-linux has it"
  exec 9>>"$root/build/.lock"
  if ! flock --nonblock 9; then
    echo "another ./saem is at work in this checkout; waiting for it"
    flock 9
  fi
}

release_lock() { exec 9>&-; }

need_tool() {
  command -v "$1" >/dev/null || fail "the tool '$1' is missing; ${2:-./saem build installs it}"
}

# As many jobs as processors, but no more than memory holds; SAEM_JOBS decides otherwise.
job_count() {
  if [[ -n ${SAEM_JOBS:-} ]]; then
    [[ $SAEM_JOBS =~ ^[1-9][0-9]*$ ]] || fail "SAEM_JOBS is '$SAEM_JOBS', a number from 1 is needed"
    echo "$SAEM_JOBS"
    return
  fi
  local processors memory
  processors=$(nproc)
  memory=$(available_memory_kib)
  local by_memory=$((memory / memory_per_job_kib))
  if ((by_memory < 1)); then by_memory=1; fi
  echo $((by_memory < processors ? by_memory : processors))
}

# What the kernel says is available, or less where a container has a limit.
available_memory_kib() {
  local memory limit=max
  memory=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  if [[ -r /sys/fs/cgroup/memory.max ]]; then limit=$(</sys/fs/cgroup/memory.max); fi
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < memory)); then memory=$((limit / 1024)); fi
  echo "$memory"
}
