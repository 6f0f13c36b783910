"""What is AWS's own is known to `log/` alone: detections, output and interfaces name none of it."""

from __future__ import annotations

import re
import unittest

from cpp_source import ROOT, SOURCES, line_of, source_files, without_comments

FOLDERS = ("detect", "search", "scan", "output", "json")

# These words may not appear anywhere in code, neither in names nor in strings.
WORDS = (
    "amazonaws",
    "AKIA",
    "arn:aws",
    "AssumedRole",
    "AWSReservedSSO",
    "AWSServiceRole",
    "invokedBy",
    "eventSource",
    "eventName",
)

# Calls of IAM, Service Quotas and AWS Support. They are matched as whole words, because other calls
# may begin with the same letters.
CALLS = (
    "AttachUserPolicy",
    "PutUserPolicy",
    "CreateServiceSpecificCredential",
    "CreateCase",
    "RequestServiceQuotaIncrease",
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
)

AWS = re.compile("|".join(map(re.escape, WORDS)) + r"|\b(?:" + "|".join(CALLS) + r")\b")


def aws_words_in(code: str) -> list[tuple[int, str]]:
    """The words in a C++ source without its comments, each with its line."""
    code = without_comments(code)
    return [(line_of(code, found.start()), found[0]) for found in AWS.finditer(code)]


def places() -> list[str]:
    found = []
    for folder in FOLDERS:
        for path in source_files(SOURCES / folder):
            for line, word in aws_words_in(path.read_text()):
                found.append(f"{path.relative_to(ROOT)}:{line}: {word}")
    return found


class AwsWordsTest(unittest.TestCase):
    def test_the_folders_exist(self) -> None:
        for folder in FOLDERS:
            self.assertTrue(any(source_files(SOURCES / folder)), folder)

    def test_words_are_found_outside_comments(self) -> None:
        code = '// AKIA\nx = "arn:aws:iam";  // AKIA\nf("CreateUser", "CreateUserPool");\nAKIA_b'
        self.assertEqual(aws_words_in(code), [(2, "arn:aws"), (3, "CreateUser"), (4, "AKIA")])

    def test_only_log_contains_words_of_aws(self) -> None:
        found = places()
        if found:
            self.fail("words of AWS outside log/:\n" + "\n".join(found))


if __name__ == "__main__":
    unittest.main()
