import sys
import time
import unittest

from guild_doctest import files, shell


class Helpers(unittest.TestCase):
    def test_natural_order(self):
        texts = ["", "1", "02", "10", "A", "a", "a1", "a1b2", "a1b10", "a02", "a10", "a.txt", "a/b", "b",
                 "run-99999999999999999998", "run-99999999999999999999", "é"]
        self.assertEqual(sorted(reversed(texts), key=files.natural_key), texts)

    def test_timeout_is_not_held_up(self):
        """A process that has left the group of its command does not hold up the end."""
        grace, shell.GRACE = shell.GRACE, 0.05
        try:
            start = time.monotonic()
            command = "echo started; %s -c 'import os, time; os.setsid(); time.sleep(20)' & sleep 20"
            out, code = shell.execute(command % sys.executable, timeout=1)
            self.assertEqual((out, code), ("started\n", -9))
            self.assertLess(time.monotonic() - start, 15)
        finally:
            shell.GRACE = grace

    def test_output_of_the_background(self):
        """What has the output open is waited for."""
        self.assertEqual(shell.execute("(sleep 0.2; echo late) & echo soon")[0], "soon\nlate\n")
