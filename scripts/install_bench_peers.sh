#!/usr/bin/env bash
# Installs the programs in Python that `make bench` compares with, each in an environment of its own, as their versions of
# Textual differ. They go into $THRUMSG_BENCH_PEERS, by default a folder in the user's cache. neomutt is a package of the
# operating system.
set -euo pipefail

folder=${THRUMSG_BENCH_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/thrumsg-bench-peers}

install() {
    local name=$1
    shift
    "${PYTHON:-python3}" -m venv "$folder/$name"
    "$folder/$name/bin/python" -m pip --disable-pip-version-check install -qq --no-input "$@"
    echo "$name is in $folder/$name"
}

install posting "posting>=2.11,<3" "tree-sitter>=0.25,<0.26" # posting crashes with tree-sitter 0.26
install harlequin "harlequin>=2.17,<3"
command -v neomutt >/dev/null || echo "neomutt is not installed; your package manager has it." >&2
