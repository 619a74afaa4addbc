# SPDX-License-Identifier: MIT
"""--data: newer tables laid over the built-in ones."""
import json
import random
import re
import shutil

import pytest

from paths import SOURCE, run
from reports import report_of, validate

LISTED = ["gpus", "archs", "toolkits", "drivers", "builds", "libraries"]
ENGLISH = {"GPUMATCH_LANG": "en"}


def table(name):
    """(comments and header, rows) of a table in data/, as lines."""
    lines = (SOURCE / "data" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    return lines[:start + 1], lines[start + 1:]


def write(directory, name, *rows, header=None):
    directory.mkdir(exist_ok=True)
    head = table(name)[0][-1] if header is None else header
    text = "\n".join([head, *rows]) + "\n"
    (directory / f"{name}.tsv").write_text(text, encoding="utf-8")
    return directory


def tables_of_overlay():
    names = re.findall(r"X\((\w+),", (SOURCE / "src" / "catalog" / "tables.h").read_text("utf-8"))
    assert len(names) > 20
    return names


BUILD = ("2.99.0\tcu128\tlinux\tx86_64\t2031-05-01\tsm_75 sm_120 compute_120:ptx8.7\t3.11 3.12\t2.28"
         "\tyes\tno\t9.10.2.21\tread by hand\thigh")
GPU = "10de\tfff0\tNVIDIA GeForce RTX 6090\tsm_120\tGX202\tBlackwell\topen\tread by hand\tmedium"


def test_the_same_tables_change_nothing(tmp_path):
    for name in tables_of_overlay():
        shutil.copy(SOURCE / "data" / f"{name}.tsv", tmp_path)
    for listed in LISTED:
        built_in, _ = report_of("show", listed)
        laid_over, _ = report_of("show", listed, "--data", tmp_path)
        for row in laid_over["rows"]:
            source, _, path = row["source"].rpartition(" [")
            assert path == f"{tmp_path}/{row['table']}]"
            row["source"] = source
        assert laid_over == built_in
    for names in (["RTX 5060 Laptop"], ["gtx1080ti"], ["A10"], ["RX 7900 XTX"]):  # by name
        ask = ["info", "--machine", "-", *(w for n in names for w in ("--gpu", n))]
        assert report_of(*ask, "--data", tmp_path) == report_of(*ask)


def test_a_new_build_is_shown_judged_and_picked(tmp_path):
    data = write(tmp_path / "data", "torch_builds", BUILD)
    rows, _ = report_of("show", "builds", "2.99", "--data", data)
    assert [row["variant"] for row in rows["rows"]] == ["cu128"]
    assert rows["tool"]["data_date"] == "2031-05-01"
    assert rows["total"] == report_of("show", "builds")[0]["total"] + 1
    machine = ["--machine", "-", "--gpu", "RTX 5060", "--driver", "580.82.07", "--os", "linux"]
    picked, status = report_of("pick", *machine, "torch", "--data", data)
    assert (status, picked["advice"][0]["installs"][0]["version"]) == (0, "2.99.0")
    checked, status = report_of("check", *machine, "--with", "torch==2.99.0+cu128", "--data", data)
    assert (status, checked["verdict"]) == (0, "runs")
    assert report_of("check", *machine, "--with", "torch==2.99.0+cu128")[0]["verdict"] == "unknown"
    told, _ = report_of("explain", "--data", data, *machine[2:], "2.99.0+cu128 RTX 5060")
    assert told["verdict"] == "runs"
    gathered = run("gather", "-", "--data", data)
    assert json.loads(gathered.stdout)["tool"]["data_date"] == "2031-05-01"


def test_a_row_replaces_the_one_with_its_key(tmp_path):
    _, rows = table("torch_builds")
    row = next(line for line in rows if line.startswith("2.9.1\tcu128\tlinux\tx86_64\t"))
    changed = re.sub(r"\tsm_70 [^\t]*", "\tsm_90", row)
    assert changed != row
    data = write(tmp_path / "data", "torch_builds", changed)
    shown, _ = report_of("show", "builds", "2.9.1+cu128", "x86_64", "linux", "--data", data)
    assert [r["code"] for r in shown["rows"]] == [["sm_90"]]
    assert shown["total"] == report_of("show", "builds")[0]["total"]
    # and rows of other tables that belong to it still do
    assert shown["rows"][0]["torchvision"] == "0.24.1"


def test_a_new_gpu_is_known_by_id_and_name(tmp_path):
    data = write(tmp_path / "data", "gpu_pci", GPU)
    write(data, "gpu_names", "NVIDIA GeForce RTX 6090\tsm_120\tread by hand\tmedium")
    write(data, "gpu_driver_firsts", "10de\tfff0\t615.80.01\tread by hand\tmedium")
    for gpu in ("10de:fff0", "rtx 6090", "GeForce RTX-6090"):
        ask = ["check", "--machine", "-", "--gpu", gpu, "--os", "linux", "--driver", "580.82.07",
               "--with", "torch==2.9.1+cu128", "--data", data]
        report, _ = report_of(*ask)
        device = report["machine"]["devices"][0]
        assert (device["name"], device["target"]) == ("NVIDIA GeForce RTX 6090", "sm_120")
        assert "gpu-newer-than-driver" in [f["code"] for f in report["findings"]], gpu
    shown, _ = report_of("show", "gpus", "6090", "--data", data)
    assert [row["pci"] for row in shown["rows"]] == ["10de:fff0"]  # one GPU is one row


def test_a_new_target(tmp_path):
    _, rows = table("sm_targets")
    newest = rows[-1].split("\t")
    target = ["sm_150", "Vera", "VX 10xx", "no", "14.0", "-", "10.0", "700.10", "700", "-", "-", "-", "-", "open",
              "read by hand", "low"]
    assert len(target) == len(newest)
    data = write(tmp_path / "data", "gpu_pci", GPU.replace("sm_120", "sm_150"))
    args = ["show", "gpus", "6090", "--data", data]
    report, status = report_of(*args, env=ENGLISH)
    assert (status, report["code"]) == (2, "table-target") and "sm_150" in report["message"]
    write(data, "sm_targets", "\t".join(target))
    report, status = report_of(*args)
    assert (status, report["rows"][0]["targets"]) == (0, ["sm_150"])
    required = ["scan", "--require", "sm_150", "--data", data, SOURCE / "README.md"]
    assert report_of(*required)[1] == 1


def test_the_directory_of_the_configuration(tmp_path):
    home = tmp_path / "home"
    for variable, below in (("XDG_CONFIG_HOME", ""), ("HOME", ".config")):
        env = {"XDG_CONFIG_HOME": "", variable: str(home / variable)}
        data = home / variable / below / "gpumatch" / "data"
        data.mkdir(parents=True)
        ask = ["show", "builds", "2.99"]
        write(data, "torch_builds", BUILD)
        assert report_of(*ask, env=env)[1] == 0
        assert report_of(*ask, "--data", "-", env=env)[1] == 1
        other = write(tmp_path / "other", "torch_builds", BUILD.replace("2.99", "2.98"))
        assert report_of(*ask, "--data", other, env=env)[1] == 1  # it takes its place
        (data / "torch_builds.tsv").write_text("nonsense\n", encoding="utf-8")
        report, status = report_of(*ask, env=env)
        assert (status, report["code"]) == (2, "table-header")
        assert report["args"]["subject"] == f"{data}/torch_builds.tsv:1"


def changed(row, column, value, name="torch_builds"):
    cells, columns = row.split("\t"), table(name)[0][-1].split("\t")
    cells[columns.index(column)] = value
    return "\t".join(cells)


@pytest.mark.parametrize("name, rows, code, line, word", [
    ("torch_builds", [changed(BUILD, "source", "-")], "table-source", 2, ""),
    ("torch_builds", [changed(BUILD, "confidence", "sure")], "table-confidence", 2, "sure"),
    ("torch_builds", [changed(BUILD, "variant", "-")], "table-empty", 2, "variant"),
    ("torch_builds", [changed(BUILD, "os", "")], "table-empty", 2, "os"),
    ("torch_builds", [changed(BUILD, "code", "sm_75 sm_999")], "table-target", 2, "sm_999"),
    ("torch_builds", [changed(BUILD, "code", "compute_999:ptx9.0")], "table-target", 2, "compute_999"),
    ("torch_builds", [BUILD, BUILD], "table-twice", 3, ""),
    ("torch_builds", ["# remark", "", BUILD, changed(BUILD, "release", "2.100.0"),
                      changed(BUILD, "release", "2.98.0")], "table-order", 6, ""),
    ("torch_builds", [BUILD + "\tmore"], "table-cells", 2, "13"),
    ("torch_builds", [BUILD.rsplit("\t", 1)[0]], "table-cells", 2, "13"),
    ("torch_builds", [changed(BUILD, "source", "\x1b[31m red")], "table-characters", 2, ""),
    ("torch_builds", [changed(BUILD, "source", "turned \u202e round")], "table-characters", 2, ""),
    ("gpu_pci", [changed(GPU, "device", "12345", "gpu_pci")], "table-number", 2, "10de"),
    ("gpu_pci", [changed(GPU, "vendor", "nvda", "gpu_pci")], "table-number", 2, "nvda"),
    ("ptx_isa", ["9\t14.0\tread by hand\tlow"], "table-number", 2, "9"),
    ("gpu_names", ["RTX 6090\tsm_999\tread by hand\tlow"], "table-target", 2, "sm_999")])
def test_what_is_wrong_is_named_with_file_and_line(tmp_path, name, rows, code, line, word):
    data = write(tmp_path / "data", name, *rows)
    for command in (["show", "builds"], ["pick", "--machine", "-"], ["explain", "sm_120"],
                    ["check", "--machine", "-", "--code", "sm_80"], ["scan", SOURCE / "README.md"],
                    ["info", "--machine", "-"]):
        report, status = report_of(*command, "--data", data, env=ENGLISH)
        assert (status, report["code"]) == (2, code), report
        assert report["args"]["subject"] == f"{data}/{name}.tsv:{line}"
        assert word in report["message"] and "{" not in report["message"] + (report["hint"] or "")
    done = run("show", "builds", "--data", data, "--lang", "zh")
    assert done.returncode == 2 and re.search("[\u4e00-\u9fff]", done.stderr)


def test_a_header_that_is_another(tmp_path):
    data = write(tmp_path / "data", "torch_builds", BUILD, header="release\tvariant")
    report, status = report_of("show", "builds", "--data", data, env=ENGLISH)
    assert (status, report["code"]) == (2, "table-header") and "release|variant|os" in report["hint"]


@pytest.mark.parametrize("name, code, status", [
    ("torch_build.tsv", "table-unknown", 2), ("messages.tsv", "table-unknown", 2),
    ("notes.txt", "no-tables", 2), (None, "not-found", 5)])
def test_a_directory_without_tables(tmp_path, name, code, status):
    data = tmp_path / "data"
    if name:
        data.mkdir()
        (data / name).write_text("x\n", encoding="utf-8")
    report, exit_status = report_of("show", "builds", "--data", data)
    assert (exit_status, report["code"]) == (status, code)


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes(tmp_path, seed):
    """Damaged tables: a clear error or other rows, never a crash, always one JSON object."""
    dice = random.Random(seed)
    name = dice.choice(tables_of_overlay())
    head, rows = table(name)
    text = bytearray("\n".join([*head, *dice.sample(rows, min(len(rows), 30))]).encode())
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text))
        what = dice.choice(["byte", "cut", "cell", "order"])
        if what == "byte":
            text[at] = dice.randrange(256)
        elif what == "cut":
            del text[at:at + dice.randint(1, 40)]
        elif what == "cell":
            start, end = text.rfind(b"\t", 0, at) + 1, text.find(b"\t", at)
            text[start:end if end > 0 else at] = dice.choice([b"-", b"", b"<", b"sm_", b"9" * 30, b"*"])
    if dice.random() < 0.5:  # in order, so that more of it is read
        lines = bytes(text).split(b"\n")
        text = b"\n".join(lines[:len(head)] + sorted(lines[len(head):]))
    (tmp_path / f"{name}.tsv").write_bytes(text)
    for command in (["show", "builds", "sm_86"], ["show", "drivers", "sm_61"], ["show", "libraries"],
                    ["pick", "--machine", "-", "--gpu", "RTX 5060", "--driver", "580.82.07"],
                    ["check", "--machine", "-", "--gpu", "gfx1100", "--with", "torch==2.9.1+rocm6.4"]):
        done = run(*command, "--json", "--data", tmp_path)
        assert done.returncode in range(6) and done.stderr == "", (name, command, done.stderr)
        report = json.loads(done.stdout)
        if report["schema"] == "gpumatch.error/1":
            validate(report)
            assert report["code"].startswith("table-"), report
