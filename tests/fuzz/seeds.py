#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what the fuzz targets begin with, a folder each: the fixtures by what they are, small files
like them, what the project's tables and tests hold of text, and what was found once (found/).

usage: seeds.py FIXTURES DIRECTORY"""
import csv
import hashlib
import json
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).parent
SOURCE = HERE.parent.parent
sys.path[:0] = [str(SOURCE / "tests" / "fixtures")]
from ar_cases import member               # noqa: E402
from archives import DEFLATED, STORED, Member, archive, wheel  # noqa: E402
from containers import Container, Image, cubin, noise          # noqa: E402
from hostfiles import Elf, joined         # noqa: E402
from windows_files import Coff, Pe        # noqa: E402

TARGETS = [path.stem.removeprefix("fuzz_") for path in sorted(HERE.glob("fuzz_*.c"))]
FIXTURE_BYTES = 12000  # larger ones hold nothing but more payload


def containers():
    return (Container(Image("sass", 80, payload=noise(40, 1), compression="lz4", raw=90),
                      Image("ptx", 90, "a", noise(24, 2), "zstd", 70, 87)),
            Container(Image("sass", 120, payload=cubin(120, True))))


def with_code(file):
    """The host file with two small containers and their records."""
    data, offsets = joined(*containers())
    section = ".nv_fatb" if isinstance(file, Pe) else ".nv_fatbin"
    file.add(section, data)
    for offset in offsets:
        file.register(1, section, offset)
    return file


def host_files():
    for options in ({}, {"machine": 183}, {"pointers": "place"}, {"pointers": "exec", "base": 0x400000},
                    {"pointers": "object"}, {"bits": 32, "machine": 3, "pointers": "place"},
                    {"big": True, "machine": 21, "pointers": "place"}, {"tables_last": True},
                    {"bits": 32, "big": True, "machine": 20, "pointers": "place"},
                    {"needed": ("libcudart.so.12", "libc.so.6"), "run_path": "$ORIGIN/../lib"}):
        yield "elf", with_code(Elf(**options)).build()
    yield "elf", with_code(Elf()).build(section_headers=False)
    yield "elf", with_code(Elf()).build(extended=True)
    yield "elf", with_code(Elf(pointers="place", bits=32, machine=3)).build(section_headers=False)
    for options in ({}, {"machine": 0x14c, "wide": False}, {"strings": True}, {"record_gap": 8},
                    {"needed": ("cudart64_12.dll",), "delayed": ("cublas64_12.dll",)}):
        yield "pe", with_code(Pe(**options)).build()
    for big in (False, True):
        yield "coff", with_code(Coff(big=big)).build()


def libraries():
    elf, coff = with_code(Elf(pointers="object")).build(), with_code(Coff()).build()
    mark = b"!<arch>\n"
    yield mark + member("/", b"\0" * 4) + member("a.o/", elf) + member("b.obj/", coff)
    yield mark + member("//", b"a_rather_long_name.o/\n") + member("/0", elf)
    yield mark + member("#1/8", b"name.o\0\0" + elf)
    yield b"!<thin>\n" + member("//", b"folder/x.o/\n") + member("/0", b"", declared=4000)


def archives():
    elf = with_code(Elf()).build()
    for method in (STORED, DEFLATED):
        inside = archive(Member("x.so", elf, method))
        yield archive(*wheel("torch", "2.9.1+cu128", Member("torch/lib/x.so", elf, method),
                             Member("torch/a.py", b"pass\n" * 30)))
        yield archive(Member("a.zip", inside, method), Member("b.ptx", b".version 8.7\n.target sm_90\n"))
        yield archive(Member("a.so", elf, method, zip64=True), zip64=True)


def metadata():
    with_name = {
        "METADATA": ["Metadata-Version: 2.1\nName: torch\nVersion: 2.9.1+cu128\n"
                     "Requires-Dist: triton (>=3.5); extra == 'x'\n\nName: none\n"],
        "RECORD": ["torch/lib/libtorch_cuda.so,sha256=q0-_,400\n\"a,b.so\",,\n../../../bin/x,,\n/x.so,,\n",
                   "torch/kernels.cubin,sha256=x,12\r\nC:\\x.dll,sha256=x,99999999999999999999\n"],
        "top_level.txt": ["torch\ntorchgen\n"],
        "direct_url.json": ['{"dir_info": {"editable": true}, "url": "file:///nowhere/torch"}'],
        "pyvenv.cfg": ["home = /nowhere/bin\ninclude-system-site-packages = true\nversion_info = 3.13.1t\n"],
        "more.pth": ["torch\n../site-packages\nimport os\n/nowhere\n"],
        "conda.json": ['{"channel": "https://c/t/token/conda-forge/linux-64", "files": ["lib/x.so", 1, "../x.so"]}'],
    }
    for name, texts in with_name.items():
        for text in texts:
            yield f"{name}\n{text}"


def pasted():
    with open(SOURCE / "tests" / "explain" / "messages.tsv", encoding="utf-8") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t",
                          quoting=csv.QUOTE_NONE)
        yield from (row[1].replace("\\n", "\n") for row in rows if len(row) > 1)
    cases = json.loads((SOURCE / "tests" / "acceptance" / "cases.json").read_text(encoding="utf-8"))
    yield from (case["stdin"] for case in cases if case.get("stdin"))
    yield from ("sm_120", "compute capability", "算力", "RTX 5060 Laptop", "2.7.1+cu118", "cu128")


def flags():
    yield "gpu RTX 5060 Laptop\ndriver 576.02\nos windows\narch x86_64\npython 3.11\nwith torch==2.7.1+cu118"
    yield "gpu sm_120\ngpu 10de:2d19\ndriver none\nmodule open\nos linux\nglibc 2.35\npython 3.14t\ncode 8.0;9.0+PTX"
    yield "gpu gfx90a:xnack+\ngpu gfx11-generic\nos wsl\narch arm64\ncode gfx1100;gfx90a:sramecc-"
    yield "gpu none\ndriver 550.54.14\nmodule closed\nos macos\ncode 80-real;90-virtual sm_90a:zstd"
    yield "gpu bmg\ngpu RX 7900 XTX\ncode sm_75 compute_120:ptx8.7\nwith torch>=2.6,<2.9"
    yield "gpu RTX 9999 Super\nwith nothing~=1.0.0; extra == 'x'\ncode 7.5 9.0a+PTX 12.0f"


def tables():
    for path in sorted((SOURCE / "data").glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        head = next(i for i, line in enumerate(lines) if not line.startswith("#"))
        for first in (head + 1, len(lines) - 2):
            yield f"{path.name}\n{lines[head]}{''.join(lines[first:first + 2])}"


def machines():
    for path in sorted((SOURCE / "tests" / "machines").glob("*.json")):
        text = json.loads(path.read_text(encoding="utf-8"))
        yield json.dumps(text, ensure_ascii=False)


def fixtures(directory):
    """(target, bytes) of each small fixture, by the format that a reader finds."""
    for expected in sorted(directory.glob("*.expected")):
        data = expected.with_suffix("").read_bytes()
        target = expected.read_text(encoding="utf-8").split()[1]
        if target in TARGETS and len(data) <= FIXTURE_BYTES:
            yield target, data
    for expected in sorted((directory / "archives").glob("*.expected")):
        data = expected.with_suffix("").read_bytes()
        if len(data) <= 4 * FIXTURE_BYTES:
            yield "wheel", data


def main():
    made, directory = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    seeds = [*fixtures(made), *host_files(), *(("ar", data) for data in libraries()),
             *(("wheel", data) for data in archives()),
             ("cubin", cubin(90, True, "v8", options="-arch sm_90 -O3")), ("cubin", cubin(80, False)),
             ("fatbin", joined(*containers())[0]),
             ("ptx", b"// by hand\n/* .target sm_10 */\n.version 8.7\n.target sm_90a, debug\n.address_size 64\n")]
    for target, texts in (("metadata", metadata()), ("text", pasted()), ("flags", flags()), ("tables", tables()),
                          ("snapshot", machines())):
        seeds += [(target, text.encode("utf-8")) for text in texts]
    for target in TARGETS:
        shutil.rmtree(directory / target, ignore_errors=True)
        (directory / target).mkdir(parents=True)
        seeds += [(target, path.read_bytes()) for path in sorted((HERE / "found" / target).glob("*"))]
    for target, data in seeds:
        (directory / target / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    for target in TARGETS:
        print(target, len(list((directory / target).iterdir())))


if __name__ == "__main__":
    main()
