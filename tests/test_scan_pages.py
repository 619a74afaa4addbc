# SPDX-License-Identifier: MIT
"""docs/scan.md and docs/packagers.md show what appears.

The outputs there are those of real wheels, which are too large to have here. Each command is run on small wheels with
the same targets in the same libraries, and what comes must be what the page shows but for numbers: of modules, images,
bytes and offsets. With GPUMATCH_PAGES=DIR, a folder with the real wheels by the names of the pages, they are compared
to the letter; run as a program, this file then writes the outputs anew.
"""
import os
import re
import subprocess
from pathlib import Path

import pytest

from paths import PROGRAM, SOURCE
from test_scan import library, wheel

PAGES = ["docs/scan.md", "docs/packagers.md"]
COMMAND = re.compile(r"^\$ (gpumatch .*)\n((?:(?!```|\$ ).*\n)*)", re.M)
REAL = os.environ.get("GPUMATCH_PAGES")
MAIN = "sm_75:zstd sm_80:zstd sm_86:zstd sm_90:zstd sm_100:zstd sm_120:zstd"
LINALG = MAIN.replace("sm_75:zstd ", "")


def make_wheels(folder):
    some = " ".join(f"sm_{n}:zstd" for n in ("89", "90a", "100a", "103f", "120a", "121a"))
    wheel(folder / "torch.whl", "torch", "2.14.1", {
        "torch/lib/libtorch_cuda.so": library(MAIN, MAIN, MAIN + " " + some, size=90000),
        "torch/lib/libtorch_cuda_linalg.so": library(LINALG, LINALG, size=70000),
        "torch/lib/libtorch_nvshmem.so": library(MAIN + " compute_120:9.0:zstd", size=9000)})
    kernels = "sm_75:none sm_80:none compute_80:8.7 sm_90a:none"
    wheel(folder / "xformers.whl", "xformers", "0.0.35", {"xformers/_C.so": library(*[kernels] * 3, size=900)})
    codes = "sm_53 sm_60 sm_61 sm_70 sm_75 sm_80 sm_86"
    for version, isa, name, sizes in (("4.3.1", "8.2", "032e8c30", {70: 2100, 80: 90000, 86: 90000}),
                                      ("4.8.5", "8.7", "a7a60d30", {53: 2300, 60: 2300, 61: 2300, 75: 2300})):
        wheel(folder / f"ctranslate2-{version}.whl", "ctranslate2", version, {
            f"ctranslate2.libs/libctranslate2-{name}.so.{version}":
                library(f"{codes} compute_86:{isa}", size={86: 9000, **sizes, None: 2000})})


def commands(page):
    return [m.groups() for m in COMMAND.finditer((SOURCE / page).read_text(encoding="utf-8"))]


def output(command, folder):
    path = f"{Path(PROGRAM).resolve().parent}:{os.environ['PATH']}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GPUMATCH", "LANG"))}
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
                          env={**environment, "PATH": path, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(folder)})
    return done.stdout + done.stderr


def masked(text):
    """Without what depends on how much there is; names of targets and versions stay."""
    text = re.sub(r"\b0x[0-9a-f]+\b", "0", text)
    text = re.sub(r"(?<![\w.:_])\d+(\.\d+)? (B|KiB|MiB|GiB)\b", "SIZE", text)
    text = re.sub(r"^( *)(KiB|MiB)( +(total|sm_|compute_))", r"\1UNIT\3", text, flags=re.M)
    text = re.sub(r"(?<=\s)\d+(\.\d+)?(?=\s|$)", "N", text)
    text = re.sub(r"(images|modules|Files without): \d+", r"\1: N", text)
    return " ".join(text.split())  # lines break elsewhere


def refreshed(page, folder):
    text = (SOURCE / page).read_text(encoding="utf-8")
    return COMMAND.sub(lambda c: f"$ {c[1]}\n{output(c[1], folder)}", text)


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_what_appears(page, tmp_path):
    assert len(commands(page)) >= 3
    if REAL:
        assert refreshed(page, REAL) == (SOURCE / page).read_text(encoding="utf-8")
        return
    make_wheels(tmp_path)
    for command, shown in commands(page):
        assert masked(output(command, tmp_path)) == masked(shown), command


@pytest.mark.parametrize("page", PAGES)
def test_options_in_the_text_exist(page):
    """In sentences and in the snippets for CI too."""
    text = (SOURCE / page).read_text(encoding="utf-8")
    usage = subprocess.run([PROGRAM, "scan", "--help"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in text.splitlines() if "gpumatch scan" in line] + re.findall(r"`(--[a-z]+)`", text)
    options = {o for line in lines for o in re.findall(r"(?<!\S)(--[a-z-]+)", line.replace("`", " "))}
    assert len(options) >= 4 and all(option in usage for option in options), options


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)\)", (SOURCE / page).read_text(encoding="utf-8")):
        assert link.startswith("https://") or ((SOURCE / page).parent / link).exists(), link


if __name__ == "__main__":
    for name in PAGES:
        (SOURCE / name).write_text(refreshed(name, REAL), encoding="utf-8")
