"""Renders one folded figure lying on a table: light, paper, shadow, table, scraps, a camera."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .figures import FIGURES

SIDE = 96            # pixels of the finished picture
OVER = 3             # rendered this much larger, then averaged
FULL = SIDE * OVER
JPEG = {"quality": 80, "subsampling": 0, "optimize": True}

PAPERS = ["#d8432f", "#e2703a", "#efb035", "#f2d06b", "#7fa650", "#3f7f5f", "#2f8f9d", "#3f6fb0",
          "#27406f", "#7a5aa6", "#c25b8e", "#eb9aa0", "#8d5a3b", "#f0e6d2", "#5b6770"]
TABLES = ["#c9a97c", "#8c6a4a", "#5d4433", "#e7ddca", "#d5d8d8", "#9fb0b5", "#53707a", "#2f4a4f",
          "#3d7a66", "#a8b88a", "#d9b8a8", "#b56b5a", "#3a3f4a", "#efe9dd", "#b7a7c4"]
INK = np.array([38., 34., 36.])
CREAM = np.array([246., 240., 228.])

Y, X = np.mgrid[0:FULL, 0:FULL].astype(np.float32)


def colour(rng, names, spread=14):
  """A colour of the palette, a little off."""
  code = names[rng.integers(len(names))]
  rgb = np.array([int(code[i:i + 2], 16) for i in (1, 3, 5)], np.float64)
  return np.clip(rgb + rng.normal(0, spread, 3) + rng.normal(0, spread), 8, 250)


def soft_noise(rng, across, down):
  """Smooth noise in -1..1 with so many cells across and down."""
  cells = Image.fromarray(rng.uniform(-1, 1, (down, across)).astype(np.float32))
  return np.asarray(cells.resize((FULL, FULL), Image.BICUBIC))


def blurred(mask, radius):
  """A blurred mask in 0..1, worked out at the small size."""
  small = mask.resize((SIDE, SIDE), Image.BOX).filter(ImageFilter.GaussianBlur(radius))
  return np.asarray(small.resize((FULL, FULL), Image.BILINEAR), np.float32) / 255


def wave(coordinate, period):
  return 0.5 + 0.5 * np.sin(coordinate * (2 * np.pi / period))


# ---- the table: each kind gives a brightness in about -1..1, laid along u and v

def plain(rng, u, v):
  return 0.3 * soft_noise(rng, 4, 4)


def wood(rng, u, v):
  rings = wave(v + 14 * soft_noise(rng, 3, 7), rng.uniform(18, 50)) - 0.5
  return rings + 0.6 * soft_noise(rng, 5, 90)


def linen(rng, u, v):
  return 0.5 * (wave(u, 9) + wave(v, 9) - 1) + 0.5 * soft_noise(rng, 60, 60)


def grid(rng, u, v):
  cell = rng.uniform(26, 56)
  return 0.9 * ((u % cell < 3) | (v % cell < 3)) * rng.choice([-1, 1])


def stripes(rng, u, v):
  return np.sign(wave(u, rng.uniform(24, 90)) - 0.5) * rng.uniform(0.3, 0.9)


def printed(rng, u, v):
  """Lines of words: a sheet from the press."""
  line, word = np.floor(v / 15), u / rng.uniform(16, 26)
  gap = np.sin(np.floor(word + 0.37 * line) * 12.9898 + line * 78.233) * 43758.5453 % 1
  return -1.1 * ((v % 15 < 6) & (gap > 0.25) & (word % 1 < 0.86))


TABLE_KINDS = [plain, plain, wood, wood, linen, grid, stripes, printed]


def table(rng):
  angle = rng.uniform(0, np.pi)
  u, v = np.cos(angle) * X + np.sin(angle) * Y, np.cos(angle) * Y - np.sin(angle) * X
  relief = TABLE_KINDS[rng.integers(len(TABLE_KINDS))](rng, u + 999, v + 999)
  shade = 1 + rng.uniform(0.08, 0.3) * relief
  return colour(rng, TABLES) * shade[..., None]


# ---- patterned paper: each kind gives where the accent colour is printed

PATTERNS = [
    lambda u, v: np.zeros_like(u, bool),
    lambda u, v: np.zeros_like(u, bool),
    lambda u, v: wave(u, 0.22) * wave(v, 0.22) > 0.62,
    lambda u, v: wave(u + v, 0.3) > 0.7,
    lambda u, v: (wave(u, 0.34) > 0.5) ^ (wave(v, 0.34) > 0.5),
    lambda u, v: (np.hypot(u % 0.3 - 0.15, v % 0.2) * 14 % 1) > 0.66,
]


def placed(rng, name):
  """The figure's facets moved to the picture, and the matrix and centre that did it."""
  facets, turn = FIGURES[name]
  angle = np.radians(rng.uniform(-turn, turn))
  size = FULL * rng.uniform(0.27, 0.46)
  rotate = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
  lean = np.array([[rng.choice([-1, 1]), rng.normal(0, 0.16)], [rng.normal(0, 0.08), 1]])
  matrix = rotate @ lean @ np.diag(rng.uniform(0.84, 1.08, 2)) * size
  centre = FULL * (0.5 + rng.uniform(-1, 1, 2) * (0.53 - size / FULL) * 0.7)
  depth = rng.uniform(-0.16, 0.16, 2)
  corners = {}

  def move(point):
    if point not in corners:   # shared corners stay shared when they are jittered
      corners[point] = np.array(point) + rng.normal(0, 0.022, 2)
    p = corners[point]
    return tuple(matrix @ p / (1 + depth @ p) + centre)

  moved = [(side, matrix @ tilt / size, [move(p) for p in points]) for side, tilt, points in facets]
  return moved, np.linalg.inv(matrix), centre


def paper(rng, facets, inverse, centre, light):
  """Colours of the folded sheet, and its mask."""
  ids, creases = Image.new("L", (FULL, FULL)), Image.new("L", (FULL, FULL))
  pen, nib = ImageDraw.Draw(ids), ImageDraw.Draw(creases)
  for i, (_, _, points) in enumerate(facets):
    pen.polygon(points, fill=i + 1)
    nib.polygon(points, fill=0)
    nib.line(points + points[:1], fill=255, width=2)
  index = np.asarray(ids)

  front = colour(rng, PAPERS)
  pale = 0.35 * front + 0.65 * CREAM
  back = pale if rng.random() < 0.8 else colour(rng, PAPERS)
  accent = 0.45 * front + 0.55 * colour(rng, PAPERS)
  colours = {"front": front, "back": back, "ink": INK}
  base = np.array([INK] + [colours[side] for side, _, _ in facets])
  is_front = np.array([False] + [side == "front" for side, _, _ in facets])

  lit, bend = [0.0], [(0.0, 0.0, 0.0)]
  for _, tilt, points in facets:
    lit.append(1 + rng.uniform(0.24, 0.4) * float(tilt @ light) + rng.normal(0, 0.035))
    way, middle = rng.normal(0, 0.09, 2) / (FULL * 0.3), np.mean(points, axis=0)
    bend.append((way[0], way[1], -way @ middle))
  bend = np.array(bend, np.float32)[index]
  shade = np.array(lit, np.float32)[index] + bend[..., 0] * X + bend[..., 1] * Y + bend[..., 2]

  u = inverse[0, 0] * (X - centre[0]) + inverse[0, 1] * (Y - centre[1])
  v = inverse[1, 0] * (X - centre[0]) + inverse[1, 1] * (Y - centre[1])
  ink = PATTERNS[rng.integers(len(PATTERNS))](u, v) & is_front[index]
  rgb = np.where(ink[..., None], accent, base[index])
  edge = np.asarray(creases, np.float32) / 255 * rng.uniform(0.1, 0.4)
  rgb = rgb * (shade * (1 + 0.03 * soft_noise(rng, 80, 80)))[..., None]
  return rgb + edge[..., None] * (255 - rgb), ids.point(lambda i: 255 if i else 0)


def scrap(rng, picture, light):
  """A cut-off of other paper, anywhere: something to be looked past."""
  at, size = rng.uniform(0, FULL, 2), FULL * rng.uniform(0.06, 0.2)
  angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 5)))
  points = [tuple(at + size * np.array([np.cos(a), np.sin(a)])) for a in angles]
  mask = Image.new("L", (FULL, FULL))
  ImageDraw.Draw(mask).polygon(points, fill=255)
  return laid(picture, colour(rng, PAPERS) * np.ones((FULL, FULL, 1)), mask, light * 4, 1.5, 0.4)


def laid(picture, rgb, mask, offset, softness, darkness):
  """The sheet laid on the picture with its shadow."""
  shadow = np.roll(blurred(mask, softness), (-offset).astype(int)[::-1], (0, 1))
  picture = picture * (1 - darkness * shadow)[..., None]
  return np.where(np.asarray(mask)[..., None] > 0, rgb, picture)


def camera(rng, picture):
  """Falling light, averaging down, focus, exposure, grain."""
  slope = rng.normal(0, 0.16, 2) / FULL
  picture = picture * (1 + slope[0] * (X - FULL / 2) + slope[1] * (Y - FULL / 2))[..., None]
  small = picture.reshape(SIDE, OVER, SIDE, OVER, 3).mean((1, 3))
  image = Image.fromarray(np.clip(small, 0, 255).astype(np.uint8))
  image = image.filter(ImageFilter.GaussianBlur(max(0, rng.normal(0.2, 0.5))))
  small = np.asarray(image, np.float32) * rng.normal(1, 0.04, 3) * rng.uniform(0.7, 1.08)
  small = small + rng.normal(0, abs(rng.normal(0, 4)), small.shape)
  return np.clip(np.rint(small), 0, 255).astype(np.uint8)


def render(rng, name):
  """A picture of the named figure, (96, 96, 3) uint8."""
  direction = rng.uniform(-np.pi, 0)   # the light comes from above
  light = np.array([np.cos(direction), np.sin(direction)])
  picture = table(rng)
  for _ in range(rng.integers(0, 4)):
    picture = scrap(rng, picture, light)
  facets, inverse, centre = placed(rng, name)
  rgb, mask = paper(rng, facets, inverse, centre, light)
  height = rng.uniform(4, 14)
  picture = laid(picture, rgb, mask, light * height, height / 4, rng.uniform(0.35, 0.6))
  if rng.random() < 0.25:
    picture = scrap(rng, picture, light)
  return camera(rng, picture)


def to_jpeg(pixels):
  data = io.BytesIO()
  Image.fromarray(pixels).save(data, "JPEG", **JPEG)
  return data.getvalue()


def from_jpeg(data):
  return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
