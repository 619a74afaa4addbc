#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares what gpumatch reads with what NVIDIA's cuobjdump reads, image for image.

usage: oracle.py GPUMATCH [NAME…]

Downloads the wheels of oracle_wheels.tsv one after the other with pip (NAME: only these), and
cuobjdump, which lies in the wheel of triton. Of every library with GPU code are compared: the
sections that hold it (readelf or objdump -h), and in each section, in strict order, each image's
kind, number, code version, compression and size; the suffix against the embedded cubin, because
that cuobjdump drops it. Each library is read twice, as a member of the wheel, forward, and as a
file, which must come to the same. cuobjdump does not read PE, so sections are copied out and
wrapped as the same section of an ELF file by objcopy, of all libraries alike.

Where cuobjdump 12.8 falls short, and what is done about it:
* it does not say "a" and "f": they are read out of the cubins that it takes out;
* files that it takes out are called after the image's source where that is known, and overwrite
  each other (libtorch.so of torch 1.4.0, __nv_relfatbin: 655 files of 1,705 cubins): there each
  container is taken out on its own;
* PE files "do not contain device code": see above.

GPUMATCH_ORACLE_CACHE   where downloads go (default: a temporary directory)
GPUMATCH_ORACLE_KEEP    set: wheels are not removed after use
"""
import csv
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
JUDGE = ("triton", "3.5.1", "3.12", "manylinux_2_27_x86_64")
JUDGE_PATH = "triton/backends/nvidia/bin/cuobjdump"
SECTIONS = re.compile(r"^(\.nv_fatbin|\.nv_fatb|__nv_relfatbin|__nv_rel)$")
CUOBJDUMP_KINDS = {"elf": "sass"}
RAW_SIZE_MAX = 3 << 30  # of images that are taken out of one section, for their sizes


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          errors="replace", check=False, **more)


def download(name, version, python, platform, folder):
    folder.mkdir(parents=True, exist_ok=True)
    done = run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
               "--disable-pip-version-check", "--python-version", python, "--platform", platform,
               f"{name}=={version}", "--dest", folder)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr else "no wheel")
    return wheels[0]


def judge(cache):
    program = cache / "cuobjdump"
    if not program.exists():
        with zipfile.ZipFile(download(*JUDGE, cache / "judge")) as wheel:
            program.write_bytes(wheel.read(JUDGE_PATH))
        program.chmod(0o755)
    return program


# ---- gpumatch ----

def scanned(program, path):
    done = run(program, "scan", "--json", "--images", "--modules", path)
    return json.loads(done.stdout)["binaries"]


def images_of(library):
    """Images by section, in order: kind, number, suffix, ISA, compression, uncompressed size."""
    found = {}
    sections = [module["section"] for module in library["module_list"]]
    for image in library["image_list"]:
        number, suffix = re.fullmatch(r"(?:sm|compute)_(\d+)([af]?)", image["target"]).groups()
        found.setdefault(sections[image["module"]], []).append(
            {"kind": image["kind"], "number": int(number), "suffix": suffix,
             "isa": image["ptx_isa"], "compressed": image["compression"] != "none",
             "size": image["uncompressed_bytes"]})
    return found


# ---- the others ----

def sections_of(path, is_elf):
    """Name, offset, size of the sections with GPU code, as binutils tell them."""
    rows = []
    if is_elf:
        pattern = re.compile(r"\]\s+(\S+)\s+(\S+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+([0-9a-f]+)\s")
        for line in run("readelf", "-SW", path).stdout.splitlines():
            match = pattern.search(line)
            if match and SECTIONS.match(match[1]) and match[2] != "NOBITS":
                rows.append((match[1], int(match[3], 16), int(match[4], 16)))
    else:
        pattern = re.compile(r"^\s*\d+\s+(\S+)\s+([0-9a-f]+)\s+[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)")
        for line in run("objdump", "-h", path).stdout.splitlines():
            match = pattern.match(line)
            if match and SECTIONS.match(match[1]):
                rows.append((match[1], int(match[3], 16), int(match[2], 16)))
    return [row for row in rows if row[2]]


def wrap(path, offset, size, folder):
    """The bytes of a section as section .nv_fatbin of an object file of its own."""
    part, empty, whole = folder / "part", folder / "empty.o", folder / "whole.o"
    with open(path, "rb") as source, open(part, "wb") as target:
        source.seek(offset)
        left = size
        while left:
            piece = source.read(min(left, 1 << 24))
            if not piece:
                break
            target.write(piece)
            left -= len(piece)
    (folder / "empty.s").write_text("")
    run("as", folder / "empty.s", "-o", empty)
    run("objcopy", "--add-section", f".nv_fatbin={part}", "--set-section-flags",
        ".nv_fatbin=alloc,readonly,data", "--set-section-alignment", ".nv_fatbin=8", empty, whole)
    part.unlink()
    return whole


def dumped(program, path):
    """Images that cuobjdump lists, in order."""
    found = []
    for line in run(program, "-all", path).stdout.splitlines():
        match = re.match(r"Fatbin (\S+) (?:code|file|IR).*:", line)
        if match:
            found.append({"kind": CUOBJDUMP_KINDS.get(match[1], match[1]), "compressed": False})
        elif found and line.startswith("arch = "):
            found[-1]["number"] = int(re.search(r"_(\d+)", line)[1])
        elif found and line.startswith("code version = ["):
            major, minor = re.search(r"\[(\d+),(\d+)\]", line).groups()
            found[-1]["isa"] = f"{major}.{minor}"
        elif found and line.strip() == "compressed":
            found[-1]["compressed"] = True
    return found


def cubin_suffix(path):
    """'a' or 'f' out of the cubin itself (its flags, .nv.compat, or the compiler's options)."""
    data = path.read_bytes()
    flags, = struct.unpack_from("<I", data, 48)
    if data[7] != 0x41 and data[8] < 8:
        return "a" if flags & 0x800 and flags & 0xff >= 90 else ""
    table, = struct.unpack_from("<Q", data, 40)
    count, = struct.unpack_from("<H", data, 60)
    for i in range(count):
        kind, = struct.unpack_from("<I", data, table + 64 * i + 4)
        offset, size = struct.unpack_from("<QQ", data, table + 64 * i + 24)
        at, end = offset, offset + size
        while kind == 0x70000086 and at + 4 <= end:
            form, attribute, value = struct.unpack_from("<BBH", data, at)
            if form == 2 and attribute == 9 and value & 0xff == 1:
                return "a"
            at += 4 + value if form == 4 else 2 if form == 1 else 4
    match = re.search(rb"-arch sm_\d+([af]?)", data)
    return match[1].decode() if match else ""


def taken_out(program, path, what, folder):
    """Size, and suffix of cubins, of each image of one kind, in order; the files are removed. None
    where two files had the same name: images are called after their source, if it is known."""
    shown = run(program, "-all", f"-x{what}", "all", path, cwd=folder).stdout
    names = re.findall(r"^Extracting \S+ file[^:]*\s\d+: (\S+)", shown, re.M)
    found = []
    for name in dict.fromkeys(names):
        file = folder / name
        if file.exists():
            found.append((file.stat().st_size, cubin_suffix(file) if what == "elf" else ""))
            file.unlink()
    return found if len(found) == len(names) else None


def taken_out_singly(program, path, modules, what, folder):
    """The same, of one container after the other."""
    found = []
    with tempfile.TemporaryDirectory(dir=folder) as inner:
        for offset, size in modules:
            whole = wrap(path, offset, size, Path(inner))
            found += taken_out(program, whole, what, folder) or []
    return found


# ---- comparing ----

def compare_sizes(ours, theirs, what):
    """Sizes of one kind. An image that is not compressed is padded to eight bytes; PTX is
    stored with a zero byte behind it, but not by CUDA 10."""
    problems = []
    if len(ours) != len(theirs):
        return [f"{what}: {len(ours)} images, {len(theirs)} taken out"]
    for i, (image, (size, suffix)) in enumerate(zip(ours, theirs)):
        zero = what == "ptx"
        fits = size <= image["size"] <= size + zero if image["compressed"] \
            else size <= image["size"] < size + 8 + zero
        if not fits:
            problems.append(f"{what} {i}: {image['size']} bytes, taken out {size}")
        if what == "elf" and image["suffix"] != suffix:
            problems.append(f"{what} {i}: sm_{image['number']}{image['suffix']}, cubin '{suffix}'")
    return problems


def compare_section(program, ours, modules, path, place, folder):
    whole = wrap(path, *place, folder)
    theirs = dumped(program, whole)
    problems = []
    readable = [i for i in ours if i["kind"] in ("sass", "ptx")]
    shown = [i for i in theirs if i["kind"] in ("sass", "ptx")]
    if len(ours) != len(theirs):
        problems.append(f"{len(ours)} images, cuobjdump {len(theirs)}")
    for i, (a, b) in enumerate(zip(ours, theirs)):
        for field in ("kind", "number", "compressed"):
            if a[field] != b.get(field):
                problems.append(f"image {i}: {field} {a[field]}, cuobjdump {b.get(field)}")
        if a["kind"] == "ptx" and a["isa"] != b.get("isa"):
            problems.append(f"image {i}: ISA {a['isa']}, cuobjdump {b.get('isa')}")
    if not problems and sum(i["size"] for i in ours) <= RAW_SIZE_MAX:
        for kind, what in (("sass", "elf"), ("ptx", "ptx")):
            own = [i for i in readable if i["kind"] == kind]
            if own and len(shown) == len(readable):
                found = taken_out(program, whole, what, folder)
                if found is None:
                    found = taken_out_singly(program, path, modules, what, folder)
                problems += compare_sizes(own, found, what)
    whole.unlink()
    return problems, len(theirs)


def compare_library(program, oracle, wheel, member, library, folder):
    """What differs, and how many images were compared."""
    path = folder / Path(member).name
    with wheel.open(member) as source, open(path, "wb") as target:
        while piece := source.read(1 << 24):
            target.write(piece)
    problems, count = [], 0
    as_file = scanned(program, path)
    same = ("modules", "stubs", "targets", "module_list", "image_list", "build_id")
    if library and [{k: b[k] for k in same} for b in as_file] != [{k: library[k] for k in same}]:
        problems.append("as a member and as a file it is not the same")
    ours = images_of(as_file[0]) if as_file else {}
    sections = sections_of(path, path.read_bytes()[:4] == b"\x7fELF")
    if sorted(ours) != sorted(name for name, _, size in sections if ours.get(name)):
        problems.append(f"sections {sorted(ours)}, binutils {sections}")
    for name, offset, size in sections:
        modules = [(m["offset"], m["bytes"]) for m in (as_file[0]["module_list"] if as_file else ())
                   if m["section"] == name]
        found, images = compare_section(oracle, ours.get(name, []), modules, path, (offset, size),
                                        folder)
        problems += [f"{name}: {problem}" for problem in found]
        count += images
    path.unlink()
    return problems, count


def compare_wheel(program, oracle, path):
    """Yields member, differences and number of images of each library with GPU code."""
    libraries = {b["path"].split("!/", 1)[1]: b for b in scanned(program, path)}
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for info in wheel.infolist():
            if not re.search(r"\.(so[.\d]*|dll|pyd|exe)$", info.filename) or info.file_size < 4096:
                continue
            library = libraries.get(info.filename)
            if library and not library["image_list"]:
                library = None
            if not library:  # nothing found: binutils must not find a section either
                with wheel.open(info) as source:
                    if not re.search(rb"nv_fatb|__nv_rel", source.read()):
                        continue
            problems, count = compare_library(program, oracle, wheel, info.filename, library,
                                              Path(folder))
            yield info.filename, problems, count


def main():
    program, names = Path(sys.argv[1]).resolve(), sys.argv[2:]
    rows = [line for line in (HERE / "oracle_wheels.tsv").read_text().splitlines()
            if not line.startswith("#")]
    equal = total = images = 0
    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(os.environ.get("GPUMATCH_ORACLE_CACHE") or temporary)
        cache.mkdir(parents=True, exist_ok=True)
        oracle = judge(cache)
        for row in csv.DictReader(rows, delimiter="\t"):
            if names and row["name"] not in names:
                continue
            label = f"{row['name']} {row['version']} {row['platform']}"
            began = time.monotonic()
            try:
                path = download(row["name"], row["version"], row["python"], row["platform"],
                                cache / label.replace(" ", "-"))
            except OSError as error:
                print(f"{label}: not there: {error}", flush=True)
                continue
            for member, problems, count in compare_wheel(program, oracle, path):
                total += 1
                equal += not problems
                images += count
                print(f"{'differs' if problems else 'equal  '} {label} {member} {count} images",
                      *problems[:5], sep="\n    ", flush=True)
            if "GPUMATCH_ORACLE_KEEP" not in os.environ:
                path.unlink()
            print(f"        {label}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"{equal} of {total} equal ({images} images)")
    return 0 if total and equal == total else 1


if __name__ == "__main__":
    sys.exit(main())
