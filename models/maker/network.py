"""The classifier: a small MobileNet with a batch normalization after every convolution."""

import torch
from torch import nn
from torch.nn import functional as F

STEM = 16
# name, channels after expansion (None: no expansion, MobileNet v1), channels out, stride.
# An expanded block ends without activation and is added to its input where the shapes agree.
BLOCKS = [
    ("block1", None, 24, 1),
    ("block2", None, 32, 2),
    ("block3", 96, 32, 1),
    ("block4", None, 64, 2),
    ("block5", 192, 64, 1),
    ("block6", None, 128, 2),
    ("block7", None, 128, 1),
]

# The scale of the normalizations on both sides of a depthwise convolution starts log-normal with
# this spread, not at 1. Training keeps the spread, so a folded depthwise layer has channels of very
# different size, as those of the well-known MobileNets have. README.md says what this teaches.
SPREAD = 1.0


class Unit(nn.Module):
  """Convolution, batch normalization and, if asked for, a ReLU6."""

  def __init__(self, name, cin, cout, kernel, stride=1, groups=1, clip=True):
    super().__init__()
    self.name, self.clip = name, clip
    self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
    self.bn = nn.BatchNorm2d(cout)

  def forward(self, x):
    x = self.bn(self.conv(x))
    return F.hardtanh(x, 0., 6.) if self.clip else x


class Block(nn.Module):
  def __init__(self, name, cin, middle, cout, stride):
    super().__init__()
    self.name, self.add = name, bool(middle) and stride == 1 and cin == cout
    wide = middle or cin
    self.units = nn.Sequential(
        *([Unit(name + "/expand", cin, wide, 1)] if middle else []),
        Unit(name + "/depthwise", wide, wide, 3, stride, groups=wide),
        Unit(name + "/project", wide, cout, 1, clip=not middle))

  def forward(self, x):
    y = self.units(x)
    return x + y if self.add else y


class Network(nn.Module):
  def __init__(self, classes):
    super().__init__()
    self.stem, blocks, cin = Unit("stem", 3, STEM, 3, 2), [], STEM
    for name, middle, cout, stride in BLOCKS:
      blocks.append(Block(name, cin, middle, cout, stride))
      cin = cout
    self.blocks, self.classifier = nn.Sequential(*blocks), nn.Linear(cin, classes)

  def forward(self, x):
    return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def spread_scales(net, generator):
  """Draws the starting scales around every depthwise convolution of the blocks."""
  for block in net.blocks:
    for unit in block.units[:-1]:
      scale = unit.bn.weight
      with torch.no_grad():
        scale.copy_(torch.exp(SPREAD * torch.randn(scale.shape, generator=generator)))
