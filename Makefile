# SPDX-License-Identifier: MIT
# make             builds build/gpumatch and the library
# make run         installs what is missing, builds, and judges this machine
# make test        installs what is missing, builds, and runs the tests, those of Windows under wine
# make test-clang  the same tests, built by clang; make test-asan: with address and undefined-behaviour sanitizers
# make windows     builds build-windows/gpumatch.exe
# make expectations  writes what the tests and the pages show anew: read what has changed (git diff)
# make fuzz        lets libFuzzer at each reader: FUZZ_SECONDS=600 FUZZ_TARGETS="elf wheel"
# make oracle      downloads wheels and compares what is read of them with NVIDIA's cuobjdump, image for image
# make bench       measures against what the machine can do; make format: clang-format; make clean
# Meson does the work; see meson.build.

INSTALL = @tools/install-packages.sh
NINJA   = @ninja --quiet -C
TEST    = @tools/run_tests.py
LIBRARIES = @tools/build-libraries.sh
WERROR  = -Dwerror=true
# $(call libraries,SYSTEM): those of tools/build-libraries.sh
libraries = "-Dpkg_config_path=$(CURDIR)/build-libraries/$(1)/lib/pkgconfig"
LINUX   = $(call libraries,linux)
WINDOWS = $(call libraries,windows) --cross-file tools/mingw-w64.ini
# $(call configure,DIRECTORY,OPTIONS,VARIABLES): once, and again when the options change; Meson is heard only when it fails.
configure = @echo '$(2)' | cmp -s - $(1)/options || { rm -rf $(1); \
	log=$$($(3) meson setup $(1) $(2) 2>&1) && echo '$(2)' >$(1)/options || { echo "$$log" >&2; exit 1; }; }

.PHONY: all libraries run test test-clang test-asan windows expectations bench fuzz oracle format clean
all: libraries
	$(call configure,build,$(LINUX) $(WERROR) -Dtests=false)
	$(NINJA) build

libraries:
	$(INSTALL) build
	$(LIBRARIES) linux

run: all
	@tools/run.sh build/gpumatch

test: libraries windows
	$(INSTALL) test
	$(call configure,build-test,$(LINUX) $(WERROR))
	$(NINJA) build-test
	$(TEST) build-test

test-clang: libraries
	$(INSTALL) test clang
	$(call configure,build-clang,$(LINUX) $(WERROR),CC=clang)
	$(NINJA) build-clang
	$(TEST) build-clang --no-suite once

# Without -Werror: gcc's warnings about flow are wrong about code that sanitizers have instrumented.
test-asan: libraries
	$(INSTALL) test
	$(call configure,build-asan,$(LINUX) -Db_sanitize=address$(comma)undefined -Db_lundef=false)
	$(NINJA) build-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 tools/run_tests.py build-asan --no-suite once
comma = ,

windows:
	$(INSTALL) build windows
	$(LIBRARIES) windows
	$(call configure,build-windows,$(WINDOWS) $(WERROR) -Dtests=false)
	$(NINJA) build-windows

expectations: all
	@GPUMATCH=$(CURDIR)/build/gpumatch GPUMATCH_BUILD=build sh -c 'for kind in machines screens docs; do /usr/bin/python3 tests/test_$$kind.py; done'

bench: libraries
	$(INSTALL) test
	$(call configure,build-test,$(LINUX) $(WERROR))
	$(NINJA) build-test
	@/usr/bin/python3 bench/run.py build-test

FUZZ_SECONDS = 60
FUZZ_TARGETS =
fuzz: libraries
	$(INSTALL) test clang
	$(call configure,build-fuzz,$(LINUX) -Dfuzz=true -Db_sanitize=address$(comma)undefined -Db_lundef=false,CC=clang)
	$(NINJA) build-fuzz
	@tests/fuzz/run.sh build-fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

oracle: all
	@tools/oracle.py build/gpumatch

format:
	$(INSTALL) test
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-test build-clang build-asan build-fuzz build-windows build-libraries
