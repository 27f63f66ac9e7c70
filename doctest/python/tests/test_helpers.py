import os
import time
import unittest

from guild_doctest import files, flags, shell


class Helpers(unittest.TestCase):
    def test_natural_order(self):
        texts = ["", "1", "02", "10", "A", "a", "a1", "a1b2", "a1b10", "a02", "a10", "a.txt", "a/b", "b",
                 "run-99999999999999999998", "run-99999999999999999999", "é"]
        self.assertEqual(sorted(reversed(texts), key=files.natural_key), texts)

    def test_flag_text(self):
        for value, want in [
            (True, "yes"), (False, "no"), (None, "null"), (3, "3"), (1.0, "1.0"), (1e-5, "1.0e-05"), (1e16, "1.0e+16"),
            (1.5e-7, "1.5e-07"), ("a", "a"), ("a b", "a b"), ("1", "'1'"), ("", "''"), ("yes", "'yes'"), ("1e3", "'1e3'"), (".5", "'.5'"),
            ("a: b", "'a: b'"), ("it's", "'it''s'"), ("a #b", "'a #b'"), ("-x", "'-x'"), (" a", "' a'"), ("a\nb", '"a\\nb"'), ("é", "'é'"),
            ("path/to-file.txt", "path/to-file.txt"), (["a,b", (1,)], "['a,b', [1]]"), ({"b": True, "a": 1}, "{a: 1, b: yes}"), (float("inf"), ".inf"),
        ]:
            with self.subTest(value=value):
                self.assertEqual(flags.flag_text(value), want)
        with self.assertRaises(TypeError):
            flags.flag_text(object())

    def test_flag_assigns(self):
        self.assertEqual(flags.flag_assigns({"x": "[1:10]", "l": [1, "x"], "a b": "two words", "n": "1 2"}),
                         ["a b='two words'", "l=[1, x]", "n='1 2'", "x=[1:10]"])

    def test_timeout_is_not_held_up(self):
        """A process that has left the group of its command does not hold up the end."""
        grace, shell.GRACE = shell.GRACE, 0.05
        try:
            start = time.monotonic()
            out, _, code = shell.execute(
                ["sh", "-c", "echo started; python3 -c 'import os, time; os.setsid(); time.sleep(20)' & sleep 20"], timeout=1)
            self.assertEqual((out, code), ("started\n", -9))
            self.assertLess(time.monotonic() - start, 15)
        finally:
            shell.GRACE = grace

    def test_output_of_the_background(self):
        """What has the output open is waited for."""
        self.assertEqual(shell.execute(["sh", "-c", "(sleep 0.2; echo late) & echo soon"])[0], "soon\nlate\n")

    def test_no_such_program(self):
        with self.assertRaises(FileNotFoundError):
            shell.execute([os.path.join("no", "program")])
