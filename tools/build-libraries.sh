#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds static libraries from Debian's own sources into build-libraries/SYSTEM, once, with pkg-config files:
#   linux    libzip, whose shared library in Debian loads libcrypto, which costs every start of a program 1.2 ms,
#            and zstd and lz4, which every start would pay for and few runs need
#   windows  what Debian does not package for mingw-w64
# usage: build-libraries.sh linux|windows
# Needs no root and leaves the system's apt as it is: the mirrors are those of the system, the signatures are checked.
set -eu
system=$1
triple=x86_64-w64-mingw32
case $system in
linux) target= compiler=cc ;;
windows)
    compiler=$triple-gcc
    target="-DCMAKE_SYSTEM_NAME=Windows -DCMAKE_SYSTEM_PROCESSOR=x86_64 -DCMAKE_RC_COMPILER=$triple-windres
        -DCMAKE_C_COMPILER=$triple-gcc -DCMAKE_FIND_ROOT_PATH=/usr/$triple
        -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY
        -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY"
    ;;
*) exit 2 ;;
esac
script=$(readlink -f "$0")
prefix=$(dirname "$(dirname "$script")")/build-libraries/$system
cmp -s "$script" "$prefix/recipe" && exit 0

. /etc/os-release
command -v apt-get >/dev/null && [ "$ID" = debian ] || {
    echo "This is not Debian: gpumatch is built with the libraries that pkg-config finds." >&2
    exit 0
}

work=$prefix/work
rm -rf "$prefix"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
exec 3>&2 >"$work/log" 2>&1
trap 'status=$?; [ $status = 0 ] || { cat "$work/log"; echo "$script: failed"; } >&3' EXIT

# An apt of our own. Repositories that Debian has not signed fail in `update` and are left out.
key=/usr/share/keyrings/debian-archive-keyring.gpg
apt-get update --print-uris >"$work/uris"
sed -nE "s|^'(.*)/dists/($VERSION_CODENAME(-updates\|-security)?)/InRelease'.*|deb-src [signed-by=$key] \1 \2 main|p" \
    "$work/uris" >"$work/sources.list"
cat >"$work/apt.conf" <<END
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "root"; // _apt may not be let into this directory
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
apt-get -c "$work/apt.conf" update || true

# build PACKAGE FOLDER [OPTION]...: FOLDER of the sources has the CMakeLists.txt
build() {
    package=$1 folder=$2
    shift 2
    echo "Building $package for $system from Debian's sources" >&3
    mkdir "$work/$package"
    (cd "$work/$package" && apt-get -c "$work/apt.conf" source --only-source "$package")
    cmake -G Ninja -S "$work/$package"/*/"$folder" -B "$work/$package/build" $target "$@" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON
    cmake --build "$work/$package/build"
    cmake --install "$work/$package/build"
    test -e "$prefix/lib/lib${package#lib}.a"
}

build libzip . -DENABLE_COMMONCRYPTO=OFF -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF -DENABLE_OPENSSL=OFF \
    -DENABLE_WINDOWS_CRYPTO=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF -DENABLE_ZSTD=OFF \
    -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_DOC=OFF
# It asks for a C++ compiler and needs none.
build libzstd build/cmake -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_ID=GNU \
    -DCMAKE_CXX_COMPILER_FORCED=ON -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF
build lz4 build/cmake -DLZ4_BUILD_CLI=OFF -DLZ4_BUILD_LEGACY_LZ4C=OFF -DBUILD_STATIC_LIBS=ON
if [ "$system" = windows ]; then
    build jansson . -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF
fi
rm -rf "$work"
cp "$script" "$prefix/recipe"
