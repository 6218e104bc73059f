"""Both lanes serve the same page of a target on JDK 25."""

from lane_case import LaneCase

from jmxbridge_testing import main


class LanesJdk25Test(LaneCase):
    def test_jdk_25(self):
        self.check_lanes(25)

    def test_beans_of_any_shape(self):
        self.check_random(25)

    def test_churn_jdk_25(self):
        self.check_churn(25)


if __name__ == "__main__":
    main("jdk25")
