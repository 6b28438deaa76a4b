"""The file of weights, data, outputs and gradients that bench_engine writes, as PyTorch sees it."""
import torch
from safetensors import safe_open


def read(path):
    """name -> tensor as in the file, and the metadata."""
    with safe_open(path, "pt") as f:
        return {k: f.get_tensor(k) for k in f.keys()}, f.metadata() or {}


def nchw(t):
    return t.permute(0, 3, 1, 2).contiguous()


def parameters(networks):
    """Our name -> the peer's parameter, for every parameter of the networks."""
    found = {}
    for network in networks:
        for prefix, module in network.named.items():
            norm = hasattr(module, "eps")
            for ours, theirs in (("gamma", "weight"), ("beta", "bias")) if norm else (("weight",) * 2, ("bias",) * 2):
                value = getattr(module, theirs, None)
                if value is not None:
                    found[f"{prefix}.{ours}"] = value
    all_of_them = sum(len(list(n.parameters())) for n in networks)
    if len(found) != all_of_them:
        raise SystemExit(f"case.py: {len(found)} parameters named, {all_of_them} there")
    return found


def load(networks, tensors):
    """Our weights into the peer's modules; both must have the same parameters."""
    theirs = parameters(networks)
    ours = {k[len("net."):] for k in tensors if k.startswith("net.") and ".running_" not in k}
    if ours != set(theirs):
        raise SystemExit(f"case.py: parameters differ: {sorted(ours ^ set(theirs))[:8]}")
    with torch.no_grad():
        for name, value in theirs.items():
            value.copy_(tensors["net." + name].reshape(value.shape))


def gradients(networks, tensors):
    """(name, ours, theirs) of every parameter, in the peer's order of axes."""
    for name, value in parameters(networks).items():
        ours = tensors["grad." + name]
        if value.dim() == 4:  # memory holds (a, h, w, b) of the peer's (a, b, h, w)
            a, b, h, w = value.shape
            ours = ours.reshape(a, h, w, b).permute(0, 3, 1, 2)
        yield name, ours.reshape(value.shape), value.grad


def relative(a, b):
    """Relative L2 distance of a from b, in double."""
    a, b = a.double(), b.double()
    return float((a - b).norm() / b.norm().clamp_min(1e-300))
