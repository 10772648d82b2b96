# Lessons: found by what a person types, run on the C++ kernel, opened in JupyterLab.
# shellcheck shell=bash

first_lesson() {
  local lesson
  for lesson in course/chapter[0-9][0-9]_*/[0-9][0-9]_*.md; do
    if [[ -f $lesson ]]; then
      echo "$lesson"
      return
    fi
  done
  fail "the course has no lesson: course/chapterNN_name/NN_title.md"
}

# find_lesson WORD: the source of a lesson named by its path, its place or a part of its name.
find_lesson() {
  local word=$1 path
  path=$(lesson_file "$caller_directory/$word" || lesson_file "$word" || true)
  if [[ -n $path ]]; then
    echo "$path"
    return
  fi
  local -a all=() found=()
  for path in course/chapter[0-9][0-9]_*/[0-9][0-9]_*.md; do
    [[ -f $path ]] || continue
    all+=("$path")
    if lesson_matches "$path" "$word"; then found+=("$path"); fi
  done
  case ${#found[@]} in
    1) echo "${found[0]}" ;;
    0) fail "no lesson is called '$word'; there are: ${all[*]#course/}" 2 ;;
    *) fail "'$word' could be any of: ${found[*]#course/}" 2 ;;
  esac
}

# lesson_file PATH: the source itself, from its own path, one without .md or a notebook's.
lesson_file() {
  local base=${1%.ipynb} path
  for path in "$base" "$base.md" "${base%.en}.md"; do
    if [[ -f $path && $path == *.md ]]; then
      realpath --relative-to "$root" -- "$path"
      return
    fi
  done
  return 1
}

# lesson_matches PATH WORD: chapter01/03, ch01.03, 1/3 or a part of the path.
lesson_matches() {
  local path=$1 word=$2
  if [[ $word =~ ^(chapter|ch)?0*([0-9]{1,2})[/.]0*([0-9]{1,2})$ ]]; then
    local place
    place=$(printf 'course/chapter%02d_*/%02d_*.md' "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}")
    # shellcheck disable=SC2053  # a pattern on purpose
    [[ $path == $place ]]
  else
    [[ -n $word && ${path#course/} == *"$word"* ]]
  fi
}

# What a run of a lesson depends on, as one hash: its text, the tools and the library built here.
lesson_hash() {
  {
    cat -- "$1"
    find tools/course tools/kernel -type f -not -path '*/__pycache__/*' -print0 | sort -z |
      xargs -0 cat
    find build/release -maxdepth 3 -type f \( -name 'libsaem*.so*' -o -name saem-engine \) -print0 |
      sort -z | xargs -0 --no-run-if-empty sha256sum
  } | sha256sum | cut -d ' ' -f 1
}

# run_lesson LESSON: its own report goes straight to the user.
run_lesson() {
  begin_step "lesson ${1#course/}"
  continue_below "running on the C++ kernel"
  local stamp=build/lessons/${1//\//_}.sha256
  mkdir -p build/lessons
  rm -f -- "$stamp"
  "$python" tools/course/course.py run "$1" </dev/null || {
    local code=$?
    fail "the lesson ${1#course/} did not come out as it must" "$code"
  }
  lesson_hash "$1" >"$stamp"
  echo "lesson ${1#course/}: done, $(seconds_since "$step_start")"
}

# As above, unless the very same lesson already came out well with the very same build.
run_lesson_once() {
  local stamp=build/lessons/${1//\//_}.sha256
  if [[ -r $stamp && -f ${1%.md}.ipynb && $(<"$stamp") == "$(lesson_hash "$1")" ]]; then
    begin_step "lesson ${1#course/}"
    end_step "current (./saem run ${1#course/} runs it again)"
  else
    run_lesson "$1"
  fi
}

# The notebook in the reader's language.
notebook_of() {
  local base=${1%.md}
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    ko*) echo "$base.ipynb" ;;
    *) if [[ -f $base.en.ipynb ]]; then echo "$base.en.ipynb"; else echo "$base.ipynb"; fi ;;
  esac
}

say_where_pages_lie() {
  local base=${1%.md} page
  echo
  for page in "$base.ipynb" "$base.en.ipynb"; do
    if [[ -f $page ]]; then echo "notebook:   $page"; fi
  done
  while IFS= read -r page; do
    echo "HTML page:  $page"
  done < <(find build/course -name "$(basename "$base")*.html" | sort)
  echo "JupyterLab: ./saem learn ${1#course/}"
}

# open_course LESSON PORT: does not come back.
open_course() {
  local -a options=(--ServerApp.root_dir="$root")
  if [[ $(id -u) == 0 ]]; then options+=(--allow-root); fi
  if [[ -n $2 ]]; then options+=(--port "$2"); fi
  echo
  echo "JupyterLab opens the course; Ctrl-C here ends it."
  exec "$root/.venv/bin/jupyter" lab "${options[@]}" "$(notebook_of "$1")"
}
