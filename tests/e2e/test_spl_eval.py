"""The evaluator of SPL that other tests rely on follows Splunk's documentation."""

from __future__ import annotations

import unittest

from spl import fields_of, stages_of
from spl_eval import Value, evaluate, evaluated, holds

ROW: dict[str, Value] = {
    "one": "a",
    "many": ["ab", "b", "192.0.2.1"],
    "nine": "9",
    "ten": "10",
    "cost": "12.5",
    "none": None,
}


class ConditionTest(unittest.TestCase):
    def test_numbers_are_compared_as_numbers(self) -> None:
        self.assertTrue(holds("ten > nine", ROW))
        self.assertTrue(holds("ten > 9.5", ROW))
        self.assertFalse(holds("ten < nine", ROW))
        self.assertTrue(holds("ten >= 10 AND ten <= 10 AND ten = 10 AND ten != 9", ROW))
        self.assertTrue(holds('one > "A"', ROW))

    def test_no_comparison_with_null_holds(self) -> None:
        for sign in ("<", ">", "=", "!=", "<=", ">="):
            self.assertFalse(holds(f"none {sign} 1", ROW), sign)

    def test_and_binds_before_or(self) -> None:
        self.assertTrue(holds("nine=9 OR nine=8 AND nine=7", ROW))
        self.assertFalse(holds("(nine=9 OR nine=8) AND nine=7", ROW))

    def test_mvfind_finds_a_whole_value(self) -> None:
        self.assertTrue(holds('isnotnull(mvfind(many, "^b$"))', ROW))
        self.assertEqual(evaluate('mvfind(many, "^b$")', ROW), "1")
        self.assertFalse(holds('isnotnull(mvfind(many, "^a$"))', ROW))
        self.assertTrue(holds('isnotnull(mvfind(one, "^a$"))', ROW))
        self.assertFalse(holds('isnotnull(mvfind(none, ""))', ROW))

    def test_a_value_is_not_a_condition(self) -> None:
        with self.assertRaises(AssertionError):
            holds("nine", ROW)
        with self.assertRaises(AssertionError):
            evaluate("nine=9", ROW)


class ValueTest(unittest.TestCase):
    def test_products_and_texts(self) -> None:
        self.assertEqual(evaluate("8*nine", ROW), "72")
        self.assertEqual(evaluate("0.8*ten", ROW), "8.0")
        self.assertEqual(evaluate("round(cost)", ROW), "13")
        self.assertEqual(evaluate('one . "-" . ten', ROW), "a-10")
        self.assertIsNone(evaluate("none*2", ROW))
        self.assertIsNone(evaluate("one . none", ROW))

    def test_case_and_if(self) -> None:
        text = 'case(nine>9, "more", nine>8, "nine", true(), "less")'
        self.assertEqual(evaluate(text, ROW), "nine")
        self.assertEqual(evaluate(text, {"nine": "1"}), "less")
        self.assertIsNone(evaluate('case(nine>9, "more")', ROW))
        self.assertEqual(evaluate('if(none > 1, "yes", "no")', ROW), "no")

    def test_mvfilter_keeps_values(self) -> None:
        self.assertEqual(evaluate('mvfilter(match(many, "b"))', ROW), ["ab", "b"])
        self.assertEqual(evaluate('mvfilter(match(many, "[.]"))', ROW), "192.0.2.1")
        self.assertIsNone(evaluate('mvfilter(match(many, "x"))', ROW))
        self.assertIsNone(evaluate('mvfilter(match(none, ""))', ROW))

    def test_an_assignment_sees_the_one_before(self) -> None:
        row = evaluated("a=2*nine, b=a . one", ROW)
        self.assertEqual((row["a"], row["b"]), ("18", "18a"))

    def test_what_is_not_known_is_refused(self) -> None:
        for text in ("missing", "abs(nine)", "nine nine", "nine=", "(nine", "mvmap(missing, nine)"):
            with self.subTest(text), self.assertRaises(AssertionError):
                evaluate(text, ROW)


class FieldsTest(unittest.TestCase):
    def test_stages_add_and_remove_fields(self) -> None:
        _, stages = stages_of("x | eval c=a . b | fields - a, d | table c")
        known = {"a", "b", "d"}
        wanted = [{"a", "b", "c", "d"}, {"b", "c"}, {"c"}]
        for stage, after in zip(stages, wanted):
            known = fields_of(stage).after(known)
            self.assertEqual(known, after)


if __name__ == "__main__":
    unittest.main()
