"""One target read over both lanes: each must serve the same page of it."""

from .compare import same_number, samples_of
from .daemon import Daemon
from .exposition import without_own

LANES = ("fast", "portable")
# So often is a number looked at that has come back to what it was between two scrapes.
ROUNDS = 3


def is_of_the_reader(name):
    """The times of the thread that answers, which is another one for each reader."""
    return name.replace("_", "").lower().startswith("javalangthreadingcurrentthread")


def disagreements(before, other, after):
    """What no movement of the target explains: the samples and families of `other` that the same
    scrape before and after it have otherwise."""
    first, middle, last = (samples_of(page) for page in (before, other, after))
    found = {f"lost: {key}" for key in (first.keys() & last.keys()) - middle.keys()}
    found |= {f"invented: {key}" for key in middle.keys() - first.keys() - last.keys()}
    found |= {f"number: {key}" for key in first.keys() & middle.keys() & last.keys()
              if not is_of_the_reader(key[0]) and same_number(first[key].value, last[key].value)
              and not same_number(first[key].value, middle[key].value)}
    found |= {f"type: {name}" for name in before.keys() & other.keys() & after.keys()
              if before[name].type == after[name].type != other[name].type}
    return found


class LanePair:
    """Two daemons with one configuration, each on a lane of its own."""

    def __init__(self, processes, configuration):
        self.fast, self.portable = (
            Daemon(processes, configuration, options=[f"--lane={lane}"]) for lane in LANES)

    def __iter__(self):
        return iter((self.fast, self.portable))

    def assert_agree(self, test):
        """Both serve the same of a target that may move; gives a page."""
        left = None
        for _ in range(ROUNDS):
            pages = [daemon.scrape() for daemon in (self.fast, self.portable, self.fast)]
            for page, lane in zip(pages, ("fast", "portable", "fast")):
                test.assertEqual(test.value(page, "jmx_up"), 1.0)
                test.assertEqual(test.value(page, "jmx_scrape_error"), 0.0)
                test.assertEqual(test.value(page, "jmxbridge_target_lane", lane=lane), 1.0)
            found = disagreements(*(without_own(page) for page in pages))
            left = found if left is None else left & found
            if not left:
                return pages[0]
        test.fail(f"{len(left)} disagreements of the lanes\n  " + "\n  ".join(sorted(left)[:50]))
