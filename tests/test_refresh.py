# SPDX-License-Identifier: MIT
"""tools/refresh: wheels made here, and the rows that follow from them."""
import shutil
import subprocess
import sys
import zipfile

import pytest

from paths import PROGRAM, SOURCE
from test_wheels import FIXTURES

CORE, LINALG = "torch/lib/libtorch_cuda.so", "torch/lib/libtorch_cuda_linalg.so"
LINUX = "cp312-cp312-manylinux_2_28_x86_64"
ASKS = ('nvidia-cudnn-cu13==9.99.0.1; platform_system == "Linux"', "triton~=8.7.0; platform_system == 'Linux'",
        'nvidia-cudnn-cu12==1.0; platform_system == "Windows"', 'triton==1.0; extra == "old"', "jinja2")


def make_wheel(folder, name, asks=(), members=(), tags=LINUX, release="9.9.0", version=None):
    """`members`: {name: bytes, or the name of a fixture}."""
    path = folder / f"{name}-{release}-{tags}.whl"
    info = f"{name}-{release}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, content in dict(members).items():
            data = content if isinstance(content, bytes) else (FIXTURES / content).read_bytes()
            archive.writestr(inside, data)
        if version:
            archive.writestr(f"{name}/version.py", version)
        archive.writestr(f"{info}/METADATA", f"Name: {name}\nVersion: {release}\n"
                         + "".join(f"Requires-Dist: {line}\n" for line in asks) + "\nText: none\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tags}\n")
    return path


def torch_wheel(folder, tags=LINUX, core="so-x86-64", **more):
    return make_wheel(folder, "torch", ASKS, {CORE: core, LINALG: "so-x86-64"}, tags,
                      version="__version__ = '9.9.0+cu130'\n", **more)


@pytest.fixture
def place(tmp_path):
    """A copy of the tables, and a way to refresh it: (folder, call, rows of a table)."""
    tables = tmp_path / "data"
    shutil.copytree(SOURCE / "data", tables)
    measured = tmp_path / "measured_wheels.tsv"
    shutil.copy(SOURCE / "tests/data/measured_wheels.tsv", measured)

    def call(*files):
        return subprocess.run([sys.executable, SOURCE / "tools/refresh", "--tables", tables, "--measured",
                               measured, "--gpumatch", PROGRAM, *files],
                              capture_output=True, text=True, check=False)

    def rows(table, *start):
        path = measured if table == "measured_wheels" else tables / f"{table}.tsv"
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line.split("\t") for line in lines if line.split("\t")[:len(start)] == list(start)]
    return tmp_path, call, rows


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*.tsv")}


def test_a_new_release_of_torch(place):
    folder, call, rows = place
    wheel = torch_wheel(folder)
    done = call("--date", "2027-01-31", wheel)
    source = [f"read out of {wheel.name}", "high"]
    assert (done.returncode, done.stderr) == (0, "")
    assert rows("torch_builds", "9.9.0") == [
        ["9.9.0", "cu130", "linux", "x86_64", "2027-01-31", "sm_80", "3.12", "2.28", "yes", "no", "9.99.0.1", *source]]
    library, = rows("torch_libraries", "9.9.0")
    assert library[:5] == ["9.9.0", "cu130", "linux", "x86_64", LINALG] and library[6:] == source
    assert library[5] == "sm_80 sm_90a sm_100f sm_120 compute_90:ptx7.8:zstd compute_120:ptx8.7:zstd"
    assert rows("torch_companions", "9.9.0") == [
        ["9.9.0", "-", "-", "8.7.0", f"Requires-Dist of {wheel.name}", "high"]]
    assert [row[1] for row in rows("measured_wheels", wheel.name)] == [CORE, LINALG]
    assert rows("measured_wheels", wheel.name)[0][4] == "2"
    told = [line for line in done.stdout.splitlines() if not line.startswith("---")]
    assert len(told) == 5 and all(line.startswith("+") for line in told)


def test_twice_changes_nothing(place):
    folder, call, _ = place
    wheel = torch_wheel(folder)
    assert call(wheel).returncode == 0
    before = contents(folder)
    done = call(wheel)
    assert (done.returncode, done.stdout) == (0, "Nothing changes.\n") and contents(folder) == before


def test_the_tables_as_they_are_stay(place):
    """What refresh would write of a table that it has read is that table."""
    folder, call, _ = place
    before = contents(folder)
    wheel = make_wheel(folder, "torch", members={"torch/version.py": b"__version__ = '9.9.0'\n"},
                       tags="cp312-cp312-macosx_14_0_arm64")
    call(wheel)
    changed = {path.stem for path, data in contents(folder).items() if before[path] != data}
    assert changed == {"torch_builds", "torch_companions"}
    for table in changed:
        before_lines = before[folder / "data" / f"{table}.tsv"].splitlines()
        assert [line for line in contents(folder)[folder / "data" / f"{table}.tsv"].splitlines()
                if line in before_lines] == before_lines


def test_interpreters_add_up(place):
    folder, call, rows = place
    call(torch_wheel(folder, "cp311-cp311-manylinux_2_28_x86_64"))
    call(torch_wheel(folder, "cp313-cp313t-manylinux_2_28_x86_64"))
    names = folder / "index.html"
    names.write_text("<a href='torch-9.9.0-cp314-cp314-manylinux_2_28_x86_64.whl#sha256=1'>\n"
                     "torch-9.9.0-cp315-cp315-win_amd64.whl torch-9.8.0-cp310-cp310-manylinux_2_28_x86_64.whl\n"
                     "torch-9.9.0%2Bcu126-cp38-cp38-manylinux_2_28_x86_64.whl", encoding="utf-8")
    assert call("--names", names, torch_wheel(folder, "cp310-cp310-manylinux_2_28_x86_64")).returncode == 0
    row, = rows("torch_builds", "9.9.0")
    assert row[6] == "3.10 3.11 3.14 3.13t"


def test_a_wheel_beats_what_was_known_otherwise(place):
    folder, call, rows = place
    table = folder / "data/torch_builds.tsv"
    row = "9.9.0\tcu130\tlinux\tx86_64\t2026-12-01\tsm_75:zstd\t3.9\t2.17\tyes\tyes\t-\ta rumour\tlow\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert call(torch_wheel(folder)).returncode == 0
    row, = rows("torch_builds", "9.9.0")
    assert row[4:11] == ["2026-12-01", "sm_80", "3.9 3.12", "2.28", "yes", "no", "9.99.0.1"]
    assert row[11].startswith("read out of torch-9.9.0") and row[12] == "high"


def test_two_wheels_that_disagree_are_told(place):
    folder, call, rows = place
    call(torch_wheel(folder))
    before = rows("torch_builds", "9.9.0")
    table = folder / "data/torch_builds.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\tsm_80\t3.12\t", "\tsm_90\t3.12\t"), encoding="utf-8")
    done = call(torch_wheel(folder))
    assert done.returncode == 1 and "code is 'sm_90', but 'sm_80'" in done.stderr
    assert rows("torch_builds", "9.9.0")[0][5] == "sm_90" != before[0][5]


def test_packages_beside_torch(place):
    folder, call, rows = place
    vision = make_wheel(folder, "torchvision", ["torch (==2.14.0)", "numpy"], release="0.99.0",
                        version="__version__ = '0.99.0+cu130'\n")
    cpu = make_wheel(folder, "torchvision", ["torch (==2.14.0)"], release="0.99.0",
                     version="__version__ = '0.99.0+cpu'\n", tags="cp312-cp312-win_amd64")
    cuda = make_wheel(folder, "xformers", ["torch>=2.10", 'triton==9; extra == "x"'], release="0.9.9", tags=LINUX,
                      members={"xformers/cpp_lib.json": b'{"version": {"cuda": 1208}}'})
    alone = folder / "vllm-9.0-cp38-abi3-manylinux_2_28_aarch64.whl.metadata"
    alone.write_text("Name: vllm\nVersion: 9.0\nRequires-Dist: torchaudio==2.11.0\nRequires-Dist: torch==2.14.0\n"
                     "Requires-Dist: nvidia-cutlass-dsl[cu13]==4.8.0\n", encoding="utf-8")
    sdist = folder / "flash_attn-9.0.tar.gz.metadata"
    sdist.write_text("Name: flash_attn\nVersion: 9.0\nRequires-Dist: torch\n", encoding="utf-8")
    assert call(vision, cpu, cuda, alone, sdist).returncode == 0
    found = [rows("extensions", *key) for key in (("torchvision", "0.99.0"), ("xformers", "0.9.9"),
                                                  ("vllm", "9.0"), ("flash-attn", "9.0"))]
    assert [[row[2:6] for row in group] for group in found] == [
        [["linux", "x86_64", "13.0", "torch==2.14.0"], ["windows", "x86_64", "none", "torch==2.14.0"]],
        [["linux", "x86_64", "12.8", "torch>=2.10"]],
        [["linux", "aarch64", "13", "torch==2.14.0 torchaudio==2.11.0"]], [["-", "-", "-", "torch"]]]
    row, = rows("torch_companions", "2.14.0")
    assert row[1] == "0.99.0" and row[4].endswith(f"torchvision: Requires-Dist of {vision.name}")


def test_a_wheel_says_more_than_its_metadata(place):
    folder, call, rows = place
    alone = folder / f"xformers-0.9.9-{LINUX}.whl.metadata"
    alone.write_text("Name: xformers\nVersion: 0.9.9\nRequires-Dist: torch>=2.10\n", encoding="utf-8")
    wheel = make_wheel(folder, "xformers", ["torch>=2.10"], {"xformers/cpp_lib.json": b'{"version": {"cuda": 1208}}'},
                       release="0.9.9")
    for files in ([alone], [wheel], [alone]):
        assert call(*files).returncode == 0
    assert [row[4] for row in rows("extensions", "xformers", "0.9.9")] == ["12.8"]


def test_the_compiler_in_triton(place):
    folder, call, rows = place
    text = b"Cuda compilation tools, release %s, V%s.1\0"
    wheel = make_wheel(folder, "triton", members={
        "triton/backends/nvidia/bin/ptxas": text % (b"12.8", b"12.8"),
        "triton/backends/nvidia/bin/ptxas-blackwell": text % (b"13.0", b"13.0"),
        "triton/backends/nvidia/bin/cuobjdump": text % (b"14.0", b"14.0")})
    assert call(wheel).returncode == 0
    assert rows("triton_ptxas", "9.9.0") == [["9.9.0", "13.0", f"read out of ptxas in {wheel.name}", "high"]]


@pytest.mark.parametrize("case, words", [
    ("no-zip", "zip"), ("name", "not the name of a wheel"), ("metadata", "needs the whole wheel"),
    ("no-core", "core libraries"), ("date", "no date")])
def test_nothing_is_written_of_what_cannot_be_understood(case, words, place):
    folder, call, _ = place
    good, before = torch_wheel(folder), contents(folder)
    bad = folder / "bad" / f"torch-9.9.1-{LINUX}.whl"
    bad.parent.mkdir()
    if case == "no-core":
        bad = make_wheel(bad.parent, "torch", members={"torch/lib/libother.so": "so-x86-64"},
                         version="__version__ = '9.9.0+cu130'\n")
    elif case == "name":
        bad = bad.with_name("torch.whl")
    elif case == "metadata":
        bad = bad.with_name(bad.name + ".metadata")
    if case != "no-core":
        bad.write_text("Name: torch\nVersion: 9.9.1\n", encoding="utf-8")
    done = call(*(["--date", "yesterday"] if case == "date" else []), good, bad)
    assert done.returncode in (1, 2) and words in done.stderr and not done.stdout
    assert contents(folder) == before


def test_targets_without_a_row_are_refused(place):
    folder, call, _ = place
    targets = folder / "data/sm_targets.tsv"
    text = targets.read_text(encoding="utf-8")
    targets.write_text("\n".join(line for line in text.split("\n") if not line.startswith("sm_80\t")), encoding="utf-8")
    before = contents(folder)
    done = call(torch_wheel(folder))
    assert done.returncode == 1 and "nothing is written: gen_catalog.py: " in done.stderr
    assert contents(folder) == before
