#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the checkpoints that the tests of weights read.

usage: make-checkpoints.py forms|hostile|networks DIR
       make-checkpoints.py expect CHECKPOINT OUT    (what an independent reader finds in it)"""
import argparse
import collections
import pathlib
import sys
import zipfile

import hostile_checkpoints
import torch_files as torch
from torch_files import Storage, Tensor


def values(n, salt, dtype='float32'):
    """Numbers that every type holds exactly."""
    numbers = [(i * 37 + salt * 11) % 255 - 127 for i in range(n)]
    if dtype in ('uint8',):
        return [number + 127 for number in numbers]
    if dtype == 'bool':
        return [number % 2 == 0 for number in numbers]
    return [number / 4 for number in numbers] if 'float' in dtype else numbers


def make_tensors():
    """One tensor of each type, and views of every kind."""
    tensors = {}
    for salt, dtype in enumerate(torch.DTYPES):
        tensors[dtype] = Tensor(Storage(dtype, values(24, salt, dtype)), (2, 3, 4))
    shared = Storage('float32', values(120, 50))
    tensors['scalar'] = Tensor(Storage('int64', [12]), ())
    tensors['empty'] = Tensor(Storage('float32', []), (0, 3))
    tensors['part'] = Tensor(shared, (2, 3), offset=114)
    tensors['transposed'] = Tensor(shared, (4, 3), (1, 4), 7)
    tensors['channels_last'] = Tensor(shared, (2, 3, 4, 5), (60, 1, 15, 3))
    tensors['stepped'] = Tensor(shared, (3, 2, 2), (40, 6, 3), 1)
    tensors['expanded'] = Tensor(Storage('float16', [1.5]), (3, 2, 5), (0, 0, 0))
    tensors['inflated'] = Tensor(shared, (2, 3, 1, 3, 3), (27, 9, 9, 3, 1))
    tensors['rank8'] = Tensor(shared, (1, 2, 1, 3, 1, 4, 1, 5))
    return tensors


def expect(path, tensors):
    torch.write_expected(f'{path}.expected', (
        (name, tensor.storage.dtype, tensor.shape, tensor.elements())
        for name, tensor in tensors.items()))


def make_forms(folder):
    tensors = make_tensors()
    settings = argparse.Namespace(model_type='scratch', epochs=20, device='cuda', rate=1e-3)
    item = {
        'epoch': 7, 'arch': 'resnet18', 'best': 0.5, 'done': True, 'large': 1 << 40, 'none': None,
        'args': settings, 'device': torch.Call(torch.DEVICE, 'cuda:0'),
        'size': torch.Call(torch.SIZE, (1, 2)),
        'score': torch.Call(torch.SCALAR, torch.Call(torch.NUMPY_DTYPE, 'f8', False, True,
                                                     state=(3, '<', None, None, -1, -1, 0)), b'12345678'),
        'milestones': collections.Counter({30: 1, 60: 2}), 'seen': {1, 2}, 'frozen': frozenset([3]),
        'raw': b'bytes', 'array': bytearray(b'more'), 'list': [1, [2], ()], (1, 2): 'tuple key',
        'model': collections.OrderedDict((name, tensor) for name, tensor in tensors.items()),
        'optimizer': {'state': {0: {'step': 3, 'exp_avg': Tensor(Storage('float32', values(4, 9)), (4,))}}},
        'parameter': torch.Call(torch.REBUILD_PARAMETER, Tensor(Storage('float32', values(4, 8)), (4,)),
                                True, collections.OrderedDict()),
    }
    named = {f'model.{name}': tensor for name, tensor in tensors.items()}
    named['optimizer.state.0.exp_avg'] = item['optimizer']['state'][0]['exp_avg']
    named['parameter'] = item['parameter'].args[0]
    for protocol in range(2, 6):
        torch.save_zip(folder / f'zip{protocol}.pth', item, protocol)
        expect(folder / f'zip{protocol}.pth', named)
    torch.save_zip(folder / 'deflated.pth', item, compression=zipfile.ZIP_DEFLATED,
                   extra=[('byteorder', 'little')])
    expect(folder / 'deflated.pth', named)
    torch.save_stream(folder / 'stream.pth', item)
    expect(folder / 'stream.pth', named)
    make_view_stream(folder)
    make_no_crc(folder)
    make_zip64(folder)
    make_small(folder)
    kept = {name: tensor for name, tensor in tensors.items() if name != 'expanded'}
    torch.save_safetensors(folder / 'plain.safetensors', kept,
                           {'format': 'pt', 'note': 'caf\u00e9 \U0001f6a2 "quoted"\\'})
    expect(folder / 'plain.safetensors', kept)


def make_view_stream(folder):
    """Two storages that are windows on a third, as PyTorch before 0.4 saved them."""
    whole = values(20, 3)
    views = {'a': Tensor(Storage('float32', whole, ('v1', 4, 8)), (2, 4)),
             'b': Tensor(Storage('float32', whole, ('v2', 10, 10)), (3,), offset=6),
             'c': Tensor(Storage('float32', whole), (20,))}
    pickled, _ = torch.pickled(views, with_view=True)
    for key in (b'1', b'2'):  # all three are storage 0
        pickled = pickled.replace(b'X\1\0\0\0' + key, b'X\1\0\0\0' + b'0')
    data = torch.stream_header() + pickled + b'\x80\2]X\1\0\0\0000a.'
    data += len(whole).to_bytes(8, 'little') + torch.pack('float32', whole)
    (folder / 'views.pth').write_bytes(data)
    expect(folder / 'views.pth', views)


def make_no_crc(folder):
    """As torch.save writes with its checksums turned off."""
    tensors = {'a': Tensor(Storage('float32', values(6, 1)), (6,))}
    torch.save_zip(folder / 'no-crc.pth', tensors)
    data = bytearray((folder / 'no-crc.pth').read_bytes())
    for member in zipfile.ZipFile(folder / 'no-crc.pth').infolist():
        crc = member.CRC.to_bytes(4, 'little')
        while data.find(crc) >= 0:
            at = data.find(crc)
            data[at:at + 4] = bytes(4)
    (folder / 'no-crc.pth').write_bytes(data)
    expect(folder / 'no-crc.pth', tensors)


def make_zip64(folder):
    """The end of the archive as PyTorch writes it always: with zip64 records."""
    tensors = {'a': Tensor(Storage('float32', values(6, 2)), (2, 3))}
    torch.save_zip(folder / 'zip64.pth', tensors)
    data = (folder / 'zip64.pth').read_bytes()
    end = len(data) - 22
    count = int.from_bytes(data[end + 10:end + 12], 'little')
    size = int.from_bytes(data[end + 12:end + 16], 'little')
    offset = int.from_bytes(data[end + 16:end + 20], 'little')

    # The first member's sizes and place move to the directory's zip64 field too.
    entry = bytearray(data[offset:end])
    name = int.from_bytes(entry[28:30], 'little')
    field = b''.join(n.to_bytes(8, 'little') for n in (
        int.from_bytes(entry[24:28], 'little'), int.from_bytes(entry[20:24], 'little'),
        int.from_bytes(entry[42:46], 'little')))
    entry[20:28] = b'\xff' * 8
    entry[42:46] = b'\xff' * 4
    entry[30:32] = (len(field) + 4).to_bytes(2, 'little')
    entry[46 + name:46 + name] = b'\1\0' + len(field).to_bytes(2, 'little') + field
    record = (b'PK\6\6' + (44).to_bytes(8, 'little') + b'\x2d\0\x2d\0' + bytes(8) +
              count.to_bytes(8, 'little') * 2 + len(entry).to_bytes(8, 'little') +
              offset.to_bytes(8, 'little'))
    locator = b'PK\6\7' + bytes(4) + (offset + len(entry)).to_bytes(8, 'little') + b'\1\0\0\0'
    assert size == end - offset
    last = b'PK\5\6' + b'\0\0\0\0' + b'\xff' * 12 + b'\0\0'
    (folder / 'zip64.pth').write_bytes(data[:offset] + entry + record + locator + last)
    expect(folder / 'zip64.pth', tensors)


def make_small(folder):
    """Small files to be cut at every byte and to have their bits flipped."""
    shared = Storage('float32', values(12, 4))
    item = {'epoch': 1, 'state_dict': {'w': Tensor(shared, (3, 4)), 'v': Tensor(shared, (2, 2), (1, 3), 2),
                                       'h': Tensor(Storage('float16', values(5, 5)), (5,))}}
    torch.save_zip(folder / 'small-zip.pth', item)
    torch.save_zip(folder / 'small-deflated.pth', item, compression=zipfile.ZIP_DEFLATED)
    torch.save_stream(folder / 'small-stream.pth', item)
    torch.save_safetensors(folder / 'small.safetensors', item['state_dict'], {'format': 'pt'})


# --- Networks: every tensor is one number, expanded, so that the files stay small ---

def block_keys(prefix, in_channels, width, bottleneck, first, conv_module):
    """Yields (name, shape) of one residual block."""
    out = 4 * width if bottleneck else width
    convs = [((width, in_channels, 1, 1), 1), ((width, width, 3, 3), 3), ((out, width, 1, 1), 1)] \
        if bottleneck else [((width, in_channels, 3, 3), 3), ((width, width, 3, 3), 3)]
    for number, (shape, _) in enumerate(convs, 1):
        yield from pair_keys(f'{prefix}conv{number}', f'{prefix}bn{number}', shape, conv_module)
    if first and in_channels != out:
        shape = (out, in_channels, 1, 1)
        if conv_module:
            yield from pair_keys(f'{prefix}downsample', '', shape, True)
        else:
            yield from pair_keys(f'{prefix}downsample.0', f'{prefix}downsample.1', shape, False)


def pair_keys(conv, norm, shape, conv_module):
    if conv_module:
        conv, norm = f'{conv}.conv', f'{conv}.bn'
    yield f'{conv}.weight', shape
    for part in ('weight', 'bias', 'running_mean', 'running_var'):
        yield f'{norm}.{part}', (shape[0],)
    yield f'{norm}.num_batches_tracked', ()


def resnet_keys(blocks=(2, 2, 2), bottleneck=False, conv_module=False):
    yield from pair_keys('conv1', 'bn1', (64, 3, 7, 7), conv_module)
    channels = 64
    for layer, n in enumerate(blocks):
        for block in range(n):
            width = 64 << layer
            yield from block_keys(f'layer{layer + 1}.{block}.', channels, width, bottleneck, block == 0,
                                  conv_module)
            channels = 4 * width if bottleneck else width


def resnet(prefix='', dtype='float32', rename=None, inflate=False, **options):
    """A state_dict; the n-th tensor holds (n % 31 + 1) / 4 everywhere."""
    state = collections.OrderedDict()
    for n, (name, shape) in enumerate(resnet_keys(**options)):
        if inflate and len(shape) == 4:
            shape = shape[:2] + (1,) + shape[2:]
        counts = name.endswith('num_batches_tracked')
        storage = Storage('int64' if counts else dtype, [9 if counts else (n % 31 + 1) / 4])
        state[prefix + (rename(name) if rename else name)] = Tensor(storage, shape, (0,) * len(shape))
    return state


def constant(shape, value=0.5, dtype='float32'):
    return Tensor(Storage(dtype, [value]), shape, (0,) * len(shape))


def changed(state, **changes):
    """A copy with keys (dots written as __) replaced, or dropped for None."""
    state = collections.OrderedDict(state)
    for key, tensor in changes.items():
        name = key.replace('__', '.')
        if tensor is None:
            del state[name]
        else:
            state[name] = tensor
    return state


def early_crw(name):
    """Before Conv2d could reflect, the convolution stood behind a padding in a Sequential."""
    for conv in ('conv1', 'conv2'):
        if name.endswith(f'{conv}.weight'):
            return name.replace(f'{conv}.weight', f'{conv}.1.weight')
    return name


def make_networks(folder):
    deep = {'blocks': (3, 4, 6), 'bottleneck': True}
    head = {'fc.weight': constant((1000, 512)), 'fc.bias': constant((1000,))}
    whole = resnet(blocks=(2, 2, 2, 2))
    good = resnet()
    files = {
        'crw': {'model': {**resnet('encoder.model.'), 'selfsim_fc.0.weight': constant((128, 512, 1, 1))},
                'epoch': 1},
        'crw-early': {'model': resnet('encoder.model.', rename=early_crw)},
        'crw-zeropad': {'model': resnet('encoder.model.'),
                        'args': argparse.Namespace(model_type='scratch_zeropad')},
        'crw-imagenet50': {'model': resnet('encoder.model.', **deep)},
        'fc': {'model': {**resnet('target_encoder.'), **resnet('online_encoder.')}},
        'moco': {'state_dict': {**resnet('module.encoder_k.', **deep), **resnet('module.encoder_q.', **deep),
                                'module.queue': constant((128, 65536))}, 'arch': 'resnet50'},
        'simsiam': {'state_dict': {**resnet('module.encoder.', **deep),
                                   'module.predictor.0.weight': constant((512, 2048))}},
        'pixpro': {'model': {**resnet('module.encoder.', **deep), **resnet('module.encoder_k.', **deep)}},
        'vfs': {'state_dict': {**resnet('backbone.', conv_module=True),
                               'img_head.fc.weight': constant((8, 8))}, 'meta': {'env': 'x'}},
        'densecl': {'state_dict': resnet('backbone.', **deep)},
        'uvc': {'epoch': 3, 'state_dict': {**resnet('module.gray_encoder.', blocks=(2, 2, 2, 2)),
                                           **resnet('module.rgb_encoder.', blocks=(2, 2, 2, 2))}},
        'timecycle': {'state_dict': {**resnet('module.encoderVideo.', inflate=True, **deep),
                                     'module.afterconv1.weight': constant((512, 1024, 1, 1, 1))}},
        'torchvision': {**whole, **head},
        'dataparallel': {'state_dict': {f'module.{name}': tensor for name, tensor in whole.items()}},
        'bfloat16': resnet(dtype='bfloat16'),
        'half-layer4': {**good, 'layer4.0.conv1.weight': constant((512, 256, 3, 3)), 'strange': constant(())},
        'missing': changed(good, layer2__0__bn1__bias=None, layer3__1__conv2__weight=None),
        'misshapen': changed(good, layer2__0__downsample__0__weight=constant((128, 64, 3, 3)),
                             bn1__weight=constant((32,))),
        'integers': changed(good, conv1__weight=constant((64, 3, 7, 7), 1, 'int8')),
        'twice': {**good, 'conv1.1.weight': constant((64, 3, 7, 7))},
        'renamed': {**changed(good, layer1__0__conv1__weight=None),
                    'layer1.0.convolution1.weight': constant((64, 64, 3, 3))},
        'half-empty': dict(list(good.items())[:40]),
        'nan': changed(good, layer1__1__conv1__weight=Tensor(
            Storage('float32', [0.5] * 36863 + [float('nan')]), (64, 64, 3, 3))),
        'infinite': changed(good, bn1__bias=constant((64,), float('-inf'))),
        'negative': changed(good, bn1__running_var=constant((64,), -0.25)),
        'resnet34': {**resnet(blocks=(3, 4, 6, 3)), **head},
        'resnet101': {'state_dict': resnet('module.', blocks=(3, 4, 23, 3), bottleneck=True)},
        'odd': resnet(blocks=(2, 5, 2)),
        'vit': {'cls_token': constant((1, 1, 768)), 'blocks.0.attn.qkv.weight': constant((2304, 768))},
        'corrflow': {'state_dict': {'module.feature_extraction.conv1.0.weight': constant((64, 3, 7, 7)),
                                    'module.post_convolution.weight': constant((64, 256, 3, 3))}},
        'other': {'a': constant((3,)), 'b': constant((4,))},
        'crw-large': {'model': changed(resnet('encoder.model.'),
                                       encoder__model__conv1__weight=constant((64, 3, 7, 7), 70000.0))},
    }
    for name, item in files.items():
        torch.save_zip(folder / f'{name}.pth', item)


def main(what, source, *target):
    if what == 'expect':
        torch.write_expected(target[0], torch.read_tensors(source))
        return
    make = {'forms': make_forms, 'hostile': hostile_checkpoints.make, 'networks': make_networks}[what]
    make(pathlib.Path(source))


if __name__ == '__main__':
    main(*sys.argv[1:])
