# Everything a person does here. `make` alone lists it.
# Needed: Rust 1.95 or newer with clippy and rustfmt, a C compiler, make. The tests
# start a PostgreSQL: Debian's, one on the path, or one that pip installs here.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# The database of `make run`, and where it serves.
DB     ?= credits.db
LISTEN ?= 127.0.0.1:8005
# How long `make soak` goes on, an hour at most: commands of the model test and of the
# one through the journals, kills of the server, deaths of PostgreSQL, promotions of its
# standby, and those where the old primary's network is cut (as root); losses of power,
# full disks, clocks that are set; subscriptions, their months and the servers that renew
# them; stories of payments.
CREDITS_SOAK_COMMANDS         ?= 1000000
CREDITS_SOAK_JOURNAL_COMMANDS ?= 50000
CREDITS_SOAK_KILLS            ?= 300
CREDITS_SOAK_POSTGRES_KILLS   ?= 20
CREDITS_SOAK_PROMOTIONS       ?= 5
CREDITS_SOAK_CUTS             ?= 3
CREDITS_SOAK_POWER_LOSSES     ?= 500
CREDITS_SOAK_DISKS_FULL       ?= 5
CREDITS_SOAK_CLOCKS           ?= 12
CREDITS_SOAK_SUBSCRIPTIONS    ?= 1000
CREDITS_SOAK_MONTHS           ?= 36
CREDITS_SOAK_SERVERS          ?= 8
CREDITS_SOAK_STORIES          ?= 500
SOAK := $(foreach name,COMMANDS JOURNAL_COMMANDS KILLS POSTGRES_KILLS PROMOTIONS CUTS \
	POWER_LOSSES DISKS_FULL CLOCKS SUBSCRIPTIONS MONTHS SERVERS STORIES,\
	CREDITS_SOAK_$(name)=$(CREDITS_SOAK_$(name)))
# Passed on: `make test ARGS='-p ledger'`, `make bench ARGS='--seconds 10'`.
ARGS   ?=

# Installed when missing, in versions known to build with the Rust above.
NEXTEST_VERSION := 0.9.143
DENY_VERSION    := 0.20.2

# Tests that are not about a file: they pass on either engine. Faults are PostgreSQL's.
ON_POSTGRES := package(api) | binary(using) | binary(running) | binary(jobs) \
	| binary(postgres) | (binary(proof) - test(/^file::/)) \
	| (package(server) & test(/^(copying|faults|fleet|kill|keys|replay)::/) - test(/soak_/))

CREDITS := cargo run --quiet --release --locked --bin credits --
CI      := --profile ci --locked

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^## / { printf "\n%s\n", substr($$0, 4) } \
		/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Using it

.PHONY: run
run: build ## Live a demo month in credits.db the first time, then serve (DB=PATH)
	@$(CREDITS) serve --demo --db 'sqlite:$(DB)' --listen '$(LISTEN)'

.PHONY: build
build: tools ## Build the release binary, target/release/credits
	cargo build --release --locked --bin credits

## Before a commit

.PHONY: test
test: tools nextest localstripe ## Run every test (ARGS='-p ledger' for some), then again on PostgreSQL
	$(if $(ARGS),,$(MAKE) fault-tools)
	$(if $(ARGS),,cargo test --doc --workspace $(CI))
	cargo nextest run --cargo-profile ci --locked -E 'not (binary(postgres) | test(/^faults::/))' $(ARGS)
	$(if $(ARGS),,$(MAKE) test-postgres)

.PHONY: test-postgres
test-postgres: tools nextest ## Run the tests that both engines pass on PostgreSQL
	cargo xtask postgres -- cargo nextest run --cargo-profile ci --locked \
		-E '$(ON_POSTGRES)' $(ARGS)

.PHONY: check
check: fmt tidy clippy deny docs openapi ## Everything but the tests: the six below

.PHONY: fmt
fmt: tools ## Is everything formatted? (`cargo fmt` does it)
	cargo fmt --all --check

.PHONY: tidy
tidy: tools ## Imports between crates, sizes, module docs, error pages, leftovers
	cargo xtask tidy

.PHONY: clippy
clippy: tools ## Lints, warnings denied
	cargo clippy --workspace --all-targets $(CI) -- -D warnings

.PHONY: deny
deny: tools cargo-deny ## Licences, sources and who may import what
	cargo fetch --locked
	cargo deny --offline --locked check -A unused-wrapper bans licenses sources

.PHONY: docs
docs: tools ## Build the API documentation, warnings denied
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --workspace $(CI)

.PHONY: openapi
openapi: tools ## Is openapi.json what the binary prints?
	cargo xtask gen --check

.PHONY: gen
gen: tools ## Write the generated files anew: openapi.json
	cargo xtask gen

## Measuring

.PHONY: bench
bench: build ## Measure both engines beside a constant answer (needs PostgreSQL, as the tests)
	cargo xtask postgres --disk -- bench/run $(ARGS)

.PHONY: soak
soak: tools nextest fault-tools ## The model test and the faults on both engines, an hour at most
	$(SOAK) cargo nextest run --cargo-profile ci --locked --profile soak \
		-E '(test(/model/) | test(/kill/) | test(/soak_/) | test(/^machine::/)) - test(/^faults::/)' $(ARGS)
	$(if $(ARGS),,$(SOAK) cargo xtask postgres -- cargo nextest run --cargo-profile ci \
		--locked --profile soak -E 'package(server) & test(/^(faults|fleet)::/) \
			| package(app) & test(/model|soak_/)')

# What the others need

# A foreign double of Stripe, a process of its own, as a second opinion.
LOCALSTRIPE := target/localstripe/localstripe-1.15.10.dist-info

.PHONY: localstripe
localstripe: $(LOCALSTRIPE)

$(LOCALSTRIPE):
	@echo 'Installing localstripe into target, from PyPI'
	python3 -m pip install --quiet --target target/localstripe localstripe==1.15.10

.PHONY: tools
tools:
	@command -v cargo >/dev/null || { \
		echo 'Rust is missing: install Rust 1.95 or newer, for example with rustup'; exit 1; }
	@command -v cc >/dev/null || { \
		echo 'A C compiler is missing (SQLite is compiled in): apt-get install build-essential'; exit 1; }

# What a machine does to a book is done by these: strace records writes, libfiu has
# them fail, libfaketime sets clocks, util-linux makes small disks.
.PHONY: fault-tools
fault-tools:
	@missing=$$(for tool in strace:strace fiu-run:fiu-utils faketime:faketime unshare:util-linux; do \
		command -v $${tool%:*} >/dev/null || echo $${tool#*:}; done); \
	[ -z "$$missing" ] || { \
		echo "Missing for the tests of faults: installing" $$missing; \
		apt-get install -y $$missing || { apt-get update && apt-get install -y $$missing; }; } || { \
		echo "As root: apt-get install" $$missing; exit 1; }

.PHONY: nextest
nextest:
	@cargo nextest --version >/dev/null 2>&1 || { \
		echo 'cargo-nextest is missing: building it once, some minutes'; \
		cargo install cargo-nextest --locked --version $(NEXTEST_VERSION) \
			--no-default-features --features default-no-update; }

.PHONY: cargo-deny
cargo-deny:
	@cargo deny --version >/dev/null 2>&1 || { \
		echo 'cargo-deny is missing: building it once, some minutes'; \
		cargo install cargo-deny --locked --version $(DENY_VERSION); }
