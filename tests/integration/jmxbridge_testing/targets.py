"""JVMs to read: the project's own test targets."""

from .java import agent_flags, classpath, jdk
from .processes import TestTimeout, eventually, free_port


class Target:
    """A test target that takes commands: one line each, answered by `ok` or `error: …`."""

    def __init__(self, process, port):
        self.process = process
        self.port = port
        self.answered = 0

    def __getattr__(self, name):
        return getattr(self.process, name)

    def answers(self):
        # The last line is still being written.
        return [line for line in self.process.log().split("\n")[:-1]
                if line == "ok" or line.startswith(("ok ", "error: "))]

    def command(self, line, seconds=60):
        """Sends a command, waits until it is done, and gives what follows the `ok`."""
        return self.commands([line], seconds)[0]

    def commands(self, lines, seconds=60):
        """Sends commands at once and waits until all are done; gives what follows each `ok`."""
        self.send(lines)
        return self.collect(lines, seconds)

    def send(self, lines):
        """Sends commands; collect() waits for their answers."""
        self.process.popen.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.popen.stdin.flush()

    def collect(self, lines, seconds=60):
        """Waits for the answers to what was sent, and gives what follows each `ok`."""
        answers = eventually(
            f"{self.process.name} answers {lines!r}",
            lambda: (seen := self.answers()[self.answered:])[len(lines) - 1:] and seen, seconds,
            pause=0.003) if lines else []
        self.answered += len(lines)
        for line, answer in zip(lines, answers, strict=True):
            if answer.startswith("error: "):
                raise AssertionError(f"{line!r} was answered {answer!r}")
        return [answer[3:] for answer in answers]


# Programs of others fail in Turkish, where the capital of i is none of ASCII.
ENGLISH = ("-Duser.language=en", "-Duser.country=US")
# Up soon, at the price of slower code later on: right for tests, not for measuring.
QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


def start_target(processes, main, *arguments, port=None, version=17, flags=None, heap="64m",
                 jvm=QUICK_START, environment=None, attempts=3, folder=None):
    """Starts a class of tests/targets (or its `folder`, or ReferenceTarget) with its JMX agent, and
    waits until it is ready. A port that somebody took between the look and the start is given up for another."""
    for attempt in range(1, attempts + 1):
        chosen = port or free_port()
        command = [jdk(version).java, f"-Xmx{heap}", *jvm,
                   *(flags(chosen) if flags else agent_flags(chosen)),
                   "-cp", classpath(folder), main, *arguments]
        process = processes.start(main, command, commands=True, environment=environment)
        try:
            process.wait_for_log(r"(?m)^ready$", seconds=60)
            return Target(process, chosen)
        except TestTimeout:
            if port or process.running() or attempt == attempts:
                raise AssertionError(f"{main} did not start:\n{process.log()}") from None
    raise AssertionError("unreachable")
