# mlgate: see `make help`
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
VERSION ?= $(shell cat VERSION)
export CGO_ENABLED ?= 0
AFRESH = gx gx0 evidently evidently0 deepchecks pandera mlflow2 mlflow3 trackers loggers sklearn dvclive hub mlflow mlflow29
.DEFAULT_GOAL := help
.PHONY: attack contest help build demo test check race afresh golden lint tools venv node prism forget replay image bench fuzz simulate

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/mlgate
	@mkdir -p bin
	go build -tags grpcnotrace -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/mlgate ./cmd/mlgate

demo: build ## see the whole job: adopt, merge, promote, block, roll back (needs Go, git, a shell and awk)
	./bin/mlgate demo

test: export MLGATE_EXCHANGES := $(CURDIR)/.cache/exchanges
test: tools venv node forget lint race afresh image replay ## all tests, once, under the race detector: sets up what it needs (network: Go modules, PyPI, npm; a Docker engine for the image)

check: lint ## what a developer runs every few minutes: format, vet, arrows, unit, golden and script tests
	go test -timeout 30m -shuffle=on ./...

race: ## every test under the race detector (needs a C compiler); sums without a shared word, which it makes ten times as long, without it
	CGO_ENABLED=1 go test -race -timeout 40m -shuffle=on $$(go list ./... | grep -v /bench/simulate)
	CGO_ENABLED=1 go test -race ./bench/simulate -run 'Drawn|Peers|Put'
	go test ./bench/simulate

afresh: ## what libraries of statistics answer today, and data-quality tools and experiment trackers write, beside what is kept of it
	test/venv/install.sh stat $(AFRESH)
	.cache/venv/stat/bin/python test/stat/make.py .cache/stat
	MLGATE_STAT_CASES=$(CURDIR)/.cache/stat go test -count=1 ./internal/stat
	MLGATE_AFRESH=1 go test -count=1 ./internal/reader -run 'Afresh$$'
	MLGATE_AFRESH=1 go test -count=1 ./cmd/mlgate -run 'TestQuickstarts$$'

attack: ## the attack suite: scripts that attack every promise of SECURITY.md
	go test -shuffle=on ./test/attack

contest: ## eight promotions at once on one remote, 50 rounds (minutes)
	MLGATE_ROUNDS=50 go test ./cmd/mlgate -run 'TestEightAtOnce$$' -timeout 30m

fuzz: ## every fuzz target, FUZZTIME each (default 30s)
	test/fuzz.sh $(or $(FUZZTIME),30s)

golden: ## write the golden files anew; look at the difference before you commit it
	go test ./internal/report ./internal/config ./internal/policy -update
	go test ./cmd/mlgate -run TestScript/diff$$ -update

lint: ## gofmt, vet, golangci-lint and actionlint where they are installed (`make tools`)
	@test -z "$$(gofmt -l cmd internal policies test)" || { gofmt -l cmd internal policies test; echo "run gofmt -w on these"; exit 1; }
	go vet ./...
	@if [ -x .cache/bin/golangci-lint ]; then .cache/bin/golangci-lint run ./...; else echo "golangci-lint is not installed (make tools): skipped"; fi
	@if [ -x .cache/bin/actionlint ]; then .cache/bin/actionlint workflows-examples/github/*.yml .github/workflows/*.yml; else echo "actionlint is not installed (make tools): skipped"; fi

tools: ## install the pinned linters, act and conftest into .cache/bin
	test/tools.sh

venv: ## install the pinned Python tools that tests compare with into .cache/venv
	test/venv/install.sh gto sklearn dvc

node: ## install GitHub's descriptions of its API, and what holds to them, into .cache/node
	test/node/install.sh

prism: export MLGATE_EXCHANGES := $(CURDIR)/.cache/exchanges
prism: node ## what the tests say to GitHub and the fake answers, held to GitHub's own descriptions
	rm -rf $(MLGATE_EXCHANGES)
	go test -count=1 ./internal/forge ./internal/comment ./internal/cli
	go test -count=1 ./cmd/mlgate -run 'TestScript$$'
	$(MAKE) replay

forget: # what earlier tests recorded
	rm -rf .cache/exchanges

replay:
	MLGATE_REPLAY=$(CURDIR)/.cache/exchanges go test -count=1 -v ./test/openapi -run TestExchanges

bench: ## CPU time and memory beside those of other tools, into docs/performance.md (ten minutes)
	bench/run.sh

simulate: ## how often gates are wrong, measured, into docs/truth.md (minutes)
	go run ./bench/simulate

image: ## build the container image and use it as GitHub would, in the example workflows; run steps in images
	test/image.sh
	test/forkimage.sh
	test/exampleimage.sh
	test/stepimage.sh
