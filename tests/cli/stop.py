#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stopped by a signal, ferry-cli leaves whole files and says how far it came.   usage: stop.py FERRY-CLI"""
import os
import signal
import subprocess
import time

import support
import png
import tap


class Stop(support.Case):
    def stop(self, number):
        out = self.folder / 'out'
        run = subprocess.Popen([support.program(), 'propagate', support.SAMPLE, '--labels', support.TRUTH, '--out', out],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < end and not (out / '00003.png').exists():
            time.sleep(0.005)
        run.send_signal(number)
        stdout, stderr = run.communicate(timeout=60)
        self.assertEqual((run.returncode, stdout), (1, ''), stderr)
        masks = sorted(os.listdir(out))
        self.assertEqual(masks, [f'{i:05}.png' for i in range(len(masks))])
        self.assertTrue(4 <= len(masks) < 60, masks)
        self.assertEqual(stderr, f'ferry-cli: stopped at frame {len(masks)} of 0 to 59; '
                                 f'the masks of frames 0 to {len(masks) - 1} are in {out}\n')
        for name in masks:
            self.assertEqual(png.read(out / name)[0].shape, (360, 640))

    def test_interrupt(self):
        self.stop(signal.SIGINT)

    def test_terminate(self):
        self.stop(signal.SIGTERM)


if __name__ == '__main__':
    tap.main()
