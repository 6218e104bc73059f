"""The peer's own code, for a page or a verdict to compare with."""

import subprocess

from .java import classpath, jdk
from .targets import ENGLISH, QUICK_START, start_target

# Before Java 18 it reads files as the locale says.
UTF_8 = "-Dfile.encoding=UTF-8"


def start_peer(processes, main, folder="peer"):
    """Starts a class of tests/targets/peer, or of its other `folder`, that takes commands."""
    return start_target(processes, main, folder=folder, heap="128m", jvm=(*QUICK_START, *ENGLISH, UTF_8))


def peer_pages(processes, configurations, *, scrapes=3, timeout=120):
    """What the peer makes of each configuration text, in its last scrape: pairs of the text page and
    the OpenMetrics page, as text, in the order of the configurations."""
    paths = [processes.write(f"peer-{i}.yml", text) for i, text in enumerate(configurations)]
    run = subprocess.run(
        [jdk().java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
         *ENGLISH, UTF_8, "-cp", classpath("peer"), "PeerScrape", str(scrapes), *paths],
        capture_output=True, text=True, timeout=timeout)
    if run.returncode != 0:
        raise AssertionError(f"the peer failed:\n{run.stdout}{run.stderr}")
    return [tuple(path.with_name(f"{path.name}.{form}").read_bytes().decode("utf-8")
                  for form in ("prom", "om")) for path in paths]
