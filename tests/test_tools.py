# SPDX-License-Identifier: MIT
"""The scripts behind `make run`, with stand-ins for the system's programs."""
import os
import subprocess

import pytest

from paths import SOURCE


@pytest.fixture
def bench(tmp_path):
    """(put a stand-in on the PATH, run a script of tools/)"""
    def put(name, body):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def call(script, *args):
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        return subprocess.run([SOURCE / "tools" / script, *args], capture_output=True, text=True,
                              env=environment, stdin=subprocess.DEVNULL, check=False)
    return put, call


@pytest.mark.parametrize("status, succeeds", [(0, True), (1, True), (4, True), (2, False), (3, False),
                                              (5, False), (139, False)])
def test_run_succeeds_when_a_report_was_printed(bench, status, succeeds):
    put, call = bench
    done = call("run.sh", put("gpumatch", f'echo "report $*"; exit {status}'))
    assert (done.returncode == 0) == succeeds
    assert done.stdout.startswith("report")


@pytest.mark.parametrize("devices, example", [("[]", True), ('[{"index": 0, "vendor": "amd"}]', False)])
def test_run_shows_an_example_where_no_gpu_is(bench, devices, example):
    put, call = bench
    program = put("gpumatch", f"""case "$*" in
*--json*) echo '{{"devices": {devices}}}' ;;
*--with*) echo example ;;
*) echo here ;;
esac""")
    done = call("run.sh", program)
    assert done.stdout.startswith("here") and ("example" in done.stdout.splitlines()) == example


@pytest.fixture
def debian(bench):
    """A Debian that has gcc, and python3 on hold; apt-get tells what it is asked."""
    put, call = bench
    put("dpkg-query", "printf 'ii  gcc\\nhi  python3\\nrc  meson\\n'; exit 1")
    put("apt-get", 'echo "$@" >&2')
    put("sudo", 'test "$1" != -n || exit 1; "$@"')

    def install(user, *groups):
        put("id", f"echo {user}")
        return call("install-packages.sh", *groups)
    return install


def test_root_installs_what_is_missing(debian):
    done = debian(0, "build")
    asked = [line for line in done.stderr.splitlines() if line.startswith("install")]
    assert done.returncode == 0 and len(asked) == 1
    packages = asked[0].split()
    assert {"meson", "ninja-build", "python3-polib"} <= set(packages)
    assert not {"gcc", "python3", "clang"} & set(packages)


def test_others_are_told_what_to_type(debian):
    done = debian(1000, "build", "clang")
    typed = next(line for line in done.stderr.splitlines() if "apt-get install" in line)
    assert done.returncode == 1 and "meson" in typed and "clang" in typed and "python3-polib" in typed
    assert "sudo" in typed
