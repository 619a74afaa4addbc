# SPDX-License-Identifier: MIT
"""What a wheel says of itself: its name, its tags, what it asks for, and what it was built with.
GPU code is not read here: that is gpumatch's own work."""
import hashlib
import json
import re
import zipfile
from dataclasses import dataclass, field
from email.parser import HeaderParser
from pathlib import Path

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHUNK_BYTES = 1 << 24
# A platform tag → system, processor. "any" is all of them.
PLATFORMS = (
    (r"(?:manylinux|linux).*?_(x86_64|aarch64|s390x)", "linux"),
    (r"win_(amd64|arm64)", "windows"), (r"macosx_\d+_\d+_(x86_64|arm64)", "macos"))
PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}
SYSTEMS = {"linux": ("Linux", "linux", "posix"), "windows": ("Windows", "win32", "nt"),
           "macos": ("Darwin", "darwin", "posix"), "-": ("Linux", "linux", "posix")}
# Names of tags that say less than the wheel needs (PEP 600 names the rest): manylinux1 stood on
# wheels that need more than glibc 2.5.
LEGACY_GLIBC = {"manylinux2014": "2.17"}


class WheelError(Exception):
    """What is wrong with a file, for the user."""


@dataclass
class Wheel:
    """One wheel, or METADATA alone (`whole` is false, `members` is empty)."""
    path: Path
    file: str             # its name as a wheel
    name: str = ""        # as PyPI compares names: flash-attn
    release: str = ""     # without local version
    local: str = ""       # cu128
    python: str = "-"     # 3.12, 3.13t; "-": several
    os: str = "-"         # "-": any
    arch: str = "-"
    glibc: str = "-"
    requires: list = field(default_factory=list)  # Requirement, those that hold there
    members: list = field(default_factory=list)
    whole: bool = False

    def read(self, member):
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(member)

    def chunks(self, member):
        with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def platform_of(tag):
    """manylinux_2_28_x86_64 → linux, x86_64."""
    for pattern, system in PLATFORMS:
        if found := re.fullmatch(pattern, tag):
            return system, PROCESSORS.get(found[1], found[1])
    return "-", "-"


def glibc_of(tags):
    """Of several tags the lowest counts."""
    known = [tuple(map(int, found.groups())) for tag in tags
             if (found := re.match(r"manylinux_(\d+)_(\d+)_", tag))]
    known += [tuple(map(int, LEGACY_GLIBC[word].split("."))) for tag in tags
              if (word := tag.split("_")[0]) in LEGACY_GLIBC]
    return ".".join(map(str, min(known))) if known else "-"


def python_of(interpreter, abi):
    """cp312-cp312 → 3.12, cp313-cp313t → 3.13t; tags for several interpreters → "-"."""
    found = re.fullmatch(r"cp(\d)(\d+)", interpreter)
    if not found or abi in ("abi3", "none"):
        return "-"
    return f"{found[1]}.{found[2]}" + ("t" if re.search(r"\dt$", abi) else "")


def split_name(file):
    """torch-2.9.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl → its parts; None: not a wheel."""
    parts = file.removesuffix(".whl").split("-")
    if len(parts) not in (5, 6) or not file.endswith(".whl"):
        return None
    version, _, local = parts[1].partition("+")
    tags = parts[-1].split(".")
    system, arch = platform_of(tags[0])
    return {"name": canonicalize_name(parts[0]), "release": version, "local": local, "os": system,
            "arch": arch, "glibc": glibc_of(tags), "python": python_of(parts[-3], parts[-2])}


def holds(requirement, wheel):
    """Is it asked for on the wheel's own platform, without extras?"""
    if not requirement.marker:
        return True
    system, sys_platform, os_name = SYSTEMS[wheel.os]
    python = wheel.python.rstrip("t") if wheel.python != "-" else "3.12"
    arch = wheel.arch if wheel.arch != "-" else "x86_64"
    try:
        return requirement.marker.evaluate({
            "extra": "", "platform_system": system, "sys_platform": sys_platform,
            "os_name": os_name, "platform_machine": arch, "python_version": python,
            "python_full_version": f"{python}.0"})
    except UndefinedEnvironmentName:
        return False


def read_metadata(wheel, text):
    headers = HeaderParser().parsestr(text)
    if not headers["Name"] or not headers["Version"]:
        raise WheelError(f"{wheel.path}: METADATA names no package")
    wheel.name = canonicalize_name(headers["Name"])
    wheel.release, _, local = headers["Version"].partition("+")
    wheel.local = wheel.local or local
    asked = [Requirement(line.strip()) for line in headers.get_all("Requires-Dist", [])]
    wheel.requires = [r for r in asked if holds(r, wheel)]


def read(path):
    """A wheel, `NAME.whl.metadata` or `NAME.tar.gz.metadata` (METADATA alone, as indexes serve it
    beside a file)."""
    path = Path(path)
    wheel = Wheel(path, path.name.removesuffix(".metadata"), whole=path.suffix != ".metadata")
    parts = split_name(wheel.file)
    if not parts and not wheel.file.endswith(".tar.gz"):
        raise WheelError(f"{path}: not the name of a wheel")
    for key, value in (parts or {}).items():
        setattr(wheel, key, value)
    if not wheel.whole:
        read_metadata(wheel, path.read_text(encoding="utf-8"))
        return wheel
    try:
        with zipfile.ZipFile(path) as archive:
            wheel.members = archive.namelist()
            inside = [m for m in wheel.members if re.fullmatch(r"[^/]+\.dist-info/METADATA", m)]
            if len(inside) != 1:
                raise WheelError(f"{path}: {len(inside)} METADATA where a wheel has one")
            read_metadata(wheel, archive.read(inside[0]).decode())
    except zipfile.BadZipFile as error:
        raise WheelError(f"{path}: {error}") from error
    return wheel


def date_of(wheel):
    """When its files were packed, which is when it was built: a day or two before the release."""
    with zipfile.ZipFile(wheel.path) as archive:
        return "-".join(f"{n:02}" for n in max(i.date_time for i in archive.infolist())[:3])


def sha256_of(wheel):
    with wheel.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def variant_of(wheel):
    """What it was built for, as PyTorch's indexes call it (cu128, rocm6.4, xpu, cpu): its local
    version, which wheels on PyPI tell only inside; None: it does not tell."""
    if wheel.local:
        return wheel.local
    folder = wheel.name.replace("-", "_")
    version, library = f"{folder}/version.py", f"{folder}/cpp_lib.json"
    if version in wheel.members:
        text = wheel.read(version).decode()
        if found := re.search(r"^__version__\s*(?::.*)?=\s*['\"][^'\"+]+\+(\w[\w.]*)['\"]", text, re.M):
            return found[1]
        if found := re.search(r"^cuda\b.*=\s*['\"](\d+)\.(\d+)['\"]", text, re.M):
            return f"cu{found[1]}{found[2]}"
    if library in wheel.members:  # xformers: {"version": {"cuda": 1208, …}}
        cuda = json.loads(wheel.read(library))["version"]["cuda"]
        return f"cu{cuda // 100}{cuda % 100}" if cuda else None
    return None
