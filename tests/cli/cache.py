#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What was computed is used again, whatever happens to it, and corrections lead.   usage: cache.py FERRY-CLI"""
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

import numpy

import support
import png
import tap

KILLS = 51 if 'FERRY_TEST_FULL' in os.environ else 9


class CacheCase(support.Case):
    def setUp(self):
        super().setUp()
        self.clip = self.small_clip()
        self.labels = self.small_labels()
        self.cache = self.folder / 'cache'

    def words(self, out, *more, labels=None, cache=None):
        return ['propagate', self.clip, '--labels', labels or self.labels, '--out', self.folder / out,
                '--cache', cache or self.cache, '--radius', 4, '--context', 3, *more]

    def carry(self, out, *more, **options):
        """Runs a propagation; returns (what it says of itself, its masks)."""
        result = self.good_json(*self.words(out, *more, **options))
        return result, self.masks(out)

    def masks(self, out):
        return [png.read(path)[0] for path in sorted((self.folder / out).glob('*.png'))]

    def assert_same(self, a, b):
        self.assertEqual(len(a), len(b))
        for frame, (x, y) in enumerate(zip(a, b)):
            self.assertTrue((x == y).all(), f'frame {frame}')

    def records(self):
        return sorted(p for p in self.cache.rglob('*-0*') if p.is_file())


class Reuse(CacheCase):
    def test_nothing_is_computed_twice(self):
        first, masks = self.carry('out1')
        self.assertEqual(first['computed'], {'features': 8, 'lists': 14})
        again, same = self.carry('out2')
        self.assertEqual((again['computed'], again['from_cache']['lists']), ({'features': 0, 'lists': 0}, 14))
        self.assertEqual([again['seconds'][stage] for stage in ('decode', 'features', 'match')], [0, 0, 0])
        self.assert_same(masks, same)
        none, without = self.carry('out3', '--cache-size', 0)
        self.assertEqual((none['computed']['features'], none['cache_mib']), (8, 0))
        self.assert_same(masks, without)

    def test_other_masks_other_k_other_temperature(self):
        self.carry('out1')
        other = self.small_labels('other.png', ids=(1, 2, 3))
        for i, more in enumerate((['--topk', 4], ['--temperature', 0.2], [])):
            again, masks = self.carry(f'out2{i}', *more, labels=other)
            self.assertEqual(again['computed'], {'features': 0, 'lists': 0}, more)
            _, right = self.carry(f'out3{i}', *more, '--cache-size', 0, labels=other)
            self.assert_same(masks, right)

    def test_what_matters_is_told_apart(self):
        self.carry('out')
        for more in (['--short-side', 32], ['--strict-reference'], ['--exact']):
            self.assertEqual(self.carry('out', *more)[0]['from_cache'], {'features': 0, 'lists': 0}, more)
        for more, searched in ((['--radius', 5], 7), (['--topk', 12], 14), (['--context', 2], 5)):
            result, _ = self.carry('out', *more)
            self.assertEqual((result['computed']['features'], result['computed']['lists']), (0, searched), more)
        os.utime(self.clip / '00007.png', (1, 1))
        self.assertEqual(self.carry('out')[0]['from_cache'], {'features': 0, 'lists': 0})
        picture = png.read(self.clip / '00005.png')[0].copy()
        picture[0, 0] ^= 1
        png.write(self.clip / '00005.png', picture)
        self.assertEqual(self.carry('out')[0]['from_cache'], {'features': 0, 'lists': 0})

    def test_lambda_stays_live(self):
        fused = ['--fine', support.MODEL, '--semantic', support.MODEL, '--topk', 3]
        self.carry('out1', *fused, '--candidates', 40)
        again, masks = self.carry('out2', *fused, '--candidates', 40, '--lambda', 1.5)
        _, right = self.carry('out3', *fused, '--lambda', 1.5, '--cache-size', 0)
        self.assert_same(masks, right)
        self.assertGreater(again['from_cache']['lists'], 0)
        self.bad('propagate', self.clip, '--labels', self.labels, '--out', 'x', '--candidates', 4, status=2,
                 names=['--candidates 4'])

    def test_other_files_are_safe(self):
        for name in ('photos/a.jpg', '.ssh/id', 'b' * 64 + '/thesis.tex', 'note'):
            path = self.cache / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b'x' * 200000)
            os.utime(path.parent, (1, 1))
        self.carry('out', '--cache-size', '300K')
        self.assertEqual(sum(p.stat().st_size == 200000 for p in self.cache.rglob('*')), 4)

    def test_limit(self):
        result, masks = self.carry('out1', '--cache-size', '300K')
        size = sum(p.stat().st_size for p in self.records())
        self.assertTrue(100e3 < size <= 300 * 1024, size)
        self.assert_same(masks, self.carry('out2', '--cache-size', '300K')[1])
        self.bad('propagate', self.clip, '--labels', self.labels, '--out', 'x', '--cache-size', 'lots', status=2,
                 names=['--cache-size "lots"', '20G'])


class Lazy(CacheCase):
    def test_settled_cells_are_left_out(self):
        right, masks = self.carry('out1', '--cache-size', 0, '--soft', self.folder / 'soft1')
        lazy, same = self.carry('out2', '--lazy', '--soft', self.folder / 'soft2')
        self.assert_same(masks, same)
        self.assertEqual(right['settled'], 0)
        self.assertGreater(lazy['settled'], 0.02)
        for path in (self.folder / 'soft1').glob('*.npy'):
            difference = numpy.load(path) - numpy.load(self.folder / 'soft2' / path.name)
            self.assertLess(abs(difference).max(), 1e-6)
        self.assertEqual(self.carry('out3')[0]['computed'], {'features': 0, 'lists': 7})  # filled in later
        self.assertEqual(self.carry('out4', '--lazy')[0]['computed'], {'features': 0, 'lists': 0})


class Trouble(CacheCase):
    def test_damaged_records(self):
        _, right = self.carry('out1')
        chance = random.Random(1)
        for turn in range(4):
            for path in self.records():
                content = bytearray(path.read_bytes())
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
                path.write_bytes(content if turn < 2 else content[:chance.randrange(len(content))])
            result, masks = self.carry(f'out2{turn}')
            self.assertEqual(result['computed'], {'features': 8, 'lists': 14})
            self.assert_same(right, masks)
        self.assertEqual(self.carry('out3')[0]['computed']['lists'], 0)  # mended

    def test_a_cache_that_cannot_be_written(self):
        self.cache.write_text('not a folder')
        run = self.run_cli(*self.words('out'))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(len(run.stderr.splitlines()), 1, run.stderr)
        for name in (self.cache, 'not kept', 'choose another folder'):
            self.assertIn(str(name), run.stderr)
        self.assert_same(self.masks('out'), self.carry('out2', cache=self.folder / 'other')[1])

    def test_a_full_disk(self):
        if os.geteuid() != 0 or shutil.which('mount') is None:
            self.skipTest('needs root, to mount a small disk')
        self.cache.mkdir()
        mount = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=200k', 'none', self.cache], capture_output=True)
        if mount.returncode != 0:
            self.skipTest('cannot mount a small disk here')
        self.addCleanup(subprocess.run, ['umount', self.cache])
        _, masks = self.carry('out')  # keeps what there is room for, half of it left free
        self.assertTrue(0 < sum(p.stat().st_size for p in self.records()) < 190e3)
        (self.cache / 'filler').write_bytes(b'x' * (os.statvfs(self.cache).f_bavail * 4096))
        self.assert_same(masks, self.carry('out2')[1])

    def test_two_programs_at_once(self):
        right = self.carry('out1', '--cache-size', 0)[1]
        runs = [subprocess.Popen([support.program(), *map(str, self.words(f'both{i}'))], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE) for i in range(3)]
        for i, run in enumerate(runs):
            self.assertEqual(run.communicate(timeout=100)[1], b'')
            self.assertEqual(run.returncode, 0)
            self.assert_same(right, self.masks(f'both{i}'))
        self.assertEqual(self.carry('out2')[0]['computed']['lists'], 0)

    def test_killed_at_any_moment(self):
        right = self.carry('out1', '--cache-size', 0)[1]
        chance = random.Random(2)
        computed = []
        for turn in range(KILLS):
            if turn % 3 == 0:
                shutil.rmtree(self.cache, ignore_errors=True)
            self.kill_once_kept(chance.randrange(23), chance.uniform(0, 0.02))  # of 8 features and 14 lists
            for path in (self.folder / 'killed').glob('*.png'):
                png.read(path)
            if turn % 3 == 2:
                result, masks = self.carry(f'out{turn}')
                self.assert_same(right, masks)
                computed.append(result['computed']['lists'])
        self.assertLess(min(computed), 14, 'nothing was ever left over to go on from')

    def kill_once_kept(self, n, delay):
        """Starts a propagation and kills it when the cache has n records, and a moment more."""
        run = subprocess.Popen([support.program(), *map(str, self.words('killed'))], stdout=subprocess.DEVNULL)
        while run.poll() is None and len(self.records()) < n:
            time.sleep(0.001)
        time.sleep(delay)
        run.kill()
        run.wait()


class Corrections(CacheCase):
    def correct(self, frame, name='fixed', columns=slice(60, 90)):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        mask = numpy.zeros((support.HEIGHT, support.WIDTH), 'u1')
        mask[8:50, columns] = 1
        png.write(folder / f'{frame:05}.png', mask, png.PALETTE)
        return folder, mask

    def test_a_correction_leads_what_comes_after(self):
        _, before = self.carry('out1')
        fixed, mask = self.correct(4)
        result, after = self.carry('out2', '--corrections', fixed)
        self.assertEqual(result['computed'], {'features': 0, 'lists': 3})  # frames 5, 6, 7 against frame 4
        self.assert_same(before[:4], after[:4])
        self.assertTrue((after[4] == mask).all())
        self.assertFalse((before[6] == after[6]).all())
        _, first = self.carry('out3', '--corrections', fixed, '--references', 'first')
        self.assertTrue((first[4] == mask).all())
        again, _ = self.carry('out4', '--corrections', fixed, '--references', 'nearest:1')
        self.assertEqual(again['computed']['lists'], 0)
        self.assert_same(after, self.carry('out5', '--corrections', fixed, '--cache-size', 0)[1])
        shutil.rmtree(fixed)
        fixed.mkdir()
        self.correct(0)  # of the start: --labels has it
        self.assert_same(before, self.carry('out6', '--corrections', fixed)[1])

    def test_backwards_and_both_ways(self):
        turned = self.folder / 'turned'
        turned.mkdir()
        for i in range(8):
            shutil.copy(self.clip / f'{i:05}.png', turned / f'{7 - i:05}.png')
        _, forwards = self.carry('out1')
        backwards = self.good_json('propagate', turned, '--labels', self.labels, '--from', 7, '--out', 'out2',
                                   '--radius', 4, '--context', 3)
        self.assertEqual(backwards['frames'], 8)
        self.assert_same(forwards, self.masks('out2')[::-1])
        png.write(self.folder / 'middle.png', forwards[3], png.PALETTE)
        both, masks = self.carry('out3', '--from', 3, labels=self.folder / 'middle.png')
        self.assertEqual((both['frames'], len(masks)), (8, 8))
        _, late = self.carry('out4', '--frames', '3-', labels=self.folder / 'middle.png')
        self.assert_same(late, masks[3:])
        self.assertTrue(masks[0].any())

    def test_corrections_on_the_way_back(self):
        fixed, mask = self.correct(2)
        _, masks = self.carry('out1', '--from', 5, '--corrections', fixed, labels=self.small_labels())
        self.assertTrue((masks[2] == mask).all())
        _, without = self.carry('out2', '--from', 5, labels=self.small_labels())
        self.assert_same(masks[3:], without[3:])
        self.assertFalse((masks[0] == without[0]).all())

    def test_images_counted_from_one(self):
        """A mask called like an image is that image's, not another's by its number."""
        clip = self.small_clip('from-one', pattern='x{:05}.png')
        for i in range(7, -1, -1):
            (clip / f'x{i:05}.png').rename(clip / f'{i + 1:05}.png')
        fixed, mask = self.correct(3)
        words = ['propagate', clip, '--radius', 4, '--context', 3]
        self.good(*words, '--labels', self.labels, '--out', 'out1', '--corrections', fixed)
        masks = self.masks('out1')
        self.assertTrue((masks[2] == mask).all() and not (masks[3] == mask).all())
        self.bad(*words, '--labels', fixed, '--out', 'out2', '--from', 3, names=[fixed, 'frame 3', '00004.png'])
        self.good(*words, '--labels', fixed, '--out', 'out3', '--from', 2)
        self.assertTrue((self.masks('out3')[2] == mask).all())

    def test_classes_are_the_same_both_ways(self):
        fixed, _ = self.correct(2)
        png.write(fixed / '00006.png', numpy.full((support.HEIGHT, support.WIDTH), 3, 'u1'), png.PALETTE)
        labels = self.small_labels(ids=(2,))
        self.carry('out', '--from', 4, '--corrections', fixed, '--soft', self.folder / 'soft', labels=labels)
        self.assertEqual({numpy.load(p).shape for p in (self.folder / 'soft').glob('*.npy')}, {(4, 8, 12)})

    def test_bad_corrections(self):
        fixed, _ = self.correct(9)
        words = [*self.words('out'), '--corrections', fixed]
        self.bad(*words, names=[fixed, '00009.png', '0 to 7'])
        (fixed / '00009.png').unlink()
        self.bad(*words, names=[fixed])
        png.write(fixed / '00003.png', numpy.zeros((5, 5), 'u1'), png.PALETTE)
        self.bad(*words, names=['00003.png', '5x5', '96x64'])
        (fixed / '00003.png').unlink()
        self.correct(3)
        self.bad(*self.words('fixed'), '--corrections', fixed, names=[fixed, 'corrections'])
        self.bad(*self.words('out', '--cache='), status=2, names=['--cache'])
        self.bad(*self.words('out'), '--from', 8, status=2, names=['--from 8', '0 to 7'])
        self.bad(*self.words('out'), '--references', 'some', status=2, names=['nearest:N'])


class Prepare(CacheCase):
    def prepare(self, *more):
        return self.good_json('prepare', self.clip, '--cache', self.cache, '--radius', 4, '--context', 3, *more)

    def test_prepared_clips_follow_at_once(self):
        self.assertEqual(self.prepare()['lists'], 14)
        self.assertEqual(self.prepare()['lists'], 0)
        result, masks = self.carry('out1')
        self.assertEqual(result['computed'], {'features': 0, 'lists': 0})
        self.assert_same(masks, self.carry('out2', '--cache-size', 0)[1])
        self.assertEqual(self.prepare('--from', 3, '--play-head', 6)['lists'], 12)
        self.assertEqual(self.carry('out3', '--from', 3)[0]['computed'], {'features': 0, 'lists': 0})

    def test_says_what_is_missing(self):
        self.prepare()
        self.assertEqual(self.prepare('--topk', 14)['lists'], 14)
        self.assertEqual(self.prepare('--candidates', 12)['lists'], 0)  # there are 14
        self.assertEqual(self.carry('out', '--topk', 5)[0]['computed']['lists'], 0)
        for path in self.records()[-5:]:
            content = bytearray(path.read_bytes())
            content[100] ^= 1
            path.write_bytes(content)
        self.assertEqual(self.prepare()['lists'], 5)

    def test_what_cannot_be_kept(self):
        words = ['prepare', self.clip, '--radius', 4, '--context', 3]
        self.bad(*words, '--cache', self.cache, '--cache-size', '40K', names=['the cache is full', '--cache-size'])
        self.bad(*words, '--cache', self.cache, '--cache-size', 1, names=['the cache is full'])
        (self.folder / 'file').write_text('')
        self.bad(*words, '--cache', 'file', names=['file', 'choose another folder'])

    def test_nearest_to_the_play_head_first(self):
        words = ['prepare', support.SAMPLE, '--cache', self.cache, '--short-side', 96, '--play-head', 30]
        run = subprocess.Popen([support.program(), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
        while run.poll() is None and len(list(self.cache.rglob('list-*'))) < 6:
            time.sleep(0.002)
        run.send_signal(signal.SIGINT)
        _, stderr = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(stderr, r'^ferry-cli: stopped with \d+ of 118 lists to do; those done are kept')
        targets = {int(p.name.split('-')[1]) for p in self.cache.rglob('list-*')}
        self.assertTrue(30 in targets and min(targets) > 5 and max(targets) < 55, targets)
        done = len(list(self.cache.rglob('list-*')))
        self.assertEqual(self.good_json(*words)['lists'], 118 - done)

    def test_bad_words(self):
        self.bad('prepare', self.clip, '--cache-size', 0, status=2, names=['--cache-size 0'])
        self.bad('prepare', self.clip, '--play-head', 8, status=2, names=['--play-head 8', '0 to 7'])


class Plan(CacheCase):
    def test_plan_says_what_it_takes(self):
        plan = self.good_json(*self.words('out'), '--plan')
        self.assertFalse((self.folder / 'out').exists())
        self.assertEqual((plan['frames'], plan['cells'], plan['window']), (8, [12, 8], 6))
        result, _ = self.carry('out')
        self.assertAlmostEqual(plan['disk_mib'] / result['cache_mib'], 1, delta=0.1)

    def test_little_memory_gives_the_same(self):
        _, right = self.carry('out1', '--cache-size', 0)
        plan = self.good_json(*self.words('out'), '--plan', '--memory', '1M')
        self.assertEqual(plan['window'], 2)
        _, masks = self.carry('out2', '--cache-size', 0, '--memory', '1M')
        self.assert_same(right, masks)

    def test_one_frame(self):
        shutil.rmtree(self.clip)
        self.clip = self.small_clip(frames=1)
        result, masks = self.carry('out')
        self.assertEqual((result['frames'], len(masks), result['computed']['lists']), (1, 1, 0))


if __name__ == '__main__':
    tap.main()
