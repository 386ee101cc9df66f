#!/usr/bin/env bash
# Tries the product on a Debian 12 that has nothing but git, make and a Rust toolchain: `make run` and `make test` as
# root, then `make run` as an ordinary user. Needs root, debootstrap, and 15 GB under /var/tmp; see docs/bare-debian.md.
# BARE_MIRROR names another mirror; BARE_KEEP=1 leaves the machine's directory, and BARE_DIR goes on with one that was left.
set -euo pipefail

cd "$(dirname "$0")/.."
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

readonly mirror=${BARE_MIRROR:-http://deb.debian.org/debian}
readonly listen=127.0.0.1:${BARE_PORT:-18480}
readonly user=kim
root=${BARE_DIR:-$(mktemp -d /var/tmp/dataratt-bare.XXXXXX)}
readonly root
measured=()

fail() {
    printf 'bare-debian: %s\n' "$*" >&2
    exit 1
}

cleanup() {
    # What was mounted was mounted in a namespace of its own, which is gone with its processes.
    if [[ ${BARE_KEEP:-} == 1 ]]; then
        printf 'bare-debian: left in %s\n' "$root" >&2
    else
        rm -rf --one-file-system "$root"
    fi
}

# Runs a command on the bare machine as a user of it; no process and no mount outlives the call.
inside() {
    local who=$1 home=/root
    shift
    [[ $who == root ]] || home=/srv/$who
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child --propagation private -- bash -c '
        set -e
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        mount --rbind /sys "$1/sys"
        exec chroot "$1" /usr/bin/setpriv --reuid="$2" --regid="$2" --init-groups \
            /usr/bin/env -i HOME="$3" LANG=C.UTF-8 TERM=dumb DATARATT_HTTP__LISTEN="$4" \
            PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            bash -c "cd; $5"' \
        bash "$root" "$who" "$home" "$listen" "$*" </dev/null
}

# Takes the time of a step and stops at the first that fails; its output is kept beside the machine until the end.
step() {
    local name=$1 start=$SECONDS
    shift
    printf '%s …\n' "$name" >&2
    "$@" >"$root.log" 2>&1 || {
        tail -n 60 "$root.log" >&2
        fail "$name: failed"
    }
    measured+=("$(printf '%-52s %5d s' "$name" $((SECONDS - start)))")
}

make_machine() {
    [[ ! -e $root/etc/debian_version ]] || return 0
    debootstrap --variant=minbase bookworm "$root" "$mirror"
    # The same package sources as here, without this machine's own additions.
    printf 'deb %s bookworm main\ndeb %s bookworm-updates main\n' "$mirror" "$mirror" >"$root/etc/apt/sources.list"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # Another clock than the mirror's must not be what fails here.
    printf 'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n' >"$root/etc/apt/apt.conf.d/90clock"
    inside root 'apt-get update -q && apt-get install -y -q --no-install-recommends git make ca-certificates'
    inside root "useradd --home-dir /srv/$user --create-home --shell /bin/bash $user"
}

# The toolchain in use here, without rustup; and the crates that were downloaded already, so that none is fetched twice.
copy_rust() {
    local from
    [[ ! -e $root/opt/rust ]] || return 0
    from=$(rustc --print sysroot)
    mkdir -p "$root/opt/rust" "$root/root/.cargo"
    tar -C "$from" --exclude=./share/doc -cf - . | tar -C "$root/opt/rust" --no-same-owner -xf -
    [[ ! -d ${CARGO_HOME:-$HOME/.cargo}/registry ]] || cp -a "${CARGO_HOME:-$HOME/.cargo}/registry" "$root/root/.cargo/"
}

clone() {
    git bundle create -q "$root/opt/dataratt.bundle" HEAD
    inside root 'git clone -q /opt/dataratt.bundle dataratt ||
        { cd dataratt && git fetch -q /opt/dataratt.bundle HEAD && git reset -q --hard FETCH_HEAD; }'
}

# A clone for the ordinary user that has built what it needs, so that only the product is built once more.
clone_for_user() {
    inside root "cp -a ~/dataratt ~/.cargo /srv/$user/ && chown -R $user:$user /srv/$user"
}

# `make run` until a page answers, then Ctrl-C, after which nothing may be left of it.
readonly run_and_stop='
    answers() { { exec 3<>"/dev/tcp/${DATARATT_HTTP__LISTEN%:*}/${DATARATT_HTTP__LISTEN##*:}" &&
        printf "GET $1 HTTP/1.0\r\n\r\n" >&3 && read -r status <&3; } 2>/dev/null && [[ $status == *" 200 "* ]]; }
    set -m
    cd dataratt
    make run &
    until answers /readyz; do kill -0 $! || exit 1; sleep 0.5; done
    for page in '"${BARE_PAGES:-/ /requests/new /register}"'; do answers $page || { echo "$page: $status"; exit 1; }; done
    kill -INT -- -$!
    wait $! || true
    sleep 1
    ! grep -lE "^(postgres|dataratt)" /proc/[0-9]*/comm'

[[ $EUID == 0 ]] || fail 'run as root'
command -v debootstrap >/dev/null || fail 'no debootstrap here: apt-get install debootstrap'
chmod 755 "$root"
trap cleanup EXIT
trap 'exit 130' INT TERM

step 'debootstrap, git, make, ca-certificates' make_machine
step 'Rust toolchain, crates, clone' eval 'copy_rust && clone'
step 'root: make run, cold, until pages answer' inside root "$run_and_stop"
step 'root: make run, again' inside root "$run_and_stop"
step 'root: make test, with its build' inside root 'cd dataratt && make test'
step 'root: make test, built' inside root 'cd dataratt && make test'
step "$user: a clone of their own" clone_for_user
step "$user: make run, with the packages there" inside "$user" "$run_and_stop"
step "$user: make run, again" inside "$user" "$run_and_stop"
printf '%s\n' "${measured[@]}"
rm -f "$root.log"
