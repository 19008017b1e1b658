# smtpscope: why was this mail delivered several times?
#
#   make run      install what is missing, build, open the sample capture
#   make check    install what is missing, build, run every test
#   make          build only: build/smtpscope and build/smtpforge
#   make check-sql  the same for the SQL in README, in a PostgreSQL of its own
#   make fuzz     look for inputs that break something, SECONDS=60 a target (needs clang)
#   make soak     random conversations and scenarios without end, until one is read wrong
#   make bench    how fast it is: beside reading alone, and at the terminal
#
# SAN=1 builds with ASan and UBSan (into build/san), WERROR=1 makes warnings errors,
# CC=clang uses clang, BUILD=DIR builds elsewhere; install takes PREFIX and DESTDIR.

VERSION := 0.1.0
PREFIX ?= /usr/local
SAMPLE := pcaps/q154083.pcap

ifeq ($(origin CC),default)
CC := gcc
endif
ifdef SAN
BUILD ?= build/san
else
BUILD ?= build
endif

# ---- What is needed, in the names of Debian and Ubuntu ------------------------------------

LIBRARIES := ncursesw libpcap zlib libzstd libxxhash libutf8proc yajl inih
PACKAGES_BUILD := gcc libc6-dev pkg-config libncurses-dev libpcap-dev libnet1-dev zlib1g-dev \
	libzstd-dev libxxhash-dev libutf8proc-dev libyajl-dev libinih-dev
PACKAGES_CHECK := $(PACKAGES_BUILD) libcmocka-dev libvterm-dev python3 iproute2 tmux
PACKAGES_SQL := $(PACKAGES_BUILD) python3 postgresql

# ---- Flags --------------------------------------------------------------------------------

# Expanded where they are used, so that `make deps` may run before the libraries are there.
LIBRARY_CFLAGS = $(shell pkg-config --cflags $(LIBRARIES))
LIBRARY_LIBS = $(shell pkg-config --libs $(LIBRARIES))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wcast-qual \
	-Wwrite-strings -Wformat=2 -Wvla -Wundef -Wpointer-arith -Wnull-dereference
ifdef WERROR
WARNINGS += -Werror
endif

OPTIMISE := -O2 -g
ifdef SAN
OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
else
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
	-ftrivial-auto-var-init=pattern
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
endif

CPPFLAGS_ALL = -D_GNU_SOURCE -DSMTPSCOPE_VERSION='"$(VERSION)"' -Iinclude -Icapture -Itui \
	-Itests/forge -Itests/unit $(LIBRARY_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(OPTIMISE) $(HARDENING) -fPIE $(WARNINGS) $(CFLAGS)
LDFLAGS_ALL = $(OPTIMISE) $(LINK_HARDENING) $(LDFLAGS)

# V=1 shows the commands.
ifndef V
Q := @
say = @printf '  %-7s %s\n' $(1) $(2)
endif

# ---- What is built ------------------------------------------------------------------------

CAPTURE := $(wildcard capture/*.c capture/*/*.c)
TUI := $(filter-out tui/main.c,$(wildcard tui/*.c tui/*/*.c))
FORGE := $(filter-out tests/forge/main.c,$(wildcard tests/forge/*.c))
TESTS := $(wildcard tests/unit/test_*.c)
FIXTURES := $(filter-out $(TESTS),$(wildcard tests/unit/*.c))
FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_SHARED := $(filter-out $(FUZZ) tests/fuzz/replay.c tests/fuzz/seeds.c,$(wildcard tests/fuzz/*.c))
SCENARIOS := $(wildcard pcaps/*.scn)

objects = $(patsubst %,$(BUILD)/obj/%.o,$(1))
CAPTURE_O := $(call objects,$(CAPTURE))
TUI_O := $(call objects,$(TUI) tui/demo.S)
FORGE_O := $(call objects,$(FORGE))
FIXTURES_O := $(call objects,$(FIXTURES))
FUZZ_O := $(call objects,$(FUZZ_SHARED))
TEST_PROGRAMS := $(TESTS:tests/unit/%.c=$(BUILD)/tests/%)
FUZZ_PROGRAMS := $(FUZZ:tests/fuzz/%.c=$(BUILD)/fuzz/%)

# Objects between a source and a test program stay, or each run would build them anew.
.SECONDARY:
.PHONY: all run check check-built deps deps-check unit install uninstall clean samples \
	check-sql fuzz fuzz-programs fuzz-seeds soak bench
all: $(BUILD)/smtpscope $(BUILD)/smtpforge

$(BUILD)/obj/%.c.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(BUILD)/obj/tui/demo.S.o: tui/demo.S $(SAMPLE)
	@mkdir -p $(@D)
	$(Q)$(CC) -DDEMO_CAPTURE='"$(SAMPLE)"' -fPIE -c $< -o $@

$(BUILD)/libcapture.a: $(CAPTURE_O)
$(BUILD)/libtui.a: $(TUI_O)
$(BUILD)/libforge.a: $(FORGE_O)
$(BUILD)/libfixtures.a: $(FIXTURES_O)
$(BUILD)/%.a:
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/smtpscope: $(call objects,tui/main.c) $(BUILD)/libtui.a $(BUILD)/libcapture.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(LIBRARY_LIBS) -o $@

$(BUILD)/smtpforge: $(call objects,tests/forge/main.c) $(BUILD)/libforge.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ -lnet $(shell pkg-config --libs libpcap) -o $@

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.c.o $(BUILD)/libfixtures.a $(BUILD)/libtui.a \
		$(BUILD)/libforge.a $(BUILD)/libcapture.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(LIBRARY_LIBS) -lnet -lutil \
		$(shell pkg-config --libs cmocka vterm) -lm -o $@

# A fuzz target alone only runs files; libFuzzer's main, which `make fuzz` links, looks for more.
FUZZ_MAIN = $(call objects,tests/fuzz/replay.c)
FUZZ_LINK = $(LIBRARY_LIBS) -lnet

$(BUILD)/libfuzz.a: $(FUZZ_O)
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.c.o $(FUZZ_MAIN) $(BUILD)/libfuzz.a \
		$(BUILD)/libtui.a $(BUILD)/libforge.a $(BUILD)/libcapture.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(FUZZ_LINK) -o $@

$(BUILD)/fuzz/seeds: $(BUILD)/obj/tests/fuzz/seeds.c.o $(BUILD)/libfixtures.a $(BUILD)/libcapture.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(LIBRARY_LIBS) $(shell pkg-config --libs cmocka) -o $@

# Each measures one part by itself: build/bench/join 1000000 resent
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.c.o $(BUILD)/libcapture.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(LIBRARY_LIBS) -o $@

# ---- The commands -------------------------------------------------------------------------

run: deps
	@$(MAKE) --no-print-directory all
	$(BUILD)/smtpscope $(SAMPLE)

check: deps-check
	@$(MAKE) --no-print-directory check-built

deps:
	@tests/tools/deps $(PACKAGES_BUILD)

deps-check:
	@tests/tools/deps $(PACKAGES_CHECK)

unit: $(TEST_PROGRAMS)

check-built: all unit fuzz-programs
	@BUILD=$(BUILD) tests/tools/check $(TEST_PROGRAMS)

check-sql:
	@tests/tools/deps $(PACKAGES_SQL)
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) tests/sql/check

samples: $(BUILD)/smtpforge
	for s in $(SCENARIOS:.scn=); do $(BUILD)/smtpforge $$s.scn -w $$s.pcap || exit 1; done

fuzz-programs: $(FUZZ_PROGRAMS)

# Needs what `make check` needs, and clang with its fuzzer. Those named in TARGETS, or all;
# MORE is a folder of more inputs to begin with, as fuzz-seeds makes one.
SECONDS ?= 60
fuzz: deps-check
	@if tests/fuzz/has-clang; then \
		$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/fuzzing HARDENING= LINK_HARDENING= \
			OPTIMISE='-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
			-fsanitize=fuzzer-no-link,address,undefined' \
			FUZZ_MAIN= FUZZ_LINK='$$(LIBRARY_LIBS) -lnet -fsanitize=fuzzer' fuzz-programs && \
		BUILD=$(BUILD)/fuzzing TARGETS='$(TARGETS)' tests/fuzz/search $(SECONDS) $(MORE); \
	fi

# Inputs for the targets out of the samples, into $(BUILD)/seeds.
fuzz-seeds: $(BUILD)/fuzz/seeds
	$(BUILD)/fuzz/seeds $(BUILD)/seeds $(SCENARIOS:.scn=.pcap)

# Figures on a capture of COUNT messages of SIZE bytes; forging a million takes minutes.
COUNT ?= 100000
SIZE ?= 600
bench: all $(addprefix $(BUILD)/bench/,join let_go limit ratio screen)
	@BUILD=$(BUILD) tests/bench/measure $(COUNT) $(SIZE)

soak: deps-check
	@$(MAKE) --no-print-directory $(BUILD)/tests/test_reassembly \
		$(BUILD)/tests/test_soundness
	@BUILD=$(BUILD) tests/fuzz/soak

BASH_COMPLETION = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/smtpscope
ZSH_COMPLETION = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_smtpscope

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(dir $(BASH_COMPLETION) $(ZSH_COMPLETION))
	install -m 755 $(BUILD)/smtpscope $(DESTDIR)$(PREFIX)/bin/smtpscope
	install -m 644 tui/smtpscope.1 $(DESTDIR)$(PREFIX)/share/man/man1/smtpscope.1
	install -m 644 tui/completion.bash $(BASH_COMPLETION)
	install -m 644 tui/completion.zsh $(ZSH_COMPLETION)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/smtpscope $(DESTDIR)$(PREFIX)/share/man/man1/smtpscope.1 \
		$(BASH_COMPLETION) $(ZSH_COMPLETION)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
