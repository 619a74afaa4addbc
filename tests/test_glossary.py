# SPDX-License-Identifier: MIT
"""explain: the pages of the glossary."""
import re

import pytest

from reports import report_of
from test_words import texts

MACHINE = ["--machine", "-", "--gpu", "RTX 5060", "--gpu", "RTX 3060", "--driver", "580.65.06", "--python", "3.12",
           "--glibc", "2.39"]
AMD = ["--machine", "-", "--gpu", "RX 7900 XTX"]


def page_of(term, language="en", *flags):
    report, status = report_of("explain", term, "--lang", language, *flags)
    assert status == 0
    page = next(m for m in report["matches"] if m["kind"] == "term" and m["id"] == term)
    assert "{" not in page["meaning"] and "term." not in page["meaning"]
    return page["meaning"], report


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("term", sorted(i.split(".")[1] for i in texts("en") if re.fullmatch(r"term\..*\.name", i)))
def test_a_page_of_the_glossary(term, language):
    """Sentence, paragraph, example, related terms; the example is about the machine where it is known."""
    sentences = texts(language)
    page, report = page_of(term, language)
    lines = page.split("\n")
    assert lines[0].endswith(sentences[f"term.{term}.short"]) and lines[1] == sentences[f"term.{term}.text"]
    assert lines[2] == sentences["explain.term.example"].format(sentence=sentences[f"term.{term}.example"])
    assert len(lines) == 4 and report["advice"] == []
    own = sentences.get(f"term.{term}.yours")
    pages = [page_of(term, language, *MACHINE)[0], page_of(term, language, *AMD)[0]]
    if own and "{torch}" not in own and "{gfx}" not in own:
        assert "RTX 5060" in pages[0] or "580.65.06" in pages[0] or "3.12" in pages[0] or "2.39" in pages[0]
    if own and "{gfx}" in own:
        assert "gfx1100" in pages[1] and lines[2] in pages[0]


def test_an_example_out_of_the_text():
    report, _ = report_of("explain", "what is the compute capability of an RTX 4070?")
    page = next(m["meaning"] for m in report["matches"] if m["kind"] == "term")
    assert "On your machine: RTX 4070 has compute capability 8.9" in page
