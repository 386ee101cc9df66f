#!/usr/bin/env bash
# Builds and starts the service with the sample host, in the foreground; what it made is kept for the next start.
set -euo pipefail

cd "$(dirname "$0")/.."
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# PostgreSQL does not run as root but as another user, who cannot pass through a closed directory such as root's home.
passable() { ((EUID != 0)) || setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$PWD"; }
if [[ -z ${DATARATT_DATA_DIR:-} ]]; then
    if passable; then DATARATT_DATA_DIR=$PWD/data; else DATARATT_DATA_DIR=/var/lib/dataratt; fi
fi
export DATARATT_DATA_DIR
export DATARATT_ORGANISATION=${DATARATT_ORGANISATION:-admax}
export DATARATT_HTTP__LISTEN=${DATARATT_HTTP__LISTEN:-127.0.0.1:8080}
export DATARATT_HTTP__PUBLIC_URL=${DATARATT_HTTP__PUBLIC_URL:-http://$DATARATT_HTTP__LISTEN}
export DATARATT_MAIL__TRANSPORT=${DATARATT_MAIL__TRANSPORT:-file}
export DATARATT_MAIL__VIEWER=${DATARATT_MAIL__VIEWER:-true}
export DATARATT_LOG__FILTER=${DATARATT_LOG__FILTER:-warn}
export DATARATT_ERASURE__COOL_OFF_SECONDS=${DATARATT_ERASURE__COOL_OFF_SECONDS:-60}

# An IPv6 address stands in brackets, which the shell does not want.
host=${DATARATT_HTTP__LISTEN%:*}
host=${host//[][]/}
readonly host port=${DATARATT_HTTP__LISTEN##*:}
readonly url=$DATARATT_HTTP__PUBLIC_URL
readonly logins=$DATARATT_DATA_DIR/logins.txt
readonly done_dir=$DATARATT_DATA_DIR/.first-start
readonly roles=(agent approver admin dpo)
service=

fail() {
    printf 'run: %s\n' "$*" >&2
    exit 1
}

# One at a time: the lock ends with the last process that was started here.
be_alone() {
    mkdir -p "$DATARATT_DATA_DIR"
    exec 9>"$DATARATT_DATA_DIR/run.lock"
    flock -n 9 || fail "a service started with \"make run\" uses $DATARATT_DATA_DIR already; a second one needs" \
        "a DATARATT_DATA_DIR and a DATARATT_HTTP__LISTEN of its own"
}

# Whoever answers there now would be taken for the service later.
need_free_address() {
    ! { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null ||
        fail "another process uses $DATARATT_HTTP__LISTEN; set another address: DATARATT_HTTP__LISTEN=127.0.0.1:8081 make run"
}

# Runs a step of the first start, once: a step that was interrupted is run again.
once() {
    local step=$1
    shift
    [[ -e $done_dir/$step ]] && return
    "$@"
    touch "$done_dir/$step"
}

load_sample() {
    echo 'Loading the sample host …'
    "$dataratt" sample load >/dev/null
}

# Role, address and password, a line each: kept before the staff exist, so that no login is ever lost.
write_logins() {
    local role password
    (
        umask 077
        for role in "${roles[@]}"; do
            password=$(head -c 64 /dev/urandom | base64 -w 0 | tr -d '+/=0OIl1' | cut -c 1-20)
            printf '%s %s@%s.example %s\n' "$role" "$role" "$DATARATT_ORGANISATION" "$password"
        done >"$logins.new"
        mv "$logins.new" "$logins"
    )
}

add_staff() {
    local role=$1 email password
    read -r _ email password < <(grep "^$role " "$logins")
    printf '%s\n' "$password" | "$dataratt" staff add --email "$email" --role "$role" >/dev/null ||
        "$dataratt" staff list | grep -qF "$email" || fail "could not add $email"
}

first_start() {
    local role
    mkdir -p "$done_dir"
    once sample load_sample
    once logins write_logins
    for role in "${roles[@]}"; do once "staff-$role" add_staff "$role"; done
}

stop() {
    trap '' INT TERM HUP
    if [[ -n $service ]]; then
        kill -TERM "$service" 2>/dev/null || true
        wait "$service" || true
    fi
    exit 0
}

# Whether the service answers that it is ready.
ready() {
    local status
    {
        exec 3<>"/dev/tcp/$host/$port" &&
            printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && read -r status <&3
    } 2>/dev/null || return 1
    [[ $status == *' 200 '* ]]
}

announce() {
    printf '\n  Dataratt        %s\n  Staff           %s/staff\n  Outgoing mail   %s/outbox\n\n' "$url" "$url" "$url"
    printf '  %-10s %-28s %s\n' role login password
    while read -r role email password; do
        printf '  %-10s %-28s %s\n' "$role" "$email" "$password"
    done <"$logins"
    printf '\n  Also in %s. Ctrl-C stops everything.\n\n' "$logins"
}

be_alone
need_free_address
scripts/setup.sh run
cargo build --locked --bin dataratt
dataratt=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/dataratt
readonly dataratt

first_start
trap stop INT TERM HUP
"$dataratt" serve &
service=$!
until ready; do
    kill -0 "$service" 2>/dev/null || fail 'the service ended; its message is above'
    sleep 0.2
done
announce
wait "$service"
