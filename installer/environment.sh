#!/bin/sh
# Make the environment that a package of a flavour is built from: environment.sh FLAVOUR PYTHON FOLDER
#
# cuda  adds PyInstaller to the environment there is: the package index's PyTorch for Linux is the CUDA build.
# cpu   makes an environment of its own in FOLDER, with PyTorch's CPU build. It is not on the package index; TORCH_INDEX
#       is the URL of an index (or a folder of wheels) that has it, torchvision's too.
set -eu
flavour=$1 python=$2 folder=$3
quiet="--quiet --disable-pip-version-check"

case $flavour in
cuda)
  "$python" -m pip install $quiet --editable '.[package]'
  ;;
cpu)
  [ -n "${TORCH_INDEX:-}" ] || {
    echo "The flavour cpu needs PyTorch's CPU build: set TORCH_INDEX to an index or a folder of wheels that has it." >&2
    exit 1
  }
  if [ -d "$TORCH_INDEX" ]; then source="--no-index --find-links $TORCH_INDEX"; else source="--index-url $TORCH_INDEX"; fi
  [ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
  # Both at once, so that pip pairs them; then everything else, which leaves them as they are.
  "$folder/bin/python" -m pip install $quiet $source --no-deps torch torchvision
  "$folder/bin/python" -m pip install $quiet '.[package]'
  ;;
*)
  echo "There is no flavour $flavour: cpu or cuda." >&2
  exit 1
  ;;
esac
