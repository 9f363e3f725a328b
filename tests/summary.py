#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts what meson's testlog.json says and ends with "N passed, N failed[, N skipped]".

A program that speaks TAP counts once per test point, any other once.  Fails when something failed
or nothing ran."""
import collections
import json
import re
import sys

POINT = re.compile(r'(not )?ok\b(.*)')
DIRECTIVE = re.compile(r'#\s*(skip|todo)\b', re.IGNORECASE)


def tap_points(text):
    """Yields 'passed', 'failed' or 'skipped' for each unindented test point."""
    for line in text.splitlines():
        point = POINT.match(line)
        if point:
            directive = DIRECTIVE.search(point[2])
            if directive:
                yield 'skipped'
            else:
                yield 'failed' if point[1] else 'passed'


def count(test):
    """Outcomes of one entry of the log.  What the program as a whole says is never lost: one that
    crashes after its last good point, or promises more points than it shows, failed."""
    points = collections.Counter(tap_points(test.get('stdout') or ''))
    result = test['result']
    if result in ('OK', 'EXPECTEDFAIL'):
        return points or collections.Counter(passed=1)
    if result == 'SKIP':
        return points or collections.Counter(skipped=1)
    points['failed'] = max(points['failed'], 1)
    return points


def main(path):
    total = collections.Counter()
    try:
        with open(path, encoding='utf-8') as log:
            for line in log:
                total += count(json.loads(line))
    except OSError as error:
        print(f'{path}: no test ran: {error.strerror}')
    text = f'{total["passed"]} passed, {total["failed"]} failed'
    if total['skipped']:
        text += f', {total["skipped"]} skipped'
    print(text)
    return 1 if total['failed'] or not total['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
