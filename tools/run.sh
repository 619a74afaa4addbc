#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job: this machine; where it has no GPU, the README's example machine too, so that a
# newcomer sees a real verdict. Succeeds whenever a report was printed.
# usage: run.sh GPUMATCH
set -u
gpumatch=$1

report() {
    "$gpumatch" "$@"
    case $? in
    0 | 1 | 4) ;;
    *) exit 1 ;;
    esac
}

report
"$gpumatch" check --json 2>/dev/null | grep -q '"vendor":' && exit 0
cat <<'END'

No GPU was found here. This is what an example machine gets:

$ gpumatch check --machine - --os windows --arch x86_64 --gpu "NVIDIA GeForce RTX 5060 Laptop GPU" \
      --driver 576.02 --python 3.11 --with torch==2.7.1+cu118
END
report check --machine - --os windows --arch x86_64 --gpu "NVIDIA GeForce RTX 5060 Laptop GPU" \
    --driver 576.02 --python 3.11 --with torch==2.7.1+cu118
