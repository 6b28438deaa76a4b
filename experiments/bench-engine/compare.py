"""Times our training step against PyTorch's, interleaved; run.sh calls it.  Finished rows lie in out/rows and are not
measured again, so that an interrupted run goes on where it stopped."""
import argparse
import concurrent.futures
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TITLES = {
    "resnet9": "ResNet-9 generator",
    "unet": "U-Net",
    "hrnet": "HRNet-W18",
    "convnext": "ConvNeXt-T under an FPN",
    "patchgan": "PatchGAN",
    "gan": "GAN step (U-Net, PatchGAN)",
}
MODES = ["eager", "default", "reduce-overhead", "max-autotune"]
CPU_MODES = ["eager", "default", "max-autotune"]  # reduce-overhead is CUDA graphs: on a CPU the default once more
KEPT = 3  # modes and layouts, best at the first batch, tried again at the others
LAYOUTS = ["contiguous", "channels_last"]
SEED = "1"


class Side:
    """A program that runs steps on demand."""

    def __init__(self, command, limit_s):
        self.limit_s = limit_s
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.expect("ready")

    def line(self):
        """The next line, or an error with what the program said."""
        import select

        if not select.select([self.process.stdout], [], [], self.limit_s)[0]:
            self.process.kill()
            raise RuntimeError(f"no answer in {self.limit_s} s")
        text = self.process.stdout.readline()
        if not text:
            self.errors.seek(0)
            raise RuntimeError(f"{pathlib.Path(self.process.args[0]).name} ended ({self.process.wait()}): " + self.errors.read().strip()[-300:])
        return text

    def expect(self, word):
        text = self.line()
        if not text.startswith(word):
            raise RuntimeError(f"'{text.strip()}' where '{word}' was expected")
        return text.split()[1:]

    def steps(self, n):
        self.process.stdin.write(f"step {n}\n")
        self.process.stdin.flush()
        return [float(t) for t in self.line().split()]

    def quit(self):
        """Ends the program; its memory's peak in bytes, None where it cannot tell."""
        self.process.stdin.close()
        peak = int(self.expect("peak")[0])
        self.process.kill()  # it has told all; PyTorch's compile workers may linger
        self.process.wait()
        return peak if peak >= 0 else None


class Row:
    """One network at one batch size.  open(), then measure(); those of several rows may be open at once."""

    def __init__(self, options, network, batch, candidates):
        """candidates: (mode, layout) pairs to choose among."""
        self.o, self.network, self.batch, self.candidates = options, network, batch, candidates
        device = options.device.replace(":", "-")
        self.path = HERE / "out" / "rows" / f"{network}-{device}-{batch}-{options.size}-{options.steps}.json"
        # On a GPU one sample is checked on the CPU, whatever the batch: it shows that both compute the same.
        self.checked = batch if options.device == "cpu" else 1
        self.file = self.path.parent / f"{network}-{self.checked}-{options.size}.safetensors"
        self.sides, self.tried = {}, set()

    def ours(self):
        o = self.o
        return Side([o.program, "serve", self.network, o.device, str(self.batch), str(o.size), "0", SEED], o.limit_s)

    def peer(self, mode, layout):
        command = [sys.executable, "-B", HERE / "peer.py", self.network, self.o.device, "0", self.file, mode, layout, self.batch]
        return Side(list(map(str, command)), self.o.limit_s)

    def write(self):
        o = self.o
        if not self.file.exists():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            case = [self.network, "cpu", str(self.checked), str(o.size), "0", SEED, str(self.file)]
            subprocess.run([o.program, "write", *case], check=True)

    def agreement(self):
        """Relative L2 distance of the loss and of all gradients together; both on the CPU in float."""
        said_by = self.file.with_suffix(".agreement")
        if not said_by.exists():
            command = [sys.executable, "-B", HERE / "agree.py", self.network, "0", self.file, "single"]
            said = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
            said_by.write_text(said)
        return {w[0]: float(w[1]) for w in map(str.split, said_by.read_text().splitlines())}

    def start(self, rival):
        """Keeps the mode's program, warm; one that fails is named and left out."""
        began = time.monotonic()
        self.tried.add(rival)
        try:
            side = self.peer(*rival)
            side.steps(3)  # the first compiles, CUDA graphs are recorded in the second
            self.sides[rival] = side
            said = f"ready in {time.monotonic() - began:.0f} s"
        except (RuntimeError, ValueError, BrokenPipeError) as reason:
            said = f"left out: {reason}"
        print(f"  {self.network}, batch {self.batch}, {', '.join(rival)}: {said}", file=sys.stderr, flush=True)

    def select(self):
        """Median ms of every mode and layout over a few steps; only the best two, and the best eager one, stay open."""
        trials = {}
        for begin in range(0, len(self.candidates), self.o.together):
            self.open(self.candidates[begin : begin + self.o.together])
            for rival in list(self.sides):
                if rival not in trials:
                    trials[rival] = statistics.median(self.sides[rival].steps(self.o.trial))
            kept = sorted(trials, key=trials.get)[:2]
            if self.o.device != "cpu":
                kept += [r for r in sorted(trials, key=trials.get) if r[0] == "eager"][:1]
            for rival in set(self.sides) - set(kept):
                self.sides.pop(rival).quit()
        if not trials:
            raise SystemExit(f"compare.py: no mode of PyTorch runs {self.network}")
        return trials

    def open(self, rivals):
        with concurrent.futures.ThreadPoolExecutor(self.o.together) as pool:
            list(pool.map(self.start, [r for r in rivals if r not in self.tried]))

    def contest(self):
        """Steps in turns, two at a time; name -> (median ms, peak bytes)."""
        sides = {"ours": self.ours()} | self.sides
        for side in sides.values():
            side.steps(4)
        times = {name: [] for name in sides}
        while len(times["ours"]) < self.o.steps:
            for name, side in sides.items():
                times[name] += side.steps(2)
        return {name: (statistics.median(times[name]), side.quit()) for name, side in sides.items()}

    def measure(self):
        self.write()
        agreement = self.agreement()
        trials = self.select()
        result = self.contest()
        rivals = [r for r in result if r != "ours"]
        best = min(rivals, key=lambda r: result[r][0])
        ours, peer = result["ours"], result[best]
        row = {
            "name": f"{TITLES[self.network]}, batch {self.batch}, {self.o.size}x{self.o.size}",
            "device": self.o.device,
            "ours": round(ours[0], 3),
            "peer": round(peer[0], 3),
            "peer_name": f"PyTorch {self.o.torch}, {best[0]}, {best[1]}",
            "unit": "ms/step",
            "ratio": round(peer[0] / ours[0], 4),
            "error": agreement["gradients"],
            "gate": gate(self.o.device, self.batch),
            "loss_error": agreement["loss"],
            "ours_peak_mb": megabytes(ours[1]),
            "peer_peak_mb": megabytes(peer[1]),
            "steps": self.o.steps,
            "trials_ms": {", ".join(r): round(t, 3) for r, t in trials.items()},
        }
        eager = [result[r][0] for r in rivals if r[0] == "eager"]
        if self.o.device != "cpu" and eager:
            row["eager_ratio"] = round(min(eager) / ours[0], 4)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".new")
        partial.write_text(json.dumps(row))
        partial.replace(self.path)
        return row

    def get(self):
        return json.loads(self.path.read_text()) if self.path.exists() else self.measure()


def open_all(rows):
    """Starts what all rows need at once, so that PyTorch compiles on many cores: for a GPU, whose host has them."""
    rows = [r for r in rows if not r.path.exists()]
    if not rows:
        return
    with concurrent.futures.ThreadPoolExecutor(rows[0].o.together) as pool:
        first = list({r.file: r for r in rows}.values())  # a file serves several rows
        list(pool.map(Row.write, first))
        agreed = [pool.submit(r.agreement) for r in first]
        list(pool.map(lambda pair: pair[0].start(pair[1]), [(r, c) for r in rows for c in r.candidates]))
        concurrent.futures.wait(agreed)


def megabytes(n):
    return None if n is None else round(n / 1e6, 1)


def gate(device, batch):
    """The least ratio asked for."""
    if device == "cpu":
        return 0.95
    return 1.3 if batch <= 2 else 1.1


def mean_row(rows, device):
    """The geometric mean of the ratios, which has a bar of its own on the CPU."""
    mean = statistics.geometric_mean(r["ratio"] for r in rows)
    worst = max(r["error"] for r in rows)
    return {"name": "geometric mean of the rows above", "device": device, "ours": None, "peer": None, "peer_name": "PyTorch",
            "unit": "ratio", "ratio": round(mean, 4), "error": worst, "gate": 1.2 if device == "cpu" else None}


def save(rows, o):
    """After each row: a run that is cut short leaves what it has measured."""
    about = json.loads(o.about)
    lines = ",\n  ".join(json.dumps({**r, **about}) for r in rows)
    pathlib.Path(o.results).write_text(f"[\n  {lines}\n]\n")


def main():
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--networks", default=",".join(TITLES))
    parser.add_argument("--batches", default="1,2")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--trial", type=int, default=2, help="steps by which modes are chosen")
    parser.add_argument("--modes", help="default: all that differ on the device")
    parser.add_argument("--layouts", default=",".join(LAYOUTS))
    parser.add_argument("--limit-s", type=float, default=900, help="a mode that takes longer to compile is left out")
    parser.add_argument("--together", type=int, default=1, help="PyTorch's programs started at once; above 1 those of all rows")
    parser.add_argument("--about", default="{}", help="JSON added to every row: date, commit, CPU")
    o = parser.parse_args()
    o.torch = torch.__version__
    modes = o.modes.split(",") if o.modes else CPU_MODES if o.device == "cpu" else MODES
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(HERE / "out" / "inductor"))
    os.environ["OMP_NUM_THREADS"] = "2"
    rows, networks, batches = [], o.networks.split(","), list(map(int, o.batches.split(",")))
    candidates = {network: list(itertools.product(modes, o.layouts.split(","))) for network in networks}
    if o.together > 1:
        started = {(n, b): Row(o, n, b, candidates[n]) for b in batches for n in networks}
        open_all(list(started.values()))
    for batch in batches:
        for network in networks:
            print(f"{network}, batch {batch}", file=sys.stderr, flush=True)
            row = (started[network, batch] if o.together > 1 else Row(o, network, batch, candidates[network])).get()
            rows.append(row)
            save(rows, o)
            print(f"  {row['ours']} ms, {row['peer']} ms, ratio {row['ratio']}", file=sys.stderr, flush=True)
            ranked = sorted(row["trials_ms"], key=row["trials_ms"].get)
            kept = [tuple(t.split(", ")) for t in ranked[:KEPT]]
            eager = [tuple(t.split(", ")) for t in ranked if t.startswith("eager")][:1]
            candidates[network] = kept + [e for e in eager if e not in kept]  # a GPU's gate asks for it
    rows.append(mean_row(rows, o.device))
    save(rows, o)
    print("| case | ours | peer | peer is | ratio | at least | gradients differ | peak MB, ours; peer |")
    print("|---|---|---|---|---|---|---|---|")
    for r in rows:
        met = "" if r["gate"] is None or r["ratio"] >= r["gate"] else " NO"
        print(f"| {r['name']} | {r['ours']} | {r['peer']} | {r['peer_name']} | {r['ratio']}{met} | {r['gate']} | {r['error']:.1e} |"
              f" {r.get('ours_peak_mb')}; {r.get('peer_peak_mb')} |")


main()
