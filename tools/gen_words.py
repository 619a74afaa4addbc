#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""po/*.po -> C: one table of sentences for all languages.

usage: gen_words.py OUT.c OUT.d FOLDER

English comes first and is the language that every id has. The tables hold offsets into one pool of
text, no pointers: nothing is relocated when the program starts. OUT.d makes the build look at the
folder itself, so that a language is one new file in it. Fails on duplicate or missing ids, on empty
texts, on placeholders that differ between languages, and on plural forms that the header does not
explain.
"""
import re
import sys
from pathlib import Path

import polib

from tables import Pool, array

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# gettext's header; the expression is C and goes into the program as it is.
PLURAL = re.compile(r"nplurals=(\d);\s*plural=([n\d\s()?:|&=!<>%]+);?")


def fail(message):
    sys.exit(f"gen_words.py: {message}")


class Language:
    """One po file: `texts` {id: text}, `forms` {id: texts by plural form} of what is counted."""

    def __init__(self, path):
        self.path, self.tag, self.texts, self.forms = path, path.stem, {}, {}
        po = polib.pofile(str(path), encoding="utf-8")
        header = po.metadata.get("Plural-Forms", "nplurals=1; plural=0;")
        found = PLURAL.fullmatch(header.strip())
        if not found:
            fail(f"{path}: Plural-Forms makes no sense: {header}")
        self.form_count, self.plural = int(found[1]), found[2]
        for entry in po:
            if not entry.obsolete:
                self.add(entry)

    def add(self, entry):
        if entry.msgid in self.texts:
            fail(f"{self.path}: {entry.msgid} stands twice")
        forms = [entry.msgstr]
        if entry.msgid_plural:
            forms = [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)]
            self.forms[entry.msgid] = forms
            if len(forms) != self.form_count:
                fail(f"{self.path}: {entry.msgid} needs {self.form_count} plural forms")
        if not all(forms):
            fail(f"{self.path}: {entry.msgid} has no text")
        self.texts[entry.msgid] = forms[0]

    def text(self, id_, form):
        """The text of a form; languages with fewer forms never ask for the later ones."""
        forms = self.forms.get(id_, [self.texts[id_]])
        return forms[min(form, len(forms) - 1)]


def placeholders(text):
    return set(PLACEHOLDER.findall(text.replace("{{", "").replace("}}", "")))


def check_language(language, english):
    path, texts = language.path, language.texts
    for missing in sorted(english.texts.keys() - texts.keys()):
        fail(f"{path}: {missing} is missing")
    for extra in sorted(texts.keys() - english.texts.keys()):
        fail(f"{path}: {extra} does not exist in English")
    for id_ in texts:
        if (id_ in language.forms) != (id_ in english.forms):
            fail(f"{path}: {id_} has plural forms in one language and none in the other")
        # One form may say "1" in words; all together say what English says.
        mine, theirs = (placeholders("".join(of.forms.get(id_, [of.texts[id_]])))
                        for of in (language, english))
        if mine - {"count"} != theirs - {"count"} or (id_ not in english.forms and mine != theirs):
            fail(f"{path}: {id_} has other placeholders than English")


def alias_key(alias):
    """As words.c folds what people type: ASCII lower case, blanks and hyphens and dashes gone."""
    return re.sub(r"[\s_\-]+", "", alias.strip()).translate(
        {c: c + 32 for c in range(ord("A"), ord("Z") + 1)})


def read_terms(languages):
    """Term ids in order, and {folded alias: term index} over all languages."""
    english = languages[0].texts
    terms = sorted(i.split(".")[1] for i in english if re.fullmatch(r"term\.[^.]+\.name", i))
    aliases = {}
    for texts in (language.texts for language in languages):
        for index, term in enumerate(terms):
            words = [term, texts[f"term.{term}.name"]]
            words += texts.get(f"term.{term}.alias", "").split("|")
            for word in filter(None, map(alias_key, words)):
                if aliases.setdefault(word, index) != index:
                    fail(f"alias {word!r} belongs to {terms[aliases[word]]} and {term}")
    return terms, aliases


def plural_function(languages):
    """Which form a number takes in a language."""
    cases = "".join(f"    case {index}:\n        return (uint32_t)({language.plural});\n"
                    for index, language in enumerate(languages))
    return ("uint32_t gm_words_plural(uint32_t lang, unsigned long n)\n{\n    (void)n;\n"
            f"    switch (lang) {{\n{cases}    default:\n        return 0;\n    }}\n}}\n\n")


def write(file, languages):
    english, pool = languages[0], Pool()
    most = max(language.form_count for language in languages)
    # The forms of "x" after the first are "x[1]", "x[2]".
    keys = {id_: (id_, 0) for id_ in english.texts}
    keys |= {f"{id_}[{form}]": (id_, form) for id_ in english.forms for form in range(1, most)}
    ids = sorted(keys, key=str.encode)
    terms, aliases = read_terms(languages)
    folded = sorted(aliases, key=str.encode)
    parts = [array("uint32_t", "gm_words_ids", [pool.add(i) for i in ids])]
    parts += [array("uint32_t", "gm_words_texts",
                    [pool.add(language.text(*keys[i])) for i in ids for language in languages])]
    parts += [array("uint32_t", "gm_words_tags", [pool.add(language.tag) for language in languages])]
    parts += [array("uint32_t", "gm_words_terms", [pool.add(t) for t in terms] or [0])]
    parts += [array("uint32_t", "gm_words_aliases",
                    [v for a in folded for v in (pool.add(a), aliases[a])] or [0, 0])]
    counts = {"gm_words_id_count": len(ids), "gm_words_lang_count": len(languages),
              "gm_words_term_count": len(terms), "gm_words_alias_count": len(folded)}
    file.write("/* Generated by tools/gen_words.py from po/. */\n#include \"words/table.h\"\n\n")
    file.write("".join(parts))
    file.writelines(f"const uint32_t {name} = {value};\n" for name, value in counts.items())
    file.write(plural_function(languages))
    file.write(array("unsigned char", "gm_words_pool", pool.data))


def main():
    out, dependencies, folder = map(Path, sys.argv[1:])
    paths = sorted(folder.glob("*.po"), key=lambda path: (path.stem != "en", path.stem))
    languages = [Language(path) for path in paths]
    for language in languages:
        check_language(language, languages[0])
    with out.open("w", encoding="utf-8") as file:
        write(file, languages)
    inputs = " ".join(str(path).replace(" ", "\\ ") for path in [folder, *paths])
    dependencies.write_text(f"{out}: {inputs}\n", encoding="utf-8")


main()
