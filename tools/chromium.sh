#!/bin/sh
# Print the path of a Chromium for the browser tests. Where there is none: as root with CI set, install Debian's package;
# else say what to run.
set -eu

say() { printf '%s\n' "vitrina: $*" >&2; }

find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        command -v "$name" && return 0
    done
    return 1
}

if [ -n "${VITRINA_CHROMIUM:-}" ]; then
    [ -x "$VITRINA_CHROMIUM" ] && printf '%s\n' "$VITRINA_CHROMIUM" && exit 0
    say "VITRINA_CHROMIUM=$VITRINA_CHROMIUM is not a program. Set it to the path of Chromium or Chrome, or unset it."
    exit 1
fi
find_chromium && exit 0
if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing Debian's package chromium for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -q update && apt-get -q install -y --no-install-recommends chromium; } >&2
    find_chromium && exit 0
fi
say "The browser tests need Chromium, and there is none on the path. Run:"
say "    sudo apt-get install chromium"
say "or set VITRINA_CHROMIUM to the path of Chromium or Chrome. (\`make check\` needs no browser.)"
exit 1
