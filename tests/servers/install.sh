#!/usr/bin/env bash
# The servers and tools the tests run against, from Debian's packages.
# A missing one fails the run: nothing is skipped silently.
set -euo pipefail
packages="dovecot-imapd exim4-daemon-light libarchive13 openssl fonts-wqy-zenhei postgresql strace util-linux systemd acl libreoffice-writer-nogui libfaketime"
missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
# The board is looked at in any Chromium; without one, the smallest package is taken.
browsers="chromium-headless-shell chromium chromium-browser google-chrome"
command -v $browsers >/dev/null || missing="$missing chromium-headless-shell"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ]; then
    echo "These packages are needed by the tests: apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends $missing
