import doctest
import unittest

from guild_doctest import matching
from guild_doctest.options import DEFAULTS, parse_options


def flags(text):
    result = DEFAULTS
    for flag, on in parse_options(text).items():
        result = result | flag if on else result & ~flag
    return result


class Matching(unittest.TestCase):
    # What documents want, what is printed, options besides the defaults, whether they match. What Python's doctest does by
    # itself is here once for each rule; the rest is about what is added to it.
    CASES = [
        ("a\n", "a\n", "", True),
        ("a\n", "b\n", "", False),
        ("", "", "", True),
        ("", "a\n", "", False),
        # white space
        ("a  b\nc\n", " a b c", "", True),
        ("a  b\n", "a b\n", "-NORMALIZE_WHITESPACE", False),
        # ellipsis, after white space: the blanks beside it are literal
        ("a ... d\n", "a b c d\n", "", True),
        ("a...d\n", "a\nb\nd\n", "", True),
        ("a ... b\n", "a b\n", "", False),
        ("aa...aa\n", "aaa\n", "", False),
        ("...b...a...\n", "a b\n", "", False),
        ("a...\n", "ab\n", "-ELLIPSIS", False),
        # a wildcard at the start, and only there
        ("???b\n", "a b\n", "", True),
        ("a???\n", "ab\n", "", False),
        ("???b\n", "ab\n", "-ELLIPSIS", False),
        # colours, of the output alone
        ("hi\n", "\x1b[1;31mhi\x1b[0m\x1b[?25h\n", "", True),
        ("hi\n", "\x1b[31mhi\x1b[0m\n", "-STRIP_ANSI_FMT", False),
        ("\x1b[31mhi\n", "\x1b[31mhi\n", "", False),
        # <exit 0> is optional where there is output
        ("a\n", "a\n<exit 0>\n", "", True),
        ("a\n<exit 0>\n", "a\n<exit 0>\n", "", True),
        ("a\n<exit 0>\n", "a\n", "", True),
        ("", "<exit 0>\n", "", False),
        ("<exit 0>\n", "<exit 0>\n", "", True),
        ("a\n", "a\n<exit 1>\n", "", False),
        ("a\n", "a\n<exit 0>\n", "-STRIP_EXIT_0", False),
        ("a...\n", "a\nb\n<exit 0>\n", "", True),
        # lists of paths
        ("a::b\n", "a:b\n", "+NORMALIZE_PATHSEP", True),
        ("a::b\n", "a:b\n", "", False),
        # blank lines, and truth
        ("a\n<BLANKLINE>\nb\n", "a\n  \nb\n", "-NORMALIZE_WHITESPACE", True),
        ("a\n<BLANKLINE>\nb\n", "a\n\nb\n", "+DONT_ACCEPT_BLANKLINE", False),
        ("1\n", "True\n", "", True),
        ("1\n", "True\n", "+DONT_ACCEPT_TRUE_FOR_1", False),
        # strict: nothing is transformed, but white space counts once
        ("a...\n", "ab\n", "+STRICT", False),
        ("a...\n", "ab\n", "+STRICT +ELLIPSIS", False),
        ("a  b\n", "a b\n", "+STRICT", True),
        ("a\n", "\x1b[0ma\n", "+STRICT", False),
        ("a\n", "a\n<exit 0>\n", "+STRICT", False),
        ("???\n", "a\n", "+STRICT", False),
        ("é\n", "é\n", "", True),
    ]

    def test_matching(self):
        for want, got, options, matches in self.CASES:
            with self.subTest(want=want, got=got, options=options):
                self.assertIs(matching.Checker().check_output(want, got, flags(options)), matches)

    def test_bash(self):
        for want, got, matches in [
            ("a\n", "a\n<exit 0>\n", True),
            ("", "<exit 0>\n", True),
            ("<exit 0>\n", "<exit 0>\n", True),
            ("a\n<exit 0>\n", "a\n", False),
            ("???b\n", "ab\n", True),
            ("a\n", "\x1b[0ma\n", False),
            ("", "<exit 1>\n", False),
            ("a...\n", "a\nb\n<exit 0>\n", True),
            ("a...\n", "a\nb\n<exit 1>\n", False),
            ("???\n", "<exit -9>\n", False),
            ("a...\n<exit 1>\n", "a\nb\n<exit 1>\n", True),
            ("???\n<exit ...>\n", "b\n<exit 2>\n", True),
        ]:
            with self.subTest(want=want, got=got):
                self.assertIs(matching.BashChecker().check_output(want, got, DEFAULTS), matches)

    def test_defaults(self):
        self.assertFalse(DEFAULTS & (doctest.DONT_ACCEPT_BLANKLINE | doctest.IGNORE_EXCEPTION_DETAIL | doctest.FAIL_FAST))
