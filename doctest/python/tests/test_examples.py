import doctest
import unittest

from guild_doctest.examples import BASH, PYTHON, find_examples
from guild_doctest.options import KEEP_LF


class Examples(unittest.TestCase):
    def found(self, text, kind):
        return [(e.lineno + 1, getattr(e, "shown", e.source), e.want) for e in find_examples(text, kind)]

    def test_python(self):
        for text, want in [
            ("# Title\n\ntext\n", []),
            ("text\n\n    >>> if x:\n    ...     y\n    1  \n\ntext\n", [(3, "if x:\n    y\n", "1  \n")]),
            (">>> a\n>>> b\nc", [(1, "a\n", ""), (2, "b\n", "c\n")]),
            ("    >>>\n    dropped\n\n    >>>   # comment\n    dropped\n\n    >>> a\n", [(7, "a\n", "")]),
            ("```\n>>> a\n```\n", [(2, "a\n", "```\n")]),
            ("\t>>> a\n\tb\tc\n", [(1, "a\n", "b       c\n")]),
            ("a >>> b\n", []),
        ]:
            with self.subTest(text=text):
                self.assertEqual(self.found(text, PYTHON), want)

    def test_bash(self):
        for text, want in [
            ("-\n    $ echo \\\n    > a\n    a\n    $ b\n\n  $ c\n    $d\n", [(2, "echo \\\na\n", "a\n"), (5, "b\n", "")]),
            ("-\n    $ a\n    b\n    > c\n", [(2, "a\n", "b\n> c\n")]),
            ("  -\n      $ a\n      b\n", [(2, "a\n", "b\n")]),  # the indentation that all lines share does not count
            ("-\n    >>> a\n\n    $ b\n", [(4, "b\n", "")]),
            ("-\n    $\n\n    $ # comment\n\n    $ b\n", [(6, "b\n", "")]),
        ]:
            with self.subTest(text=text):
                self.assertEqual(self.found(text, BASH), want)

    def test_options(self):
        (e,) = find_examples("-\n    $ a  # doctest: +KEEP_LF, -ELLIPSIS\n    > b\n", BASH)
        self.assertEqual(e.options, {KEEP_LF: True, doctest.ELLIPSIS: False})
        self.assertEqual(e.source, r"_bash('a  # doctest: +KEEP_LF, -ELLIPSIS\nb')" + "\n")

    def test_errors(self):
        for text, kind, message in [
            ("\n>>>a\n", PYTHON, "line 2: lacks blank after >>>"),
            (">>> a\n...b\n", PYTHON, "line 2: lacks blank after ..."),
            ("  >>> a\n ... b\nx\n", PYTHON, "line 2: lacks blank after"),
            (">>> a\n ... b\n", PYTHON, "line 2: lacks blank after"),
            ("    >>> a\n     ... b\n", PYTHON, "line 2: lacks blank after"),
            ("  >>> a\n b\nx\n", PYTHON, "line 2: has inconsistent leading whitespace"),
            ("\n\n>>> a  # doctest: +NOPE\n", PYTHON, "line 3: has an invalid option: '+NOPE'"),
            (">>> # doctest: +SKIP\n", PYTHON, "line 1: has an option directive on a line with no example"),
            ("-\n    $ a\n    >b\n", BASH, "line 3: lacks blank after ..."),
        ]:
            with self.subTest(text=text), self.assertRaises(ValueError) as caught:
                find_examples(text, kind)
            self.assertTrue(str(caught.exception).startswith(message), caught.exception)
