#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the named groups of tools/packages.txt need and this machine lacks.
# usage: install-packages.sh GROUP...
# As root or through sudo; otherwise prints the one command to type and fails.
set -eu
list=$(dirname "$0")/packages.txt
wanted=
for group in "$@"; do
    wanted="$wanted $(awk -v group="$group" '$1 == group { print $2 }' "$list" | tr '\n' ' ')"
done
command -v dpkg-query >/dev/null || {
    echo "This is not Debian: please install the equivalents of:$wanted" >&2
    exit 0
}
missing=
have=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^.i  *//p' || true)
for package in $wanted; do
    echo "$have" | grep -qx "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
    as_root=sudo
else
    echo "These packages are missing. Type this, then try again:" >&2
    if command -v sudo >/dev/null; then
        echo "    sudo apt-get install$missing" >&2
    else
        echo "    su -c 'apt-get install$missing'" >&2
    fi
    exit 1
fi
echo "Installing:$missing" >&2
$as_root apt-get update -qq -o DPkg::Lock::Timeout=120
# What dpkg tells of each package is not wanted; its errors go to standard error.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=120 --no-install-recommends $missing >/dev/null
