# SPDX-License-Identifier: MIT
"""explain: each message of the table by a real example, in every language."""
import csv

import pytest

from paths import SOURCE, run
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


@pytest.mark.parametrize("message", sorted(EXAMPLES))
def test_example(message):
    """The example is this message, not another one; and it says what its row says."""
    row, text = MESSAGES[message], EXAMPLES[message]
    report, _ = report_of("explain", "-", stdin=text)
    found = {m["id"]: m for m in report["matches"] if m["id"] in MESSAGES}
    assert list(found) == [message]
    assert found[message]["kind"] == row["kind"]
    assert "{" not in found[message]["meaning"], "a fact of the sentence is missing"
    if row["error"] != "-":
        assert report["facts"]["error"] == int(row["error"])
    if "nothing" in row["action"].split("|"):
        assert {a["action"] for a in report["advice"]} == {"nothing"}
    # The same without any line break, and with a break in the place of every blank.
    for other in (text.replace("\n", " "), text.replace(" ", "\r\n")):
        again, _ = report_of("explain", "-", stdin=other)
        assert [m["id"] for m in again["matches"] if m["id"] in MESSAGES] == [message]


@pytest.mark.parametrize("text", [
    "ModuleNotFoundError: No module named 'requests'", "npm ERR! code E404", "今天天气很好",
    "Segmentation fault (core dumped)", "Error 209: quota exceeded", "driver 12.0 of the bus"])
def test_what_is_not_about_gpus(text):
    report, status = report_of("explain", "-", stdin=text)
    assert (report["matches"], report["findings"], report["advice"]) == ([], [], [])
    assert status == 4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_left_open(language):
    """No placeholder and no id stands in the text of any message."""
    for message, text in EXAMPLES.items():
        done = run("explain", "--lang", language, "-", stdin=text)
        shown = done.stdout.replace(text, "")
        assert "explain." not in shown and "finding." not in shown, message
        assert "{device}" not in shown and "{driver" not in shown, message
