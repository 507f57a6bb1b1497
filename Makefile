# Otklik. The two commands that matter: make run, make test.

SHELL   := /bin/bash
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
TOOLS   := bin/tools/staticcheck bin/tools/gofumpt

.PHONY: run test check build bench bench-glass windows mobile-check soak pictures clean

run: ## set up and start everything: collector, console, one terminal with the exit poll on the glass
	@.ci/setup build
	@$(MAKE) --no-print-directory build
	@exec .ci/start

# What the tree consists of, for the cache of test results: Go does not see what the programs are made of that some tests
# build and run.
test: export OTKLIK_TREE = $(shell git ls-files -co --exclude-standard -z | grep -zv '\.md$$\|\.png$$' | sort -z | xargs -0 sha256sum 2>/dev/null | sha256sum | cut -c1-16)
test: ## set up and run all tests
	@.ci/setup build test
	@$(MAKE) --no-print-directory check mobile-check
	go test -timeout 20m ./...
	cd .ci/glass && go test -timeout 20m ./...
	cd .ci/faults && go test -timeout 20m ./...

check: $(TOOLS) ## the quick gate before every commit: format, vet, staticcheck, import arrows, catalogues
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 bin/tools/gofumpt -l); \
	  [ -z "$$unformatted" ] || { printf 'gofumpt -w would change:\n%s\n' "$$unformatted"; exit 1; }
	@for module in . .ci/glass .ci/faults; do \
	  echo "vet and staticcheck $$module"; (cd $$module && go vet ./... && $(CURDIR)/bin/tools/staticcheck ./...) || exit 1; \
	done
	go test ./cmd ./kiosk/words -run 'Arrows|Catalogue'

build: ## build the programs into bin/
	@mkdir -p bin
	go build -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

bench: build ## measure; figures are ratios taken side by side in one run
	@.ci/setup build test
	go test -run '^$$' -bench . -benchtime 2s ./sync/... ./surveys/... ./cmd

bench-glass: ## measure the glass from outside: touch to next question, start, memory, beside survey-js-ui in Chromium
	@.ci/setup build test
	cd .ci/glass && go run . bench

windows: ## build bin/kiosk.exe for tablets with Windows and make a visit on it under Wine; the first time takes minutes
	@.ci/setup build windows test
	@mkdir -p bin
	CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc GOOS=windows go build -ldflags '$(LDFLAGS)' -o bin/kiosk.exe ./cmd/kiosk
	cd .ci/glass && OTKLIK_PICTURES=$(CURDIR)/bin go test -count 1 -v -run OnWindows .

mobile-check: ## compile the glass as for Android, with Fyne's mobile driver, and for its processors what needs no NDK
	go build -tags mobile,alone -o /dev/null ./cmd/kiosk
	GOOS=android GOARCH=arm64 CGO_ENABLED=0 go build ./surveys/... ./kiosk/visit ./sync/wire ./sync/outbox ./sync/recorder ./sync/agent

soak: build ## the long runs: fuzz every decoder for FUZZTIME (default 10m) each, torment the glass, break everything that can break
	@.ci/setup build test
	.ci/soak

pictures: build ## render the pictures of every screen that the documents show
	.ci/pictures

$(TOOLS): .ci/tools/go.mod
	cd .ci/tools && go build -o ../../bin/tools/ honnef.co/go/tools/cmd/staticcheck mvdan.cc/gofumpt
	@touch $(TOOLS)

clean: ## remove what was built
	rm -rf bin
