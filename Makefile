# The README's two commands are `make demo` and `make test`; both need Go alone.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
export CGO_ENABLED = 0
# The folder of a clone stays out of what is compiled: another clone finds it in
# Go's cache.
export GOFLAGS += -trimpath

# Versions of the tools that check; `go run` fetches them as modules.
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

FUZZTIME ?= 5s

.PHONY: build test race lint vuln fuzz judges tidy check demo bench

build: ## one static binary
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/kinesnow ./cmd/kinesnow

# The tests wait for services more than they compute: three packages for each processor.
PACKAGES ?= $(shell echo $$((3 * $$(getconf _NPROCESSORS_ONLN))))
# For the same reason so many tests of one package side by side, where Go would
# run one for each processor.
PARALLEL ?= 8

# A process limits its memory (supervisor/process). In a test's binary, full of
# servers and of other tests, it would make the collector run all the time.
test race: export GOMEMLIMIT = off
# Nor is there a reason to collect often, in a test or in the compiler.
test race: export GOGC = 300

# The longest begin first: what they wait for passes while the others compile.
LONGEST := ./integration/scenarios ./supervisor ./cmd/kinesnow

# What measures, judges, simulates and breaks the product on purpose is tested
# with make check, whose race target runs the tests of every package.
test: ## the tests, with Go alone, in under two minutes (make check vets)
	$(GO) test -p $(PACKAGES) -parallel $(PARALLEL) -vet=off -ldflags="-s -w" $(LONGEST) $$($(GO) list ./... | grep -vE '/integration/(bench|chaos|judges|mutants|sim)')

demo: ## the main job on the local cloud, under chaos
	$(GO) run ./cmd/kinesnow demo

race: ## the tests of every package under the race detector (needs gcc; the tag keeps the Snowflake driver's native library out)
	CGO_ENABLED=1 $(GO) test -race -tags minicore_disabled ./...

.PHONY: scenarios
scenarios: ## every form of every scenario on the local cloud; make test has time for some
	$(GO) test -vet=off -count=1 ./integration/scenarios -scenarios.all

# Seeds of the simulation: about 153 faults that mattered each.
SEEDS ?= 2000
SIM   := $(GO) test -vet=off -count=1 -timeout 0 -v ./integration/sim -run TestEveryRecordOnceAndInOrderWhateverHappens

.PHONY: sim sim-long
sim: ## whole connectors under seeded faults: SEEDS=n how many, SEED=x that one alone, FIRST=n where to begin
	$(SIM) $(if $(SEED),-sim.seed $(SEED),-sim.seeds $(SEEDS) -sim.first $(or $(FIRST),1) $(if $(filter 2000,$(SEEDS)),-sim.faults 300000))

sim-long: ## the same, ten million faults that mattered
	$(SIM) -sim.seeds 62000 -sim.first $(or $(FIRST),100000) -sim.faults 10000000

.PHONY: mutants mutants-long
mutants: ## rules broken on purpose, one at a time: the simulation must see each; MUTANT=name SEED=n replays one
	$(GO) run ./integration/mutants $(if $(MUTANT),-only $(MUTANT)) $(if $(SEED),-seed $(SEED))

mutants-long: ## how many of 1,000 seeds see each
	$(GO) run ./integration/mutants -all

# Blows at the boundaries of small workloads: before and after every message and every call.
CRASH := $(GO) test -vet=off -count=1 -timeout 0 -v ./supervisor -run TestEveryCrashPoint

.PHONY: crash crash-pairs
crash: ## a panic, a kill, and a kill with a restart at every boundary of a small workload with a split, of a few hours, and of a table that grows
	$(CRASH) -crash
	$(CRASH) -crash -crash.work hours
	$(CRASH) -crash -crash.work columns

crash-pairs: ## every pair of blows on six rows, then PAIRS=n sampled pairs of the workload of make crash; FOR=1h bounds each
	$(CRASH) -crash.work six -crash.pairs -1 $(if $(FOR),-crash.for $(FOR))
	$(CRASH) -crash.pairs $(or $(PAIRS),1000000) -crash.seed $(or $(SEED),1) $(if $(FOR),-crash.for $(FOR))

.PHONY: writes
writes: ## what a thousand shards write to DynamoDB
	$(GO) test -vet=off -count=1 -timeout 0 -v ./supervisor -run TestDynamoDBWritesStayWithinTheirBudget -writes

.PHONY: chaos chaos-long
chaos: ## three to five processes behind a bad network, polling and fan-out: kills, zombies, full disks, wrong clocks, resharding, the version before
	$(GO) run ./integration/chaos $(if $(SEED),-seed $(SEED))

chaos-long: ## an hour of it, with the tables on disk
	$(GO) run ./integration/chaos -for 1h -kills 800 -rows 20500000 -disk -elder -takeover=false -mixed=false $(if $(SEED),-seed $(SEED))

.PHONY: model model-full
model: ## the protocol, every state of small worlds (needs spin and gcc: integration/model/README.md)
	$(GO) run ./integration/model

model-full: ## the same, and the runs that take minutes
	$(GO) run ./integration/model -full

# The linter's own cache is shared by all clones and names their folders: what it
# has of one that is gone fails the next.
lint: export GOLANGCI_LINT_CACHE = $(CURDIR)/bin/lint
lint:
	$(GO) run $(GOLANGCI) run ./...

vuln: ## known vulnerabilities in what is called; goes on where the database cannot be reached
	@./.ci/vuln $(GO) $(GOVULNCHECK)

fuzz: ## a short run of every fuzz target
	@GO='$(GO)' FUZZTIME='$(FUZZTIME)' ./.ci/fuzz

tidy:
	@$(GO) mod tidy -diff
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) vet ./...

judges: ## clients and servers that others wrote, against ours (installs them by name; docs/judges.md); JUDGES='-only KCL'
	$(GO) run ./integration/judges $(JUDGES)

check: tidy lint race vuln fuzz judges scenarios sim crash writes mutants chaos ## everything but the benchmarks, and what takes long on purpose

bench: ## CPU per GB beside the straight-line programs, on this machine
	$(GO) run ./integration/bench
