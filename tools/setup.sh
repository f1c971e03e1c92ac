#!/bin/sh
# Make .venv ready, in words. Usage: tools/setup.sh view|test
#
# The environment is made once. A copy of the lock file inside it says what is installed; another lock file, another
# place, another Python or an installation that was interrupted means that it is made anew.
set -eu

cd "$(dirname "$0")/.."
kind=$1
python=${PYTHON:-}
venv=.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 PYTHONNOUSERSITE=1
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_REQUIRE_HASHES PIP_NO_DEPS

say() { printf '%s\n' "vitrina: $*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Print the first Python that will do; the lock files were made with 3.11, so that comes first.
find_python() {
    found=
    for name in ${python:-python3.11 python3.12 python3.13 python3 python}; do
        path=$(command -v "$name" 2>/dev/null) || continue
        version=$("$path" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue
        if new_enough "$path"; then
            if "$path" -c 'import ensurepip, venv' >/dev/null 2>&1; then
                printf '%s\n' "$path"
                return 0
            fi
            found="$found $path ($version, which lacks the module venv: on Debian, apt-get install python${version%.*}-venv);"
        else
            found="$found $path ($version);"
        fi
    done
    [ -n "$found" ] || found=" none"
    say "Python 3.11 or newer is missing. Found:${found%;}."
    say "Install one (on Debian: apt-get install python3 python3-venv), or name one: make $kind PYTHON=/path/to/python3.11"
    return 1
}

# Whether .venv is whole, lies where it was made, and holds what the lock file of the viewer says.
usable() {
    [ -x $venv/bin/python ] && [ ! -e $venv/installing ] || return 1
    [ "$(cat $venv/made-in 2>/dev/null)" = "$PWD" ] || return 1
    [ -z "$python" ] || [ "$(cat $venv/made-with 2>/dev/null)" = "$(command -v "$python")" ] || return 1
    new_enough $venv/bin/python || return 1
    cmp -s requirements.lock $venv/requirements.lock || return 1
    [ ! -e $venv/requirements-test.lock ] || cmp -s requirements-test.lock $venv/requirements-test.lock
}

install() {
    say "Installing $(grep -c == "$1") packages of $1 into $venv (the first time takes some minutes) …"
    : >$venv/installing
    $venv/bin/python -m pip install -qq --require-hashes -r "$1" || {
        say "The packages could not be installed; pip says why above. The next run starts anew."
        exit 1
    }
    cp "$1" "$venv/$1"
    rm $venv/installing
}

if ! usable; then
    path=$(find_python)
    [ ! -e $venv ] || say "$venv is out of date or unfinished; making it anew."
    rm -rf $venv
    say "Making $venv with $("$path" --version 2>&1) ($path) …"
    "$path" -m venv $venv
    printf '%s\n' "$PWD" >$venv/made-in
    printf '%s\n' "$path" >$venv/made-with
    install requirements.lock
fi
if [ "$kind" = test ] && [ ! -e $venv/requirements-test.lock ]; then
    install requirements-test.lock
fi
if ! cmp -s pyproject.toml $venv/pyproject.toml; then
    say "Installing Vitrina itself, from this folder …"
    $venv/bin/python -m pip install -qq --no-deps --no-build-isolation -e .
    cp pyproject.toml $venv/pyproject.toml
fi
# Packages of the browser's side: part of the installation above, unless there was no network then.
if ! cmp -s vendor.lock.json app/_vendor/vendor.lock.json; then
    $venv/bin/python hatch_build.py >/dev/null || say "The page of molecules will say what it lacks; all else works."
fi
