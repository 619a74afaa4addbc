# SPDX-License-Identifier: MIT
"""What lies in folders to be scanned need not be files, nor have decent names: each ends with a sentence."""
import json
import os
import struct
import sys
import zipfile

from pathlib import Path

import pytest

from paths import run
from reports import report_of

FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures"))
SO = "so-x86-64"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture(name="folder")
def make_folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.so").write_bytes((FIXTURES / SO).read_bytes())
    return folder


def scan_finds_the_good_one(folder):
    report, status = report_of("scan", folder)
    assert [Path(b["path"]).name for b in report["binaries"]] == ["good.so"]
    return report, status


def test_pipes_and_loops_in_a_tree_are_passed_by(folder):
    os.mkfifo(folder / "pipe.so")
    (folder / "loop").symlink_to(folder)
    (folder / "self.so").symlink_to("self.so")
    (folder / "zero.so").symlink_to("/dev/zero")
    assert scan_finds_the_good_one(folder)[1] == 0


def test_pipes_and_devices_by_name_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        for command in ("scan", "check"):
            done = run(command, path, env={"GPUMATCH_LANG": "en"})
            assert done.returncode == 5 and str(path) in done.stdout + done.stderr


def test_folders_too_deep_are_named(folder):
    deep = folder / Path(*["d"] * 70)
    deep.mkdir(parents=True)
    (deep / "x.so").write_bytes((FIXTURES / SO).read_bytes())
    report, status = scan_finds_the_good_one(folder)
    assert status == 5 and [f["code"] for f in report["findings"]] == ["unreadable"]


def test_names_in_broken_utf8(folder):
    (folder / "good.so").unlink()
    Path(os.fsdecode(os.fsencode(folder) + b"/bad-\xff\x1b[31m.so")).write_bytes((FIXTURES / SO).read_bytes())
    for more in ([], ["--json"]):
        done = run("scan", folder, *more)
        assert done.returncode == 0 and "bad-" in done.stdout and "\x1b" not in done.stdout
    json.loads(done.stdout)


def test_a_hundred_thousand_files(folder):
    many = folder / "many"
    many.mkdir()
    for i in range(100000):
        os.close(os.open(many / f"{i:06}", os.O_CREAT | os.O_WRONLY))
    assert scan_finds_the_good_one(folder)[0]["files"] >= 100000


def test_members_that_expand_without_measure(tmp_path):
    """200 MB of zeros in 200 KB, as a library and as an archive in an archive: an end, and the rest."""
    bomb = tmp_path / "bomb.zip"
    zeros = b"\x7fELF\x02\x01\x01" + bytes(200 << 20)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("a.so", zeros)
        archive.write(FIXTURES / SO, "good.so")
    report, status = report_of("scan", bomb)
    assert status in (0, 3) and [b["path"].split("!/")[1] for b in report["binaries"]] == ["good.so"]


def test_an_archive_that_declares_more_members_than_it_has(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xfffe, 0xfffe, 46 * 0xfffe, 0, 0) + bytes(2000))
    _, status = report_of("scan", path)
    assert status in (0, 3)
