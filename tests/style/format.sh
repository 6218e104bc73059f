#!/usr/bin/env bash
# Fails when clang-format would write a C++ file of the project in another way.
#
# usage: format.sh               names the files
#        format.sh --self-test   proves that such a file is found
set -euo pipefail
cd "$(dirname "$0")/../.."

is_formatted() { clang-format-19 --style=file --dry-run -Werror "$@" 2>/dev/null; }

if [[ ${1:-} == --self-test ]]; then
  printf 'int  a ;\n' | is_formatted --assume-filename=src/sample.cc && exit 1
  printf 'int a;\n' | is_formatted --assume-filename=src/sample.cc
  exit
fi

readarray -d '' -t files < <(find src jni tests \( -name '*.cc' -o -name '*.h' \) -print0)
((${#files[@]})) || { echo "format: found no C++ file" >&2; exit 1; }
wrong=()
for file in "${files[@]}"; do
  is_formatted "$file" || wrong+=("$file")
done
if ((${#wrong[@]})); then
  echo "run: clang-format-19 -i ${wrong[*]}"
  exit 1
fi
echo "${#files[@]} files are formatted"
