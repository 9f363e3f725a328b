#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What ferry-cli check says of folders of masks.   usage: check.py FERRY-CLI"""
import hashlib
import json

import numpy

import support
import png
import tap


def voc_palette():
    def channel(index, first):
        return sum(((index >> (3 * i + first)) & 1) << (7 - i) for i in range(3))
    return bytes(channel(i, c) for i in range(256) for c in range(3))


class Check(support.Case):
    def masks(self, name='masks', frames=support.FRAMES, ids=(1, 2), width=support.WIDTH, height=support.HEIGHT):
        folder = self.folder / name
        folder.mkdir(parents=True)
        for i in range(frames):
            mask = numpy.zeros((height, width), 'u1')
            for j, id in enumerate(ids):
                mask[8 * j:8 * j + 8, i:i + 9] = id
            png.write(folder / f'{i:05}.png', mask, png.PALETTE, voc_palette())
        return folder

    def errors(self, folder, *arguments, names=()):
        """Runs what must find errors; returns its findings."""
        run = self.run_cli('check', folder, *arguments)
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertEqual(len(run.stderr.splitlines()), 1)
        self.assertIn('of the findings', run.stderr)
        for name in names:
            self.assertIn(name, run.stdout)
        return run.stdout.splitlines()

    def test_good_masks(self):
        masks, clip = self.masks(), self.small_clip()
        self.assertEqual(self.good('check', masks), f'good     {masks}: {support.FRAMES} masks\n')
        found = self.good_json('check', masks, '--clip', clip)
        self.assertEqual((found['errors'], found['warnings'], found['notes']), (0, 0, 1))
        self.assertEqual(found['folders'][0], {'path': str(masks), 'masks': support.FRAMES, 'findings': []})
        self.assertIn('has no manifest.json', found['folders'][1]['findings'][0]['message'])

    def test_trees(self):
        self.masks('out/Annotations/480p/swan')
        self.masks('out/Annotations/480p/reed', ids=(1, 3))
        found = self.good_json('check', self.folder / 'out')
        self.assertEqual((found['errors'], found['warnings'], len(found['folders'])), (0, 1, 2))
        self.bad('check', 'out', '--clip', self.small_clip(), names=['2 sequences'])

    def test_every_finding_has_a_remedy(self):
        masks = self.masks()
        (masks / '00003.png').unlink()
        (masks / '00005.png').write_bytes(b'not a picture')
        mask = numpy.zeros((support.HEIGHT, support.WIDTH), 'u1')
        mask[0, 0], mask[1, 1] = 255, 7
        png.write(masks / '00006.png', mask, png.PALETTE, voc_palette())
        lines = self.errors(masks, '--clip', self.small_clip(),
                            names=['00003.png is missing', '00005.png', 'index 255', 'object 7', 'holds 7 masks'])
        for line in lines:
            self.assertIn('; ', line)
        self.assertEqual(len([line for line in lines if line.startswith('error ')]), 5)

    def test_other_size(self):
        self.errors(self.masks(width=48), '--clip', self.small_clip(), names=['48x64 pixels, must be 96x64'])

    def manifest(self, masks, clip):
        """As an export would have it, but for the digest of files."""
        pictures = [png.read(path)[0] for path in sorted(clip.iterdir())]
        fingerprint = self.good_json('info', clip)['fingerprint']
        text = {'ferry-manifest': 1, 'format': 'davis',
                'clip': {'path': str(clip), 'fingerprint': fingerprint, 'frames': len(pictures),
                         'width': support.WIDTH, 'height': support.HEIGHT},
                'frames': [{'frame': i, 'pts_us': 0, 'picture': hashlib.sha256(p.tobytes()).hexdigest()}
                           for i, p in enumerate(pictures)],
                'files': []}
        (masks / 'manifest.json').write_text(json.dumps(text))

    def test_alignment(self):
        masks, clip = self.masks(), self.small_clip()
        self.manifest(masks, clip)
        self.assertIn('all as it was exported', self.good('check', masks, '--clip', clip))
        other = self.small_clip('other')
        frames = sorted(other.iterdir())
        swapped = frames[2].read_bytes(), frames[4].read_bytes()
        frames[4].write_bytes(swapped[0])
        frames[2].write_bytes(swapped[1])
        lines = self.errors(masks, '--clip', other, names=['another clip', 'pictures that differ (2): frame 2'])
        self.assertEqual(len(lines), 3)  # the masks themselves are good

    def test_bad_input(self):
        (self.folder / 'empty').mkdir()
        self.bad('check', 'empty', names=['empty', 'give the folder'])
        self.bad('check', 'nowhere', names=['nowhere'])
        self.bad('check', self.masks(), '--clip', 'nowhere.mp4', names=['nowhere.mp4'])
        self.bad('check', status=2, names=['missing'])
        (self.folder / 'masks/manifest.json').write_text('{"ferry-manifest": 1')
        self.bad('check', 'masks', names=['manifest.json', 'export it again'])


if __name__ == '__main__':
    tap.main()
