# SPDX-License-Identifier: MIT
# make             builds build/gpumatch and the library
# make run         installs what is missing, builds, and judges this machine
# make test        installs what is missing, builds, and runs the tests
# Meson does the work; see meson.build.

MESON  = meson setup
SETUP  = @tools/install-packages.sh
WERROR = -Dwerror=true
NINJA  = ninja --quiet -C

.PHONY: all run test test-clang test-asan windows bench format clean FORCE
all: build/build.ninja
	$(SETUP) build
	@$(NINJA) build

build/build.ninja:
	$(SETUP) build
	@$(MESON) build $(WERROR) -Dtests=false >/dev/null

run: all
	@tools/run.sh build/gpumatch

# Reconfiguring is cheap where nothing changes, and keeps one build directory for both.
test: build-test/build.ninja FORCE
	@$(NINJA) build-test
	@meson test -C build-test --no-rebuild --print-errorlogs

build-test/build.ninja: FORCE
	$(SETUP) build test windows
	@test -e $@ || $(MESON) build-test $(WERROR) >/dev/null
	@test -e build-windows/build.ninja || $(MESON) build-windows $(WERROR) -Dtests=false --cross-file tools/mingw-w64.ini >/dev/null
	@$(NINJA) build-windows

test-clang: FORCE
	$(SETUP) build test clang
	@test -e build-clang/build.ninja || CC=clang $(MESON) build-clang $(WERROR) >/dev/null
	@$(NINJA) build-clang
	@meson test -C build-clang --no-rebuild --print-errorlogs

# Without -Werror: gcc's warnings about flow are wrong about code that sanitizers have instrumented.
test-asan: FORCE
	$(SETUP) build test clang
	@test -e build-asan/build.ninja || $(MESON) build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@$(NINJA) build-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 meson test -C build-asan --no-rebuild --print-errorlogs

windows: FORCE
	$(SETUP) build windows
	@test -e build-windows/build.ninja || $(MESON) build-windows $(WERROR) -Dtests=false --cross-file tools/mingw-w64.ini >/dev/null
	@$(NINJA) build-windows
	@ls -l build-windows/gpumatch.exe

bench: build-test/build.ninja FORCE
	@$(NINJA) build-test
	@/usr/bin/python3 bench/run.py build-test

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-test build-clang build-asan build-windows
