# SPDX-License-Identifier: MIT
"""Reports against docs/schema."""
import json

import jsonschema

from paths import SOURCE, run

SCHEMAS = {path.name: json.loads(path.read_text(encoding="utf-8"))
           for path in (SOURCE / "docs" / "schema").glob("*.json")}


def validate(report, kind=None):
    """The report is one of ours, the named one, and is what its schema says."""
    kind = kind or report["schema"].split(".")[1].split("/")[0]
    schema = SCHEMAS[f"{kind}.json"]
    resolver = jsonschema.RefResolver("", schema, store=SCHEMAS)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(report)


def report_of(*args, stdin=None, env=None):
    """(report, exit status) of a run with --json, validated; stderr must be silent."""
    done = run(*args, "--json", stdin=stdin, env=env)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    validate(report)
    return report, done.returncode
