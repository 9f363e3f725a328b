# SPDX-License-Identifier: MIT
"""Runs unittest cases and reports them as TAP, which meson counts test by test."""
import sys
import traceback
import unittest


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.points = 0

    def _point(self, word, test, directive=''):
        self.points += 1
        print(f'{word} {self.points} - {test.id().removeprefix("__main__.")}{directive}', flush=True)

    def _failed(self, test, error):
        traceback.print_exception(*error)  # on standard error, which meson shows of a test that failed
        self._point('not ok', test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._point('ok', test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._failed(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self._failed(test, error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._point('ok', test, f' # SKIP {reason}')

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self._failed(subtest, error)


def main():
    """Runs every test case of the calling program; exits 1 when one failed or there were none."""
    unittest.TestCase.maxDiff = None
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    result = _Result()
    suite.run(result)
    print(f'1..{result.points}')
    sys.exit(0 if result.wasSuccessful() and result.points else 1)
