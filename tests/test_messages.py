# SPDX-License-Identifier: MIT
"""explain: each way to write a message of the table, each number of an error, in every language."""
import re

import pytest

from paths import run
from reports import report_of
from test_explain import EXAMPLES, MESSAGES, messages_in

# What may stand where a pattern has a field.
FIELDS = {"any": "x", "index": "0", "device": "NVIDIA GeForce RTX 5060", "cc": "12.0", "sm": "120", "gfx": "gfx1031",
          "target": "sm_120", "list": "sm_50 sm_60", "built": "- 7.5 which supports hardware CC >=7.5,<8.0",
          "ccmin": "8.0", "ccmax": "12.0", "torch": "2.7.1", "fixed": "2.1.2", "cuda": "12.8",
          "toolkit": "11.8", "requires": "12.8", "driver": "570.86", "driver_cuda": "12.8",
          "driver_api": "11040", "number": "555", "pci": "10de:2c31"}


def written(pattern):
    """A message as a pattern describes it."""
    return re.sub(r"\{(\w+)\}", lambda field: FIELDS[field[1]], pattern.strip("~")).replace("*", "x")


@pytest.mark.parametrize("message", sorted(MESSAGES))
def test_every_way_to_write_it(message):
    """Each pattern of a row is found, and no other row is more like it."""
    for pattern in MESSAGES[message]["pattern"].split(" || "):
        assert messages_in(written(pattern))[0] == [message], pattern


@pytest.mark.parametrize("number", sorted({n for row in MESSAGES.values()
                                           for n in re.findall(r"\d+", row["error"])}, key=int))
def test_every_number_of_an_error(number):
    """Alone and in a sentence; the row is the one that has the number."""
    for text in (number, f"CUDA error {number}", f"CUDA runtime error ({number}) : x"):
        found, report = messages_in(text)
        assert len(found) == 1 and number in re.findall(r"\d+", MESSAGES[found[0]]["error"])
        assert report["facts"]["error"] == int(number)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_left_open(language):
    """No placeholder and no id stands in the text of any message."""
    for message, text in EXAMPLES.items():
        done = run("explain", "--lang", language, "-", stdin=text)
        shown = done.stdout.replace(text, "")
        assert "explain." not in shown and "finding." not in shown, message
        assert "{device}" not in shown and "{driver" not in shown, message
