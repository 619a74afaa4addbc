# SPDX-License-Identifier: MIT
"""Files as tools write them, with seeded damage, through the program: it ends, in time and with little memory;
damage is a finding with file and offset and exit status 3, and what is not damaged is read all the same.

5,600 of eight seeds; with sanitizers, which are slow, 200. GPUMATCH_MUTANTS=N makes N of each seed, 12-12 one again.
"""
import json
import os
import random
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from paths import BUILD, PROGRAM, SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "fixtures"))
from containers import Container, Image, noise  # noqa: E402
from hostfiles import Elf, joined               # noqa: E402

FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures"))
SANITIZED = b"__asan_init" in Path(PROGRAM).read_bytes()
MEMORY_BYTES = 64 << 20
FAT_CONTAINERS = 40


def fat_library():
    """Many containers, each with a few targets, and the places where they begin."""
    containers = [Container(Image("sass", 75, payload=noise(96, i), compression="lz4", raw=300),
                            Image("sass", 90, "a", noise(40 + i, i + 1), "zstd", 200),
                            Image("ptx", 120, payload=noise(60, i + 2), compression="zstd", raw=400, isa=87))
                  for i in range(FAT_CONTAINERS)]
    elf = Elf()
    data, offsets = joined(*containers)
    elf.add(".nv_fatbin", data)
    for offset in offsets:
        elf.register(1, ".nv_fatbin", offset)
    built = elf.build()
    return built, [elf.place[".nv_fatbin"] + offset for offset in offsets] + [elf.place[".nv_fatbin"] + len(data)]


def wheel(path, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("a", "b"):
            archive.writestr(f"torch/lib/{name}.so", (FIXTURES / "nvcc-13-0-so").read_bytes())
        archive.writestr("torch-2.9.1.dist-info/METADATA", "Name: torch\nVersion: 2.9.1+cu128\n\n")
        archive.writestr("torch-2.9.1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n")
    return path.read_bytes()


SEEDS = {"so": "nvcc-13-0-so-rdc", "executable": "nvcc-13-0-exec", "object": "nvcc-13-0-object", "pe": "dll-x86-64",
         "dll": "mingw-dll", "cubin": "nvcc-13-0-cubin-sm-120f", "fat-library": None, "wheel": None}


def edit(dice, data):
    """One thing done to the bytes."""
    size = len(data)
    near_headers = dice.choice([dice.randrange(min(size, 512)), size - 1 - dice.randrange(min(size, 1024)),
                                dice.randrange(size)])
    place = dice.choice([near_headers, dice.randrange(size)])
    kind = dice.randrange(8)
    if kind == 0:  # cut
        return data[:dice.randrange(size)]
    if kind == 1:  # left out
        return data[:place] + data[place + dice.randint(1, 64):]
    if kind == 2:  # put in
        return data[:place] + dice.randbytes(dice.randint(1, 64)) + data[place:]
    if kind == 3:  # copied to another place
        part = data[place:place + dice.randint(1, 200)]
        other = dice.randrange(size)
        return data[:other] + part + data[other + len(part):]
    if kind == 4:  # a bit
        return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1:]
    if kind == 5:
        return data[:place] + dice.choice([b"\0", b"\xff"]) * dice.randint(1, 100) + data[place + 100:]
    width, field = dice.choice([(1, "B"), (2, "H"), (4, "I"), (8, "Q")])
    value = dice.choice([0, 1, 7, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 2**63, 2**64 - 1, 2**64 - 8, size,
                         dice.randrange(2 * size)]) % 256 ** width
    place = place // width * width
    return data[:place] + struct.pack("<" + field, value) + data[place + width:]


def mutant(seed, data):
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 4)):
        data = edit(dice, data) if data else data
    return data


def numbers():
    text = os.environ.get("GPUMATCH_MUTANTS", "25" if SANITIZED else "700")
    first, _, last = text.partition("-")
    return range(int(first), int(last) + 1) if last else range(int(first))


def run_limited(*args):
    """(exit status, standard output, standard error, seconds of processor time, most memory in bytes)."""
    out, err = BUILD / f"mutants.{os.getpid()}.out", BUILD / f"mutants.{os.getpid()}.err"
    actions = [(os.POSIX_SPAWN_OPEN, fd, str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
               for fd, path in ((1, out), (2, err))]
    env = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(BUILD / "no-configuration"), "GPUMATCH_LANG": "en"}
    process = os.posix_spawn(PROGRAM, [PROGRAM, *map(str, args)], env, file_actions=actions)
    _, status, used = os.wait4(process, 0)
    streams = [path.read_bytes() for path in (out, err)]
    out.unlink()
    err.unlink()
    return os.waitstatus_to_exitcode(status), *streams, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def check_run(what, size, *args):
    """The report of a scan, which ended as it must."""
    status, out, err, seconds, memory = run_limited("scan", "--json", "--images", "--modules", *args)
    assert status in (0, 3) and b"Sanitizer" not in err + out and b"runtime error" not in err, (what, status, err[-2000:])
    if not SANITIZED:
        assert seconds <= 1 + 0.02 * size / 1e6, (what, seconds)
        assert memory <= MEMORY_BYTES, (what, memory)
    report = json.loads(out)
    damage = [f["args"] for f in report["findings"] if f["code"] == "damaged"]
    assert (status == 3) == bool(damage), (what, status)
    assert all(d["file"] and isinstance(d["offset"], int) for d in damage), what
    assert report["complete"] or report["findings"], what
    return report


def without_path(binary):
    return {key: value for key, value in binary.items() if key != "path"}


def as_stream(binary):
    """What is told of a binary that comes as a stream: which libraries it asks for stands before it is known where."""
    return {**without_path(binary), "soname": None, "run_path": None, "needed": None}


def modules_of(report):
    """What is told of each module, by its offset; its number depends on those before it."""
    return {m["offset"]: {k: v for k, v in m.items() if k != "index"} for m in report["binaries"][0]["module_list"]}


@pytest.mark.parametrize("name", SEEDS)
def test_mutants(name, tmp_path):
    """In a folder, beside a file that is as it should be, and in a wheel, where it comes as a stream."""
    data = {"fat-library": lambda: fat_library()[0], "wheel": lambda: wheel(tmp_path / "seed.whl")}.get(
        name, lambda: (FIXTURES / SEEDS[name]).read_bytes())()
    folder = tmp_path / "folder"
    folder.mkdir()
    good = folder / "good.so"
    good.write_bytes((FIXTURES / "so-x86-64").read_bytes())
    usual = without_path(check_run("good", 0, good)["binaries"][0])
    damaged = 0
    for number in numbers():
        what = f"{name} {number}"
        bad = folder / "bad"
        bad.write_bytes(mutant(f"{name} {number}", data))
        report = check_run(what, len(data), folder)
        damaged += not report["complete"]
        assert usual in [without_path(b) for b in report["binaries"] if b["path"] == str(good)], what
        if number % 8 == 0 and name != "wheel":
            packed = tmp_path / "packed.zip"
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(bad, "bad")
                archive.write(good, "good.so")
            streamed = check_run(what + " in an archive", len(data), packed)
            kept, came = ([b for b in r["binaries"] if Path(b["path"]).name == "bad"] for r in (report, streamed))
            assert [as_stream(b) for b in kept] == [without_path(b) for b in came], what
    assert damaged or len(numbers()) < 20


def test_damage_in_a_container_leaves_the_others(tmp_path):
    """Whatever is done to the bytes of one container of a library, its other modules are all listed."""
    data, places = fat_library()
    path = tmp_path / "fat.so"
    path.write_bytes(data)
    usual = modules_of(check_run("fat", 0, path))
    assert sorted(usual) == places[:-1]
    for number in numbers():
        dice = random.Random(f"container {number}")
        which = dice.randrange(FAT_CONTAINERS)
        first, end = places[which:which + 2]
        part = data[first:end]
        changed = mutant(f"container {number}", part)[:len(part)].ljust(len(part), b"\x5a")
        path.write_bytes(data[:first] + changed + data[end:])
        found = modules_of(check_run(f"container {number}", len(data), path))
        lost = [place for place in places[:-1] if place != first and usual[place] != found.get(place)]
        assert not lost, (number, which, lost)


def test_a_container_that_reaches_into_the_next_one_does_not_hide_it(tmp_path):
    """Its bytes are moved behind others that were put in: it seems whole, and its end lies in the next one."""
    data, places = fat_library()
    path = tmp_path / "fat.so"
    path.write_bytes(data)
    usual = modules_of(check_run("fat", 0, path))
    for more in (8, 16, 64, 200):
        for first, end in zip(places[:3], places[1:]):
            path.write_bytes(data[:first] + bytes([0x5a]) * more + data[first:end - more] + data[end:])
            found = modules_of(check_run(f"{more} at {first}", len(data), path))
            assert all(found.get(place) == usual[place] for place in places[:-1] if place != first), (more, first)
