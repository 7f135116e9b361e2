# The commands of the project. Each installs what it is missing first (scripts/install), so that a fresh clone on a machine with
# a Rust toolchain, Node, make and a package manager is enough.

.PHONY: run build test bench bench-peers web install-build install-test install-peers clean

run: build
	./target/release/proscenium --dev

build: web
	cargo build --release --locked -p proscenium -p load

web: install-build
	cd web && npm ci --no-audit --no-fund --silent && npm run --silent build

test: install-test
	scripts/test

bench: build
	scripts/bench

bench-peers: build install-peers
	scripts/bench-peers

install-build:
	@scripts/install build

install-test:
	@scripts/install test

install-peers:
	@scripts/install peers

clean:
	rm -rf target web/dist web/node_modules tests/browser/node_modules .venv
