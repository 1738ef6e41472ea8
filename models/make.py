#!/usr/bin/python3
"""Makes models/demo: renders pictures of folded paper, trains a small MobileNet on them, writes
the ONNX file and the labelled calibration and test pictures.

Needs Debian 12's python3-torch python3-onnx python3-numpy python3-pil, a quarter of an hour.
Run seldom and by people; tests and the demo use what it wrote.  Usage: models/make.py [seed]
"""

import sys
import time
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import onnx

sys.dont_write_bytecode = True
from maker import onnx_file, scene, training   # noqa: E402
from maker.figures import FIGURES   # noqa: E402

CLASSES = list(FIGURES)
TRAINING, VALIDATION, CALIBRATION, TEST = 1200, 100, 4, 16   # pictures of each class
PLACE = Path(__file__).parent / "demo"


def picture(job):
  """A JPEG. Every split draws from a stream of its own, so no picture is in two."""
  seed, split, number, label = job
  rng = np.random.default_rng([seed, split, number, label])
  return scene.to_jpeg(scene.render(rng, CLASSES[label]))


def pictures(pool, seed, split, each):
  """JPEGs of one split and their labels, class by class."""
  jobs = [(seed, split, number, label) for label in range(len(CLASSES)) for number in range(each)]
  return pool.map(picture, jobs, chunksize=16), np.array([label for *_, label in jobs])


def decoded(jpegs):
  return np.stack([scene.from_jpeg(data) for data in jpegs])


def write_split(folder, label_file, first, jpegs, labels):
  """Files such as fox_005.jpg, numbered from `first` in each class, and their label lines."""
  folder.mkdir(parents=True, exist_ok=True)
  for old in folder.glob("*.jpg"):
    old.unlink()
  lines = []
  each = len(jpegs) // len(CLASSES)
  for i, (data, label) in enumerate(zip(jpegs, labels)):
    name = f"{CLASSES[label]}_{first + i % each:03}.jpg"
    (folder / name).write_bytes(data)
    lines.append(f"{name} {label}\n")
  label_file.write_text("".join(lines))


def main():
  seed, start = int(sys.argv[1]) if len(sys.argv) > 1 else 8, time.time()
  with Pool(2) as pool:
    splits = [pictures(pool, seed, split, each)
              for split, each in enumerate([TRAINING, VALIDATION, CALIBRATION, TEST])]
  learn, check, calibrate, test = splits
  count = sum(len(labels) for _, labels in splits)
  print(f"rendered {count} pictures in {time.time() - start:.0f} s")

  net = training.train(decoded(learn[0]), learn[1], len(CLASSES), seed)
  print(f"validation accuracy {training.accuracy(net, decoded(check[0]), check[1]):.4f}")
  print(f"test accuracy       {training.accuracy(net, decoded(test[0]), test[1]):.4f}")

  write_split(PLACE / "calibration", PLACE / "calibration_labels.txt", 1, *calibrate)
  write_split(PLACE / "test", PLACE / "labels.txt", 1 + CALIBRATION, *test)
  (PLACE / "classes.txt").write_text("".join(name + "\n" for name in CLASSES))
  onnx.save(onnx_file.to_onnx(net), str(PLACE / "demo.onnx"))
  print(f"wrote {PLACE} after {time.time() - start:.0f} s")


if __name__ == "__main__":
  main()
