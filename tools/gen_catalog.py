#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""data/*.tsv -> C: the tables as rows of numbers and one pool of text.

usage: gen_catalog.py OUT.c TABLES.h DATA_DIR

The members of each row are read from the list GM_TABLES in src/catalog/tables.h. Cells become
offsets into the pool ('-' is 0), except: PCI ids (vendor and device in one number), ids of blocks,
PTX ISA versions and the members of NUMBERS, which are numbers. Every table is checked: known
columns, unique and sorted keys, a source and a known confidence in each row, targets that exist.
"""
import re
import sys
from pathlib import Path

from tables import CONFIDENCE, Pool, array, read_tsv

INDEX = "https://download.pytorch.org/whl/"  # + variant: https://pytorch.org/get-started/locally
KEYS = {  # columns that together name a row
    "gpu_pci": ("vendor", "device"), "gpu_driver_firsts": ("vendor", "device", "first"),
    "gpu_names": ("name",), "gpu_id_blocks": ("first",),
    "sm_targets": ("target",), "sass_compat": ("code", "device"), "ptx_isa": ("ptx_isa",),
    "cuda_toolkits": ("cuda",), "drivers": ("os", "first"), "driver_features": ("feature", "os"),
    "torch_builds": ("release", "variant", "os", "arch"), "torch_companions": ("release",),
    "torch_libraries": ("release", "variant", "os", "arch", "library"),
    "extensions": ("package", "release", "os", "arch", "cuda"),
    "torch_commands": ("installer", "release", "variant", "os"),
    "libraries": ("package", "file"), "packages": ("package",), "conda_packages": ("conda",),
    "package_cuda": ("package", "from"), "package_compilers": ("package", "from"),
    "scanned_libraries": ("sha256",),
    "kernel_drivers": ("driver",), "forward_compat": ("cuda",),
    "forward_compat_brands": ("word",), "tegra_chips": ("compatible",), "tegra_releases": ("l4t",),
    "triton_ptxas": ("triton",), "cudnn_arch": ("cudnn_from",), "amd_gfx": ("gfx",)}
# Words that say nothing about which GPU it is; src/catalog/names.c folds what people type alike.
BRANDS = ("nvidia", "amd", "intel", "geforce", "radeon")
NOISE = BRANDS + ("instinct", "series", "graphics", "gpu", "generation", "r", "tm")
SAME = {"mobile": "laptop", "notebook": "laptop"}


def fail(message):
    sys.exit(f"gen_catalog.py: {message}")


def read_table(path):
    rows = read_tsv(path, lambda row: " ".join(row[k] or "?" for k in KEYS[path.stem]), fail)
    check_order(path, rows)
    return rows


def natural(text):
    """Versions and numbered names in the order people expect: 2.9 before 2.10."""
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.findall(r"\d+|\D+", text)]


# Tables sorted by their bytes, not as versions.
PLAIN = ("gpu_names", "amd_gfx", "libraries", "packages", "conda_packages", "gpu_pci",
         "gpu_id_blocks", "kernel_drivers", "scanned_libraries")


def sort_key(table, row):
    columns = KEYS[table]
    if table == "gpu_driver_firsts":
        return [row["vendor"], row["device"], natural(row["first"])]
    if table in PLAIN:
        return [row[c] for c in columns]
    return [natural(row[c]) for c in columns]


def check_order(path, rows):
    for before, row in zip(rows, rows[1:]):
        name = " ".join(row[k] for k in KEYS[path.stem])
        if sort_key(path.stem, before) == sort_key(path.stem, row):
            fail(f"{path.name}: {name} stands twice")
        if sort_key(path.stem, before) > sort_key(path.stem, row):
            fail(f"{path.name}: {name} is not in order")


def words_of(name):
    return re.findall(r"[a-z0-9]+", name.lower())


def fold_name(name):
    words = [SAME.get(w, w) for w in words_of(name)]
    return "".join(w for w in words if w not in NOISE)


def maker_of(target):
    return "nvidia" if target.startswith("sm_") else "amd" if target.startswith("gfx") else "intel"


def fold_names(rows, pci, firsts):
    """One row per folded name and maker: names that fold alike share their targets. Each points to
    a PCI id of that name for which first drivers are known (device 0: none). alone: a row writes
    the name without a brand, has_pci: some PCI id bears it."""
    known, folded = {r["device"] for r in firsts}, {}
    on_pci = {(fold_name(r["name"]), maker_of(r["target"])) for r in pci}
    ids = {fold_name(r["name"]): r for r in reversed(pci) if r["device"] in known}
    for row in rows:
        name = fold_name(row["name"])
        if not name:
            continue
        key = (name, maker_of(row["targets"]))
        kept = folded.setdefault(key, {**row, "key": name, "alone": False,
                                         "has_pci": key in on_pci, **{
            k: ids[name][k] if name in ids else "0" for k in ("vendor", "device")}})
        if not set(words_of(row["name"])) & set(BRANDS):
            kept["alone"] = True
        elif kept["alone"] and fold_name(kept["name"]) == kept["name"].lower():
            kept["name"] = row["name"]  # shown with its brand
        targets = kept["targets"].split()
        kept["targets"] = " ".join(targets + [t for t in row["targets"].split()
                                              if t not in targets][:4 - len(targets)])
    return [folded[key] for key in sorted(folded)]


TARGETS = {("gpu_pci", "target"), ("gpu_names", "targets"), ("gpu_id_blocks", "target"),
           ("sass_compat", "code"), ("sass_compat", "device"), ("cudnn_arch", "min_target"),
           ("tegra_chips", "target"), ("package_compilers", "target_max")}
CODE = ("torch_builds", "torch_libraries", "torch_commands", "extensions")  # column "code"


# What is looked up most often, as numbers beside the texts.
NUMBERS = {"sm_targets": {"sm": ("SM", "target"), "first_level": ("LEVEL", "first_toolkit"),
                          "last_level": ("LEVEL", "last_toolkit")},
           "sass_compat": {"code_sm": ("SM", "code"), "device_sm": ("SM", "device")},
           "cuda_toolkits": {"level": ("LEVEL", "cuda")}}


def check_targets(tables):
    known = {r["target"] for r in tables["sm_targets"]} | {r["gfx"] for r in tables["amd_gfx"]}
    intel = {r["target"] for r in tables["gpu_pci"] if r["vendor"] == "8086"}
    for table, column in sorted(TARGETS):
        for row in tables[table]:
            for target in row[column].split():
                if target not in known | intel | {"-"}:
                    fail(f"{table}.tsv: target {target} has no row of its own")
    for table in CODE:
        for row in tables[table]:
            for entry in row["code"].split():
                target = entry.split(":")[0].replace("compute_", "sm_")
                if target.startswith(("sm_", "gfx")) and target not in known:
                    fail(f"{table}.tsv: {row['release']}: unknown {target}")
    return sorted(intel | {t for r in tables["torch_builds"] if r["variant"] == "xpu"
                           for t in r["code"].split() if t not in "-?"})


def made_of(table, member):
    """(gm_member_kind, column): how a member is made of the cells of a row."""
    if table == "gpu_names" and member in ("key", "alone", "device", "has_pci"):
        return "NAME", "name"  # fold_names, src/catalog/names.c
    if member == "device" and table in ("gpu_pci", "gpu_driver_firsts"):
        return "PCI", "vendor"
    if table == "gpu_id_blocks" and member in ("first", "last"):
        return "HEX", member
    if (table, member) in TARGETS:
        return "TARGETS", member
    if member == "code" and table in CODE:
        return "CODE", member
    if table in NUMBERS and member in NUMBERS[table]:
        return NUMBERS[table][member]
    return {"index_url": ("INDEX", "variant"), "isa": ("ISA", "ptx_isa"),
            "confidence": ("CONFIDENCE", member), "source": ("SOURCE", member),
            "is_default": ("TEXT", "default"),
            "override_version": ("TEXT", "override")}.get(member, ("TEXT", member))


def cell(pool, table, member, row):
    kind, column = made_of(table, member)
    if kind == "PCI" or (kind == "NAME" and member == "device"):
        return int(row["vendor"] + row["device"], 16)
    if kind == "HEX":
        return int(row[member], 16)
    if kind == "INDEX":  # on a Mac the wheels are PyPI's own
        return pool.add("-" if row["os"] == "macos" else INDEX + row["variant"])
    if kind == "ISA":
        major, minor = row["ptx_isa"].split(".")
        return int(major) * 10 + int(minor)
    if kind == "LEVEL":
        numbers = re.match(r"(\d+)\.(\d+)", row[column])
        return int(numbers[1]) << 16 | int(numbers[2]) if numbers else 0
    if kind == "SM":
        parts = re.fullmatch(r"sm_(\d+)([a-z]?)", row[column])
        return int(parts[1]) << 8 | ord(parts[2] or "\0") if parts else 0
    if kind == "NAME" and member != "key":
        return int(row[member])
    if kind == "CONFIDENCE":
        return CONFIDENCE.index(row[member])
    if column not in row:
        fail(f"{table}.tsv has no column {column}")
    return pool.add(row[member if kind == "NAME" else column])


def form_of(table, members, columns, rows):
    """What reading the table at run time takes (gm_table_form), for rows laid over these."""
    made = [made_of(table, m) for m in members]
    keys = ["vendor" if k == "device" and "vendor" in columns else k
            for k in KEYS[table] if k != "vendor"]
    places = [[column for _, column in made].index(k) for k in keys]
    return (f'    {{"{table}", "{"|".join(columns)}", offsetof(gm_catalog, {table}),\n'
            f"     offsetof(gm_catalog, {table}_count), {len(members)}, {len(places)}, "
            f"{str(table not in PLAIN).lower()},\n"
            "     {" + ", ".join(
                f"{{GM_MEMBER_{kind}, {columns.index(column)}, "
                f"{str(all(row[column] not in ('', '-') for row in rows)).lower()}}}"
                for kind, column in made) + "},\n"
            "     {" + ", ".join(map(str, places)) + "}},\n")


def members_of(header):
    text = Path(header).read_text(encoding="utf-8").replace("\\\n", " ")
    listed = re.search(r"#define GM_TABLES\(X\)(.*)", text).group(1)
    return {name: [m.strip() for m in rest.split(",")]
            for name, rest in re.findall(r"X\((\w+),([^)]*)\)", listed)}


def main():
    out, header, data = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    members = members_of(header)
    tables = {name: read_table(data / f"{name}.tsv") for name in members}
    intel = check_targets(tables)
    dates = [r["date"] for r in tables["torch_builds"]]
    columns = {name: list(rows[0]) for name, rows in tables.items()}
    tables["gpu_names"] = fold_names(tables["gpu_names"], tables["gpu_pci"],
                                     tables["gpu_driver_firsts"])
    pool, parts = Pool(), []
    for name, rows in tables.items():
        parts.append(f"static const gm_{name}_row {name}[] = {{\n")
        parts += ["    {" + ", ".join(str(cell(pool, name, m, row)) for m in members[name])
                  + "},\n" for row in rows]
        parts.append("};\n")
    newest = pool.add(max(dates))
    parts.append("static const char *const intel[] = {"
                 + ", ".join(f'"{t}"' for t in intel) + ", 0};\n")
    parts.append("static " + array("unsigned char", "pool", pool.data))
    parts.append("const gm_catalog gm_catalog_tables = {\n" + "".join(
        f"    .{name} = {name}, .{name}_count = {len(rows)},\n" for name, rows in tables.items()))
    parts.append(f"    .pool = pool, .pool_bytes = {len(pool.data)}, .newest = {newest}, "
                 ".intel = intel};\n")
    parts.append("const gm_table_form gm_catalog_forms[] = {\n"
                 + "".join(form_of(t, members[t], columns[t], tables[t]) for t in tables)
                 + "    {0}};\n" + f'const char gm_catalog_index[] = "{INDEX}";\n')
    with out.open("w", encoding="utf-8") as file:
        file.write("/* Generated by tools/gen_catalog.py from data/. */\n"
                   "#include \"catalog/tables.h\"\n\n")
        file.writelines(parts)


if __name__ == "__main__":
    main()
