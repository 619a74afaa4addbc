# SPDX-License-Identifier: MIT
"""Any arguments: an answer or an error, never a crash, and always one JSON object of ours.

The command lines are made from seeds, so that a failure can be seen again: GPUMATCH_SEEDS=7 runs
one, GPUMATCH_SEEDS=0-9999 many.
"""
import json
import os
import random

import pytest

from paths import SOURCE, run
from reports import validate

MACHINE = {
    "--machine": ["-", "x.json", ""],
    "--gpu": ["RTX 5060 Laptop", "RTX 4090", "sm_120", "sm_90a", "sm_7", "gfx1100", "gfx90a:xnack+",
              "10de:2d19", "10de:ffff", "none", "bmg", "Tesla T4", "H100", "RTX 9999 Super"],
    "--driver": ["576.02", "none", "550.54.14", "999.99", "0", "390.157"],
    "--kernel-module": ["open", "closed", "ajar"],
    "--os": ["linux", "windows", "macos", "wsl", "dos"],
    "--arch": ["x86_64", "aarch64", "arm64", "vax"],
    "--python": ["3.11", "3.14t", "2.7", "3"],
    "--glibc": ["2.35", "2.17", "x"],
}
JUDGED = {
    "--with": ["torch==2.7.1+cu118", "torch==2.11.0", "torch==0.4.1", "torch==2.9.0+rocm6.4",
               "torch==2.9.0+cpu", "torch==2.99", "torch==x", "nvidia-cudnn-cu12==9.11.0.98",
               "nothing==1", "torch"],
    "--code": ["sm_80 sm_90 compute_90", "8.0;9.0+PTX", "80-real;90-virtual", "gfx90a;gfx1100",
               "compute_70:ptx6.3", "sm_120:zstd", "sm_120f", "", ";;", "compute_999"],
}
WANTED = {"--platform": ["cu128", "rocm6.4", "xpu", "cpu", "cu999"],
          "--channel": ["stable", "nightly", "x"],
          "--installer": ["pip", "uv", "conda", "libtorch", "x"]}
OUTPUT = {"--lang": ["en", "zh", "zh_CN.UTF-8", "fr"], "--color": ["always", "never", "x"]}
LOOSE = ["torch", "torch==2.10.0", "torchvision", "/dev/null", "/nowhere", "sm_120", "-v", "-q",
         "--images", "--modules", "--require", "--", "-", "--bogus", "算力", "2.7.1+cu118", "cu118",
         "--here"]
COMMANDS = {"check": {**MACHINE, **JUDGED}, "pick": {**MACHINE, **WANTED},
            "scan": {"--require": JUDGED["--code"]}, "explain": MACHINE, "show": {}}
SHOWN = ["gpus", "archs", "toolkits", "drivers", "builds", "errors", "libraries", "gpu"]
PASTED = [case["stdin"] for case in json.loads(
    (SOURCE / "tests" / "acceptance" / "cases.json").read_text(encoding="utf-8"))
    if case.get("stdin")]
NOISE = ["", " ", "\t", "\n", "\x1b[31m", "'", '"', "\\", "%s%n", "{gpu}", ";", "+", "=", "==", ":",
         "\u202e", "显卡", "\U0001f600", "9" * 40, "x" * 3000, "-1", "0x10"]


def damaged(word, dice):
    """The word with something cut out, repeated or put in."""
    place = dice.randint(0, len(word))
    return dice.choice([word[:place], word[place:], word + word, dice.choice(NOISE),
                        word[:place] + dice.choice(NOISE) + word[place:]])


def command_line(seed):
    dice = random.Random(seed)
    command = dice.choice(list(COMMANDS))
    options = {**COMMANDS[command], **OUTPUT}
    words = [command]
    if command == "show":
        words += [dice.choice(SHOWN), *dice.choices(MACHINE["--gpu"] + LOOSE, k=dice.randint(0, 2))]
    for name in dice.choices(list(options), k=dice.randint(0, 6)):
        value = dice.choice(options[name])
        value = damaged(value, dice) if dice.random() < 0.25 else value
        words += [f"{name}={value}"] if dice.random() < 0.3 else [name, value]
    words += dice.choices(LOOSE, k=dice.randint(0, 2))
    if dice.random() < 0.1:
        dice.shuffle(words)
    if dice.random() < 0.1:
        words[dice.randrange(len(words))] = damaged(dice.choice(words), dice)
    return [word.replace("\0", "") for word in words]


def seeds():
    first, _, last = os.environ.get("GPUMATCH_SEEDS", "0-199").partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.mark.parametrize("seed", seeds())
def test_any_arguments(seed):
    words = command_line(seed)
    done = run(*words[:1], "--json", *words[1:], stdin="")
    assert done.returncode in range(6), (words, done.stderr)
    if not done.stdout.startswith("{") and {"--help", "-h", "--version", "-V"} & set(words):
        return
    assert done.stderr == "", words
    report = json.loads(done.stdout)
    validate(report)
    assert not report.get("message", "").startswith("error."), report  # a sentence, not its id
    text = run(*words, stdin="")
    assert text.returncode == done.returncode or words[0] not in COMMANDS, words
    if not any("color" in word for word in words):
        assert "\x1b" not in text.stdout + text.stderr, words


@pytest.mark.parametrize("seed", seeds())
def test_any_text(seed):
    dice = random.Random(seed)
    text = dice.choice(PASTED)
    for _ in range(dice.randint(1, 6)):
        text = damaged(text, dice) if dice.random() < 0.5 else text + "\n" + dice.choice(PASTED)
    words = ["explain", "-", "--json", *dice.choice([[], ["--lang", "zh"], ["--os", "windows"]])]
    done = run(*words, stdin=text)
    assert done.returncode in range(6) and done.stderr == "", text
    validate(json.loads(done.stdout))
