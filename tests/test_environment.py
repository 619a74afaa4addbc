# SPDX-License-Identifier: MIT
"""check on Python environments made of small libraries: what is listed, judged and said."""
import hashlib
import json
import shutil
import sys

import pytest

from paths import SOURCE, run
from reports import report_of

sys.path.insert(0, str(SOURCE / "tests" / "fixtures"))
from containers import Container, Image  # noqa: E402  pylint: disable=wrong-import-position
from hostfiles import Elf                # noqa: E402  pylint: disable=wrong-import-position
from windows_files import Pe             # noqa: E402  pylint: disable=wrong-import-position

MACHINE = ["--machine", "-", "--os", "linux", "--arch", "x86_64", "--driver", "580.95.05"]


def library(*numbers, ptx=None, needed=(), run_path=None):
    """A library with one module of machine code for `numbers`, and PTX of one."""
    images = [Image("sass", n, payload=b"x" * 64) for n in numbers]
    if ptx:
        images.append(Image("ptx", ptx, payload=b".version 8.0", isa=80))
    elf = Elf(needed=needed, run_path=run_path)
    elf.add(".nv_fatbin", Container(*images).pack())
    elf.register(1, ".nv_fatbin", 0)
    return elf.build()


def dll(*numbers, needed=()):
    pe = Pe(needed=needed)
    pe.add(".nv_fatb", Container(*(Image("sass", n, payload=b"x" * 64) for n in numbers)).pack())
    pe.register(1, ".nv_fatb", 0)
    return pe.build()


class Environment:
    """A virtual environment; packages are folders, files are bytes."""

    def __init__(self, root):
        self.root = root
        self.site = root / "lib" / "python3.11" / "site-packages"
        self.site.mkdir(parents=True)
        (root / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n")

    def install(self, name, version, files=None, record=True):
        info = self.site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = []
        for path, data in (files or {}).items():
            lines.append(f"{path},sha256={hashlib.sha256(data or b'').hexdigest()},{len(data or b'')}")
            if data is not None:
                (self.site / path).parent.mkdir(parents=True, exist_ok=True)
                (self.site / path).write_bytes(data)
        if record:
            (info / "RECORD").write_text("".join(line + "\n" for line in lines))
        return info

    def torch(self, version="2.9.1+cu128", numbers=(75, 80, 86, 90, 100, 120), **more):
        self.install("torch", version, {"torch/lib/libtorch_cuda.so": library(*numbers, **more)})

    def check(self, gpu, *args):
        return report_of("check", *MACHINE, "--gpu", gpu, "--env", self.root, *args)

    def screen(self, gpu, *args):
        return run("check", *MACHINE, "--gpu", gpu, "--env", self.root, *args).stdout


@pytest.fixture(name="env")
def make_env(tmp_path):
    return Environment(tmp_path / "venv")


def package(report, name):
    return next(p for p in report["packages"] if p["name"] == name)


def codes(report):
    return [f["code"] for f in report["findings"]]


def test_what_is_listed_and_what_is_counted(env):
    env.torch()
    env.install("numpy", "2.3.0", {"numpy/core.so": Elf().build()})
    env.install("somebodys-kernels", "1.0", {"kernels/a.so": library(90)})
    env.install("triton", "3.5.1")
    env.install("filelock", "3.0")
    report, status = env.check("H100")
    assert [p["name"] for p in report["packages"]] == ["torch", "somebodys-kernels", "triton"]
    assert report["other_packages"] == 2
    assert (report["verdict"], status) == ("runs", 0)
    assert package(report, "triton")["code_origin"] == "compiles"
    assert package(report, "somebodys-kernels")["evidence"] == "binary"
    screen = env.screen("H100")
    assert "2 more packages hold no GPU code." in screen and "triton 3.5.1" in screen
    report, status = env.check("Tesla T4")
    assert (package(report, "torch")["verdict"], report["verdict"], status) == ("runs", "no", 1)


def test_a_triton_too_old_for_the_gpu(env):
    env.torch()
    env.install("triton", "3.0.0")
    report, _ = env.check("RTX 5090")
    assert package(report, "triton")["verdict"] == "partly"
    assert "jit-compiler-too-old" in codes(report)


CUPY = {"cupy/cuda/cub.cpython-311-x86_64-linux-gnu.so": library(75, 80, 86, 90, 120)}


@pytest.mark.parametrize("name, version, compiler, gpu, verdict, code", [
    ("cupy-cuda12x", "14.2.0", ("nvidia-cuda-nvrtc-cu12", "12.4.127"), "RTX 5060", "no", "jit-compiler-too-old"),
    ("cupy-cuda12x", "14.2.0", ("nvidia-cuda-nvrtc-cu12", "12.8.61"), "RTX 5060", "runs", None),
    ("cupy-cuda12x", "14.2.0", ("nvidia-cuda-nvrtc-cu12", "12.8.61"), "sm_121", "runs", None),  # sm_120 runs on it
    ("cupy-cuda12x", "14.2.0", ("nvidia-cuda-nvrtc-cu12", "12.4.127"), "RTX 3060", "runs", None),
    ("cupy-cuda12x", "13.3.0", ("nvidia-cuda-nvrtc-cu12", "12.9.86"), "RTX 5060", "no", "jit-compiler-too-old"),
    ("cupy-cuda12x", "14.2.0", ("nvidia-cuda-nvrtc", "13.0.88"), "RTX 5060", "unknown", "unknown-compiler"),
    ("cupy-cuda12x", "14.2.0", None, "RTX 3060", "runs", None),        # every CUDA 12 knows it
    ("cupy-cuda12x", "14.2.0", None, "RTX 5060", "unknown", "unknown-compiler"),
    ("cupy-cuda13x", "14.2.0", ("nvidia-cuda-nvrtc", "13.0.88"), "Tesla V100", "no", "library-dropped-arch"),
    ("cupy-cuda11x", "13.6.0", None, "RTX 5060", "no", "jit-compiler-too-old"),
    ("numba-cuda", "0.30.4", ("nvidia-nvjitlink-cu12", "12.6.85"), "RTX 5060", "no", "jit-compiler-too-old"),
    ("numba-cuda", "0.30.4", ("nvidia-nvjitlink", "13.0.88"), "RTX 5060", "runs", None)])
def test_a_package_that_compiles_is_judged_by_its_compiler(env, name, version, compiler, gpu, verdict, code):
    env.install(name, version, CUPY if name.startswith("cupy") else {})
    if compiler:
        env.install(*compiler)
    report, _ = env.check(gpu)
    assert package(report, name)["verdict"] == verdict
    found = [f["code"] for f in report["findings"] if name in f["packages"]]
    assert ([code] if code else []) == [c for c in found if c in
                                        ("jit-compiler-too-old", "unknown-compiler", "library-dropped-arch")]


@pytest.mark.parametrize("name, version, compiler, installs", [
    ("cupy-cuda12x", "14.2.0", "12.4.127", {"nvidia-cuda-nvrtc-cu12": "12.9.86"}),
    ("cupy-cuda12x", "14.2.0", None, {"nvidia-cuda-nvrtc-cu12": "12.9.86"}),
    ("cupy-cuda12x", "13.3.0", "12.4.127", {"cupy-cuda12x": "14.2.0", "nvidia-cuda-nvrtc-cu12": "12.9.86"})])
def test_another_compiler_is_advised_and_helps(env, name, version, compiler, installs):
    folders = {name: env.install(name, version, CUPY)}
    if compiler:
        folders["nvidia-cuda-nvrtc-cu12"] = env.install("nvidia-cuda-nvrtc-cu12", compiler)
    first = env.check("RTX 5060")[0]["advice"][0]
    assert first["proof"]["verdict"] == "runs" and {i["name"]: i["version"] for i in first["installs"]} == installs
    command, = first["commands"]
    assert command["text"] == "pip install " + " ".join(f"{n}=={v}" for n, v in installs.items())
    for package_name, release in installs.items():  # the advice taken
        if package_name in folders:
            shutil.rmtree(folders[package_name])
        env.install(package_name, release, CUPY if package_name == name else {})
    assert env.check("RTX 5060")[0]["verdict"] == "runs"


def test_where_the_compiler_is_too_old_the_driver_compiles_for_jax(env):
    env.install("jax-cuda12-pjrt", "0.12.0.1", {"jax_plugins/xla_cuda12/xla_cuda_plugin.so": library(90, 120)})
    env.install("nvidia-cuda-nvcc-cu12", "12.4.131")
    report, status = env.check("RTX 5060")
    assert (package(report, "jax-cuda12-pjrt")["verdict"], status) == ("runs-jit", 0)
    assert "jit-compiler-too-old" in codes(report)
    env.install("nvidia-nvjitlink-cu12", "12.9.86")  # which is asked first
    assert env.check("RTX 5060")[0]["verdict"] == "runs"


@pytest.mark.parametrize("name, version, needed, driver, cuda", [
    ("kernels", "1.0", "libcudart.so.13", "570.124.06", "13"), ("kernels", "1.0", "libcublas.so.12", "510.39.01", "12"),
    ("kernels", "1.0", "libcudart.so.12", "525.60.13", None), ("kernels", "1.0", "libcufft.so.12", "510.39.01", None),
    ("kernels", "1.0", "libcudart.so.11.0", "440.33.01", "11"), ("ctranslate2", "4.8.5", None, "510.39.01", "12"),
    ("ctranslate2", "3.24.0", None, "510.39.01", None), ("onnxruntime-gpu", "1.27.0", None, "570.124.06", "13"),
    ("ctranslate2", "4.8.5", "libcublas.so.13", "570.124.06", "13"),   # the file knows better than the table
    ("paddlepaddle-gpu", "2.6.2", "libcudart.so.11.0", "440.33.01", "11.8")])
def test_the_driver_is_new_enough_for_the_cuda_of_the_package(env, name, version, needed, driver, cuda):
    env.install(name, version, {f"{name}/libonnxruntime_providers_cuda.so": library(70, 75, needed=[needed] if needed else [])})
    report, _ = env.check("Tesla T4", "--driver", driver)
    finding = next((f for f in report["findings"] if f["code"] == "driver-too-old"), None)
    assert (finding and finding["args"]["cuda"]) == cuda
    if cuda and not needed:  # nothing else stands in the way
        assert report["advice"][0]["action"] == "upgrade-driver" and report["advice"][0]["proof"]["verdict"] == "runs"


@pytest.mark.parametrize("variant, builds, loaded", [
    ("cu128", ("118", "128", "130"), "128"),
    ("cu129", ("118", "126", "128", "130"), "128"),   # the newest that is older
    ("cu118", ("121", "124", "118"), "118"),
    ("cu121", ("124", "126", "130"), "124"),          # the oldest that is newer
    ("cu130", ("118", "128"), None)])                 # never another major
def test_one_of_several_builds_is_loaded(env, variant, builds, loaded):
    env.torch(f"2.9.1+{variant}")
    env.install("bitsandbytes", "0.50.2", {
        f"bitsandbytes/libbitsandbytes_cuda{b}.so": library(90) for b in builds})
    report, _ = env.check("H100")
    selected = [l["path"] for l in package(report, "bitsandbytes")["libraries"] if l["selected"]]
    assert len(selected) == (1 if loaded else 0)
    assert not loaded or selected[0].endswith(f"cuda{loaded}.so")
    assert package(report, "bitsandbytes")["verdict"] == ("runs" if loaded else "unknown")


def test_an_unknown_package_that_serves_a_gpu_in_part(env):
    env.install("kernels", "1.0", {"kernels/a.so": library(75, 90), "kernels/b.so": library(90)})
    report, status = env.check("Tesla T4")
    assert (report["verdict"], status) == ("partly", 1)
    finding = next(f for f in report["findings"] if f["code"] == "missing-feature")
    assert finding["args"]["file_name"] == "b.so"


def test_kernels_for_other_gpus_are_no_lack(env):
    env.install("xformers", "0.0.33", {"xformers/_C.so": library(75, 80),
                                       "xformers/flash_attn_3/_C.so": library(90)})
    report, _ = env.check("Tesla T4")
    assert report["verdict"] == "runs"
    roles = {l["path"].split("xformers/")[-1]: l["role"] for l in report["packages"][0]["libraries"]}
    assert roles == {"_C.so": "core", "flash_attn_3/_C.so": "other"}


def test_a_needed_library_that_is_nowhere(env):
    env.torch(needed=["libcublas.so.99", "libc.so.6"], run_path="$ORIGIN/../../nvidia/cublas/lib")
    report, status = env.check("H100")
    assert (report["verdict"], status) == ("no", 1)
    # Which of the two depends on what CUDA libraries the machine has that runs the test.
    finding = next(f for f in report["findings"]
                   if f["code"] in ("missing-library", "cuda-major-mismatch"))
    assert finding["args"]["first"] == "libcublas.so.99"
    env.install("nvidia-cublas-cu12", "12.8.3.14", {"nvidia/cublas/lib/libcublas.so.99": library(90)})
    report, _ = env.check("H100")
    assert report["verdict"] == "runs"


def test_a_needed_dll_that_is_nowhere(env):
    """Of an environment of Windows; what torch keeps beside itself is found."""
    env.install("torch", "2.9.1+cu128", {"torch/lib/torch_cuda.dll": dll(90, needed=["cublas64_99.dll"])})
    report, _ = env.check("H100", "--os", "windows")
    finding = next(f for f in report["findings"] if f["code"] == "missing-library")
    assert finding["args"]["first"] == "cublas64_99.dll"
    env.install("nvidia-cublas-cu12", "12.8.3.14", {"nvidia/cublas/bin/cublas64_99.dll": dll(90)})
    report, _ = env.check("H100", "--os", "windows")
    assert "missing-library" not in [f["code"] for f in report["findings"]]


def test_another_release_of_a_needed_library(env):
    env.torch("2.9.1+cu130")
    env.install("nvidia-cuda-runtime", "13.0.96", {"nvidia/cu13/lib/libcudart.so.913": Elf().build()})
    env.install("flash-attn", "2.8.3", {
        "flash_attn_2_cuda.so": library(90, needed=["libcudart.so.912"])})
    report, _ = env.check("H100")
    assert package(report, "flash-attn")["verdict"] == "no"
    finding = next(f for f in report["findings"] if f["code"] == "cuda-major-mismatch")
    assert finding["args"]["sibling"].endswith("libcudart.so.913")


@pytest.mark.parametrize("asks, linked, verdict", [
    ("torch==2.9.1", True, "runs"), ("torch==2.9.0", True, "runs"),   # one series, one ABI
    ("torch==2.8.0", True, "no"), ("torch (>=2.14.0)", True, "no"),
    ("torch<3,>=2.4", True, "runs"), ("torch~=2.8.0", False, "partly"),
    ("torch==2.8.0; extra == 'old'", True, "runs")])
def test_an_extension_of_another_release(env, asks, linked, verdict):
    env.torch()
    needed = ("libc10.so", "libtorch_cpu.so") if linked else ()
    info = env.install("flash-attn", "2.8.3", {"flash_attn_2_cuda.so": library(90, needed=needed)})
    with (info / "METADATA").open("a") as file:
        file.write(f"Requires-Dist: {asks}\n")
    report, _ = env.check("H100")
    assert package(report, "flash-attn")["verdict"] == verdict
    assert ("abi-mismatch" in codes(report)) == (verdict != "runs")


def extension_of(env, name, version, asks):
    info = env.install(name, version, {f"{name}/_C.so": library(75, 80, 90, needed=["libc10.so"])})
    with (info / "METADATA").open("a") as file:
        file.write(f"Requires-Dist: {asks}\n")
    return info


@pytest.mark.parametrize("torch, name, version, asks, advised", [
    # the release of the extension for this torch, then the torch that it asks for
    ("2.9.1+cu128", "xformers", "0.0.32.post2", "torch==2.8.0", ["xformers==0.0.33.post2", "torch==2.8.0"]),
    ("2.9.1+cu128", "torchvision", "0.23.0", "torch==2.8.0", ["torchvision==0.24.1", "torch==2.8.0"]),
    ("2.7.1+cu126", "xformers", "0.0.32.post2", "torch==2.8.0", ["torch==2.8.0"]),  # no row for 2.7.1
    ("2.9.1+cu128", "somebodys", "1.0", "torch==2.8.0", ["torch==2.8.0"]),
    ("2.9.1+cu128", "somebodys", "1.0", "torch==1.2.99", [])])
def test_what_goes_together_is_advised_and_helps(env, torch, name, version, asks, advised):
    env.torch(torch)
    folder = extension_of(env, name, version, asks)
    report, _ = env.check("H100")
    assert "abi-mismatch" in codes(report)
    found = [a for a in report["advice"] if a["action"] == "install"]
    assert [f"{a['installs'][0]['name']}=={a['installs'][0]['version']}" for a in found] == advised
    for advice in found:
        assert advice["proof"]["verdict"] == "runs"
        command, = advice["commands"]
        assert all(f"{i['name']}=={i['version']}" in command["text"] for i in advice["installs"])
        assert all(i["index"] is None or i["index"] in command["text"] for i in advice["installs"])
    if found and found[0]["installs"][0]["name"] == name:  # the advice taken
        shutil.rmtree(folder)
        extension_of(env, name, found[0]["installs"][0]["version"], f"torch=={torch.split('+')[0]}")
        assert env.check("H100")[0]["verdict"] == "runs"


def test_extensions_that_are_not_installed_yet():
    ask = ["check", *MACHINE, "--gpu", "H100", "--with", "xformers==0.0.34"]
    report, status = report_of(*ask, "--with", "torch==2.10.0+cu128")
    assert (report["verdict"], package(report, "xformers")["evidence"], status) == ("runs", "catalog", 0)
    report, status = report_of(*ask, "--with", "torch==2.9.1+cu128")
    assert (report["verdict"], status) == ("no", 1) and "abi-mismatch" in codes(report)
    assert report["advice"][0]["installs"][0]["version"] == "0.0.33.post2"


def test_the_companion_is_named(env):
    env.torch()
    info = env.install("torchvision", "0.23.0", {"torchvision/_C.so": library(90, needed=["libc10.so"])})
    with (info / "METADATA").open("a") as file:
        file.write("Requires-Dist: torch==2.8.0\n")
    screen = env.screen("H100")
    assert "made for another release" in screen and "torchvision 0.24.1" in screen


def test_a_package_that_no_table_knows(env):
    env.install("kernels", "1.0", {"kernels/a.so": library(90)})
    report, _ = env.check("H100")
    assert report["verdict"] == "runs" and "unlisted-package" in codes(report)


def test_parts_are_told_in_a_line(env):
    env.torch("2.9.1+cu130", numbers=(75, 80, 90))
    env.install("nvidia-cuda-runtime", "13.0.96")
    for name in ("cublas", "curand", "cusolver"):
        env.install(f"nvidia-{name}", "13.0", {f"nvidia/cu13/lib/lib{name}.so.13": library(75, 90)})
    env.install("nvidia-cufft", "12.0", {"nvidia/cu13/lib/libcufft.so.12": library(75)})
    report, _ = env.check("H100")
    assert report["verdict"] == "runs"
    assert all(p["part"] == p["name"].startswith("nvidia-") for p in report["packages"])
    assert "4 packages that came along" in env.screen("H100")
    report, _ = env.check("GTX 1080 Ti")
    assert [p["verdict"] for p in report["packages"]] == ["no"] * 5
    screen = env.screen("GTX 1080 Ti")
    assert "The same holds for 4 packages" in screen and screen.count("✗") == 2
    assert "nvidia-curand" in env.screen("GTX 1080 Ti", "-v")


def test_code_that_is_not_read_rests_on_the_table(env):
    hip = Elf()
    hip.add(".hip_fatbin", b"\0" * 4096)
    env.install("torch", "2.9.1+rocm6.4", {"torch/lib/libtorch_hip.so": hip.build()})
    report, _ = env.check("RX 7900 XTX")
    assert package(report, "torch")["evidence"] == "catalog"
    assert report["verdict"] == "runs" and "table-only" in codes(report)


def test_cpu_build_next_to_one_for_gpus(tmp_path):
    here = Environment(tmp_path / "here")
    here.install("torch", "2.9.1+cpu", {"torch/lib/libtorch_cpu.so": Elf().build()})
    Environment(tmp_path / "other").torch()
    Environment(tmp_path / "third").install("torch", "2.9.1+cpu")
    report, status = here.check("H100")
    assert (report["verdict"], status) == ("no", 1)
    assert codes(report).count("wrong-environment") == 1
    finding = next(f for f in report["findings"] if f["code"] == "wrong-environment")
    assert finding["args"]["other_prefix"] == str(tmp_path / "other")
    empty = Environment(tmp_path / "empty")
    report, _ = empty.check("H100")
    assert "wrong-environment" in codes(report) and report["packages"] == []


def test_planted_damage_among_two_hundred_packages(env):
    """One finding each; the rest unharmed, the end normal."""
    env.torch()
    for i in range(196):
        env.install(f"package-{i:03}", "1.0", {f"package_{i:03}/__init__.py": b"pass\n"})
    (env.site / "package_007-1.0.dist-info" / "METADATA").write_bytes(b"\x00\xff nothing\n")
    env.install("package-008", "0.9", {"package_008/old.py": None}, record=True)
    (env.site / "~ackage_009-1.0.dist-info").mkdir()
    env.install("broken", "1.0", {"broken/gone.so": None})
    cut = library(90)
    env.install("cut", "1.0", {"cut/cut.so": cut[:len(cut) // 2]})
    env.install("deleted", "1.0", {f"deleted/{name}.py": None for name in "abc"})
    report, status = env.check("H100")
    assert package(report, "torch")["verdict"] == "runs"
    found = codes(report)
    for code, times in (("unreadable", 1), ("duplicate-package", 1), ("leftover-metadata", 2),
                        ("missing-library", 1)):
        assert found.count(code) == times, code
    assert "damaged" in found and status == 3
    assert len(report["packages"]) + report["other_packages"] == 199
    for lang in ("en", "zh"):
        screen = env.screen("H100", "--lang", lang)
        assert all(len(line) <= 200 for line in screen.splitlines()) and "finding." not in screen


def test_conda_forge(tmp_path):
    root = tmp_path / "conda"
    site = root / "lib" / "python3.11" / "site-packages"
    info = site / "torch-2.5.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.5.1\n")
    (info / "RECORD").write_text("torch/version.py,,\n")
    (root / "lib" / "libtorch_cuda.so").write_bytes(library(50, 90, needed=["libcudart.so.98"]))
    (root / "lib" / "libcudart.so.98").write_bytes(b"")
    (root / "conda-meta").mkdir()
    for name in ("libtorch-2.5.1-cuda126_h1_303", "pytorch-2.5.1-cuda126_py311_303"):
        (root / "conda-meta" / f"{name}.json").write_text(json.dumps({
            "channel": "https://conda.anaconda.org/conda-forge/linux-64",
            "files": ["lib/libtorch_cuda.so"] if name.startswith("lib") else []}))
    report, status = report_of("check", *MACHINE, "--gpu", "H100", "--env", root)
    torch = package(report, "torch")
    assert (torch["variant"], torch["channel"], torch["build"]) == (
        "cu126", "conda-forge", "cuda126_py311_303")
    assert (report["verdict"], status) == ("runs", 0)


def test_a_python_means_its_environment(env):
    env.torch()
    (env.root / "bin").mkdir()
    (env.root / "bin" / "python").symlink_to(sys.executable)
    report, _ = report_of("check", *MACHINE, "--gpu", "H100", "--env", env.root / "bin" / "python")
    assert report["python"]["prefix"] == str(env.root) and report["verdict"] == "runs"
