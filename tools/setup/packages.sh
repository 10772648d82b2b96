# Debian packages: those of packages.txt that are missing, and nothing else.
# shellcheck shell=bash

package_list=$root/tools/setup/packages.txt

# One line a package; alternatives joined by a bar.
wanted_packages() { sed 's/#.*//' "$package_list" | awk 'NF {print $1}'; }

# missing_packages: the wanted lines of which no alternative is installed.
missing_packages() {
  {
    # "ii" and "hi": installed, the second one held at its version.
    dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' 2>/dev/null |
      awk '$1 ~ /^.i$/ {print "installed", $2}'
    wanted_packages | sed 's/^/wanted /'
  } | awk '
    $1 == "installed" { installed[$2] = 1; next }
    {
      count = split($2, names, "|")
      for (i = 1; i <= count; i++) if (names[i] in installed) next
      print $2
    }'
}

# candidate_of "a|b": the first name that this release's package lists know, or nothing.
candidate_of() {
  local name
  for name in ${1//|/ }; do
    if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
}

# choose_candidates LINE...: fills `chosen` with names and `unknown` with lines that have none.
choose_candidates() {
  local line name
  chosen=() unknown=()
  for line in "$@"; do
    name=$(candidate_of "$line")
    if [[ -n $name ]]; then chosen+=("$name"); else unknown+=("$line"); fi
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -- "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
    -o Acquire::Retries=3 -q "$@"
}

# Asks for the password before the step's line is under way, and says what it is for.
become_able_to_install() {
  local count=$1
  if [[ $(id -u) == 0 ]]; then return; fi
  local by_hand="apt-get install --no-install-recommends ${*:2}"
  if ! command -v sudo >/dev/null; then
    fail "installing Debian packages needs root and there is no sudo; as root: $by_hand"
  fi
  if sudo --non-interactive true 2>/dev/null; then return; fi
  if [[ ! -t 0 ]]; then
    fail "installing Debian packages needs root and sudo wants a password; as root: $by_hand"
  fi
  echo
  echo "saem needs root once, to install $count Debian packages: ${*:2}"
  sudo --validate || fail "sudo was refused; as root: $by_hand"
  printf '%s ... ' "$step_title"
}

install_packages() {
  begin_step "Debian packages"
  if [[ -n ${SAEM_SKIP_PACKAGES:-} ]]; then
    end_step "left to you (SAEM_SKIP_PACKAGES)"
    return
  fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this system has no apt; saem's setup knows Debian 12 and 13. Install what\
 tools/setup/packages.txt lists by other means and set SAEM_SKIP_PACKAGES=1"
  fi
  local -a missing chosen unknown
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    end_step "all here"
    return
  fi
  local log=$logs/packages.log
  : >"$log"
  choose_candidates "${missing[@]}"
  become_able_to_install "${#missing[@]}" "${chosen[@]}" "${unknown[@]}"
  local updated=''
  if ((${#unknown[@]} > 0)); then
    run_logged "$log" apt_get update || true  # one broken source must not stop the others
    updated=yes
    choose_candidates "${missing[@]}"
  fi
  if ((${#unknown[@]} > 0)); then
    fail_step "$log" "this system's package sources do not have: ${unknown[*]}" \
      "Debian 12 (bookworm) or 13 (trixie) with its main component has them"
  fi
  if ! run_logged "$log" apt_get install -y --no-install-recommends "${chosen[@]}"; then
    # Lists that have aged name files that are gone; fresh ones are worth one more try.
    if [[ -n $updated ]] || ! { run_logged "$log" apt_get update &&
      run_logged "$log" apt_get install -y --no-install-recommends "${chosen[@]}"; }; then
      fail_step "$log" "apt-get could not install: ${chosen[*]}" "mend what it says and try again"
    fi
  fi
  end_step "${#chosen[@]} installed"
}
