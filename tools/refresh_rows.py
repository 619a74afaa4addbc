# SPDX-License-Identifier: MIT
"""Rows of data/ that follow from wheels, and how they meet those that are there (tools/refresh)."""
import difflib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import refresh_libraries
import wheels
from gen_catalog import KEYS, natural, sort_key

MEASURED_KEY = ("wheel", "library")
READ_OUT = "read out of "
CORE_SHARE, FEATURE_SHARE = 1, 0.5  # of a library's modules: what torch_*.tsv say of their lists
NEWEST = "999.0"  # a driver that compiles all PTX
NOT_NATIVE = {"no-code", "incomplete-code", "arch-specific", "ptx-only", "tegra-mismatch"}
# Packages whose requirements on each other extensions.tsv lists.
FAMILY = ("torch", "torchvision", "torchaudio", "triton", "xformers", "flash-attn", "vllm")


class Table:
    """A table with its comments. Rows are dictionaries."""

    def __init__(self, path, keys):
        self.path, self.keys = path, keys
        self.before = path.read_text(encoding="utf-8")
        lines = self.before.splitlines()
        self.comments = [line for line in lines if line.startswith("#")]
        cells = [line.split("\t") for line in lines if not line.startswith("#")]
        self.columns = cells[0]
        self.rows = [dict(zip(self.columns, row)) for row in cells[1:]]

    def find(self, **wanted):
        return [r for r in self.rows if all(r[k] == v for k, v in wanted.items())]

    def row_like(self, row):
        found = self.find(**{k: row[k] for k in self.keys})
        return found[0] if found else None

    def order(self, row):
        if self.path.stem in KEYS:
            return sort_key(self.path.stem, row)
        return [natural(row[k]) for k in self.keys]

    def text(self):
        rows = sorted(self.rows, key=self.order)
        lines = ["\t".join(row[c] for c in self.columns) for row in rows]
        return "\n".join([*self.comments, "\t".join(self.columns), *lines]) + "\n"


def is_read_out(row):
    return row["source"].startswith(READ_OUT)


def joined(*lists):
    """Interpreters of several lists: 3.9 before 3.10, free-threaded ones last."""
    words = {word for text in lists for word in text.split() if word != "-"}
    return " ".join(sorted(words, key=lambda w: (w.endswith("t"), natural(w)))) or "-"


def variant_cuda(variant):
    """cu128 → 12.8."""
    found = re.fullmatch(r"cu(\d+)(\d)", variant or "")
    return f"{found[1]}.{found[2]}" if found else None


def stem_of(path):
    """torch/lib/libtorch_cuda.so → torch_cuda."""
    return re.sub(r"\.(so[\d.]*|dll)$", "", path.rsplit("/", 1)[-1]).removeprefix("lib")


def code_of(library, share):
    """Targets in at least this share of its modules, as torch_builds.tsv writes them."""
    entries = [t["target"] + (f":ptx{t['ptx_isa']}" if t["ptx_isa"] else "")
               + (":zstd" if "zstd" in t["compression"] else "")
               for t in library["targets"] if t["modules"] >= share * library["modules"]]
    return " ".join(sorted(entries, key=lambda e: (e.startswith("compute_"), natural(e)))) or "?"


def images_of(library):
    """elf/zstd=2981 ptx/zstd=3"""
    counts = {}
    for target in library["targets"]:
        kind = {"sass": "elf"}.get(target["kind"], target["kind"])
        for method, images in target["compression"].items():
            counts[f"{kind}/{method}"] = counts.get(f"{kind}/{method}", 0) + images
    return " ".join(f"{k}={v}" for k, v in sorted(counts.items()))


class Refresh:
    def __init__(self, tables, measured, gpumatch):
        self.gpumatch, self.folder = gpumatch, tables
        names = ("torch_builds", "torch_libraries", "torch_companions", "triton_ptxas",
                 "extensions", "libraries", "packages", "scanned_libraries")
        self.tables = {name: Table(tables / f"{name}.tsv", KEYS[name]) for name in names}
        self.tables["measured"] = Table(measured, MEASURED_KEY)
        self.seen, self.notes = set(), []

    def add(self, wheel, date=None):
        """Everything that follows from one wheel."""
        if wheel.name == "torch":
            self.add_torch(wheel, date)
        elif wheel.name == "triton":
            self.add_triton(wheel)
        else:
            self.add_extension(wheel)

    def add_libraries(self, wheel):
        """A hash names one file, whatever the wheel."""
        if not wheel.whole:
            raise wheels.WheelError(f"{wheel.path}: its libraries need the whole wheel")
        for row in refresh_libraries.rows(wheel, self.gpumatch):
            self.put("scanned_libraries", {**row, "source": READ_OUT + wheel.file},
                     ("size_bytes", "code", "needs", "run_path"), ("library",))

    # --- how rows meet ---------------------------------------------------------------------------

    def put(self, name, row, facts, keep=()):
        """`facts`: columns that must agree, or one of the rows is wrong. What `keep` names stays
        as it is in a row that is there; "-" is no knowledge."""
        table = self.tables[name]
        old = table.row_like(row)
        if old is None:
            table.rows.append(row)
            return
        row = {**row, **{c: old[c] for c in (*keep, *facts) if old[c] != "-" and (c in keep or row[c] == "-")}}
        differ = [c for c in facts if set(old[c].split()) != set(row[c].split())]
        for column in facts:
            if column not in differ:
                row[column] = old[column]  # in its order
        if differ and is_read_out(old) and all(old[c] != "-" for c in differ):
            self.notes.append(f"{table.path.name}: {' '.join(row[k] for k in table.keys)}: "
                              + "; ".join(f"{c} is '{old[c]}', but '{row[c]}' {row['source']}" for c in differ))
            return
        if is_read_out(old) and not differ:
            row.update({c: old[c] for c in ("source", "confidence") if c in old})
        old.update(row)

    # --- torch -----------------------------------------------------------------------------------

    def scan(self, wheel):
        done = subprocess.run([self.gpumatch, "scan", "--json", wheel.path], capture_output=True,
                              text=True, check=False)
        report = json.loads(done.stdout) if done.stdout else {}
        if done.returncode not in (0, 1) or not report.get("complete"):
            raise wheels.WheelError(f"{wheel.path}: gpumatch could not read all of it: {done.stderr.strip()}")
        return [{**b, "path": b["path"].split("!/", 1)[1]} for b in report["binaries"]]

    def role(self, library):
        rows = self.tables["libraries"].find(package="torch", file=stem_of(library["path"]))
        return rows[0]["role"] if rows else None

    def add_torch(self, wheel, date):
        if not wheel.whole:
            raise wheels.WheelError(f"{wheel.path}: torch needs the whole wheel (its interpreters: --names)")
        libraries = self.scan(wheel)
        variant = wheels.variant_of(wheel) or "cpu"
        key = {"release": wheel.release, "variant": variant, "os": wheel.os, "arch": wheel.arch}
        source = {"source": READ_OUT + wheel.file, "confidence": "high"}
        core = [b for b in libraries if self.role(b) == "core"]
        if len(core) != (variant != "cpu"):
            raise wheels.WheelError(f"{wheel.path}: {len(core)} core libraries (libraries.tsv) "
                                    f"in a wheel for {variant}")
        asked = {r.name: r for r in wheel.requires}
        cudnn = [v for name, r in asked.items() if name.startswith("nvidia-cudnn-cu") for v in exact(r)]
        builds = self.tables["torch_builds"]
        dates = [r["date"] for r in builds.find(release=wheel.release)]
        old = builds.row_like(key)
        self.put("torch_builds", {
            **key, "date": date or next(iter(dates), None) or wheels.date_of(wheel),
            "code": code_of(core[0], CORE_SHARE) if core else "-",
            "python": joined(wheel.python, old["python"] if old else "-"), "glibc": wheel.glibc,
            "default": "no" if wheel.local else "yes", "doubtful": "no",
            "cudnn": cudnn[0] if cudnn else "-", **source},
            ("code", "glibc", "default", "cudnn"), ("date",))
        self.seen.add((wheel.release, wheel.os, wheel.arch, variant))
        digest = wheels.sha256_of(wheel)
        for library in (b for b in libraries if "/lib/" in b["path"]):  # not its own tests
            self.measure(wheel, digest, variant, library)
            role = self.role(library)
            if role == "feature":
                self.put("torch_libraries", {**key, "library": library["path"],
                                             "code": code_of(library, FEATURE_SHARE), **source}, ("code",))
            elif role is None and stem_of(library["path"]).startswith("torch"):
                self.notes.append(f"{wheel.file}: {library['path']} has GPU code and no row in libraries.tsv")
        self.companion(wheel.release, "triton", next(iter(exact(asked["triton"])), None)
                       if "triton" in asked else None, wheel)

    def measure(self, wheel, digest, variant, library):
        """What was counted, which the tables must agree with (tests/test_tables.py)."""
        targets = [f"{'ptx:' if t['kind'] == 'ptx' else ''}{t['target']}={t['modules']}"
                   for t in library["targets"]]
        self.put("measured", {"wheel": wheel.file, "library": library["path"], "variant": variant,
                              "sha256": digest, "modules": str(library["modules"]),
                              "targets": " ".join(sorted(targets)), "compression": images_of(library),
                              "source": READ_OUT + "the wheel by gpumatch"}, ("modules", "targets", "compression"))

    def companion(self, torch, name, version, wheel):
        """The newest that asks for exactly this torch belongs to it."""
        table = self.tables["torch_companions"]
        old = table.find(release=torch)
        if not old:
            table.rows.append({c: "-" for c in table.columns}
                              | {"release": torch, name: version or "-", "confidence": "high",
                                 "source": f"Requires-Dist of {wheel.file}"})
        elif version and (old[0][name] == "-" or natural(old[0][name]) < natural(version)):
            old[0][name] = version
            old[0]["source"] += f"; {name}: Requires-Dist of {wheel.file}"

    def add_names(self, text):
        """Interpreters of wheels that are only named, for builds of this run."""
        for file in sorted(set(re.findall(r"torch-[\w.+-]+?\.whl", text.replace("%2B", "+")))):
            parts = wheels.split_name(file)
            for release, system, arch, variant in self.seen if parts else ():
                if (parts["release"], parts["os"], parts["arch"]) != (release, system, arch):
                    continue
                row, = self.tables["torch_builds"].find(release=release, os=system, arch=arch, variant=variant)
                if variant == parts["local"] or (not parts["local"] and row["default"] == "yes"):
                    row["python"] = joined(row["python"], parts["python"])

    # --- the others ------------------------------------------------------------------------------

    def add_triton(self, wheel):
        """Its compilers say their CUDA release in a sentence."""
        found = set()
        for member in wheel.members:
            if not member.rsplit("/", 1)[-1].startswith("ptxas"):
                continue
            tail = b""
            for chunk in wheel.chunks(member):
                found |= set(re.findall(rb"release (\d+\.\d+), V\d", tail + chunk))
                tail = chunk[-64:]
        if not found:
            raise wheels.WheelError(f"{wheel.path}: no ptxas that tells its release")
        newest = max((f.decode() for f in found), key=natural)
        self.put("triton_ptxas", {"triton": wheel.release, "ptxas": newest,
                                  "source": f"{READ_OUT}ptxas in {wheel.file}", "confidence": "high"}, ("ptxas",))

    def serves(self, wheel):
        """The GPUs that its main libraries serve with machine code, as gpumatch judges them, and
        PTX that all their modules have; "-" where it has no GPU code."""
        lines = (self.folder / "sm_targets.tsv").read_text(encoding="utf-8").splitlines()
        plain = [word for word in (line.split("\t")[0] for line in lines) if re.fullmatch(r"sm_\d+", word)]
        done = subprocess.run([self.gpumatch, "check", "--machine", "-", "--os", wheel.os, "--arch", wheel.arch,
                               *(word for target in plain for word in ("--gpu", target)), "--driver", NEWEST,
                               "--json", wheel.path], capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        libraries = [b for p in report["packages"] for b in p["libraries"] if b["selected"]]
        main = [b for b in libraries if b["role"] == "core"] or libraries
        if not main:
            return "-"
        outcomes = report["packages"][0]["devices"]
        served = [target for target, outcome in zip(plain, outcomes)
                  if outcome["coverage"] != "none" and not NOT_NATIVE & set(outcome["reasons"])]
        modules = {b["path"]: b for b in self.scan(wheel)}
        ptx = [set() for _ in main]
        for library, found in zip(main, ptx):
            counted = modules[library["path"].split("!/", 1)[1]]
            found.update(entry for entry in code_of(counted, CORE_SHARE).split() if entry.startswith("compute_"))
        packed = any("zstd" in t["compression"] for b in main for t in b["targets"])
        code = [target + (":zstd" if packed else "") for target in served]
        return " ".join(code + sorted(set.intersection(*ptx), key=natural)) or "?"

    def add_extension(self, wheel):
        """Which torch and which CUDA it asks for, and what GPUs it serves."""
        variant = wheels.variant_of(wheel) if wheel.whole else wheel.local
        cuda = variant_cuda(variant) or {"cpu": "none"}.get(variant)
        if variant and not cuda:
            self.notes.append(f"{wheel.file}: built for {variant}: extensions.tsv lists builds for CUDA")
            return
        if not cuda:  # nvidia-cutlass-dsl[cu13], nvidia-nccl-cu13: the major version at least
            words = {w for r in wheel.requires for w in (r.name.rsplit("-", 1)[-1], *r.extras)}
            major = {w[2:] for w in words if re.fullmatch(r"cu\d\d", w)}
            cuda = major.pop() if len(major) == 1 else "none" if wheel.os == "macos" else "-"
        asked = sorted(f"{r.name}{','.join(sorted(map(str, r.specifier), reverse=True))}"
                       for r in wheel.requires if r.name in FAMILY)
        asked.sort(key=lambda word: not re.match(r"torch\b", word))
        row = {"package": wheel.name, "release": wheel.release, "os": wheel.os, "arch": wheel.arch,
               "cuda": cuda, "requires": " ".join(asked) or "-", "confidence": "high",
               "code": self.serves(wheel) if wheel.whole and wheel.os == "linux" else "-",
               "source": (READ_OUT if wheel.whole else "METADATA of ") + wheel.file}
        table = self.tables["extensions"]
        same = table.find(**{k: row[k] for k in ("package", "release", "os", "arch")})
        for old in same:  # "13" and "-" are the same build, less exactly
            if old["cuda"] != cuda and (cuda == "-" or old["cuda"].startswith(cuda + ".")):
                row["cuda"] = old["cuda"]
            elif old["cuda"] == "-" or cuda.startswith(old["cuda"] + "."):
                table.rows.remove(old)
        self.put("extensions", row, ("requires", "code"))
        if wheel.name in self.tables["torch_companions"].columns:
            for requirement in wheel.requires:
                for torch in exact(requirement) if requirement.name == "torch" else ():
                    self.companion(torch, wheel.name, wheel.release, wheel)

    # --- at the end ------------------------------------------------------------------------------

    def write(self):
        """Writes what changed, after the generator of the catalogue has accepted it; prints the
        lines. False: nothing changed."""
        changed = {t.path: t.text() for t in self.tables.values() if t.text() != t.before}
        if not changed:
            return False
        with tempfile.TemporaryDirectory() as folder:
            for path in self.folder.glob("*.tsv"):
                text = changed.get(path) or path.read_text(encoding="utf-8")
                (Path(folder) / path.name).write_text(text, encoding="utf-8")
            tools = Path(__file__).parent
            done = subprocess.run([sys.executable, tools / "gen_catalog.py", Path(folder) / "out.c",
                                   tools.parent / "src/catalog/tables.h", folder],
                                  capture_output=True, text=True, check=False)
        if done.returncode:
            raise wheels.WheelError(f"nothing is written: {done.stderr.strip()}")
        for table in self.tables.values():
            if table.path in changed:
                lines = difflib.unified_diff(table.before.splitlines(), changed[table.path].splitlines(),
                                             table.path.name, table.path.name, n=0, lineterm="")
                print("\n".join(line for line in lines if not line.startswith(("+++", "@@"))))
                table.path.write_text(changed[table.path], encoding="utf-8")
        return True


def exact(requirement):
    """==3.5.1 and ~=3.9.0 name a version."""
    return [s.version for s in requirement.specifier if s.operator in ("==", "~=") and "*" not in s.version]
