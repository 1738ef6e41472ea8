"""Trains the network on pictures rendered for it."""

import time

import numpy as np
import torch
from torch.nn import functional as F

from .network import Network, spread_scales

EPOCHS = 14
BATCH = 64
RATE = 3e-3
DECAY = 1e-2


def as_input(pixels):
  """(n, h, w, 3) bytes as what the network sees: x / 127.5 - 1, channels first."""
  return torch.from_numpy(pixels.transpose(0, 3, 1, 2).astype(np.float32)) / 127.5 - 1


def optimizer_for(net):
  """Full convolutions and the classifier decay; depthwise ones and normalizations do not."""
  full = [p for p in net.parameters() if p.ndim > 1 and p.shape[1] > 1]
  chosen = {id(p) for p in full}
  rest = [p for p in net.parameters() if id(p) not in chosen]
  return torch.optim.AdamW([{"params": full, "weight_decay": DECAY},
                            {"params": rest, "weight_decay": 0}], RATE)


def train(pixels, labels, classes, seed):
  torch.manual_seed(seed)
  torch.set_num_threads(1)   # the same sums in the same order on every machine
  torch.use_deterministic_algorithms(True)
  order = torch.Generator().manual_seed(seed)
  net = Network(classes).to(memory_format=torch.channels_last)
  spread_scales(net, order)

  optimizer, batches = optimizer_for(net), len(pixels) // BATCH
  rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, EPOCHS * batches, pct_start=0.15)
  start, labels = time.time(), torch.from_numpy(labels)
  for epoch in range(EPOCHS):
    total, shuffled = 0.0, torch.randperm(len(pixels), generator=order)
    for picks in shuffled[:batches * BATCH].split(BATCH):
      inputs = as_input(pixels[picks.numpy()]).contiguous(memory_format=torch.channels_last)
      loss = F.cross_entropy(net(inputs), labels[picks])
      optimizer.zero_grad()
      loss.backward()
      optimizer.step()
      rate.step()
      total += loss.item()
    print(f"epoch {epoch + 1}/{EPOCHS}  loss {total / batches:.4f}  {time.time() - start:.0f} s",
          flush=True)
  return net.eval()


def accuracy(net, pixels, labels):
  with torch.no_grad():
    parts = np.array_split(pixels, len(pixels) // BATCH)
    answers = torch.cat([net(as_input(part)) for part in parts])
  return float((answers.argmax(1).numpy() == labels).mean())
