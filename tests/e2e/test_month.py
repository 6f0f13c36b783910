"""A month of hourly searches in hunt mode with a nightly baseline: see month.py."""

from __future__ import annotations

import unittest

from month import (
    ADMINISTRATOR,
    DAYS,
    LEAK,
    LEAKED,
    LEARNING,
    ONBOARDING,
    PICTURE,
    TABLE,
    above_low,
    month_picture,
    month_table,
    run_month,
)
from program_under_test import SANITIZED


@unittest.skipIf(SANITIZED, "five million events take a sanitized program too long")
class MonthTest(unittest.TestCase):
    def test_the_hijacker_is_found_and_other_alerts_are_rare(self) -> None:
        days = run_month()
        self.assertEqual([day.number for day in days], list(range(LEARNING, DAYS)))
        found = {day.number: above_low(day.risks) for day in days if above_low(day.risks)}
        # The leak is at the end of its day, so the searches of the next day see it too.
        leaked, onboarded = {LEAKED.principal}, {ADMINISTRATOR.principal}
        self.assertEqual(found, {LEAK: leaked, LEAK + 1: leaked, ONBOARDING: onboarded})
        before = [day for day in days if day.number < LEAK]
        self.assertFalse(any(LEAKED.principal in day.risks for day in before))
        self.assertGreater(min(len(day.untuned) for day in days), 5, "this month is too easy")

        # docs/tuning.md shows this month; `python3 -B tests/e2e/month.py` renews it.
        self.assertEqual(TABLE.read(), month_table(days))
        self.assertEqual(PICTURE.read_text(encoding="utf-8"), month_picture(days))


if __name__ == "__main__":
    unittest.main()
