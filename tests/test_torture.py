# SPDX-License-Identifier: MIT
"""Each allocation and each reading fails in turn: a clear error, no leak (with sanitizers), no crash, and never an
answer from which a piece is silently missing.

A few of each kind for a command, spread over all of them. GPUMATCH_TORTURE=N takes N of each kind, 0 every one.
"""
import os
import sys

import pytest

from paths import SOURCE
from test_environment import Environment, library
from torturing import TORTURED, torture

pytestmark = pytest.mark.skipif(not TORTURED.exists(), reason="not built on this system")
FIXTURES = SOURCE / os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures")
MOST = int(os.environ.get("GPUMATCH_TORTURE", 16)) or None
MACHINE = ["--machine", "-", "--os", "linux", "--arch", "x86_64", "--gpu", "H100", "--driver", "580.95.05"]
LOG = "UserWarning: NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current " \
    "PyTorch installation.\nThe current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_90.\n"

COMMANDS = {
    "check a build": ["check", *MACHINE, "--with", "torch==2.7.1+cu118"],
    "check a list": ["check", *MACHINE, "--code", "8.0;9.0+PTX", "--json"],
    "check a wheel": ["check", *MACHINE, FIXTURES / "archives" / "a-wheel"],
    "check an environment": ["check", *MACHINE, "--env", "{env}"],
    "check a conda environment": ["check", *MACHINE, "--env", "{conda}", "--json"],
    "check this machine": ["check", "--env", "{env}"],
    "check a machine in a file": ["check", "--machine", SOURCE / "tests" / "machines" / "pascal-on-590.json", "-v"],
    "scan a library": ["scan", FIXTURES / "so-x86-64", "--images", "--modules"],
    "scan a folder": ["scan", FIXTURES / "tree", "--json"],
    "scan a wheel": ["scan", FIXTURES / "archives" / "a-wheel", "--require", "sm_80;9.0+PTX"],
    "scan a static library": ["scan", FIXTURES / "ar-of-two-formats"],
    "scan an environment": ["scan", "{env}", "--sizes"],
    "compare": ["scan", "--diff", FIXTURES / "so-x86-64", FIXTURES / "so-aarch64"],
    "check a damaged machine": ["check", "--machine", "{damaged}"],
    "pick": ["pick", "torch", *MACHINE],
    "pick from source": ["pick", "torch", *MACHINE, "--installer", "source"],
    "pick for two GPUs": ["pick", "torch", "torchvision", *MACHINE, "--gpu", "RTX 5090", "--gpu", "GTX 1080 Ti"],
    "explain a log": ["explain", "-"],
    "explain a word": ["explain", "sm_120", "--lang", "zh", "--json"],
    "show": ["show", "gpus", "5060"],
    "show as JSON": ["show", "builds", "sm_61", "linux", "--json"],
    "newer tables": ["show", "errors", "222", "--data", "{data}"],
    "info": ["info", "-v"],
    "gather": ["gather", "-", "--env", "{env}"],
    "a wrong option": ["check", "--dirver", "1"],
    "a wrong file": ["scan", "/nowhere", "--json"],
    "help": ["check", "--help"],
}


@pytest.fixture(scope="module", name="places")
def make_places(tmp_path_factory):
    root = tmp_path_factory.mktemp("torture")
    env = Environment(root / "env")
    env.torch()
    env.install("flash-attn", "2.8.3", {"flash_attn_2_cuda.so": library(90)})
    env.install("lost", "1.0")
    conda = root / "conda"
    site = conda / "lib" / "python3.11" / "site-packages" / "torch-2.5.1.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.5.1\n")
    (site / "RECORD").write_text("torch/version.py,,\n")
    (conda / "lib" / "libtorch_cuda.so").write_bytes(library(90))
    (conda / "conda-meta").mkdir()
    (conda / "conda-meta" / "pytorch-2.5.1-cuda126_py311_303.json").write_text(
        '{"channel": "https://conda.anaconda.org/conda-forge/linux-64", "files": ["lib/libtorch_cuda.so"]}')
    data = root / "data"
    data.mkdir()
    lines = (SOURCE / "data" / "sass_compat.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    head = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    (data / "sass_compat.tsv").write_text("".join(lines[head:head + 2]), encoding="utf-8")
    damaged = root / "machine.json"
    damaged.write_text('{"schema": "gpumatch.snapshot/1", "keys": [{"key": 1}]}')
    return {"env": env.root, "conda": conda, "data": data, "damaged": damaged}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda name: name.replace(" ", "-"))
def test_torture(command, places):
    args = [str(arg).format(**places) if str(arg).startswith("{") else arg for arg in COMMANDS[command]]
    runs, complaints = torture(args, LOG if command == "explain a log" else None, most=MOST)
    print(f"{command}: {runs} runs", file=sys.stderr)
    assert not complaints, "\n".join(complaints[:20])
    assert runs > 2


def test_every_point_of_a_small_scan():
    """A list of targets that was lost for want of memory was read; that showed at few of its points only."""
    runs, complaints = torture(COMMANDS["scan a static library"])
    assert not complaints, "\n".join(complaints[:20])
    assert runs > 100
