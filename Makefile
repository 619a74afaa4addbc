# SPDX-License-Identifier: MIT
# make             builds build/gpumatch and the library
# make run         installs what is missing, builds, and judges this machine
# make test        installs what is missing, builds, and runs the tests, those of Windows under wine
# make test-clang  the same tests, built by clang; make test-asan: with address and undefined-behaviour sanitizers
# make windows     builds build-windows/gpumatch.exe
# make bench       measures against what the machine can do; make format: clang-format; make clean
# Meson does the work; see meson.build.

INSTALL = @tools/install-packages.sh
NINJA   = @ninja --quiet -C
TEST    = @tools/run_tests.py
WERROR  = -Dwerror=true
WINDOWS = $(WERROR) -Dtests=false --cross-file tools/mingw-w64.ini
# $(call configure,DIRECTORY,OPTIONS,VARIABLES): once; Meson is heard only when it fails.
configure = @test -e $(1)/build.ninja || { log=$$($(3) meson setup $(1) $(2) 2>&1) || { echo "$$log" >&2; exit 1; }; }

.PHONY: all run test test-clang test-asan windows bench format clean
all:
	$(INSTALL) build
	$(call configure,build,$(WERROR) -Dtests=false)
	$(NINJA) build

run: all
	@tools/run.sh build/gpumatch

test: windows
	$(INSTALL) test
	$(call configure,build-test,$(WERROR))
	$(NINJA) build-test
	$(TEST) build-test

test-clang:
	$(INSTALL) build test clang
	$(call configure,build-clang,$(WERROR),CC=clang)
	$(NINJA) build-clang
	$(TEST) build-clang --no-suite once

# Without -Werror: gcc's warnings about flow are wrong about code that sanitizers have instrumented.
test-asan:
	$(INSTALL) build test
	$(call configure,build-asan,-Db_sanitize=address$(comma)undefined -Db_lundef=false)
	$(NINJA) build-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 tools/run_tests.py build-asan --no-suite once
comma = ,

windows:
	$(INSTALL) build windows
	$(call configure,build-windows,$(WINDOWS))
	$(NINJA) build-windows

bench:
	$(INSTALL) build test
	$(call configure,build-test,$(WERROR))
	$(NINJA) build-test
	@/usr/bin/python3 bench/run.py build-test

format:
	$(INSTALL) test
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-test build-clang build-asan build-windows
