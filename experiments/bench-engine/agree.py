"""Compares one step of ours with PyTorch's:  agree.py NETWORK BASE FILE double|single
Prints `loss`, `out`, `grad.x`, `gradients` (of all parameters together), `worst` (of one parameter) with their relative
L2 distances.  In single also `kinks`, how many activations and L1 terms lie so close to their kink that rounding may decide,
and out and worst of both sides against PyTorch in double: `out.ours`, `out.theirs`, `worst.ours`, `worst.theirs`."""
import sys

import torch

import case
import networks


def few(z):
    """At most some 100 000 values of a layer, and the sizes of all that are small."""
    z = z.detach().double().flatten()
    size = z.abs()
    return z[:: 1 + z.numel() // 100_000].clone(), size[size < 1e-3 * z.square().mean().sqrt()]


def watched_step(task, x, y):
    """One step; also returns few() of what entered each activation, in the order of the calls, and the outputs."""
    found = []
    kinds = (torch.nn.ReLU, torch.nn.LeakyReLU)
    hooks = [m.register_forward_pre_hook(lambda _, inputs: found.append(few(inputs[0])))
             for n in task.networks for m in n.modules() if isinstance(m, kinds)]
    losses, out = task.step(x, y)
    for hook in hooks:
        hook.remove()
    if y is not None:
        found.append(few(out - y))
    return found, losses, out.detach()


def near_kinks(exact, rounded, deviations=4):
    """How many values of the exact step are nearer to 0 than some standard deviations of their layer's rounding."""
    return sum(int((small < deviations * (a - b).square().mean().sqrt()).sum())
               for (a, small), (b, _) in zip(exact, rounded))


def worst(pairs):
    """The largest relative distance, and the parameter's name."""
    return max((case.relative(a, b), name) for name, a, b in pairs)


def main():
    name, base, path, precision = sys.argv[1:5]
    torch.set_num_threads(2)
    tensors, meta = case.read(path)
    x = case.nchw(tensors["x"])
    y = case.nchw(tensors["y"]) if "y" in tensors else None
    seen = []
    for dtype in (torch.float64, torch.float32) if precision == "single" else (torch.float64,):
        task = networks.make(name, int(base))
        for n in task.networks:
            n.to(dtype)
        case.load(task.networks, tensors)
        x = x.detach().to(dtype).requires_grad_("grad.x" in tensors)
        inside, losses, out = watched_step(task, x, None if y is None else y.to(dtype))
        seen.append((task, inside, out))
    if precision == "single":
        print("kinks", near_kinks(seen[0][1], seen[1][1]))
    ours = [float(meta[k]) for k in ("loss", "critic_loss") if k in meta]
    print("loss", max(abs(a - b.item()) / abs(b.item()) for a, b in zip(ours, losses)))
    if "out" in tensors:
        print("out", case.relative(case.nchw(tensors["out"]), out))
        print("out.ours", case.relative(case.nchw(tensors["out"]), seen[0][2]))
        print("out.theirs", case.relative(out, seen[0][2]))
    if "grad.x" in tensors:
        print("grad.x", case.relative(case.nchw(tensors["grad.x"]), x.grad))
    pairs = list(case.gradients(task.networks, tensors))
    far = sum(float((a.double() - b.double()).square().sum()) for _, a, b in pairs)
    size = sum(float(b.double().square().sum()) for _, _, b in pairs)
    print("gradients", (far / size) ** 0.5)
    print("worst", *worst((name, a, b) for name, a, b in pairs))
    exact = case.parameters(seen[0][0].networks)
    print("worst.ours", *worst((name, a, exact[name].grad) for name, a, _ in pairs))
    print("worst.theirs", *worst((name, b, exact[name].grad) for name, _, b in pairs))


main()
