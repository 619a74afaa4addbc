#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The first screen of each kind of outcome (tests/screens), in both languages, at 80 and at 40 columns, and
with colours (␛ stands for the escape character).

`make expectations` (this file as a program) writes them anew; read them before committing.
"""
import os
import re
import tempfile
import unicodedata
from pathlib import Path

import pytest

from paths import SOURCE, run
from test_terminal import on_terminal

FOLDER = SOURCE / "tests" / "screens"
LANGUAGES = ("en", "zh")
KINDS = ("80", "40", "color")
LAPTOP = ["--machine", "-", "--os", "windows", "--arch", "x86_64", "--python", "3.11"]
NOTE = [*LAPTOP, "--gpu", "RTX 5060 Laptop", "--driver", "576.02", "--with", "torch==2.7.1+cu118"]


def of_machine(name):
    return ["--machine", f"tests/machines/{name}.json"]


SCREENS = {
    "all-well": of_machine("desktop-rtx-4090"),
    "all-well-later": [*LAPTOP, "--gpu", "GTX 1080 Ti", "--driver", "576.02", "--code", "compute_60"],
    "wrong-build": NOTE,
    "wrong-build-verbose": ["-v", *NOTE],
    "old-driver": [*LAPTOP, "--gpu", "RTX 3060", "--driver", "452.39", "--with", "torch==2.9.1+cu128"],
    "driver-too-new": of_machine("pascal-on-590"),
    "no-driver": of_machine("no-driver"),
    "cpu-build": [*LAPTOP, "--gpu", "RTX 4060", "--driver", "576.02", "--with", "torch==2.9.1+cpu"],
    "several-gpus": [*LAPTOP, "--gpu", "RTX 5060", "--gpu", "GTX 1080 Ti", "--driver", "576.02", "--with",
                     "torch==2.7.1+cu126"],
    "other-vendor": [*LAPTOP[:2], "--os", "linux", "--gpu", "RX 7900 XTX", "--with", "torch==2.9.1+cu128"],
    "other-system": [*LAPTOP, "--gpu", "RX 7900 XTX", "--with", "torch==2.9.1+cu128"],
    "unknown-gpu": [*LAPTOP, "--gpu", "RTX 5600", "--driver", "576.02", "--with", "torch==2.9.1+cu128"],
    "unknown-version": [*LAPTOP, "--gpu", "RTX 5060", "--driver", "576.02", "--with", "torch==2.7.11"],
    "nothing-installed": [*LAPTOP, "--gpu", "RTX 5060 Laptop", "--driver", "576.02", "--env", "clean/empty"],
    "damaged": [*LAPTOP, "--gpu", "RTX 4090", "--driver", "576.02", "--env", "project/torn"],
}
EXIT = {"all-well": 0, "all-well-later": 0, "unknown-gpu": 4, "unknown-version": 4, "nothing-installed": 4, "damaged": 3}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return make_place(tmp_path_factory.mktemp("screens"))


def make_place(folder):
    """Two environments: one without packages, one with a torch whose download broke off."""
    for name in ("clean/empty", "project/torn"):
        site = folder / name / "Lib" / "site-packages"
        site.mkdir(parents=True)
        (folder / name / "pyvenv.cfg").write_text("version = 3.11.4\n")
    info = site / "torch-2.9.1+cu128.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 2.9.1+cu128\n")
    (info / "RECORD").write_text("torch/lib/libtorch_cuda.so,,\ntorch/lib/libcudart.so,,\n")
    (site / "torch" / "lib").mkdir(parents=True)
    (site / "torch" / "lib" / "libtorch_cuda.so").write_bytes(b"\x7fELF\x02\x01\x01 and no more")
    return folder


def arguments(name, place):
    """Absolute paths for what lies in the sources and at the place."""
    for argument in SCREENS[name]:
        if argument in ("clean/empty", "project/torn"):
            yield os.path.relpath(place / argument)
        else:
            yield str(SOURCE / argument) if argument.startswith("tests/") else argument


def command(name):
    return " ".join(["gpumatch", *(f'"{a}"' if " " in a else a for a in SCREENS[name])])


def screen(name, language, kind, place):
    """What stands in the file of expectations."""
    options = ["--color", "always"] if kind == "color" else []
    done = run(*arguments(name, place), "--lang", language, *options,
               env={"COLUMNS": "80" if kind == "color" else kind})
    assert done.stderr == ""
    shown = done.stdout.replace(os.path.relpath(place) + "/", "").replace("\x1b", "␛")
    return f"$ {command(name)}\n{shown}exit status {done.returncode}\n"


def expected(name, language, kind):
    return FOLDER / f"{name}.{language}.{kind}.txt"


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_all_are_here():
    assert {p.name for p in FOLDER.iterdir()} == {
        expected(name, language, kind).name for name in SCREENS for language in LANGUAGES for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_screen(name, language, kind, place, monkeypatch):
    monkeypatch.chdir(place)
    shown = screen(name, language, kind, place)
    assert shown == expected(name, language, kind).read_text(encoding="utf-8")
    assert shown.endswith(f"exit status {EXIT.get(name, 1)}\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_first_screen_is_one_screen(name, language):
    shown = expected(name, language, "80").read_text(encoding="utf-8").splitlines()[1:-1]
    assert len(shown) <= 24 or "verbose" in name
    colored = expected(name, language, "color").read_text(encoding="utf-8").splitlines()[1:-1]
    assert [re.sub(r"␛\[[\d;]*m", "", line) for line in colored] == shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_without_a_terminal_it_is_the_same(name, language, place, monkeypatch):
    """A terminal of 80 columns without colours (TERM=dumb, NO_COLOR) and a pipe show the same."""
    monkeypatch.chdir(place)
    args = [*arguments(name, place), "--lang", language]
    piped = run(*args).stdout
    assert "\x1b" not in piped
    for env in ({"TERM": "dumb"}, {"NO_COLOR": "1"}):
        assert on_terminal(*args, env=env) == piped
    colored = on_terminal(*args)
    assert "\x1b[" in colored and re.sub(r"\x1b\[[\d;]*m", "", colored) == piped


OPENING, CLOSING = "（《「『【“‘([", "，。、；：？！）》」』】”’…·)]"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["wrong-build", "several-gpus", "damaged", "unknown-gpu", "driver-too-new"])
def test_every_width(name, language, place, monkeypatch):
    """From 20 to 120 columns: lines fit, are broken where they may, and commands are whole."""
    monkeypatch.chdir(place)
    args = [*arguments(name, place), "--lang", language]
    commands = re.findall(r"(?m)^    (?:pip|gpumatch|set|\$env|https:).*$", run(*args, env={"COLUMNS": "400"}).stdout)
    for columns in range(20, 121):
        lines = run(*args, env={"COLUMNS": str(columns)}).stdout.splitlines()
        assert [line for line in lines if line in commands] == commands
        for line in lines:
            text = line.strip()
            assert text[:1] not in CLOSING or text[:1] == "·" or not text, (columns, line)
            assert text[-1:] not in OPENING or not text, (columns, line)
            # A command, or a path or name that has no place for a break, behind its mark or label.
            word = max(map(width, text.split()), default=0)
            whole = line in commands or text.startswith("gpumatch ") or word + 12 > columns
            assert width(line) <= columns or whole, (columns, line)


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = make_place(Path(folder))
        os.chdir(place)
        FOLDER.mkdir(exist_ok=True)
        for file in FOLDER.iterdir():
            file.unlink()
        for name in SCREENS:
            for language in LANGUAGES:
                for kind in KINDS:
                    expected(name, language, kind).write_text(screen(name, language, kind, place), encoding="utf-8")


if __name__ == "__main__":
    main()
