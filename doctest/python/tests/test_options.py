import unittest

from guild_doctest.options import Host, parse_options


class FakeHost(Host):
    commands = ()
    git = "git version 2.32.0"

    def __init__(self, **changes):
        super().__init__(changes.pop("environ", {}))
        self.platform, self.python_minor, self.cpus = "linux", 9, 4
        for name, value in changes.items():
            setattr(self, name, value)

    def has(self, command):
        return command in self.commands

    def git_version(self):
        return self.git


class Skipping(unittest.TestCase):
    CASES = [  # options, what is different on the host, whether they skip
        ("", {}, False),
        ("+SKIP", {}, True),
        ("+FIXME", {}, True),
        ("-FIXME", {}, False),
        ("+FIXME_CI", {}, False),
        ("+FIXME_CI", {"environ": {"GUILD_CI": "1"}}, True),
        ("+FIXME_WINDOWS", {}, False),
        ("-WINDOWS", {}, False),
        ("+WINDOWS", {}, False),
        ("+WINDOWS_ONLY", {}, True),
        ("-MACOS", {}, False),
        ("-MACOS", {"platform": "darwin"}, True),
        ("+MACOS", {}, False),
        ("+R", {}, True),
        ("+R", {"commands": ("Rscript",)}, False),
        ("-PY3", {}, True),
        ("+PY3", {}, False),
        ("-PY39", {}, True),
        ("-PY38", {}, False),
        ("-PY3 +PY39", {}, False),
        ("-PY3 +PY38", {}, True),
        ("-PY3 +PY311", {"python_minor": 11}, False),
        ("-PY2 -PY2_MACOS -PY35 -PY36", {}, False),
        ("+TIMING_CRITICAL", {}, False),
        ("+TIMING_CRITICAL", {"cpus": 3}, True),
        ("-TIMING_CRITICAL", {}, True),
        ("+TIMING_CRITICAL", {"cpus": 2, "environ": {"TIMING_MIN_CPUS": "2"}}, False),
        ("+GIT_LS_FILES_TARGET", {}, False),
        ("-GIT_LS_FILES_TARGET", {}, True),
        ("+GIT_LS_FILES_TARGET", {"git": "git version 2.31.9"}, True),
        ("+GIT_LS_FILES_TARGET", {"git": None}, True),
        ("+GIT_LS_FILES_TARGET", {"git": "git version 3.0"}, False),
    ]

    def test_skips(self):
        for options, changes, skips in self.CASES:
            with self.subTest(options=options, changes=changes):
                self.assertIs(FakeHost(**changes).skips(parse_options(options)), skips)

    def test_words(self):
        self.assertEqual(parse_options("+SKIP,-R"), parse_options(" +SKIP  -R "))
        for text in ("+NOPE", "SKIP", "+", "*R"):
            with self.assertRaises(ValueError):
                parse_options(text)

    def test_git(self):
        self.assertIsNone(Host({"PATH": "/nonexistent"}).git_version())
