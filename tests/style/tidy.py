#!/usr/bin/env python3
"""Judges every file that BUILD/compile_commands.json names with clang-tidy; a finding fails.

usage: tidy.py BUILD | tidy.py --self-test

clang-tidy spends most of its time on the headers of others, the same in each file of a room. So the
files of a room, which are compiled with equal flags, are judged together first: as one source that
includes them all. Where that does not pass, because of a finding or because two files use one name, the
files with an error and the others are judged apart, down to single files, whose verdict counts: a finding
costs time, and is shown as `clang-tidy-19 -p BUILD FILE` shows it. What clang itself warns of in the main file alone (functions that
nothing uses) is left to the sanitizer builds, which compile the same files with clang.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

CONFIGURATION = pathlib.Path(__file__).resolve().parents[2] / ".clang-tidy"
TIDY = ["clang-tidy-19", "--quiet", f"--config-file={CONFIGURATION}"]
# More files would take much memory at once, and fail together more often.
LARGEST_GROUP = 16


def read_groups(build):
    """The files of a folder that have equal flags, as (flags, files)."""
    by_room = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        flags = shlex.split(entry["command"])[1:]
        source = flags[flags.index("-c") + 1]
        for option in ("-c", "-o"):
            del flags[flags.index(option) : flags.index(option) + 2]
        by_room.setdefault((os.path.dirname(source), *flags), []).append(source)
    for (_, *flags), files in by_room.items():
        parts = -(-len(files) // LARGEST_GROUP)
        for part in range(parts):
            yield flags, files[part::parts]


def judge(build, folder, flags, files):
    """Whether the files pass, and what clang-tidy said. The folder is for the sources of groups."""
    if len(files) == 1:
        command = [*TIDY, "-p", str(build), *files]
    else:
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".cc", delete=False) as group:
            for file in files:
                group.write(f'#include "{file}"  // NOLINT(bugprone-suspicious-include)\n')
        # In a group, the sources are what headers are in a single file.
        command = [*TIDY, r"--header-filter=/(src|jni|tests)/[^.]*\.(h|cc)$", group.name, "--", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def parted(files, output):
    """The files of a group in two: those with an error, which may be a name that one before them has, and
    the others; or halves, if the errors do not tell."""
    blamed = set(re.findall(r"^(.+?):\d+:\d+: error: ", output, re.MULTILINE))
    in_error = [file for file in files if file in blamed]
    others = [file for file in files if file not in blamed]
    if in_error and others:
        return in_error, others
    return files[0::2], files[1::2]


def check(build):
    """The outputs of the single files that do not pass."""
    findings = []
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        running = {}

        def start(flags, files):
            running[pool.submit(judge, build, folder, flags, files)] = flags, files

        for flags, files in read_groups(build):
            start(flags, files)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                flags, files = running.pop(future)
                passes, output = future.result()
                if passes:
                    continue
                if len(files) == 1:
                    findings.append(output)
                    continue
                for part in parted(files, output):
                    start(flags, part)
    return findings


def self_test():
    """A source with a finding fails alone; two that cannot be in one source pass."""
    sources = {
        "one.cc": "namespace { int seven() { return 7; } }\nint one() { return seven(); }\n",
        "two.cc": "namespace { int seven() { return 8; } }\nint two() { return seven(); }\n",
        "three.cc": '#include "three.h"\nint* three() { return nullptr; }\n',
        "three.h": "int* three();\n",
    }
    for name, text, expected in (
        ("four.cc", "int four() { return 4; }\n", None),
        ("four.cc", "int* four() { return 0; }\n", "modernize-use-nullptr"),
        ("four.cc", "#include <string.h>\nint four() { return 4; }\n", "modernize-deprecated-headers"),
        ("four.cc", "int four() { int unused = 1; return 4; }\n", "unused variable"),
        ("four.cc", '#include "one.cc"\n', "bugprone-suspicious-include"),
        ("three.h", "int* three();\ninline int* four() { return 0; }\n", "modernize-use-nullptr"),
        ("four.cc", "int four() { return five(); }\n", "undeclared identifier"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            # The configuration judges headers of these folders alone.
            build = pathlib.Path(folder) / "src"
            build.mkdir()
            files = {**sources, name: text}
            for file, content in files.items():
                (build / file).write_text(content)
            database = [
                {
                    "directory": str(build),
                    "file": str(build / file),
                    "command": f"clang++-19 -Wall -Werror -std=c++20 -o {file}.o -c {build / file}",
                }
                for file in files
                if file.endswith(".cc")
            ]
            (build / "compile_commands.json").write_text(json.dumps(database))
            findings = check(build)
            if expected is None:
                if findings:
                    return f"finds something where nothing is: {findings}"
            elif len(findings) != 1 or expected not in findings[0]:
                return f"does not find {expected} in {name}: {findings}"
    return None


def main():
    if sys.argv[1:] == ["--self-test"]:
        wrong = self_test()
        print(wrong or "passed")
        return 1 if wrong else 0
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    findings = check(pathlib.Path(sys.argv[1]).resolve())
    for output in findings:
        print(output)
    print(f"clang-tidy: {len(findings)} files with findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
