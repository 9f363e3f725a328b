#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Commit subjects read "part: what it does": short, lower case after the colon, no dot."""
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tap
import tree

SUBJECT = re.compile(r'[a-z][a-z0-9-]*(, [a-z][a-z0-9-]*)*: [^A-Z\s].*[^.\s]')
LONGEST = 72


class Commits(unittest.TestCase):
    def test_subjects(self):
        try:
            log = subprocess.run(['git', 'log', '--no-merges', '--format=%h %s'], cwd=tree.ROOT,
                                 capture_output=True, text=True)
        except FileNotFoundError:
            self.skipTest('no git')
        if log.returncode:
            self.skipTest('not a git checkout')
        subjects = [line.partition(' ')[::2] for line in log.stdout.splitlines()]
        wrong = [f'{commit} {subject}' for commit, subject in subjects
                 if not SUBJECT.fullmatch(subject) or len(subject) > LONGEST]
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    tap.main()
