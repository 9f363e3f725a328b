#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The last line of ./dev test tells the truth."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap

SUMMARY = pathlib.Path(__file__).parents[1] / 'summary.py'


def summary(*tests):
    """Runs summary.py over a log of (result, stdout) pairs; returns its last line and exit status."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        for result, stdout in tests:
            log.write(json.dumps({'result': result, 'stdout': stdout}) + '\n')
        log.flush()
        run = subprocess.run([sys.executable, SUMMARY, log.name], capture_output=True, text=True)
    return run.stdout.splitlines()[-1], run.returncode


class Summary(unittest.TestCase):
    def test_points_count_one_by_one(self):
        self.assertEqual(summary(('OK', 'ok 1 a\nok 2 b # SKIP no gpu\n    ok 1 inner\n1..2'), ('OK', '')),
                         ('2 passed, 0 failed, 1 skipped', 0))

    def test_a_failed_point_fails(self):
        self.assertEqual(summary(('FAIL', 'ok 1 a\nnot ok 2 b\n1..2')), ('1 passed, 1 failed', 1))

    def test_a_crash_after_good_points_fails(self):
        self.assertEqual(summary(('ERROR', 'ok 1 a\n')), ('1 passed, 1 failed', 1))

    def test_a_timeout_fails(self):
        self.assertEqual(summary(('OK', ''), ('TIMEOUT', '')), ('1 passed, 1 failed', 1))

    def test_nothing_run_fails(self):
        self.assertEqual(summary(), ('0 passed, 0 failed', 1))
        self.assertEqual(summary(('SKIP', '')), ('0 passed, 0 failed, 1 skipped', 1))


if __name__ == '__main__':
    tap.main()
