#!/usr/bin/env bash
# Measures the service against limits of this machine taken in the same run, and writes docs/benchmarks.md.
# BENCH_SCALE=0.1 shrinks the run to a quick look.
set -euo pipefail

cd "$(dirname "$0")/.."
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

readonly scale=${BENCH_SCALE:-1}
readonly connections=16
readonly rounds=3
# On disk, where fsync means something; a temporary file system would measure memory.
scratch=$(mktemp -d /var/tmp/dataratt-bench.XXXXXX)
readonly scratch
service=
cluster_started=
rows=()

fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}

say() { printf '%s\n' "$*" >&2; }

# A number of seconds, shrunk by the scale but never below two.
seconds() { awk -v full="$1" -v scale="$scale" 'BEGIN { s = full * scale; print (s < 2 ? 2 : int(s)) }'; }

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Runs a PostgreSQL program; root, which PostgreSQL refuses, becomes the user postgres.
pg() {
    local program=$bindir/$1
    shift
    if ((EUID == 0)); then
        (cd "$scratch" && setpriv --reuid=postgres --regid=postgres --init-groups "$program" "$@")
    else
        "$program" "$@"
    fi
}

find_postgres() {
    local program
    for program in /usr/lib/postgresql/*/bin/initdb "$(pg_config --bindir 2>/dev/null)/initdb" "$(command -v initdb)"; do
        if [[ -x $program ]]; then
            dirname "$program"
            return
        fi
    done
    fail 'no PostgreSQL here; scripts/setup.sh bench installs it'
}

start_cluster() {
    ((EUID != 0)) || chown postgres:postgres "$scratch"
    pg initdb -D "$scratch/cluster" -U dataratt -A trust -E UTF8 --locale=C.UTF-8 >"$scratch/initdb.log"
    cluster_started=yes
    pg pg_ctl -D "$scratch/cluster" -l "$scratch/postgres.log" -w -s start \
        -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$scratch -c shared_buffers=256MB"
}

start_service() {
    DATARATT_DATA_DIR=$scratch/data DATARATT_ORGANISATION=admax DATARATT_DATABASE__URL=$(database service) \
        DATARATT_HTTP__LISTEN=127.0.0.1:$http_port DATARATT_HTTP__PUBLIC_URL=http://127.0.0.1:$http_port \
        DATARATT_MAIL__TRANSPORT=file DATARATT_LIMITS__ENABLED=false DATARATT_WORKER__ENABLED=false \
        "$dataratt" serve >"$scratch/serve.log" 2>&1 &
    service=$!
    local tries=0
    until ready; do
        kill -0 "$service" 2>/dev/null || fail "the service ended: $(tail -n 5 "$scratch/serve.log")"
        ((++tries < 300)) || fail 'the service is not ready after 30 seconds'
        sleep 0.1
    done
}

ready() {
    local status
    {
        exec 3<>"/dev/tcp/127.0.0.1/$http_port" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && read -r status <&3
    } 2>/dev/null || return 1
    [[ $status == *' 200 '* ]]
}

database() { echo "postgres://dataratt@127.0.0.1:$pg_port/$1"; }

cleanup() {
    if [[ -n $service ]]; then
        kill -TERM "$service" 2>/dev/null || true
        wait "$service" || true
    fi
    [[ -z $cluster_started ]] || pg pg_ctl -D "$scratch/cluster" -m immediate -s stop || true
    rm -rf "$scratch"
}

verdict() { awk "BEGIN { print ($1 ? \"reached\" : \"not reached\") }"; }

# The value of a `key=value` in a line of the load client.
value() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" <<<"$2"; }

load() { cargo bench -q --locked --bench intake -- "127.0.0.1:$http_port" "$connections" "$@" | tail -n 1; }

# As many threads as clients, as the service has: where cores are short, that decides the share of them.
pgbench_intake() {
    "$bindir/pgbench" -n -M prepared -h 127.0.0.1 -p "$pg_port" -U dataratt -c "$connections" -j "$connections" \
        -D "n=$1" -f "$PWD/bench/intake.sql" "${@:2}" limits 2>"$scratch/pgbench.log"
}

limit_of_intake() { pgbench_intake "$1" -T "$2" | sed -n 's/^tps = \([0-9.]*\).*/\1/p'; }

# The 50th and the 99th hundredth of latency in ms, counted from when a transaction was due, as the load client does.
latency_of_limit() {
    pgbench_intake "$1" -T "$2" -R "$3" -l --log-prefix="$scratch/latency" >/dev/null
    cat "$scratch"/latency.* | awk '{ print $3 }' | sort -n |
        awk '{ a[NR] = $1 } END { printf "p50 %.1f ms, p99 %.1f ms", a[int((NR + 1) / 2)] / 1000, a[int(NR * 0.99) + 1] / 1000 }'
}

# Alternates the limit and the service, so that a change in the machine's mood meets both.
bench_intake() {
    local duration round line limit reached ratio half limit_latency p50 p99
    duration=$(seconds 20)
    for ((round = 1; round <= rounds; round++)); do
        limit_of_intake $((round * 100000000)) "$duration" >>"$scratch/limit"
        line=$(load "$duration")
        [[ $(value failed "$line") == 0 ]] || fail "requests failed under load: $line"
        value per_second "$line" >>"$scratch/reached"
        say "intake, round $round: limit $(tail -n 1 "$scratch/limit") a second; $line"
    done
    limit=$(median <"$scratch/limit")
    reached=$(median <"$scratch/reached")
    [[ -n $limit ]] || fail "pgbench did not run: $(tail -n 3 "$scratch/pgbench.log")"
    ratio=$(awk -v a="$reached" -v b="$limit" 'BEGIN { printf "%.2f", a / b }')
    half=$(awk -v a="$reached" 'BEGIN { printf "%d", a / 2 }')
    limit_latency=$(latency_of_limit 900000000 "$(seconds 30)" "$half")
    line=$(load "$(seconds 30)" "$half")
    p50=$(value p50_ms "$line")
    p99=$(value p99_ms "$line")
    rows+=("| Intake, $connections connections | $reached requests/s | pgbench, same SQL, same cluster: ${limit%.*}/s | $ratio | ≥ 0.5 | $(verdict "$ratio >= 0.5") |")
    rows+=("| Intake at $half requests/s, open loop | p50 $p50 ms, p99 $p99 ms | pgbench at that rate: $limit_latency | – | p99 < 50 ms | $(verdict "$p99 < 50") |")
}

write_report() {
    local cpu fsync
    cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    fsync=$(pg pg_test_fsync -s 1 -f "$scratch/cluster/fsync.test" 2>/dev/null |
        awk '$1 == "fdatasync" && !done { print int($2); done = 1 }')
    mkdir -p docs
    {
        printf '# Benchmarks\n\nWritten by "make bench". Each figure stands beside a limit that was measured in the same run.\n\n'
        printf -- '- Machine: %s cores (%s); load before the run %s, after it %s\n' "$cores" "$cpu" "$load_before" "$(cut -d ' ' -f 1 /proc/loadavg)"
        printf -- '- Disk: %s fdatasync a second\n- PostgreSQL: %s\n' "${fsync:-unknown}" "$("$bindir/postgres" --version | cut -d ' ' -f 3)"
        printf -- '- Scale: %s; date: %s\n\n' "$scale" "$(date -u +%F)"
        printf '| Work | Measured | Limit | Ratio | Aim | Verdict |\n|---|---|---|---|---|---|\n'
        printf '%s\n' "${rows[@]}"
        printf '\nLimit and service take turns, %s rounds each, medians. The worker is off and the load client runs on the same cores.\n' "$rounds"
    } | tee docs/benchmarks.md
}

scripts/setup.sh bench
[[ -f bench/intake.sql ]] || fail 'bench/intake.sql is missing'
trap cleanup EXIT
trap 'exit 130' INT TERM
cores=$(nproc)
load_before=$(cut -d ' ' -f 1 /proc/loadavg)
bindir=$(find_postgres)
pg_port=$(free_port)
http_port=$(free_port)
say 'Building with optimisation …'
cargo bench -q --locked --bench intake --no-run
dataratt=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/dataratt
readonly cores load_before bindir pg_port http_port dataratt

start_cluster
for name in service limits; do
    "$bindir/createdb" -h 127.0.0.1 -p "$pg_port" -U dataratt "$name"
    DATARATT_DATA_DIR=$scratch/data DATARATT_ORGANISATION=admax DATARATT_DATABASE__URL=$(database "$name") "$dataratt" migrate >&2
done
start_service
bench_intake
write_report
