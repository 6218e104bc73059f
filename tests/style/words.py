#!/usr/bin/env python3
"""Fails on words that mark unfinished work, in every text file of the project.

usage: words.py [ROOT]      prints the places; exit status 1 if there are any
       words.py --self-test proves that such a word is found
"""

import pathlib
import re
import sys

FOLDERS = ["src", "jni", "config", "packaging", "systemd", "tests", ".ci"]
# Recorded texts of others are not ours to word.
LEFT_OUT = ["tests/data"]
# Written apart, so that this file passes its own check.
UNFINISHED = re.compile(
    "|".join([r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bXX" r"X\b", r"\bHA" r"CK\b", r"\bfor" r" now\b",
              r"\bnot (yet )?imple" r"mented\b"]), re.IGNORECASE)


def places(name, text):
    return [f"{name}:{number}: {line.strip()}"
            for number, line in enumerate(text.splitlines(), 1) if UNFINISHED.search(line)]


def files(root):
    for path in [*root.iterdir(), *(p for f in FOLDERS for p in (root / f).rglob("*"))]:
        name = path.relative_to(root).as_posix()
        if path.is_file() and not any(name.startswith(folder + "/") for folder in LEFT_OUT):
            yield name, path


def main(arguments):
    if arguments == ["--self-test"]:
        sample = "int a;  // TO" + "DO: b\nint b;\n# good enough for" + " now\n"
        found = [place.split(":")[1] for place in places("a.cc", sample)]
        return 0 if found == ["1", "3"] else 1
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    checked, found = 0, []
    for name, path in sorted(files(root)):
        try:
            found += places(name, path.read_text(encoding="utf-8"))
            checked += 1
        except UnicodeDecodeError:
            pass  # a binary file
    print("\n".join(found) or f"{checked} files, none with a word that marks unfinished work")
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
