# SPDX-License-Identifier: MIT
"""gpumatch.exe, built by mingw-w64 and run under wine."""
import os
import shutil
import subprocess

import pytest

from paths import BUILD, SOURCE

EXE = SOURCE / "build-windows" / "gpumatch.exe"
WINE = shutil.which("wine64") or shutil.which("wine") or "/usr/lib/wine/wine64"
NOTE = ["check", "--machine", "-", "--os", "windows", "--arch", "x86_64", "--gpu",
        "NVIDIA GeForce RTX 5060 Laptop GPU", "--driver", "576.02", "--python", "3.11",
        "--with", "torch==2.7.1+cu118"]

pytestmark = pytest.mark.skipif(
    not EXE.exists() or not os.path.exists(WINE), reason="needs build-windows and wine")


@pytest.fixture(scope="session")
def wine():
    """A function that runs the program; all runs share one prefix, which takes seconds to make."""
    env = {**os.environ, "WINEPREFIX": str(BUILD / "wine"), "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8",
           "WINEDLLOVERRIDES": "mscoree,mshtml="}
    env.pop("GPUMATCH_LANG", None)

    def call(*args, stdin=None):
        return subprocess.run([WINE, str(EXE), *map(str, args)], env=env, input=stdin,
                              capture_output=True, timeout=240, check=False)
    yield call
    subprocess.run(["wineserver", "-k"], env=env, capture_output=True, check=False)


def test_needs_nothing_but_the_system(tmp_path):
    shown = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", EXE], capture_output=True,
                           text=True, check=True).stdout
    needed = {line.split(":")[1].strip().lower() for line in shown.splitlines()
              if "DLL Name" in line}
    assert needed and needed <= {"kernel32.dll", "msvcrt.dll", "shell32.dll", "advapi32.dll"}


def test_the_note_in_both_languages(wine):
    english, chinese = wine(*NOTE, "--lang", "en"), wine(*NOTE, "--lang", "zh")
    assert english.returncode == chinese.returncode == 1
    assert "is not made for this GPU" in english.stdout.decode("utf-8")
    assert "不是为这块显卡编译的" in chinese.stdout.decode("utf-8")
    assert b"torch==2.11.0" in english.stdout and b"\r\n" not in english.stdout


def test_chinese_argument(wine):
    done = wine("explain", "算力", "--lang", "zh")
    assert done.returncode == 0
    assert "算力" in done.stdout.decode("utf-8")


def test_chinese_folder(wine, tmp_path):
    folder = tmp_path / "测试"
    folder.mkdir()
    fixtures = os.environ.get("GPUMATCH_FIXTURES", "")
    library = next(p for p in sorted(os.listdir(fixtures)) if "x86-64" in p and "." not in p)
    shutil.copy(os.path.join(fixtures, library), folder / "库.so")
    done = wine("scan", "Z:" + str(folder).replace("/", "\\"), "--lang", "en")
    text = done.stdout.decode("utf-8")
    assert done.returncode == 0 and "测试" in text and "库.so" in text and "sm_" in text
