# SPDX-License-Identifier: MIT
"""What depends on where the program writes: terminals, pipes, links; and being interrupted."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import threading
import time
import unicodedata
import zlib

from pathlib import Path

import pytest

from paths import BUILD, PROGRAM, run

NOTE = ["check", "--machine", "-", "--os", "windows", "--gpu", "RTX 5060 Laptop", "--driver",
        "576.02", "--with", "torch==2.7.1+cu118"]

FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", BUILD / "tests" / "fixtures"))


class Terminal:
    """gpumatch (or another program) on a terminal of `columns`."""

    def __init__(self, *args, columns=80, env=None, program=(PROGRAM,)):
        try:
            self.controller, self.terminal = pty.openpty()
        except OSError:  # in some containers
            pytest.skip("no pseudo terminals here")
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("GPUMATCH_LANG", "LANG", "NO_COLOR")}
        environment.update({"LC_ALL": "C.UTF-8", "TERM": "xterm", **(env or {})})
        self.process = subprocess.Popen([*program, *map(str, args)], stdin=self.terminal, stdout=self.terminal,
                                        stderr=self.terminal, env=environment, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.controller)
        os.close(self.terminal)

    def text(self):
        """All that it writes until it ends. The other side stays open here: when nobody has it any
        more, Linux may say so before the last bytes have come through."""
        shown, ended = b"", False
        while True:
            ended = ended or self.process.poll() is not None
            if select.select([self.controller], [], [], 0.05)[0]:
                shown += os.read(self.controller, 65536)
            elif ended:
                return shown.decode("utf-8").replace("\r\n", "\n")


def on_terminal(*args, **how):
    with Terminal(*args, **how) as terminal:
        return terminal.text()


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 60, 100])
def test_text_fits_the_terminal(lang, columns):
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(*NOTE, "--lang", lang, columns=columns))
    assert "torch==2.11.0" in shown
    for line in shown.splitlines():
        if "pip install" not in line and "gpumatch explain" not in line:  # to be copied whole
            assert width(line) <= columns, line


def test_colour_is_for_terminals():
    assert "\x1b[" in on_terminal(*NOTE)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(*NOTE, env=env)
    assert "\x1b" not in on_terminal(*NOTE, "--color", "never")
    assert "\x1b" not in on_terminal(*NOTE, "--json")


def test_interrupted_while_it_waits_for_text():
    with Terminal("explain") as terminal:
        deadline, asleep = time.monotonic() + 5, 0
        while asleep < 3 and time.monotonic() < deadline:  # until it waits for us
            time.sleep(0.02)
            with open(f"/proc/{terminal.process.pid}/stat", encoding="utf-8") as facts:
                asleep = asleep + 1 if facts.read().rpartition(")")[2].split()[0] == "S" else 0
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(timeout=10) == 5
        shown = terminal.text()
        assert "Paste the message" in shown and shown.count("gpumatch:") == 1


def test_pasted_into_a_terminal():
    with Terminal("explain") as terminal:
        os.write(terminal.controller, b"GPU with CUDA capability sm_120 is not compatible with the\n"
                                      b"current PyTorch installation.\n\x04")
        assert "pip install" in terminal.text() and terminal.process.wait(timeout=10) in (0, 1)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A wheel whose library takes some seconds to inflate: one block of noughts, over and over."""
    library, block, times = (FIXTURES / "so-x86-64").read_bytes(), bytes(1 << 24), 250
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    first = packer.compress(library) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * times + packer.flush()
    crc = zlib.crc32(library)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    name = b"torch/lib/libtorch_cuda.so"
    facts = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0x21, crc, len(packed), len(library) + times * len(block),
                        len(name), 0)
    local = b"PK\3\4" + facts + name + packed
    central = b"PK\1\2" + struct.pack("<H", 20) + facts + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
    file = tmp_path_factory.mktemp("long") / "torch-2.9.1-cp311-cp311-linux_x86_64.whl"
    file.write_bytes(local + central + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local), 0))
    return file


PROGRESS = re.compile(r"\r[\d.]+ \w+ of [\d.]+ \w+, [\d.]+ \w+/s +[\w.-]+ *\r")


def test_progress_after_half_a_second(long):
    with Terminal("scan", long) as terminal:
        shown = terminal.text()
    assert PROGRESS.search(shown)
    # The last one is covered with blanks before the answer.
    assert re.search(r"\r +\r[^\r]*sm_", shown)


@pytest.mark.parametrize("file, how", [("short", {}), ("long", {"env": {"TERM": "dumb"}})])
def test_no_progress(long, file, how):
    assert "\r" not in on_terminal("scan", long if file == "long" else FIXTURES / "so-x86-64", **how)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_interrupted_while_it_reads(long, options):
    """Once: what was read, marked as incomplete."""
    with Terminal("scan", long, *options) as terminal:
        shown = ""
        while not PROGRESS.search(shown):
            shown += os.read(terminal.controller, 4096).decode()
        terminal.process.send_signal(signal.SIGINT)
        shown += terminal.text()
        assert terminal.process.wait(timeout=10) == 5
    answer = shown.rpartition("\r")[2]
    if options:
        assert json.loads(answer)["complete"] is False
    else:
        assert "Not everything could be read." in answer


def test_output_into_a_pipe_leaves_the_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert run(*NOTE, "--json", "-o", pipe).returncode == 1
    reader.join(timeout=10)
    assert json.loads(got[0])["verdict"] == "no" and pipe.is_fifo()
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_output_through_a_link_leaves_the_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    assert run(*NOTE, "--json", "-o", link).returncode == 1
    assert link.is_symlink() and json.loads(target.read_text(encoding="utf-8"))["verdict"] == "no"
