#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What names a key names the one that is set, also when that changes while the window is open.   usage: keys.py FERRY"""
import os
import re
import subprocess

import driver
import tap

SCHEMA = 'io.github.ferrylabels.Ferry'
# Of the presets, as src/app/preferences/shortcuts.c has them: a thing's role and name, and its tooltip.
DEFAULT = {'Play': 'Play (Space)', 'Next frame': 'Next frame (Right)', 'Correspondence': 'Correspondence (C)',
           'New object': 'New object (M)', 'Propagate forward': 'Carry labels forward from this frame (Ctrl+Right)',
           'Fit': 'Fit the picture (F)', 'Undo': 'Undo (Ctrl+Z)'}
CVAT = DEFAULT | {'Next frame': 'Next frame (F)', 'Correspondence': 'Correspondence (X)', 'New object': 'New object (N)',
                  'Fit': 'Fit the picture (Shift+F)'}
CUTIE = DEFAULT | {'Play': 'Play (Ctrl+Space)', 'Correspondence': 'Correspondence (X)',
                   'Propagate forward': 'Carry labels forward from this frame (F)', 'Fit': 'Fit the picture (Ctrl+0)'}


class Keys(driver.Case):
    def set(self, key, value):
        """As another program does."""
        env = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / 'config'), GSETTINGS_BACKEND='keyfile')
        env.setdefault('GSETTINGS_SCHEMA_DIR', str(driver.program().parents[2] / 'data'))
        subprocess.run(['gsettings', 'set', SCHEMA, key, value], check=True, env=env)

    def expect_tips(self, app, tips):
        for name, tip in tips.items():
            node = app.expect('push button|toggle button|button', name)
            driver.wait(f'"{tip}", not "{node.get_description()}"', lambda: node.get_description() == tip, 10)

    def test_tooltips_follow_the_preset(self):
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        app.says('press + (M)')
        self.expect_tips(app, DEFAULT)
        self.set('shortcuts', 'cvat')
        self.expect_tips(app, CVAT)
        app.says('press + (N)')
        self.set('shortcuts', 'cutie')
        self.expect_tips(app, CUTIE)
        self.set('shortcut-changes', "{'win.play': ['<Alt>p'], 'win.undo': []}")
        self.expect_tips(app, CUTIE | {'Play': 'Play (Alt+P)', 'Undo': 'Undo'})

        def plays():
            if app.find('push button|button', 'Play'):  # also when it came to the end before anybody looked
                app.key('alt+p')
            return app.find('push button|button', 'Pause', 'Pause (Alt+P)')
        driver.wait('it plays', plays)

    def test_messages_name_the_key(self):
        app = self.start(driver.SAMPLE)
        app.says('frame 1 / 60')
        self.set('shortcuts', 'cvat')
        self.expect_tips(app, {'New object': 'New object (N)'})
        app.stroke(app.canvas(), [(200, 200), (260, 200)])
        app.says('object 1')
        app.key('l')
        app.stroke(app.canvas(), [(200, 250), (260, 250)])
        app.says('object 1 is locked: unlock it first (L)')
        app.key('ctrl+0')
        app.stroke(app.canvas(), [(200, 250), (260, 250)])
        app.says('make a new one (N)')


class Sources(driver.unittest.TestCase):
    def test_no_key_is_written_in_a_text(self):
        """All but keys that are not in the table: of the timeline, the pen that is moved by keys, GTK's own."""
        own = re.compile(r'_ \("[^"]*(\((Ctrl|Shift|Alt|Space|Home|End|Esc|Left|Right|[A-Z])(\+[^)"]*)?\)|with [A-Z]"|press [A-Z]")')
        found = [f'{path.name}: {line.strip()}' for folder in ('src/app', 'ui') for path in
                 sorted((driver.SOURCE / folder).rglob('*.[cu]*')) for line in path.read_text().splitlines()
                 if own.search(line) or re.search(r'tooltip.*\((Ctrl|Shift|Alt)\+', line)]
        self.assertEqual([line for line in found if 'Ctrl+wheel' not in line], [])


if __name__ == '__main__':
    tap.main()
