#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures what the project promises about speed and memory, and says whether it holds.

Every number is the median of five runs, of many where a run is short, after one that is thrown away.
What is not named is left out; without a library, a large one is made up. The report goes to the screen and to BUILD/bench.txt."""
import argparse
import ctypes
import json
import mmap
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROUNDS = 5
WALK_ROUNDS, STARTS = 51, 201  # of what takes less than a few milliseconds
START_BAR_MS, MEMORY_BAR_MIB = 2.0, 64
WALK_RATIO_BAR, WALK_MEMORY_BAR_MIB, CUOBJDUMP_BAR = 1.5, 16, 4000
CHECK_BAR_MS, COLLECT_ENV_BAR = 25, 100
COLD_CHECK_BAR_MS, SCAN_BAR_MS = 100, 50
DROP_CACHES = pathlib.Path("/proc/sys/vm/drop_caches")
INFLATE_BAR = 0.9
MACHINE = ["--gpu", "Tesla T4", "--driver", "580.95.05"]
ANSWERS = (0, 1, 4)  # exit statuses of a question that was answered

SYNTHETIC_MODULES, SYNTHETIC_PAYLOAD = 400, 30_000


class Report:
    """What was measured, on the screen and in a file."""

    def __init__(self, path):
        self.file = path.open("w", encoding="utf-8")
        self.holds = True

    def say(self, text):
        print(text, flush=True)
        print(text, file=self.file, flush=True)

    def line(self, what, value, unit, bar=None, least=False):
        """`bar`: the most that is allowed; with `least`, the least."""
        row = f"  {what:<52}{value:>12,.2f} {unit:<4}"
        if bar is not None:
            holds = value >= bar if least else value <= bar
            self.holds = self.holds and holds
            row += f"{'>=' if least else '<='} {f'{bar:,} {unit}':<12}{'holds' if holds else 'MISSED'}"
        self.say(row.rstrip())


def spawn(build, command, rounds=ROUNDS, warm_up=1, answers=(0,)):
    """(median wall time in ms, peak memory in MiB) of a program."""
    done = subprocess.run([build / "bench" / "bench_spawn", str(warm_up + rounds), *map(str, command)],
                          capture_output=True, text=True, check=True)
    runs = [[float(x) for x in row.split()] for row in done.stdout.splitlines()[warm_up:]]
    for _, _, status in runs:
        if status not in answers:
            sys.exit(f"{' '.join(map(str, command))}: exit status {status:.0f}\n{done.stderr}")
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs) / 1024


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


def walk(build, library, how):
    done = subprocess.run([build / "bench" / "bench_walk", library, how], capture_output=True,
                          text=True, check=True)
    return [float(x) for x in done.stdout.split()]


def measure_library(report, build, library, cuobjdump):
    ours, alone, bare, headers, modules, images = walk(build, library, str(WALK_ROUNDS))
    report.say(f"{library}: {library.stat().st_size:,} bytes, {modules:.0f} modules, "
               f"{images:.0f} images, {headers:.0f} headers")
    report.line("reading it", ours, "ms")
    report.line("with one thread", alone, "ms")
    report.line("the same headers with bare preads", bare, "ms")
    report.line("ratio, both with one thread", alone / bare, "x", WALK_RATIO_BAR)
    report.line("peak memory", walk(build, library, "once")[0] / 1024, "MiB", WALK_MEMORY_BAR_MIB)
    report.line("peak memory, read as a stream", walk(build, library, "forward")[0] / 1024, "MiB",
                MEMORY_BAR_MIB)
    if cuobjdump:
        theirs, memory = spawn(build, [cuobjdump, "-all", "--list-elf", library])
        report.line("cuobjdump -all --list-elf", theirs, "ms")
        report.line("its peak memory", memory, "MiB")
        report.line("faster than cuobjdump", theirs / ours, "x", CUOBJDUMP_BAR, least=True)


def forget(path):
    """Asks the system to forget what it has of a file; how many of its pages it still has."""
    file = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(file).st_size
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        if not size:
            return 0
        with mmap.mmap(file, size, prot=mmap.PROT_READ | mmap.PROT_WRITE,
                       flags=mmap.MAP_PRIVATE) as view:
            first = ctypes.c_char.from_buffer(view)
            pages = (ctypes.c_ubyte * (-(-size // mmap.PAGESIZE)))()
            failed = ctypes.CDLL(None, use_errno=True).mincore(
                ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(size), pages)
            del first
            return len(pages) if failed else sum(page & 1 for page in pages)
    finally:
        os.close(file)


def make_cold(program, environment):
    """Empties the page cache; says how."""
    os.sync()
    try:
        DROP_CACHES.write_text("3\n", encoding="ascii")
        return "drop_caches"
    except OSError:
        files = [p for p in environment.rglob("*") if p.is_file() and not p.is_symlink()]
        left = sum(map(forget, [program, *files]))
        return f"posix_fadvise; by mincore {left} pages of {1 + len(files)} files stayed"


def cold(build, command, answers):
    """(median wall time in ms, how the cache was emptied before each run)."""
    times = []
    for _ in range(ROUNDS):
        how = make_cold(build / "gpumatch", pathlib.Path(command[3]))
        times.append(spawn(build, command, 1, warm_up=0, answers=answers)[0])
    return statistics.median(times), how


def measure_environment(report, build, environment):
    report.say(f"{environment}, on {' '.join(MACHINE)}")
    check = [build / "gpumatch", "check", "--env", environment, *MACHINE]
    ours, memory = spawn(build, check, answers=ANSWERS)
    read, memory_read = spawn(build, [*check, "--read"], answers=ANSWERS)
    scan, memory_scan = spawn(build, [build / "gpumatch", "scan", environment])
    unread, how = cold(build, check, ANSWERS)
    report.line("gpumatch check", ours, "ms", CHECK_BAR_MS)
    report.line("gpumatch check, cold", unread, "ms", COLD_CHECK_BAR_MS)
    report.say(f"  (the page cache emptied by {how})")
    report.line("gpumatch check --read, every library", read, "ms", CHECK_BAR_MS)
    report.line("gpumatch scan", scan, "ms", SCAN_BAR_MS)
    report.line("peak memory", max(memory, memory_read, memory_scan), "MiB", MEMORY_BAR_MIB)
    theirs, memory = spawn(build, [environment / "bin" / "python", "-m", "torch.utils.collect_env"])
    report.line("python -m torch.utils.collect_env", theirs, "ms")
    report.line("its peak memory", memory, "MiB")
    report.line("faster than collect_env", theirs / ours, "x", COLLECT_ENV_BAR, least=True)
    report.line("with --read", theirs / read, "x")


def listed(build, path):
    """{path inside: what is in the library}: every image, in order."""
    done = subprocess.run([build / "gpumatch", "scan", "--json", "--images", "--modules", path],
                          capture_output=True, encoding="utf-8", check=True)
    binaries = json.loads(done.stdout)["binaries"]
    hidden = ("package", "soname", "run_path", "needed")  # a compressed member tells none of the last
    return {b.pop("path").removeprefix(f"{path}!/"): {k: v for k, v in b.items() if k not in hidden}
            for b in binaries}


def same_unpacked(build, wheel):
    """Whether every library with GPU code in a wheel is read as when it is unpacked, one at a time."""
    inside = listed(build, wheel)
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as directory:
        for member, library in inside.items():
            path = pathlib.Path(directory, "library")
            with archive.open(member) as packed, path.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 1 << 20)
            if list(listed(build, path).values()) != [library]:
                return 0
    return len(inside)


def measure_wheel(report, build, wheel):
    """On one core, as the bar says; alternating, so that both meet the same machine."""
    report.say(f"{wheel}: {wheel.stat().st_size:,} bytes")
    scan = [build / "gpumatch", "scan", wheel]
    one_core = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]

    def inflate():
        done = subprocess.run([*one_core, build / "bench" / "bench_inflate", wheel],
                              capture_output=True, text=True, check=True)
        return float(done.stdout.split()[0])

    rounds = [(*spawn(build, [*one_core, *scan], 1, warm_up=0), inflate())
              for _ in range(1 + ROUNDS)][1:]
    ours, memory, bare = (statistics.median(column) for column in zip(*rounds))
    everywhere, memory_everywhere = spawn(build, scan)
    report.line("gpumatch scan, on one core", ours, "ms")
    report.line("inflating the same members, on one core", bare, "ms")
    report.line("of its speed", bare / ours, "x", INFLATE_BAR, least=True)
    report.line("gpumatch scan, on all cores", everywhere, "ms")
    report.line("peak memory", max(memory, memory_everywhere), "MiB", MEMORY_BAR_MIB)
    report.line("libraries read as when unpacked", same_unpacked(build, wheel), "", 1, least=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="build directory")
    for name, what in (("library", "with GPU code, such as libtorch_cuda.so"),
                       ("cuobjdump", "NVIDIA's program, which lists the same library"),
                       ("env", "Python environment with PyTorch"), ("wheel", "such as PyTorch's")):
        variable = f"GPUMATCH_BENCH_{name.upper()}"
        parser.add_argument(f"--{name}", type=pathlib.Path, help=f"{what}; else ${variable}",
                            default=os.environ.get(variable) or None)
    return parser.parse_args()


def main():
    named = arguments()
    build = named.build.resolve()
    report = Report(build / "bench.txt")
    report.say(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the first run")
    report.say("gpumatch --version")
    report.line("start-up", spawn(build, [build / "gpumatch", "--version"], STARTS)[0], "ms", START_BAR_MS)
    with tempfile.TemporaryDirectory() as directory:
        library = named.library
        if not library:
            report.say("left out: a real library, a made-up one instead; GPUMATCH_BENCH_LIBRARY is not set")
            library = pathlib.Path(directory) / "libsynthetic.so"
            synthetic(library)
        if not named.cuobjdump:
            report.say("left out: cuobjdump; GPUMATCH_BENCH_CUOBJDUMP is not set")
        measure_library(report, build, library, named.cuobjdump)
    for measure, path, what in ((measure_environment, named.env, "env"),
                                (measure_wheel, named.wheel, "wheel")):
        if path:
            measure(report, build, path)
        else:
            report.say(f"left out: {what}; GPUMATCH_BENCH_{what.upper()} is not set")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
