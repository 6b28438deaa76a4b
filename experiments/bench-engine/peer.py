"""PyTorch's side of the comparison: one network's training step in one mode, driven over stdin like bench_engine.

    peer.py NETWORK DEVICE BASE FILE MODE LAYOUT BATCH     DEVICE: cpu, cuda:0, cuda:0:bf16 (autocast)

The data of FILE are repeated up to BATCH.

"step N" runs N steps and prints their times in ms on one line; "quit" ends with the memory's peak."""
import sys
import time

import torch

import case
import networks

BYTES_PER_KB = 1024


def peak_bytes():
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) * BYTES_PER_KB for line in f if line.startswith("VmHWM"))


def prepare(name, spec, base, path, mode, layout, batch):
    """The step as a function without arguments."""
    half = spec.endswith(":bf16")
    device = torch.device(spec.removesuffix(":bf16"))
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    tensors, _ = case.read(path)
    task = networks.make(name, int(base))
    case.load(task.networks, tensors)
    for n in task.networks:
        n.to(device=device, memory_format=memory)
    optimisers = [torch.optim.Adam(n.parameters(), lr=1e-4, betas=(0.5, 0.999), eps=1e-8, fused=True) for n in task.networks]
    one = [case.nchw(tensors[k]) for k in ("x", "y") if k in tensors]
    host = [t.repeat(int(batch) // t.shape[0], 1, 1, 1).contiguous(memory_format=memory) for t in one]
    data = [t.to(device).contiguous(memory_format=memory) for t in host] + [None]
    if mode != "eager":
        task.compile(mode=mode)

    def step():
        for to, values in zip(data, host):
            to.copy_(values)
        torch.compiler.cudagraph_mark_step_begin()
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            task.step(data[0], data[1], optimisers)
        if device.type == "cuda":
            torch.cuda.synchronize()

    return step, device


def main():
    torch.set_num_threads(2)
    start_bytes = peak_bytes()
    step, device = prepare(*sys.argv[1:8])
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[:1] != ["step"]:
            break
        times = []
        for _ in range(int(words[1])):
            begin = time.perf_counter()
            step()
            times.append(f"{(time.perf_counter() - begin) * 1e3:.4f}")
        print(*times, flush=True)
    print("peak", torch.cuda.max_memory_allocated() if device.type == "cuda" else peak_bytes() - start_bytes, flush=True)


main()
