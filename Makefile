# The commands of the project. Each installs what it is missing first (scripts/install), so that a fresh clone on a machine with
# a Rust toolchain, Node, make and a package manager is enough.

.PHONY: run build test bench bench-peers performance media web install-build install-test install-peers clean

run: build
	./target/release/proscenium --dev

build: web
	cargo build --release --locked -p proscenium -p load

web: install-build
	cd web && npm ci --no-audit --no-fund --silent && npm run --silent build

test: install-test
	scripts/test

# One build for all three: the features of what they share are then the same, and nothing is built twice.
bench: web
	cargo build --release --locked -p proscenium -p load -p bench
	./target/release/proscenium-bench run

# What `make bench` has measured, as docs/performance.md and its charts.
performance:
	./target/release/proscenium-bench report

bench-peers: build install-peers
	scripts/bench-peers

# What bad networks leave of sound and picture, as docs/media.md and its charts. A quarter of an hour; on a machine that does nothing else.
media: build install-test
	cd tests/browser && npm ci --no-audit --no-fund --silent
	node tests/browser/media.mjs

install-build:
	@scripts/install build

install-test:
	@scripts/install test

install-peers:
	@scripts/install peers

clean:
	rm -rf target web/dist web/node_modules tests/browser/node_modules .venv
