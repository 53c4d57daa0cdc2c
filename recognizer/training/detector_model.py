"""The plate detector: plain 3 x 3 convolutions to stride 32, merged back to stride 8, one heat map and four corners.

Depthwise blocks were slower than plain ones on every processor tried, so there are none.
"""
import copy

import torch
from torch import nn
from torch.nn import functional

STRIDE = 8
# The last layer's raw numbers times this are cells: corners of a large plate lie twenty cells away from its centre.
CORNER_GAIN = 4.0
# The score's bias starts where one cell in a hundred is a plate, or the first steps are spent on unlearning the rest.
PRIOR_LOGIT = -4.6
# Training counts from the picture's edge, the program from pixel centres: its pixel k covers k - 0.5 to k + 0.5.
PIXEL_CENTRE = 0.5


def conv(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class PlateDetector(nn.Module):
    """Takes luminance 0..255 [N,1,H,W]; returns score logits [N,1,H/8,W/8] and corners [N,8,H/8,W/8] in cells."""

    def __init__(self, widths=(16, 16, 32, 64, 96)):
        super().__init__()
        w2, w4, w8, w16, w32 = self.widths = tuple(widths)
        self.to4 = nn.Sequential(conv(1, w2, 2), conv(w2, w4, 2))
        self.to8 = nn.Sequential(conv(w4, w8, 2), conv(w8, w8))
        self.to16 = nn.Sequential(conv(w8, w16, 2), conv(w16, w16), conv(w16, w16))
        self.to32 = nn.Sequential(conv(w16, w32, 2), conv(w32, w32), conv(w32, w32))
        self.from32 = nn.Conv2d(w32, w16, 1)
        self.merge16 = conv(w16, w16)
        self.from16 = nn.Conv2d(w16, w8, 1)
        self.merge8 = nn.Sequential(conv(w8, w8), conv(w8, w8))
        self.head = nn.Conv2d(w8, 9, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)
        nn.init.constant_(self.head.bias[:1], PRIOR_LOGIT)

    def features(self, luma):
        at8 = self.to8(self.to4((luma - 128.0) / 64.0))
        at16 = self.to16(at8)
        at32 = self.to32(at16)
        at16 = self.merge16(at16 + twice(self.from32(at32)))
        return self.merge8(at8 + twice(self.from16(at16)))

    def forward(self, luma):
        maps = self.head(self.features(luma))
        return maps[:, :1], maps[:, 1:] * CORNER_GAIN


def twice(maps):
    return functional.interpolate(maps, scale_factor=2.0, mode='nearest')


class ExportedDetector(nn.Module):
    """The graph that ships: uint8 luminance in, `maps` [N,9,H/8,W/8] out, normalisation and sigmoid inside."""

    def __init__(self, detector):
        super().__init__()
        self.detector = folded(detector)
        head, first = self.detector.head, self.detector.to4[0][0]
        with torch.no_grad():
            head.weight[1:] *= CORNER_GAIN
            head.bias[1:] = head.bias[1:] * CORNER_GAIN - PIXEL_CENTRE / STRIDE
            # Only the scale goes into the first layer: the zero padding must keep meaning mid grey.
            first.weight /= 64.0

    def forward(self, luma):
        detector = self.detector
        at8 = detector.to8(detector.to4(luma.float() - 128.0))
        at16 = detector.to16(at8)
        at16 = detector.merge16(at16 + twice(detector.from32(detector.to32(at16))))
        maps = detector.head(detector.merge8(at8 + twice(detector.from16(at16))))
        return torch.cat([torch.sigmoid(maps[:, :1]), maps[:, 1:]], 1)


def folded(detector):
    """A copy in evaluation mode whose batch normalisations have become part of the convolutions before them."""
    detector = copy.deepcopy(detector).eval()
    for block in list(detector.modules()):
        if isinstance(block, nn.Sequential) and len(block) == 3 and isinstance(block[1], nn.BatchNorm2d):
            block[0] = torch.nn.utils.fusion.fuse_conv_bn_eval(block[0], block[1])
            block[1] = nn.Identity()
    return detector


def parameter_count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def multiply_accumulates(model, height, width):
    """Multiply-accumulate operations of one picture, counted by running the convolutions once."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += output.shape[2] * output.shape[3] * layer.weight.numel()

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        model(torch.zeros(1, 1, height, width))
    for hook in hooks:
        hook.remove()
    return total


def export_onnx(exported, path, size=(384, 640)):
    """Writes a graph of uint8 luminance of any size to maps."""
    torch.onnx.export(
        exported, torch.zeros(1, 1, *size, dtype=torch.uint8), str(path), opset_version=13,
        input_names=['luma'], output_names=['maps'],
        dynamic_axes={'luma': {2: 'height', 3: 'width'}, 'maps': {2: 'rows', 3: 'columns'}},
    )
