# Run, test and measure Dataratt. `make help` lists what there is.

export PATH := $(PATH):$(HOME)/.cargo/bin
MAKEFLAGS += --no-print-directory
# The tests wait for databases, mail and a browser more than they compute: more of them at once than there are cores.
export RUST_TEST_THREADS ?= $(shell expr 4 \* $$(nproc))
.DEFAULT_GOAL := help
.PHONY: help run test soak bench check fmt

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## set up, build and start the service with the sample host
	@scripts/run.sh

test: ## set up and run every test (DATARATT_SKIP_BROWSER=1 leaves the browser out)
	@scripts/setup.sh test
	cargo test --locked

soak: ## run the long properties and faults too
	@scripts/setup.sh test
	DATARATT_SOAK=1 cargo test --locked -- --include-ignored

bench: ## measure against limits of this machine, into docs/benchmarks.md (BENCH_SCALE=0.1 is quick)
	@scripts/bench.sh

check: ## format, lints and documentation
	@scripts/setup.sh check
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps

fmt: ## format the source
	cargo fmt
