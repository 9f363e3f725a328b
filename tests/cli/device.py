#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A GPU that is lost or too small is got over, and says so.   usage: device.py FERRY-CLI"""
import support
import png
import tap


class Device(support.Case):
    def setUp(self):
        super().setUp()
        self.clip = self.small_clip()
        self.labels = self.small_labels()
        probe = self.run_cli(*self.words('probe'), '--frames', 0)
        if probe.returncode != 0:
            self.skipTest('no Vulkan device: ' + probe.stderr.strip())
        self.good(*self.words('cpu', 'cpu'))

    def words(self, out, device='vulkan:0'):
        return ['propagate', self.clip, '--labels', self.labels, '--out', self.folder / out, '--device', device,
                '--cache-size', 0, '--radius', 4]

    def masks(self, out):
        return [png.read(path)[0] for path in sorted((self.folder / out).glob('*.png'))]

    def assert_alike(self, out):
        for a, b in zip(self.masks('cpu'), self.masks(out), strict=True):
            self.assertGreaterEqual((a == b).mean(), 0.9995)

    def test_lost_in_the_middle(self):
        heard = set()
        for submit in (1, 2, 3, 5, 8, 13, 21, 34, 55):
            run = self.run_cli(*self.words(f'out{submit}'), env={'FERRY_VULKAN_LOSE': str(submit)})
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assert_alike(f'out{submit}')
            lines = run.stderr.splitlines()
            self.assertLessEqual(len(lines), 2)
            for line, end in zip(lines, ('opened again: ', 'continued on CPU')):
                self.assertIn('the GPU was lost', line)
                self.assertIn(end, line)
            heard.add(len(lines))
        self.assertIn(2, heard)

    def test_too_little_memory(self):
        heard = 0
        for mib in (1, 8, 16, 24, 40, 64):
            run = self.run_cli(*self.words(f'out{mib}'), env={'FERRY_VULKAN_MEMORY_MIB': str(mib)})
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assert_alike(f'out{mib}')
            if run.stderr:
                self.assertRegex(run.stderr, r'^ferry-cli: .*MiB.*; continued on CPU.*\n$')
                heard += 1
        self.assertTrue(0 < heard < 6, heard)

    def test_variables_that_are_wrong(self):
        self.bad(*self.words('out'), env={'FERRY_VULKAN_MEMORY_MIB': 'lots'}, names=['FERRY_VULKAN_MEMORY_MIB', 'lots'])


if __name__ == '__main__':
    tap.main()
