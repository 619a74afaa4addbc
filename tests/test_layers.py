# SPDX-License-Identifier: MIT
"""Who includes whom, against the table in ARCHITECTURE.md."""
import re

from paths import SOURCE

STANDARD = re.compile(r'#\s*include\s*<([^>]+)>')
OWN = re.compile(r'#\s*include\s*"([^"]+)"')
GENERATED = {"api/version.h"}
# Headers of an operating system; everything else in <> is C's own library.
SYSTEM = re.compile(r"^(sys/|windows|unistd|dirent|fcntl|io\.h|shellapi|poll|pthread|dlfcn|gnu/)")


def read_table():
    """{layer: set of layers and public headers it may use}"""
    allowed = {}
    for line in (SOURCE / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"\| `(\w+)` \|.*\| ([^|]*) \|", line)
        if match:
            allowed[match[1]] = set(match[2].replace("`", "").split())
    return allowed


def sources():
    return sorted((SOURCE / "src").rglob("*.[ch]"))


def test_table_lists_every_layer():
    folders = {p.name for p in (SOURCE / "src").iterdir() if p.is_dir()}
    assert folders == set(read_table())


def test_no_layer_is_empty():
    for folder in (SOURCE / "src").iterdir():
        if folder.is_dir():
            assert list(folder.glob("*.c")), f"{folder.name} has no code"


def test_includes_follow_the_table():
    allowed, wrong = read_table(), []
    for path in sources():
        layer = path.relative_to(SOURCE / "src").parts[0]
        for header in OWN.findall(path.read_text(encoding="utf-8")):
            owner = header.split("/")[0]
            if owner == "gpumatch":
                ok = header in allowed[layer]
            else:
                ok = owner == layer or owner in allowed[layer]
                exists = (SOURCE / "src" / header).exists() or header in GENERATED
                assert exists, f"{path}: {header} does not exist"
            if not ok:
                wrong.append(f"{path.relative_to(SOURCE)} includes {header}")
    assert not wrong, "\n".join(wrong)


def test_layers_only_use_layers_above():
    order = list(read_table())
    for layer, uses in read_table().items():
        for used in uses - {"gpumatch/status.h", "gpumatch/gpumatch.h"}:
            assert order.index(used) < order.index(layer), f"{layer} uses {used}, which is below"


def test_system_headers_only_in_os():
    for path in sources():
        if path.relative_to(SOURCE / "src").parts[0] == "os":
            continue
        for header in STANDARD.findall(path.read_text(encoding="utf-8")):
            assert not SYSTEM.match(header), f"{path.relative_to(SOURCE)} includes <{header}>"
