# SPDX-License-Identifier: MIT
"""What `scan` tells about packages: their GPUs and drivers, and the table of their libraries."""
import re
import sys
import zipfile

import pytest

from paths import SOURCE, run
from reports import report_of

sys.path.insert(0, str(SOURCE / "tests" / "fixtures"))
from containers import Container, Image, noise  # noqa: E402
from hostfiles import Elf, joined  # noqa: E402


def image(code, size=400):
    """"sm_90a", "compute_90:8.4", with ":zstd" behind it."""
    kind, number, suffix, isa, zstd = re.fullmatch(
        r"(sm|compute)_(\d+)([af]?)(?::(\d+\.\d))?(:zstd)?", code).groups()
    return Image("sass" if kind == "sm" else "ptx", int(number), suffix, noise(size, int(number)),
                 "zstd" if zstd else "lz4", size * 3, int(isa.replace(".", "")) if isa else 0)


def library(*modules, needed=(), machine=62, size=400):
    """A shared object; each module is a text of codes with blanks between them."""
    elf = Elf(machine=machine, needed=needed)
    data, offsets = joined(*(Container(*(image(code, size) for code in module.split()))
                             for module in modules))
    elf.add(".nv_fatbin", data)
    for offset in offsets:
        elf.register(1, ".nv_fatbin", offset)
    return elf.build()


def wheel(path, name, version, files, tag="cp311-cp311-manylinux_2_28_x86_64"):
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
        archive.writestr(f"{info}/METADATA", f"Name: {name}\nVersion: {version}\n\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
    return path


ALL = "sm_75 sm_80 sm_86 sm_90 sm_100 sm_120"
MAIN, LINALG = "torch/lib/libtorch_cuda.so", "torch/lib/libtorch_cuda_linalg.so"


@pytest.fixture
def torch(tmp_path):
    return wheel(tmp_path / "torch.whl", "torch", "2.14.1+cu130",
                 {MAIN: library(ALL, ALL, ALL + " sm_90a", size=900), "torch/lib/libc10.so": b"no code",
                  LINALG: library(ALL.replace("sm_75 ", "")), "torch/README": b"text"})


def line_of(text, start):
    """The cells of the row of this name, which continues under each block of columns."""
    found = [line.split()[1:] for line in text.splitlines() if line.split()[:1] == [start]]
    assert found, text
    return sum(found, [start])


def summary(report, package):
    return next(s for s in report["summaries"] if s["package"] == package)


def test_a_package_in_one_table(torch):
    text = run("scan", torch).stdout
    assert text.startswith(f"torch 2.14.1+cu130  {torch}\n")
    assert line_of(text, "library")[1:] == ["modules", *ALL.split()[:4], "sm_90a", *ALL.split()[4:],
                                            "compression", "GPU", "code"]
    assert line_of(text, "libtorch_cuda.so")[1:-2] == ["3", *["all"] * 4, "1", *["all"] * 2, "lz4"]
    assert line_of(text, "libtorch_cuda_linalg.so")[1:-2] == ["1", "-", *["all"] * 3, "-", *["all"] * 2, "lz4"]
    assert "Files with GPU code: 2 (modules: 4, images: 24). Files without: 4." in text


def test_the_line_that_people_remember(torch):
    text = " ".join(run("scan", torch).stdout.split())
    assert "Runs on Ampere … Blackwell (A100, RTX 30xx, RTX 40xx, H100, B200, B300, RTX 50xx, GB10)" in text
    assert "In part on Turing (RTX 20xx, GTX 16xx, T4): without GPU linear algebra (torch.linalg)" in text
    assert "Not on Volta and older" in text and "Jetson" not in text  # which have another processor
    assert "Driver 580 on Linux or newer (CUDA 13.0)" in text
    report, _ = report_of("scan", torch)
    gpus = {g["target"]: g for g in summary(report, "torch")["gpus"]}
    assert gpus["sm_89"]["verdict"] == "runs" and "no-code" in gpus["sm_70"]["reasons"]
    assert (gpus["sm_75"]["verdict"], gpus["sm_75"]["lacks"]) == ("partly", ["feature.linalg"])


def test_what_it_says_of_a_gpu_is_what_check_says(torch):
    report, _ = report_of("scan", torch)
    for gpu in summary(report, "torch")["gpus"]:
        checked, _ = report_of("check", "--machine", "-", "--os", "linux", "--arch", "x86_64", "--driver",
                               "580.95.05", "--gpu", gpu["target"], torch)
        verdict = checked["packages"][0]["verdict"]
        assert gpu["verdict"] == verdict or "driver-dropped-gpu" in gpu["reasons"] + \
            [f["code"] for f in checked["findings"]] or "gpu-newer-than-driver" in \
            [f["code"] for f in checked["findings"]], gpu["target"]


@pytest.mark.parametrize("machine, jetson", [(62, False), (183, True)])
def test_jetson_counts_for_its_processor(machine, jetson, tmp_path):
    (tmp_path / "x.so").write_bytes(library("sm_87 sm_80", machine=machine))
    text = run("scan", tmp_path / "x.so").stdout
    assert ("Jetson Orin" in text) == jetson


def test_code_that_the_driver_compiles(tmp_path):
    (tmp_path / "x.so").write_bytes(library("sm_80 compute_80:8.7"))
    text = " ".join(run("scan", tmp_path / "x.so").stdout.split())
    assert "Runs on Ampere, Ada Lovelace (A100, RTX 30xx, RTX 40xx)" in text
    assert "Compiles on Hopper, Blackwell (H100," in text
    assert "570.26 on Linux to compile its PTX (CUDA 12.8)" in text


@pytest.mark.parametrize("version, codes, needed, start, zstd", [
    ("1.0+cu121", "sm_80:zstd", (), "525.60.13", "550.54.14"),
    ("1.0+cu130", "sm_80:zstd", (), "580", None),  # asks for more already
    ("1.0+cu121", "sm_80", (), "525.60.13", None),
    ("1.0", "sm_80", ("libc.so.6", "libcudart.so.11.0"), "450.36.06", None),
    ("1.0", "sm_80", ("libcudart-a1b2c3d4.so.12.4.99",), "525.60.13", None),
    ("1.0", "sm_120", (), "525.60.13", None),  # CUDA 12.8 was the first that makes it
    ("1.0", "sm_80 compute_80:9.0", (), "580", None),
])
def test_drivers_that_follow(version, codes, needed, start, zstd, tmp_path):
    path = wheel(tmp_path / "x.whl", "thing", version, {"x.so": library(codes, needed=needed)})
    report, _ = report_of("scan", path)
    driver = summary(report, "thing")["driver"]["linux"]
    assert (driver["start"], driver["zstd"]) == (start, zstd)
    assert (f"{zstd} on Linux for its zstd" in run("scan", path).stdout) == bool(zstd)


def test_one_of_several_builds_is_enough(tmp_path):
    builds = {"cuda118": "sm_60 sm_75", "cuda130": "sm_75 sm_120"}
    path = wheel(tmp_path / "x.whl", "bitsandbytes", "0.50.2",
                 {f"bitsandbytes/libbitsandbytes_{name}.so": library(codes) for name, codes in builds.items()})
    report, _ = report_of("scan", path)
    served = [g["target"] for g in summary(report, "bitsandbytes")["gpus"] if g["verdict"] == "runs"]
    assert served == ["sm_60", "sm_61", "sm_75", "sm_120", "sm_121"]
    assert summary(report, "bitsandbytes")["alternatives"] == 2
    assert summary(report, "bitsandbytes")["driver"]["linux"]["start"] == "450.80.02"
    assert "2 for different CUDA releases" in run("scan", path).stdout


def test_most_code_comes_first(tmp_path):
    for name, size in (("a", 400), ("b", 4000), ("c", 1000)):
        wheel(tmp_path / f"{name}.whl", name, "1", {f"{name}.so": library("sm_80", size=size)})
    (tmp_path / "d.so").write_bytes(library("sm_80", size=2000))
    report, _ = report_of("scan", tmp_path)
    assert [s["package"] for s in report["summaries"]] == ["b", None, "c", "a"]
    sizes = [s["code_bytes"] for s in report["summaries"]]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] == 4000
    text = run("scan", tmp_path).stdout
    places = [text.index(f"\n  {name}.so") for name in "bdca"]
    assert places == sorted(places)


def test_files_of_one_name_are_told_by_their_folders(tmp_path):
    path = wheel(tmp_path / "x.whl", "thing", "1", {"thing/a/_C.so": library("sm_80"),
                                                    "thing/b/_C.so": library("sm_90")})
    text = run("scan", path).stdout
    assert line_of(text, "a/_C.so") and line_of(text, "b/_C.so")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_many_targets_fit_80_columns(lang, tmp_path):
    codes = ALL + " sm_50 sm_52 sm_60 sm_61 sm_70 sm_89 sm_90a sm_100a sm_100f sm_103f compute_120:9.0:zstd"
    path = wheel(tmp_path / "x.whl", "thing", "1", {"libthing_with_a_long_name.so": library(codes)})
    lines = run("scan", path, "--lang", lang).stdout.splitlines()
    assert all(sum(2 if ord(c) > 0x2e80 else 1 for c in line) <= 80 for line in lines[1:]), lines
    assert all(line == line.rstrip() for line in lines)
    shown = " ".join(lines)
    assert all(code in shown for code in codes.replace(":zstd", "").split())
    assert shown.count("libthing_with_a_long_name.so") >= 3  # under each block of columns


def test_names_from_outside_drive_no_terminal(tmp_path):
    path = wheel(tmp_path / "x.whl", "thing", "1", {"x\x1b[31m.so": library("sm_80")})
    assert "\x1b" not in run("scan", path).stdout


def test_damage_leaves_the_rest(torch, tmp_path):
    (tmp_path / "cut.so").write_bytes(library(ALL, ALL)[:-700])
    done = run("scan", tmp_path)
    assert done.returncode == 3 and "libtorch_cuda.so" in done.stdout and "cut.so" in done.stdout
