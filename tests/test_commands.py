# SPDX-License-Identifier: MIT
"""Commands are tried, not only printed: pip and uv resolve what `pick` writes, against an index on this
machine that holds a stub of every wheel in the tables. Only the host is replaced. What is written for
conda, Poetry, pixi and in requirements files, those tools' own parsers read."""
import csv
import io
import itertools
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from paths import SOURCE, run

pytest.importorskip("pip", reason="no pip")

SYSTEMS = {"linux": "{arch}", "windows": "win_amd64", "macos": "macosx_14_0_arm64"}
GPUS = ["GTX 1080", "Tesla V100", "RTX 2080 Ti", "A100", "RTX 3090", "RTX 4090", "H100", "RTX 5060 Laptop",
        "B200", "gfx1100", "gfx942", "none"]
DRIVERS = {"linux": ["470.256.02", "535.183.06", "570.133.07", "580.105.08", "615.71.09"],
           "windows": ["472.12", "537.58", "572.83", "581.29", "616.10"]}
PYTHONS = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
PACKAGES = [[], ["torch"], ["torch", "torchvision", "torchaudio"], ["torch>=2.4,<2.9", "torchvision"],
            ["torch==2.7.1"], ["torchaudio", "torch<2.10"]]
COMBINATIONS = 720  # of which pip is asked for those that have a build
WORKER = """
import contextlib, io, json, sys
from pip._internal.cli.main import main
for line in sys.stdin:
    job = json.loads(line)
    with contextlib.redirect_stdout(io.StringIO()):
        status = main(job)
    print(status, flush=True)
"""


def rows(name):
    text = (SOURCE / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def platform_tag(build):
    if build["os"] != "linux":
        return {"windows": {"x86_64": "win_amd64", "aarch64": "win_arm64"},
                "macos": {"x86_64": "macosx_10_9_x86_64", "aarch64": "macosx_14_0_arm64"}}[build["os"]][build["arch"]]
    if build["glibc"] == "-":
        return f"linux_{build['arch']}"
    return f"manylinux_{build['glibc'].replace('.', '_')}_{build['arch']}"


class Index:
    """{(index, package): {name of a wheel: its Requires-Dist}}; the index of "" is PyPI."""

    def __init__(self):
        self.pages = {}
        companions = {row["release"]: row for row in rows("torch_companions")}
        asked = {(row["package"], row["release"]): row["requires"] for row in rows("extensions")}
        for build in rows("torch_builds"):
            beside = companions[build["release"].split(".post")[0]]
            for index in [build["variant"]] + [""] * (build["default"] == "yes"):
                self.add(index, build, "torch", build["release"], [])
                for name in ("torchvision", "torchaudio"):
                    needs = asked.get((name, beside[name]), f"torch=={build['release']}")
                    if beside[name] != "-":
                        self.add(index, build, name, beside[name], [] if needs == "-" else needs.split())

    def add(self, index, build, name, release, requires):
        page = self.pages.setdefault((index, name), {})
        local = f"+{build['variant']}" if index and build["os"] != "macos" else ""
        for python in build["python"].split():
            cp = "cp" + python.replace(".", "")
            page[f"{name}-{release}{local}-{cp.rstrip('t')}-{cp}-{platform_tag(build)}.whl"] = requires

    def page(self, index, name):
        return "".join(f'<a href="{file.replace("+", "%2B")}">{file}</a>\n' for file in self.pages[index, name])

    def wheel(self, index, name, file):
        package, version, tags = file.removesuffix(".whl").split("-", 2)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            info = f"{package}-{version}.dist-info"
            asks = "".join(f"Requires-Dist: {word}\n" for word in self.pages[index, name][file])
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n{asks}")
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tags}\n")
            archive.writestr(f"{info}/RECORD", "")
        return data.getvalue()


@pytest.fixture(scope="module")
def host():
    """Address of the index."""
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = re.fullmatch(r"/(?:simple|whl/([\w.]+))/(\w+)/(.*\.whl)?", self.path.replace("%2B", "+"))
            key = (found[1] or "", found[2]) if found else None
            if key not in index.pages or (found[3] and found[3] not in index.pages[key]):
                self.send_error(404)
                return
            body = index.wheel(*key, found[3]) if found[3] else index.page(*key).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/zip" if found[3] else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def machines():
    """Descriptions of machines and what is to be installed, drawn with a fixed seed."""
    every = [(system, arch, gpu, driver, python, libc, packages)
             for system, arch in (("linux", "x86_64"), ("linux", "aarch64"), ("windows", "x86_64"))
             for gpu, driver, python, libc, packages in itertools.product(
                 GPUS, DRIVERS[system], PYTHONS, ["2.17", "2.31", "2.39"] if system == "linux" else [None], PACKAGES)]
    return random.Random(1).sample(every, COMBINATIONS)


def pick(machine, installer="pip"):
    """The first advice, where it is to install a build."""
    system, arch, gpu, driver, python, libc, packages = machine
    args = ["pick", *packages, "--machine", "-", "--os", system, "--arch", arch, "--gpu", gpu, "--python", python,
            "--installer", installer, *(["--glibc", libc] if libc else []), *([] if gpu == "none" or gpu.startswith("gfx") else ["--driver", driver])]
    report = json.loads(run(*args, "--json").stdout)
    first = report["advice"][0]
    return first if first["action"] == "install" else None


def platforms_of(machine):
    system, arch, _, _, _, libc, _ = machine
    return [SYSTEMS[system]] if system != "linux" else \
        [f"manylinux_2_{minor}_{arch}" for minor in range(int(libc.split(".")[1]), 4, -1)] + [f"linux_{arch}"]


def tags_of(machine):
    """What pip would take on that machine."""
    python = machine[4]
    abi = "cp" + python.replace(".", "")
    return ["--python-version", python, "--implementation", "cp", "--abi", abi,
            *(word for platform in platforms_of(machine) for word in ("--platform", platform))]


def pip_words(command, host):
    """The command's own words, its host replaced."""
    program, action, *words = shlex.split(command)
    assert program in ("pip", "pip3") and action == "install", command
    words = [word.replace("https://download.pytorch.org", host) for word in words]
    assert not any("https:" in word for word in words), command
    return words if "--index-url" in words else [*words, "--index-url", f"{host}/simple"]


def resolve(jobs):
    """Runs pip once for all jobs, in a process without settings of this machine."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_") and "proxy" not in k.lower()}
    done = subprocess.run([sys.executable, "-c", WORKER], input="".join(json.dumps(job) + "\n" for job in jobs),
                          capture_output=True, text=True, check=True,
                          env={**environment, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return [int(line) for line in done.stdout.split()]


@pytest.fixture(scope="module")
def asked():
    """Machines for which a build is picked, with the advice."""
    with ThreadPoolExecutor(2) as pool:
        return [pair for pair in zip(machines(), pool.map(pick, machines())) if pair[1]]


def differently(asked, installer):
    """[(advice, the same for another installer)], one for each command."""
    once = {command_of(advice): (machine, advice) for machine, advice in asked}
    with ThreadPoolExecutor(2) as pool:
        others = pool.map(lambda pair: pick(pair[0], installer), once.values())
        return [(advice, other) for (_, advice), other in zip(once.values(), others)]


def expected(advice):
    return {(i["name"], i["version"] + (f"+{i['variant']}" if i["index"] else "")) for i in advice["installs"]}


def command_of(advice):
    command, = [c["text"] for c in advice["commands"]]
    return command


def compare(capsys, tool, asked, found):
    """`found`: what the tool resolved for each of `asked`."""
    wrong = [f"{machine}: {command_of(advice)}: {sorted(got)}, not {sorted(expected(advice))}"
             for (machine, advice), got in zip(asked, found) if got != expected(advice)]
    with capsys.disabled():
        print(f"\n{tool}: {len(found)} machines, {len(wrong)} resolved otherwise")
    assert not wrong, "\n".join(wrong[:10])
    assert len(found) == len(asked) >= 300


def test_pip_installs_what_pick_says(host, asked, tmp_path, capsys):
    jobs, places = {}, []
    for machine, advice in asked:
        words = (*tags_of(machine), *pip_words(command_of(advice), host))
        places.append(jobs.setdefault(words, len(jobs)))
    base = ["install", "--dry-run", "--ignore-installed", "--quiet", "--no-cache-dir", "--only-binary", ":all:",
            "--target", str(tmp_path / "none")]
    lists = [[*base, "--report", str(tmp_path / f"{number}.json"), *words] for words, number in jobs.items()]
    lists.append([*base, "--index-url", f"{host}/simple", "torch==99.0"])  # what the index does not have
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(resolve, (lists[::2], lists[1::2])))
    statuses = [0] * len(lists)
    statuses[::2], statuses[1::2] = halves
    assert statuses.pop() != 0 and len(jobs) >= 60

    def found(place):
        if statuses[place]:
            return set()
        report = json.loads((tmp_path / f"{place}.json").read_text(encoding="utf-8"))
        return {(i["metadata"]["name"], i["metadata"]["version"]) for i in report["install"]}
    compare(capsys, "pip", asked, [found(place) for place in places])


def uv(tmp_path, *words, **more):
    """Runs uv without settings of this machine, all runs with one cache."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UV_") and "proxy" not in k.lower()}
    return subprocess.run(["uv", *words, "--quiet", "--cache-dir", str(tmp_path / "cache"), "--python", sys.executable],
                          capture_output=True, text=True, check=False, env=environment, **more)


def each_once(answer, keys):
    """Answers to all keys, equal ones asked for once."""
    once = list(dict.fromkeys(keys))
    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(once, pool.map(answer, once)))
    return [answers[key] for key in keys]


@pytest.mark.skipif(not shutil.which("uv"), reason="no uv")
def test_uv_compiles_what_pick_says(host, asked, tmp_path, capsys):
    def compile_one(key):
        words, arch, python, libc = key
        platform = f"{arch}-manylinux_{libc.replace('.', '_')}" if libc else "x86_64-pc-windows-msvc"
        at = words.index("--index-url")
        done = uv(tmp_path, "pip", "compile", "-", "--no-config", "--no-header", "--no-annotate", "--python-version",
                  python, "--python-platform", platform, *words[at:at + 2],
                  input="\n".join(words[:at] + words[at + 2:]), cwd=tmp_path)
        return {tuple(line.split("==")) for line in done.stdout.split()}
    compare(capsys, "uv", asked, each_once(compile_one, [
        (tuple(pip_words(command_of(advice), host)), machine[1], *machine[4:6]) for machine, advice in asked]))


def locked(lock, machine):
    """What of a lock is for the machine: {(name, version)}. A package without a wheel for it has version None."""
    python = "cp" + machine[4].replace(".", "")
    names = {"linux": ("linux", "Linux"), "windows": ("win32", "Windows")}[machine[0]]
    environment = {"python_version": machine[4], "python_full_version": machine[4] + ".0", "implementation_name": "cpython",
                   "platform_python_implementation": "CPython", "sys_platform": names[0], "platform_system": names[1],
                   "os_name": "posix" if machine[0] == "linux" else "nt",
                   "platform_machine": "AMD64" if machine[0] == "windows" else machine[1]}
    fitting = {f"{python}-{python}-{platform}" for platform in platforms_of(machine)}
    found = set()
    for package in lock["package"]:
        markers = package.get("resolution-markers")
        if "registry" not in package["source"] or \
                (markers and not any(Marker(marker).evaluate(environment) for marker in markers)):
            continue
        wheels = [unquote(wheel["url"]).rsplit("/", 1)[1].removesuffix(".whl") for wheel in package["wheels"]]
        fits = any(wheel.split("-", 2)[2] in fitting for wheel in wheels)
        found.add((package["name"], package["version"] if fits else None))
    return found


@pytest.mark.skipif(not shutil.which("uv"), reason="no uv")
def test_uv_locks_what_pick_says(host, asked, tmp_path, capsys):
    """The project is one for this Python and the machine's; its own lines are those that `pick` does not write."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"

    def lock_one(key):
        text, python = key
        oldest = min(python, here, key=lambda text: int(text.split(".")[1]))
        project = tmp_path / f"{abs(hash(key))}"
        project.mkdir()
        (project / "pyproject.toml").write_text(
            text.replace("https://download.pytorch.org", host).replace(
                "[project]\n", f'[project]\nname = "project"\nversion = "0"\nrequires-python = ">={oldest}"\n')
            + f'\n[[tool.uv.index]]\nurl = "{host}/simple"\ndefault = true\n', encoding="utf-8")
        done = uv(tmp_path, "lock", "--directory", str(project))
        lock = project / "uv.lock"
        return tomllib.loads(lock.read_text(encoding="utf-8")) if done.returncode == 0 else {"package": []}
    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(lambda pair: command_of(pick(pair[0], "pyproject")), asked))
    locks = each_once(lock_one, [(text, machine[4]) for text, (machine, _) in zip(written, asked)])
    compare(capsys, "uv lock", asked, [locked(lock, machine) for lock, (machine, _) in zip(locks, asked)])


def test_pip_reads_requirements_lines(asked, tmp_path):
    from pip._internal.network.session import PipSession
    from pip._internal.req.req_file import RequirementsFileParser, get_line_parser
    parser = RequirementsFileParser(PipSession(), get_line_parser(None))
    file = tmp_path / "requirements.txt"
    for advice, lines in differently(asked, "requirements"):
        file.write_text(command_of(lines), encoding="utf-8")
        parsed = list(parser.parse(str(file), constraint=False))
        assert [line.requirement for line in parsed if line.is_requirement] == \
            [f"{i['name']}=={i['version']}" for i in advice["installs"]]
        assert [line.opts.index_url for line in parsed if not line.is_requirement] == \
            ([advice["installs"][0]["index"]] if advice["installs"][0]["index"] else [])


def test_poetry_reads_its_lines(asked):
    factory = pytest.importorskip("poetry.core.factory", reason="no poetry-core").Factory
    dependency = pytest.importorskip("poetry.core.packages.dependency").Dependency
    for advice, lines in differently(asked, "poetry"):
        sources, added = {}, []
        for words in map(shlex.split, command_of(lines).split("\n")):
            if words[:5] == ["poetry", "source", "add", "--priority", "explicit"]:
                name, address = words[5:]
                sources[name] = address
                continue
            assert words[:2] == ["poetry", "add"]
            source = words[words.index("--source") + 1] if "--source" in words else None
            for word in words[4 if source else 2:]:
                read = dependency.create_from_pep_508(word)
                kept = factory.create_dependency(read.name, {"version": str(read.constraint), "source": source})
                added.append((kept.name, str(kept.constraint), sources.get(kept.source_name)))
        assert added == [(i["name"], i["version"], i["index"]) for i in advice["installs"]]


def test_pixi_lines_are_toml_and_versions(asked):
    """pixi reads versions from PyPI as PEP 440 has them."""
    for advice, lines in differently(asked, "pixi"):
        table = tomllib.loads(command_of(lines))["pypi-dependencies"]
        assert [(name, row.get("index")) for name, row in table.items()] == \
            [(i["name"], i["index"]) for i in advice["installs"]]
        for install in advice["installs"]:
            assert SpecifierSet(table[install["name"]]["version"]).contains(install["version"])


def test_conda_reads_its_lines(asked):
    rattler = pytest.importorskip("rattler", reason="no py-rattler")
    read = 0
    for command in {row["command"] for row in rows("torch_commands") if row["installer"] == "conda"}:
        program, action, *words = shlex.split(command)
        assert (program, action) == ("conda", "install")
        while "-c" in words:
            at = words.index("-c")
            assert rattler.Channel(words[at + 1]).base_url
            del words[at:at + 2]
        for word in words:
            spec = rattler.MatchSpec(word, strict=True)
            name, _, version = word.partition("=")
            assert spec.name.normalized == name and bool(spec.version) == bool(version)
            read += 1
    assert read >= 300
    names = {"pytorch": "torch", "pytorch-cpu": "torch", "torchvision-cpu": "torchvision"}
    installed = [advice for _, advice in differently(asked, "conda") if advice]
    assert len(installed) >= 40
    for advice in installed:
        specs = [rattler.MatchSpec(word) for word in shlex.split(command_of(advice))[2:] if "=" in word]
        versions = {names.get(s.name.normalized, s.name.normalized): s.version.lstrip("=") for s in specs}
        assert all(versions[i["name"]] == i["version"] for i in advice["installs"])
