# SPDX-License-Identifier: MIT
"""Runs a command of gpumatch again and again, each time with another allocation or reading that fails."""
import difflib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from paths import BUILD, SOURCE

TORTURED = BUILD / "tests" / "torture" / "gpumatch-torture"
KINDS = ("memory", "read", "cut")
# What says of a file that it was not read, or not to its end, and of a fact that it is not known.
ADMISSIONS = ("cannot be read", "is damaged", "not known", "could not", "does not end", "unclear", "cannot tell",
              "cannot judge", '"answer": "failed"')


def run_once(args, stdin, environment, fail=None, calls=None):
    more = {"GPUMATCH_FAIL": fail, "GPUMATCH_CALLS": calls}
    return subprocess.run([str(TORTURED), *map(str, args)], input=stdin.encode() if stdin else b"", capture_output=True,
                          timeout=60, check=False,
                          env={**environment, **{k: str(v) for k, v in more.items() if v}})


def said(done):
    """What the program says of an answer that is not the usual one; None where it says nothing."""
    errors, text = (s.decode("utf-8", "replace") for s in (done.stderr, done.stdout))
    if done.returncode in (2, 3, 5) and errors.startswith("gpumatch: "):
        return errors
    if text.startswith("{"):
        try:
            report = json.loads(text)
        except json.JSONDecodeError:  # what had been written when it ended, and the error
            return text if done.returncode == 5 and '"gpumatch.error/1"' in text else None
        if report["schema"] == "gpumatch.error/1":
            return report["message"]
        if "gpus" in report.get("unknown", ()) or any(
                f["code"] in ("unreadable", "damaged") for f in report.get("findings", ())):
            return text
    text = " ".join(text.split())
    return text if any(words in text for words in ADMISSIONS) else None


def changes(usual, done):
    """The first lines that differ."""
    texts = [(d.stdout + d.stderr).decode("utf-8", "replace").splitlines() for d in (usual, done)]
    lines = difflib.unified_diff(*texts, lineterm="", n=0)
    return "  ".join([line for line in lines if not line.startswith(("---", "+++", "@@"))][:6])


def complaint(usual, done, kind):
    """What is wrong with this end; None when it is as it should be."""
    noise = done.stderr + done.stdout
    if done.returncode not in range(6) or b"Sanitizer" in noise or b"runtime error" in noise:
        return f"ended with {done.returncode}: {noise[-1500:].decode('utf-8', 'replace')}"
    if (done.returncode, done.stdout, done.stderr) == (usual.returncode, usual.stdout, usual.stderr):
        return None
    # libzip takes some of its own failures for a damaged archive.
    if kind == "memory" and done.returncode != 5 and not (done.returncode == 3 and said(done)):
        return f"another answer with exit status {done.returncode}: {changes(usual, done)}"
    return None if said(done) else f"no sentence, exit status {done.returncode}: {changes(usual, done)}"


def torture(args, stdin=None, env=None, most=None):
    """(number of runs, complaints). `most`: so many of each kind, spread over all; None: every one."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GPUMATCH_LANG", "LANG")}
    environment.update({"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(BUILD / "no-configuration"),
                        "LSAN_OPTIONS": f"suppressions={SOURCE}/tests/torture/leaks.supp:print_suppressions=0", **(env or {})})
    with tempfile.NamedTemporaryFile("r", dir=BUILD, suffix=".calls") as calls:
        usual = run_once(args, stdin, environment, calls=calls.name)
        allocations, readings = map(int, Path(calls.name).read_text(encoding="utf-8").split())
    runs, complaints = 0, []
    for kind, count in zip(KINDS, (allocations, readings, readings)):
        step = -(-count // most) if most and count else 1
        for number in range(1 + allocations % step, count + 1, step):
            runs += 1
            wrong = complaint(usual, run_once(args, stdin, environment, fail=f"{kind}:{number}"), kind)
            if wrong:
                complaints.append(f"{kind}:{number} {wrong}")
    return runs, complaints
