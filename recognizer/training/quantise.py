"""Eight-bit copies of trained networks: layers that compute as ONNX Runtime's integer kernels will, to calibrate, fine-tune and export.

Activations are unsigned bytes with one scale a tensor; weights are signed with one scale an output channel and use 7 of their 8 bits,
because the AVX2 kernels add pairs of products in 16 bits and would saturate: so every processor reads alike.
"""
import torch
from torch import nn
from torch.nn import functional

WEIGHT_STEPS = 64
# Of all values seen this share lies within the range; what is beyond is clipped.
COVERED = 0.99995


class Rounded(nn.Module):
    """Rounds activations to 256 steps. While `watching`, it only learns their range; without `rounding` it lets them pass."""

    rounding = True

    def __init__(self, signed):
        super().__init__()
        self.signed, self.watching = signed, True
        self.register_buffer('scale', torch.tensor(1e-6))

    def forward(self, x):
        if self.watching:
            values = x.detach().abs().flatten().float()
            reach = values.kthvalue(max(1, int(len(values) * COVERED)))[0] / (127 if self.signed else 255)
            self.scale.copy_(torch.maximum(self.scale, reach))
            return x
        if not self.rounding:
            return x
        zero, scale = (128 if self.signed else 0), float(self.scale)
        return torch.fake_quantize_per_tensor_affine(x, scale, zero, 0, 255)


class RoundedConv(nn.Module):
    """A convolution (batch normalisation already folded in) with rounded weights and, unless it is a last layer, rounded output."""

    rounding = True

    def __init__(self, conv, relu, rounded_output=True):
        super().__init__()
        self.conv, self.relu = conv, relu
        self.out = Rounded(signed=not relu) if rounded_output else nn.Identity()

    def forward(self, x):
        weight = self.conv.weight
        if self.rounding:
            scale = weight.detach().abs().amax((1, 2, 3)) / WEIGHT_STEPS + 1e-9
            weight = torch.fake_quantize_per_channel_affine(weight, scale, torch.zeros_like(scale, dtype=torch.int32), 0, -128, 127)
        x = functional.conv2d(x, weight, self.conv.bias, self.conv.stride, self.conv.padding)
        return self.out(functional.relu(x) if self.relu else x)


class RoundedSum(nn.Module):
    """Adds two tensors, then a ReLU where one belongs, then rounds."""

    def __init__(self, relu):
        super().__init__()
        self.relu, self.out = relu, Rounded(signed=not relu)

    def forward(self, a, b):
        total = a + b
        return self.out(functional.relu(total) if self.relu else total)


def calibrate(model, batches):
    """Learns the ranges of every activation from the batches, then begins to round. The model is changed in place."""
    model.eval()
    with torch.no_grad():
        for batch in batches:
            model(batch)
    for module in model.modules():
        if isinstance(module, Rounded):
            module.watching = False
    return model


def exact(model, inputs):
    """Leaves every rounding out but those of the `inputs`, for a model in float32 to compare with. The model is changed in place."""
    for module in model.modules():
        if isinstance(module, (Rounded, RoundedConv)) and module not in inputs:
            module.rounding = False
    return model
