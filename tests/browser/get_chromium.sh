#!/bin/sh
# Finds or installs a headless Chromium for the browser tests. Never fails: without a browser those
# tests are skipped, and say so. Bounded: about five minutes at the very worst.
#   usage: tests/browser/get_chromium.sh [PYTHON]   (the Python that has Playwright)

python=${1:-.venv/bin/python}

found() {
    for name in "$SCHOLAR_METRICS_CHROMIUM" chromium chromium-browser google-chrome \
        google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
    done
    "$python" - 2>/dev/null <<'PYTHON'
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(0 if os.path.exists(playwright.chromium.executable_path) else 1)
PYTHON
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

bounded() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then timeout -k 5 "$seconds" "$@"; else "$@"; fi
}

by_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    lists=$(apt-cache policy chromium chromium-browser 2>/dev/null | grep -c 'Candidate: [0-9]')
    [ "$lists" -gt 0 ] || as_root timeout -k 5 60 apt-get -qq update || return 1
    for package in chromium chromium-browser; do
        as_root timeout -k 5 120 apt-get -qq -y --no-install-recommends install "$package" &&
            found && return 0
    done
    return 1
}

by_playwright() {
    bounded 90 "$python" -m playwright install --only-shell chromium
}

[ "$SCHOLAR_METRICS_CHROMIUM" = none ] && exit 0
found && exit 0
echo "No Chromium for the browser tests: installing one (SCHOLAR_METRICS_CHROMIUM=none skips)." >&2
{ by_apt || by_playwright; } >/dev/null 2>&1
found && exit 0
echo "*** NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. Install Debian's package chromium, or set" \
    "SCHOLAR_METRICS_CHROMIUM to a browser's path. ***" >&2
exit 0
