# SPDX-License-Identifier: MIT
"""Sentences: every id that the program uses exists, every id that exists is used."""
import re
import shlex
import shutil
import subprocess
import sys

import polib
import pytest

from paths import BUILD, SOURCE, run

LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
# Ids that the program puts together: a pattern of the id, and where its variable part comes from.
# A part that is a table in data/ or another message is listed as "*".
CODES = re.compile(r'X\(\w+, "([a-z-]+)"\)')


def texts(language):
    return {e.msgid: e.msgstr or " ".join(e.msgstr_plural.values())
            for e in polib.pofile(str(SOURCE / "po" / f"{language}.po"))}


def literals():
    found = set()
    for path in [*(SOURCE / "src").rglob("*.[ch]")]:
        found |= set(LITERAL.findall(path.read_text(encoding="utf-8")))
    return found


def tokens(header, macro):
    """Tokens of an X-macro list."""
    text = (SOURCE / header).read_text(encoding="utf-8").replace("\\\n", " ")
    body = re.search(rf"#define {macro}\(X\)(.*)", text)[1]
    return re.findall(r'X\(\w+, "([^"]+)"', body)


def rows_of(table):
    lines = [line.rstrip("\n").split("\t") for line in (SOURCE / "data" / f"{table}.tsv").open(
        encoding="utf-8") if not line.startswith("#")]
    return [dict(zip(lines[0], row)) for row in lines[1:]]


def column(table, name):
    return {row[name] for row in rows_of(table)} - {"-"}


def required():
    """Ids that must exist because of how the program makes ids."""
    codes = tokens("src/model/finding.h", "GM_CODES")
    ids = {f"finding.{c}.{part}" for c in codes for part in ("title", "detail")}
    ids |= {f"verdict.{v}" for v in ("runs", "runs-jit", "unknown", "partly", "no")}
    ids |= {f"vendor.{v}" for v in ("nvidia", "amd", "intel")}
    grades = ("binary", "scanned", "catalog", "metadata", "stated")
    ids |= {f"evidence.{g}" for g in grades} | {f"report.grade.{g}" for g in grades}
    ids |= {f"feature.{f}" for f in column("libraries", "feature")}
    ids |= {f"report.shell.{shell}" for shell in ("sh", "cmd", "powershell")}
    options = re.findall(r'X\(\w+, "([a-z-]+)", .{1,4}, (true|false),',
                         (SOURCE / "src/cli/options.h").read_text(encoding="utf-8"))
    ids |= {f"help.option.{name}" for name, _ in options}
    ids |= {f"help.value.{name}" for name, value in options if value == "true"}
    commands = re.findall(r'\{"(\w+)", CLI_\w+',
                          (SOURCE / "src/cli/commands.c").read_text(encoding="utf-8"))
    ids |= {f"help.{part}.{c}" for c in commands for part in ("usage", "command", "example")}
    topics = re.search(r"topics\[\] = \{([^}]*), NULL", (SOURCE / "src/cli/help.c").read_text(encoding="utf-8"))[1]
    ids |= {f"help.{part}.{t}" for t in LITERAL.findall(topics) for part in ("about", "topic")}
    for listing in ("catalog", "explain"):
        text = (SOURCE / "src" / listing / "listing.c").read_text(encoding="utf-8")
        ids |= {f"report.column.{c}" for c in re.findall(r'\{"(\w+)",\s+GM_CELL_', text)}
        ids |= {f"report.filter.{t}" for t in re.findall(r'gm_list_\w+ = \{\s*"(\w+)"', text)}
    tokens_of_tables = column("libraries", "role") | column("packages", "origin")
    ids |= {f"report.token.{t}" for t in tokens_of_tables | {"runs", "runs-jit", "partly"}}
    if (SOURCE / "data" / "messages.tsv").exists():
        ids |= {f"explain.{row['id']}.meaning" for row in rows_of("messages") if row["kind"] != "fact"}
        ids |= {f"explain.do.{row['advice']}.from" for row in rows_of("messages") if row["driver"] != "-"
                and "|" not in row["advice"]}
        ids |= {f"explain.do.{a}" for cell in column("messages", "advice") for a in cell.split("|")}
    return ids


def used(id_, words):
    """Does something in the sources lead to this id?"""
    prefix, _, rest = id_.partition(".")
    if id_ in words or id_ in required():
        return True
    if id_ in ("verdict.runs.many", "verdict.runs.none", "verdict.runs.on", "verdict.partly.on"):
        return True
    if prefix == "finding":  # finding.<code>.<part>.<variant>
        return rest.split(".")[-1] in words
    if prefix in ("error", "advice", "report", "assumes", "damage", "format", "unreadable"):
        stem = re.sub(r"\.(hint|suggest|file|text|long|elsewhere|term)$", "", rest)
        return stem in words
    return prefix == "term"  # checked by its own test below


def test_what_is_used_exists():
    english = texts("en")
    missing = sorted(i for i in required() if i not in english)
    for path in (SOURCE / "src").rglob("*.c"):
        text = path.read_text(encoding="utf-8")
        for code in re.findall(r'gm_fail(?:_detail)?\(\s*[^,;]+,\s*GM_\w+,\s*"([a-z-]+)"', text):
            if f"error.{code}" not in english:
                missing.append(f"error.{code} ({path.name})")
    for literal in literals():
        if re.fullmatch(r"(finding|advice|report|verdict|evidence|help|feature|damage|vendor|"
                        r"kernel-module)\.[a-z.-]+[a-z]", literal) and literal not in english:
            missing.append(literal)
    assert not missing, "\n".join(missing)


def test_what_exists_is_used():
    words = literals()
    unused = [i for i in texts("en") if not used(i, words)]
    assert not unused, "\n".join(unused)


# Errors after which there is nothing that the user could do.
NO_WAY_ON = {"memory", "cancelled", "options-size", "not-forward"}


def test_errors_say_what_to_do():
    english = texts("en")
    errors = {i.split(".")[1] for i in english if i.startswith("error.")}
    silent = {e for e in errors - NO_WAY_ON
              if not any(f"error.{e}.{way}" in english for way in ("hint", "suggest"))}
    assert not {e for e in silent if not e.startswith("table-")}, silent


TERM_PARTS = {"name", "alias", "short", "text", "example", "see"}


def test_terms_are_whole():
    """One sentence, one paragraph, an example, related terms, aliases; in every language."""
    english = texts("en")
    terms = {i.split(".")[1] for i in english if i.startswith("term.")}
    assert len(terms) >= 60
    for term in terms:
        parts = {i.split(".")[2] for i in english if i.startswith(f"term.{term}.")}
        assert parts in (TERM_PARTS, TERM_PARTS | {"yours"}), term
        related = english[f"term.{term}.see"].split("|")
        assert set(related) <= terms - {term}, f"term.{term}.see"
        assert len(related) == len(set(related)), f"term.{term}.see"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_terms_in_a_language(language):
    sentences = texts(language)
    for id_, text in sentences.items():
        prefix, _, rest = id_.partition(".")
        part = rest.split(".")[-1]
        if prefix != "term":
            continue
        if part == "see":  # ids, not words
            assert text == texts("en")[id_]
        elif part == "short":
            assert len(re.findall(r"[.。](?=\s|$)", text)) == 1 and text[-1] in ".。", id_
        elif part == "text":
            assert len(text) > (150 if language == "en" else 60) and "\n" not in text, id_
        elif part == "alias":
            assert all(word == word.strip() and word for word in text.split("|")), id_


def test_no_term_is_alone():
    """Each is named by another one's related terms, or by a sentence of the program."""
    english = texts("en")
    named = {other for i, see in english.items() if re.fullmatch(r"term\.[^.]+\.see", i)
             for other in see.split("|")}
    terms = {i.split(".")[1] for i in english if i.startswith("term.")}
    assert sorted(terms - named) == []


def test_chinese_is_chinese():
    english, chinese = texts("en"), texts("zh")
    same = {"report.unnamed-gpu"}
    for id_, text in chinese.items():
        words = re.sub(r"\{\w+\}|[A-Z][\w.+-]*|[a-z]*[-_.:/\d][\w./:+=-]*", "", english[id_])
        if len(re.findall(r"[a-z]{3,}", words)) > 3 and id_ not in same:
            assert re.search(r"[\u4e00-\u9fff]", text), f"{id_} is not translated"


def generate(folder, out):
    return subprocess.run([sys.executable, SOURCE / "tools" / "gen_words.py", out / "out.c", out / "out.d", folder],
                          capture_output=True, text=True, check=False)


HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n{}"\n\n'
COUNTED = 'msgid "error.y"\nmsgid_plural "error.y"\nmsgstr[0] "one"\nmsgstr[1] "{count}"\n'


@pytest.mark.parametrize("damage", ["missing", "placeholder", "twice", "empty", "forms", "plural", "rule"])
def test_generator_refuses(tmp_path, damage):
    """What the generator must not accept."""
    two = "Plural-Forms: nplurals=2; plural=n != 1;\\n"
    english = HEADER.replace("{}", two) + 'msgid "error.x"\nmsgstr "{a} is wrong"\n\n' + COUNTED
    other = {"missing": english.replace("error.x", "error.z"),
             "placeholder": english.replace("{a}", "{b}"),
             "twice": english + '\nmsgid "error.x"\nmsgstr "{a}"\n',
             "empty": english.replace("{a} is wrong", ""),
             "forms": english.replace("nplurals=2", "nplurals=3"),
             "plural": english.replace('msgid_plural "error.y"\nmsgstr[0] "one"\nmsgstr[1]', "msgstr"),
             "rule": english.replace("n != 1", "system(0)")}[damage]
    (tmp_path / "en.po").write_text(english, encoding="utf-8")
    assert generate(tmp_path, tmp_path).returncode == 0
    (tmp_path / "zz.po").write_text(other, encoding="utf-8")
    done = generate(tmp_path, tmp_path)
    assert done.returncode != 0 and ("error." in done.stderr or "Plural-Forms" in done.stderr)


# ---- a third language: English between brackets, with three plural forms --------------------------

def bracketed(text):
    return re.sub(r"(?m)^(?!\s)(.+)$", r"⟦\1⟧", text)  # not the lines that are commands


def pseudo_language(file):
    po = polib.pofile(str(SOURCE / "po" / "en.po"))
    po.metadata["Plural-Forms"] = "nplurals=3; plural=(n == 1 ? 0 : n < 5 ? 1 : 2);"
    for entry in po:
        if entry.msgid.endswith((".alias", ".see")):
            entry.msgstr = "zz" + entry.msgid.split(".")[1]
        elif entry.msgid_plural:
            entry.msgstr_plural = {
                form: bracketed(entry.msgstr_plural[1] + f" form-{form}") for form in range(3)}
        else:
            entry.msgstr = bracketed(entry.msgstr)
    po.save(str(file))


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory):
    """gpumatch built again with one file more in po/."""
    folder = tmp_path_factory.mktemp("zz")
    shutil.copytree(SOURCE / "po", folder / "po")
    pseudo_language(folder / "po" / "zz.po")
    done = generate(folder / "po", folder)
    assert done.returncode == 0, done.stderr
    commands = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "gpumatch"], capture_output=True,
                              text=True, check=True).stdout.splitlines()
    compile_ = next(shlex.split(c) for c in commands if "words_table.c" in c and " -c " in c)
    source = next(word for word in compile_ if word.endswith("words_table.c"))
    compile_ = [str(folder / "out.c") if word == source else word for word in compile_]
    for option, file in (("-o", "out.o"), ("-MF", "depends")):
        compile_[compile_.index(option) + 1] = str(folder / file)
    link = shlex.split(commands[-1])
    at = link.index("-o")
    link[at + 1:at + 2] = [str(folder / "gpumatch"), str(folder / "out.o")]
    for command in (compile_, link):
        subprocess.run(command, cwd=BUILD, check=True, capture_output=True)
    return [folder / "gpumatch"]


# What no language translates: commands, names, versions, numbers.
UNTRANSLATED = re.compile(r"(?m)^    .*$|gpumatch [^⟧\n]*|https?:\S+|\x1b\[[\d;]*m")


@pytest.mark.parametrize("args", [
    ["check", "--machine", SOURCE / "tests/machines/windows-laptop.json"],
    ["check", "--machine", SOURCE / "tests/machines/desktop-rtx-4090.json"],
    ["check", "-v", "--machine", SOURCE / "tests/machines/pascal-on-590.json"],
    ["check", "--machine", "-", "--gpu", "RTX 5060", "--gpu", "GTX 1080 Ti", "--os", "windows", "--driver",
     "576.02", "--with", "torch==2.7.1+cu126"],
    ["check", "--machine", "-", "--gpu", "none", "--with", "torch==2.7.1"],
    ["explain", "sm_120"], ["--help"], ["help", "output"], ["check", "--help"]])
def test_a_language_is_one_file(pseudo, args):
    """Nothing that a person reads stands outside of the file."""
    done = run(*args, "--lang", "zz_ZZ.UTF-8", program=pseudo)
    assert "⟦" in done.stdout
    left = done.stdout
    while re.search(r"⟦[^⟦⟧]*⟧", left):
        left = re.sub(r"⟦[^⟦⟧]*⟧", "", left)
    left = UNTRANSLATED.sub("", left)
    if "-v" not in args:  # evidence is quoted
        print(left)
        assert not re.search(r"\b[a-z]{3,} [a-z]{3,}\b", left), left


def test_a_language_is_found_everywhere(pseudo):
    assert "en, zh, zz" in run("--lang", "tlh", program=pseudo).stderr
    assert "en, zh, zz" in run("check", "--help", program=pseudo).stdout
    assert "⟦" in run("--help", program=pseudo, env={"GPUMATCH_LANG": "zz"}).stdout
    assert "⟦" in run("--help", program=pseudo, env={"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de:zz"}).stdout


def test_plural_forms(pseudo):
    """As many as the language says, each for the numbers that it says."""
    def parts(lang, program=None):
        return run("check", "--machine", SOURCE / "tests/machines/desktop-rtx-4090.json", "--lang", lang,
                   program=program).stdout
    assert "12 more packages hold no GPU code. form-2" in parts("zz", pseudo)
    assert "12 more packages hold" in parts("en")
    assert "另有 12 个软件包" in parts("zh")
