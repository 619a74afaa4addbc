#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Machines out of files (tests/machines): each report, in both languages, is what it was.

`make expectations` (this file as a program) writes the reports anew; read them before committing.
"""
import json
import subprocess

import pytest

from paths import BUILD, PROGRAM, SOURCE, run
from reports import report_of, validate

FOLDER = SOURCE / "tests" / "machines"
MACHINES = sorted(path.stem for path in FOLDER.glob("*.json"))
LANGUAGES = ("en", "zh")


def screen(name, language):
    """The first screen, and the exit status."""
    done = run("check", "--machine", FOLDER / f"{name}.json", "--lang", language)
    assert done.stderr == ""
    return f"{done.stdout}exit status {done.returncode}\n"


def expected(name, language):
    return FOLDER / f"{name}.{language}.txt"


def test_there_are_many():
    assert len(MACHINES) >= 12
    texts = {p.name for p in FOLDER.glob("*.txt")}
    assert texts == {f"{name}.{language}.txt" for name in MACHINES for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MACHINES)
def test_screen(name, language):
    assert screen(name, language) == expected(name, language).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MACHINES)
def test_file_says_what_it_is(name):
    snapshot = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    validate(snapshot, "snapshot")
    assert snapshot["origin"].startswith(("recorded", "built from documentation: "))


@pytest.mark.parametrize("name", MACHINES)
def test_screen_fits_a_terminal(name):
    for line in screen(name, "en").splitlines():
        assert len(line) <= 80 or line.startswith("    "), line


@pytest.mark.parametrize("name", MACHINES)
def test_other_commands(name):
    file = FOLDER / f"{name}.json"
    check, _ = report_of("check", "--machine", file)
    info, _ = report_of("info", "--machine", file)
    assert info["machine"] == check["machine"]
    pick, status = report_of("pick", "--machine", file)
    assert pick["machine"] == check["machine"] and status in (0, 1, 4)
    explained, _ = report_of("explain", "--machine", file, "torch 2.9.1+cu128")
    assert explained["machine"]["devices"] == check["machine"]["devices"]


def test_options_lie_over_the_machine():
    file = FOLDER / "desktop-rtx-4090.json"
    report, status = report_of("check", "--machine", file, "--driver", "none")
    assert status == 1 and report["machine"]["driver"]["version"] == "none"
    report, _ = report_of("check", "--machine", file, "--gpu", "GTX 1080 Ti")
    assert report["machine"]["driver"] is None and report["machine"]["devices"][0]["target"] == "sm_61"
    report, _ = report_of("check", "--machine", file, "--with", "torch==2.7.1+cu118")
    assert [p["version"] for p in report["packages"]] == ["2.7.1+cu118"]
    assert report["machine"]["driver"]["version"] == "580.82.07"


def test_variables_of_a_machine_are_not_for_described_gpus():
    file = FOLDER / "order-unknown.json"
    report, _ = report_of("check", "--machine", file)
    assert "device-order" in [f["code"] for f in report["findings"]]
    report, _ = report_of("check", "--machine", file, "--gpu", "RTX 3090")
    assert "device-order" not in [f["code"] for f in report["findings"]]


def test_explain_takes_the_whole_machine():
    report, _ = report_of("explain", "--machine", FOLDER / "hidden-gpus.json", "torch 2.9.1+cu128")
    assert [f["title"] for f in report["findings"] if f["code"] == "no-gpu"] == [
        "All GPUs are hidden from programs: CUDA_VISIBLE_DEVICES is set to “-1”."]
    assert report["advice"][0]["action"] == "unset-env"


def test_of_two_vendors_the_usual_one_is_served():
    """A laptop: the build is for the graphics card, not for the processor's graphics."""
    report, status = report_of("pick", "--machine", FOLDER / "laptop-two-vendors.json")
    install = report["advice"][0]
    assert status == 0 and install["installs"][0]["variant"].startswith("cu")
    assert "gfx" not in install["why"] and not install["hide_devices"]


@pytest.mark.parametrize("name, action", [
    ("hidden-gpus", "unset-env"), ("half-upgrade", "reboot"),
    ("container-without-devices", "grant-access"), ("radeon-without-permission", "grant-access")])
def test_pick_looks_past_what_hinders_every_program(name, action):
    report, status = report_of("pick", "--machine", FOLDER / f"{name}.json")
    assert status == 0 and [a["action"] for a in report["advice"]] == ["install", action]


@pytest.mark.parametrize("content, code, status", [
    ("", "bad-json", 3), ('{"schema": "gpumatch.check/1"}', "not-a-snapshot", 3),
    ('{"schema": "gpumatch.snapshot/1", "origin": 7}', "bad-snapshot", 3), (None, "not-found", 5)])
def test_what_is_no_machine(tmp_path, content, code, status):
    file = tmp_path / "x.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = run("check", "--machine", file, "--json")
    assert done.returncode == status
    error = json.loads(done.stdout)
    assert error["code"] == code and str(file) in error["message"]
    validate(error)


def environment(folder):
    """A small environment with a torch in it."""
    site = folder / "lib" / "python3.12" / "site-packages"
    info = site / "torch-2.9.1+cu128.dist-info"
    info.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("version = 3.12.3\n")
    (info / "METADATA").write_text("Name: torch\nVersion: 2.9.1+cu128\n")
    (info / "RECORD").write_text("torch/lib/libgone.so,,\ntorch/lib/libtorch_cuda.so,,\n")
    (site / "torch" / "lib").mkdir(parents=True)
    (site / "torch" / "lib" / "libtorch_cuda.so").write_bytes(b"\x7fELF but no more")
    return folder


@pytest.mark.parametrize("arguments", [[], ["--json"], ["-v"], ["--lang", "zh"]])
def test_gathered_here_replayed_here(tmp_path, arguments):
    """The very bytes; the environment lies outside of anybody's home."""
    env, file = environment(tmp_path / "env"), tmp_path / "m.json"
    done = run("gather", file, "--env", env)
    assert done.returncode == 0 and str(file) in done.stdout
    validate(json.loads(file.read_text(encoding="utf-8")), "snapshot")
    live = run("check", "--env", env, *arguments)
    again = run("check", "--machine", file, *arguments)
    assert (again.stdout, again.returncode) == (live.stdout, live.returncode)


def test_gathered_without_names(tmp_path):
    """An environment in a home: the folder's owner is nowhere in the file."""
    env = environment(tmp_path / "home" / "zhangwei" / "env")
    done = run("gather", "-", "--env", env, env={"HOME": str(tmp_path / "home" / "zhangwei"),
                                                 "USER": "zhangwei", "LD_LIBRARY_PATH":
                                                 "/home/zhangwei/lib"})
    assert done.returncode == 0 and "zhangwei" not in done.stdout
    assert "home/user/env" in done.stdout
    hostname = subprocess.run(["uname", "-n"], capture_output=True, text=True, check=True).stdout
    assert hostname.strip() not in done.stdout


def test_gather_needs_one_file(tmp_path):
    for files in [], ["a", "b"]:
        assert run("gather", *files).returncode == 2
    done = run("gather", tmp_path / "nowhere" / "m.json")
    assert done.returncode == 5 and done.stdout == ""
    done = run("gather", tmp_path / "m.json", "--env", tmp_path / "nowhere")
    assert done.returncode == 5 and not (tmp_path / "m.json").exists()


def main():
    print(f"with {PROGRAM} (built in {BUILD})")
    for name in MACHINES:
        for language in LANGUAGES:
            expected(name, language).write_text(screen(name, language), encoding="utf-8")


if __name__ == "__main__":
    main()
