#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures what the project promises about speed and memory, and says whether it holds.

usage: run.py BUILD_DIRECTORY [LIBRARY]

LIBRARY: a library with GPU code, for example torch/lib/libtorch_cuda.so of a PyTorch wheel; without
it the file that GPUMATCH_BENCH_LIBRARY names; without both, a large one is made from zeros."""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

RATIO_BAR, MEMORY_BAR_MIB, START_BAR_MS = 1.5, 16, 2.0
ROUNDS, STARTS = 51, 201
SYNTHETIC_MODULES, SYNTHETIC_PAYLOAD = 400, 30_000


def synthetic(path):
    """As many modules and images as libtorch_cuda.so has."""
    fixtures = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fixtures"
    sys.path.insert(0, str(fixtures))
    from containers import Container, Image  # pylint: disable=import-outside-toplevel
    from hostfiles import Elf                # pylint: disable=import-outside-toplevel

    numbers = (70, 75, 80, 86, 90, 100, 120)
    elf = Elf()
    payload = bytes(SYNTHETIC_PAYLOAD)
    container = Container(*(Image("sass", n, payload=payload, compression="lz4", raw=900_000)
                            for n in numbers))
    packed = container.pack()
    elf.add(".nv_fatbin", packed * SYNTHETIC_MODULES)
    for i in range(SYNTHETIC_MODULES):
        elf.register(1, ".nv_fatbin", i * len(packed))
    path.write_bytes(elf.build())


def peak_mib(walk, library, how):
    done = subprocess.run([walk, str(library), how], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def start_ms(program):
    times = []
    for _ in range(STARTS):
        begin = time.perf_counter()
        pid = os.posix_spawn(program, [program, "--version"], os.environ,
                             file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        os.waitpid(pid, 0)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def line(what, value, bar, holds):
    print(f"  {what:<52}{value:>14}   {bar:<10}{'holds' if holds else 'MISSED'}")
    return holds


def measure(build, library):
    walk = str(build / "bench" / "bench_walk")
    done = subprocess.run([walk, str(library), str(ROUNDS)], capture_output=True, text=True,
                          check=True)
    ours, bare, headers, modules, images = (float(x) for x in done.stdout.split())
    memory = peak_mib(walk, library, "once")
    stream = peak_mib(walk, library, "forward")
    start = start_ms(str(build / "gpumatch"))
    print(f"{library}: {library.stat().st_size:,} bytes, {modules:.0f} modules, "
          f"{images:.0f} images, {headers:.0f} headers")
    return all([
        line("reading it", f"{ours:.2f} ms", "", True),
        line("the same headers with bare preads", f"{bare:.2f} ms", "", True),
        line("ratio", f"{ours / bare:.2f}", f"<= {RATIO_BAR}", ours / bare <= RATIO_BAR),
        line("peak memory", f"{memory:.1f} MiB", f"<= {MEMORY_BAR_MIB} MiB",
             memory <= MEMORY_BAR_MIB),
        line("peak memory, read as a stream", f"{stream:.1f} MiB", "<= 64 MiB", stream <= 64),
        line("start-up (gpumatch --version, median)", f"{start:.2f} ms", f"<= {START_BAR_MS} ms",
             start <= START_BAR_MS)])


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    named = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("GPUMATCH_BENCH_LIBRARY")
    if named:
        return 0 if measure(build, pathlib.Path(named)) else 1
    print("No library was named (GPUMATCH_BENCH_LIBRARY=FILE make bench): a made-up one is measured.")
    with tempfile.TemporaryDirectory() as directory:
        library = pathlib.Path(directory) / "libsynthetic.so"
        synthetic(library)
        return 0 if measure(build, library) else 1


if __name__ == "__main__":
    sys.exit(main())
