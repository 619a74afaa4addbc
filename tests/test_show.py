# SPDX-License-Identifier: MIT
"""show: the rows of data/, found by words as people write them."""
import csv
import re
import unicodedata

import pytest

from paths import SOURCE, run
from reports import report_of

TABLES = ["gpus", "archs", "toolkits", "drivers", "builds", "errors", "libraries"]


def rows_of(table, *words):
    report, status = report_of("show", table, *words)
    assert report["table"] == table and report["filter"] == list(words)
    assert status == (0 if report["rows"] else 1)
    return report["rows"]


def tsv(name):
    with (SOURCE / "data" / name).open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def cell(value):
    """A cell of JSON as it stands in data/."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(value) or "-"
    return "-" if value is None else str(value)


# Columns by another name than in the table; None: made of several, compared elsewhere.
NAMES = {"targets": "target", "number": "error"}
MADE = {"table", "vendor", "pci", "cuda", "verdict", "index", "triton", "torchvision",
        "torchaudio", "meaning", "role", "feature"}


@pytest.mark.parametrize("table, file, key", [
    ("gpus", "gpu_pci.tsv", ("name", "target", "chip")), ("archs", "sm_targets.tsv", ("target",)),
    ("archs", "amd_gfx.tsv", ("gfx",)), ("toolkits", "cuda_toolkits.tsv", ("cuda",)),
    ("drivers", "drivers.tsv", ("os", "first")),
    ("builds", "torch_builds.tsv", ("release", "variant", "os", "arch")),
    ("builds", "extensions.tsv", ("package", "release", "os", "arch")),
    ("errors", "messages.tsv", ("id",)), ("libraries", "libraries.tsv", ("package", "file"))])
def test_every_row_is_there_in_order_and_says_what_the_table_says(table, file, key):
    shown = [row for row in rows_of(table) if row["table"] == file]
    written = [row for row in tsv(file) if row.get("kind") != "fact"]
    assert len(shown) == len(written)
    for row, line in zip(shown, written):
        names = {"target": "gfx"} if file == "amd_gfx.tsv" else NAMES
        for name, value in row.items():
            name = names.get(name, name)
            if name in line and name not in MADE:
                expected = line[name] or "-"
                if name == "error":  # today's number; none where a row is about several errors
                    expected = "-" if "," in expected else expected.split("|")[0]
                assert cell(value) == expected, (name, [line[k] for k in key])
        if table == "gpus":
            assert row["pci"] == f"{line['vendor']}:{line['device']}"


def test_archs_say_which_code_runs_on_them():
    pairs = [row for row in tsv("sass_compat.tsv") if row["from_toolkit"] == "-"]
    for row in rows_of("archs"):
        code = [pair["code"] for pair in pairs if pair["device"] == row["target"]]
        assert (row["runs"] or []) == code, row["target"]


def test_gpus_without_a_pci_id_come_by_name():
    by_name = [row for row in rows_of("gpus") if row["pci"] is None]
    on_pci = {row["name"] for row in rows_of("gpus") if row["pci"]}
    assert by_name and not on_pci & {row["name"] for row in by_name}
    known = {row["name"] for row in tsv("gpu_names.tsv")}
    assert {row["name"] for row in by_name} <= known
    assert "AMD Instinct MI250" in {row["name"] for row in by_name}


@pytest.mark.parametrize("words, expected", [
    (["10de:2d19"], {"NVIDIA GeForce RTX 5060 Laptop GPU"}),
    (["rtx-5060", "laptop"], {"NVIDIA GeForce RTX 5060 Laptop GPU"}),
    (["GB203", "sm_120", "laptop", "5080"], {"NVIDIA GeForce RTX 5080 Laptop GPU"}),
    (["b50", "intel"], {"Intel Arc Pro B50"}), (["407", "rtx"], set()), (["sm_120", "ampere"], set())])
def test_gpus(words, expected):
    assert {row["name"] for row in rows_of("gpus", *words)} == expected


@pytest.mark.parametrize("word", ["sm_89", "8.9", "compute_89", "SM 8.9"])
def test_gpus_of_a_target(word):
    found = rows_of("gpus", word)
    everyone = [row for row in rows_of("gpus") if "sm_89" in row["targets"]]
    assert found == everyone and len(found) > 20


@pytest.mark.parametrize("table, words, column, expected", [
    ("archs", ["sm_120"], "target", ["sm_120", "sm_120a", "sm_120f"]),
    ("archs", ["sm_120a"], "target", ["sm_120a"]),
    ("archs", ["12.0"], "target", ["sm_120", "sm_120a", "sm_120f"]),
    ("archs", ["RTX 5060"], "target", ["sm_120", "sm_120a", "sm_120f"]),
    ("archs", ["gfx1100"], "target", ["gfx1100"]),
    ("archs", ["RDNA3.5", "gfx11-generic"], "target",
     ["gfx1150", "gfx1151", "gfx1152", "gfx1153", "gfx1154"]),
    ("archs", ["turing"], "target", ["sm_75"]), ("archs", ["BMG"], "target", ["bmg"]),
    ("toolkits", ["11.8"], "cuda", ["11.8"]), ("toolkits", ["10"], "cuda", ["10.0", "10.1", "10.2"]),
    ("toolkits", ["sm_35", "11"], "cuda", ["11.0", "11.1", "11.2", "11.3", "11.4", "11.5", "11.6",
                                           "11.7", "11.8"]),
    ("toolkits", ["sm_120f", "12"], "cuda", ["12.9"]), ("toolkits", ["gfx1100"], "cuda", []),
    ("toolkits", ["T4", "10"], "cuda", ["10.0", "10.1", "10.2"]),
    ("drivers", ["580"], "first", ["580", "580"]),
    ("drivers", ["580.82.07", "linux"], "branch", ["R580"]),
    ("drivers", ["576.02", "windows"], "branch", ["R575"]), ("drivers", ["616"], "first", ["615", "616"]),
    ("drivers", ["12.8"], "first", ["570", "571"]), ("drivers", ["r535"], "first", ["535", "536"]),
    ("drivers", ["sm_61", "linux", "13"], "first", ["580"]),
    ("drivers", ["GTX 1080", "windows", "13"], "first", ["580"]),
    ("drivers", ["RTX 5060", "linux", "12"], "first", ["570", "575"]),
    ("drivers", ["Rubin"], "branch", ["R615", "R615"]),
    ("builds", ["2.9.1", "cu128", "windows"], "release", ["2.9.1"]),
    ("builds", ["torch==2.9.1+cu128", "amd64"], "os", ["linux", "windows"]),
    ("builds", ["2.9.1", "cu12", "arm64"], "variant", ["cu126", "cu128", "cu129"]),
    ("builds", ["2.9.1", "compute_90"], "variant", []),
    ("builds", ["2.7.1", "compute_120"], "variant", ["cu128"]),
    ("builds", ["xformers==0.0.33.post2", "sm_120"], "verdict", ["runs-jit"]),
    ("builds", ["xformers==0.0.33.post2", "sm_61"], "verdict", []),
    ("builds", ["xformers", "T4", "0.0.35"], "requires", [["torch>=2.10"]]),
    ("errors", ["222"], "id", ["cuda-222"]), ("errors", ["22"], "id", []),
    ("errors", ["cudaErrorNoKernelImageForDevice"], "id", ["cuda-209"]),
    ("errors", ["no kernel image", "error", "209"], "id", ["cuda-209", "pt-209"]),
    ("errors", ["HSA_STATUS_ERROR_INVALID_ISA"], "id", ["hsa-isa"]),
    ("libraries", ["torch_cuda_linalg"], "feature", ["GPU linear algebra (torch.linalg)"]),
    ("libraries", ["cudnn", "embedded"], "package",
     ["nvidia-cudnn-cu11", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13"])])
def test_words_are_understood(table, words, column, expected):
    assert [row[column] for row in rows_of(table, *words)] == expected


@pytest.mark.parametrize("gpu", ["sm_61", "Tesla T4", "gfx1100", "bmg", "sm_87"])
def test_builds_of_a_gpu_are_those_that_check_says_run_on_it(gpu):
    """Every build of two releases, asked one by one."""
    for release in ("2.7.1", "2.11.0"):
        shown = {(row["variant"], row["os"], row["arch"]): row["verdict"]
                 for row in rows_of("builds", gpu, "torch", release)}
        for row in rows_of("builds", "torch", release):
            build = row["variant"], row["os"], row["arch"]
            if row["arch"] == "s390x":  # no GPUs there, and no word for it
                assert build not in shown
                continue
            newest = "582.0" if row["os"] == "windows" else "580.178.04"  # that drives Pascal
            driver = [] if gpu.startswith(("gfx", "bmg")) else ["--driver", newest]
            report, _ = report_of("check", "--machine", "-", "--gpu", gpu, "--os", row["os"],
                                  "--arch", row["arch"], *driver,
                                  "--with", f"torch=={release}+{row['variant']}")
            serves = report["verdict"] in ("runs", "runs-jit", "partly")
            assert shown.get(build) == (report["verdict"] if serves else None), build


def test_what_a_build_serves_is_not_a_matter_of_spelling():
    served = rows_of("builds", "sm_86", "2.9.1", "aarch64", "cu128")  # by its code for sm_80
    assert [row["verdict"] for row in served] == ["runs"] and "sm_86" not in served[0]["code"]
    assert rows_of("builds", "sm_120", "2.7.1", "cu118") == []  # its PTX is older than the GPU


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("args", [[], ["-v"]])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text_fits_the_screen(table, args, lang):
    done = run("show", table, *args, "--lang", lang)
    assert done.returncode == 0 and done.stderr == "" and "report." not in done.stdout
    for line in done.stdout.splitlines():
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        longest = max(map(len, line.split()), default=0)  # what cannot be broken
        assert width <= 80 or longest > 40, line
    assert ("[data/" in done.stdout) == ("-v" in args)
    for line in (done.stdout.splitlines()[0], done.stdout.splitlines()[-1]):  # heading and note
        assert bool(re.search("[\u4e00-\u9fff]", line)) == (lang == "zh"), line


def test_toolkits_say_which_compilers_they_take():
    row, = rows_of("toolkits", "12.4")
    assert (row["gcc_max"], row["clang_max"], row["visual_studio"], row["msvc_below"]) == ("13", "17", "2017-2022", "1950")
    assert "host_config.h" in row["source"]
    heading, line = run("show", "toolkits", "12.4").stdout.splitlines()[:2]
    assert "gcc <=" in heading and line[heading.index("gcc <="):].startswith("13 ")


def test_columns_stand_below_each_other():
    lines = run("show", "toolkits", "12").stdout.splitlines()
    place = lines[0].index("PTX")
    assert {line[place - 1] for line in lines[1:10]} == {" "}
    assert {line[place] for line in lines[1:10]} <= {"8"}


@pytest.mark.parametrize("table", TABLES)
def test_a_word_that_fits_nothing(table):
    done = run("show", table, "banana")
    assert done.returncode == 1 and done.stderr == ""
    assert f"No row of {table} fits: banana." in done.stdout and "It can be asked for" in done.stdout
    report, status = report_of("show", table, "banana")
    assert (status, report["rows"], report["unmatched"]) == (1, [], ["banana"])


def test_words_that_fit_no_row_together():
    report, status = report_of("show", "builds", "sm_61", "cu132")
    assert (status, report["rows"], report["unmatched"]) == (1, [], [])
    assert "no row fits all of them" in run("show", "builds", "sm_61", "cu132").stdout


@pytest.mark.parametrize("name, code, nearest", [
    ("gpu", "unknown-table", "gpus"), ("erorrs", "unknown-table", "errors"),
    ("frobnicate", "unknown-table", None), (None, "no-table", None)])
def test_a_table_that_does_not_exist(name, code, nearest):
    report, status = report_of("show", *([name] if name else []))
    assert (status, report["code"]) == (2, code)
    assert (f"Did you mean {nearest}?" in report["hint"]) == bool(nearest)
    for table in TABLES:
        assert table in report["hint"]


def test_quiet_is_rows_alone():
    assert run("show", "toolkits", "11.8", "-q").stdout.count("\n") == 1
