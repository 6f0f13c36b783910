"""The imitation of splunkd itself: it accepts a well-behaved program and no other."""

from __future__ import annotations

import sys
import unittest

from chunk_body import BodyError, EventRow, Layout, read_body, write_bodies, write_body
from splunkd import ProtocolError, run_search

# A program that answers getinfo and one execute; {} is replaced by the code that answers the
# latter.
_PROGRAM = """
import sys
def read():
    _, m, b = sys.stdin.buffer.readline().split(b",")
    sys.stdin.buffer.read(int(m) + int(b))
def say(metadata, body=b""):
    sys.stdout.buffer.write(b"chunked 1.0,%d,%d\\n" % (len(metadata), len(body)) + metadata + body)
    sys.stdout.flush()
read()
say(b'{"type":"reporting"}')
read()
FINISHED = b'{"finished":true}'
"""


def run(answer: str) -> None:
    run_search([sys.executable, "-I", "-S", "-c", _PROGRAM + answer], timeout=5)


class SplunkdTest(unittest.TestCase):
    def test_correct_replies_are_accepted(self) -> None:
        run("say(FINISHED)")
        run('say(b\'{"finished":true,"inspector":{"messages":[["INFO","x"]]},"error":"y"}\')')

    def test_protocol_violations_are_errors(self) -> None:
        for answer in (
            "sys.stderr.write('a word'); say(FINISHED)",
            "say(FINISHED); sys.exit(3)",
            "say(FINISHED); say(FINISHED)",
            "say(FINISHED); print()",
            "say(FINISHED + b' '); sys.stdout.buffer.write(b'x')",
            "",
            "say(b'{\"finished\":false}')",
            "say(b'{\"finished\":1}')",
            'say(b\'{"finished":true,"finish":true}\')',
            'say(b\'{"error":"x"}\')',
            'say(b\'{"finished":true,"error":"y","inspector":{}}\')',
            'say(b\'{"finished":true,"inspector":{"messages":[["WARNING","x"]]}}\')',
            'say(b\'{"finished":true,"inspector":{"metric.x":[1,2,3]}}\')',
            'say(b\'{"finished":true,"inspector":{"x":[1,2,3,4]}}\')',
            "print('chunked 1.0, 17,0')",
            "print('chunked 1.0,17')",
            "print('chunked 1.0,17,0', end='')",
            "print('chunked 1.0,17,0\\n{}')",
            "print('x' * 100)",
            "say(FINISHED, b'a,b\\n1\\n')",
            "say(FINISHED, b'a,a\\n1,2\\n')",
        ):
            with self.subTest(answer=answer), self.assertRaises(AssertionError):
                run(answer)

    def test_silence_does_not_hang(self) -> None:
        waiting = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
        with self.assertRaisesRegex(ProtocolError, "no reply"):
            run_search(waiting, timeout=0.3)
        with self.assertRaisesRegex(ProtocolError, "does not read on"):
            run_search(waiting, ["x" * 1_000_000], timeout=0.3)
        lingering = _PROGRAM + "say(FINISHED)\nimport time; time.sleep(60)"
        with self.assertRaisesRegex(ProtocolError, "does not end"):
            run_search([sys.executable, "-I", "-S", "-c", lingering], timeout=3)


ROWS: list[EventRow] = [
    {"a": b"x1", "b": [b"1$", b";"]},
    {"a": b'say "hi",\nplease', "c": b""},
    {},
]


class BodyTest(unittest.TestCase):
    def test_written_as_splunk_writes(self) -> None:
        self.assertEqual(
            write_body(ROWS, Layout(columns=("a", "b"))),
            b'a,b,"__mv_a","__mv_b"\nx1,"1$\n;",,"$1$$$;$;$"\n"say ""hi"",\nplease",,,\n,,,\n',
        )
        self.assertEqual(
            write_body(ROWS, Layout(("b", "a"), b"\r\n", twins="beside", short_rows=True)),
            b'b,"__mv_b",a,"__mv_a"\r\n"1$\n;","$1$$$;$;$",x1\r\n,,"say ""hi"",\nplease"\r\n""\r\n',
        )

    def test_final_chunk(self) -> None:
        layout = Layout(columns=("a",), twins="none")
        rows = [{"a": b"1"}, {"a": b"2"}, {"a": b"3"}]
        bodies = [b"a\n1\n2\n", b"a\n3\n"]
        self.assertEqual(write_bodies(rows, 2, layout), bodies)
        self.assertEqual(write_bodies(rows, 2, layout, final="header"), [*bodies, b"a\n"])
        self.assertEqual(write_bodies(rows, 2, layout, final="nothing"), [*bodies, b""])
        self.assertEqual(write_bodies([], 2, layout), [b""])

    def test_written_bodies_can_be_read(self) -> None:
        for twins in ("after", "beside"):
            for newline in (b"\n", b"\r\n"):
                layout = Layout(("a", "b"), newline, twins=twins)
                columns, rows = read_body(write_body(ROWS, layout))
                self.assertEqual(columns, ["a", "b"])
                texts = [("x1", ["1$", ";"]), ('say "hi",\nplease', ""), ("", "")]
                self.assertEqual([(row["a"], row["b"]) for row in rows], texts)

    def test_malformed_bodies(self) -> None:
        for body in (
            *(
                b"a",
                b"a\n1",
                b"a\r\n1\n",
                b"a\n1\r\n",
                b'a\n"1\n',
                b'a\n"1"2\n',
                b'a\n1"\n',
                b"a,b\n1\n",
            ),
            *(b"a,a\n1,1\n", b"a\n1,2\n", b"a,__mv_b\n1,\n", b"a,__mv_a\n1,$1$\n"),
            *(b"a,__mv_a\n1,$1$;\n", b"a,__mv_a\n1,$1\n", b"a,__mv_a\n1,$1$$2$\n"),
            *(b"a,__mv_a\n12,$1$;$2$\n", b"a\n\n\n1,2\n"),
        ):
            with self.subTest(body=body), self.assertRaises(BodyError):
                read_body(body)
