# SPDX-License-Identifier: MIT
"""docs/schema: strict enough to notice a change of a report, and what the sources can say."""
import os
import re
from pathlib import Path

import jsonschema
import pytest

from paths import SOURCE
from reports import SCHEMAS, report_of, validate

FIXTURES = Path(os.environ.get("GPUMATCH_FIXTURES", "build-test/tests/fixtures"))
MACHINE = ["--machine", "-", "--os", "linux", "--gpu", "RTX 5060 Laptop", "--driver", "576.02"]
RUNS = {
    "check": ["check", *MACHINE, "--with", "torch==2.7.1+cu118"],
    "scan": ["scan", FIXTURES, "--images", "--modules"],
    "scan sizes": ["scan", FIXTURES / "so-x86-64", "--sizes", "--require", "sm_80"],
    "diff": ["scan", "--diff", FIXTURES / "so-x86-64", FIXTURES / "so-large"],
    "pick": ["pick", *MACHINE],
    "explain": ["explain", "RTX 5060 Laptop with torch 2.7.1+cu118: sm_120 is not compatible"],
    "info": ["info", "--machine", SOURCE / "tests" / "machines" / "laptop-two-vendors.json"],
    "error": ["check", "--gpu", "10de:zzzz"],
    "show gpus": ["show", "gpus", "10de:2d19"],
    "show archs": ["show", "archs", "sm_61"],
    "show toolkits": ["show", "toolkits", "11.8"],
    "show drivers": ["show", "drivers", "580"],
    "show builds": ["show", "builds", "sm_61", "2.9.1"],
    "show errors": ["show", "errors", "222"],
    "show libraries": ["show", "libraries", "torch_cuda_linalg"],
}
# Objects whose members are data: any may be missing.
OPEN = {"args", "facts", "env", "assumes", "compression"}
OPTIONAL = {"module_list", "image_list", "sizes", "targets"}  # only when asked for, or known


def tokens(header, macro):
    text = (SOURCE / "src" / "model" / header).read_text(encoding="utf-8")
    listed = re.search(rf"#define {macro}\(X\)(.*?)\n\n", text, re.S)
    return re.findall(r'X\(\w+, "([^"]+)"\)', listed[1])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("definition, header, macro", [
    ("code", "finding.h", "GM_CODES"),
    ("image_kind", "code.h", "GM_IMAGE_KINDS"),
    ("compression", "code.h", "GM_COMPRESSIONS")])
def test_words_are_those_of_the_sources(definition, header, macro):
    assert SCHEMAS["common.json"]["$defs"][definition]["enum"] == tokens(header, macro)


def changed(value, path=()):
    """(what was changed, the same report with one change) for each place, the first of a list."""
    if isinstance(value, list) and value:
        for what, item in changed(value[0], (*path, "0")):
            yield what, [item, *value[1:]]
    if not isinstance(value, dict):
        return
    is_open = path and path[-1] in OPEN
    if not is_open:
        yield (*path, "surplus"), {**value, "surplus": 1}
    for key, inner in value.items():
        if not is_open:
            if key not in OPTIONAL:
                yield (*path, key, "gone"), {k: v for k, v in value.items() if k != key}
            yield (*path, key, "other type"), {**value, key: 1.5}
        for what, item in changed(inner, (*path, key)):
            yield what, {**value, key: item}


@pytest.mark.parametrize("kind", RUNS)
def test_schema_notices_changes(kind):
    report, _ = report_of(*RUNS[kind])
    kind = kind.split()[0]
    assert report["schema"] == f"gpumatch.{kind}/1"
    count = 0
    for what, other in changed(report):
        with pytest.raises(jsonschema.ValidationError):
            validate(other, kind)
            print("accepted:", *what)
        count += 1
    assert count > 10
