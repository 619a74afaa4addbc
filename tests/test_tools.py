# SPDX-License-Identifier: MIT
"""The scripts behind `make`, with stand-ins for the system's programs."""
import os
import platform
import shutil
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


@pytest.fixture
def sources(bench, tmp_path):
    """build-libraries.sh in a tree of its own; apt-get and cmake write down what they are asked."""
    system = platform.freedesktop_os_release()
    if system["ID"] != "debian":
        pytest.skip("needs Debian")
    put, call = bench
    script = tmp_path / "a house" / "tools" / "build-libraries.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(SOURCE / "tools" / script.name, script)
    asked = tmp_path / "asked"
    release = f"/dists/{system['VERSION_CODENAME']}"
    put("apt-get", f"""case "$*" in
*print-uris*) for suite in one{release} two{release}-security three/dists/sid four{release}-pgdg; do
    echo "'http://$suite/InRelease' name 0"
    echo "'http://$suite/main/binary-amd64/Packages.xz' name 0"
    done ;;
*source*) cp "$(sed -n 's/.*SourceList "\\(.*\\)";/\\1/p' "$2")" {asked}.list
    for package in "$@"; do :; done
    echo "$package" >>{asked}; mkdir "$package-1" ;;
esac""")
    put("cmake", """test "$1" != --install || {
    name=$(basename "$(dirname "$2")") lib=$(dirname "$2")/../../lib
    mkdir -p "$lib"; touch "$lib/lib${name#lib}.a"
}""")

    def build(name):
        asked.write_text("", encoding="utf-8")
        return call(script, name), asked.read_text(encoding="utf-8").split()
    return put, build, script, tmp_path / "asked.list"


def test_libraries_are_built_once_from_debian(sources):
    _, build, script, listed = sources
    assert build("linux")[1] == ["libzip", "libzstd", "lz4"]
    assert build("windows")[1] == ["libzip", "libzstd", "lz4", "jansson"]
    lines = [line.split()[2:] for line in listed.read_text(encoding="utf-8").splitlines()]
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    assert lines == [["http://one", release, "main"], ["http://two", release + "-security", "main"]]
    done, asked = build("linux")
    assert (done.returncode, done.stderr, asked) == (0, "", [])
    with script.open("a", encoding="utf-8") as recipe:
        recipe.write("# another recipe\n")
    assert build("linux")[1] == ["libzip", "libzstd", "lz4"]


def test_libraries_that_failed_are_tried_again(sources):
    put, build, _, _ = sources
    put("cmake", "echo no compiler; exit 1")
    for _ in range(2):
        done, asked = build("linux")
        assert done.returncode != 0 and "no compiler" in done.stderr and asked == ["libzip"]
