"""TLS targets, read over both lanes: each serves the same page, to the byte."""

import functools
import re
import unittest

from jmxbridge_testing import Processes, ServiceTest, parse_text
from jmxbridge_testing.certificates import PASSWORD, Authority, agent, ssl, store

LANES = ("fast", "portable")


class Certificates:
    """What all classes use, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder)
        self.stranger = Authority(folder, "stranger")
        self.key = self.authority.store("target")
        self.client = self.authority.store("client", hosts="dns:client")


@functools.cache
def certificates():
    return Certificates(unittest.enterModuleContext(Processes()).folder)


def of_target(text):
    """The lines of a page that tell of the target's MBeans, as they are."""
    return [line for line in text.splitlines() if re.match(r"(# \w+ )?(app|fill)_", line)]


class TlsTest(ServiceTest):
    @classmethod
    def start_shared(cls):
        made = certificates()
        cls.authority, cls.stranger = made.authority, made.stranger
        cls.key, cls.client = made.key, made.client
        cls.trusted = store("trustStore", cls.authority.trust)

    def start(self, store_file=None, *more, version=17, commands=(), **options):
        return self.start_target(
            "MutableTarget", "register app:type=A Value=int:1", *commands, version=version,
            flags=lambda port: agent(port, store_file or self.key, *more, **options))

    def restart(self, target, store_file=None, **options):
        """Another JVM in the target's place, which speaks TLS."""
        target.kill()
        self.start_target("MutableTarget", "register app:type=A Value=int:1", port=target.port,
                          flags=lambda port: agent(port, store_file or self.key, **options))

    def daemon_for(self, target, configuration, **options):
        return self.start_daemon(
            f"hostPort: 127.0.0.1:{target.port}\nincludeObjectNames: ['app:*', 'fill:*']\n{configuration}",
            **options)

    def check_read(self, target, configuration, *, options=(), **more):
        """Each lane reads the target: with --lane=fast nothing else would."""
        daemons = [self.daemon_for(target, configuration, options=[*options, f"--lane={lane}"], **more)
                   for lane in LANES]
        self.check_up(daemons)
        return daemons

    def check_up(self, daemons):
        """All of them read the target, say nothing, and serve the same."""
        for _ in range(2):
            texts = [daemon.get("/metrics").text for daemon in daemons]
            for text in texts:
                page = parse_text(text)
                self.assertEqual(self.value(page, "jmx_up"), 1.0)
                self.assertEqual(self.value(page, "jmx_scrape_error"), 0.0)
                self.assertEqual(self.value(page, "app_A_Value"), 1.0)
                self.assertEqual(of_target(text), of_target(texts[0]))
        for daemon in daemons:
            self.assertEqual(daemon.events(), [])

    def check_not_read(self, target, configuration, pattern, *, options=(), **more):
        """Neither lane reads the target."""
        for lane in LANES:
            daemon = self.daemon_for(target, configuration, options=[*options, f"--lane={lane}"],
                                     **more)
            self.check_down(daemon, pattern)

    def check_down(self, daemon, pattern):
        """Down at each scrape, with one line that says what to do, and no secret in it."""
        for _ in range(2):
            page = daemon.scrape()
            self.assertEqual(self.value(page, "jmx_up"), 0.0)
            self.assertEqual(self.value(page, "jmx_scrape_error"), 1.0)
        events = daemon.events()
        self.assertRegex(events[-1], pattern)
        self.assertEqual(len(events), 1, events)
        self.assertNotIn(PASSWORD, daemon.log())
        return events[0]

    def check_matrix(self, version, options=()):
        """A registry with TLS and without, client certificates wanted and not: each lane reads."""
        own = store("keyStore", self.client)
        for registry in (True, False):
            environment = None if registry else {"RMI_REGISTRY_SSL_DISABLED": "true"}
            for authority in (None, self.authority):
                if registry and not authority:
                    continue  # as in nearly every other test
                with self.subTest(registry=registry, client=authority is not None):
                    target = self.start(version=version, registry=registry,
                                        client_authority=authority)
                    parts = [self.trusted, own] if authority else [self.trusted]
                    self.check_read(target, ssl(*parts), options=options, environment=environment)
                    if authority and not registry:
                        self.check_not_read(target, ssl(self.trusted),
                                            "it wants a client certificate", options=options,
                                            environment=environment)
