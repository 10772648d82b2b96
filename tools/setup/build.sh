# Configure and build by presets, and put the notebook kernel into the Python environment.
# shellcheck shell=bash

preset_names=(release debug asan tsan clang)

# A configuration is good as long as what it was made from is the same: place, presets, packages.
configuration_hash() {
  {
    echo "$root" "${CC:-}" "${CXX:-}"
    cat CMakePresets.json
    command -v ccache || true
    wanted_packages | tr '|' '\n' | xargs dpkg-query --show 2>/dev/null || true
  } | sha256sum | cut -d ' ' -f 1
}

configure_build() {
  local preset=$1
  local directory=build/$preset
  begin_step "configure ($preset)"
  need_tool cmake
  need_tool ninja
  local stamp=$directory/.configured.sha256 hash
  hash=$(configuration_hash)
  if [[ -f $directory/build.ninja && -r $stamp && $(<"$stamp") == "$hash" ]]; then
    end_step "current"
    return
  fi
  local log=$logs/configure-$preset.log
  : >"$log"
  local -a launcher=()
  if command -v ccache >/dev/null; then
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  run_logged "$log" cmake --preset "$preset" --fresh "${launcher[@]}" ||
    fail_step "$log" "cmake could not configure the preset $preset" "mend what it says"
  echo "$hash" >"$stamp"
  end_step "done"
}

# run_build PRESET [TARGET]: everything, or one target and what it needs.
run_build() {
  local preset=$1 target=${2:-all}
  begin_step "build ($preset)"
  local log=$logs/build-$preset.log jobs
  : >"$log"
  jobs=$(job_count)
  run_logged "$log" cmake --build --preset "$preset" --parallel "$jobs" --target "$target" || {
    # Ninja goes on with other files after an error: show the first one, not what came last.
    grep -nE -m 3 '(error|Error):|FAILED:' "$log" >&2 || true
    fail_step "$log" "the build ($preset) failed" "mend the first error"
  }
  end_step "done with $jobs $( ((jobs == 1)) && echo job || echo jobs)"
}

install_notebook_kernel() {
  begin_step "notebook kernel"
  local log=$logs/kernel.log
  : >"$log"
  # The order of -I and --include is that of tools/kernel/CMakeLists.txt: the engine compares it
  # with what the precompiled header was made from.
  run_logged "$log" env PYTHONPATH=tools/kernel "$python" -m saem_kernel.install --prefix .venv \
    --engine "$root/build/release/tools/kernel/saem-engine" \
    -I "$root/tools/kernel/include" -I "$root/include" \
    --include saem_kernel/prelude.hpp --include saem/saem.hpp \
    --pch "$root/build/release/tools/kernel/notebook.pch" \
    --library "$root/build/release/src/libsaem.so" ||
    fail_step "$log" "the C++ notebook kernel could not be installed" "mend what it says"
  end_step "installed"
}

# set_up TARGET: everything a lesson (`notebook`) or the tests (`all`) need, in five steps.
set_up() {
  take_lock
  install_packages
  if [[ $1 == all ]]; then make_python_environment tests; else make_python_environment; fi
  configure_build release
  run_build release "$1"
  install_notebook_kernel
}
