"""The network as ONNX nodes with names a person can read, every BatchNormalization kept."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .scene import SIDE

OPSET = 13


class Writer:
  """Collects nodes and initializers; each method returns the name of the value that it makes."""

  def __init__(self):
    self.nodes, self.tensors = [], []

  def constant(self, name, values):
    values = np.asarray(values.detach() if torch.is_tensor(values) else values, np.float32)
    self.tensors.append(numpy_helper.from_array(values, name))
    return name

  def node(self, op, name, inputs, **attributes):
    self.nodes.append(helper.make_node(op, inputs, [name + ":0"], name=name, **attributes))
    return name + ":0"

  def unit(self, unit, x):
    conv, bn, name = unit.conv, unit.bn, unit.name
    x = self.node("Conv", name, [x, self.constant(name + "/weight", conv.weight)],
                  kernel_shape=list(conv.kernel_size), strides=list(conv.stride),
                  pads=list(conv.padding) * 2, group=conv.groups)
    parts = {"scale": bn.weight, "shift": bn.bias, "mean": bn.running_mean, "var": bn.running_var}
    parts = [self.constant(f"{name}/bn/{part}", values) for part, values in parts.items()]
    x = self.node("BatchNormalization", name + "/bn", [x] + parts, epsilon=bn.eps)
    return self.node("Clip", name + "/relu6", [x, "relu6/min", "relu6/max"]) if unit.clip else x

  def block(self, block, x):
    y = x
    for unit in block.units:
      y = self.unit(unit, y)
    return self.node("Add", block.name + "/add", [x, y]) if block.add else y


def to_onnx(net):
  """The trained network as an ONNX model: `image` (N, 3, 96, 96) to `probabilities`."""
  w = Writer()
  w.constant("relu6/min", 0), w.constant("relu6/max", 6)
  x = w.unit(net.stem, "image")
  for block in net.blocks:
    x = w.block(block, x)
  x = w.node("GlobalAveragePool", "pool", [x])
  x = w.node("Flatten", "flatten", [x])
  weight = w.constant("classifier/weight", net.classifier.weight)
  bias = w.constant("classifier/bias", net.classifier.bias)
  x = w.node("Gemm", "classifier", [x, weight, bias], transB=1)
  w.nodes.append(helper.make_node("Softmax", [x], ["probabilities"], name="softmax", axis=1))

  image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])
  classes = net.classifier.out_features
  answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes])
  graph = helper.make_graph(w.nodes, "folded paper", [image], [answer], w.tensors)
  model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=7,
                            producer_name="octavo models/make.py")
  onnx.checker.check_model(model)
  return model
