#!/bin/sh
# Environment in, path of a Chromium or Chrome out (on standard output); installs Debian's Chromium if there is none.
set -eu

find_browser() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" && return 0
        echo "CHROMIUM=$CHROMIUM is not a program that can be run." >&2
        return 1
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

find_browser && exit 0
[ -z "${CHROMIUM:-}" ] || exit 1
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The browser tests need Chromium or Chrome. Install one (Debian, Ubuntu: 'sudo apt-get install chromium';" \
        "macOS: 'brew install --cask chromium'; Windows: Chrome), or set CHROMIUM to its path, then run again." >&2
    exit 1
fi
echo "No Chromium found: installing Debian's." >&2
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2
find_browser
