#!/usr/bin/env python3
"""Checks each #include of the project against the table of rooms.

usage: include_table.py [ROOT]      prints the violations; exit status 1 if there are any
       include_table.py --self-test proves on made-up files that a violation is found

A room is a folder. It may include itself, the rooms that ROOMS names for it, the standard library,
the system's C headers, and the third-party headers that LIBRARIES grants it. ARCHITECTURE.md says
why. Tests may include what they like, but the sources never include tests.
"""

import pathlib
import re
import sys
import tempfile

# room: the rooms it stands on; "room/file.h" is that header alone.
ROOMS = {
    "base": [],
    "net/asio": [],
    "jmx": ["base"],
    "config": ["base", "jmx"],
    "rules": ["base", "jmx", "config"],
    "exposition": ["base"],
    "scrape": ["base", "jmx", "config", "rules", "exposition"],
    "net": ["base"],
    "jrmp": ["base", "jmx", "net", "scrape/connector.h", "scrape/source.h"],
    "jni": ["base", "jmx", "scrape/connector.h", "scrape/source.h"],
    "snapshot": ["base", "jmx", "scrape/connector.h", "scrape/source.h"],
    "http": ["base", "config", "exposition", "scrape", "net"],
    "otlp": ["base", "config", "exposition", "scrape"],
    "commands": [
        "base", "jmx", "config", "rules", "exposition", "scrape", "net", "jrmp", "jni", "snapshot",
        "http", "otlp",
    ],
}

ASIO = r"boost/asio(/.*|\.hpp)"
# third-party header (a regular expression): the rooms that own it.
LIBRARIES = {
    r"spdlog/.*": ["base"],
    r"fmt/.*": list(ROOMS),
    r"yaml-cpp/.*": ["config"],
    r"boost/url.*": ["config", "http"],
    r"boost/json.*": ["snapshot"],
    r"boost/uuid/.*": ["otlp"],
    r"pcre2\.h": ["rules"],
    r"libdeflate\.h": ["exposition"],
    r"boost/asio/ssl.*": ["net", "net/asio", "http"],
    # Sockets are the business of net and the server; in jni Java dials, through the function that
    # commands passes in.
    r"boost/asio/(ip/.*|connect\.hpp|read.*|write.*)": ["net", "http"],
    ASIO: ["scrape", "net", "net/asio", "jrmp", "jni", "snapshot", "http", "otlp", "commands"],
    r"boost/system/.*": ["net", "http"],
    r"boost/beast.*": ["http", "net/asio"],
    r"openssl/.*": ["net", "http"],
    r"jni(_md)?\.h": ["jni"],
    r"crypt\.h": ["http"],
    r"curl/.*": ["otlp"],
    r"systemd/.*": ["commands"],
}

# The operating system's headers.
SYSTEM = {
    r"(netinet|arpa)/.*|netdb\.h|sys/socket\.h|sys/un\.h": ["net"],
    r"dlfcn\.h": ["jni", "otlp"],
    r"malloc\.h": ["commands"],
    r"(sys/)?(stat|sysmacros|types|time|resource|wait|mman|epoll|syscall|prctl)\.h": list(ROOMS),
    r"(unistd|fcntl|signal|pthread|time|errno|poll|dirent|glob)\.h": list(ROOMS),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def room_of(path):
    """The room of a file or header, named by its path from src/ or from the root (for jni/)."""
    folder = path.rsplit("/", 1)[0] if "/" in path else ""
    while folder:
        if folder in ROOMS:
            return folder
        folder = folder.rsplit("/", 1)[0] if "/" in folder else ""
    return None


def granted(header, table, room):
    """True or False as the first entry that fits the header says; None when none fits."""
    for pattern, rooms in table.items():
        if re.fullmatch(pattern, header):
            return room in rooms
    return None


def judge(room, header, quoted):
    """The reason why `room` must not include `header`, or None."""
    if quoted:
        other = room_of(header)
        if other is None:
            return "is in no room: write project headers as \"room/file.h\""
        if other == room or other in ROOMS[room] or header in ROOMS[room]:
            return None
        allowed = ", ".join(ROOMS[room]) or "no other room"
        return f"belongs to {other}, but {room} may include only: {allowed}"
    for table in (LIBRARIES, SYSTEM):
        verdict = granted(header, table, room)
        if verdict is not None:
            return None if verdict else f"is not for {room}: another room owns that library"
    if re.fullmatch(r"[a-z_0-9]+", header):
        return None  # the C++ standard library
    return "is in no table: say in tests/style/include_table.py which room owns it"


def violations(root):
    found = [] if any(root.glob("src/*/*.cc")) else [f"{root}: has no sources"]
    for base, prefix in ((root / "src", ""), (root / "jni", "jni/")):
        for path in sorted(base.rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            room = room_of(prefix + path.relative_to(base).as_posix())
            where = path.relative_to(root)
            if room is None:
                found.append(f"{where}: is in a folder that is no room")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                reason = judge(room, match[1] or match[2], quoted=match[1] is not None)
                if reason:
                    found.append(f"{where}:{number}: {match[1] or match[2]} {reason}")
    return found


def self_test():
    """Each sample breaks one line of the table, beside a file that keeps them all."""
    bad = {
        "src/base/up.h": '#include "jmx/value.h"',
        "src/scrape/socket.cc": "#include <sys/socket.h>",
        "src/scrape/dial.cc": "#include <boost/asio/ip/tcp.hpp>",
        "src/scrape/vm.cc": '#include "jni/vm.h"',
        "src/rules/yaml.cc": "#include <yaml-cpp/yaml.h>",
        "src/exposition/asio.cc": "#include <boost/asio/awaitable.hpp>",
        "src/jmx/tls.cc": "#include <openssl/ssl.h>",
        "src/http/unknown.cc": "#include <zlib.h>",
        "src/http/test.cc": '#include "tests/unit/sample.h"',
        "src/attic/old.cc": "#include <string>",
        "jni/target.cc": '#include "scrape/target.h"',
    }
    good = {
        "src/base/result.cc": '#include "base/result.h"\n\n#include <fmt/format.h>\n#include <string>',
        "src/net/asio/asio.cc": "#include <boost/asio/impl/src.hpp>",
        "jni/source.cc": '#include "scrape/source.h"\n#include <jni.h>',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {**bad, **good}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text + "\n", encoding="utf-8")
        blamed = sorted(line.split(":")[0] for line in violations(root))
    if blamed != sorted(bad):
        print(f"the self-test blamed\n  {blamed}\nand not\n  {sorted(bad)}")
        return 1
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    found = violations(root)
    print("\n".join(found) or "every include keeps to the table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
