# SPDX-License-Identifier: MIT
"""The library as others use it: what it exports, and a program built against the installed one."""
import os
import re
import subprocess

import pytest

from paths import BUILD, SOURCE

USER = r"""
#include <gpumatch/gpumatch.h>
#include <stdio.h>
#include <string.h>

static bool print(void *user, const char *data, size_t size)
{
    return fwrite(data, 1, size, user) == size;
}

int main(void)
{
    const char *gpus[] = {"RTX 5060 Laptop"}, *with[] = {"torch==2.7.1+cu118"};
    gm_check_options options = {.size = sizeof options,
                                .machine = {.machine = "-", .gpus = gpus, .gpu_count = 1,
                                            .driver = "576.02", .os = "windows"},
                                .with = with, .with_count = 1};
    gm_output output = {.size = sizeof output, .write = print, .user = stdout, .lang = "zh"};
    gm_problem problem = {0};
    int status = -1;
    gm_status answer = gm_check(&options, &output, &status, &problem);
    options.machine.driver = "rubbish";
    gm_status wrong = gm_check(&options, &output, &status, &problem);
    printf("%d %d %s\n", answer, wrong == GM_USAGE, problem.code);
    gm_problem_free(&problem);
    return status;
}
"""


def shell(*command, env=None):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          encoding="utf-8", env={**os.environ, **(env or {})}, check=False)
    return done.returncode, done.stdout, done.stderr


def test_exports_are_the_header():
    header = (SOURCE / "include" / "gpumatch" / "gpumatch.h").read_text(encoding="utf-8")
    header += (SOURCE / "include" / "gpumatch" / "status.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"^GM_API[^;(]*?(\w+)\(", header, re.M))
    library = next((BUILD / "src").glob("libgpumatch.so"))
    _, names, _ = shell("nm", "-D", "--defined-only", library)
    exported = {line.split()[-1] for line in names.splitlines()}
    assert declared and exported == declared


def test_needs_few_libraries():
    """libzip is not among them: its shared library would bring libcrypto into every start."""
    library = next((BUILD / "src").glob("libgpumatch.so"))
    for path in (library, BUILD / "gpumatch"):
        _, shown, _ = shell("objdump", "-p", path)
        needed = set(re.findall(r"NEEDED\s+(\S+)", shown))
        assert needed and needed <= {
            "libc.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
            "libz.so.1", "libjansson.so.4", "libisal.so.2"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with everything that `meson install` puts into the system."""
    root = tmp_path_factory.mktemp("installed")
    status, _, problem = shell("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", root)
    assert status == 0, problem
    return root


def test_a_program_builds_against_the_installed_library(installed, tmp_path):
    package = next(installed.rglob("gpumatch.pc")).parent
    environment = {"PKG_CONFIG_PATH": str(package), "PKG_CONFIG_SYSROOT_DIR": str(installed),
                   "LD_LIBRARY_PATH": str(package.parent)}
    status, flags, problem = shell("pkg-config", "--cflags", "--libs", "gpumatch",
                                   env=environment)
    assert status == 0, problem
    (tmp_path / "user.c").write_text(USER, encoding="utf-8")
    status, _, problem = shell("cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-o",
                               tmp_path / "user", tmp_path / "user.c", *flags.split())
    assert status == 0, problem
    _, text, problem = shell(tmp_path / "user", env=environment)
    lines = text.splitlines()
    assert problem == "" and lines[-1] == "0 1 bad-driver"
    assert "✗ torch 2.7.1+cu118 不是为这块显卡编译的。" in lines
