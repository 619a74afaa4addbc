# SPDX-License-Identifier: MIT
"""What the generators of tables share: rows in, C out."""
import csv

CONFIDENCE = ("high", "medium", "low")


def read_tsv(path, where_of, fail):
    """The rows of a table as dictionaries. Each has all its cells, a source and a known
    confidence; `where_of` names a row for `fail`."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        where = f"{path.name}: {where_of(row)}"
        if None in row or None in row.values():
            fail(f"{where}: wrong number of cells")
        if row["confidence"] not in CONFIDENCE:
            fail(f"{where}: confidence is {row['confidence']!r}")
        if row["source"] in ("", "-"):
            fail(f"{where}: no source")
    return rows


class Pool:
    """Texts one after the other, each once; offset 0 is the empty text, which "-" stands for."""

    def __init__(self):
        self.data, self.offsets = bytearray(b"\0"), {"": 0, "-": 0}

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = len(self.data)
            self.data += text.encode() + b"\0"
        return self.offsets[text]


def array(kind, name, values):
    """A C array of numbers, a few lines long instead of one."""
    lines = [", ".join(map(str, values[i:i + 24])) for i in range(0, len(values), 24)]
    return f"const {kind} {name}[] = {{\n" + "".join(f"    {line},\n" for line in lines) + "};\n"
