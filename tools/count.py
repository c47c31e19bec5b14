#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Adds up the last `meson test` of build folders, and ends with "N passed, N failed".

Every case of a Boost.Test program counts, every check of a test for chips (chip_…, which ends with such a line itself),
and every other test. A program that fails without a failed case (it crashed), or that leaves no readable list of cases,
counts as one failure; so does a folder without results.

    count.py BUILD…
"""
import json
import os
import re
import sys
import xml.etree.ElementTree

PASSED = {'OK', 'EXPECTEDFAIL'}
NEITHER = {'SKIP', 'IGNORED'}


def count_cases(path):
    """(passed, failed) of a JUnit file; None if it cannot be read or holds nothing."""
    try:
        cases = list(xml.etree.ElementTree.parse(path).getroot().iter('testcase'))
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    cases = [case for case in cases if case.find('skipped') is None]
    failed = sum(case.find('failure') is not None or case.find('error') is not None for case in cases)
    return (len(cases) - failed, failed) if cases else None


def count(build):
    try:
        with open(os.path.join(build, 'meson-logs', 'testlog.json'), encoding='utf-8', errors='replace') as file:
            results = [json.loads(line) for line in file if line.strip()]
    except OSError:
        results = []
    if not results:
        print(f'{build}: no test has run')
        return 0, 1
    passed = failed = 0
    for result in results:
        if result['result'] in NEITHER:
            continue
        good = result['result'] in PASSED
        junit = re.match(r'JUNIT,message,(.*?\.xml)', result.get('env', {}).get('BOOST_TEST_LOGGER', ''))
        own = None
        if result['name'].split(' / ')[-1].startswith('chip_'):
            own = re.search(r'^(\d+) passed, (\d+) failed$', result.get('stdout', '').rstrip().rpartition('\n')[2])
        cases = ((count_cases(junit[1]) or (0, 1)) if junit else (int(own[1]), int(own[2])) if own
                 else (int(good), int(not good)))
        if not good and cases[1] == 0:
            cases = (cases[0], 1)
        if cases[1]:
            print(f'{build}: {result["name"]}: {cases[1]} failed ({result["result"]})')
        passed, failed = passed + cases[0], failed + cases[1]
    return passed, failed


def main():
    totals = [count(build) for build in sys.argv[1:]]
    passed, failed = sum(p for p, _ in totals), sum(f for _, f in totals)
    if len(totals) > 1:
        for build, (good, bad) in zip(sys.argv[1:], totals):
            print(f'{build}: {good} passed, {bad} failed')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
