#!/bin/sh
# Make sure Qt's system libraries are here: install them where we may (root and apt), else say exactly which.
set -eu

packages="libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 libxcb-cursor0
libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
fonts-dejavu-core xvfb python3-venv"

command -v dpkg-query >/dev/null 2>&1 || {
  echo "This is no Debian system: Qt needs the libraries of these Debian packages:" $packages >&2
  exit 0
}

missing=""
for package in $packages; do
  # A library renamed by Debian's 64-bit time transition provides its old name with t64 behind it.
  dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing system packages:$missing"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Please install these packages and run the command again: sudo apt-get install$missing" >&2
  exit 1
fi
