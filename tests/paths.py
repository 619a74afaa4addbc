# SPDX-License-Identifier: MIT
"""Where the sources and the built program are."""
import os
import subprocess
from pathlib import Path

SOURCE = Path(os.environ.get("GPUMATCH_SOURCE", Path(__file__).parent.parent))
BUILD = Path(os.environ.get("GPUMATCH_BUILD", SOURCE / "build-test"))
PROGRAM = os.environ.get("GPUMATCH", str(SOURCE / "build" / "gpumatch"))


def run(*args, stdin=None, env=None, program=None):
    """Runs gpumatch; the result has stdout and stderr as text and returncode."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GPUMATCH_LANG", "LANG")}
    environment.update({"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(BUILD / "no-configuration"),
                        **(env or {})})
    command = [*(program or [PROGRAM]), *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8",
                          env=environment, timeout=120, check=False)


def tracked(*patterns):
    """Files of the project, as git knows them; all files below where there is no git."""
    done = subprocess.run(["git", "-C", str(SOURCE), "ls-files", "--cached", "--others",
                           "--exclude-standard", *patterns], capture_output=True, text=True,
                          check=False)
    if done.returncode == 0:
        return [SOURCE / line for line in done.stdout.splitlines() if (SOURCE / line).is_file()]
    return [p for pattern in patterns for p in SOURCE.rglob(pattern)
            if not any(part.startswith(("build", ".git")) for part in p.relative_to(SOURCE).parts)]
