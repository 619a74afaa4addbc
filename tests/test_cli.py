# SPDX-License-Identifier: MIT
"""The program as people call it: answers, exit statuses, errors, streams."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import pytest

from paths import PROGRAM, SOURCE, run
from reports import report_of, validate

NOTE = ["check", "--machine", "-", "--os", "windows", "--arch", "x86_64", "--gpu",
        "NVIDIA GeForce RTX 5060 Laptop GPU", "--driver", "576.02", "--python", "3.11",
        "--with", "torch==2.7.1+cu118"]
FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures"))
ENGLISH = {"GPUMATCH_LANG": "en"}


def machine(*flags, gpu="sm_86", driver="550.163.01"):
    return ["check", "--machine", "-", "--os", "linux", "--gpu", gpu, "--driver", driver, *flags]


def fixture(name):
    """A file with GPU code that tests/fixtures makes."""
    found = sorted(p for p in FIXTURES.iterdir() if name in p.name and p.suffix != ".expected")
    assert found, f"no fixture {name} in {FIXTURES}"
    return found[0]


def test_the_note_in_english():
    done = run(*NOTE)
    assert done.returncode == 1
    assert "✗ torch 2.7.1+cu118 is not made for this GPU." in done.stdout
    assert "sm_120" in done.stdout and done.stderr == ""
    command = [line for line in done.stdout.splitlines() if "pip install" in line]
    assert len(command) == 1
    for piece in ("torch==2.11.0", "torchvision==0.26.0",
                  "--index-url https://download.pytorch.org/whl/cu128"):
        assert piece in command[0]


@pytest.mark.parametrize("how", [["--lang", "zh"], "GPUMATCH_LANG", "LC_ALL"])
def test_the_note_in_chinese(how):
    if isinstance(how, list):
        done = run(*NOTE, *how)
    else:
        done = run(*NOTE, env={how: "zh_CN.UTF-8"})
    assert done.returncode == 1
    assert "✗ torch 2.7.1+cu118 不是为这块显卡编译的。" in done.stdout
    assert "torch==2.11.0" in done.stdout


def test_lang_wins_over_the_environment():
    done = run(*NOTE, "--lang", "en", env={"GPUMATCH_LANG": "zh", "LC_ALL": "zh_CN.UTF-8"})
    assert "is not made for this GPU" in done.stdout


def test_text_fits_80_columns():
    for line in run(*NOTE).stdout.splitlines():
        assert len(line) <= 80 or line.startswith("    "), line  # commands are never wrapped


def test_json_is_valid_and_proven():
    report, status = report_of(*NOTE)
    assert (report["verdict"], status) == ("no", 1)
    first = report["advice"][0]
    assert first["proof"]["verdict"] == "runs"
    installs = {i["name"]: i["version"] for i in first["installs"]}
    pinned = first["commands"][0]["text"]
    assert all(f"{name}=={version}" in pinned for name, version in installs.items())
    again, status = report_of(*NOTE[:-1], f"torch=={installs['torch']}+cu128")
    assert (again["verdict"], status) == ("runs", 0)


@pytest.mark.parametrize("code, gpu, status", [
    ("sm_80", "sm_86", 0), ("sm_90", "sm_86", 1), ("sm_80", "RTX 9999", 4)])
def test_exit_status_is_the_verdict(code, gpu, status):
    assert run(*machine("--code", code, gpu=gpu)).returncode == status


@pytest.mark.parametrize("args, code, subject", [
    (machine(gpu=""), "bad-gpu", ""),
    (machine(gpu="10de:zzzz"), "bad-gpu", "10de:zzzz"),
    (machine(driver="abc"), "bad-driver", "abc"),
    (machine("--code", "sm_banana"), "bad-code", "sm_banana"),
    (machine("--python", "three"), "bad-python", "three"),
    (machine("--os", "beos"), "bad-os", "beos"),
    (machine("--with", "torch"), "with-needs-version", "torch"),
    (["check", "--dirver", "1"], "unknown-option", "--dirver"),
    (["chekc"], "unknown-command", "chekc"),
    (["scan"], "no-path", ""),
    (["scan", "/nonexistent/file"], "not-found", "/nonexistent/file"),
    (["check", "--lang", "tlh"], "bad-lang", "tlh"),
])
def test_wrong_usage(args, code, subject):
    expected = 5 if code == "not-found" else 2
    done = run(*args, env=ENGLISH)
    assert done.returncode == expected and done.stdout == ""
    assert done.stderr.startswith("gpumatch: ") and "{" not in done.stderr
    report, status = report_of(*args, env=ENGLISH)
    assert status == expected
    assert (report["schema"], report["code"]) == ("gpumatch.error/1", code)
    assert report["args"]["subject"] == subject
    chinese = run(*args, env={"GPUMATCH_LANG": "zh"})
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese.stderr)


def test_option_without_its_value():
    done = run("check", "--json", "--driver")
    assert done.returncode == 2 and json.loads(done.stdout)["code"] == "needs-value"


def test_options_may_come_before_the_command():
    after, before = run(*NOTE, "--lang", "zh", "--json"), run("--json", "--lang", "zh", *NOTE)
    assert (after.stdout, after.returncode) == (before.stdout, before.returncode)


@pytest.mark.parametrize("args, offered", [
    (["check", "--dirver", "1"], "--driver"),
    (["check", "--dirver=1"], "--driver"),
    (["check", "--verb"], "--verbose"),
    (["check", "--installer", "uv"], "gpumatch pick --installer"),
    (["chekc"], "gpumatch check"),
    (["Check"], "gpumatch check"),
    (["hlep"], "gpumatch help"),
    (["RTX", "5060"], 'gpumatch explain "RTX 5060"'),
    (["sm_120"], "gpumatch explain sm_120"),
    (["算力"], 'gpumatch explain "算力"'),
    (["x" * 300], "gpumatch explain log.txt"),
    ([SOURCE / "README.md"], f"gpumatch check {SOURCE / 'README.md'}"),
    (["help", "exit"], "gpumatch help exit-status"),
    (["help", "ptx"], "gpumatch explain ptx"),
    (["help", "xyzzy"], "gather, exit-status"),
    (["show", "gpsu"], "gpus"),
    (["check", "--driver"], "--driver VERSION: "),
    (["check", "--json=3"], "--json: "),
    (["check", "--os", "win"], "--os windows"),
    (["check", "--os", "Linx"], "--os linux"),
    (["check", "--arch", "x86"], "--arch x86_64"),
    (["check", "--kernel-module", "opne"], "--kernel-module open"),
    (["pick", "--channel", "nigthly"], "--channel nightly"),
    (["pick", "--installer", "pipp"], "--installer pip"),
    (["pick", "--platform", "cu129a"], "--platform cu129"),
    (["pick", "--platform", "12.8"], "--platform cu128"),
    (["pick", "pytorch"], "torch"),
    (["pick", "torchvisoin"], "torchvision")])
def test_what_is_mistyped_gets_a_suggestion(args, offered):
    done = run(*args)
    assert done.returncode == 2 and offered in done.stderr and done.stdout == ""


@pytest.mark.parametrize("gpu, near", [
    ("RTX 5600", "NVIDIA GeForce RTX 5060"), ("RTX 4O90", "NVIDIA GeForce RTX 4090"),
    ("RX 7900XTXX", "AMD Radeon RX 7900 XTX"), ("GTX 1080 Ti Super", "NVIDIA GeForce GTX 1080 Ti"),
    ("banana", None)])
def test_mistyped_gpu_gets_the_nearest_names(gpu, near):
    report, status = report_of(*machine("--with", "torch==2.9.1+cu128", gpu=gpu))
    unknown, = [f for f in report["findings"] if f["code"] == "unknown-gpu"]
    assert status == 4 and gpu in unknown["title"]
    if not near:
        assert "near" not in unknown["args"]
        return
    first = unknown["args"]["near"].split(", ")[0]
    assert first == near and near in unknown["detail"]
    report, _ = report_of(*machine("--with", "torch==2.9.1+cu128", gpu=first))
    assert report["machine"]["devices"][0]["target"]


@pytest.mark.parametrize("version, near", [
    ("torch==2.7.11", "2.7.1"), ("torch==2.7.1+cu119", "2.7.1+cu118"), ("xformers==0.0.34.9", "0.0.34"),
    ("torchvision==0.99", None)])
def test_mistyped_release_gets_the_nearest_ones(version, near):
    report, status = report_of(*machine("--with", version))
    unknown, = [f for f in report["findings"] if f["code"] == "unknown-code"]
    assert status == 4 and unknown["args"]["near"].split(", ")[0] == (near or unknown["args"]["near"])
    picked, _ = report_of("pick", *machine(version)[1:])
    assert unknown["args"]["near"] in picked["advice"][0]["why"]


def test_release_that_there_is_needs_no_suggestion():
    for version in ("torch==2.7.1", "torch==2.7.1+cu128"):
        report, _ = report_of(*machine("--with", version))
        assert "near" not in json.dumps(report["findings"])


COMMANDS = ["check", "scan", "pick", "explain", "show", "info", "gather"]


def assert_fits(text, columns, lines):
    assert len(text.splitlines()) <= lines
    for line in text.splitlines():
        wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        assert wide <= columns or line.startswith("  gpumatch "), line  # commands are never broken


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help(command, lang):
    for args in ([command, "--help"], ["help", command], ["--lang", lang, "help", command]):
        done = run(*args, "--lang", lang)
        assert done.returncode == 0 and done.stderr == ""
        assert f"  gpumatch {command}" in done.stdout and ("--json" in done.stdout or command == "gather")
        assert "help." not in done.stdout
        assert_fits(done.stdout, 80, 35)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_of_the_program_fits_a_screen(lang):
    for args in ["--help"], ["help"], ["-h"]:
        shown = run(*args, "--lang", lang).stdout
        assert_fits(shown, 80, 24)
        examples = [line for line in shown.splitlines()[:7] if line.startswith("  gpumatch ")]
        assert len(examples) == 3
        assert all(command in shown for command in COMMANDS)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("topic", ["exit-status", "machine", "code-lists", "output"])
def test_help_topics(topic, lang):
    done = run("help", topic, "--lang", lang)
    assert done.returncode == 0 and f"  {topic}" in run("--help", "--lang", lang).stdout
    assert_fits(done.stdout, 80, 24)


def test_version():
    done = run("--version")
    assert done.returncode == 0 and done.stdout.startswith("gpumatch 0.")


def test_empty_file(tmp_path):
    (tmp_path / "empty.so").write_bytes(b"")
    report, status = report_of("scan", tmp_path / "empty.so")
    assert status == 0 and report["binaries"] == []
    assert [f["code"] for f in report["findings"]] == ["no-gpu-code"]


def test_text_file(tmp_path):
    (tmp_path / "notes.txt").write_text("buy milk\n", encoding="utf-8")
    done = run("scan", tmp_path / "notes.txt")
    assert done.returncode == 0 and "notes.txt" in done.stdout


def test_truncated_library(tmp_path):
    whole = fixture("x86-64").read_bytes()
    whole_report, _ = report_of("scan", fixture("x86-64"))
    (tmp_path / "cut.so").write_bytes(whole[:len(whole) * 2 // 3])
    report, status = report_of("scan", tmp_path / "cut.so")
    assert status == 3 and not report["complete"]
    assert "damaged" in [f["code"] for f in report["findings"]]
    damaged = next(f for f in report["findings"] if f["code"] == "damaged")
    assert "cut.so" in damaged["title"]
    assert whole_report["complete"]


@pytest.fixture
def ordinary_user():
    """(an open folder, how to run gpumatch in it as somebody whom permissions bind)"""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = shutil.copy(PROGRAM, folder / "gpumatch")
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

        def call(*args):
            done = subprocess.run([program, *args], capture_output=True, text=True, cwd="/",
                                  env={"LC_ALL": "C.UTF-8"}, timeout=120, check=False, **nobody)
            return json.loads(done.stdout), done.returncode
        yield folder, call


def test_without_permission(ordinary_user):
    folder, call = ordinary_user
    closed = folder / "data" / "closed"
    closed.mkdir(parents=True)
    (folder / "data" / "secret.so").write_bytes(b"x")
    shutil.copy(fixture("x86-64"), folder / "data" / "open.so")
    for path in (closed, folder / "data" / "secret.so"):
        path.chmod(0)
    # What can be read of a folder is reported, and what could not.
    report, status = call("scan", folder / "data", "--json")
    validate(report)
    assert (status, report["complete"]) == (5, False)
    assert [Path(b["path"]).name for b in report["binaries"]] == ["open.so"]
    refused = [Path(f["args"]["file"]).name for f in report["findings"] if f["code"] == "unreadable"]
    assert refused == ["closed", "secret.so"]
    for path in (closed, folder / "data" / "secret.so"):
        report, status = call("scan", path, "--json")
        assert status == 5 and "no-permission" in json.dumps(report)
    described = ["--machine", "-", "--os", "linux", "--gpu", "sm_90", "--driver", "580.95.05"]
    for command in (["scan"], ["check", *described]):
        report, status = call(*command, closed / "x.so", "--json")
        assert (status, report["code"]) == (5, "no-permission")
    report, status = call("check", *described, "--env", closed, "--json")
    assert (status, report["code"]) == (5, "no-permission")
    closed.chmod(0o755)


def test_scan_a_directory():
    report, status = report_of("scan", FIXTURES, "--images", "--modules")
    assert status in (0, 3)
    paths = [b["path"] for b in report["binaries"]]
    assert paths == sorted(paths, key=lambda path: path.split("/")) and len(paths) > 5
    for binary in report["binaries"]:
        images = [i for t in binary["targets"] for i in range(t["images"])]
        counted = [m for m in binary["module_list"] if not m["stub"]
                   and m["registration"] != "prelinked"]
        assert binary["modules"] == len(counted) and len(images) <= len(binary["image_list"])


@pytest.mark.parametrize("name", ["bare-compressions", "bare-kinds", "so-x86-64", "nvcc-13-0-fatbin"])
def test_text_lists_what_json_lists(name):
    report, _ = report_of("scan", fixture(name), "--modules", "--images")
    binary = report["binaries"][0]
    text = run("scan", fixture(name), "--modules", "--images").stdout
    # An image is the line that begins with its offset.
    listed = [(int(m[1], 16), m[2], m[3], int(m[4]), m[5]) for m in re.finditer(
        r"^ +0x([0-9a-f]+) +(\S+) +(\S+) +(\d+) +(\S+)", text, re.M)]
    assert listed == [(i["offset"], i["kind"], i["target"], i["bytes"], i["compression"])
                      for i in binary["image_list"]]
    for module in binary["module_list"]:
        assert re.search(rf"^  .* {module['index']}  0x0*{module['offset']:x}  {module['bytes']} B", text, re.M)


def test_require(tmp_path):
    library = fixture("x86-64")
    report, _ = report_of("scan", library)
    targets = [t["target"] for b in report["binaries"] for t in b["targets"]
               if t["kind"] == "sass" and t["modules"] == b["modules"]]
    assert targets
    assert run("scan", library, "--require", targets[0]).returncode == 0
    report, status = report_of("scan", library, "--require", f"{targets[0]} sm_37")
    assert status == 1
    missed = [f for f in report["findings"] if f["code"] == "require-not-met"]
    assert [f["args"]["target"] for f in missed] == ["sm_37"]


@pytest.mark.parametrize("name, required, met", [
    ("bare-compressions", "sm_86 sm_89", True),  # sm_89 by sm_86 code
    ("bare-compressions", "sm_87", False),  # an integrated GPU
    ("bare-compressions", "sm_90a", False),  # compute_90a is PTX
    ("bare-compressions", "compute_90a", True),
    ("bare-compressions", "compute_100a", False),
    ("bare-compressions", "8.0", True),
    ("bare-compressions", "8.0+PTX", False),
    ("nvcc-13-0-fatbin", "sm_75 compute_75 compute_121", True),
    ("nvcc-13-0-fatbin", "sm_80", False),
    ("nvcc-13-0-ptx", "compute_100f compute_103f", True),
    ("nvcc-13-0-ptx", "compute_120f", False),
    ("cubin-v8-f", "sm_120f", True),
    ("cubin-v8-f", "sm_120a", False),
    ("cubin-v8-f", "sm_121", True),
])
def test_require_by_kind_of_code(name, required, met):
    assert run("scan", FIXTURES / name, "--require", required).returncode == (0 if met else 1)


def test_require_of_a_library_that_dispatches_itself(tmp_path):
    for name, status in (("libother.so", 1), ("libcublas.so.12", 0)):
        shutil.copy(fixture("bare-wide-header"), tmp_path / name)
        assert run("scan", tmp_path / name, "--require", "compute_90").returncode == status


def test_check_a_file():
    report, status = report_of("check", "--machine", "-", "--os", "linux", "--gpu", "sm_90",
                               "--driver", "580.95.05", fixture("x86-64"))
    assert report["packages"][0]["evidence"] == "binary"
    assert status == {"runs": 0, "runs-jit": 0, "unknown": 4}.get(report["verdict"], 1)


@pytest.mark.parametrize("gpu, names, installed", [
    ("RTX 3060", ["torch==2.9.1", "xformers"], {"torch": "2.9.1", "xformers": "0.0.33.post2"}),
    ("RTX 3060", ["torchvision", "torch==2.10.0", "xformers==0.0.34"],
     {"torch": "2.10.0", "torchvision": "0.25.0", "xformers": "0.0.34"}),
    ("H100", ["vllm==0.33.0"], {"torch": "2.14.0", "vllm": "0.33.0"}),
    ("RTX 3060", ["torch", "xformers", "vllm"], None),          # for different releases of CUDA
    ("RTX 3060", ["torch==2.8.0", "xformers==0.0.34"], None),   # that one is for torch 2.10
    ("GTX 1080 Ti", ["torch==2.9.1", "xformers"], None)])       # no code, whatever torch has
def test_extensions_are_picked_together(gpu, names, installed):
    report, status = report_of("pick", "--machine", "-", "--os", "linux", "--arch", "x86_64",
                               "--gpu", gpu, "--driver", "580.95.05", *names)
    first = report["advice"][0]
    if not installed:
        assert status == 1 and not {i["name"] for i in first["installs"]} & {"xformers", "vllm"}
        return
    assert status == 0 and first["proof"]["verdict"] == "runs"
    assert {i["name"]: i["version"] for i in first["installs"]} == installed
    command = first["commands"][0]["text"]
    assert all(f"{name}=={version}" in command for name, version in installed.items())
    assert "--extra-index-url https://download.pytorch.org/whl/cu" in command


INDEX = "https://download.pytorch.org/whl/cu128"


@pytest.mark.parametrize("installer, lines", [
    ("pip", [f"pip install torch==2.9.1 xformers==0.0.33.post2 --extra-index-url {INDEX}"]),
    ("uv", [f"uv pip install torch==2.9.1 xformers==0.0.33.post2 --extra-index-url {INDEX}"]),
    ("dockerfile", ["RUN pip install --no-cache-dir torch==2.9.1 xformers==0.0.33.post2 "
                    f"--extra-index-url {INDEX}"]),
    ("requirements", [f"--extra-index-url {INDEX}", "torch==2.9.1", "xformers==0.0.33.post2"]),
    ("poetry", [f"poetry source add --priority explicit pytorch-cu128 {INDEX}",
                "poetry add --source pytorch-cu128 torch==2.9.1", "poetry add xformers==0.0.33.post2"]),
    ("pixi", ["[pypi-dependencies]", f'torch = {{ version = "==2.9.1", index = "{INDEX}" }}',
              'xformers = { version = "==0.0.33.post2" }'])])
def test_what_each_installer_takes(installer, lines):
    report, status = report_of("pick", "--machine", "-", "--os", "linux", "--gpu", "RTX 3060", "--driver",
                               "580.95.05", "--installer", installer, "torch==2.9.1", "xformers")
    assert status == 0 and report["advice"][0]["commands"][0]["text"].split("\n") == lines


def test_a_project_file_names_the_index_for_torch_alone():
    import tomllib  # pylint: disable=import-outside-toplevel
    report, _ = report_of("pick", "--machine", "-", "--os", "linux", "--gpu", "RTX 3060", "--driver",
                          "580.95.05", "--installer", "pyproject", "torch==2.9.1", "xformers")
    project = tomllib.loads(report["advice"][0]["commands"][0]["text"])
    assert project["project"]["dependencies"] == ["torch==2.9.1", "xformers==0.0.33.post2"]
    assert project["tool"]["uv"] == {
        "index": [{"name": "pytorch-cu128", "url": INDEX, "explicit": True}],
        "sources": {"torch": {"index": "pytorch-cu128"}}}


def make_environment(root, version="2.9.1+cu128", library=None):
    """A virtual environment with a torch that is one library."""
    site = root / "lib" / "python3.11" / "site-packages"
    (site / "torch" / "lib").mkdir(parents=True)
    name = "torch/lib/libtorch_cuda.so"
    (site / name).write_bytes((library or fixture("x86-64")).read_bytes())
    info = site / f"torch-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
    (info / "RECORD").write_text(f"{name},sha256=x,1\n\"torch/lib/libgone.so\",,\ntorch/a.py,,\n")
    return root


def test_environment_is_read_from_its_bytes(tmp_path):
    root = make_environment(tmp_path / "venv")
    for args, env in ((["--env", root], {}), ([], {"VIRTUAL_ENV": str(root)})):
        report, _ = report_of("check", "--gpu", "sm_90", "--driver", "580.95.05", *args, env=env)
        package = report["packages"][0]
        assert (package["name"], package["version"]) == ("torch", "2.9.1+cu128")
        assert package["evidence"] == "binary" and package["variant"] == "cu128"
        assert package["libraries"][0]["role"] == "core"
        assert report["python"]["version"] == "3.11"
        assert "missing-library" in [f["code"] for f in report["findings"]]
        again = report["advice"][0]
        assert (again["action"], again["proof"]["verdict"]) == ("install", "runs")
        assert ("torch", "2.9.1", "cu128") in [(i["name"], i["version"], i["variant"])
                                               for i in again["installs"]]


def test_with_replaces_the_installed_one(tmp_path):
    root = make_environment(tmp_path / "venv")
    report, _ = report_of("check", "--machine", "-", "--os", "linux", "--gpu", "RTX 4090",
                          "--driver", "580.95.05", "--env", root, "--with", "torch==2.10.0+cu128")
    assert [(p["version"], p["evidence"]) for p in report["packages"]] == [
        ("2.10.0+cu128", "catalog")]


def test_no_environment():
    done = run("check", "--env", "/nonexistent")
    assert done.returncode == 5 and "/nonexistent" in done.stderr


def test_nothing_to_judge():
    report, status = report_of("check", "--machine", "-", "--os", "linux", "--gpu", "sm_90",
                               "--driver", "580.95.05", env={"VIRTUAL_ENV": "", "CONDA_PREFIX": ""})
    assert (report["verdict"], status) == ("unknown", 4)


def test_output_file(tmp_path):
    target = tmp_path / "report.json"
    done = run(*NOTE, "--json", "-o", target)
    assert done.returncode == 1 and done.stdout == ""
    validate(json.loads(target.read_text(encoding="utf-8")))
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    assert run(*NOTE, "-o", tmp_path / "no" / "where").returncode == 5


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_full_disk_is_an_error():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([PROGRAM, *NOTE], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 5


def test_quiet_and_verbose():
    quiet, verbose = run(*NOTE, "-q").stdout, run(*NOTE, "-v").stdout
    assert len(quiet.splitlines()) < len(verbose.splitlines())
    assert "data/torch_builds.tsv" in verbose and "data/" not in quiet


@pytest.mark.parametrize("gpu, code", [("RTX 5090", "ptx-only"), ("GTX 1080", "no-code")])
def test_the_proof_names_file_and_offset(gpu, code):
    """That of a module that `scan --modules` lists; the screen shows it with -v."""
    library = fixture("so-x86-64")
    args = ["check", "--machine", "-", "--os", "linux", "--gpu", gpu, "--driver", "580.95.05", library]
    report, _ = report_of(*args)
    proof, = next(f for f in report["findings"] if f["code"] == code)["evidence"]
    modules = report_of("scan", library, "--modules")[0]["binaries"][0]["module_list"]
    assert proof["file"] == str(library) and proof["offset"] in [m["offset"] for m in modules]
    assert f"+0x{proof['offset']:x}" in run(*args, "-v").stdout


def test_colour_only_when_asked():
    assert "\033[" not in run(*NOTE).stdout
    assert "\033[" in run(*NOTE, "--color", "always").stdout


def test_nothing_from_outside_drives_the_terminal(tmp_path):
    done = run("check", "--machine", "-", "--os", "linux", "--gpu", "RTX\033[31m 9999",
               "--driver", "550.54", "--code", "sm_80")
    assert "\033" not in done.stdout


def test_same_bytes_every_time():
    assert run(*NOTE, "--json").stdout == run(*NOTE, "--json").stdout


@pytest.mark.parametrize("platform", ["cpu", "cu126", "cu130", "rocm7.1", "xpu"])
def test_the_nightly_build_of_the_selector(platform):
    report, status = report_of("pick", "--machine", "-", "--channel", "nightly", "--platform", platform)
    first, = report["advice"]
    assert (status, first["action"], first["proof"]) == (0, "install", None)  # no table knows it
    assert first["commands"][0]["text"] == ("pip3 install --pre torch torchvision --index-url "
                                            f"https://download.pytorch.org/whl/nightly/{platform}")


def test_the_nightly_build_of_which_platform():
    report, status = report_of("pick", "--machine", "-", "--channel", "nightly")
    assert (status, report["advice"][0]["action"]) == (4, "ask")
    report, status = report_of("pick", "--machine", "-", "--channel", "nightly", "--platform", "cu999")
    assert (status, report["schema"]) == (2, "gpumatch.error/1")


@pytest.mark.parametrize("written, target", [
    ("4090", "sm_89"), ("GeForce 4090 laptop", "sm_89"), ("3060ti", "sm_86"), ("7900xtx", "gfx1100"), ("8.6", "sm_86"),
    ("12.0", "sm_120"), ("Foo 4090", None), ("9999", None), ("4090 foo", None)])
def test_gpus_as_people_write_them(written, target):
    report, _ = report_of("check", "--machine", "-", "--gpu", written, "--driver", "580.95.05", "--code", "sm_89")
    assert report["machine"]["devices"][0]["target"] == target
