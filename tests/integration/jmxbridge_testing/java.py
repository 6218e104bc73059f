"""The JDKs of the machine, the jars that were fetched, and the test targets compiled with them."""

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[3]
TARGETS = SOURCE / "tests/targets"
REFERENCE = SOURCE / "tests/data/peer/conformance/ReferenceTarget.java"


class Missing(Exception):
    """Something that JMXBRIDGE_REQUIRE can name is not on this machine."""


@dataclasses.dataclass(frozen=True)
class Jdk:
    home: pathlib.Path
    version: int

    @property
    def java(self):
        return self.home / "bin/java"

    @property
    def javac(self):
        return self.home / "bin/javac"

    @property
    def keytool(self):
        return self.home / "bin/keytool"


def version_of(home):
    """The feature version that a JDK's release file names, or None."""
    try:
        text = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    return int(match[1]) if match else None


def candidates():
    yield pathlib.Path("/usr/lib/jvm/java-17-openjdk-amd64")
    yield from sorted(pathlib.Path("/usr/lib/jvm").glob("*"))
    java = shutil.which("java")
    if java:
        yield pathlib.Path(java).resolve().parents[1]


def jdk(version=17):
    """The JDK of that version; Missing says what to install."""
    for home in candidates():
        if version_of(home) == version and (home / "bin/java").exists():
            return Jdk(home.resolve(), version)
    raise Missing(f"no JDK {version} in /usr/lib/jvm or as java on the PATH")


def jars(name):
    """The jars that tests/fetch has copied for tests/targets/NAME; Missing says how to get them."""
    folder = SOURCE / "build/jars" / name
    pom = TARGETS / name / "pom.xml"
    try:
        whole = (folder / "pom.xml").read_bytes() == pom.read_bytes()
    except OSError:
        whole = False
    if not whole:
        raise Missing(f"{folder} does not have the jars of {pom}: run tests/fetch {name}")
    return sorted(folder.glob("*.jar"))


def classpath(name=None):
    """What to put behind -cp: every test target's classes, or those of tests/targets/NAME and the
    jars that they stand on."""
    if name is None:
        return str(target_classes())
    return ":".join(str(path) for path in [target_classes(name), *jars(name)])


def target_classes(name=None):
    """The folder with the classes of the test targets, or of those in tests/targets/NAME, compiled
    once for each state of the sources.

    Tests run side by side: each compiles into a folder of its own and renames it; one wins.
    """
    if name is None:
        sources, libraries = [*sorted(TARGETS.glob("*.java")), REFERENCE], []
    else:
        sources, libraries = sorted((TARGETS / name).glob("*.java")), jars(name)
    digest = hashlib.sha256()
    for path in [*sources, *libraries]:
        digest.update(path.name.encode() + b"\0")
    for path in sources:
        digest.update(path.read_bytes() + b"\0")
    root = pathlib.Path(os.environ.get("JMXBRIDGE_BUILD", tempfile.gettempdir())) / "test-targets"
    done = root / digest.hexdigest()[:16]
    if done.is_dir():
        return done
    root.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(dir=root))
    # A library's class may name an annotation that no jar has; that is no fault of ours.
    options = ["-Xlint:all,-classfile", "-Werror", "-proc:none"]
    if libraries:
        options += ["-cp", ":".join(str(path) for path in libraries)]
    try:
        run = subprocess.run(
            [jdk().javac, "--release", "17", *options, "-d", work, *sources],
            capture_output=True, text=True, timeout=120)
        if run.returncode != 0:
            raise AssertionError(f"javac failed:\n{run.stdout}{run.stderr}")
        work.chmod(0o755)
        try:
            work.rename(done)
        except OSError:
            if not done.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def agent_flags(port, *, rmi_port=None, hostname="127.0.0.1", password_file=None, access_file=None,
                key_store=None):
    """Flags that open the JMX agent of a JVM on loopback; plain and open unless files are given.
    `rmi_port` is the server's port if it is not the registry's, `hostname` what its stub names."""
    agent = "-Dcom.sun.management.jmxremote"
    flags = [f"{agent}.port={port}", f"{agent}.rmi.port={rmi_port or port}",
             f"{agent}.host=127.0.0.1", f"-Djava.rmi.server.hostname={hostname}",
             f"{agent}.authenticate={'true' if password_file else 'false'}",
             f"{agent}.ssl={'true' if key_store else 'false'}"]
    if password_file:
        flags += [f"{agent}.password.file={password_file}", f"{agent}.access.file={access_file}"]
    if key_store:
        flags += [f"-Djavax.net.ssl.keyStore={key_store}",
                  "-Djavax.net.ssl.keyStorePassword=changeit", f"{agent}.registry.ssl=true"]
    return flags
