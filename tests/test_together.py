# SPDX-License-Identifier: MIT
"""Packages beside torch: what goes with it, what does not, and advice for all of them at once."""
import itertools

import pytest

from reports import report_of

LINUX = ["--os", "linux", "--arch", "x86_64", "--glibc", "2.39"]
WINDOWS = ["--os", "windows", "--arch", "x86_64"]
MACHINES = {
    "5090": [*LINUX, "--python", "3.12", "--gpu", "NVIDIA GeForce RTX 5090", "--driver", "580.95.05"],
    "3060": [*LINUX, "--python", "3.12", "--gpu", "NVIDIA GeForce RTX 3060", "--driver", "580.95.05"],
    "1080": [*LINUX, "--python", "3.11", "--gpu", "NVIDIA GeForce GTX 1080", "--driver", "535.161.08"],
    "4060": [*WINDOWS, "--python", "3.12", "--gpu", "NVIDIA GeForce RTX 4060", "--driver", "566.36"],
    "5060": [*WINDOWS, "--python", "3.11", "--gpu", "NVIDIA GeForce RTX 5060", "--driver", "576.80"],
    "7900": [*LINUX, "--python", "3.12", "--gpu", "AMD Radeon RX 7900 XTX"],
    "B580": [*WINDOWS, "--python", "3.12", "--gpu", "Intel Arc B580"]}


def check(machine, *packages):
    return report_of("check", "--machine", "-", *MACHINES[machine],
                     *itertools.chain(*(("--with", package) for package in packages)))[0]


def verdicts(report):
    return {p["name"]: p["devices"][0]["verdict"] for p in report["packages"]}


def names(advice):
    return [f"{i['name']}=={i['version']}" + (f"+{i['variant']}" if i["index"] else "")
            for i in advice["installs"]]


def codes(report, package):
    return {f["code"] for f in report["findings"] if package in f["packages"]}


@pytest.mark.parametrize("machine, torch, beside", [
    ("3060", "2.5.1+cu124", "torchvision==0.20.1+cu124"), ("3060", "2.5.1+cu124", "torchaudio==2.5.1+cu124"),
    ("1080", "2.9.1+cu126", "torchvision==0.24.1+cu126"), ("4060", "2.6.0+cu126", "torchvision==0.21.0+cu126"),
    ("7900", "2.9.1+rocm6.4", "torchvision==0.24.1+rocm6.4"), ("B580", "2.9.1+xpu", "torchvision==0.24.1+xpu"),
    ("3060", "2.9.1+cu126", "torchvision==0.24.1+cu128"),    # torchvision compares the major version
    ("3060", "2.5.1+cu124", "torchvision==0.20.0+cu124")])  # releases of one series fit
def test_what_came_out_together_goes_together(machine, torch, beside):
    report = check(machine, f"torch=={torch}", beside)
    assert report["verdict"] == "runs"
    assert "table-only" in codes(report, beside.split("=")[0])


def test_a_companion_has_no_more_code_than_torch():
    assert verdicts(check("5090", "torch==2.6.0+cu124", "torchvision==0.21.0+cu124")) == {
        "torch": "no", "torchvision": "no"}


@pytest.mark.parametrize("machine, torch, beside, code, first", [
    ("3060", "2.5.1+cu124", "torchvision==0.21.0+cu124", "abi-mismatch", ["torchvision==0.20.1+cu124"]),
    ("3060", "2.9.1+cu128", "torchaudio==2.8.0+cu128", "abi-mismatch", ["torchaudio==2.9.1+cu128"]),
    ("4060", "2.6.0+cu126", "torchvision==0.21.0", "cpu-build", ["torchvision==0.21.0+cu126"]),
    ("3060", "2.13.0+cu130", "torchvision==0.28.0+cu126", "cuda-major-mismatch", ["torchvision==0.28.0+cu130"]),
    ("3060", "2.9.1+cu126", "torchaudio==2.9.1+cu128", "cuda-major-mismatch", ["torchaudio==2.9.1+cu126"])])
def test_what_does_not_go_with_torch(machine, torch, beside, code, first):
    report = check(machine, f"torch=={torch}", beside)
    package = beside.split("=")[0]
    assert verdicts(report) == {"torch": "runs", package: "no"}
    assert code in codes(report, package)
    assert names(report["advice"][0]) == first
    assert report["advice"][0]["proof"]["verdict"] == "runs"
    assert check(machine, f"torch=={torch}", *first)["verdict"] == "runs"


def test_the_same_release_of_another_build_is_named_whole():
    """pip takes torchvision 0.21.0+cpu for 0.21.0, and would do nothing."""
    advice = check("4060", "torch==2.6.0+cu126", "torchvision==0.21.0")["advice"][0]
    assert "torchvision==0.21.0+cu126 " in advice["commands"][0]["text"]


@pytest.mark.parametrize("machine, here", [
    ("5090", ["torch==2.6.0+cu124", "torchvision==0.21.0+cu124", "torchaudio==2.6.0+cu124"]),
    ("5090", ["torch==2.6.0+cu124", "xformers==0.0.33"]),
    ("5090", ["torch==2.9.1+cu126", "xformers==0.0.33"]),
    ("5090", ["torch==2.13.0+cu126", "vllm==0.30.0", "torchvision==0.28.0+cu126"]),
    ("5060", ["torch==2.7.1+cu118", "torchvision==0.22.1+cu118", "torchaudio==2.7.1+cu118"]),
    ("1080", ["torch==2.9.1+cu128", "torchvision==0.24.1+cu128"]),
    ("7900", ["torch==2.9.1+cu128", "torchaudio==2.9.1+cu128"]),
    ("B580", ["torch==2.9.1+cpu", "torchvision==0.24.1+cpu"]),
    ("5090", ["torchvision==0.21.0+cu124"])])
def test_all_that_is_here_is_replaced_together(machine, here):
    report = check(machine, *here)
    first = report["advice"][0]
    assert report["verdict"] == "no" and first["proof"]["verdict"] == "runs"
    installed = {i["name"] for i in first["installs"]}
    assert installed >= {package.split("=")[0] for package in here}
    assert check(machine, *names(first))["verdict"] == "runs"
    texts = [tuple(names(advice)) for advice in report["advice"] if advice["installs"]]
    assert len(set(texts)) == len(texts)


def test_an_extension_that_goes_with_nothing_is_named():
    advice = check("5090", "torch==2.6.0+cu124", "flash-attn==2.8.3")["advice"][0]
    assert "torch" in {i["name"] for i in advice["installs"]}
    assert "flash-attn" in advice["why"]


def test_torch_alone_where_an_extension_does_not_run():
    machine = [*LINUX, "--python", "3.12", "--gpu", "Tesla T4", "--driver", "580.95.05"]
    report, status = report_of("pick", "--machine", "-", *machine, "vllm")
    advice = report["advice"][0]
    assert status == 1 and "vllm" not in {i["name"] for i in advice["installs"]}
    assert "vllm" in advice["why"] and advice["proof"]["verdict"] == "runs"


def test_where_builds_for_jetson_are():
    report, status = report_of("pick", "--machine", "-", "--os", "linux", "--arch", "aarch64", "--gpu",
                               "Jetson AGX Orin", "--driver", "540.4.0", "--python", "3.10", "torch")
    assert status == 1 and "docs.nvidia.com" in report["advice"][0]["commands"][0]["text"]


COLLECTED = """PyTorch version: {torch}
OS: Ubuntu 22.04.4 LTS (x86_64)
Python version: 3.12.3
GPU models and configuration: GPU 0: NVIDIA GeForce RTX 5090
Nvidia driver version: 580.95.05

Versions of relevant libraries:
[pip3] numpy==1.26.4
[pip3] torch=={torch}
[pip3] torchaudio==2.6.0+cu124
[pip3] torchvision==0.21.0+cu124
[pip3] xformers==0.0.0
"""


@pytest.mark.parametrize("torch, reasons", [
    ("2.6.0+cu124", set()), ("2.11.0+cu128", {"abi-mismatch", "cuda-major-mismatch"})])
def test_what_a_pasted_list_names_beside_torch(torch, reasons):
    report, status = report_of("explain", "-", stdin=COLLECTED.format(torch=torch))
    assert status == 1 and report["facts"]["torch"] == torch
    assert [p["name"] for p in report["packages"]] == ["torch", "torchaudio", "torchvision"]
    assert codes(report, "torchaudio") == {"no-code", "table-only"} | reasons
    assert codes(report, "torchvision") == codes(report, "torchaudio") - {"cuda-major-mismatch"}
    assert names(report["advice"][0])[1:] == ["torchaudio==2.11.0+cu130", "torchvision==0.26.0+cu130"]


def test_pip_lists_and_conda_lists():
    told = "NVIDIA GeForce RTX 4090, driver 580.95.05\ntorch     2.9.1+cu128\n"
    listed = report_of("explain", "-", stdin=told + "torchvision     0.23.0+cu128\n")[0]
    assert codes(listed, "torchvision") >= {"abi-mismatch"}
    conda = report_of("explain", "-", stdin=told + "torchvision     0.23.0   py312_cu128   pytorch\n")[0]
    assert [p["name"] for p in conda["packages"]] == ["torch"]


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_picked_runs_when_checked(machine):
    for packages in (["torch"], ["torch", "torchvision"], ["torch", "torchvision", "torchaudio"]):
        report = report_of("pick", "--machine", "-", *MACHINES[machine], *packages)[0]
        assert check(machine, *names(report["advice"][0]))["verdict"] == "runs"
