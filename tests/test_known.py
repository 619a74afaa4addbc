# SPDX-License-Identifier: MIT
"""Libraries that a table knows by RECORD's sha256 and size: check does not read them again."""
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from paths import PROGRAM, SOURCE
from test_environment import Elf, Environment, library, package

LIBRARY = "torch/lib/libtorch_cuda.so"
KNOWN, OTHER = library(75, 80, ptx=80, needed=("libcudart.so.12",), run_path="$ORIGIN"), library(80, 90, ptx=90, needed=("libcudart.so.12",),
                                                                                run_path="$ORIGIN")
TABLE = "scanned_libraries.tsv"


def recorded(data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"sha256={digest},{len(data)}"


def refresh(tables, wheel):
    done = subprocess.run([sys.executable, SOURCE / "tools/refresh", "--libraries", "--tables", tables,
                           "--gpumatch", PROGRAM, wheel], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(name="tables")
def make_tables(tmp_path):
    """All tables, with rows for a wheel of two libraries."""
    shutil.copytree(SOURCE / "data", tmp_path / "data")
    wheel = tmp_path / "torch-2.9.1-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {LIBRARY: KNOWN, "torch/lib/libc10.so": Elf().build()}
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("torch-2.9.1.dist-info/METADATA", "Name: torch\nVersion: 2.9.1\n")
        archive.writestr("torch-2.9.1.dist-info/RECORD",
                         "".join(f"{name},{recorded(data)}\n" for name, data in files.items())
                         + "torch-2.9.1.dist-info/RECORD,,\n")
    assert len(refresh(tmp_path / "data", wheel).splitlines()) == 2 + 1
    assert refresh(tmp_path / "data", wheel) == "Nothing changes.\n"
    (tmp_path / "newer").mkdir()
    shutil.copy(tmp_path / "data" / TABLE, tmp_path / "newer")
    return tmp_path / "newer"


@pytest.fixture(name="env")
def make_env(tmp_path):
    """RECORD tells of the known library; what lies there is another one of the same size, so that
    the answer tells which of them it rests on."""
    env = Environment(tmp_path / "venv")
    info = env.install("torch", "2.9.1+cu128", {LIBRARY: OTHER})
    (info / "RECORD").write_text(f"{LIBRARY},{recorded(KNOWN)}\n")
    assert len(KNOWN) == len(OTHER)
    return env


def grade_and_targets(report):
    torch = package(report, "torch")
    return torch["evidence"], sorted(t["target"] for t in torch["libraries"][0]["targets"])


def test_a_known_library_is_not_read(env, tables):
    known = ("scanned", ["compute_80", "sm_75", "sm_80"])
    assert grade_and_targets(env.check("sm_75", "--data", tables)[0]) == known
    assert "this very file was read earlier" in " ".join(env.screen("sm_70", "--data", tables).split())


def test_what_is_known_of_it_is_what_reading_it_tells(env, tables):
    reports = []
    for data in ((), ("--data", tables)):
        (env.site / LIBRARY).write_bytes(KNOWN)
        report = env.check("sm_86", *data)[0]
        assert package(report, "torch").pop("evidence") == ("scanned" if data else "binary")
        reports.append({key: report[key] for key in ("packages", "verdict", "advice")})
    assert reports[0] == reports[1]


def test_read_reads_it(env, tables):
    assert grade_and_targets(env.check("sm_75", "--data", tables, "--read")[0]) == (
        "binary", ["compute_90", "sm_80", "sm_90"])


@pytest.mark.parametrize("spoil", [
    lambda env: (env.site / LIBRARY).write_bytes(OTHER + b"\0"),
    lambda env: next(env.site.glob("*.dist-info/RECORD")).write_text(f"{LIBRARY},,\n"),
    lambda env: next(env.site.glob("*.dist-info/RECORD")).write_text(f"{LIBRARY},{recorded(OTHER)}\n")])
def test_size_and_hash_must_both_be_right(env, tables, spoil):
    spoil(env)
    assert grade_and_targets(env.check("sm_75", "--data", tables)[0])[0] == "binary"


def test_a_row_that_makes_no_sense_is_not_used(env, tables):
    text = (tables / TABLE).read_text(encoding="utf-8")
    (tables / TABLE).write_text(re.sub(r"1 registered: sass", "1 registered: nonsense", text), encoding="utf-8")
    assert grade_and_targets(env.check("sm_75", "--data", tables)[0])[0] == "binary"


def test_a_known_library_that_is_gone_is_missing(env, tables):
    (env.site / LIBRARY).unlink()
    assert "missing-library" in [f["code"] for f in env.check("sm_75", "--data", tables)[0]["findings"]]
