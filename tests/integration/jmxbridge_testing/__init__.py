"""What the tests against real processes share: programs that end with the test, JVM targets, the
daemon, and a strict reader of the pages that it serves."""

import os

from .case import ServiceTest, main
from .compare import differences
from .daemon import Daemon, program
from .exposition import PageError, parse_openmetrics, parse_text, without_own
from .http import get
from .java import Jdk, Missing, agent_flags, jdk, target_classes
from .lanes import LANES, LanePair
from .network import Proxy, Silent, WebServer
from .peer import peer_pages
from .processes import Process, Processes, TestTimeout, eventually, free_port
from .protobuf import parse_protobuf
from .targets import Target, start_target

# What a machine may have in its environment for daemons of its own; a test that wants one of them sets it
# itself.
for name in list(os.environ):
    if name.startswith("OTEL_") or name in ("CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "RMI_REGISTRY_SSL_DISABLED"):
        del os.environ[name]

# What a test writes can be read by the user that it drops to, whatever the mask of who runs it.
os.umask(0o022)

__all__ = [
    "Daemon", "Jdk", "LANES", "LanePair", "Missing", "PageError", "Process", "Processes", "Proxy", "ServiceTest",
    "Silent", "Target", "TestTimeout", "WebServer", "agent_flags", "differences",
    "eventually", "free_port", "get", "jdk", "main", "parse_openmetrics",
    "parse_protobuf", "parse_text", "peer_pages", "program", "start_target", "target_classes", "without_own",
]
