# SPDX-License-Identifier: MIT
"""Rows of data/scanned_libraries.tsv: what is in each library of a wheel, by the hash and the size
that RECORD gives it (tools/refresh --libraries)."""
import csv
import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

import wheels

LIBRARY = re.compile(r"\.(so[.\d]*|dll|pyd)$", re.IGNORECASE)


def recorded(wheel):
    """(member, sha256, size in bytes) of each library that RECORD names."""
    record = [m for m in wheel.members if re.fullmatch(r"[^/]+\.dist-info/RECORD", m)]
    if len(record) != 1:
        raise wheels.WheelError(f"{wheel.path}: {len(record)} RECORD where a wheel has one")
    for member, digest, size in csv.reader(io.StringIO(wheel.read(record[0]).decode())):
        if LIBRARY.search(member) and digest.startswith("sha256="):
            yield member, digest.removeprefix("sha256="), size


def image_of(image):
    """As gm_image_format (src/model/summary.c) writes it, without its bytes."""
    more = [f"ptx{image['ptx_isa']}"] if image["ptx_isa"] else []
    more += [word for word in ("relocatable", "obfuscated") if image[word]]
    return image["kind"], image["target"] or "-", image["compression"], " ".join(more)


def summary_of(library):
    """As gm_summary_parse reads it: modules that are alike stand once, with the bytes of all."""
    images = defaultdict(list)
    for image in library["image_list"]:
        images[image["module"]].append(image)
    groups = {}
    for module in library["module_list"]:
        own = images[module["index"]]
        key = (module["registration"] + (" stub" if module["stub"] else ""), *map(image_of, own))
        count, sizes = groups.get(key, (0, [0] * len(own)))
        groups[key] = (count + 1, [size + image["bytes"] for size, image in zip(sizes, own)])
    return "; ".join(
        f"{count} {head}: " + ", ".join(f"{kind} {target} {packed} {size} {more}".rstrip()
                                        for (kind, target, packed, more), size in zip(own, sizes))
        for (head, *own), (count, sizes) in groups.items()) or "-"


def read(path, gpumatch):
    """What gpumatch finds in a file: {} for no GPU code, None where it cannot read all of it."""
    done = subprocess.run([gpumatch, "scan", "--json", "--modules", "--images", path],
                          capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    if not report.get("complete"):
        return None
    return report["binaries"][0] if report["binaries"] else {}


def rows(wheel, gpumatch):
    """One for each library that is read to its end."""
    with zipfile.ZipFile(wheel.path) as archive, tempfile.TemporaryDirectory() as folder:
        for member, digest, size in recorded(wheel):
            path = Path(folder, "library")
            with archive.open(member) as packed, path.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, wheels.CHUNK_BYTES)
            library = read(path, gpumatch)
            if library is None:
                continue
            yield {"sha256": digest, "size_bytes": size, "library": member,
                   "format": library.get("format", "-"), "arch": library.get("arch") or "-",
                   "code": summary_of(library) if library else "-",
                   "needs": " ".join(library.get("needed") or ()) or "-",
                   "run_path": library.get("run_path") or "-",
                   "confidence": "high"}
