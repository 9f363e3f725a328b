#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What each sub-command does with good input.   usage: commands.py FERRY-CLI"""
import json
import pty
import os
import select
import signal
import struct
import subprocess
import time
import unittest
import xml.etree.ElementTree

import numpy

import support
import png
import tap

COMMANDS = ['info', 'features', 'match', 'propagate', 'evaluate', 'check', 'bench', 'demo']


class Info(support.Case):
    def test_program(self):
        info = self.good_json('info')
        self.assertIn('cpu', [device['name'] for device in info['devices']])
        self.assertLessEqual({'crw-davis', 'fc-davis', 'sfc-davis', 'single-davis'}, set(info['presets']))
        self.assertEqual(info['presets']['sfc-davis'],
                         {'topk': 15, 'context': 20, 'radius': 15, 'temperature': 0.1, 'lambda': 1.75, 'networks': 2})
        self.assertTrue(os.path.exists(info['model']))
        self.assertIn(info['version'], self.good('info'))

    def test_video(self):
        info = self.good_json('info', support.SAMPLE)
        self.assertEqual((info['kind'], info['frames'], info['width'], info['height'], info['frames_per_second']),
                         ('clip', 60, 640, 360, 25))
        self.assertIn('60', self.good('info', support.SAMPLE))

    def test_image_folder(self):
        info = self.good_json('info', self.small_clip())
        self.assertEqual((info['frames'], info['width'], info['height']),
                         (support.FRAMES, support.WIDTH, support.HEIGHT))

    def test_checkpoint(self):
        info = self.good_json('info', support.MODEL)
        self.assertEqual((info['kind'], info['family'], info['depth'], info['last_layer'], info['padding']),
                         ('checkpoint', 'ResNet', 18, 3, 'zero'))
        tensors = {tensor['name']: tensor for tensor in info['tensors']}
        self.assertEqual(tensors['layer2.0.downsample.0.weight']['shape'], [128, 64, 1, 1])
        self.assertIn('ResNet-18', self.good('info', support.MODEL))


class Propagate(support.Case):
    KEYS = ['frames', 'width', 'height', 'objects', 'device', 'seconds', 'computed', 'from_cache', 'settled',
            'cache_mib',
            'peak_rss_mib']
    SECONDS = ['decode', 'features', 'match', 'carry', 'resolve', 'write', 'cache', 'wall']

    def test_small_clip(self):
        labels = self.small_labels(ids=(1, 2))
        result = self.good_json('propagate', self.small_clip(), '--labels', labels, '--out', 'a/out', '--device', 'cpu')
        self.assertEqual(list(result), self.KEYS)
        self.assertEqual(list(result['seconds']), self.SECONDS)
        self.assertEqual((result['frames'], result['width'], result['height'], result['objects']),
                         (support.FRAMES, support.WIDTH, support.HEIGHT, 2))
        self.assertTrue(result['device'].startswith('CPU'))
        masks = sorted((self.folder / 'a/out').iterdir())
        self.assertEqual([m.name for m in masks], [f'{i:05}.png' for i in range(support.FRAMES)])
        for path in masks:
            pixels, colour, palette = png.read(path)
            self.assertEqual((pixels.shape, colour, len(palette)), ((support.HEIGHT, support.WIDTH), png.PALETTE, 768))
            self.assertEqual(palette[:15], bytes([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128]))
            self.assertLessEqual(set(numpy.unique(pixels)), {0, 1, 2})
        first, last = png.read(masks[0])[0], png.read(masks[-1])[0]
        self.assertTrue((first == png.read(labels)[0]).all(), 'the hand-made mask is written as it is')
        # The block moves 4 pixels a frame; its masks go along.
        moved = (numpy.nonzero(last)[1].mean() - numpy.nonzero(first)[1].mean()) / 4
        self.assertAlmostEqual(moved, support.FRAMES - 1, delta=1.5)

    def test_strict_reference_changes_the_first_mask(self):
        labels = self.small_labels()
        clip = self.small_clip()
        self.good('propagate', clip, '--labels', labels, '--out', 'out', '--strict-reference', '--frames', '0-1')
        self.assertFalse((png.read(self.folder / 'out/00000.png')[0] == png.read(labels)[0]).all())

    def test_frames_and_label_folder(self):
        clip = self.small_clip()
        truth = self.folder / 'truth'
        truth.mkdir()
        self.small_labels('truth/00000.png', ids=(1,))
        self.small_labels('truth/00002.png', ids=(1, 2, 3))
        out = self.good_json('propagate', clip, '--labels', truth, '--out', 'out', '--frames', '2-4')
        self.assertEqual((out['frames'], out['objects']), (3, 3))
        self.assertEqual(sorted(os.listdir(self.folder / 'out')), ['00002.png', '00003.png', '00004.png'])

    def test_masks_take_the_frames_names(self):
        clip = self.small_clip(pattern='img_{:03}.PNG', frames=3)
        self.good('propagate', clip, '--labels', self.small_labels(), '--out', 'out')
        self.assertEqual(sorted(os.listdir(self.folder / 'out')), ['img_000.png', 'img_001.png', 'img_002.png'])

    def test_ids_are_renumbered_and_told(self):
        clip = self.small_clip(frames=2)
        for ids in ((7, 200), (5, 300)):
            labels = self.small_labels(ids=ids)
            self.good('propagate', clip, '--labels', labels, '--out', 'out')
            self.assertEqual(json.loads((self.folder / 'out/ids.json').read_text()),
                             {'ids': {'1': ids[0], '2': ids[1]}})
            self.assertEqual(set(numpy.unique(png.read(self.folder / 'out/00000.png')[0])), {0, 1, 2})

    def test_soft_masks(self):
        clip = self.small_clip(frames=3)
        self.good('propagate', clip, '--labels', self.small_labels(ids=(1, 2)), '--out', 'out', '--soft', 'soft')
        self.assertEqual(sorted(os.listdir(self.folder / 'soft')), [f'{i:05}.npy' for i in range(3)])
        soft = numpy.load(self.folder / 'soft/00002.npy')
        self.assertEqual((soft.dtype, soft.shape), (numpy.float32, (3, support.HEIGHT // 8, support.WIDTH // 8)))
        self.assertLess(abs(soft.sum(axis=0) - 1).max(), 1e-5)

    def test_parameters_matter_and_defaults_are_the_preset(self):
        clip, labels = self.small_clip(frames=5), self.small_labels()

        def last_soft(*options):
            self.good('propagate', clip, '--labels', labels, '--out', 'out', '--soft', 'soft', *options)
            return numpy.load(self.folder / 'soft/00004.npy')
        usual = last_soft()
        same = last_soft('--preset', 'fc-davis', '--topk', 10, '--context', 20, '--radius', 12, '--temperature', 0.05)
        self.assertTrue((usual == same).all())
        for change in (['--topk', 3], ['--temperature', 0.5], ['--short-side', 32], ['--context', 1]):
            other = last_soft(*change)
            self.assertFalse(other.shape == usual.shape and (other == usual).all(), change)

    def test_summary_for_people(self):
        text = self.good('propagate', self.small_clip(frames=2), '--labels', self.small_labels(), '--out', 'out')
        self.assertIn('2 masks of 1 object, 96x64, in out', text)


class Lists(support.Case):
    def test_features_and_match_agree(self):
        clip = self.small_clip()
        self.good('features', clip, '--frame', 0, '--out', 'f0.npy')
        self.good('features', clip, '--frame', 1, '--out', 'f1.npy')
        self.good('match', clip, '--frame', 1, '--out', 'm', '--radius', 0, '--topk', 1, '--exact')
        f0, f1 = (numpy.load(self.folder / name) for name in ('f0.npy', 'f1.npy'))
        self.assertEqual((f0.dtype, f0.shape), (numpy.float32, (8, 12, 256)))
        self.assertLess(abs(numpy.linalg.norm(f0, axis=2) - 1).max(), 1e-5)
        similarity = f1.reshape(96, 256) @ f0.reshape(96, 256).T
        position = numpy.load(self.folder / 'm.position.npy')
        score = numpy.load(self.folder / 'm.score.npy')
        self.assertEqual((position.dtype, position.shape), (numpy.uint32, (96, 1)))
        self.assertEqual((score.dtype, score.shape), (numpy.float32, (96, 1)))
        self.assertLess(abs(score[:, 0] - similarity.max(axis=1)).max(), 1e-5)
        chosen = similarity[numpy.arange(96), position[:, 0]]
        self.assertLess(abs(chosen - similarity.max(axis=1)).max(), 1e-5)

    def test_raw_features(self):
        clip = self.small_clip()
        self.good('features', clip, '--frame', 3, '--out', 'unit.npy')
        self.good('features', clip, '--frame', 3, '--raw', '--out', 'raw.npy')
        unit, raw = (numpy.load(self.folder / name) for name in ('unit.npy', 'raw.npy'))
        norm = numpy.linalg.norm(raw, axis=2, keepdims=True)
        self.assertGreater(norm.max(), 1.5)
        self.assertLess(abs(raw / norm - unit).max(), 1e-5)

    def test_match_rows(self):
        self.good('match', self.small_clip(), '--frame', 5, '--out', 'm')
        position = numpy.load(self.folder / 'm.position.npy')
        score = numpy.load(self.folder / 'm.score.npy')
        self.assertEqual(position.shape, (96, 10))
        self.assertLess(position.max(), 5 * 96)
        self.assertTrue((numpy.diff(score, axis=1) <= 0).all())


class Evaluate(support.Case):
    def test_truth_against_itself(self):
        report = self.good_json('evaluate', '--metric', 'davis', '--truth', support.TRUTH, '--pred', support.TRUTH)
        self.assertEqual(list(report), ['J&F', 'J', 'F', 'sequences'])
        self.assertEqual((report['J&F'], report['J']['mean'], report['F']['recall']), (1, 1, 1))
        self.assertEqual(list(report['sequences']['truth']), ['1', '2', '3'])
        self.assertEqual(report['sequences']['truth']['2']['J'], {'mean': 1, 'recall': 1, 'decay': 0})

    def test_csv_files(self):
        text = self.good('evaluate', '--metric', 'davis', '--truth', support.TRUTH, '--pred', support.TRUTH,
                         '--csv', self.folder)
        self.assertIn('truth', text)
        line = (self.folder / 'global_results-val.csv').read_text().splitlines()
        self.assertEqual(line[0], 'J&F-Mean,J-Mean,J-Recall,J-Decay,F-Mean,F-Recall,F-Decay')
        self.assertTrue(line[1].startswith('1.000,1.000,1.000'))


class Demo(support.Case):
    def test_demo(self):
        text = self.good('demo', '--out', 'shown', '--device', 'cpu')
        out = self.folder / 'shown'
        for name in ('masks', 'overlay.mp4', 'contact-sheet.png'):
            self.assertIn(f'shown/{name}', text)
        self.assertEqual(sorted(os.listdir(out / 'masks')), [f'{i:05}.png' for i in range(60)])
        film = self.good_json('info', out / 'overlay.mp4')
        self.assertEqual((film['frames'], film['width'], film['height']), (60, 640, 360))
        width, height = struct.unpack_from('>II', png.chunks(out / 'contact-sheet.png')[0][1])
        self.assertTrue(width > 1000 and height > 500, (width, height))
        self.assertGreater((out / 'contact-sheet.png').stat().st_size, 200000, 'it shows something')
        report = self.good_json('evaluate', '--metric', 'davis', '--truth', support.TRUTH, '--pred', out / 'masks')
        self.assertGreater(report['J&F'], 0.5)


class Bench(support.Case):
    FAST = ['backbone-resnet18-fast', 'backbone-resnet50-fast']  # where the device has something for that
    BACKBONE = ['backbone-resnet18', 'backbone-resnet50']
    MATCH = ['match-fc-local', 'match-fc-reference', 'merge-fc', 'match-fc',
             'match-sfc-local', 'match-sfc-reference', 'match-sfc']
    CARRY = ['votes-70', 'carry-70x2', 'resolve-70x2', 'carry-edit', 'carry-70x50', 'resolve-70x50']
    FILES = ['write-png', 'cache-put-features', 'cache-get-features', 'cache-put-list', 'cache-get-list']
    KEYS = ['name', 'on', 'multiply_adds', 'bytes', 'seconds_min', 'seconds_median', 'gflops', 'gbytes_per_s',
            'share_of_ceiling', 'bound_by']

    def check_row(self, row, result):
        self.assertEqual(list(row), self.KEYS + (['error'] if row['name'] in self.FAST else []))
        self.assertGreater(row['seconds_min'], 0)
        self.assertGreaterEqual(row['seconds_median'], row['seconds_min'])
        self.assertGreater(row['bytes'], 0)
        ceiling = result['ceiling' if row['on'] == 'device' else 'host_ceiling']
        most = ceiling['gflops_16_bit' if row['name'] in self.FAST else 'gflops']
        share = row['share_of_ceiling']
        # Both are printed to some digits only.
        self.assertAlmostEqual(row['gflops'] / most, share['arithmetic'], delta=2e-3 + share['arithmetic'] / 50)
        self.assertAlmostEqual(row['gbytes_per_s'] / ceiling['gbytes_per_s'], share['memory'],
                               delta=2e-3 + share['memory'] / 50)
        self.assertEqual(row['bound_by'], 'arithmetic' if share['arithmetic'] > share['memory'] else 'memory')

    def test_small(self):
        result = self.good_json('bench', '--size', '160x96', '--device', 'cpu', '--repeats', 1)
        names = [row['name'] for row in result['results']]
        self.assertEqual([name for name in names if name not in self.FAST],
                         ['decode-sample', *self.BACKBONE, *self.MATCH, *self.CARRY, *self.FILES])
        has_bf16 = 'bf16' in result['device']
        self.assertEqual([name for name in names if name in self.FAST], self.FAST if has_bf16 else [])
        self.assertEqual((result['width'], result['height']), (160, 96))
        self.assertEqual(result['ceiling'], result['host_ceiling'])
        self.assertGreater(result['ceiling']['gflops'], 1)
        self.assertAlmostEqual(result['ceiling']['gflops'], result['ceiling_gflops'], delta=0.1)
        self.assertGreater(result['ceiling']['gbytes_per_s'], 0.1)
        for row in result['results']:
            self.check_row(row, result)
        row = result['results'][names.index('backbone-resnet18')]
        self.assertAlmostEqual(row['multiply_adds'], 0.807e9, delta=1e6)
        if has_bf16:
            self.assertGreater(result['ceiling']['gflops_16_bit'], result['ceiling']['gflops'])

    def test_vulkan(self):
        if not any(device['name'] == 'vulkan:0' for device in self.good_json('info')['devices']):
            self.skipTest('no Vulkan device')
        result = self.good_json('bench', '--size', '64x48', '--device', 'vulkan:0', '--repeats', 1, '--what', 'match')
        self.assertEqual([row['name'] for row in result['results']], self.MATCH)
        self.assertEqual([row['name'] for row in result['results'] if row['on'] == 'host'], ['merge-fc'])
        self.assertNotEqual(result['ceiling'], result['host_ceiling'])
        for row in result['results']:
            self.check_row(row, result)

    def test_what(self):
        for what, names in (('carry', self.CARRY), ('files', self.FILES)):
            result = self.good_json('bench', '--what', what, '--size', '160x96', '--repeats', 1)
            self.assertEqual([row['name'] for row in result['results']], names)

    def test_table(self):
        """Columns are aligned: each cell ends, or begins, where its heading does."""
        text = self.good('bench', '--what', 'files', '--size', '64x48', '--repeats', 1)
        heading, *rows = text.split('\n\n')[1].splitlines()
        self.assertEqual([row.split()[0] for row in rows], self.FILES)
        for column in ('fastest s', 'median s', 'G mul-add', 'MB', 'GFLOP/s', 'GB/s'):
            end = heading.index(column) + len(column)
            for row in rows:
                self.assertRegex(row[end - 1:end + 1], r'\S ', (column, row))

    def start_plot(self):
        scratch = self.folder / 'scratch'
        scratch.mkdir()
        run = subprocess.Popen([support.program(), 'bench', '--plot', 'plot.svg', '--size', '64x48', '--device', 'cpu'],
                               cwd=self.folder, env={**os.environ, 'TMPDIR': str(scratch)},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.kill)
        return run, scratch

    def test_plot(self):
        run, scratch = self.start_plot()
        self.assertEqual((run.communicate(timeout=120), run.returncode), (('', ''), 0))
        self.assertEqual(list(scratch.iterdir()), [])
        svg = xml.etree.ElementTree.parse(self.folder / 'plot.svg').getroot()
        name = '{http://www.w3.org/2000/svg}'
        width, height = float(svg.get('width')), float(svg.get('height'))
        panels = svg.findall(f'{name}g')
        self.assertEqual([panel.find(f'{name}text').text for panel in panels],
                         ['Clip length', 'Resolution', 'k', 'Radius', 'Objects'])
        for panel in panels:
            lines = [[tuple(map(float, point.split(','))) for point in line.get('points').split()]
                     for line in panel.findall(f'{name}polyline')]
            self.assertEqual(len(lines), 3)
            labels = [float(text.get('y')) for text in panel.iter(f'{name}text') if text.get('class') == 'label']
            self.assertEqual(len(labels), 3)
            self.assertGreaterEqual(min(numpy.diff(sorted(labels))), 14.8, 'labels do not overlap')
            for line in lines:
                self.assertEqual([x for x, y in line], sorted({x for x, y in line}))
                self.assertTrue(all(0 <= x <= width and 0 <= y <= height for x, y in line), line)
        said = ' '.join(text.text or '' for text in svg.iter(f'{name}text'))
        self.assertIn(time.strftime('%Y-%m-%d'), said)
        self.assertIn('CPU, ', said)
        self.assertIn('64x48', said)

    def test_plot_stopped(self):
        run, scratch = self.start_plot()
        end = time.monotonic() + 60
        while not list(scratch.glob('*/*/00030.png')) and time.monotonic() < end:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual((out, len(err.splitlines())), ('', 1))
        self.assertEqual(list(scratch.iterdir()), [])
        self.assertEqual(list(self.folder.iterdir()), [scratch])

    def test_plot_bad_use(self):
        self.bad('bench', '--plot', 'plot.svg', '--json', names=['--plot'], status=2)
        self.bad('bench', '--plot', 'nowhere/plot.svg', names=['nowhere'])


class Help(support.Case):
    def test_help_of_each(self):
        overview = self.good('--help')
        for command in COMMANDS:
            self.assertIn(f'  {command} ', overview)
            text = self.good(command, '--help')
            self.assertIn('Examples:', text)
            self.assertIn(f'ferry-cli {command}', text)

    def test_manual_has_every_option(self):
        manual = self.good('--man').replace('\\-', '-')
        for command in COMMANDS:
            self.assertIn(f'.SS {command}\n', manual)
            for word in self.good(command, '--help').split():
                if word.startswith('--') and word.isascii():
                    self.assertIn(word.split('=')[0], manual)

    def test_version(self):
        self.assertRegex(self.good('--version'), r'^ferry-cli \d+\.\d+\.\d+\n$')


class Progress(support.Case):
    def test_shown_on_a_terminal_only(self):
        clip, labels = self.small_clip(), self.small_labels()
        try:
            ours, theirs = pty.openpty()
        except OSError:
            self.skipTest('no pseudo-terminals here')
        with subprocess.Popen([support.program(), 'propagate', clip, '--labels', labels, '--out', 'out'],
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=theirs) as run:
            os.close(theirs)
            text, end = b'', time.monotonic() + 60
            while time.monotonic() < end and select.select([ours], [], [], 60)[0]:
                try:
                    text += os.read(ours, 4096)
                except OSError:  # the other end is closed
                    break
            run.stdout.read()
        os.close(ours)
        self.assertEqual(run.returncode, 0)
        self.assertRegex(text.decode(), rf'frame {support.FRAMES} of {support.FRAMES}, .* a second, .* left')
        self.assertTrue(text.endswith(b'\r\033[K'), 'the line is wiped away at the end')


if __name__ == '__main__':
    tap.main()
