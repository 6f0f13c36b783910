"""`| sdkcounts field=NAME`: counts events per value, with a map and a reduce phase, as Splunk's SDK
makes search commands. sdk_calibration.py runs it through the stand-in splunkd."""

import sys
from collections import Counter

from splunklib.searchcommands import (
    Configuration,
    Option,
    ReportingCommand,
    SearchMetric,
    dispatch,
    validators,
)

PARTIAL = "sdkcounts_partial"


@Configuration()
class SdkCounts(ReportingCommand):
    field = Option(require=True, validate=validators.Fieldname())
    at_least = Option(require=False, default=1, validate=validators.Integer(0))

    @Configuration()
    def map(self, records):
        yield from self.rows(Counter(self.values(records)), PARTIAL)

    def reduce(self, records):  # called once per chunk
        totals = self.totals = getattr(self, "totals", Counter())
        self.read = getattr(self, "read", 0)
        for record in records:
            self.read += 1
            # Splunk may omit the map phase on a peer, which then sends its events unchanged.
            count = int(record.get(PARTIAL) or 1)
            for value in self.values_of(record):
                totals[value] += count
        if not self._finished:
            return
        searchinfo = self.metadata.searchinfo
        self.write_info(f"{searchinfo.command} of {searchinfo.username} has read all rows")
        self.write_metric("sdkcounts", SearchMetric(0.5, 1, self.read, len(totals)))
        kept = {value: count for value, count in totals.items() if count >= self.at_least}
        yield from self.rows(kept, "count")
        if len(kept) > 1:
            # A row with a multivalue field: all values at once.
            yield {self.field: sorted(kept), "count": sum(kept.values())}

    def values(self, records):
        for record in records:
            yield from self.values_of(record)

    def values_of(self, record):
        value = record[self.field]
        return value if isinstance(value, list) else [value]

    def rows(self, counts, column):
        for value, count in counts.items():
            yield {self.field: value, column: count}


dispatch(SdkCounts, sys.argv, sys.stdin, sys.stdout, __name__)
