# SPDX-License-Identifier: MIT
"""Situations and what a right answer says: those that people reported (tests/acceptance/cases.json)
and more of the same kinds, derived from the tables and rules (derived.json).

holding.txt names the cases that hold; they must go on holding. A case that begins to hold is a
failure too, until its name is added: so the list is never behind.
"""
import json
import re

import pytest

from paths import SOURCE
from reports import report_of

FOLDER = SOURCE / "tests" / "acceptance"
CASES = [case for name in ("cases.json", "derived.json")
         for case in json.loads((FOLDER / name).read_text(encoding="utf-8"))]
HOLDING = set((FOLDER / "holding.txt").read_text(encoding="utf-8").splitlines())


def many(value):
    return value if isinstance(value, list) else [value]


def key(version):
    numbers = [int(n) for n in re.findall(r"\d+", re.split(r"[a-z+]", version.lower())[0])]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def in_range(version, ranges):
    compare = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "==": lambda a, b: a == b,
               "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b}
    clauses = re.findall(r"(>=|<=|==|!=|>|<)\s*([^,\s]+)", ranges)
    return all(compare[op](key(version), key(wanted)) for op, wanted in clauses)


def installs(advice, wanted):
    return any(i["name"] == wanted["name"] and in_range(i["version"], wanted.get("version", ""))
               and i["variant"] in many(wanted.get("variant", i["variant"]))
               for i in advice["installs"])


def meets(advice, pattern):
    driver = advice["driver"]
    text = "\n".join(c["text"] for c in advice["commands"])
    checks = {
        "action": lambda w: advice["action"] in many(w),
        "install": lambda w: installs(advice, w),
        "driver_min": lambda w: driver["min"] and in_range(driver["min"], w),
        "driver_max": lambda w: driver["max"] and in_range(driver["max"], w),
        "hide_devices": lambda w: sorted(advice["hide_devices"]) == sorted(w),
        "command_has": lambda w: all(piece in text for piece in many(w))}
    return all(checks[k](wanted) for k, wanted in pattern.items())


def codes_of(report):
    codes = {f["code"] for f in report["findings"]}
    return codes.union(*(d["reasons"] for p in report["packages"] for d in p["devices"]))


def wrong_packages(report, wanted):
    for name, devices in wanted.items():
        have = {d["index"]: d["verdict"] for p in report["packages"] if p["name"] == name
                for d in p["devices"]}
        for index, verdicts in devices.items():
            if have.get(int(index)) not in many(verdicts):
                yield f"{name} on GPU {index}: {have.get(int(index))}"


def wrong_advice(report, expect):
    advice = report["advice"]
    first = many(expect.get("first", []))
    if first and not (advice and any(meets(advice[0], p) for p in first)):
        yield "first advice"
    for wanted in expect.get("any", []):
        if not any(meets(a, p) for a in advice for p in many(wanted)):
            yield f"no advice is {wanted}"
    for never in expect.get("never", []):
        if any(meets(a, never) for a in advice):
            yield f"advice is {never}"


def wrong_recognition(report, expect):
    have = {v for m in report.get("matches", []) for v in (m["id"], m["kind"])}
    for group in expect.get("matches", []):
        if not have & set(many(group)):
            yield f"matches {sorted(have)}"
    for name, wanted in expect.get("facts", {}).items():
        value = report.get("facts", {}).get(name)
        if value != wanted and not (isinstance(value, list) and set(many(wanted)) <= set(value)):
            yield f"fact {name} is {value!r}"


def shortfalls(case):
    """What does not hold, in words."""
    expect = case["expect"]
    report, status = report_of(*case["args"], stdin=case.get("stdin"))
    if report["schema"] != f"gpumatch.{case['args'][0]}/1":
        return [f"{report['schema']}"]
    wrong = [f"exit {status}"] if status not in many(expect.get("exit", status)) else []
    if report["verdict"] not in many(expect.get("verdict", report["verdict"])):
        wrong.append(f"verdict {report['verdict']}")
    codes = codes_of(report)
    wrong += [f"no {g}" for g in expect.get("codes", []) if not codes & set(many(g))]
    wrong += [f"reports {c}" for c in expect.get("not_codes", []) if c in codes]
    return [*wrong, *wrong_packages(report, expect.get("packages", {})),
            *wrong_advice(report, expect), *wrong_recognition(report, expect)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_case(case):
    wrong = shortfalls(case)
    if case["id"] in HOLDING:
        assert not wrong, f"{case['id']}: {'; '.join(wrong)}"
    elif wrong:
        pytest.skip("; ".join(wrong))
    else:
        pytest.fail("holds now: add it to tests/acceptance/holding.txt")
