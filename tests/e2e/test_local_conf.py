"""The effect of an administrator's local/cloudhijack.conf on a search, including mistakes in it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from call_records import START, call, lines
from chunk_body import EventRow, write_body
from cluster import Peer, run_cluster
from program_under_test import program
from shell_run import run_program
from splunkd import Answer, run_search


def body(*records: bytes) -> bytes:
    return write_body([{"_time": b"%d" % START, "_raw": record} for record in records])


class LocalConfTest(unittest.TestCase):
    """The program in an app's folder, with the layout of Splunk and of its knowledge bundles."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.app = Path(folder.name) / "var/run/searchpeers/head-1/apps/cloudhijack"
        bin_folder = self.app / f"bin/linux_{platform.machine()}"
        bin_folder.mkdir(parents=True)
        self.program = bin_folder / "cloudhijack"
        shutil.copy2(program()[0], self.program)
        self.conf = self.app / "local/cloudhijack.conf"

    def write(self, text: str) -> None:
        self.conf.parent.mkdir(exist_ok=True)
        self.conf.write_text(text)

    def search(self, *args: str, records: Sequence[bytes] = ()) -> Answer:
        return run_search([str(self.program)], args, [body(*records)])

    def check_rows(self, rows: int, records: Sequence[bytes], *args: str) -> Answer:
        answer = self.search(*args, records=records)
        self.assertIsNone(answer.error)
        self.assertEqual(len(answer.rows), rows, answer.messages)
        return answer


class OverrideTest(LocalConfTest):
    mails = [call()] * 6

    def test_the_built_in_conf_applies_without_a_local_one(self) -> None:
        self.assertEqual(self.check_rows(0, self.mails).messages, [])
        self.write("")
        self.assertEqual(self.check_rows(0, self.mails).messages, [])

    def test_settings_are_replaced_key_by_key(self) -> None:
        self.write("[service:ses]\nthreshold = 5\n")
        [row] = self.check_rows(1, self.mails).rows
        self.assertEqual((row["Threshold"], row["ServiceAbused"]), ("5", "AWS SES"))
        self.check_rows(0, self.mails[:5])
        self.write("[service:ses]\nthreshold = 5\nlabel = Mail\ncategory = Spam\n")
        [row] = self.check_rows(1, self.mails).rows
        self.assertEqual((row["ServiceAbused"], row["AttackCategory"]), ("Mail", "Spam"))
        # The calls are still the built-in ones, and other services are unchanged.
        publish = call(eventSource="sns.amazonaws.com", eventName="Publish")
        self.check_rows(0, [publish] * 200)
        self.check_rows(1, [publish] * 201)

    def test_the_last_of_repeated_settings_counts(self) -> None:
        self.write("[service:ses]\nthreshold = 1\n[defaults]\n[service:ses]\nthreshold = 5\n")
        self.assertEqual(self.check_rows(1, self.mails).rows[0]["Threshold"], "5")

    def test_an_argument_takes_precedence(self) -> None:
        self.write("[service:ses]\nthreshold = 5\n[defaults]\nses_threshold = 4\n")
        self.assertEqual(self.check_rows(1, self.mails).rows[0]["Threshold"], "4")
        self.check_rows(0, self.mails, "ses_threshold=6")

    def test_a_phase_is_replaced_as_a_whole(self) -> None:
        self.write("[service:ses]\nthreshold = 0\nvolume = SendRawEmail\n")
        self.check_rows(0, self.mails)
        self.check_rows(1, [call(eventName="SendRawEmail")])

    def test_the_local_conf_is_found_from_any_working_folder(self) -> None:
        self.write("[service:ses]\nthreshold = 5\n")
        link = self.app.parent / "link"
        link.symlink_to(self.program)
        for argv in ([str(self.program)], [str(link)], [os.path.relpath(self.program, "/")]):
            cwd = os.getcwd()
            os.chdir("/")
            try:
                answer = run_search(argv, [], [body(*self.mails)])
            finally:
                os.chdir(cwd)
            self.assertEqual(len(answer.rows), 1)

    def test_scan_reads_the_local_conf_too(self) -> None:
        self.write("[service:ses]\nthreshold = 5\n")
        args = ("scan", "--format=csv", "-")
        run = run_program(*args, stdin=lines(6), executable=str(self.program))
        self.assertEqual(run.stdout.count("\n"), 2)
        run = run_program("check-config", executable=str(self.program))
        self.assertIn("service ses: AWS SES, threshold 5, ", run.stdout)


class CustomServiceTest(LocalConfTest):
    def setUp(self) -> None:
        super().setUp()
        self.write(
            "[service:translate]\nlabel = AWS Translate\nthreshold = 2\nsource = translate\n"
            "volume = TranslateText polly:SynthesizeSpeech(Engine=neural)\n"
        )
        self.texts = [call(eventSource="translate.amazonaws.com", eventName="TranslateText")] * 3

    def test_a_custom_service_gives_rows(self) -> None:
        [row] = self.check_rows(1, self.texts).rows
        shown = [row[name] for name in ("ServiceAbused", "AttackCategory", "Threshold")]
        self.assertEqual(shown, ["AWS Translate", "SaaS Service Abuse", "2"])

    def test_a_custom_service_has_an_option(self) -> None:
        self.check_rows(0, self.texts, "translate_threshold=3")
        self.assertIn("translate_threshold", self.search("nonsense=1").error or "")

    def test_conditions_on_parameters(self) -> None:
        speech = {"eventSource": "polly.amazonaws.com", "eventName": "SynthesizeSpeech"}
        neural, standard, none = (
            call(**speech, requestParameters=parameters)
            for parameters in ({"Engine": "neural"}, {"Engine": "standard"}, None)
        )
        self.check_rows(1, [neural] * 3)
        self.check_rows(0, [neural, standard, standard, none, none, neural])

    def test_input_fields_rejects_conditions(self) -> None:
        self.assertRegex(self.search("input=fields").error or "", "condition.*_raw")

    def test_a_service_only_for_hunt_mode_has_no_option_in_volume_mode(self) -> None:
        self.write("[service:translate]\nsource = translate\nuse = TranslateText\n")
        self.check_rows(0, self.texts * 20)
        self.assertIn("belongs to mode hunt", self.search("translate_threshold=1").error or "")
        self.assertIsNone(self.search("mode=hunt", "translate_threshold=1").error)


class LinksTest(LocalConfTest):
    """Role sessions, which the shipped conf disables."""

    own = "arn:aws:iam::111122223333:role/team/deploy"
    partners = "arn:aws:iam::210987654321:role/audit"

    def setUp(self) -> None:
        super().setUp()
        self.sessions = [
            *(self.session("ci", day, self.own) for day in range(1, 10)),
            *(self.session("ann", day, self.own) for day in (2, 5)),
            self.session("ann", 3, self.partners),
            self.session("mallory", 4, self.own, errorCode="AccessDenied"),
            self.session("mallory", 4, "deploy"),
            self.session("mallory", 4, self.own, invoked_by="ec2.amazonaws.com"),
        ]
        self.others = [
            self.by("ci", 1, eventName="GetSendQuota"),
            self.by("ci", 12, eventName="GetSendQuota"),
        ]

    @staticmethod
    def by(user: str, day: int, invoked_by: str = "", **members: Any) -> bytes:
        identity = {"type": "IAMUser", "arn": f"arn:aws:iam::111122223333:user/{user}"}
        return call(
            eventTime=f"2024-03-{day:02}T10:00:00Z",
            userIdentity={**identity, "invokedBy": invoked_by},
            **{"recipientAccountId": "111122223333", **members},
        )

    def session(self, user: str, day: int, role: str, **members: Any) -> bytes:
        return self.by(
            user,
            day,
            eventSource="sts.amazonaws.com",
            eventName="AssumeRole",
            requestParameters={"roleArn": role, "roleSessionName": "s"},
            **members,
        )

    def baseline(self, *records: bytes) -> Answer:
        """Learn on a search head alone and on three indexers; both must give the same baseline."""
        whole = self.search("mode=baseline", records=records)
        rows: list[EventRow] = [{"_time": b"", "_raw": record} for record in records]
        peers = [Peer(rows[at::3], name=f"idx{at}", rows_per_chunk=2) for at in range(3)]
        answer, _, _ = run_cluster([str(self.program)], ["mode=baseline"], peers)
        self.assertIsNone(whole.error)
        self.assertIsNone(answer.error)
        self.assertEqual(answer.rows, whole.rows)
        return answer

    def test_the_baseline_learns_who_assumes_a_role(self) -> None:
        self.write("[service:links]\ndisabled = false\n")
        rows = self.baseline(*self.sessions, *self.others).rows
        parents = {(row["account"], row["principal"]): row["parents"] for row in rows}
        user = "arn:aws:iam::111122223333:user/"
        expected = {
            ("111122223333", self.own): f"{user}ann=2024-03-02/2024-03-05 "
            f"{user}ci=2024-03-01/2024-03-09",
            ("210987654321", self.partners): f"{user}ann=2024-03-03/2024-03-03",
        }
        self.assertEqual({key: text for key, text in parents.items() if text}, expected)
        self.assertIn(("111122223333", f"{user}ci", "links"), map(self.pair, rows))

    def test_the_source_of_assume_role_is_not_a_usual_source(self) -> None:
        self.write("[service:links]\ndisabled = false\n")
        rows = self.baseline(*self.sessions, *self.others).rows
        networks = {self.pair(row)[1:]: row["networks"] for row in rows}
        user = "arn:aws:iam::111122223333:user/"
        self.assertEqual(networks[f"{user}ci", "account"], "2001:db8::/32=2024-03-01/2024-03-01")
        self.assertNotIn((f"{user}ann", "account"), networks)

    def test_nothing_is_learned_if_links_are_disabled(self) -> None:
        with_sessions = self.baseline(*self.sessions, *self.others).rows
        self.assertEqual(with_sessions, self.baseline(*self.others).rows)
        self.assertEqual({row["parents"] for row in with_sessions}, {""})

    @staticmethod
    def pair(row: dict[str, Any]) -> tuple[str, str, str]:
        return row["account"], row["principal"], row["service"]


class DefaultsTest(LocalConfTest):
    def test_default_settings_replace_missing_options(self) -> None:
        self.write("[defaults]\nspan = 10m\nmin_score = 2\nses_threshold = 2\n")
        mails = [call("alice")] * 3 + [call("tmp")] * 3
        [row] = self.check_rows(1, mails).rows
        self.assertEqual((row["CallerARN"], row["SuspicionScore"]), ("tmp", "2"))
        self.check_rows(2, mails, "min_score=0")
        late = write_body([{"_time": b"%d" % (START + 700), "_raw": call("tmp")}] * 3)
        answer = run_search([str(self.program)], [], [late])
        self.assertEqual(answer.rows[0]["_time"], str(START + 600))

    def test_input(self) -> None:
        self.write("[defaults]\ninput = fields\nses_threshold = 0\n")
        fields = b"eventSource,eventName,_time\nses.amazonaws.com,SendEmail,%d\n" % START
        answer = run_search([str(self.program)], [], [fields])
        self.assertEqual((len(answer.rows), answer.messages), (1, []))
        self.check_rows(1, [call()], "input=raw")


class MistakeTest(LocalConfTest):
    def check_reported(self, text: str, *places: tuple[int, str, str]) -> Answer:
        """Each mistake is reported as an ERROR in the search, which still answers."""
        self.write(text)
        answer = self.search(records=[call()] * 101)
        self.assertIsNone(answer.error)
        self.assertEqual([message.severity for message in answer.messages], ["ERROR"] * len(places))
        for message, (line, place, why) in zip(answer.messages, places):
            self.assertTrue(message.text.startswith(f"{self.conf}:{line}: {place}: "), message)
            self.assertIn(why, message.text)
            self.assertTrue(message.text.endswith("; the built-in value is used"), message)
        return answer

    def test_invalid_values(self) -> None:
        answer = self.check_reported(
            "# ours\n[service:ses]\nthreshold = many\nlabel = Mail\n",
            (3, "[service:ses] threshold", '"many"'),
        )
        [row] = answer.rows
        self.assertEqual((row["Threshold"], row["ServiceAbused"]), ("100", "Mail"))

    def test_unreadable_calls(self) -> None:
        for calls in ("SendEmail(", "a:b:c", "SendEmail(x)", "Send%Email", "SendEmail(=1)"):
            text = f"[service:ses]\nvolume = SendRawEmail {calls}\n"
            answer = self.check_reported(text, (2, "[service:ses] volume", calls))
            self.assertEqual(len(answer.rows), 1)  # SendEmail still counts

    def test_unknown_keys_and_stanzas(self) -> None:
        answer = self.check_reported(
            "[service:ses]\nthreshholds = 5\n[evidences]\nx = 1\n",
            (2, "[service:ses] threshholds", "unknown key; a service has the keys"),
            (4, "[evidences] x", "[service:<id>]"),
        )
        self.assertEqual(len(answer.rows), 1)

    def test_defaults(self) -> None:
        answer = self.check_reported(
            "[defaults]\nspan = 5x\nmin_score = 1\nnonsense = 1\n",
            (2, "[defaults] span", '"5x"'),
            (4, "[defaults] nonsense", "unknown option; "),
        )
        self.assertEqual([row["EventCount"] for row in answer.rows], ["101"])

    def test_an_unreadable_file(self) -> None:
        self.conf.mkdir(parents=True)
        answer = self.search(records=[call()] * 101)
        self.assertEqual(len(answer.rows), 1)
        [message] = answer.messages
        self.assertEqual(message.severity, "ERROR")
        self.assertIn(f"{self.conf}: cannot be read", message.text)

    def test_scan_stops_with_an_error(self) -> None:
        self.write("[service:ses]\nthreshold = many\n")
        for args in (("scan", "-"), ("check-config",)):
            run = run_program(*args, stdin=lines(200), executable=str(self.program))
            self.assertEqual((run.exit_code, run.stdout), (2, ""))
            self.assertIn(f"{self.conf}:2: [service:ses] threshold: ", run.stderr)
