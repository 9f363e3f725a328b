# SPDX-License-Identifier: MIT
"""What the program writes with FERRY_PROBE set (src/app/probe.h), with names for the places in it."""
import json
import pathlib
import re
import subprocess


def _names(program, places):
    """Function and line of places in the program, as addr2line knows them."""
    if not places:
        return {}
    found = subprocess.run(['addr2line', '-f', '-s', '-e', str(program), *places], text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    return {place: f'{found[2 * i]} ({found[2 * i + 1]})' for i, place in enumerate(places)}


def read(path, program):
    """The object, its stacks innermost first and from the main loop on."""
    found = json.loads(pathlib.Path(path).read_text())
    own = re.compile(r'.*/' + re.escape(pathlib.Path(program).name) + r'\(\+(0x[0-9a-f]+)\)')
    stacks = [stack for turn in found['long_turns'] for stack in turn['stacks']]
    places = sorted({match[1] for stack in stacks for match in map(own.match, stack) if match})
    names = _names(program, places)
    for stack in stacks:
        stack[:] = [names[own.match(line)[1]] if own.match(line) else
                    re.sub(r'^.*/([^/(]*)\(([^)]*)\).*$', r'\2 [\1]', line) for line in stack]
        ends = [i for i, line in enumerate(stack) if line.startswith('g_main_context_dispatch')]
        del stack[(ends[0] if ends else len(stack)):], stack[:2]
    return found


def tell(found, turns=6, depth=28):
    """The longest turns, for people."""
    for turn in sorted(found['long_turns'], key=lambda turn: -turn['cpu_ms'])[:turns]:
        print(f'# {turn["cpu_ms"]:.1f} ms of processor time, {turn["wall_ms"]:.1f} ms', flush=True)
        for stack in turn['stacks']:
            stack = [line for i, line in enumerate(stack) if i == 0 or not line.startswith(('gsk_render_node_draw', '+0x'))]
            print('#   ' + ' < '.join(stack[:depth]), flush=True)
