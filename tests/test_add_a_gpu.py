# SPDX-License-Identifier: MIT
"""docs/add-a-gpu.md: what the page says is all that a new GPU and a new target need. Rows are
added to the tables that it names, and to no others."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from paths import SOURCE, run
from reports import report_of

sys.path.insert(0, str(SOURCE / "tools"))
from gen_catalog import KEYS, sort_key  # noqa: E402

INVENTED = "NVIDIA GeForce RTX 9990"
# Cells by column; "-" where none is given.
GPU = {
    "gpu_names": [{"name": INVENTED, "targets": "sm_120"}],
    "gpu_pci": [{"vendor": "10de", "device": "fff0", "name": INVENTED, "target": "sm_120",
                 "chip": "GX200", "architecture": "Blackwell", "kernel_module": "open"}],
    "gpu_driver_firsts": [{"vendor": "10de", "device": "fff0", "first": "610.99"}],
    "gpu_id_blocks": [],  # no block holds the id
}
TARGET = {
    "sm_targets": [{"target": "sm_130", "architecture": "Rubin", "tegra": "no", "first_toolkit": "13.5",
                    "min_ptx_isa": "9.5", "driver_first_linux": "640", "driver_first_windows": "640",
                    "kernel_module": "open"}],
    "sass_compat": [{"code": "sm_130", "device": "sm_130"}],
    "ptx_isa": [{"ptx_isa": "9.5", "cuda": "13.5"}],
    "cuda_toolkits": [{"cuda": "13.5", "date": "2027-03", "sass_min": "sm_75", "sass_max": "sm_130", "ptx_isa": "9.5",
                       "driver_linux": "640.10", "driver_windows": "640.10", "floor_linux": "580",
                       "floor_windows": "580", "gcc_max": "16", "clang_max": "23", "visual_studio": "2019-2026",
                       "msvc_min": "1920", "msvc_below": "1960"}],
    "drivers": [{"os": system, "first": "640", "branch": "R640", "cuda": "13.5", "architectures": "Rubin"}
                for system in ("linux", "windows")],
}


def tables_on_the_page(title):
    """The tables that a section names in its first column."""
    page = (SOURCE / "docs" / "add-a-gpu.md").read_text(encoding="utf-8")
    section = page.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)\.tsv` \|", section, re.M))


def add_rows(folder, rows_of):
    for table, rows in rows_of.items():
        path = folder / f"{table}.tsv"
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line for line in lines if line.startswith("#")]
        columns, *old = [line.split("\t") for line in lines if not line.startswith("#")]
        new = [[{"source": "invented", "confidence": "low", **row}.get(c, "-") for c in columns] for row in rows]
        assert all(row.keys() <= set(columns) for row in rows), table
        merged = sorted(old + new, key=lambda cells: sort_key(table, dict(zip(columns, cells))))
        text = "\n".join([*comments, *("\t".join(cells) for cells in [columns, *merged])]) + "\n"
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def sources(tmp_path):
    """What tests/test_tables.py reads, to be changed."""
    for name in ("data", "tools", "po", "src/catalog", "tests/data"):
        shutil.copytree(SOURCE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def tables_hold(sources):
    """The generator and the tests of the tables, on the changed copy."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
                           SOURCE / "tests" / "test_tables.py"], capture_output=True, text=True, check=False,
                          env={**os.environ, "GPUMATCH_SOURCE": str(sources), "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stdout[-3000:]


def judged(sources, gpu, driver, *what):
    """The built program with the tables that differ from its own."""
    overlay = sources / "overlay"
    overlay.mkdir(exist_ok=True)
    for path in (sources / "data").glob("*.tsv"):
        if path.read_bytes() != (SOURCE / "data" / path.name).read_bytes():
            shutil.copy(path, overlay)
    return report_of("check", "--machine", "-", "--os", "linux", "--arch", "x86_64", "--gpu", gpu,
                     "--driver", driver, *what, "--data", overlay)[0]


def answer(sources, gpu, driver):
    report = judged(sources, gpu, driver, "--with", "torch==2.14.1+cu130")
    return report["machine"]["devices"][0]["target"], report["packages"][0]["verdict"]


def test_a_new_gpu(sources):
    assert set(GPU) == tables_on_the_page("A new GPU of a target that is known")
    add_rows(sources / "data", GPU)
    tables_hold(sources)
    for gpu in (INVENTED, "rtx-9990", "10de:fff0"):
        assert answer(sources, gpu, "615.71.09") == ("sm_120", "runs"), gpu
    assert answer(sources, "10de:fff0", "610.43.02")[1] == "no"  # older than the first that lists it
    assert "RTX 9990" not in run("show", "gpus", "9990").stdout  # without the rows


def test_a_new_target(sources):
    assert set(TARGET) == tables_on_the_page("A new NVIDIA target")
    moved = {table: [{**row, **{c: "sm_130" for c in ("target", "targets") if c in row}} for row in rows]
             for table, rows in GPU.items() if table != "gpu_driver_firsts"}
    add_rows(sources / "data", {**TARGET, **moved})
    tables_hold(sources)
    assert answer(sources, INVENTED, "640.10") == ("sm_130", "no")  # no build has its code
    code = "--code", "sm_130 compute_130:ptx9.5"
    assert judged(sources, INVENTED, "640.10", *code)["packages"][0]["verdict"] == "runs"
    assert judged(sources, INVENTED, "615.71.09", *code)["packages"][0]["verdict"] == "no"  # older than the GPU
