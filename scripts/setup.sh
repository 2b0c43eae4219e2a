#!/usr/bin/env bash
# Sets cardscan up in this folder: `scripts/setup.sh` to run it, `scripts/setup.sh test` to test it, too.
# Safe to run again; what is there is left alone. The service itself needs none of the system's packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly purpose="${1:-run}"
case "$purpose" in
    run | test) ;;
    *)
        echo "Usage: scripts/setup.sh [run|test]" >&2
        exit 2
        ;;
esac

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
updated=""

say() { printf '==> %s\n' "$*" >&2; }
warn() { printf '!!  %s\n' "$*" >&2; }

# quietly COMMAND...: what it prints is shown only where it fails.
quietly() {
    if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
    tail -n 20 "$log" >&2
    return 1
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt() {
    local as=(env DEBIAN_FRONTEND=noninteractive)
    [ "$(id -u)" -eq 0 ] || as=(sudo -n "${as[@]}")
    "${as[@]}" apt-get -q -o Dpkg::Use-Pty=0 "$@"
}

apt_install() {
    if [ -z "$updated" ]; then
        updated=yes
        quietly apt update || warn "The list of packages could not be brought up to date; trying with what is known."
    fi
    apt install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null
}

works() { "$1" --version >/dev/null 2>&1; }

make_venv() {
    rm -rf .tools
    python3 -m venv .tools >"$log" 2>&1
}

# The path of a working uv, in $uv: the one on the PATH, or one of our own in .tools.
find_uv() {
    uv="$(command -v uv || true)"
    if [ -n "$uv" ] && works "$uv"; then return; fi
    uv=".tools/bin/uv"
    if works "$uv"; then return; fi
    say "Fetching uv, which sets up the rest, into .tools"
    if ! make_venv; then
        if may_install; then
            say "Installing python3 and python3-venv"
            apt_install python3 python3-venv || true
        fi
        if ! make_venv; then
            rm -rf .tools
            warn "python3 cannot make a virtual environment. Install Python 3.11 or newer with its venv module"
            warn "(Debian, Ubuntu: apt-get install python3 python3-venv), or uv itself, and start this again."
            exit 1
        fi
    fi
    if ! quietly .tools/bin/python -m pip install --quiet --disable-pip-version-check uv; then
        warn "uv could not be fetched: pip needs its package index, once. Then start this again."
        exit 1
    fi
}

sync() {
    # Compiled now, so that the first start is as quick as the next ones.
    local options=(--frozen --quiet --compile-bytecode)
    # What tests need is not taken away again by a set-up for running.
    [ "$purpose" = test ] || options+=(--no-dev --inexact)
    say "Installing cardscan and what it needs into .venv"
    if ! "$uv" sync "${options[@]}"; then
        warn "The packages could not be installed; the lines above say why. Nothing else was changed."
        exit 1
    fi
}

present() {
    case "$1" in
        tesseract-ocr) command -v tesseract >/dev/null && return ;;
        chromium) command -v chromium >/dev/null && return ;;
    esac
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# What the packages of the system are for, to tell what will not work without them.
purpose_of() {
    case "$1" in
        tesseract-ocr) echo "the second OCR engine (CARDSCAN_ENGINE=tesseract); the embedded one does not need it" ;;
        chromium) echo "the tests of the page" ;;
        *) echo "drawing the sample cards that tests read" ;;
    esac
}

wanted_packages() {
    echo tesseract-ocr
    [ "$purpose" = test ] || return 0
    echo chromium
    sed -e '/^#/d' -e '/^[[:space:]]*$/d' -e 's/^[^ ]* //' samples/fonts.txt # "world package", one a line
    sed -e '/^#/d' -e '/^[[:space:]]*$/d' samples/worlds/test_world/fonts.txt # "package", one a line
}

system_packages() {
    local missing=() package
    for package in $(wanted_packages | sort -u); do
        present "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if may_install; then
        say "Installing from the system's packages: ${missing[*]}"
        if ! apt_install "${missing[@]}"; then
            # One package that this system does not have must not cost the others.
            for package in "${missing[@]}"; do apt_install "$package" || true; done
        fi
    fi
    for package in "${missing[@]}"; do
        present "$package" || warn "Not installed: $package, for $(purpose_of "$package")"
    done
    may_install || warn "To have them: apt-get install -y --no-install-recommends ${missing[*]}"
}

find_uv
sync
system_packages
say "Ready"
