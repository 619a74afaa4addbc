# SPDX-License-Identifier: MIT
"""Rules that hold for every source file."""
import re
import shutil
import subprocess

import pytest

from paths import SOURCE, tracked

LONGEST_FILE = 600
WORST_COMPLEXITY = 25
OS_MACRO = re.compile(r"#\s*(if|ifdef|ifndef|elif)\b.*\b(_WIN32|_WIN64|__linux__|__APPLE__)\b")
BANNED = re.compile(r"\b(strcat|sprintf|gets|strtok|atoi|alloca|mmap)\s*\(")
QUIET_LAYERS = {"base", "model", "hostfile", "gpucode", "catalog", "scan", "judge", "advise",
                "explain", "report", "snapshot", "store", "package", "probe", "words", "api"}
LOUD = re.compile(r"\b(printf|puts|putchar|exit|abort|assert|fputs|perror)\s*\(")


def c_files():
    return [p for p in tracked("*.c", "*.h") if p.suffix in (".c", ".h")]


def code_of(path):
    """Without comments and texts."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', " ", text, flags=re.S)


def test_first_line_names_the_licence():
    for path in c_files() + tracked("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()[:2]
        assert any("SPDX-License-Identifier: MIT" in line for line in lines), path


def test_files_are_short():
    for path in c_files() + tracked("*.py"):
        count = len(path.read_text(encoding="utf-8").splitlines())
        assert count <= LONGEST_FILE, f"{path}: {count} lines"


def test_system_macros_only_in_os():
    for path in (SOURCE / "src").rglob("*.[ch]"):
        if path.parent.name != "os":
            assert not OS_MACRO.search(path.read_text(encoding="utf-8")), path


def test_nothing_is_left_undone():
    for path in tracked("src/*", "tools/*", "include/*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", text), path


def test_every_test_is_run():
    for path in tracked("tests/test_*.py", "tests/unit/test_*.c"):
        registered = (path.parent / "meson.build").read_text(encoding="utf-8")
        name = path.stem if path.suffix == ".py" else path.stem.removeprefix("test_")
        assert f"'{name}'" in registered, f"{path} is in no meson.build"


def test_dangerous_functions_are_not_used():
    for path in (SOURCE / "src").rglob("*.[ch]"):
        found = BANNED.search(code_of(path))
        assert not found, f"{path}: {found[0]}"


def test_the_library_is_quiet():
    for path in (SOURCE / "src").rglob("*.c"):
        found = LOUD.search(code_of(path)) if path.parent.name in QUIET_LAYERS else None
        assert not found, f"{path}: {found[0]}"


def test_editorconfig_holds():
    for path in tracked("*"):
        if {"nvcc", "mingw", "found"} & set(path.parts):  # real files of compilers, what fuzzers found
            continue
        text = path.read_bytes().decode("utf-8")
        assert "\r" not in text and text.endswith("\n"), path
        if path.suffix != ".tsv":  # an empty last column
            assert not re.search(r"[ \t]$", text, re.M), path
        if path.suffix in (".c", ".h", ".py"):
            assert "\t" not in text, path


@pytest.mark.skipif(not shutil.which("clang-format"), reason="no clang-format")
def test_format_holds():
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *map(str, c_files())],
                          capture_output=True, text=True, cwd=SOURCE, check=False)
    assert done.returncode == 0, done.stderr[:2000]


@pytest.mark.skipif(not shutil.which("pmccabe"), reason="no pmccabe")
def test_functions_are_simple():
    files = [str(p) for p in (SOURCE / "src").rglob("*.c")]
    lines = subprocess.run(["pmccabe", *files], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    worst = [line for line in lines if int(line.split()[0]) > WORST_COMPLEXITY]
    assert lines and not worst, "\n".join(worst)
