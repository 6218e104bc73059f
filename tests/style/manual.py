#!/usr/bin/env python3
"""Fails where the man pages and the sources do not know the same, or a page does not format cleanly.

usage: manual.py [ROOT]      prints what is wrong; exit status 1 if anything is
       manual.py --self-test proves that each kind of fault is found

Keys of the configuration come from the lists of src/config that the loaders check against, families
from src/scrape/self_metrics.cc. Each must be an item of its page's lists, a key one in the section
that SECTIONS names, and each such item must be known. The README's table has the flags that
jmxbridge.1 gives the daemon. tests/packaging/manual_test.py asks the program itself.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

PAGES = "packaging/man"
# Where the keys of a loader's list stand in jmxbridge-config.5, by the list's file and name. A title
# takes in what stands below its heading, up to the next of any kind.
SECTIONS = {
    "load.cc kTopKeys": ["The target", "What is read", "How it is named", "When",
                         "Parts of their own"],
    "load_ssl.cc kSslKeys": ["TLS TO THE TARGET"],
    "load_ssl.cc kTargetStoreKeys": ["Stores of ssl"],
    "load_rules.cc kRuleKeys": ["RULES"],
    "load_customizers.cc kCustomizerKeys": ["METRIC CUSTOMIZERS"],
    "load_customizers.cc kFilterKeys": ["Keys of mbeanFilter"],
    "load_customizers.cc kExtraKeys": ["Keys of extraMetrics"],
    "load_http_server.cc kServerKeys": ["THE DAEMON'S OWN PORT"],
    "load_http_server.cc kMetricsKeys": ["Keys of metrics"],
    "load_http_server.cc kThreadsKeys": ["Keys of threads"],
    "load_http_authentication.cc kAuthenticationKeys": ["Keys of authentication"],
    "load_http_authentication.cc kBasicKeys": ["Keys of basic"],
    "load_http_tls.cc kTlsKeys": ["Keys of httpServer.ssl"],
    "load_http_tls.cc kOwnStoreKeys": ["Stores of httpServer.ssl"],
    "load_http_tls.cc kCertificateKeys": ["Keys of certificate"],
    "load_open_telemetry.cc kKeys": ["PUSH OVER OTLP"],
    "load_web_config.cc kWebKeys": ["THE WEB CONFIGURATION"],
    "load_web_config.cc kServerTlsKeys": ["Keys of tls_server_config"],
    "load_web_config.cc kHttpKeys": ["Keys of http_server_config"],
    "load_web_config.cc kRateKeys": ["Keys of rate_limit"],
}


def items(page):
    """The names that a page's lists describe, by the title of the section they stand in."""
    title, found = "", {}
    for line in page.splitlines():
        if heading := re.match(r"\.S[hs] (.+)", line):
            title = heading[1]
        elif item := re.match(r"\.It Ic (.+)", line):
            found.setdefault(title, set()).update(re.findall(r"[\w.\[\]]+", item[1]))
    return found


def all_items(page):
    return set().union(*items(page).values())


def flags(page):
    """The flags that a page's lists describe, with their dashes."""
    return {"-" + flag for flag in re.findall(r"(?m)^\.It Fl (-[a-z.-]+)", page)}


def daemon_flags(page):
    """Those of jmxbridge.1 that are the daemon's."""
    return flags(page.partition(".Ss Flags of the daemon\n")[2].partition("\n.Ss ")[0])


def table_flags(readme):
    """The flags in the first column of the README's tables."""
    rows = re.findall(r"(?m)^\| (`--[^|]*(?:\\\|[^|]*)*) \|", readme)
    return {flag for row in rows for flag in re.findall(r"`(--[a-z.-]+)", row)}


def wrong_table(page, readme):
    described, shown = daemon_flags(page), table_flags(readme)
    for flag in sorted(described - shown):
        yield f"README.md: the table of flags lacks {flag}; add it"
    for flag in sorted(shown - described):
        yield f"README.md: the table of flags has {flag}, which jmxbridge.1 lacks; remove it"


def key_lists(name, source):
    """The lists of keys in a loader: "FILE LIST" → keys."""
    lists = re.findall(r"std::array<std::string_view, (\d+)>\s+(k\w*Keys) = \{(.*?)\};", source,
                       re.DOTALL)
    found = {}
    for count, variable, body in lists:
        found[f"{name} {variable}"] = keys = re.findall(r'"([^"]+)"', body)
        assert len(keys) == int(count), f"{name} {variable} has {count} keys, {len(keys)} were read"
    return found


def differences(page, section, known, described):
    for name in sorted(known - described):
        yield f"{page}: {section}: {name} is missing; add '.It Ic {name}'"
    for name in sorted(described - known):
        yield f"{page}: {section}: {name} is not known to the sources; remove it"


def wrong_keys(lists, page):
    described = items(page)
    for name, keys in sorted(lists.items()):
        if name not in SECTIONS:
            yield f"tests/style/manual.py: SECTIONS lacks {name}; name its section of the page"
            continue
        found = set().union(*(described.get(title, set()) for title in SECTIONS[name]))
        yield from differences("jmxbridge-config.5", SECTIONS[name][-1], set(keys), found)


def families(source):
    """The families in the source that makes them, as the text format names them."""
    ends = {"Counter": "_total", "Info": "_info", "Gauge": ""}
    made = re.findall(r'writer\.(?:one|family)\(\s*"(\w+)",\s*FamilyType::k(\w+)', source)
    return {name + ends[kind] for name, kind in made}


def wrong_families(names, page):
    return differences("jmxbridge-metrics.7", "its lists", names, all_items(page))


def format_faults(path):
    """What the formatters say of a page. Lines may be broken as badly as they must."""
    for command in (["mandoc", "-T", "lint", "-W", "warning"],
                    ["groff", "-mandoc", "-Tutf8", "-ww", "-Wbreak", "-z"]):
        run = subprocess.run([*command, path], capture_output=True, text=True, timeout=30)
        yield from (run.stdout + run.stderr).splitlines()


def faults(root):
    pages = root / PAGES
    lists = {}
    for path in sorted((root / "src/config").glob("*.cc")):
        lists |= key_lists(path.name, path.read_text(encoding="utf-8"))
    made = families((root / "src/scrape/self_metrics.cc").read_text(encoding="utf-8"))
    assert len(lists) > 10 and len(made) > 20, "the sources look different from what this reads"
    for name in sorted(SECTIONS.keys() - lists.keys()):
        yield f"tests/style/manual.py: SECTIONS has {name}, which is in no source; remove it"
    yield from wrong_keys(lists, (pages / "jmxbridge-config.5").read_text(encoding="utf-8"))
    yield from wrong_families(made, (pages / "jmxbridge-metrics.7").read_text(encoding="utf-8"))
    yield from wrong_table((pages / "jmxbridge.1").read_text(encoding="utf-8"),
                           (root / "README.md").read_text(encoding="utf-8"))
    installed = (root / "packaging/CMakeLists.txt").read_text(encoding="utf-8")
    for path in sorted(pages.iterdir()):
        yield from format_faults(path)
        if f"man/{path.name}" not in installed:
            yield f"packaging/CMakeLists.txt: {path.name} is not installed; add it"


def self_test():
    source = 'constexpr std::array<std::string_view, 2> kTargetStoreKeys = {"filename",\n "type"};\n'
    lists = key_lists("load_ssl.cc", source)
    page = ".Ss Stores of ssl\n.It Ic filename , type\nTexts.\n.Ss Else\n.It Ic password\n"
    assert list(wrong_keys(lists, page)) == []
    assert len(list(wrong_keys(lists, page.replace(" , type", "")))) == 1
    assert len(list(wrong_keys(lists, page.replace(" , type", " , type , kind")))) == 1
    assert len(list(wrong_keys(lists, page.replace("Stores of ssl", "Stores")))) == 2
    assert len(list(wrong_keys({"load_new.cc kKeys": ["a"]}, page))) == 1

    made = families('writer.one("a", FamilyType::kCounter, 1);\nwriter.family(\n  "b", '
                    'FamilyType::kGauge, 1);')
    assert made == {"a_total", "b"}
    assert list(wrong_families(made, ".It Ic a_total , b\n")) == []
    assert len(list(wrong_families(made, ".It Ic a\n.It Ic b\n"))) == 2
    assert flags(".It Fl -config.check Ns Op Cm =strict\n") == {"--config.check"}
    page = ".It Fl -no\n.Ss Flags of the daemon\n.It Fl -lane= Ns Ar A\n.It Fl -help\n.Ss jmxbridge x\n.It Fl -y\n"
    table = "| `--lane=a\\|b` | the first |\n| `--help`, `--more` | `--else` |\n"
    assert table_flags(table) == {"--lane", "--help", "--more"}
    assert len(list(wrong_table(page, table))) == 1
    assert list(wrong_table(page, table.replace(", `--more`", ""))) == []
    assert len(list(wrong_table(page, "| `--help` | |\n| `--more` | |\n"))) == 2

    root = pathlib.Path(__file__).resolve().parents[2]
    text = (root / PAGES / "jmxbridge.1").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        broken = pathlib.Path(folder) / "broken.1"
        broken.write_text(text.replace(".El\n", "", 1), encoding="utf-8")
        assert list(format_faults(broken))
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    found = list(faults(pathlib.Path(arguments[0] if arguments else ".").resolve()))
    print("\n".join(found) or "the man pages have all that the sources know")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
