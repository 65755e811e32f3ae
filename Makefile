# What a developer types. Everything needs Go alone.

.PHONY: fmt lint vulncheck test race bench fuzz crash torture mutants memory differential figures

fmt:
	gofmt -w .

lint:
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# Known vulnerabilities in what the programs call; asks vuln.go.dev.
vulncheck:
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

test:
	go test ./...

race:
	go test -race -short ./...

bench:
	go test -run '^$$' -bench . ./...

# A hundred thousand inputs for every fuzz target, or EXECUTIONS.
EXECUTIONS = 100000
fuzz:
	@go list ./... | while read -r package; do \
	  for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz'); do \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(EXECUTIONS)x -fuzzminimizetime 1x "$$package" || exit 1; \
	  done; \
	done

# Every state in which a power cut can leave a run's folder, and every failure of
# its system calls: tens of thousands of runs; the last lines count them.
crash:
	go test -count 1 -timeout 4h -v -run '^(TestCrash|TestFaults)$$' ./experiment -args -crash-states all

# A thousand kills, two hundred pairs of commands on one folder, two thousand
# flipped bits; the last lines of each count them.
torture:
	go test -count 1 -timeout 4h -v -run '^(TestKills|TestPairs|TestFlips)$$' ./cmd/train -args -torture 100

# Five thousand damaged copies of every file that is read.
mutants:
	go test -count 1 -timeout 1h -v -run '^TestMutants$$' ./experiment -args -mutants 5000

# The memory of a training by Adam with checkpoints, of models of 77 and 292 MB.
memory:
	for sizes in 64,4000,5000,10 64,8000,9500,10; do \
	  go test -count 1 -timeout 1h -v -run '^TestMemoryOfTraining$$' ./experiment -args -memory-sizes $$sizes || exit 1; \
	done

# State dicts and damaged copies of them, as PyTorch reads them and as we do.
# Needs a Python with torch: PYTHON=… names it; SEED, DICTS and MUTANTS say which
# and how many.
differential:
	go test -count 1 -timeout 1h -v -tags differential -run '^TestDifferential$$' ./models/pytorch

# The pictures in the README, from the run that it describes.
figures:
	go run ./cmd/train -overwrite
	cp runs/mnist-784-128-10-sgd/loss.png runs/mnist-784-128-10-sgd/accuracy.png cmd/train/readme/
	go run ./cmd/initexp -scheme equalvar
	cp runs/initexp-equalvar/activations.png cmd/initexp/readme/
	go run ./cmd/pathological
	cp runs/pathological/paths.png cmd/pathological/readme/
