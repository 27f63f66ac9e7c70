"""Run the unit tests of the program: python3 -I doctest/python/tests"""

import os
import sys
import unittest

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(here))
unittest.main(module=None, argv=["tests", "discover", "-s", here, "-p", "test_*.py"])
