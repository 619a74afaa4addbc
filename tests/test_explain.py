# SPDX-License-Identifier: MIT
"""explain: each message of the table by a real example, in every language."""
import csv
import time

import pytest

from paths import SOURCE
from reports import report_of


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


MESSAGES = {r["id"]: r for r in table(SOURCE / "data" / "messages.tsv") if r["kind"] != "fact"}
EXAMPLES = {r["id"]: r["text"].replace("\\n", "\n")
            for r in table(SOURCE / "tests" / "explain" / "messages.tsv")}


def test_every_message_has_an_example():
    assert sorted(MESSAGES) == sorted(EXAMPLES)


def messages_in(text):
    report, _ = report_of("explain", "-", stdin=text)
    return [m["id"] for m in report["matches"] if m["id"] in MESSAGES], report


@pytest.mark.parametrize("message", sorted(EXAMPLES))
def test_example(message):
    """The example is this message, not another one; and it says what its row says."""
    row, text = MESSAGES[message], EXAMPLES[message]
    found, report = messages_in(text)
    assert found == [message]
    match = next(m for m in report["matches"] if m["id"] == message)
    assert match["kind"] == row["kind"]
    assert "{" not in match["meaning"], "a fact of the sentence is missing"
    if row["error"] != "-" and "," not in row["error"]:
        assert report["facts"]["error"] == int(row["error"].split("|")[0])
    if "nothing" in row["action"].split("|"):
        assert {a["action"] for a in report["advice"]} == {"nothing"}
    # The same without any line break, and with a break in the place of every blank.
    for other in (text.replace("\n", " "), text.replace(" ", "\r\n")):
        assert messages_in(other)[0] == [message]


@pytest.mark.parametrize("text", [
    "ModuleNotFoundError: No module named 'requests'", "npm ERR! code E404", "今天天气很好",
    "Segmentation fault (core dumped)", "Error 209: quota exceeded", "driver 12.0 of the bus"])
def test_what_is_not_about_gpus(text):
    report, status = report_of("explain", "-", stdin=text)
    assert (report["matches"], report["findings"], report["advice"]) == ([], [], [])
    assert status == 4


# --- what people have ----------------------------------------------------------------------------

WARNING = ("UserWarning: NVIDIA GeForce RTX 5060 Ti with CUDA capability sm_120 is not compatible with the current "
           "PyTorch installation.\nThe current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_90.\n")
MEMORY = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.\n"
CRASH = "RuntimeError: CUDA error: an illegal memory access was encountered\n"


@pytest.mark.parametrize("before", ["", "GPU 0: NVIDIA GeForce RTX 5060 Ti, driver 576.02\n"])
def test_the_first_failure_is_the_cause(before):
    """What follows from it asks for nothing of its own, and no name stands before it."""
    found, report = messages_in(before + WARNING + CRASH + MEMORY)
    assert found == ["pt-cubin", "cuda-700", "out-of-memory"]
    assert report["matches"][0]["id"] == "pt-cubin"
    assert [a["action"] for a in report["advice"]][0] == "install"
    found, report = messages_in(before + MEMORY + WARNING)
    assert found == ["out-of-memory", "pt-cubin"]
    assert {a["action"] for a in report["advice"]} == {"nothing"}


def test_a_remark_is_no_cause():
    """A line that does no harm does not hide the failure behind it."""
    _, report = messages_in(EXAMPLES["tf-noise"] + "\n" + WARNING)
    assert [a["action"] for a in report["advice"]][0] == "install"


def test_a_remark_stands_behind_the_failure():
    found, _ = messages_in(EXAMPLES["tf-noise"] + "\n" + EXAMPLES["tf-jit"])
    assert found == ["tf-jit", "tf-noise"]


LIST = "['sm_50', 'sm_60', 'sm_70', 'sm_75', 'sm_80', 'sm_86', 'sm_90']"


@pytest.mark.parametrize("text", [
    f">>> torch.cuda.get_arch_list()\n{LIST}\n>>> torch.cuda.get_device_name(0)\n'NVIDIA GeForce RTX 5070 Ti'\n",
    f"2.6.0+cu124 {LIST}\nname, driver_version\nNVIDIA GeForce RTX 5070 Ti, 576.02\n"])
def test_a_list_of_code(text):
    """What torch.cuda.get_arch_list() prints is judged like the list of a warning."""
    report, status = report_of("explain", "-", stdin=text)
    assert len(report["facts"]["targets"]) == 7 and report["facts"]["target"] == "sm_120"
    assert (report["verdict"], status) == ("no", 1)
    assert [m["id"] for m in report["matches"] if m["kind"] == "arch"] == ["arch-list"]


def test_two_targets_are_no_list():
    report, _ = report_of("explain", "what is the difference between sm_86, compute_86?")
    assert {m["id"] for m in report["matches"]} == {"sm_86", "compute_86"}


def test_the_other_kernel_module_of_the_same_driver():
    report, _ = report_of("explain", "-", stdin="NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.86.16  Tue\n"
                          + EXAMPLES["krn-openreq"])
    assert report["facts"]["driver"] == "570.86.16" and report["machine"]["driver"]["kernel_module"] == "closed"
    assert [a["action"] for a in report["advice"]] == ["upgrade-driver"] and not report["advice"][0]["installs"]


@pytest.mark.parametrize("text, kind, id_", [
    ("12.4", "toolkit", "CUDA 12.4"), ("8.6", "arch", "sm_86"), ("12.0", "arch", "sm_120"),
    ("12.0", "toolkit", "CUDA 12.0"), ("576.02", "driver", "576.02"), ("driver 576.02", "driver", "576.02"),
    ("R580", "driver", "R580"), ("2.7", "version", "2.7"), ("torch 2.7.1", "version", "2.7.1"),
    ("cu128", "platform", "cu128"), ("CUDA 12.8", "platform", "cu128"), ("ROCm 6.4", "platform", "rocm6.4"),
    ("rocm6.4", "platform", "rocm6.4"), ("5060", "gpu", "NVIDIA GeForce RTX 5060"),
    ("torch-2.9.1+cu128-cp311-cp311-win_amd64.whl", "wheel", "torch-2.9.1+cu128-cp311-cp311-win_amd64.whl"),
    ("torch-2.9.1+cu128-cp311-cp311-win_amd64.whl", "version", "2.9.1+cu128"),
    ("xformers-0.0.32.post2-cp39-abi3-manylinux_2_28_x86_64.whl", "wheel",
     "xformers-0.0.32.post2-cp39-abi3-manylinux_2_28_x86_64.whl")])
def test_a_name_or_number_alone(text, kind, id_):
    report, status = report_of("explain", text)
    assert (kind, id_) in {(m["kind"], m["id"]) for m in report["matches"]} and status == 0
    assert all("{" not in m["meaning"] for m in report["matches"])


@pytest.mark.parametrize("text", ["99.99", "1.2.3.4", "5061", "cu999", "rocm99.9", "R999", "file.whl", "a-1-b.whl"])
def test_a_number_that_nothing_has(text):
    report, status = report_of("explain", text)
    assert report["matches"] == [] and status == 4


@pytest.mark.parametrize("question, target", [
    ("我的 5060 该装哪个版本?", "sm_120"), ("which pytorch for a 4070 Ti Super?", "sm_89"),
    ("which compute platform for my 1080 ti", "sm_61"), ("rtx 50系显卡装什么版本的pytorch", "sm_120"),
    ("which pytorch for the RTX 40 series?", "sm_89"), ("16xx 用哪个版本", "sm_75"), ("RTX 4090 用哪个 CUDA 版本", "sm_89")])
def test_a_question_with_a_card(question, target):
    """Is answered by the build for that card."""
    report, _ = report_of("explain", question)
    assert report["matches"][0]["kind"] == "question" and report["facts"]["target"] == target
    assert {a["action"] for a in report["advice"]} == {"install"}


def test_a_question_about_a_platform():
    """Is judged, though it names no release."""
    report, status = report_of("explain", "GTX 1060 6GB 能装 cu128 吗")
    assert report["verdict"] == "no" and status == 1
    assert report["advice"][0]["installs"][0]["variant"] != "cu128"
    report, status = report_of("explain", "can I use cu128 on an RTX 5060?")
    assert report["verdict"] == "runs" and status == 0


@pytest.mark.parametrize("text, action", [
    ("which compute platform must I choose?", "ask"), ("cudaErrorNoKernelImageForDevice", "ask"),
    ("222", "ask"), ("torch.cuda.is_available() is False", "ask"), ("compute capability", None), ("do I need to install the CUDA Toolkit?", None)])
def test_what_is_missing_is_asked_for(text, action):
    report, _ = report_of("explain", text)
    assert ([a["action"] for a in report["advice"]][-1:] or [None])[0] == action


@pytest.mark.parametrize("name, device, driver", [
    ("table-352", None, "352.63"), ("table-418", "Tesla K80", "418.67"),
    ("table-576", "NVIDIA GeForce RTX 5060", "576.02"), ("table-610", "NVIDIA H200", "610.47"),
    ("q-570", "NVIDIA GeForce RTX 5080", "570.86.16"), ("q-615", "NVIDIA GeForce GTX 1080 Ti", "615.71.09"),
    ("list", "NVIDIA GeForce RTX 5060 Ti", None), ("columns", "Tesla T4", "535.183.01")])
def test_nvidia_smi_of_any_age(name, device, driver):
    text = (SOURCE / "tests" / "explain" / "nvidia-smi" / f"{name}.txt").read_text(encoding="utf-8")
    report, _ = report_of("explain", "-", stdin=text)
    assert (report["facts"].get("device"), report["facts"].get("driver")) == (device, driver)
    assert [m["kind"] for m in report["matches"]].count("error") == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_of_files(tmp_path, encoding, line_end):
    """As Notepad and PowerShell save them, Chinese around the message."""
    path = tmp_path / "log.txt"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = mark + "我的电脑报错：\n\x1b[33m" + WARNING + "\x1b[0m 怎么办？\n"
    path.write_bytes(text.replace("\n", line_end).encode(encoding))
    report, _ = report_of("explain", str(path))
    assert report["matches"][0]["id"] == "pt-cubin" and report["facts"]["target"] == "sm_120"


def test_other_encodings_are_no_danger(tmp_path):
    """GBK: what is ASCII in it is read."""
    path = tmp_path / "log.txt"
    path.write_bytes(("我的电脑报错：\n" + WARNING).encode("gbk"))
    report, _ = report_of("explain", str(path))
    assert report["matches"][0]["id"] == "pt-cubin"
    path.write_bytes("我的显卡该装哪个版本".encode("gbk"))
    report, status = report_of("explain", str(path))
    assert [m["kind"] for m in report["matches"]] == ["encoding"] and status == 4


def test_ten_megabytes(tmp_path):
    """A log of 10 MB takes some 80 ms; the bound is generous because machines are busy."""
    line = "[2026-03-04 10:11:12,345] INFO step 1234 loss=0.1234 gpu0 97% in torch/nn/modules/module.py line 1750\n"
    path = tmp_path / "big.log"
    path.write_text(line * (10 * 2**20 // len(line)) + WARNING, encoding="utf-8")
    start = time.monotonic()
    report, _ = report_of("explain", str(path))
    assert time.monotonic() - start < 5
    assert report["matches"][0]["id"] == "pt-cubin"


GB10 = ("UserWarning:\n    Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.\n    Minimum and Maximum cuda "
        "capability supported by this version of PyTorch is\n    (8.0) - (12.0)\n")
ADA = ("NVIDIA GeForce RTX 4090 with CUDA capability sm_89 is not compatible with the current PyTorch installation.\n"
       "The current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90.\n")


@pytest.mark.parametrize("text", [GB10, ADA, EXAMPLES["tf-noise"], EXAMPLES["xla-parallel"],
                                  "why does nvidia-smi show CUDA 13.0 but torch.version.cuda says 11.8?",
                                  "我装了CUDA 11.8为什么torch.version.cuda是12.1"])
def test_a_false_alarm(text):
    report, status = report_of("explain", "-", stdin=text)
    assert [f["code"] for f in report["findings"]] == ["false-alarm"] and status == 0
    assert {a["action"] for a in report["advice"]} <= {"nothing"}


@pytest.mark.parametrize("driver, cuda, torch", [("535.183.01", "12.2", "2.7.1+cu128"),
                                                 ("580.65.06", "13.0", "2.5.1+cu118")])
def test_another_cuda_than_the_drivers(driver, cuda, torch):
    """Lower or higher than the wheel's, within what is allowed: it runs, and nothing is to be done."""
    text = (f"| NVIDIA-SMI {driver}   Driver Version: {driver}   CUDA Version: {cuda}  |\n"
            f"|   0  NVIDIA GeForce RTX 3090        Off | 00000000:01:00.0  On |\ntorch {torch}\n")
    report, status = report_of("explain", "-", stdin=text)
    assert (report["verdict"], report["facts"]["driver_cuda"], status) == ("runs", cuda, 0)
    assert [a["action"] for a in report["advice"]] == ["nothing"]


@pytest.mark.parametrize("text, machine, verdict, code", [
    ("why is torch.cuda.is_available() False?", "windows-laptop", "no", "ptx-old"),
    ("torch.cuda.is_available() 返回 False", "no-driver", "no", "no-driver"),
    ("is my card too old for this", "desktop-rtx-4090", "runs", None),
    (CRASH, "windows-laptop", None, None), ("compute capability", "windows-laptop", None, None)])
def test_what_is_installed_there(text, machine, verdict, code):
    """A question or a failure that names no package is about what lies on the machine that is given with it."""
    report, _ = report_of("explain", "-", "--machine", SOURCE / "tests" / "machines" / f"{machine}.json", stdin=text)
    assert report["verdict"] == verdict
    assert code is None or code in {f["code"] for f in report["findings"]}
    assert all(a["action"] != "ask" for a in report["advice"])


@pytest.mark.parametrize("text, piece", [
    ("RTX 5090", "570.86.16"), ("GTX 1080", "last line of drivers for it is 580"), ("cu128", "525.60.13"),
    ("what driver do I need for CUDA 13", "580"), ("can I use CUDA 13 on driver 570?", "R570 is a line")])
def test_drivers_are_told(text, piece):
    report, _ = report_of("explain", text)
    assert any(piece in m["meaning"] for m in report["matches"])


# --- the driver is not known ---------------------------------------------------------------------

def warned(gpu, target):
    return (f"{gpu} with CUDA capability {target} is not compatible with the current PyTorch installation.\n"
            "The current PyTorch install supports CUDA capabilities sm_37 compute_37.\n")


def lower(version):
    """The version just below: its last number that is not 0 counted down."""
    parts = [int(part) for part in version.split(".")]
    last = max(i for i, part in enumerate(parts) if part)
    return ".".join(str(n) for n in [*parts[:last], parts[last] - 1, *[999] * (len(parts) - last - 1 or 1)])


@pytest.mark.parametrize("system", ["windows", "linux"])
@pytest.mark.parametrize("gpu, target, choices", [
    ("NVIDIA GeForce RTX 5060 Laptop GPU", "sm_120", 2), ("NVIDIA GeForce RTX 5090", "sm_120", 2),
    ("NVIDIA GeForce RTX 3060", "sm_86", None), ("NVIDIA GeForce GTX 1080", "sm_61", 1), ("Tesla V100-SXM2-32GB", "sm_70", 1),
    ("NVIDIA B300", "sm_103", None)])
def test_each_build_runs_from_the_driver_on_that_it_takes_for_granted(gpu, target, choices, system):
    report, _ = report_of("explain", warned(gpu, target), "--os", system)
    installs = [a for a in report["advice"] if a["action"] == "install"]
    assert len(installs) == choices or choices is None
    floors = []
    for advice in installs:
        first, floor = advice["installs"][0], advice["proof"]["assumes"]["driver"].removeprefix(">=")
        verdicts = [report_of("check", "--machine", "-", "--os", system, "--gpu", gpu, "--driver", driver, "--with",
                              f"torch=={first['version']}+{first['variant']}")[0]["verdict"]
                    for driver in (floor, lower(floor))]
        assert verdicts[0] == advice["proof"]["verdict"] == "runs" and verdicts[1] != "runs"
        assert all("--force-reinstall" in c["text"] and first["index"] in c["text"] for c in advice["commands"])
        floors.append([int(part) for part in floor.split(".")])
    assert floors == sorted(floors), "what runs with more drivers comes first"


def test_an_older_driver_is_served_first():
    """The laptop of the note came with 576.02: the first command runs there, the second says from which driver on."""
    report, _ = report_of("explain", warned("NVIDIA GeForce RTX 5060 Laptop GPU", "sm_120"))
    first, second = report["advice"]
    pins = [f"torch=={a['installs'][0]['version']}+{a['installs'][0]['variant']}" for a in (first, second)]
    verdicts = [report_of("check", "--machine", "-", "--os", "windows", "--gpu", "RTX 5060 Laptop", "--driver", "576.02",
                          "--with", pin)[0]["verdict"] for pin in pins]
    assert verdicts == ["runs", "no"]
    assert second["driver"]["min"] == "580"


def test_an_unknown_system_gets_a_build_for_both():
    report, _ = report_of("explain", warned("NVIDIA GeForce RTX 5090", "sm_120"))
    for advice in report["advice"]:
        assert "os" not in advice["proof"]["assumes"]
        pin = f"torch=={advice['installs'][0]['version']}+{advice['installs'][0]['variant']}"
        for system in ("linux", "windows"):
            assert report_of("check", "--machine", "-", "--os", system, "--gpu", "RTX 5090", "--driver", "610",
                             "--with", pin)[0]["verdict"] == "runs"
    amd, _ = report_of("explain", "RX 7900 XTX")
    assert amd["advice"][0]["proof"]["assumes"]["os"] == "linux"
