# SPDX-License-Identifier: MIT
"""Wheels and other archives as the program shows them."""
import json
import os
import zipfile
from pathlib import Path

import pytest

from paths import run
from reports import report_of

FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures"))
PLAIN = sorted(p for p in FIXTURES.glob("*") if p.is_file() and "." not in p.name
               and p.name != "other-zip")  # an archive in an archive is another matter
MACHINE = ["--machine", "-", "--os", "linux", "--driver", "580.95.05"]


def make_wheel(path, name="torch", version="2.9.1", libraries=(), tag="cp311-cp311-linux_x86_64",
               method=zipfile.ZIP_DEFLATED):
    """A wheel with fixtures as its libraries: {name in the wheel: name of the fixture}."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", method) as archive:
        for inside, fixture in dict(libraries).items():
            archive.write(FIXTURES / fixture, inside)
        archive.writestr(f"{info}/METADATA", f"Name: {name}\nVersion: {version}\n\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
    return path


def without_paths(report):
    """What a report says, whatever the files are called; what a library needs, only a file tells."""
    binaries = [{k: v for k, v in b.items() if k not in ("soname", "run_path", "needed")} for b in report["binaries"]]
    text = json.dumps([binaries, [(f["code"], f["args"]) for f in report["findings"]]])
    for binary in report["binaries"]:
        text = text.replace(json.dumps(binary["path"]), '"PATH"')
    for finding in report["findings"]:
        text = text.replace(json.dumps(finding["args"].get("file")), '"PATH"')
    return text


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED],
                         ids=["stored", "deflated"])
@pytest.mark.parametrize("fixture", PLAIN, ids=[p.name for p in PLAIN])
def test_same_list_as_the_file(fixture, method, tmp_path):
    """Byte for byte, but for the path."""
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "file").write_bytes(fixture.read_bytes())
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.write(fixture, "file")
    plain, plain_exit = report_of("scan", folder, "--images", "--modules")
    found, found_exit = report_of("scan", packed, "--images", "--modules")
    if not plain["binaries"] and not plain["findings"]:  # the archive was named, the file was not
        assert [f["code"] for f in found["findings"]] == ["no-gpu-code"] and found_exit == 0
        return
    assert without_paths(found) == without_paths(plain)
    assert (found["files"], found["complete"], found_exit) == \
        (plain["files"], plain["complete"], plain_exit)


def test_package_and_order(tmp_path):
    libraries = {"b/z.so": "so-x86-64", "b-c.so": "so-large", "a.so": "so-aarch64"}
    wheel = make_wheel(tmp_path / "wrong-9-name.whl", "Some_Thing", "1.0+cu128", libraries)
    report, status = report_of("scan", wheel)
    assert status == 0
    assert report["packages"] == [{"name": "some-thing", "version": "1.0+cu128", "path": str(wheel),
                                   "variant": "cu128", "tags": ["cp311-cp311-linux_x86_64"]}]
    assert [b["path"] for b in report["binaries"]] == \
        [f"{wheel}!/{name}" for name in ("a.so", "b/z.so", "b-c.so")]
    assert {b["package"] for b in report["binaries"]} == {"some-thing"}


@pytest.mark.parametrize("lang, words", [
    ("en", "Runs on"), ("zh", "可以运行")])
def test_text(lang, words, tmp_path):
    wheel = make_wheel(tmp_path / "x.whl", libraries={"torch/lib/libtorch_cuda.so": "so-x86-64"})
    text = run("scan", wheel, "--lang", lang).stdout
    assert text.startswith(f"torch 2.9.1 (cu128)  {wheel}\n  {words}")
    assert text.count("libtorch_cuda.so") == 2  # in each block of columns


@pytest.mark.parametrize("tag, variant", [
    ("cp311-cp311-manylinux_2_28_x86_64", "cu128"), ("cp311-cp311-win_amd64", "cpu"),
    ("cp311-none-macosx_11_0_arm64", "cpu")])
def test_variant_of_the_system_that_it_is_for(tag, variant, tmp_path):
    """What PyPI has under this version differs by system."""
    report, _ = report_of("scan", make_wheel(tmp_path / "x.whl", tag=tag))
    assert [p["variant"] for p in report["packages"]] == [variant]


def test_folder_of_wheels(tmp_path):
    for name in ("b", "a"):
        make_wheel(tmp_path / f"{name}.whl", name, "1", {"x.so": "so-x86-64"})
    (tmp_path / "c.so").write_bytes((FIXTURES / "so-x86-64").read_bytes())
    report, _ = report_of("scan", tmp_path)
    assert [p["name"] for p in report["packages"]] == ["a", "b"]
    assert [b["package"] for b in report["binaries"]] == ["a", "b", None]
    checked, _ = report_of("check", *MACHINE, "--gpu", "sm_90", tmp_path)
    assert sorted(p["name"] for p in checked["packages"]) == sorted(["a", "b", tmp_path.name])


@pytest.mark.parametrize("gpu, verdict, status", [("sm_80", "runs", 0), ("sm_50", "no", 1)])
def test_check(gpu, verdict, status, tmp_path):
    wheel = make_wheel(tmp_path / "x.whl", version="2.9.1+cu128",
                       libraries={"torch/lib/libtorch_cuda.so": "so-x86-64"})
    report, found = report_of("check", *MACHINE, "--gpu", gpu, wheel)
    package, = report["packages"]
    assert (package["name"], package["version"], package["variant"], package["evidence"]) == \
        ("torch", "2.9.1+cu128", "cu128", "binary")
    assert [lib["role"] for lib in package["libraries"]] == ["core"]
    assert (report["verdict"], found) == (verdict, status)


@pytest.mark.parametrize("gpu, verdict, status", [("sm_90", "unknown", 4), ("none", "runs", 0)])
def test_check_of_a_wheel_without_code(gpu, verdict, status, tmp_path):
    """Read to its end, so nobody is asked for the file."""
    wheel = make_wheel(tmp_path / "x.whl", "pure", "1", {"x.so": "so-no-gpu-code"})
    report, found = report_of("check", *MACHINE, "--gpu", gpu, wheel)
    assert (report["verdict"], found) == (verdict, status)
    assert report["packages"][0]["code_origin"] == "none"
    assert "ask" not in [advice["action"] for advice in report["advice"]]


def test_check_of_a_plain_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(FIXTURES / "so-x86-64", "libtorch_cuda.so")
    report, _ = report_of("check", *MACHINE, "--gpu", "sm_90", tmp_path / "x.zip")
    package, = report["packages"]
    assert (package["name"], package["version"]) == ("x.zip", None)


def test_damage_is_told_with_its_place(tmp_path):
    wheel = FIXTURES / "archives" / "wrong-checksum"
    report, status = report_of("scan", wheel)
    size = (FIXTURES / "so-x86-64").stat().st_size
    finding, = report["findings"]
    assert status == 3 and not report["complete"] and len(report["binaries"]) == 2
    assert finding["args"]["file"] == f"{wheel}!/a.so" and finding["args"]["offset"] == size
    for lang in ("en", "zh"):
        assert str(size) in run("scan", wheel, "--lang", lang).stdout


def test_require(tmp_path):
    wheel = make_wheel(tmp_path / "x.whl", libraries={"x.so": "so-x86-64"})
    assert run("scan", wheel, "--require", "sm_80").returncode == 0
    assert run("scan", wheel, "--require", "sm_75").returncode == 1


def test_a_wheel_of_windows_is_judged_by_its_bytes(tmp_path):
    """Its DLL has sm_80, 90a, 100f and PTX in one module, sm_80, 120 and PTX in the other."""
    path = make_wheel(tmp_path / "demo-1-cp311-cp311-win_amd64.whl", "demo", "1",
                      {"demo/_C.pyd": "dll-x86-64"}, "cp311-cp311-win_amd64")
    machine = ["--machine", "-", "--os", "windows", "--driver", "580.88"]
    for gpu, verdict in (("sm_80", "runs"), ("sm_86", "runs"), ("sm_75", "no")):
        report, _ = report_of("check", *machine, "--gpu", gpu, path)
        assert report["packages"][0]["evidence"] == "binary"
        assert report["packages"][0]["devices"][0]["verdict"] == verdict, gpu


def test_deep_is_the_same_in_a_wheel(tmp_path):
    path = make_wheel(tmp_path / "demo-1-py3-none-any.whl", "demo", "1",
                      {"demo/a.so": "so-code-outside", "demo/b.fatbin": "bare-wrong-target"})
    plain, status = report_of("scan", "--deep", "--modules", "--images", FIXTURES / "so-code-outside")
    found, _ = report_of("scan", "--deep", "--modules", "--images", path)
    assert status == 0 and found["binaries"][0]["image_list"] == plain["binaries"][0]["image_list"]
    embedded = [m for m in plain["binaries"][0]["module_list"] if m["registration"] == "embedded"]
    assert [m["section"] for m in embedded] == [".cask_resource", ".ldata", ".ldata", ".ldata"]
    toolkits = {i["payload"]["toolkit"] for i in plain["binaries"][0]["image_list"]}
    assert toolkits == {"12.4"}
    codes = [(f["code"], f["args"]["target"], f["args"]["inner"]) for f in found["findings"]]
    assert codes == [("target-mismatch", "sm_80", "sm_90"), ("target-mismatch", "sm_90", "sm_90a")]
    shown = run("scan", "--deep", "--images", FIXTURES / "nvcc-13-0-fatbin").stdout
    assert "CUDA 13.0" in shown and "_Z3addPi" in shown
