# SPDX-License-Identifier: MIT
"""The tables in data/: each row by itself, the rows against each other, and the rows against what
was counted in real wheels (tests/data/measured_wheels.tsv) or quoted by users
(tests/data/reported_builds.tsv)."""
import csv
import re
import subprocess
import sys
from collections import Counter

import pytest

from paths import SOURCE

sys.path.insert(0, str(SOURCE / "tools"))
from gen_catalog import KEYS as GENERATED, sort_key  # noqa: E402

# Columns that together name a row; messages.tsv has a generator of its own.
KEYS = {**GENERATED, "messages": ("id",)}
HEX = re.compile(r"[0-9a-f]{4}")
VERSION = re.compile(r"\d+(\.\d+)*(\.post\d+)?")
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
TARGET = re.compile(r"(sm|compute)_\d+[af]?|gfx[0-9a-f]{3,4}|[a-z][a-z0-9-]*")
ENTRY = re.compile(r"[\w-]+(:ptx\d+\.\d)?(:zstd)?")
PYTHON = re.compile(r"\d\.\d+t?")


def read(path):
    lines = [line for line in path.read_text(encoding="utf-8").split("\n")
             if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


TABLES = {path.stem: read(path) for path in sorted((SOURCE / "data").glob("*.tsv"))}
COVERED = sorted(KEYS.keys() & TABLES.keys())


def numbers(text):
    return [int(n) for n in re.findall(r"\d+", text)]


def name_of(table, row):
    return f"{table}.tsv: " + " ".join(row[k] for k in KEYS[table])


def cuda_of(variant):
    """cu118 → 11.8; none for other variants."""
    found = re.fullmatch(r"cu(\d+)(\d)", variant)
    return f"{found[1]}.{found[2]}" if found else None


def sm_rows():
    return {row["target"]: row for row in TABLES["sm_targets"]}


# --- every row by itself -------------------------------------------------------------------------

def test_every_table_is_there():
    assert sorted(TABLES) == COVERED == sorted(KEYS)


@pytest.mark.parametrize("table", COVERED)
def test_rows_are_whole_and_sourced(table):
    for row in TABLES[table]:
        where = name_of(table, row)
        assert None not in row and None not in row.values(), f"{where}: wrong number of cells"
        for column, cell in row.items():
            assert cell and cell == cell.strip(), f"{where}: {column} is {cell!r}"
        assert row["source"] not in ("-", "n/a"), f"{where}: no source"
        assert row["confidence"] in ("high", "medium", "low"), where


@pytest.mark.parametrize("table", COVERED)
def test_what_was_not_looked_up_is_not_called_high(table):
    for row in TABLES[table]:
        if re.search(r"from memory|place not kept|inferred|uncertain\b(?!;)", row["source"]):
            assert row["confidence"] != "high" or "3.13t uncertain" in row["source"], \
                name_of(table, row)


@pytest.mark.parametrize("table", COVERED)
def test_keys_are_unique(table):
    count = Counter(name_of(table, row) for row in TABLES[table])
    assert [name for name, times in count.items() if times > 1] == []


@pytest.mark.parametrize("table", sorted(GENERATED))
def test_rows_are_sorted(table):
    order = [sort_key(table, row) for row in TABLES[table]]
    assert order == sorted(order)


@pytest.mark.parametrize("table", COVERED)
def test_comments_say_what_the_table_is(table):
    first = (SOURCE / "data" / f"{table}.tsv").read_text(encoding="utf-8").split("\n")[0]
    assert first.startswith("# ") and len(first) > 20


def test_the_generator_refuses_damaged_tables(tmp_path):
    """Sorting, uniqueness, sources and references are also checked at every build."""
    tool, header = SOURCE / "tools" / "gen_catalog.py", SOURCE / "src" / "catalog" / "tables.h"

    def generate(change):
        for path in (SOURCE / "data").glob("*.tsv"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        change()
        return subprocess.run([sys.executable, tool, tmp_path / "out.c", header, tmp_path],
                              capture_output=True, text=True, check=False).returncode

    def edit(table, old, new):
        path = tmp_path / f"{table}.tsv"
        text = path.read_text(encoding="utf-8")
        assert re.search(old, text, flags=re.M)
        path.write_text(re.sub(old, new, text, count=1, flags=re.M), encoding="utf-8")

    assert generate(lambda: None) == 0
    assert generate(lambda: edit("sm_targets", r"^(sm_75\t.*\n)", r"\1\1"))
    assert generate(lambda: edit("sm_targets", r"^(sm_75\t.*\n)(sm_80\t.*\n)", r"\2\1"))
    assert generate(lambda: edit("gpu_pci", r"\tsm_120\t", "\tsm_129\t"))
    assert generate(lambda: edit("torch_builds", r" sm_90\b", " sm_99"))
    assert generate(lambda: edit("drivers", r"\thigh$", "\tsure"))
    assert generate(lambda: edit("gpu_names", r"^(NVIDIA T4\t[^\t]*)\t[^\t]*", r"\1\t-"))


# --- cells that machines read ----------------------------------------------------------------------

def cells(table, *columns):
    for row in TABLES[table]:
        for column in columns:
            if row[column] != "-":
                yield name_of(table, row), row[column]


def test_pci_ids():
    for row in TABLES["gpu_pci"] + TABLES["gpu_driver_firsts"]:
        assert row["vendor"] in ("10de", "1002", "8086") and HEX.fullmatch(row["device"]), row
    for row in TABLES["gpu_id_blocks"]:
        assert HEX.fullmatch(row["first"]) and HEX.fullmatch(row["last"]), row
        assert row["first"] <= row["last"], row
    blocks = sorted((row["first"], row["last"]) for row in TABLES["gpu_id_blocks"])
    for (_, last), (first, _) in zip(blocks, blocks[1:]):
        assert last < first


def test_versions():
    for table, columns in (
            ("cuda_toolkits", ("cuda", "ptx_isa", "driver_linux", "driver_windows", "floor_linux",
                               "floor_windows")),
            ("drivers", ("first", "cuda")), ("driver_features", ("first",)),
            ("gpu_driver_firsts", ("first",)), ("ptx_isa", ("ptx_isa", "cuda")),
            ("sm_targets", ("first_toolkit", "last_toolkit", "min_ptx_isa", "driver_last",
                            "driver_after_last", "driver_last_linux", "driver_last_windows")),
            ("cudnn_arch", ("cudnn_from",)), ("sass_compat", ("from_toolkit",)),
            ("amd_gfx", ("override",)), ("torch_builds", ("release", "glibc", "cudnn")),
            ("torch_companions", ("release", "torchvision", "torchaudio", "triton")),
            ("torch_libraries", ("release",))):
        for where, cell in cells(table, *columns):
            assert VERSION.fullmatch(cell), f"{where}: {cell!r}"
    for where, cell in cells("sm_targets", "driver_first_linux", "driver_first_windows"):
        assert VERSION.fullmatch(cell.removeprefix("<=")), f"{where}: {cell!r}"


def test_words():
    for table, column, allowed in (
            ("torch_builds", "os", {"linux", "windows", "macos"}),
            ("torch_builds", "arch", {"x86_64", "aarch64", "s390x"}),
            ("torch_builds", "default", {"yes", "no"}), ("torch_builds", "doubtful", {"yes", "no"}),
            ("torch_libraries", "os", {"linux", "windows"}),
            ("drivers", "os", {"linux", "windows"}), ("driver_features", "os", {"linux", "windows"}),
            ("libraries", "role", {"core", "feature", "dispatch", "core-dispatch", "opaque", "runtime"}),
            ("libraries", "select", {"cuda", "rocm", "toolkit"}), ("packages", "part", {"yes"}),
            ("packages", "origin", {"embedded", "compiles", "none"}),
            ("packages", "component", {"cudnn", "cudart", "nvrtc", "triton", "nvcc", "nvjitlink"}),
            ("package_compilers", "too_old", {"fails", "driver"}),
            ("sm_targets", "tegra", {"yes", "no"}), ("sm_targets", "kernel_module", {"open", "closed"}),
            ("gpu_pci", "kernel_module", {"open", "closed"})):
        for where, cell in cells(table, column):
            assert cell in allowed, f"{where}: {column} is {cell!r}"
    for where, cell in cells("torch_builds", "variant"):
        assert re.fullmatch(r"cpu|cu\d{2,3}|rocm\d+\.\d+(\.\d+)?|xpu", cell), where
    for where, cell in cells("torch_builds", "python"):
        assert all(PYTHON.fullmatch(word) for word in cell.split()), f"{where}: {cell!r}"
    for where, cell in [*cells("torch_builds", "date"), *cells("cuda_toolkits", "date")]:
        assert DATE.fullmatch(cell), f"{where}: {cell!r}"


def test_every_target_has_a_row():
    known = set(sm_rows()) | {row["gfx"] for row in TABLES["amd_gfx"]}
    known |= {row["target"] for row in TABLES["gpu_pci"] if row["vendor"] == "8086"}
    known |= {name for row in TABLES["torch_builds"] if row["variant"] == "xpu"
              for name in row["code"].split()}
    for table, column in (
            ("gpu_pci", "target"), ("gpu_names", "targets"), ("gpu_id_blocks", "target"),
            ("tegra_chips", "target"), ("torch_commands", "code"), ("package_compilers", "target_max"),
            ("sass_compat", "code"), ("sass_compat", "device"), ("cudnn_arch", "min_target"),
            ("cuda_toolkits", "sass_min"), ("cuda_toolkits", "sass_max"),
            ("torch_builds", "code"), ("torch_libraries", "code")):
        for where, cell in cells(table, column):
            if cell == "?":
                continue
            for entry in cell.split():
                name = entry.split(":")[0]
                assert ENTRY.fullmatch(entry) and TARGET.fullmatch(name), f"{where}: {entry!r}"
                assert name.replace("compute_", "sm_") in known, f"{where}: unknown {name}"


# --- rows against each other -----------------------------------------------------------------------

def test_toolkits_go_up():
    rows = TABLES["cuda_toolkits"]
    assert [numbers(r["cuda"]) for r in rows] == sorted(numbers(r["cuda"]) for r in rows)
    for column in ("ptx_isa", "driver_linux", "driver_windows", "floor_linux", "floor_windows"):
        values = [numbers(r[column]) for r in rows]
        assert values == sorted(values), column
    for row in rows:
        for system in ("linux", "windows"):
            assert numbers(row[f"floor_{system}"]) <= numbers(row[f"driver_{system}"]), row["cuda"]


def level_of(system, driver):
    """CUDA level of a driver, as drivers.tsv says."""
    known = [r for r in TABLES["drivers"] if r["os"] == system
             and numbers(r["first"]) <= numbers(driver)]
    return numbers(max(known, key=lambda r: numbers(r["first"]))["cuda"]) if known else []


def test_the_driver_of_a_toolkit_has_its_cuda_level():
    for row in TABLES["cuda_toolkits"]:
        for system in ("linux", "windows"):
            assert level_of(system, row[f"driver_{system}"]) >= numbers(row["cuda"]), \
                f"CUDA {row['cuda']} on {system}"


def test_ptx_of_a_toolkit_is_read_by_its_drivers():
    need = {row["ptx_isa"]: row["cuda"] for row in TABLES["ptx_isa"]}
    for row in TABLES["cuda_toolkits"]:
        assert numbers(need[row["ptx_isa"]]) <= numbers(row["cuda"]), row["cuda"]


def test_host_compilers_go_up():
    """No toolkit takes less new a compiler than the one before, and Visual C++ has a range."""
    rows = TABLES["cuda_toolkits"]
    for column in ("gcc_max", "clang_max", "msvc_below"):
        limits = [numbers(row[column]) for row in rows]
        assert limits == sorted(limits) and all(limits), column
    for row in rows:
        assert int(row["msvc_min"]) < int(row["msvc_below"]), row["cuda"]
        oldest, newest = row["visual_studio"].split("-")
        assert oldest <= newest, row["cuda"]


def test_toolkits_agree_with_targets():
    for row in TABLES["cuda_toolkits"]:
        cuda = numbers(row["cuda"])
        made = [numbers(t)[0] for t, r in sm_rows().items()
                if numbers(r["first_toolkit"]) <= cuda
                and (r["last_toolkit"] == "-" or cuda <= numbers(r["last_toolkit"]))]
        assert numbers(row["sass_min"])[0] == min(made), row["cuda"]
        assert numbers(row["sass_max"])[0] == max(made), row["cuda"]


def test_machine_code_stays_inside_its_major():
    """Rule 1: same major, same or higher minor; 'a' exactly; Tegra apart. sm_101 is the old name
    of sm_110."""
    rows = sm_rows()
    for row in TABLES["sass_compat"]:
        code = numbers(row["code"].replace("sm_101", "sm_110"))[0]
        device = numbers(row["device"])[0]
        assert code // 10 == device // 10 and code <= device, row
        if row["code"].endswith("a"):
            assert code == device, row
        if rows[row["code"]]["tegra"] != rows[row["device"]]["tegra"]:
            assert row["from_toolkit"] != "-", row
    for target in rows:
        if numbers(target)[0] >= 20 and not target.endswith(("a", "f")) and target != "sm_101":
            assert (target, target) in {(r["code"], r["device"]) for r in TABLES["sass_compat"]}


def test_names_and_ids_tell_the_same():
    targets = {row["name"]: row["targets"].split() for row in TABLES["gpu_names"]}
    for row in TABLES["gpu_pci"]:
        if row["name"] in targets:
            assert row["target"] in targets[row["name"]], name_of("gpu_pci", row)


def test_blocks_agree_with_ids():
    """A block is a guess for ids that have no row: it must be right about those that have one."""
    for row in TABLES["gpu_pci"]:
        for block in TABLES["gpu_id_blocks"]:
            if row["vendor"] == "10de" and block["first"] <= row["device"] <= block["last"]:
                assert row["target"] == block["target"], name_of("gpu_pci", row)


def test_first_drivers_belong_to_known_ids():
    known = {(r["vendor"], r["device"]) for r in TABLES["gpu_pci"]}
    for row in TABLES["gpu_driver_firsts"]:
        assert (row["vendor"], row["device"]) in known, row


def test_gpus_of_a_target_are_named_as_in_the_other_tables():
    """Each name fits more GPUs of its target than of any other."""
    names = [(r["name"], r["target"]) for t in ("gpu_pci", "tegra_chips") for r in TABLES[t]]
    names += [(r["name"], target) for r in TABLES["gpu_names"] for target in r["targets"].split()]
    for row in TABLES["sm_targets"]:
        for gpus in row["gpus"].split(", ") if row["gpus"] != "-" else ():
            pattern = re.compile(rf"(?<!\w){gpus.replace('x', '[0-9]')}(?!\d)")
            fitting = Counter(target for name, target in names if pattern.search(name))
            assert fitting and fitting.most_common(1)[0][0] == row["target"], (row["target"], gpus)


def test_drivers_that_end_agree():
    """The last release belongs to the last branch, and the next branch follows it."""
    branches = {}
    for row in TABLES["drivers"]:
        branches.setdefault(row["os"], []).append(numbers(row["first"])[0])
    for row in TABLES["sm_targets"]:
        if row["driver_last"] == "-":
            assert row["driver_after_last"] == "-", row["target"]
            continue
        assert numbers(row["driver_last_linux"])[0] == int(row["driver_last"]), row["target"]
        assert int(row["driver_after_last"]) > int(row["driver_last"]), row["target"]


def test_amd_overrides_stay_in_the_family():
    """Rule 9: the value is a target of the same family, never of another."""
    family = {row["gfx"]: row["family"] for row in TABLES["amd_gfx"]}
    for row in TABLES["amd_gfx"]:
        if row["override"] == "-":
            continue
        major, minor, step = numbers(row["override"])
        assert family[f"gfx{major}{minor}{step:x}"] == row["family"], row["gfx"]


def toolkits():
    return {row["cuda"] for row in TABLES["cuda_toolkits"]}


def test_what_is_named_elsewhere_exists():
    """Toolkits, PTX ISA versions, drivers' CUDA levels and packages that a row of another table
    names have rows. Toolkits older than the first row were never those of a build."""
    first = min(map(numbers, toolkits()))
    packages = {row["package"] for row in TABLES["packages"]}
    isas = {row["ptx_isa"] for row in TABLES["ptx_isa"]}
    tritons = {row["triton"] for row in TABLES["triton_ptxas"]}
    assert {row["package"] for row in TABLES["extensions"]} <= {name.rstrip("*") for name in packages}
    for table, column in (("sm_targets", "first_toolkit"), ("sm_targets", "last_toolkit"), ("drivers", "cuda"),
                          ("sass_compat", "from_toolkit"), ("triton_ptxas", "ptxas"),
                          ("tegra_releases", "cuda"), ("forward_compat", "cuda")):
        known = toolkits() | ({"12.7"} if table == "drivers" else set())  # R565 came without a toolkit
        for where, cell in cells(table, column):
            assert cell in known or numbers(cell) < first, f"{where}: {column} {cell} has no row"
    for table, column, known in (("cuda_toolkits", "ptx_isa", isas), ("sm_targets", "min_ptx_isa", isas),
                                 ("libraries", "package", packages | {"*"}), ("torch_companions", "triton", tritons)):
        for where, cell in cells(table, column):
            assert cell in known, f"{where}: {column} {cell} has no row"


def test_compilers_are_packages_whose_version_is_that_of_cuda():
    of = {row["package"]: row for row in TABLES["packages"]}
    for row in TABLES["package_compilers"]:
        where = name_of("package_compilers", row)
        known = max((name for name in of if row["package"].startswith(name.rstrip("*"))), key=len)
        assert of[known]["origin"] == "compiles", where
        for word in row["compilers"].split():
            name, version = word.split("==")
            suffix = re.search(r"-cu(\d+)$", name)
            assert numbers(version)[0] == int(suffix[1]) if suffix else numbers(version)[0] >= 13, f"{where}: {word}"
            best = max((n for n in of if name.startswith(n.rstrip("*"))), key=len)
            assert of[best]["component"] in ("nvrtc", "nvcc", "nvjitlink"), f"{where}: {word}"
    majors = {cuda.split(".")[0] for cuda in toolkits()}
    for row in TABLES["package_cuda"]:
        assert row["cuda"] in toolkits() | majors and row["package"] in of, name_of("package_cuda", row)


def test_toolkits_and_drivers_have_no_gap():
    """Every minor release of a major one, and on each system a branch for every release."""
    minors = {}
    for cuda in toolkits():
        major, minor = numbers(cuda)
        minors.setdefault(major, set()).add(minor)
    for major, found in minors.items():
        skipped = {12: {7}}.get(major, set())  # NVIDIA released no CUDA 12.7
        assert found == set(range(max(found) + 1)) - skipped, f"CUDA {major}"
    assert sorted(minors) == list(range(min(minors), max(minors) + 1))
    for system in ("linux", "windows"):
        rows = [row for row in TABLES["drivers"] if row["os"] == system]
        assert toolkits() <= {row["cuda"] for row in rows}, system
        levels = [numbers(row["cuda"]) for row in rows]
        assert levels == sorted(levels), system


# --- PyTorch's builds ------------------------------------------------------------------------------

def test_there_are_all_builds():
    assert len(TABLES["torch_builds"]) >= 671


def test_builds_hold_what_their_toolkit_can_make():
    rows = sm_rows()
    for build in TABLES["torch_builds"]:
        cuda = cuda_of(build["variant"])
        for entry in build["code"].split() if cuda and build["code"] != "?" else ():
            row = rows[entry.split(":")[0].replace("compute_", "sm_")]
            where = f"{name_of('torch_builds', build)}: {entry}"
            assert numbers(row["first_toolkit"]) <= numbers(cuda), where
            assert row["last_toolkit"] == "-" or numbers(cuda) <= numbers(row["last_toolkit"]), where


def test_ptx_and_compression_follow_the_toolkit():
    isa = {row["cuda"]: row["ptx_isa"] for row in TABLES["cuda_toolkits"]}
    for build in TABLES["torch_builds"]:
        cuda = cuda_of(build["variant"])
        for entry in build["code"].split() if cuda and build["code"] != "?" else ():
            where = f"{name_of('torch_builds', build)}: {entry}"
            assert entry.endswith(":zstd") == (numbers(cuda) >= [13]), where
            if entry.startswith("compute_"):
                assert f":ptx{isa[cuda]}" in entry, where


def test_code_belongs_to_the_variant():
    for build in TABLES["torch_builds"]:
        where, code = name_of("torch_builds", build), build["code"]
        if build["variant"] == "cpu":
            assert code == "-", where
        elif code != "?":
            start = "gfx" if build["variant"].startswith("rocm") else ("sm_", "compute_")
            assert build["variant"] == "xpu" or all(e.startswith(start) for e in code.split()), where


def test_one_default_per_platform():
    count = Counter((b["release"], b["os"], b["arch"]) for b in TABLES["torch_builds"]
                    if b["default"] == "yes")
    assert [key for key, times in count.items() if times > 1] == []


def test_companions_of_every_release():
    known = {row["release"] for row in TABLES["torch_companions"]}
    for build in TABLES["torch_builds"]:
        assert build["release"].split(".post")[0] in known, build["release"]


def served_by(code):
    """Numbers of the machine code in a list, and of what it serves: the same major, from its minor on."""
    own = {int(n) for n in re.findall(r"\bsm_(\d+)\b", code)}
    return {int(t[3:]) for t in sm_rows() if t[3:].isdigit()
            and any(n <= int(t[3:]) and n // 10 == int(t[3:]) // 10 for n in own)}


def test_companions_serve_what_torch_serves():
    """Those that were read out of wheels: the others are judged by torch's list."""
    builds = {(b["release"], cuda_of(b["variant"]), b["os"], b["arch"]): b["code"] for b in TABLES["torch_builds"]}
    owners = {(name, row[name]): row["release"] for row in TABLES["torch_companions"]
              for name in ("torchvision", "torchaudio")}
    compared = 0
    for row in TABLES["extensions"]:
        owner = owners.get((row["package"], row["release"]))
        torch = builds.get((owner, row["cuda"], row["os"], row["arch"]))
        if row["code"] in ("-", "") or not torch or torch == "?":
            continue
        compared += 1
        assert served_by(torch) <= served_by(row["code"]), name_of("extensions", row)
    assert compared >= 7


def test_libraries_belong_to_builds():
    builds = {tuple(b[k] for k in KEYS["torch_builds"]) for b in TABLES["torch_builds"]}
    files = {row["file"] for row in TABLES["libraries"]}
    for row in TABLES["torch_libraries"]:
        assert tuple(row[k] for k in KEYS["torch_builds"]) in builds, row
        name = re.fullmatch(r"torch/lib/(?:lib(?P<so>\w+)\.so|(?P<dll>\w+)\.dll)", row["library"])
        assert (name["so"] or name["dll"]) in files, row


def test_commands_belong_to_builds():
    builds = {(b["release"], b["variant"], b["os"]) for b in TABLES["torch_builds"]}
    for row in TABLES["torch_commands"]:
        assert (row["release"], row["variant"], row["os"]) in builds, name_of("torch_commands", row)


def test_extensions_ask_for_what_there_is():
    """Releases of torch and of its companions that are pinned exactly, and CUDA releases."""
    known = {"torch": {row["release"] for row in TABLES["torch_builds"]}}
    for row in TABLES["torch_companions"]:
        for name in ("torchvision", "torchaudio", "triton"):
            known.setdefault(name, set()).add(row[name])
    for row in TABLES["extensions"]:
        where = name_of("extensions", row)
        assert row["os"] in ("linux", "windows", "macos", "-") and row["arch"] in ("x86_64", "aarch64", "-"), where
        assert row["cuda"] in toolkits() | {t.split(".")[0] for t in toolkits()} | {"none", "-"}, where
        for word in row["requires"].split() if row["requires"] != "-" else ():
            name, clauses = re.fullmatch(r"([a-z-]+)((?:[<>=!~]=?[\w.]+,?)*)", word).groups()
            if clauses.startswith("=="):
                assert clauses[2:] in known[name], f"{where}: {word}"


def test_features_have_a_sentence():
    for language in ("en", "zh"):
        text = (SOURCE / "po" / f"{language}.po").read_text(encoding="utf-8")
        for row in TABLES["libraries"]:
            if row["feature"] != "-":
                assert f'msgid "feature.{row["feature"]}"' in text, row["feature"]


# --- against real files ----------------------------------------------------------------------------

def plain(code):
    """Without options, as PyTorch prints a list."""
    return [entry.split(":")[0] for entry in code.split()]


def in_modules(row, share):
    """Targets that at least this share of a library's modules hold."""
    counts = dict(word.rsplit("=", 1) for word in row["targets"].split())
    return {name.removeprefix("ptx:") for name, count in counts.items()
            if int(count) >= share * int(row["modules"])}


MEASURED = read(SOURCE / "tests" / "data" / "measured_wheels.tsv")
REPORTED = read(SOURCE / "tests" / "data" / "reported_builds.tsv")


def of_wheel(name):
    """Package, release and platform of a wheel's file name."""
    package, release, arch = re.match(r"(\w+)-([\d.]+)-.*_(x86_64|aarch64|amd64)\.whl", name).groups()
    return package, release, "windows" if arch == "amd64" else "linux", arch.replace("amd64", "x86_64")


def library_row(package, path):
    """As libraries.tsv names it: of the package, else one of NVIDIA's."""
    stem = re.sub(r"-[0-9a-f]{8}$", "", re.sub(r"\.(so[.\d]*|dll)$", "", path.rsplit("/", 1)[-1])).removeprefix("lib")
    for row in TABLES["libraries"]:
        if row["package"] in (package, "*") and re.fullmatch(row["file"].replace("*", r"\d+"), stem):
            return row, stem
    return None, stem


def release_of_select(stem, select):
    """bitsandbytes_cuda118 → 11.8; nothing for other code."""
    digits = re.search(r"\d+$", stem)[0] if select == "cuda" else ""
    return f"{digits[:-1]}.{digits[-1]}" if digits else None


def disagreements(row):
    """What the tables say otherwise than one library of one wheel."""
    package, release, system, arch = of_wheel(row["wheel"])
    library, stem = library_row(package, row["library"])
    if not library:
        return [f"no row in libraries.tsv for {row['library']}"]
    cuda = cuda_of(row["variant"]) or release_of_select(stem, library["select"])
    wrong = [f"{name} is not made by CUDA {cuda}" for name in in_modules(row, 0) if cuda
             for sm in [sm_rows()[name.replace("compute_", "sm_")]]
             if numbers(sm["first_toolkit"]) > numbers(cuda)
             or (sm["last_toolkit"] != "-" and numbers(cuda) > numbers(sm["last_toolkit"]))]
    if package != "torch" or library["role"] not in ("core", "feature"):
        return wrong
    core = library["role"] == "core"
    table, share = ("torch_builds", 1) if core else ("torch_libraries", 0.5)
    key = {"release": release, "variant": row["variant"], "os": system, "arch": arch,
           **({"default": "yes"} if core else {"library": row["library"]})}
    found = [r for r in TABLES[table] if all(r[k] == v for k, v in key.items())]
    if len(found) != 1:
        return [*wrong, f"{len(found)} rows in {table}.tsv"]
    if set(plain(found[0]["code"])) != in_modules(row, share):
        wrong.append(f"{found[0]['code']} is not what was counted")
    if any(e.endswith(":zstd") != ("zstd" in row["compression"]) for e in found[0]["code"].split()):
        wrong.append(f"{found[0]['code']} is otherwise compressed")
    return wrong


def test_tables_agree_with_wheels(capsys):
    """Every library that was counted, and every wheel of PyTorch's has its row."""
    wrong = [f"{row['wheel']}: {row['library']}: {what}" for row in MEASURED for what in disagreements(row)]
    builds = {(b["release"], b["os"], b["arch"]) for b in TABLES["torch_builds"]}
    wheels = {row["wheel"] for row in MEASURED}
    wrong += [f"{name}: no build" for name in wheels
              if name.startswith("torch-") and of_wheel(name)[1:] not in builds]
    with capsys.disabled():
        print(f"\n{len(MEASURED)} libraries of {len(wheels)} wheels: {len(wrong)} disagreements with the tables")
    assert not wrong, "\n".join(wrong)
    assert len(wheels) >= 19 and all(re.fullmatch(r"[0-9a-f]{64}", row["sha256"]) for row in MEASURED)


@pytest.mark.parametrize("row", REPORTED, ids=lambda r: f"{r['release']}+{r['variant']}-{r['os']}")
def test_tables_agree_with_users(row):
    found = [b for b in TABLES["torch_builds"]
             if all(b[k] == row[k] for k in KEYS["torch_builds"])]
    assert len(found) == 1 and sorted(plain(found[0]["code"])) == sorted(row["code"].split())
