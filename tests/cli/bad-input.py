#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bad input: one line that names file, place and remedy, exit status 1, and no partial file.

usage: bad-input.py FERRY-CLI"""
import os
import pathlib
import pickle
import resource
import shutil
import signal
import subprocess
import unittest
import zipfile

import numpy

import support
import png
import tap


class Usage(support.Case):
    def test_wrong_usage_is_status_2(self):
        clip, labels = self.small_clip(), self.small_labels()
        whole = ['propagate', clip, '--labels', labels, '--out', 'out']
        for words, name in (([], 'no command'), (['carry'], '"carry"'), (['info', 'a', 'b'], 'too many'),
                            (['info', '--colour'], '--colour'), (['propagate'], 'missing'),
                            (['propagate', clip, '--out', 'out'], '--labels'),
                            (['propagate', clip, '--labels', labels], '--out'),
                            ([*whole, '--topk', 'ten'], 'ten'), ([*whole, '--topk', '0'], '0'),
                            ([*whole, '--temperature', '0'], 'temperature'), ([*whole, '--radius', '-1'], 'radius'),
                            ([*whole, '--preset', 'best'], 'sfc-davis'), ([*whole, '--short-side', 'tiny'], 'native'),
                            ([*whole, '--frames', '5-2'], '5-2'), ([*whole, '--frames', 'x'], 'A-B'),
                            (['features', clip, '--out', 'f.npy'], '--frame'),
                            (['match', clip, '--frame', '0', '--out', 'm'], '--frame'),
                            (['evaluate', '--metric', 'iou', '--truth', clip, '--pred', clip], 'davis'),
                            (['bench', '--size', '3'], 'WxH'), (['bench', '--what', 'all-of-it'], 'decode')):
            with self.subTest(' '.join(map(str, words))):
                self.bad(*words, names=[name], status=2)
        self.assertFalse((self.folder / 'out').exists())


class Clip(support.Case):
    def check(self, clip, *names):
        self.bad('propagate', clip, '--labels', self.small_labels(), '--out', 'out', names=[clip, *names])
        self.bad('info', clip, names=[clip, *names])

    def test_missing(self):
        self.check(self.folder / 'no such clip.mp4')

    def test_empty_file(self):
        clip = self.folder / 'empty.mp4'
        clip.write_bytes(b'')
        self.check(clip)

    def test_unreadable(self):
        clip = self.folder / 'closed.mp4'
        shutil.copy(support.SAMPLE, clip)
        clip.chmod(0)
        if os.access(clip, os.R_OK):
            clip.unlink()
            os.mkfifo(clip)  # what root cannot read either
        self.check(clip)

    def test_text(self):
        clip = self.folder / 'notes.txt'
        clip.write_text('this is no film\n' * 100)
        self.check(clip)

    def test_truncated_before_the_index(self):
        clip = self.folder / 'cut.mp4'
        clip.write_bytes(support.SAMPLE.read_bytes()[:600])
        self.check(clip)

    def test_truncated_and_flipped_end_well_or_with_a_line(self):
        whole = support.SAMPLE.read_bytes()
        random = numpy.random.default_rng(3)
        clip = self.folder / 'hurt.mp4'
        for variant in range(8):
            data = bytearray(whole[:len(whole) * (variant + 2) // 8])
            if variant >= 4:
                data = bytearray(whole)
                for at in random.integers(0, len(data), 40 * (variant - 3)):
                    data[at] ^= 1 << int(random.integers(8))
            clip.write_bytes(data)
            with self.subTest(variant):
                run = self.run_cli('info', clip)
                self.assertIn(run.returncode, (0, 1), run.stderr)
                self.assertEqual(len(run.stderr.splitlines()), run.returncode, run.stderr)
                out = f'out{variant}'
                run = self.run_cli('propagate', clip, '--labels', support.TRUTH, '--out', out, '--frames', '0-1',
                                   '--short-side', 64)
                self.assertIn(run.returncode, (0, 1), run.stderr)
                self.assertEqual(len(run.stderr.splitlines()), run.returncode, run.stderr)
                self.assert_no_remains()

    def test_damage_in_the_middle_keeps_the_masks_before_it(self):
        clip = self.small_clip()
        (clip / '00004.png').write_bytes((clip / '00004.png').read_bytes()[:3000])
        line = self.bad('propagate', clip, '--labels', self.small_labels(), '--out', 'out', names=['00004.png'])
        self.assertIn('the masks of frames 0 to 3 are in out', line)
        self.assertEqual(sorted(os.listdir(self.folder / 'out')), [f'{i:05}.png' for i in range(4)])

    def test_damage_is_no_success(self):
        clip = self.folder / 'half.mkv'
        clip.write_bytes(b'')
        made = subprocess.run(['ffmpeg', '-v', 'error', '-y', '-i', support.SAMPLE, '-c', 'copy', clip],
                              capture_output=True) if shutil.which('ffmpeg') else None
        if made is None or made.returncode:
            self.skipTest('no ffmpeg')
        clip.write_bytes(clip.read_bytes()[:clip.stat().st_size // 2])
        self.bad('propagate', clip, '--labels', support.TRUTH, '--out', 'out', '--short-side', 64,
                 names=[clip, 'damaged', 'out'])
        self.assertGreater(len(os.listdir(self.folder / 'out')), 10)
        self.good('propagate', clip, '--labels', support.TRUTH, '--out', 'few', '--frames', '0-2', '--short-side', 64)

    def test_empty_folder(self):
        clip = self.folder / 'nothing'
        clip.mkdir()
        self.check(clip)

    def test_mixed_sizes(self):
        clip = self.small_clip()
        png.write(clip / '00005.png', numpy.zeros((60, 80, 3), 'u1'))
        self.check(clip, '00005.png', '80x60', '96x64')

    def test_frame_that_is_not_there(self):
        clip, labels = self.small_clip(), self.small_labels()
        self.bad('propagate', clip, '--labels', labels, '--out', 'out', '--frames', '0-8', names=[clip, '8', '0 to 7'])
        self.bad('features', clip, '--frame', '99', '--out', 'f.npy', names=[clip, '99'])
        self.bad('match', clip, '--frame', '99', '--out', 'm', names=[clip, '99'])


class Labels(support.Case):
    def check(self, labels, *names):
        self.bad('propagate', self.small_clip(), '--labels', labels, '--out', 'out', names=[labels, *names])
        self.assertFalse((self.folder / 'out').exists())

    def test_missing(self):
        self.check(self.folder / 'none.png')

    def test_of_another_size(self):
        self.check(self.small_labels(width=100, height=60), '100x60', '96x64')

    def test_without_an_object(self):
        self.check(self.small_labels(ids=(0,)), 'object')

    def test_with_300_ids(self):
        labels = self.folder / 'many.png'
        mask = numpy.arange(support.WIDTH * support.HEIGHT, dtype='u2').reshape(support.HEIGHT, support.WIDTH) % 301
        png.write(labels, mask, png.GREY)
        line = self.bad('propagate', self.small_clip(), '--labels', labels, '--out', 'out', names=[labels, '300', '254'])
        self.assertIn('runs', line)
        self.assertEqual([p for p in self.folder.rglob('out/*')], [])

    def test_folder_without_the_frame(self):
        (self.folder / 'masks').mkdir()
        labels = self.small_labels('masks/00003.png').parent
        self.check(labels, 'frame 0', '00003.png')

    def test_cut_off(self):
        labels = self.small_labels()
        labels.write_bytes(labels.read_bytes()[:-30])
        self.check(labels)

    def test_not_a_png(self):
        labels = self.folder / 'labels.png'
        labels.write_text('no picture')
        self.check(labels)

    def test_folder_without_masks(self):
        labels = self.folder / 'labels'
        labels.mkdir()
        self.check(labels)


class _Bomb:
    def __reduce__(self):
        return os.system, ('touch bang',)


class Checkpoint(support.Case):
    def check(self, checkpoint, *names):
        checkpoint = pathlib.Path(checkpoint)
        self.bad('propagate', self.small_clip(), '--labels', self.small_labels(), '--out', 'out', '--fine', checkpoint,
                 names=[checkpoint, *names])
        self.assertEqual([p for p in self.folder.rglob('out/*')], [])
        self.bad('info', checkpoint, names=[checkpoint])

    def test_missing(self):
        self.check(self.folder / 'none.pth')

    def test_truncated(self):
        content = support.MODEL.read_bytes()
        for i, part in enumerate((0, 7, 1000, len(content) // 2, len(content) - 1)):
            with self.subTest(part):
                path = self.folder / f'{i}.safetensors'
                path.write_bytes(content[:part])
                self.bad('info', path, names=[path])

    def test_another_architecture(self):
        path = self.folder / 'other.safetensors'
        support.write_safetensors(path, {'encoder.weight': {'dtype': 'F32', 'shape': [4], 'data_offsets': [0, 16]}},
                                  bytes(16))
        self.check(path)

    def test_missing_key(self):
        header, data = support.read_safetensors(support.MODEL)
        path = self.folder / 'without.safetensors'
        header['other'] = header.pop('layer2.1.conv2.weight')
        support.write_safetensors(path, header, data)
        self.check(path, 'layer2.1.conv2.weight')

    def test_misshapen_key(self):
        header, data = support.read_safetensors(support.MODEL)
        path = self.folder / 'shape.safetensors'
        header['layer1.0.conv1.weight']['shape'] = [64, 32, 6, 3]
        support.write_safetensors(path, header, data)
        self.check(path, 'layer1.0.conv1.weight', '64, 32, 6, 3')

    def test_nan_weights(self):
        header, data = support.read_safetensors(support.MODEL)
        entry = header['layer3.0.conv2.weight']
        size = {'F16': 2, 'F32': 4, 'BF16': 2}[entry['dtype']]
        at = entry['data_offsets'][0] + 100 * size
        data[at:at + size] = {'F16': b'\0\x7e', 'F32': b'\0\0\xc0\x7f', 'BF16': b'\xc0\x7f'}[entry['dtype']]
        path = self.folder / 'nan.safetensors'
        support.write_safetensors(path, header, data)
        self.bad('propagate', self.small_clip(), '--labels', self.small_labels(), '--out', 'out', '--fine', path,
                 names=[path, 'layer3.0.conv2.weight'])

    def test_weights_of_no_use(self):
        header, data = support.read_safetensors(support.MODEL)
        path = self.folder / 'zero.safetensors'
        support.write_safetensors(path, header, bytes(len(data)))
        self.bad('propagate', self.small_clip(), '--labels', self.small_labels(), '--out', 'out', '--fine', path,
                 names=[path, 'all zero', 'another checkpoint'])
        self.bad('features', self.folder / 'clip', '--frame', 0, '--out', 'f.npy', '--fine', path, names=['all zero'])
        self.assertFalse((self.folder / 'f.npy').exists())

    def test_hostile_pickle_executes_nothing(self):
        path = self.folder / 'evil.pth'
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr('evil/data.pkl', pickle.dumps({'state_dict': _Bomb()}, protocol=2))
            archive.writestr('evil/version', '3\n')
        self.check(path)
        self.assertFalse((self.folder / 'bang').exists())

    def test_zip_bomb(self):
        path = self.folder / 'bomb.pth'
        with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.writestr('bomb/data.pkl', bytes(1 << 28))
        self.bad('info', path, names=[path], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2))


class Output(support.Case):
    def propagate(self, out, **options):
        return self.bad('propagate', self.small_clip(), '--labels', self.small_labels(), '--out', out, names=[out],
                        **options)

    def test_below_a_file(self):
        (self.folder / 'file').write_text('')
        self.propagate('file/out')

    def test_not_writable(self):
        closed = self.folder / 'closed'
        closed.mkdir(mode=0o555)
        if not os.access(closed, os.W_OK):
            self.propagate('closed')
            return
        # Root may write anywhere: another user runs a copy of everything.
        (self.folder / 'models').mkdir()
        shutil.copy(support.MODEL, self.folder / 'models')
        own = shutil.copy(support.program(), self.folder / 'ferry-cli')
        try:
            subprocess.run([own, '--version'], user=65534, stdout=subprocess.DEVNULL, check=True)
        except PermissionError:
            self.skipTest('other users may not come here')
        self.propagate('closed', user=65534, env={'HOME': '/', 'FERRY_DATADIR': str(self.folder)}, executable=own)

    def test_would_overwrite_its_input(self):
        clip, labels = self.small_clip(), self.small_labels()
        truth = self.folder / 'truth'
        truth.mkdir()
        first = self.small_labels('truth/00000.png', ids=(3, 9))
        before = {path: path.read_bytes() for path in [*clip.iterdir(), first]}
        for label, out in ((labels, clip), (truth, truth), (first, truth)):
            self.bad('propagate', clip, '--labels', label, '--out', out, names=[out, 'overwrite', 'another'])
        self.assertEqual({path: path.read_bytes() for path in [*clip.iterdir(), *truth.iterdir()]}, before)

    def test_disk_full(self):
        """The largest file allowed is smaller than a mask."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
        line = self.propagate('out', preexec_fn=limit)
        self.assertIn('free some space', line)
        self.assertEqual([p for p in self.folder.rglob('out/*')], [])

    def test_full_file_system(self):
        """A real one, where this process may make one."""
        small = self.folder / 'small'
        small.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'ferry-test', small], capture_output=True)
        if mounted.returncode:
            self.skipTest('may not mount')
        self.addCleanup(subprocess.run, ['umount', small], check=True)
        line = self.propagate('small/out')
        self.assertIn('free some space', line)
        self.assertIn('the masks of frames 0 to', line)

    def test_standard_output_that_is_full(self):
        with open('/dev/full', 'w') as full:
            for words in (['info'], ['--help'], ['info', support.MODEL, '--json']):
                run = subprocess.run([support.program(), *map(str, words)], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual((run.returncode, len(run.stderr.splitlines())), (1, 1), run.stderr)
                self.assertIn('free some space', run.stderr)

    def test_masks_of_an_earlier_run_are_named(self):
        clip, labels = self.small_clip(), self.small_labels()
        self.good('propagate', clip, '--labels', labels, '--out', 'out')
        run = self.run_cli('propagate', clip, '--labels', labels, '--out', 'out', '--frames', '0-2')
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stderr, 'ferry-cli: out: 5 masks of an earlier run are still there beside the new ones\n')

    def test_results_of_features_and_match(self):
        clip = self.small_clip()
        self.bad('features', clip, '--frame', 0, '--out', 'no/f.npy', names=['no/f.npy'])
        self.bad('match', clip, '--frame', 1, '--out', 'no/m', names=['no/m'])
        self.bad('demo', '--out', '/proc/none', names=['/proc/none'])


class Device(support.Case):
    NO_VULKAN = {'VK_DRIVER_FILES': '/nonexistent', 'VK_ICD_FILENAMES': '/nonexistent'}

    def test_unknown(self):
        self.bad('propagate', self.small_clip(), '--labels', self.small_labels(), '--out', 'out', '--device', 'tpu',
                 names=['tpu', 'cpu'])

    def test_kernels_that_are_not_here(self):
        run = self.run_cli('propagate', self.small_clip(frames=2), '--labels', self.small_labels(), '--out', 'out',
                           '--device', 'cpu', env={'FERRY_CPU_ISA': 'quantum'})
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stderr.count('FERRY_CPU_ISA is "quantum"'), 1)
        self.assertIn('plain', run.stderr)

    def test_no_vulkan_driver(self):
        clip, labels = self.small_clip(frames=2), self.small_labels()
        self.bad('propagate', clip, '--labels', labels, '--out', 'out', '--device', 'vulkan', names=['CPU'],
                 env=self.NO_VULKAN)
        self.bad('propagate', clip, '--labels', labels, '--out', 'out', '--device', 'vulkan:7', names=['the CPU'],
                 env=self.NO_VULKAN)
        self.good('propagate', clip, '--labels', labels, '--out', 'out', env=self.NO_VULKAN)
        self.assertTrue(all(device['name'] == 'cpu' for device in self.good_json('info', env=self.NO_VULKAN)['devices']))


class Evaluation(support.Case):
    def evaluate(self, truth, result, *names):
        self.bad('evaluate', '--metric', 'davis', '--truth', truth, '--pred', result, names=names)

    def test_bad_folders(self):
        result = self.folder / 'result'
        shutil.copytree(support.TRUTH, result)
        self.evaluate(support.TRUTH, self.folder / 'none', self.folder / 'none')
        self.evaluate(self.folder / 'none', result, self.folder / 'none')
        (result / '00030.png').unlink()
        self.evaluate(support.TRUTH, result, '00030.png')
        png.write(result / '00030.png', numpy.zeros((10, 10), 'u1'), png.PALETTE)
        self.evaluate(support.TRUTH, result, '00030.png', '10x10', '640x360')


if __name__ == '__main__':
    tap.main()
