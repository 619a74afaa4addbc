#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""data/messages.tsv -> C: the messages that `explain` knows, as rows of numbers and one pool of text.

usage: gen_messages.py OUT.c TABLE.h FINDING.h REPORT.h MESSAGES.tsv

Fields are those of GM_FIELDS in TABLE.h, findings GM_CODES in FINDING.h, actions GM_ACTIONS in
REPORT.h. How patterns are written stands at the head of messages.tsv. Each is found by four bytes
of its first literal piece, the rarest ones in ordinary text.
"""
import csv
import re
import sys
from pathlib import Path

KINDS = ("error", "warning", "command", "collect-env", "nvidia-smi", "toolkit", "fact")
CONFIDENCE = ("high", "medium", "low")
ANCHOR, SLOT_BITS, FIELD = 4, 12, "\1"
# Letters from frequent to rare in English text and logs; what is not listed counts as rare.
COMMON = "eaotinrsdlcuphmfg.vb:k-/_1w20,y()'3=x"


def fail(message):
    sys.exit(f"gen_messages.py: {message}")


def macro_names(header, macro):
    text = re.sub(r"/\*.*?\*/", "", Path(header).read_text(encoding="utf-8").replace("\\\n", "\n"),
                  flags=re.S)
    listed = text.split(f"#define {macro}(X)")[1].split("\n\n")[0]
    return [(tokens or name) for name, tokens in re.findall(r'X\((\w+)(?:, "([^"]+)")?\)', listed)]


def compile_pattern(where, pattern, fields):
    """(first field, borders, literal pieces and fields as the C side reads them)"""
    parts, first = [], 0
    border = pattern.startswith("~") | pattern.endswith("~") << 1
    pattern = pattern.strip("~")
    for part in re.split(r"(\{\w+\}|\*)", pattern):
        if part == "*":
            part = "{any}"
        if re.fullmatch(r"\{\w+\}", part):
            if part[1:-1] not in fields:
                fail(f"{where}: no field {part}")
            parts.append(FIELD + chr(fields.index(part[1:-1]) + 1))
        elif part.strip():
            parts.append("".join(c.lower() if c.isascii() else c for c in part
                                 if not c.isspace()))
    if parts and parts[0].startswith(FIELD):
        first = ord(parts.pop(0)[1])
    if not parts or len(parts[0].encode()) < ANCHOR or parts[0].startswith(FIELD):
        fail(f"{where}: needs a literal piece of {ANCHOR} bytes: {pattern}")
    if parts[-1] == FIELD + chr(fields.index("any") + 1):
        fail(f"{where}: ends with a gap: {pattern}")
    return first, border, parts


def anchor_of(piece):
    """(anchor, bytes before it): the rarest four bytes of a literal piece."""
    data = piece.encode()

    def rarity(at):
        return sum(COMMON.find(chr(c)) if chr(c) in COMMON else len(COMMON)
                   for c in data[at:at + ANCHOR])
    best = max(range(len(data) - ANCHOR + 1), key=rarity)
    return int.from_bytes(data[best:best + ANCHOR], "big"), best


def slot_of(anchor):
    return (anchor * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - SLOT_BITS)


def read_rows(path, codes, actions):
    with Path(path).open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen = set()
    for row in rows:
        where = f"messages.tsv: {row['id']}"
        if None in row or None in row.values():
            fail(f"{where}: wrong number of cells")
        if row["kind"] not in KINDS or row["confidence"] not in CONFIDENCE:
            fail(f"{where}: kind {row['kind']!r}, confidence {row['confidence']!r}")
        wanted = row["action"].split("|")
        if row["finding"] not in codes + ["-"] or set(wanted) - set(actions + ["-"]):
            fail(f"{where}: finding {row['finding']!r}, action {row['action']!r}")
        if any(row[c].count("|") not in (0, len(wanted) - 1) for c in ("advice", "env")):
            fail(f"{where}: as many of advice and env as of action")
        if row["source"] in ("", "-"):
            fail(f"{where}: no source")
        if row["kind"] != "fact" and row["id"] in seen:
            fail(f"{where}: stands twice")
        seen.add(row["id"])
    return rows


class Pool:
    """Texts one after the other, each once; offset 0 is the empty text."""

    def __init__(self):
        self.data, self.offsets = bytearray(b"\0"), {"": 0, "-": 0}

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = len(self.data)
            self.data += text.encode() + b"\0"
        return self.offsets[text]


def main():
    out, table, finding, report, tsv = map(Path, sys.argv[1:])
    fields = macro_names(table, "GM_FIELDS")
    rows = read_rows(tsv, macro_names(finding, "GM_CODES"), macro_names(report, "GM_ACTIONS"))
    pool, lines, patterns = Pool(), [], []
    for index, row in enumerate(rows):
        texts = [pool.add(row[k]) for k in ("id", "kind", "finding", "action", "advice", "env",
                                            "driver", "package", "source")]
        lines.append(texts + [int(row["error"].replace("-", "0")),
                              CONFIDENCE.index(row["confidence"])])
        for pattern in row["pattern"].split(" || "):
            first, border, parts = compile_pattern(f"messages.tsv: {row['id']}", pattern, fields)
            anchor, before = anchor_of(parts[0])
            patterns.append([anchor, before, index, first, border, pool.add("".join(parts))])
    patterns.sort(key=lambda p: (slot_of(p[0]), p[2]))
    slots = [sum(slot_of(p[0]) < slot for p in patterns) for slot in range(2 ** SLOT_BITS + 1)]

    def table_of(values):
        return "".join("    {" + ", ".join(map(str, v)) + "},\n" for v in values)

    def flat(values):
        return "".join("    " + ", ".join(map(str, values[i:i + 24])) + ",\n"
                       for i in range(0, len(values), 24))
    with out.open("w", encoding="utf-8") as file:
        file.write("/* Generated by tools/gen_messages.py from data/messages.tsv. */\n"
                   "#include \"explain/table.h\"\n\n"
                   f"const gm_message_row gm_messages[] = {{\n{table_of(lines)}}};\n"
                   f"const uint32_t gm_messages_count = {len(lines)};\n"
                   f"const gm_message_pattern gm_message_patterns[] = {{\n{table_of(patterns)}}};\n"
                   f"const uint16_t gm_message_slots[] = {{\n{flat(slots)}}};\n"
                   f"const unsigned char gm_messages_pool[] = {{\n{flat(list(pool.data))}}};\n")


main()
