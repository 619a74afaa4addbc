#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the tests of a build directory and counts them one by one: Meson counts test programs.

usage: run_tests.py BUILD [OPTION OF meson test]...
The last line is "N passed, N failed, N skipped"; the exit status is Meson's.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

# pytest sums up in words, cmocka line by line, and names again at its end what did not pass.
PYTEST = re.compile(r"(\d+) (passed|failed|skipped|error)")
CMOCKA = {"passed": re.compile(r"^\[ +OK +\] \w+$", re.M),
          "failed": re.compile(r"^\[ +FAILED +\] \w+$", re.M),
          "skipped": re.compile(r"^\[ +SKIPPED +\] \w+$", re.M)}


def count(test):
    """{"passed": n, "failed": n, "skipped": n} of one test program."""
    output = test.get("stdout", "") + "\n" + test.get("stderr", "")
    counts = {word: len(set(line.findall(output))) for word, line in CMOCKA.items()}
    last_line = output.strip().rsplit("\n", 1)[-1]
    for number, word in PYTEST.findall(last_line) if " in " in last_line else []:
        counts["failed" if word == "error" else word] += int(number)
    if test["result"] not in ("OK", "SKIP") and not counts["failed"]:
        counts["failed"] = 1  # it crashed, or did not end in time
    return counts


def main():
    build, options = sys.argv[1], sys.argv[2:]
    status = subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs",
                             *options], check=False).returncode
    log = Path(build, "meson-logs", "testlog.json").read_text(encoding="utf-8")
    counts = [count(json.loads(line)) for line in log.splitlines()]
    sums = {word: sum(c[word] for c in counts) for word in CMOCKA}
    print(", ".join(f"{number} {word}" for word, number in sums.items()))
    return status


if __name__ == "__main__":
    sys.exit(main())
