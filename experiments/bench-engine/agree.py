"""Compares one step of ours with PyTorch's:  agree.py NETWORK BASE FILE double|single
Prints `loss`, `out`, `grad.x`, `gradients` (of all parameters together), `worst` (of one parameter) with their relative
L2 distances, and `kinks`: how many activations and L1 terms lie so close to their kink that rounding may decide."""
import sys

import torch

import case
import networks


def near_kinks(task, x, y, closeness=3e-6):
    """Counts |pre-activation| < closeness * its root mean square, over the whole step."""
    found = []

    def look(module, inputs):
        z = inputs[0].detach()
        found.append(int((z.abs() < closeness * z.square().mean().sqrt()).sum()))

    kinds = (torch.nn.ReLU, torch.nn.LeakyReLU)
    hooks = [m.register_forward_pre_hook(look) for n in task.networks for m in n.modules() if isinstance(m, kinds)]
    _, out = task.step(x, y)
    for hook in hooks:
        hook.remove()
    if y is not None:
        found.append(int(((out - y).abs() < closeness).sum()))
    for n in task.networks:
        n.zero_grad(set_to_none=True)
    return sum(found)


def main():
    name, base, path, precision = sys.argv[1:5]
    dtype = torch.float64 if precision == "double" else torch.float32
    torch.set_num_threads(2)
    tensors, meta = case.read(path)
    task = networks.make(name, int(base))
    case.load(task.networks, tensors)
    for n in task.networks:
        n.to(torch.float64)
    x = case.nchw(tensors["x"])
    y = case.nchw(tensors["y"]) if "y" in tensors else None
    print("kinks", near_kinks(task, x.double(), None if y is None else y.double()))

    for n in task.networks:
        n.to(dtype)
    case.load(task.networks, tensors)
    x = x.to(dtype).requires_grad_("grad.x" in tensors)
    losses, out = task.step(x, None if y is None else y.to(dtype))
    ours = [float(meta[k]) for k in ("loss", "critic_loss") if k in meta]
    print("loss", max(abs(a - b.item()) / abs(b.item()) for a, b in zip(ours, losses)))
    if "out" in tensors:
        print("out", case.relative(case.nchw(tensors["out"]), out.detach()))
    if "grad.x" in tensors:
        print("grad.x", case.relative(case.nchw(tensors["grad.x"]), x.grad))
    pairs = list(case.gradients(task.networks, tensors))
    far = sum(float((a.double() - b.double()).square().sum()) for _, a, b in pairs)
    size = sum(float(b.double().square().sum()) for _, _, b in pairs)
    print("gradients", (far / size) ** 0.5)
    worst = max(pairs, key=lambda p: case.relative(p[1], p[2]))
    print("worst", case.relative(worst[1], worst[2]), worst[0])


main()
