#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes each target for a time, two at once; what is found lies in BUILD/corpus/TARGET and goes on from there.
# A crash belongs, made small, into tests/fuzz/found/TARGET.
# usage: run.sh BUILD SECONDS [TARGET]...
set -eu
build=$1 seconds=$2
shift 2
cd "$build"
[ $# -gt 0 ] || set -- $(cut -d' ' -f1 tests/fuzz/seeds.list)
export seconds UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
printf '%s\n' "$@" | xargs -P 2 -I NAME sh -c '
    mkdir -p corpus/NAME
    log=corpus/NAME.log
    if tests/fuzz/fuzz_NAME -max_total_time="$seconds" -max_len=4096 -timeout=20 -entropic=0 -reload=0 \
        -print_final_stats=1 -artifact_prefix=corpus/NAME- corpus/NAME tests/fuzz/NAME >"$log" 2>&1; then
        echo "NAME: $(sed -n "s/^stat::number_of_executed_units: //p" "$log") executions"
    else
        tail -40 "$log"
        exit 1
    fi'
