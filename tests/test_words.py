# SPDX-License-Identifier: MIT
"""Sentences: every id that the program uses exists, every id that exists is used."""
import re
import subprocess
import sys

import polib
import pytest

from paths import SOURCE

LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
# Ids that the program puts together: a pattern of the id, and where its variable part comes from.
# A part that is a table in data/ or another message is listed as "*".
CODES = re.compile(r'X\(\w+, "([a-z-]+)"\)')


def texts(language):
    return {e.msgid: e.msgstr for e in polib.pofile(str(SOURCE / "po" / f"{language}.po"))}


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
    options = re.findall(r'X\(\w+, "([a-z-]+)", .{1,4}, (true|false),',
                         (SOURCE / "src/cli/options.h").read_text(encoding="utf-8"))
    ids |= {f"help.option.{name}" for name, _ in options}
    ids |= {f"help.value.{name}" for name, value in options if value == "true"}
    commands = re.findall(r'\{"(\w+)", CLI_\w+',
                          (SOURCE / "src/cli/commands.c").read_text(encoding="utf-8"))
    ids |= {f"help.{part}.{c}" for c in commands for part in ("usage", "command")}
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
    if id_ in ("verdict.runs.many", "verdict.runs.none", "verdict.runs.on"):
        return True
    if prefix == "finding":  # finding.<code>.<part>.<variant>
        return rest.split(".")[-1] in words
    if prefix in ("error", "advice", "report", "assumes", "damage", "format", "unreadable"):
        stem = re.sub(r"\.(hint|suggest)$", "", rest)
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


def test_terms_are_whole():
    english = texts("en")
    terms = {i.split(".")[1] for i in english if i.startswith("term.")}
    for term in terms:
        for part in ("name", "alias", "short", "text"):
            assert f"term.{term}.{part}" in english
        for other in filter(None, english.get(f"term.{term}.see", "").split("|")):
            assert other in terms, f"term.{term}.see names {other}"


def test_chinese_is_chinese():
    english, chinese = texts("en"), texts("zh")
    same = {"report.unnamed-gpu"}
    for id_, text in chinese.items():
        words = re.sub(r"\{\w+\}|[A-Z][\w.+-]*|[a-z]*[-_.:/\d][\w./:+=-]*", "", english[id_])
        if len(re.findall(r"[a-z]{3,}", words)) > 3 and id_ not in same:
            assert re.search(r"[\u4e00-\u9fff]", text), f"{id_} is not translated"


@pytest.mark.parametrize("damage", ["missing", "placeholder", "twice", "empty"])
def test_generator_refuses(tmp_path, damage):
    """What the generator must not accept."""
    english = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' \
              'msgid "error.x"\nmsgstr "{a} is wrong"\n'
    other = {"missing": english.replace("error.x", "error.y"),
             "placeholder": english.replace("{a}", "{b}"),
             "twice": english + '\nmsgid "error.x"\nmsgstr "{a}"\n',
             "empty": english.replace("{a} is wrong", "")}[damage]
    (tmp_path / "en.po").write_text(english, encoding="utf-8")
    (tmp_path / "zz.po").write_text(other, encoding="utf-8")
    done = subprocess.run([sys.executable, SOURCE / "tools" / "gen_words.py", tmp_path / "out.c",
                           tmp_path / "en.po", tmp_path / "zz.po"], capture_output=True, text=True,
                          check=False)
    assert done.returncode != 0 and "error." in done.stderr


def test_a_language_is_one_file(tmp_path):
    """A pseudo-language made out of English is accepted as it is."""
    po = polib.pofile(str(SOURCE / "po" / "en.po"))
    for entry in po:
        entry.msgstr = "⟦" + entry.msgstr + "⟧" if not entry.msgid.endswith(".alias") else "zz"
        if entry.msgid.endswith((".alias", ".see")):
            entry.msgstr = entry.msgid.split(".")[1]
    po.save(str(tmp_path / "zz.po"))
    done = subprocess.run([sys.executable, SOURCE / "tools" / "gen_words.py", tmp_path / "out.c",
                           SOURCE / "po" / "en.po", SOURCE / "po" / "zh.po", tmp_path / "zz.po"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "gm_words_lang_count = 3" in (tmp_path / "out.c").read_text(encoding="utf-8")
