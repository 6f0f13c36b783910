"""The commands in the column Response: they are safe to paste, whatever names the events contain.

Each command is run by real shells, in which stand-ins for the programs only note how they are
called.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from azure_records import AzureTrail, Resource
from call_records import call
from hunt_records import MONDAY
from messaging_records import SendGridTrail, TwilioTrail
from program_under_test import SANITIZED
from shell_run import ndjson_rows, run_scan
from vertex_records import GoogleTrail

PROGRAMS = ("aws", "az", "gcloud", "curl", "date", "touch")
CONSOLE_STEPS = ("in the Twilio Console, ", "sign in as the root user at https://")
SHELLS = [shell for shell in ("/bin/sh", "/bin/bash") if os.path.exists(shell)]
CANARY = "canary"
MAIL_DOMAINS = ("@example.com", "@shop.iam.gserviceaccount.com")
OPTIONS = ("--iam-account=", "--member=user:")

# Each of them would leave a trace, or change the command's words, if it were pasted unquoted.
HOSTILE = [
    *("a'; touch canary; '", "a`touch canary`", "a$(touch canary)", 'a"; touch canary; "'),
    *("a\ntouch canary\n", "a\rtouch canary", "a;touch canary", "a & touch canary &"),
    *("a > canary", "a | touch canary", "a\\'; touch canary #", "a' 'touch canary", "a'"),
    *("--canary", "-canary", "@canary", "^:^canary:b", "file://canary", "fileb://canary"),
    *("a\tcanary", "a\x1b[2Jcanary", "a\x9bcanary", "a\u202ecanary", "{region}", "a{account}"),
    *("* canary", "~canary", "$CANARY", "a!canary", "a#canary", "(touch canary)", "a\\"),
    *("AKIA'; touch canary '", 'AKIA"; touch canary "', "../canary", "a?canary=1", "a%0acanary"),
    *('","Resource":"canary', "a\x00canary", "a" * 300 + "canary", "\u00fcnicanary", "true"),
]

STAND_IN = """#!/bin/sh
printf '%s\\0' "${0##*/}" "$@" >> "$CALLS"
printf '\\n\\0' >> "$CALLS"
[ "${0##*/}" != date ] || echo 2026-03-02T10:00:00Z
"""


def aws_identities(text: str) -> Iterator[dict[str, Any]]:
    arn = "arn:aws:iam::111122223333:"
    key = {"accessKeyId": text}
    yield {"type": "IAMUser", "arn": f"{arn}user/{text}", **key}
    yield {"type": "IAMUser", "arn": f"arn:aws:iam::{text}:user/eve", **key}
    yield {"type": "IAMUser", "arn": f"{arn}user/key-of-{len(text)}", "accessKeyId": f"AKIA{text}"}
    yield {"type": "Root", "arn": f"arn:aws:iam::{text}:root", "accessKeyId": f"AKIA{text}"}
    yield {"type": "IAMUser", "accessKeyId": f"AKIA{text}"}
    yield {"type": "IdentityCenterUser", "onBehalfOf": {"userId": text}}
    # Roles of one name are one principal, with the longest path; this one has no path.
    alone = {"sessionIssuer": {"arn": f"{arn}role/only-{text}"}}
    yield {"type": "AssumedRole", "principalId": f"AROA:{text}", "sessionContext": alone}
    for role in (text, f"app/{text}", f"service-role/{text}", f"a/AWSReservedSSO_a_0/{text}"):
        issuer = {"sessionIssuer": {"arn": f"{arn}role/{role}"}}
        yield {"type": "AssumedRole", "principalId": f"AROA:{text}", "sessionContext": issuer}
        person = {**issuer, "sourceIdentity": text}
        yield {"type": "AssumedRole", "principalId": "AROA:x", "sessionContext": person}


def records_with(text: str) -> list[bytes]:
    """Records of all logs with the text in each field that can reach a command."""
    lines = []
    for service, name in (("ses", "SendEmail"), ("bedrock", "InvokeModel"), ("sns", "Publish")):
        for number, identity in enumerate(aws_identities(text)):
            lines.append(
                call(
                    second=number,
                    eventSource=f"{service}.amazonaws.com",
                    eventName=name,
                    awsRegion=text,
                    recipientAccountId=text if number % 2 else "111122223333",
                    userIdentity=identity,
                )
            )
    azure = AzureTrail(text)
    for subscription, name in ((text, "shop"), ("s1", text)):
        resource = Resource(subscription.replace("/", ""), name.replace("/", ""))
        azure.request(resource, MONDAY)
        for caller in (text, f"{text}@example.com"):
            azure.request(resource, MONDAY, caller=caller)
    twilio = TwilioTrail(text, account=f"AC{text}")
    twilio.monitor("sms-geographic-permissions.updated", MONDAY, actor=f"US{text}")
    lines += [*azure.lines, *twilio.lines]
    stream = {
        "specversion": "1.0",
        "type": "com.twilio.messaging.message.sent",
        "id": "EZ00000000000000000000000000000001",
        "source": f"/2010-04-01/Accounts/AC{text}/Messages/SM1.json",
        "time": "2026-03-02T10:00:00Z",
        "data": {"accountSid": f"AC{text}", "to": "", "mcc": text},
    }
    mail = {"event": "received", "timestamp": int(MONDAY), "client_ip": "2001:db8::7"}
    lines += [
        json.dumps(record).encode()
        for record in (
            stream,
            {**mail, "sg_event_id": "e1", "api_key_id": text},
            {**mail, "sg_event_id": "e2", "teammate": text},
        )
    ]
    sendgrid = SendGridTrail(text)
    sendgrid.processed(MONDAY)
    google = GoogleTrail(text)
    for caller in (f"{text}@shop.iam.gserviceaccount.com", f"{text}@example.com", text):
        google.model(MONDAY, caller=caller, key=text)
        resource = f"projects/{text}/locations/{text}/publishers/google/models/m"
        google.call(MONDAY, "a.PredictionService.GenerateContent", resource=resource, caller=caller)
    return [*lines, *sendgrid.lines, *google.lines]


def steps_in(lines: list[bytes]) -> tuple[int, set[str]]:
    """The number of rows, and the different steps in their column Response."""
    run = run_scan(
        *("--mode", "hunt", "--min-risk", "0", "--format", "ndjson", "-"), stdin=b"\n".join(lines)
    )
    assert run.exit_code == 0, run.stderr
    rows = ndjson_rows(run.stdout)
    return len(rows), {step for row in rows for step in row["Response"]}


class PasteTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.calls = self.folder / "calls"
        self.bin = self.folder / "bin"
        self.work = self.folder / "work"
        self.bin.mkdir()
        self.work.mkdir()
        for name in PROGRAMS:
            (self.bin / name).write_text(STAND_IN)
            (self.bin / name).chmod(0o755)

    def calls_of(self, shell: str, command: str) -> list[list[str]]:
        """The calls of programs that a shell makes for a command, each with its words."""
        self.calls.write_bytes(b"")
        environment = {
            "PATH": str(self.bin),
            "CALLS": str(self.calls),
            "CANARY": "touched canary",
            "TWILIO_AUTH_TOKEN": "secret",
            "SENDGRID_API_KEY": "secret",
        }
        run = subprocess.run(
            [shell, "-c", command], cwd=self.work, env=environment, capture_output=True, timeout=60
        )
        self.assertEqual((run.returncode, run.stderr), (0, b""), command)
        self.assertEqual(os.listdir(self.work), [], command)
        words = self.calls.read_bytes().decode().split("\0")
        calls: list[list[str]] = [[]]
        for word in words[:-1]:
            if word == "\n":
                calls.append([])
            else:
                calls[-1].append(word)
        return calls[:-1]

    def check(self, step: str, text: str) -> None:
        sentence, colon, command = step.partition(": ")
        self.assertTrue(colon, step)
        self.assertNotIn(CANARY, sentence)
        self.assertTrue(all(" " <= c <= "~" for c in step), step)
        if command.startswith(CONSOLE_STEPS):
            self.assertNotIn(CANARY, command.replace(f" US{text} ", " "))
            return
        # Paths are removed from AWS's names, and Azure's resources are in lower case.
        names = {text, text.rsplit("/", 1)[-1], text.replace("/", "").lower()}
        names |= {f"only-{name}" for name in names}
        names |= {name + at for name in names for at in MAIL_DOMAINS}
        allowed = {start + name for name in names for start in ("", *OPTIONS)}
        # The text follows the first letters of a key or of the account's id.
        allowed.add(f"AKIA{text}")
        allowed.add(f"AC{text}:secret")
        allowed.add(f"https://api.twilio.com/2010-04-01/Accounts/AC{text}/Keys/API_KEY_SID.json")
        for shell in SHELLS:
            calls = self.calls_of(shell, command)
            self.assertTrue(calls, step)
            for words in calls:
                self.assertIn(words[0], {"aws", "az", "gcloud", "curl", "date"}, step)
                for word in words[1:]:
                    if CANARY in word or "touch" in word:
                        self.assertIn(word, allowed, step)
                        self.assertFalse(word.startswith(("-canary", "--canary", "@")), step)

    def test_no_name_leaves_its_word(self) -> None:
        quoted = 0
        checked: set[str] = set()
        for text in HOSTILE[::4] if SANITIZED else HOSTILE:
            with self.subTest(text=text):
                rows, steps = steps_in(records_with(text))
                self.assertGreater(rows, 15)
                self.assertGreater(len(steps), 12)
                for step in sorted(steps - checked):
                    self.check(step, text)
                checked |= steps
                quoted += any(CANARY in step for step in steps)
        self.assertGreater(quoted, 3)  # names that can be quoted are not replaced

    def test_ordinary_names_reach_the_programs(self) -> None:
        _, steps = steps_in(records_with("ordinary-1"))
        calls = [
            words
            for step in steps
            if not step.partition(": ")[2].startswith(CONSOLE_STEPS)
            for words in self.calls_of(SHELLS[0], step.partition(": ")[2])
        ]
        for expected in (
            ["aws", "iam", "put-user-policy", "--user-name", "ordinary-1"],
            ["aws", "iam", "put-role-policy", "--role-name", "only-ordinary-1"],
            ["az", "cognitiveservices", "account", "keys", "regenerate", "--name", "ordinary-1"],
            ["az", "ad", "user", "update", "--id", "ordinary-1@example.com"],
            ["gcloud", "iam", "service-accounts", "keys", "disable", "ordinary-1"],
            ["date", "-u"],
        ):
            self.assertTrue(
                any(words[: len(expected)] == expected for words in calls), (expected, calls)
            )
        sendgrid = "https://api.sendgrid.com/v3/"
        last_words = {words[-1] for words in calls}
        self.assertIn(f"{sendgrid}api_keys/ordinary-1", last_words)
        self.assertIn(f"{sendgrid}teammates/ordinary-1", last_words)
        policies = [
            words[words.index("--policy-document") + 1]
            for words in calls
            if "--policy-document" in words
        ]
        self.assertTrue(policies)
        conditions = []
        for policy in policies:
            [statement] = json.loads(policy)["Statement"]
            self.assertEqual((statement["Effect"], statement["Resource"]), ("Deny", "*"))
            conditions.append(statement.get("Condition"))
        revoked = {"DateLessThan": {"aws:TokenIssueTime": "2026-03-02T10:00:00Z"}}
        self.assertIn(revoked, conditions)


if __name__ == "__main__":
    unittest.main()
