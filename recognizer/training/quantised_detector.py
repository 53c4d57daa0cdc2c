"""The detector in eight bits: the same layers and weights as PlateDetector, with roundings where the node's integer kernels round."""
from torch import nn

import torch

from detector_model import CORNER_GAIN, PIXEL_CENTRE, STRIDE, folded, twice
from quantise import Rounded, RoundedConv, RoundedSum


def _rounded(block):
    """A convolution block (convolution, folded normalisation, ReLU) or a sequence of such."""
    if isinstance(block, nn.Sequential) and isinstance(block[0], nn.Conv2d):
        return RoundedConv(block[0], relu=True)
    return nn.Sequential(*(_rounded(child) for child in block))


class QuantisedDetector(nn.Module):
    """Takes and answers what PlateDetector does: luminance to score logits and corners in cells. calibrate() it before use."""

    def __init__(self, detector):
        super().__init__()
        detector = folded(detector)
        self.widths, self.input = detector.widths, Rounded(signed=True)
        self.to4, self.to8, self.to16, self.to32 = (_rounded(b) for b in (detector.to4, detector.to8, detector.to16, detector.to32))
        self.from32, self.from16 = RoundedConv(detector.from32, relu=False), RoundedConv(detector.from16, relu=False)
        self.sum16, self.sum8 = RoundedSum(relu=False), RoundedSum(relu=False)
        self.merge16, self.merge8 = _rounded(detector.merge16), _rounded(detector.merge8)
        self.head = RoundedConv(detector.head, relu=False, rounded_output=False)

    def forward(self, luma):
        at8 = self.to8(self.to4(self.input((luma - 128.0) / 64.0)))
        at16 = self.to16(at8)
        at16 = self.merge16(self.sum16(at16, twice(self.from32(self.to32(at16)))))
        maps = self.head(self.merge8(self.sum8(at8, twice(self.from16(at16)))))
        return maps[:, :1], maps[:, 1:] * CORNER_GAIN


class ExportedQuantisedDetector(nn.Module):
    """The graph that ships: uint8 luminance in, `maps` [N,9,H/8,W/8] out, as ExportedDetector's."""

    def __init__(self, quantised):
        super().__init__()
        self.detector = quantised

    def forward(self, luma):
        logits, corners = self.detector(luma.float())
        return torch.cat([torch.sigmoid(logits), corners - PIXEL_CENTRE / STRIDE], 1)
