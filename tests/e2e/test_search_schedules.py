"""When the searches of savedsearches.conf run, over which ranges, and how they are throttled."""

from __future__ import annotations

import itertools
import re
import unittest
from typing import NamedTuple

from shipped_catalogue import Stanza
from spl import shipped

ALL = shipped("savedsearches.conf")
SEARCHES = {name: stanza for name, stanza in ALL.items() if stanza["enableSched"] == "1"}
REPORTS = {name: stanza for name, stanza in ALL.items() if name not in SEARCHES}

MINUTE, HOUR, DAY_LONG = 60, 3600, 86_400
UNITS = {"m": MINUTE, "h": HOUR, "d": DAY_LONG}
MONDAY = 1_709_510_400  # 2024-03-04T00:00:00Z; the owner's time zone is UTC
# the least time that a range leaves CloudTrail and the indexers to deliver events
DELAY = 10 * MINUTE


def seconds(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


def moment(modifier: str, now: int) -> int:
    """The time of a relative time modifier of Splunk, such as -1h@h."""
    match = re.fullmatch(r"(?:-(\d+[mhd]))?(?:@([mhd]))?", modifier)
    assert match is not None and modifier, modifier
    at = now - (seconds(match[1]) if match[1] else 0)
    return at - (at - MONDAY) % UNITS[match[2]] if match[2] else at


class Run(NamedTuple):
    at: int
    earliest: int
    latest: int


def runs(stanza: Stanza, weeks: int = 3) -> list[Run]:
    """The times at which the search runs over some weeks, and the ranges of the runs."""
    minute, hour, *days, weekday = stanza["cron_schedule"].split()
    assert days == ["*", "*"], stanza["cron_schedule"]
    times = []
    for at in range(MONDAY + int(minute) * MINUTE, MONDAY + weeks * 7 * DAY_LONG, HOUR):
        day, second = divmod(at - MONDAY, DAY_LONG)
        if hour in ("*", str(second // HOUR)) and weekday in ("*", str((day + 1) % 7)):
            bounds = (stanza[f"dispatch.{end}_time"] for end in ("earliest", "latest"))
            times.append(Run(at, *(moment(bound, at) for bound in bounds)))
    return times


class ScheduleTest(unittest.TestCase):
    def test_reports_are_enabled_and_have_no_schedule(self) -> None:
        for name, stanza in REPORTS.items():
            self.assertEqual((stanza["disabled"], stanza["enableSched"]), ("0", "0"), name)
            self.assertFalse([key for key in stanza if re.match("alert|action|counttype", key)])
            self.assertEqual(stanza["dispatchAs"], "user", name)
            self.assertNotIn("cron_schedule", stanza, name)
            self.assertGreater(len(stanza["description"]), 80, "too short to choose a report by")

    def test_all_are_shipped_disabled_and_spread(self) -> None:
        minutes = []
        for name, stanza in SEARCHES.items():
            self.assertEqual((stanza["disabled"], stanza["enableSched"]), ("1", "1"), name)
            minute = stanza["cron_schedule"].split()[0]
            self.assertTrue(minute.isdigit() and minute != "0", name)
            minutes.append(minute)
            self.assertEqual(stanza["request.ui_dispatch_app"], "cloudhijack")
            planned = runs(stanza)
            period = min(b.at - a.at for a, b in itertools.pairwise(planned))
            window = int(stanza["schedule_window"]) * MINUTE
            self.assertTrue(0 < window < period / 2, name)
        self.assertEqual(len(set(minutes)), len(minutes))

    def test_ranges_leave_time_for_events_to_arrive(self) -> None:
        for name, stanza in SEARCHES.items():
            for run_ in runs(stanza):
                self.assertLess(run_.earliest, run_.latest, name)
                self.assertLessEqual(run_.latest, run_.at - DELAY, name)

    def test_ranges_leave_no_gap(self) -> None:
        for name, stanza in SEARCHES.items():
            planned = runs(stanza)
            for one, next_one in itertools.pairwise(planned):
                self.assertLessEqual(next_one.earliest, one.latest, name)

    def test_ranges_of_volume_adjoin_and_hold_whole_spans(self) -> None:
        for name, stanza in SEARCHES.items():
            if "mode=volume" not in stanza["search"]:
                continue
            span = re.search(r"span=(\w+)", stanza["search"])
            length = seconds(span[1]) if span else HOUR
            self.assertEqual(stanza["realtime_schedule"], "0", name)
            planned = runs(stanza)
            for one, next_one in itertools.pairwise(planned):
                self.assertEqual(next_one.earliest, one.latest, name)
                self.assertEqual((one.earliest % length, one.latest % length), (0, 0), name)

    def test_a_row_alerts_once_while_its_events_are_in_the_range(self) -> None:
        for name in ("Cloudhijack - Hunt - Rule", "Cloudhijack - Cost - Rule"):
            self.check_that_a_row_alerts_once(SEARCHES[name])

    def check_that_a_row_alerts_once(self, stanza: Stanza) -> None:
        planned = runs(stanza, weeks=1)
        self.assertTrue(all(run_.latest - run_.earliest >= DAY_LONG - HOUR for run_ in planned))
        longest = 0
        for event in range(MONDAY + 2 * DAY_LONG, MONDAY + 3 * DAY_LONG, MINUTE):
            seen = [run_.at for run_ in planned if run_.earliest <= event < run_.latest]
            longest = max(longest, seen[-1] - seen[0])
        self.assertGreaterEqual(longest, DAY_LONG - HOUR)
        self.assertLess(longest, seconds(stanza["alert.suppress.period"]))

    def test_the_baseline_reads_five_days_each_night(self) -> None:
        for run_ in runs(SEARCHES["Cloudhijack - Baseline"]):
            self.assertEqual(run_.latest - run_.earliest, 5 * DAY_LONG)
            self.assertLess((run_.at - MONDAY) % DAY_LONG, 6 * HOUR)


if __name__ == "__main__":
    unittest.main()
