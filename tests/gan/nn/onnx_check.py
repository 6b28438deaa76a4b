"""onnx_check.py MODEL.onnx CASE.safetensors: ONNX's checker, then ONNX Runtime on the case's inputs ("in.NAME"); prints
the name and relative L2 distance of every output ("out.NAME")."""
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
assert [(o.domain, o.version) for o in model.opset_import] == [("", 17)], model.opset_import
case = load_file(sys.argv[2])
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
names = [o.name for o in session.get_outputs()]
values = session.run(names, {i.name: case["in." + i.name] for i in session.get_inputs()})
for name, theirs in zip(names, values):
    ours = case["out." + name].astype(np.float64)
    assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
    print(name, np.linalg.norm(ours - theirs) / np.linalg.norm(ours))
for entry in model.metadata_props:
    print("meta", entry.key, entry.value)
