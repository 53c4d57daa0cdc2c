"""The reader: a small residual convolutional network with a CTC head, a country head and a 'readable plate' head."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from camera import CROP_H, CROP_W, ENDS_H, LEFT_W, RIGHT_W
from plate_fonts import ALPHABET

CLASSES = len(ALPHABET) + 1  # 0 is the CTC blank
COLUMNS = 40
CHANNELS = (16, 32, 48, 80, 128)  # of the trunk, from the first convolution to the columns of characters
END_CHANNELS = (16, 32, 48)
# The parts that name the country: from the plate's ends alone, and all of them; the second's last output says whether it is a plate at all.
SIGNS = ('ends', 'sign_head')
COUNTRY = (*SIGNS, 'squeeze', 'global_head')
SQUEEZED = 32  # channels that the heads of country and plate see


class Conv(nn.Sequential):
    def __init__(self, cin, cout, kernel=3, stride=1, padding=None, act=True):
        k = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        pad = (k[0] // 2, k[1] // 2) if padding is None else padding
        layers = [nn.Conv2d(cin, cout, k, stride, pad, bias=False), nn.BatchNorm2d(cout)]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if act else []))


class Residual(nn.Module):
    def __init__(self, channels, kernel=3):
        super().__init__()
        self.a = Conv(channels, channels, kernel)
        self.b = Conv(channels, channels, kernel, act=False)

    def forward(self, x):
        return F.relu(x + self.b(self.a(x)))


class Reader(nn.Module):
    """uint8 [N, INPUT_BYTES] (camera.reader_input) -> (log-probabilities [N,40,37], country logits [N,C], plate logit [N])."""

    def __init__(self, countries, channels=CHANNELS):
        super().__init__()
        self.channels = tuple(channels)
        c1, c2, c3, c4, c5 = self.channels
        self.stem = nn.Sequential(Conv(1, c1, 5, 2), Conv(c1, c2), Conv(c2, c3, 3, 2))
        self.body = nn.Sequential(Residual(c3), Residual(c3), Conv(c3, c4, 3, (2, 1)), Residual(c4))
        self.collapse = Conv(c4, c5, (4, 1), 1, (0, 0))
        self.line = nn.Sequential(Residual(c5, (1, 5)))
        self.characters = nn.Conv2d(c5, CLASSES, 1)
        self.squeeze = Conv(c5, SQUEEZED, 1)
        self.global_head = nn.Sequential(nn.Linear(SQUEEZED * COLUMNS, 128), nn.ReLU(inplace=True), nn.Linear(128, countries + 1))
        e1, e2, e3 = END_CHANNELS
        self.ends = nn.Sequential(Conv(1, e1, 5, 2), Conv(e1, e2), Conv(e2, e3, 3, 2), Conv(e3, e3, 3, 2), Conv(e3, e3), Conv(e3, SQUEEZED, 1))
        self.sign_head = nn.Sequential(nn.Linear(SQUEEZED * (ENDS_H // 8) * ((LEFT_W + RIGHT_W) // 8), 96), nn.ReLU(inplace=True), nn.Linear(96, countries))

    @staticmethod
    def parts(inputs):
        """[N, INPUT_BYTES] -> (normalised crops [N,1,32,160], normalised ends [N,1,48,64])."""
        crops, ends = inputs[:, :CROP_H * CROP_W], inputs[:, CROP_H * CROP_W:]
        return Reader.normalised(crops.reshape(-1, 1, CROP_H, CROP_W)), Reader.normalised(ends.reshape(-1, 1, ENDS_H, LEFT_W + RIGHT_W))

    @staticmethod
    def normalised(crops):
        """Zero mean and about unit deviation a crop, whatever its light and contrast."""
        x = crops.float()
        x = x - x.mean((2, 3), keepdim=True)
        return x / ((x * x).mean((2, 3), keepdim=True).sqrt() + 6.0)

    def signs(self, inputs):
        """Country logits [N,C] from what the plate's ends show alone."""
        return self.sign_head(self.ends(self.parts(inputs)[1]).flatten(1)).float()

    def trunk(self, inputs):
        """The columns [N,channels,1,40] from which characters, country and plate are told."""
        return self.line(self.collapse(self.body(self.stem(self.parts(inputs)[0]))))

    def told(self, columns):
        """(country logits, plate logit) of the trunk's columns."""
        heads = self.global_head(self.squeeze(columns).flatten(1)).float()
        return heads[:, :-1], heads[:, -1]

    def whole(self, inputs):
        """What forward() gives, but the country as the whole plate tells it, without its ends."""
        columns = self.trunk(inputs)
        characters = self.characters(columns)[:, :, 0].transpose(1, 2)
        return F.log_softmax(characters.float(), dim=2), *self.told(columns)

    def forward(self, inputs):
        characters, countries, plates = self.whole(inputs)
        return characters, countries + self.signs(inputs), plates


def tempered(reader, temperature):
    """Makes the reader's characters so much less sure (surer below 1), in the weights of its last layer."""
    with torch.no_grad():
        reader.characters.weight /= temperature
        reader.characters.bias /= temperature
    return reader


def folded(module):
    """Replaces each convolution and its batch normalisation by one convolution, in place."""
    for name, child in module.named_children():
        if isinstance(child, Conv):
            layers = list(child)
            setattr(module, name, nn.Sequential(fuse_conv_bn_eval(layers[0], layers[1]), *layers[2:]))
        else:
            folded(child)
    return module
