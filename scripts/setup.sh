#!/usr/bin/env bash
# Installs what this machine lacks to run, test, check or bench; quick and silent when nothing is missing.
# Usage: scripts/setup.sh run|test|check|bench
set -euo pipefail

readonly purpose=${1:-run}
readonly rust_needed=1.95
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

have_header() { printf '#include <%s>\n' "$1" | cc -E - >/dev/null 2>&1; }

have_postgres() {
    have initdb && return
    local program
    for program in /usr/lib/postgresql/*/bin/initdb "$(pg_config --bindir 2>/dev/null)/initdb"; do
        [[ -x $program ]] && return
    done
    return 1
}

# The server alone: the package without the service around it.
have_mariadb() { have mariadbd || [[ -x /usr/sbin/mariadbd ]]; }

check_rust() {
    have cargo || fail "no cargo here; get Rust with: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
    local version
    version=$(rustc --version | cut -d ' ' -f 2)
    [[ $(printf '%s\n' "$rust_needed" "$version" | sort -V | head -n 1) == "$rust_needed" ]] ||
        fail "Rust $rust_needed or newer is needed, here is $version; run: rustup update stable"
    if [[ $purpose == check ]] && ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
        have rustup || fail "cargo fmt and cargo clippy are needed; install them as you installed Rust"
        rustup component add rustfmt clippy
    fi
}

# Prints the Debian packages that this machine lacks, one a line.
missing_packages() {
    have gcc && have cc || echo gcc
    have_header stdlib.h || echo libc6-dev
    have_header openssl/ssl.h || echo libssl-dev
    have pkg-config || echo pkg-config
    have make || echo make
    [[ -e /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
    [[ $purpose == check ]] && return
    have_postgres || echo postgresql
    if [[ $purpose == test ]]; then
        have_mariadb || echo mariadb-server-core
    fi
    if [[ $purpose == test && ${DATARATT_SKIP_BROWSER:-} != 1 ]]; then
        have chromium || echo chromium
        have chromedriver || echo chromium-driver
    fi
}

# Runs a command as root, without a question where nobody could answer it.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 \
        -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# Installs; fetches the package lists first only when they turn out to be missing or too old.
install_packages() {
    apt_install "$@" >/dev/null 2>&1 && return
    as_root apt-get update -q -o DPkg::Lock::Timeout=120 </dev/null >/dev/null ||
        fail "apt-get update failed; install by hand: $*"
    apt_install "$@" >&2 || fail "apt-get could not install: $*"
}

# Debian starts a cluster on port 5432 with the package; the service keeps one of its own instead.
forbid_debian_cluster() {
    local config=/etc/postgresql-common/createcluster.conf
    install_packages postgresql-common
    as_root sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' "$config"
    grep -q '^create_main_cluster = false' "$config" ||
        echo 'create_main_cluster = false' | as_root tee -a "$config" >/dev/null
}

main() {
    case $purpose in run | test | check | bench) ;; *) fail "unknown purpose: $purpose (run, test, check, bench)" ;; esac
    check_rust
    local packages
    mapfile -t packages < <(missing_packages)
    ((${#packages[@]})) || return 0
    have apt-get || fail "not a Debian system; install what gives you these Debian packages: ${packages[*]}"
    ((EUID == 0)) || have sudo || fail "run as root: apt-get install --no-install-recommends ${packages[*]}"
    printf 'setup: installing %s\n' "${packages[*]}" >&2
    [[ " ${packages[*]} " == *' postgresql '* ]] && forbid_debian_cluster
    install_packages "${packages[@]}"
    mapfile -t packages < <(missing_packages)
    ((${#packages[@]} == 0)) || fail "still missing after the installation: ${packages[*]}"
}

main
