"""The volume search as a Python command built on the Splunk SDK, as a comparison for the
benchmark."""

import json
import sys
from collections import defaultdict

from splunklib.searchcommands import Configuration, ReportingCommand, dispatch

THRESHOLDS = {"bedrock": 50, "ses": 100, "sns": 200}
CALLS = {
    "bedrock": {"InvokeModel", "InvokeModelWithResponseStream", "CreateModelInvocationJob"},
    "ses": {"SendEmail", "SendRawEmail", "SendBulkTemplatedEmail", "SendBulkEmail"},
    "sns": {"Publish", "PublishBatch"},
}


@Configuration(requires_preop=False)
class VolumeCommand(ReportingCommand):
    @Configuration()
    def map(self, records):
        return records

    def reduce(self, records):  # called once per chunk
        groups = self.groups = getattr(self, "groups", defaultdict(lambda: [0, set()]))
        for record in records:
            event = json.loads(record["_raw"])
            service = (event.get("eventSource") or "").partition(".")[0]
            if event.get("errorCode") or event.get("eventName") not in CALLS.get(service, ()):
                continue
            identity = event.get("userIdentity") or {}
            hour = int(float(record["_time"])) // 3600 * 3600
            caller = identity.get("arn") or identity.get("principalId") or "unknown"
            group = groups[hour, service, caller, identity.get("type"), event.get("awsRegion")]
            group[0] += 1
            group[1].add(event.get("sourceIPAddress"))
        if not self._finished:
            return
        for (hour, service, caller, _kind, _region), (count, _addresses) in groups.items():
            if count > THRESHOLDS[service]:
                yield {"_time": hour, "CallerARN": caller, "EventCount": count}


dispatch(VolumeCommand, sys.argv, sys.stdin, sys.stdout, __name__)
