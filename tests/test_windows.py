# SPDX-License-Identifier: MIT
"""gpumatch.exe, built by mingw-w64 and run under wine."""
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from paths import BUILD, SOURCE, run
from reports import validate
from test_environment import dll
from test_terminal import on_terminal

EXE = SOURCE / "build-windows" / "gpumatch.exe"
WINE = shutil.which("wine64") or shutil.which("wine") or "/usr/lib/wine/wine64"
MACHINES = SOURCE / "tests" / "machines"
NOTE = ["check", "--machine", "-", "--os", "windows", "--arch", "x86_64", "--gpu",
        "NVIDIA GeForce RTX 5060 Laptop GPU", "--driver", "576.02", "--python", "3.11",
        "--with", "torch==2.7.1+cu118"]

pytestmark = pytest.mark.skipif(
    not EXE.exists() or not os.path.exists(WINE), reason="needs build-windows and wine")


WINE_ENV = {"WINEPREFIX": str(BUILD / "wine"), "WINEDEBUG": "-all", "LC_ALL": "C.UTF-8",
            "WINEDLLOVERRIDES": "mscoree,mshtml="}


@pytest.fixture(scope="session")
def wine():
    """A function that runs the program; all runs share one prefix, which takes seconds to make."""
    base = {**os.environ, **WINE_ENV}
    base.pop("GPUMATCH_LANG", None)

    def call(*args, stdin=b"", env=None):
        # Into files: wine's own services would hold pipes open for seconds after the program.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run([WINE, str(EXE), *map(str, args)], env={**base, **(env or {})}, input=stdin,
                                  stdout=out, stderr=err, timeout=240, check=False)
            out.seek(0)
            err.seek(0)
            done.stdout, done.stderr = out.read(), err.read()
        return done
    yield call
    subprocess.run(["wineserver", "-k"], env=base, capture_output=True, check=False)


def windows_path(path):
    """As a program under wine names it."""
    return "Z:" + str(path).replace("/", "\\")


def test_needs_nothing_but_the_system():
    shown = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", EXE], capture_output=True,
                           text=True, check=True).stdout
    needed = {line.split(":")[1].strip().lower() for line in shown.splitlines()
              if "DLL Name" in line}
    assert needed and needed <= {"kernel32.dll", "msvcrt.dll", "shell32.dll", "advapi32.dll", "cfgmgr32.dll"}


def test_the_note_in_both_languages(wine):
    english, chinese = wine(*NOTE, "--lang", "en"), wine(*NOTE, "--lang", "zh")
    assert english.returncode == chinese.returncode == 1
    assert "is not made for this GPU" in english.stdout.decode("utf-8")
    assert "不是为这块显卡编译的" in chinese.stdout.decode("utf-8")
    assert b"torch==2.11.0" in english.stdout and b"\r\n" not in english.stdout


def test_console(wine):
    """On a console characters arrive whole, with colours, in lines of its width."""
    assert wine("--version").returncode == 0  # the prefix is there
    shown = on_terminal(*NOTE, "--lang", "zh", columns=70, env=WINE_ENV, program=(WINE, EXE))
    assert "\x1b[1;31m✗\x1b[0m torch 2.7.1+cu118 不是为这块显卡编译的。" in shown
    plain = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\r", "", shown)
    expected = run(*NOTE, "--lang", "zh", env={"COLUMNS": "70"}).stdout
    kept = [line for line in expected.splitlines() if len(line) <= 70]
    assert len(kept) > 10 and [line for line in plain.splitlines() if line in kept] == kept


def test_language_of_windows(wine):
    """Its own windows and menus; wine takes it from the locale."""
    done = wine("--help", env={"LC_ALL": "zh_CN.UTF-8"})
    assert "用法" in done.stdout.decode("utf-8")
    assert "Usage" in wine("--help", env={"LC_ALL": "zh_CN.UTF-8", "GPUMATCH_LANG": "en"}).stdout.decode("utf-8")
    assert "Usage" in wine("--help", env={"LC_ALL": "de_DE.UTF-8"}).stdout.decode("utf-8")


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
    done = wine("scan", windows_path(folder), "--lang", "en")
    text = done.stdout.decode("utf-8")
    assert done.returncode == 0 and "测试" in text and "库.so" in text and "sm_" in text


def test_this_machine_is_a_windows(wine):
    done = wine("check", "--json")
    report = json.loads(done.stdout.decode("utf-8"))
    validate(report)
    assert done.returncode == 4 and report["machine"]["os"] == "windows"
    assert report["machine"]["arch"] == "x86_64"


@pytest.mark.parametrize("name", sorted(p.stem for p in MACHINES.glob("*.json")))
def test_machines_are_the_same_here(wine, name):
    for language in ("en", "zh"):
        done = wine("check", "--machine", windows_path(MACHINES / f"{name}.json"), "--lang", language)
        expected = (MACHINES / f"{name}.{language}.txt").read_text(encoding="utf-8")
        assert f"{done.stdout.decode('utf-8')}exit status {done.returncode}\n" == expected


def test_machine_in_json_is_the_same_here(wine):
    file = MACHINES / "laptop-two-vendors.json"
    assert wine("check", "--machine", windows_path(file), "--json").stdout.decode("utf-8") == \
        run("check", "--machine", file, "--json").stdout


def test_gather_here(wine, tmp_path):
    done = wine("gather", windows_path(tmp_path / "机器.json"))
    assert done.returncode == 0
    snapshot = json.loads((tmp_path / "机器.json").read_text(encoding="utf-8"))
    validate(snapshot, "snapshot")
    assert {"key": "system:os", "text": "windows"} in snapshot["keys"]


def test_text_from_a_pipe(wine):
    warning = ("NVIDIA GeForce RTX 5060 Laptop GPU with CUDA capability sm_120 is not compatible\r\n"
               "with the current PyTorch installation.\r\n显卡")
    done = wine("explain", "-", "--json", stdin=warning.encode("utf-8"))
    report = json.loads(done.stdout.decode("utf-8"))
    validate(report)
    assert "pt-cubin" in [match["id"] for match in report["matches"]]


def test_output_file_in_a_chinese_folder(wine, tmp_path):
    folder = tmp_path / "结果"
    folder.mkdir()
    for _ in range(2):  # the second run replaces the file
        done = wine(*NOTE, "--json", "-o", windows_path(folder / "报告.json"))
        assert done.returncode == 1 and done.stdout == b""
    assert [p.name for p in folder.iterdir()] == ["报告.json"]
    validate(json.loads((folder / "报告.json").read_text(encoding="utf-8")))


def test_output_into_a_device(wine):
    done = wine(*NOTE, "-o", "NUL")
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.parametrize("args, code, status", [
    (["scan", "C:\\没有\\x.so"], "not-found", 5), (["check", "--gpu", ""], "bad-gpu", 2)])
def test_errors(wine, args, code, status):
    done = wine(*args, "--json")
    assert done.returncode == status
    assert json.loads(done.stdout.decode("utf-8"))["code"] == code


def test_environment_of_windows(wine, tmp_path):
    site = tmp_path / "环境" / "Lib" / "site-packages"
    info = site / "torch-2.7.1+cu118.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "环境" / "pyvenv.cfg").write_text("version = 3.11.9\n")
    (info / "METADATA").write_text("Name: torch\nVersion: 2.7.1+cu118\n")
    (info / "RECORD").write_text("torch/lib/torch_cuda.dll,,\n")
    (site / "torch" / "lib").mkdir(parents=True)
    (site / "torch" / "lib" / "torch_cuda.dll").write_bytes(dll(80, 90))
    done = wine("check", "--gpu", "sm_120", "--driver", "576.02", "--env",
                windows_path(tmp_path / "环境"), "--json")
    report = json.loads(done.stdout.decode("utf-8"))
    validate(report)
    assert report["python"]["version"] == "3.11"
    torch, = report["packages"]
    assert (torch["version"], torch["evidence"]) == ("2.7.1+cu118", "binary")
    assert (report["verdict"], done.returncode) == ("no", 1)


def test_tables_are_laid_over_here_too(wine, tmp_path):
    header = next(line for line in (SOURCE / "data" / "torch_builds.tsv").read_text("utf-8").splitlines()
                  if not line.startswith("#"))
    row = "2.99.0\tcu128\twindows\tx86_64\t2031-05-01\tsm_120\t3.12\t-\tyes\tno\t-\tread by hand\thigh"
    (tmp_path / "torch_builds.tsv").write_text(f"{header}\r\n{row}\r\n", encoding="utf-8", newline="")
    ask = ["show", "builds", "2.99", "--json"]
    assert wine(*ask).returncode == 1
    done = wine(*ask, "--data", windows_path(tmp_path))
    assert done.returncode == 0 and len(json.loads(done.stdout)["rows"]) == 1
    roaming = next((BUILD / "wine").glob("drive_c/users/*/AppData/Roaming"))
    try:  # %APPDATA%
        shutil.copytree(tmp_path, roaming / "gpumatch" / "data")
        assert wine(*ask).returncode == 0
        assert wine(*ask, "--data", "-").returncode == 1
    finally:
        shutil.rmtree(roaming / "gpumatch")
