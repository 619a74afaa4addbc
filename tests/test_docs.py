#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pages for people show what really appears: every command in them is run and its output compared.

In a block of code a line that begins with "$ " or "> " is a command, what follows is its output. A comment
before the block (<!-- as: OPTIONS -->) says what stands for the reader's computer: those options are added.
Pages in Chinese (*.zh.md) speak Chinese. `make expectations` (this file as a program) writes the outputs anew.
"""
import re
import shlex
import subprocess
import sys

import pytest

from paths import SOURCE, run

PAGES = ["README.md", "README.zh.md", "docs/tutorial.md", "docs/tutorial.zh.md"]
BLOCK = re.compile(r"(?:<!-- as: ([^\n]*) -->\n)?```(\w*)\n(.*?)```\n", re.S)
COMMAND = re.compile(r"^[$>] (.*)\n((?:(?![$>] ).*\n)*)", re.M)
PICTURES = {"docs/first-screen.svg": "en", "docs/first-screen.zh.svg": "zh"}
# What continuous integration and other tests do, and getting the sources.
PROVEN_ELSEWHERE = re.compile(r"git clone |make (run|test|windows)\b"
                              # test_machines.py: gathered here, replayed here
                              r"|gpumatch (gather|check --machine) machine\.json$")


def language(page):
    return "zh" if page.endswith(".zh.md") else "en"


def output(command, options, lang):
    program, *args = shlex.split(command)
    assert program == "gpumatch", command
    args += [str(SOURCE / o) if o.startswith("tests/") else o for o in shlex.split(options or "")]
    done = run(*args, env={"GPUMATCH_LANG": lang})
    assert done.stderr == "", done.stderr
    return done.stdout


def refreshed(page):
    """The page with the outputs of today."""
    def block(found):
        body = COMMAND.sub(lambda c: c[0] if not c[1].startswith("gpumatch") else f"{c[0][:2]}{c[1]}\n" + output(
            c[1], found[1], language(page)), found[3])
        return found[0].replace(found[3], body)
    return BLOCK.sub(block, (SOURCE / page).read_text(encoding="utf-8"))


def commands(page):
    text = (SOURCE / page).read_text(encoding="utf-8")
    return [c[1] for found in BLOCK.finditer(text) for c in COMMAND.finditer(found[3])]


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_what_appears(page):
    assert refreshed(page) == (SOURCE / page).read_text(encoding="utf-8")
    assert len([c for c in commands(page) if c.startswith("gpumatch")]) >= 2


@pytest.mark.parametrize("page", PAGES)
def test_other_commands_are_what_gpumatch_says(page):
    text = (SOURCE / page).read_text(encoding="utf-8")
    printed = {line.strip() for found in BLOCK.finditer(text) for c in COMMAND.finditer(found[3])
               if c[1].startswith("gpumatch") for line in c[2].splitlines() if line.startswith("    ")}
    for command in commands(page):
        if not command.startswith("gpumatch"):
            assert command in printed or PROVEN_ELSEWHERE.match(command), command
    # A block without prompts is what such a block shows to be copied, or gets its command checked all the same.
    for found in BLOCK.finditer(text):
        for line in found[3].splitlines():
            if found[2] == "" and not COMMAND.search(found[3]) and line.strip():
                command = re.split(r"\s+# ", line)[0].strip()
                assert PROVEN_ELSEWHERE.search(command) or command in printed, line


@pytest.mark.parametrize("page", [p for p in PAGES if language(p) == "zh"])
def test_both_languages_show_the_same(page):
    assert commands(page) == commands(page.replace(".zh.md", ".md"))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (SOURCE / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert link.startswith("https://") or ((SOURCE / page).parent / link).exists(), link


def picture(lang):
    args = ["--machine", SOURCE / "tests/machines/windows-laptop.json", "--lang", lang]
    screen = run(*args, "--color", "always").stdout
    return subprocess.run([sys.executable, SOURCE / "tools" / "screen_svg.py", "gpumatch"], input=screen, text=True,
                          encoding="utf-8", capture_output=True, check=True).stdout


@pytest.mark.parametrize("file", PICTURES)
def test_picture_is_the_first_screen(file):
    shown = (SOURCE / file).read_text(encoding="utf-8")
    assert shown == picture(PICTURES[file]) and len(shown) < 16384


def main():
    for page in PAGES:
        text = refreshed(page)
        (SOURCE / page).write_text(text, encoding="utf-8")
    for file, lang in PICTURES.items():
        (SOURCE / file).write_text(picture(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
