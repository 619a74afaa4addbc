# SPDX-License-Identifier: MIT
"""What `scan` tells about packages: their GPUs and drivers, and the table of their libraries."""
import os
import re
import sys
import zipfile

import pytest

from paths import PROGRAM, SOURCE, run
from reports import report_of
from test_environment import Environment

sys.path.insert(0, str(SOURCE / "tests" / "fixtures"))
from containers import Container, Image, noise  # noqa: E402
from hostfiles import Elf, joined  # noqa: E402


def image(code, size=400):
    """"sm_90a", "compute_90:8.4", with ":zstd" or ":none" behind it; `size` may differ by number."""
    kind, number, suffix, isa, packing = re.fullmatch(
        r"(sm|compute)_(\d+)([af]?)(?::(\d+\.\d))?(?::(zstd|none))?", code).groups()
    if isinstance(size, dict):
        size = size.get(int(number), size[None])
    return Image("sass" if kind == "sm" else "ptx", int(number), suffix, noise(size, int(number)),
                 packing or "lz4", 0 if packing == "none" else size * 3, int(isa.replace(".", "")) if isa else 0)


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


def test_a_compiler_that_is_older_than_the_gpu(tmp_path):
    path = wheel(tmp_path / "x.whl", "torch", "2.9.1+cu128", {MAIN: library(ALL)})
    report, _ = report_of("scan", path)
    gpus = {g["target"]: g for g in summary(report, "torch")["gpus"]}
    assert (gpus["sm_100"]["verdict"], gpus["sm_103"]["verdict"]) == ("runs", "partly")
    text = " ".join(run("scan", path).stdout.split())
    assert "Blackwell (B300, GB10): all but what is compiled while the program runs" in text and "modules have no code" not in text


def test_modules_without_code(tmp_path):
    (tmp_path / "x.so").write_bytes(library("sm_80 sm_90", "sm_80"))
    text = " ".join(run("scan", tmp_path / "x.so").stdout.split())
    assert "In part on Hopper (H100, H200): some modules have no code for them" in text


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


@pytest.mark.skipif(PROGRAM.endswith(".exe"), reason="Windows keeps such times as it pleases")
def test_reading_leaves_no_trace(tmp_path):
    path = wheel(tmp_path / "a.whl", "a", "1", {"a/a.so": library("sm_75")})
    os.utime(path, (1e9, 1e9 + 1))  # read before it was written: a read would be noted
    run("scan", path)
    assert path.stat().st_atime == 1e9


def test_an_environment_by_its_packages(tmp_path):
    env = Environment(tmp_path / "venv")
    env.torch(numbers=(75, 80, 90, 120))
    env.install("thing", "1.0", {"thing/_C.so": library("sm_80", size=9000), "thing/__init__.py": b""})
    env.install("nothing", "1.0", {"nothing/__init__.py": b""})
    (env.site / "loose.so").write_bytes(library("sm_60"))
    report, _ = report_of("scan", env.root)
    assert [s["package"] for s in report["summaries"]] == ["thing", None, "torch"]
    text = run("scan", env.root).stdout
    assert [line.split("  ")[0] for line in text.splitlines() if "dist-info" in line] == ["thing 1.0", "torch 2.9.1+cu128"]
    report, status = report_of("scan", env.root, "--require", "sm_80")
    assert status == 1 and missed(report) == [([], "sm_80", "loose.so")]
    other = Environment(tmp_path / "other")
    other.torch("2.10.0+cu128", numbers=(80, 90, 120))
    report, _ = report_of("scan", "--diff", env.root, other.root)
    versions = [tuple(side and side["version"] for side in (p["before"], p["after"])) for p in report["packages"]]
    assert sorted(versions, key=str) == [("1.0", None), ("2.9.1+cu128", "2.10.0+cu128"), (None, None)]
    torch = next(p for p in report["packages"] if p["after"])
    assert [g["target"] for g in torch["gpus"]] == ["sm_75"]


# --- what is asked for, bytes, and what changed ---------------------------------------------------

def missed(report):
    return [(f["packages"], f["args"].get("target"), f["title"].split()[0].split("/")[-1])
            for f in report["findings"] if f["code"] == "require-not-met"]


def test_a_miss_names_library_and_module(torch):
    report, status = report_of("scan", torch, "--require", "sm_75 sm_80 sm_90a")
    assert status == 1 and report["require"] == {"targets": ["sm_75", "sm_80", "sm_90a"], "met": False}
    assert missed(report) == [(["torch"], "sm_90a", "libtorch_cuda.so"), (["torch"], "sm_75", "libtorch_cuda_linalg.so"),
                              (["torch"], "sm_90a", "libtorch_cuda_linalg.so")]
    main = next(f for f in report["findings"] if f["args"]["target"] == "sm_90a")["args"]
    listed, _ = report_of("scan", torch, "--modules")
    modules = next(b for b in listed["binaries"] if b["path"].endswith("libtorch_cuda.so"))["module_list"]
    assert (main["served"], main["modules"], main["module"]) == (1, 3, 0)
    assert int(main["offset"], 16) == modules[0]["offset"]
    text = " ".join(run("scan", torch, "--require", "sm_75").stdout.split())
    assert "does not cover sm_75. 0 of 1 modules do. The first that does not: module 0 at 0x" in text


@pytest.mark.parametrize("required, targets", [
    ("RTX 5060", ["sm_120"]), ("8.0;9.0+PTX", ["sm_80", "sm_90", "compute_90"]), ("sm_80,RTX 3090, T4", ["sm_80", "sm_86", "sm_75"]),
    ("NVIDIA GeForce RTX 4090;H100 sm_75", ["sm_89", "sm_90", "sm_75"]), ("GTX 860M", ["sm_30", "sm_50"]),
    ("80-real;90-virtual", ["sm_80", "compute_90"]), ("gfx90a RX 7900 XTX", ["gfx90a", "gfx1100"])])
def test_what_can_be_required(required, targets, torch):
    report, _ = report_of("scan", torch, "--require", required)
    assert sorted(report["require"]["targets"]) == sorted(targets)


@pytest.mark.parametrize("required", ["", "sm_", "RTX 5O60", "sm_80 nonsense"])
def test_what_cannot(required, torch):
    report, status = report_of("scan", torch, "--require", required)
    assert (status, report["code"]) == (2, "bad-code")


def test_required_of_several_builds(tmp_path):
    path = wheel(tmp_path / "x.whl", "bitsandbytes", "0.50.2", {
        "bitsandbytes/libbitsandbytes_cuda118.so": library("sm_60 sm_75"),
        "bitsandbytes/libbitsandbytes_cuda130.so": library("sm_75 sm_120")})
    assert run("scan", path, "--require", "sm_60 sm_120").returncode == 0
    report, status = report_of("scan", path, "--require", "sm_60 sm_90")
    assert status == 1 and missed(report) == [(["bitsandbytes"], "sm_90", "bitsandbytes")]


def test_what_a_library_needs(tmp_path):
    data = library("sm_80", needed=("libcudart.so.12", "libc.so.6"))
    (tmp_path / "b.so").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.so", data)
    for name, needed in (("b.so", ["libcudart.so.12", "libc.so.6"]), ("b.zip", None)):
        binary, = report_of("scan", tmp_path / name)[0]["binaries"]
        assert (binary["needed"], binary["soname"]) == (needed, None)


def seconds_of(*args):
    """Standard output, and the processor's time: of how busy the machine is, that says least."""
    before = os.times()
    done = run(*args)
    after = os.times()
    return done.stdout, (after.children_user + after.children_system
                         - before.children_user - before.children_system)


@pytest.mark.skipif(sys.platform == "win32", reason="times of children")
def test_of_thousands_of_libraries_a_few_are_named(tmp_path):
    """Their number shows in the time, not its square: that was 20 times as much."""
    kinds = [library(codes) for codes in ("sm_80 sm_90", "sm_75 sm_86", "sm_80 sm_120")]
    for i in range(5000):
        (tmp_path / f"lib{i:04}.so").write_bytes(kinds[i % 3])
    text, seconds = seconds_of("scan", tmp_path)
    assert seconds < 5
    assert "without lib0000.so, lib0002.so, lib0003.so, lib0005.so and 3329 more libraries" \
        in " ".join(text.split())
    gpus = {g["target"]: g for g in report_of("scan", tmp_path)[0]["summaries"][0]["gpus"]}
    assert gpus["sm_75"]["lacking"] == 3333 and len(gpus["sm_75"]["lacks"]) == 100
    _, seconds = seconds_of("check", "--machine", "-", "--gpu", "sm_75", tmp_path)
    assert seconds < 5


def test_sources_in_a_folder_are_not_opened(tmp_path):
    """Unless they are named, or the look is deep."""
    for name in ("kernel.py", "kernel.cuh", "kernel.bin"):
        (tmp_path / name).write_bytes(Container(Image("sass", 80, payload=b"x" * 64)).pack())
    for args, found in (([tmp_path], ["kernel.bin"]), ([tmp_path / "kernel.py"], ["kernel.py"]),
                        (["--deep", tmp_path], ["kernel.bin", "kernel.cuh", "kernel.py"])):
        assert sorted(b["path"].rsplit("/", 1)[-1] for b in report_of("scan", *args)[0]["binaries"]) == found
    assert report_of("scan", tmp_path)[0]["files"] == 3


def test_nothing_covers_nothing(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    report, status = report_of("scan", tmp_path, "--require", "sm_80")
    assert status == 1 and "no GPU code was found" in report["findings"][-1]["title"]


def test_kernels_that_are_not_read_are_not_held_against_it(tmp_path):
    (tmp_path / "libcufft.so.12").write_bytes(library("sm_75"))
    (tmp_path / "libx.so").write_bytes(library("sm_90"))
    report, status = report_of("scan", tmp_path, "--require", "sm_90")
    assert status == 0 and [f["code"] for f in report["findings"]] == ["unknown-code"]


def test_sizes_add_up(torch):
    report, _ = report_of("scan", torch, "--sizes", "--images")
    total = {}
    for binary in report["binaries"]:
        images = binary["image_list"]
        for size in binary["sizes"]:
            own = [i["bytes"] for i in images if (i["target"], i["kind"]) == (size["target"], size["kind"])]
            assert (len(own), sum(own)) == (size["images"], size["bytes"])
            total[size["target"]] = total.get(size["target"], 0) + size["bytes"]
    assert {s["target"]: s["bytes"] for s in summary(report, "torch")["sizes"]} == total
    text = run("scan", torch, "--sizes").stdout
    rows = [line.split() for line in text.splitlines()]
    heads = next(r for r in rows if r[:2] == ["KiB", "total"])
    cells = next(r for r in rows if r[:2] == ["all", "libraries"])
    assert heads[2:] == sorted(total, key=lambda t: (int(t[3:].rstrip("a")), t))
    assert cells[3:] == [f"{total[t] / 1024:.1f}" for t in heads[2:]]
    assert cells[2] == f"{sum(total.values()) / 1024:.1f}"


@pytest.fixture
def newer(tmp_path):
    folder = tmp_path / "newer"
    folder.mkdir()
    codes = "sm_80:zstd sm_90:zstd sm_120:zstd compute_120:9.0:zstd"
    return wheel(folder / "thing.whl", "thing", "2.0+cu130", {
        "thing.libs/libthing-0a1b2c3d.so.2": library(codes, codes, codes + " sm_90a"), "thing/extra.so": library(codes)})


@pytest.fixture
def older(tmp_path):
    codes = "sm_60 sm_80 sm_90 compute_90:8.0"
    return wheel(tmp_path / "old.whl", "thing", "1.0+cu121", {
        "thing.libs/libthing-99887766.so.1": library(codes, codes), "thing/gone.so": library(codes)})


@pytest.mark.parametrize("codes, told", [("sm_80 sm_90", False), ("sm_80 compute_90:8.0", True)])
def test_ptx_is_explained_where_there_is_some(tmp_path, codes, told):
    made = wheel(tmp_path / "thing.whl", "thing", "1.0", {"thing/some.so": library(codes)})
    assert ("is PTX" in run("scan", made).stdout) == told


def test_what_a_new_build_changed(older, newer):
    report, status = report_of("scan", "--diff", older, newer)
    package, = report["packages"]
    assert status == 0 and report["complete"]
    assert (package["before"]["version"], package["after"]["version"]) == ("1.0+cu121", "2.0+cu130")
    assert package["after"]["driver"]["linux"]["start"] == "580"
    verdicts = {g["target"]: (g["before"], g["after"]) for g in package["gpus"]}
    assert verdicts["sm_60"] == ("runs", "no") and verdicts["sm_120"] == ("runs-jit", "runs")
    assert verdicts["sm_100"] == ("runs-jit", "no") and "sm_80" not in verdicts
    libraries = {(b and b["path"].split("/")[-1], a and a["path"].split("/")[-1]): rows
                 for b, a, rows in ((i["before"], i["after"], i["targets"]) for i in package["libraries"])}
    assert set(libraries) == {("libthing-99887766.so.1", "libthing-0a1b2c3d.so.2"), (None, "extra.so"), ("gone.so", None)}
    rows = {r["target"]: r for r in libraries["libthing-99887766.so.1", "libthing-0a1b2c3d.so.2"]}
    assert rows["sm_60"]["after"] is None and rows["sm_120"]["before"] is None
    assert rows["sm_90a"]["after"]["modules"] == 1 and rows["compute_120"]["after"]["ptx_isa"] == "9.0"
    assert rows["sm_80"]["changed"] and rows["sm_80"]["after"]["compression"] == {"zstd": 3}


def test_the_text_of_a_difference(older, newer):
    text = run("scan", "--diff", older, newer).stdout
    assert text.startswith("thing 1.0+cu121 → 2.0+cu130\n")
    words = " ".join(text.split())
    assert "No longer on Pascal (P100, GTX 10xx)" in words and "to start: 525.60.13 on Linux → 580 on Linux" in words
    assert "New library thing/extra.so" in words and "Dropped library thing/gone.so" in words
    assert re.search(r"^  sm_90a +- +1/3 lz4$", text, re.M) and re.search(r"^  sm_80 +all lz4 +all zstd$", text, re.M)
    assert re.search(r"^  sm_60 +1.2 KiB +- +-1.2 KiB$", text, re.M)
    assert all(len(line) <= 80 for line in text.splitlines())
    chinese = run("scan", "--diff", older, newer, "--lang", "zh").stdout
    assert "不再支持" in chinese and "Pascal" in chinese


def test_the_same_is_the_same(older):
    report, status = report_of("scan", "--diff", older, older)
    assert status == 0 and not any(r["changed"] for i in report["packages"][0]["libraries"] for r in i["targets"])
    assert run("scan", "--diff", older, older).stdout.splitlines()[1].split() == ["GPU", "code", "the", "same"]


def test_files_and_directories_are_compared_too(tmp_path):
    for side, codes in (("a", "sm_80"), ("b", "sm_80 sm_90")):
        (tmp_path / side / "lib").mkdir(parents=True)
        (tmp_path / side / "lib" / "x.so").write_bytes(library(codes))
        (tmp_path / side / "lib" / "y.so").write_bytes(library("sm_80"))
    a, b = tmp_path / "a", tmp_path / "b"
    for paths in ((a, b), (a / "lib" / "x.so", b / "lib" / "x.so"), (a / "lib" / "y.so", b / "lib" / "x.so")):
        report, _ = report_of("scan", "--diff", *paths)
        changed = [r["target"] for p in report["packages"] for i in p["libraries"] for r in i["targets"] if r["changed"]]
        assert changed == ["sm_90"], paths
    assert run("scan", "--diff", tmp_path / "a", tmp_path / "a" / "lib").returncode == 0


@pytest.mark.parametrize("args", [["--diff"], ["--diff", "a"], ["--diff", "a", "b", "c"], ["--diff", "a", "b", "--sizes"]])
def test_a_difference_is_of_two(args):
    report, status = report_of("scan", *args)
    assert (status, report["code"]) == (2, "diff-of-two")


def test_damage_in_one_of_two(older, tmp_path):
    (tmp_path / "cut.so").write_bytes(library(ALL, ALL)[:-700])
    report, status = report_of("scan", "--diff", tmp_path / "cut.so", older)
    assert status == 3 and not report["complete"]
