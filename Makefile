# Every task of the project. `make run` needs Go and nothing else; each other target installs what it needs into .tools/,
# in exact versions, once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
export GOFLAGS := -buildvcs=false
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

# Functions that hash run where argon2 has assembly; the others where a millisecond is cheapest. template.yaml has the
# same two kinds as parameters.
HASHING     := login signup recovery profile
HASH_ARCH   ?= amd64
LIGHT_ARCH  ?= arm64
FUNCTIONS   := $(patsubst functions/%/lambda/main.go,%,$(wildcard functions/*/lambda/main.go))
SOURCES     := $(shell find functions shared -type f ! -name '*_test.go') go.mod go.sum
STATICCHECK := v0.8.2

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## start everything on http://localhost:3000, with nothing but Go
	@go run ./infra/local

run-dynamodb: .tools/dynamodb/.stamp ## the same on DynamoDB Local
	@go run ./infra/local -dynamodb

demo: ## the same as run, with parcels that move, to see tracking live
	@go run ./infra/local -demo

# ---- build ----

build: data $(FUNCTIONS:%=dist/%.zip) ## the functions, as dist/NAME/bootstrap

data: # a catalogue that the store could not read is refused, with the line
	@mkdir -p .tools
	@go test ./shared/supply -run '^TestData$$' > .tools/data.log || { cat .tools/data.log; false; }

arch = $(if $(filter $(HASHING),$1),$(HASH_ARCH),$(LIGHT_ARCH))

dist/%/bootstrap: $(SOURCES) dist/%.arch infra/roots.pem
	@mkdir -p $(@D)
	@CGO_ENABLED=0 GOOS=linux GOARCH=$(call arch,$*) go build -tags lambda.norpc -trimpath -ldflags='-s -w -buildid=' -o $@ ./functions/$*/lambda
	@cp infra/roots.pem $(@D)/

# Changes only when the architecture does, so that another one builds anew.
dist/%.arch: always
	@mkdir -p $(@D)
	@echo $(call arch,$*) | cmp -s - $@ || echo $(call arch,$*) > $@

dist/%.zip: dist/%/bootstrap infra/pack/main.go
	@go run ./infra/pack dist/$* $@
	@printf '%-10s %-6s %5d KiB zipped\n' $* $(call arch,$*) $$(( $$(stat -c %s $@) / 1024 ))

# The certificate authorities that every AWS endpoint's certificate leads to, out of the system's bundle.
ROOTS := Amazon_Root_CA_1 Amazon_Root_CA_2 Amazon_Root_CA_3 Amazon_Root_CA_4 Starfield_Services_Root_Certificate_Authority_-_G2

roots: ## infra/roots.pem again, from the system's certificates
	@cat $(ROOTS:%=/usr/share/ca-certificates/mozilla/%.crt) > infra/roots.pem

openapi: ## infra/openapi/openapi.json again, from the code
	@go run ./infra/openapi/generate > infra/openapi/openapi.json.new && mv infra/openapi/openapi.json.new infra/openapi/openapi.json

assets: ## the committed style sheets, scripts and drawings again, from their sources
	@$(MAKE) -C infra/assets

# What the letters' own words need of a font that has Latin and Chinese.
FONT := /usr/share/fonts/truetype/wqy/wqy-microhei.ttc

letter-font: .tools/fonttools/.stamp ## shared/message/letter/letter.ttf again, after the words of letters changed
	@infra/tools/packages fonts-wqy-microhei python3-venv
	@cat shared/locale/catalogue/{message,locale}.zh-Hans.json | .tools/fonttools/bin/pyftsubset $(FONT) --font-number=0 \
		--unicodes=U+20-7E,U+A0-17F,U+1E00-1EFF,U+2010-2026 --text-file=/dev/stdin --no-hinting --drop-tables+=FFTM \
		--output-file=shared/message/letter/letter.ttf

lists: infra/lists/node_modules/.stamp ## the committed sets of common passwords and throw-away domains again
	@go run ./infra/lists

# ---- check ----

# What tests and linters need.
TESTED := packages .tools/dynamodb/.stamp .tools/moto/.stamp infra/tools/node_modules/.stamp infra/lists/node_modules/.stamp
LINTED := .tools/staticcheck-$(STATICCHECK) .tools/cfn-lint/.stamp .tools/sam/.stamp .tools/checkov/.stamp

test: $(TESTED) ## all tests, on both backends and in a browser
	@go test -timeout 20m ./...

race: $(TESTED) ## the tests of everything that shares memory, under the race detector
	@go test -race -timeout 20m $(RACE)

RACE := ./functions/... ./shared/... ./infra/local

lint: $(LINTED) ## what the tools say about code and template
	@unformatted=$$(gofmt -l functions infra shared); echo -n "$$unformatted" >&2; test -z "$$unformatted"
	@go mod tidy -diff
	@go vet ./...
	@.tools/bin/staticcheck ./...
	@.tools/cfn-lint/bin/cfn-lint template.yaml
	@.tools/sam/bin/sam validate --lint --template template.yaml > .tools/sam.log || { cat .tools/sam.log; false; }
	@.tools/checkov/bin/checkov --quiet --compact --framework cloudformation --file template.yaml > .tools/checkov.log 2>&1 || { cat .tools/checkov.log; false; }

check: ## everything that must hold before a change lands
	@.ci/run

bench: .tools/dynamodb/.stamp ## what requests, hashing and cold starts cost here
	@$(MAKE) build HASH_ARCH=$(NATIVE) LIGHT_ARCH=$(NATIVE)
	@go run ./infra/coldstart dist/*/bootstrap
	@go test -run '^$$' -bench . -benchmem ./shared/... ./infra/local

NATIVE = $(shell go env GOARCH)

# ---- deploy ----

sam-local: packages-sam .tools/sam/.stamp .tools/dynamodb/.stamp .tools/moto/.stamp ## a whole journey through sam local
	@$(MAKE) build LIGHT_ARCH=amd64
	@go run ./infra/sam

deploy: build .tools/sam/.stamp ## to the AWS account of the environment
	@.tools/sam/bin/sam deploy --template template.yaml --guided --capabilities CAPABILITY_IAM

# ---- tools ----

tools: $(TESTED) $(LINTED) ## install what the other targets need

packages:
	@infra/tools/packages build-essential chromium fonts-noto-cjk default-jre-headless maven npm python3-venv

packages-sam:
	@infra/tools/packages docker.io busybox-static default-jre-headless maven python3-venv

.tools/dynamodb/.stamp: infra/tools/dynamodb/pom.xml
	@mkdir -p $(@D)
	@mvn -q -B -f $< dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/.tools/dynamodb > .tools/maven.log || { cat .tools/maven.log; false; }
	@touch $@

# One virtual environment a tool: infra/tools/NAME.txt pins all that is in it.
.tools/%/.stamp: infra/tools/%.txt
	@python3 -m venv .tools/$*
	@.tools/$*/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

.tools/staticcheck-%:
	@GOBIN=$(CURDIR)/.tools/bin go install honnef.co/go/tools/cmd/staticcheck@$*
	@touch $@

infra/%/node_modules/.stamp: infra/%/package-lock.json
	@npm ci --prefix infra/$* --silent --no-audit --no-fund
	@touch $@

always:

.PRECIOUS: dist/%/bootstrap dist/%.arch
.PHONY: help run run-dynamodb demo build data roots openapi assets lists letter-font test race lint check bench sam-local deploy tools packages packages-sam always
