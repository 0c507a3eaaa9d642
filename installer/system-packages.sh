#!/bin/sh
# Make sure Qt's system libraries are here: install them where we may (root and apt), else say exactly which.
# With the word `docs`: also those that the manual's PDF is set with.
set -eu

needed="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 libxcb-cursor0
libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0"
wanted="fonts-dejavu-core xvfb" # readable pictures, and the tests in a real window
[ "${1:-}" = docs ] && wanted="$wanted libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

command -v dpkg-query >/dev/null 2>&1 || {
  echo "This is no Debian system. Qt needs the libraries of these Debian packages:" $needed >&2
  exit 0
}

# A library renamed by Debian's 64-bit time transition has its old name with t64 behind it.
missing() {
  for package in "$@"; do
    dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q 'ok installed' || printf ' %s' "$package"
  done
}

needed=$(missing $needed)
wanted=$(missing $wanted)
python3 -c 'import ensurepip' 2>/dev/null || needed="$needed python3-venv"
[ -z "$needed$wanted" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing system packages:$needed$wanted"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $needed $wanted >/dev/null
elif [ -n "$needed" ]; then
  echo "Please install these packages and run the command again: sudo apt-get install$needed$wanted" >&2
  exit 1
else
  echo "For readable pictures, tests in a real window and the manual as a PDF: sudo apt-get install$wanted" >&2
fi
