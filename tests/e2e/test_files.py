"""Files that are compressed twice, or not JSON: they are read, or the message names their
format."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import tarfile
import unittest
import zipfile
import zlib
from collections.abc import Callable

from call_records import call, lines
from scanned_files import ScannedFilesTest

RECORDS = lines(3)


def zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("trail.json", data)
    return archive.getvalue()


def tarred(data: bytes, form: int = tarfile.PAX_FORMAT) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=form) as writer:
        info = tarfile.TarInfo("trail.json")
        info.size = len(data)
        writer.addfile(info, io.BytesIO(data))
    return archive.getvalue()


def splunk_export(data: bytes) -> bytes:
    """Records in cells of a CSV file, as Splunk and Athena export them."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["_time", "_raw"])
    for line in data.decode().splitlines():
        writer.writerow(["2024-03-05T00:00:00Z", line])
    return text.getvalue().encode()


def xz_of(data: bytes) -> bytes:
    return lzma.compress(data)


def old_lzma_of(data: bytes) -> bytes:
    return lzma.compress(data, lzma.FORMAT_ALONE)


FORMATS: dict[str, Callable[[bytes], bytes]] = {
    "zip": zipped,
    "bzip2": bz2.compress,
    "xz": xz_of,
    "LZMA": old_lzma_of,
    "zlib": zlib.compress,
    "tar": tarred,
    "LZ4": lambda data: b"\x04\x22\x4d\x18\x60\x40\x82" + data,
    "snappy": lambda data: b"\xff\x06\x00\x00sNaPpY" + data,
    "7z": lambda data: b"7z\xbc\xaf\x27\x1c\x00\x04" + data,
    "Parquet": lambda data: b"PAR1\x15\x04\x15" + data + b"PAR1",
    "ORC": lambda data: b"ORC\x0a\x0b\x00" + data,
    "Avro": lambda data: b"Obj\x01\x04\x16avro.schema" + data,
    "CSV": splunk_export,
}


class FileTest(ScannedFilesTest):
    def setUp(self) -> None:
        super().setUp()
        self.folder /= "folder"
        self.folder.mkdir()

    def check_read(self, data: bytes, calls: int) -> None:
        path = self.write("trail", data)
        for named in (path, str(self.folder)):
            run = self.scan(named)
            self.check_counted(run, calls)
            self.assertEqual(run.exit_code, 0, run.stderr)
            self.assertEqual(len(run.messages), 1, run.stderr)


class CompressedTwiceTest(FileTest):
    def test_gzip_inside_gzip(self) -> None:
        packed = RECORDS
        for _ in range(4):
            packed = gzip.compress(packed)
            self.check_read(packed, 3)
        path = self.write("trail", gzip.compress(packed))
        for named in (path, str(self.folder)):
            run = self.scan(named)
            self.assertEqual(run.exit_code, 2)
            self.assertRegex(run.messages[0], f"^{path}: is compressed more than 4 times; ")
            self.assertEqual(run.messages[-1], "1 file, 1 not read, 0 records, 0 findings")

    def test_members_that_firehose_appends(self) -> None:
        inner = b"".join(gzip.compress(call(second=second)) for second in range(5))
        self.check_read(gzip.compress(inner), 5)
        self.check_read(gzip.compress(inner) + gzip.compress(gzip.compress(lines(2))), 7)

    def test_a_large_file(self) -> None:
        data = lines(60_000, padding="x" * 300)  # more than one decompression step produces
        self.check_read(gzip.compress(gzip.compress(data, 1), 1), 60_000)

    def test_an_export_of_cloudwatch_logs(self) -> None:
        export = b"".join(
            b"2024-03-05T00:00:%02d.123Z " % second + call(second=second) + b"\n"
            for second in range(7)
        )
        self.write("export/aws-logs-write-test", b"Permission Check Successful")
        self.write("export/1/000000.gz", gzip.compress(export))
        self.write("export/2/000000.gz", gzip.compress(gzip.compress(export)))
        run = self.scan(str(self.folder))
        self.check_counted(run, 14)
        self.assertEqual(run.exit_code, 0, run.stderr)
        self.assertRegex(run.messages[0], "aws-logs-write-test: skipped, it is not JSON")
        self.assertEqual(run.messages[-1], "3 files, 14 records, 1 finding")

    def test_zeros_after_gzip_data_are_padding(self) -> None:
        packed = gzip.compress(RECORDS)
        for count in (1, 2, 511, 4096, 5_000_000):
            self.check_read(packed + bytes(count), 3)
            self.check_read(packed + packed + bytes(count), 6)
            path = self.write("trail", packed + bytes(count) + b"x")
            run = self.scan(path)
            self.check_counted(run, 3)
            self.assertEqual(run.exit_code, 2)
            self.assertIn(f"{path}: has other data after its gzip data; 3 records", run.stderr)
        self.check_read(gzip.compress(packed + bytes(20)) + bytes(20), 3)


class OtherFormatTest(FileTest):
    def check_named(self, path: str, pattern: str) -> None:
        for named in (path, str(self.folder)):
            run = self.scan(named)
            self.assertEqual((run.exit_code, run.stdout), (2, ""), run.stderr)
            self.assertRegex(run.messages[0], f"^{path}: {pattern}")
            self.assertEqual(run.messages[-1], "1 file, 1 not read, 0 records, 0 findings")

    def test_each_is_named(self) -> None:
        for name, made in FORMATS.items():
            with self.subTest(name=name):
                data = made(RECORDS)
                for packed in (data, gzip.compress(data), gzip.compress(gzip.compress(data))):
                    self.check_named(
                        self.write("trail", packed), f"is {name}, which scan cannot read; "
                    )

    def test_forms_of_tar(self) -> None:
        for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            self.check_named(self.write("trail", tarred(RECORDS, form)), "is tar, ")

    def test_wide_encodings(self) -> None:
        text = RECORDS.decode()
        for name in ("UTF-16", "UTF-32"):
            for order in ("le", "be"):
                encoding = f"{name}-{order}"
                for mark in ("\ufeff", ""):
                    data = (mark + text).encode(encoding)
                    for packed in (data, gzip.compress(data)):
                        self.check_named(
                            self.write("trail", packed), f"is {name}; convert it to UTF-8 first$"
                        )

    def test_unread_files_beside_others(self) -> None:
        """A file that may contain logs but was not read is an error; a file of another kind is
        not."""
        self.write("a.json", lines(2))
        self.write("README", b"# Read me\n")
        self.write(".DS_Store", b"\0\0\0\1Bud1\0\0\x10\0")
        run = self.scan(str(self.folder))
        self.check_counted(run, 2)
        self.assertEqual(run.exit_code, 0, run.stderr)
        self.assertEqual(run.messages[-1], "3 files, 2 records, 1 finding")
        for name, made in FORMATS.items():
            path = self.write("b", made(RECORDS))
            for threads in ("1", "4"):
                run = self.scan("--threads", threads, str(self.folder))
                self.check_counted(run, 2)
                self.assertEqual(run.exit_code, 2, run.stderr)
                self.assertIn(f"{path}: is {name}, which scan cannot read; ", run.stderr)
                self.assertEqual(run.messages[-1], "4 files, 1 not read, 2 records, 1 finding")

    def test_a_line_with_commas_does_not_hide_the_records_below_it(self) -> None:
        export = b"".join(b"2024-03-05T00:00:00Z %s\n" % call() for _ in range(3))
        for records in (lines(3), export):
            self.write("trail", b"time,message\n" + records)
            run = self.scan(str(self.folder))
            self.check_counted(run, 3)
            self.assertRegex(run.messages[0], r": 1 of 4 records could not be read \(12 bytes\); ")

    def test_no_answer_if_nothing_was_read(self) -> None:
        run = self.scan(str(self.folder))
        self.assertEqual(run.exit_code, 2)
        self.assertEqual(
            run.messages, ["nothing was read: there are no files", "0 files, 0 records, 0 findings"]
        )
        self.write("README", b"# Read me\n")
        self.write("b/notes", b"nothing")
        run = self.scan(str(self.folder))
        self.assertEqual(run.exit_code, 2)
        self.assertRegex(
            run.messages[2], "^nothing was read: 2 files were found, none of which is a log"
        )
        self.write("b/trail", b"")
        run = self.scan(str(self.folder))
        self.assertEqual(run.exit_code, 0, run.stderr)


if __name__ == "__main__":
    unittest.main()
