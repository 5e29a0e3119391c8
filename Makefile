# One set of build flags everywhere: a second set compiles Fyne's C again, for three minutes.
# The microphone is cleaned by WebRTC's library, else by SpeexDSP, else not at all, and the phone says which: asked anew for
# each recipe, because deps may just have installed it.
TAGS = x11,migrated_fynedo,nolibopusfile$(shell pkg-config --exists webrtc-audio-processing 2>/dev/null || { pkg-config --exists speexdsp 2>/dev/null && echo ,speexdsp || echo ,novoice; })
# A clone that another user owns has no version stamp rather than no build.
export GOFLAGS = -tags=$(TAGS) -buildvcs=false
BIN := bin
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build deps test-deps demo test check bench lint clean

build:
	@mkdir -p $(BIN)
	go build -o $(BIN)/ ./cmd/...

# What building needs; tells what to install where it cannot do it itself.
deps:
	@.ci/deps build

# What the tests run against: servers, sound, a display, and a root folder with Asterisk in it (kept in the user's cache).
test-deps: deps
	@.ci/deps test
	@.ci/asterisk-root >/dev/null || if [ "$$CI" = true ]; then exit 1; else echo 'Tests with Asterisk will be skipped.'; fi

demo: deps build
	$(BIN)/svara --demo

test: test-deps build check
	@.ci/test

# Formatting and vet, before any test runs.
check:
	@unformatted=$$(gofmt -l cmd ui phone audio store assets); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	go vet ./...

# Prints our figures beside baresip's from the same run.
bench: test-deps build
	@.ci/bench

lint: check
	go run $(STATICCHECK) ./...
	go run $(GOLANGCI) run

clean:
	rm -rf $(BIN) dist
	go clean -testcache
