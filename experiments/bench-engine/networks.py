"""The compared networks as one would write them in PyTorch, their modules named like our parameters."""
import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    """self.named: our prefix -> module; its weight and bias are our weight and bias, or gamma and beta."""

    def __init__(self):
        super().__init__()
        self.named = {}

    def add(self, name, module):
        self.named[name] = module
        self.add_module(name.replace(".", "_"), module)
        return module

    def conv(self, name, cin, cout, k, stride=1, pad=0, bias=True, **more):
        return self.add(name, nn.Conv2d(cin, cout, k, stride, pad, bias=bias, **more))

    def norm(self, name, channels):
        return self.add(name + ".norm", nn.InstanceNorm2d(channels, eps=1e-5, affine=True))


class ResNet(Network):
    """Generator of the pix2pix / CycleGAN line; norms at every level."""

    def __init__(self, base=64, levels=2, blocks=9, outputs=5):
        super().__init__()
        layers = [self.conv("G.stem", 1, base, 7, 1, 3, False, padding_mode="reflect"), self.norm("G.stem", base), nn.ReLU()]
        for l in range(1, levels + 1):
            name, c = f"G.down{l}", base << l
            layers += [self.conv(name, c // 2, c, 3, 2, 1, False), self.norm(name, c), nn.ReLU()]
        for b in range(blocks):
            layers.append(ResNetBlock(self, f"G.block{b}", base << levels))
        for l in range(levels - 1, -1, -1):
            name, c = f"G.up{l}", base << l
            up = nn.ConvTranspose2d(2 * c, c, 3, 2, 1, 1, bias=False)
            layers += [self.add(name, up), self.norm(name, c), nn.ReLU()]
        layers.append(self.conv("G.head", base, outputs, 7, 1, 3, True, padding_mode="reflect"))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)


class ResNetBlock(nn.Module):
    def __init__(self, owner, name, c):
        super().__init__()
        layers = []
        for part in "ab":
            at = f"{name}.{part}"
            layers += [owner.conv(at, c, c, 3, 1, 1, False, padding_mode="reflect"), owner.norm(at, c)]
        layers.insert(2, nn.ReLU())
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


class UNet(Network):
    def __init__(self, base=32, levels=5, norm_from=1, outputs=5):
        super().__init__()
        self.norm_from = norm_from
        width = [base << min(l, 3) for l in range(levels)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for l in range(levels):
            cin = width[l - 1] if l else 1
            self.down.append(self.pair(f"G.down{l}", cin, width[l], l, 2 if l else 1))
        for l in range(levels - 2, -1, -1):
            self.up.append(self.pair(f"G.up{l}", width[l + 1] + width[l], width[l], l, 1))
        self.head = self.conv("G.head", width[0], outputs, 3, 1, 1)

    def pair(self, name, cin, cout, level, stride):
        layers, norm = [], level >= self.norm_from
        for part in "ab":
            at = f"{name}.{part}"
            layers.append(self.conv(at, cin, cout, 3, stride, 1, not norm))
            layers += [self.norm(at, cout)] if norm else []
            layers.append(nn.LeakyReLU(0.2))
            cin, stride = cout, 1
        return nn.Sequential(*layers)

    def forward(self, x):
        skips = []
        for block in self.down:
            x = block(x)
            skips.append(x)
        for block, skip in zip(self.up, skips[-2::-1]):
            x = F.interpolate(x, size=skip.shape[2:], mode="bilinear", align_corners=False)
            x = block(torch.cat([x, skip], 1))
        return self.head(x)


class HRNet(Network):
    """HRNetV2, W18 at base 18."""

    def __init__(self, base=18, outputs=5, stem=64):
        super().__init__()
        self.stem = nn.Sequential(self.unit("G.stem1", 1, stem, 3, 2), self.unit("G.stem2", stem, stem, 3, 2))
        self.stage1 = nn.Sequential(*[Bottleneck(self, f"G.stage1.block{k}", 4 * stem if k else stem, stem) for k in range(4)])
        self.first = nn.ModuleList([self.unit("G.transition1.0", 4 * stem, base), self.unit("G.transition1.1", 4 * stem, 2 * base, 3, 2)])
        self.transitions, self.stages = nn.ModuleList(), nn.ModuleList()
        for stage, modules in ((1, 1), (2, 4), (3, 3)):
            if stage > 1:
                self.transitions.append(self.unit(f"G.transition{stage}", base << (stage - 1), base << stage, 3, 2))
            self.stages.append(nn.ModuleList([HRModule(self, f"G.stage{stage + 1}.{m}", stage + 1, base) for m in range(modules)]))
        self.join = self.unit("G.join", 15 * base, 15 * base, 1)
        self.head = self.conv("G.head", 15 * base, outputs, 1)

    def unit(self, name, cin, cout, k=3, stride=1, relu=True):
        norm = self.add(name + ".norm", nn.BatchNorm2d(cout))
        layers = [self.conv(name, cin, cout, k, stride, k // 2, False), norm]
        return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)

    def forward(self, image):
        x = self.stage1(self.stem(image))
        branches = [f(x) for f in self.first]
        for n, stage in enumerate(self.stages):
            if n:
                branches.append(self.transitions[n - 1](branches[-1]))
            for module in stage:
                branches = module(branches)
        x = torch.cat([branches[0]] + [resize(b, branches[0]) for b in branches[1:]], 1)
        return resize(self.head(self.join(x)), image)


def resize(x, like, mode="bilinear"):
    return F.interpolate(x, size=like.shape[2:], mode=mode, align_corners=False if mode == "bilinear" else None)


class Bottleneck(nn.Module):
    def __init__(self, owner, at, cin, width):
        super().__init__()
        self.layers = nn.Sequential(owner.unit(at + ".a", cin, width, 1), owner.unit(at + ".b", width, width),
                                    owner.unit(at + ".c", width, 4 * width, 1, relu=False))
        self.skip = owner.unit(at + ".skip", cin, 4 * width, 1, relu=False) if cin != 4 * width else nn.Identity()
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.layers(x) + self.skip(x))


class BasicBlock(nn.Module):
    def __init__(self, owner, at, c):
        super().__init__()
        self.layers = nn.Sequential(owner.unit(at + ".a", c, c), owner.unit(at + ".b", c, c, relu=False))
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.layers(x) + x)


class HRModule(nn.Module):
    def __init__(self, owner, at, n, base):
        super().__init__()
        self.n, self.act = n, nn.ReLU()
        self.branches = nn.ModuleList([nn.Sequential(*[BasicBlock(owner, f"{at}.branch{b}.block{k}", base << b) for k in range(4)])
                                       for b in range(n)])
        self.fuse = nn.ModuleDict()
        for to in range(n):
            for source in range(n):
                name = f"{at}.fuse{to}{source}"
                if source > to:
                    self.fuse[f"{to}{source}"] = owner.unit(name, base << source, base << to, 1, relu=False)
                elif source < to:
                    steps = [owner.unit(f"{name}.{k}", base << source, base << (to if k == to - source - 1 else source), 3, 2,
                                        k < to - source - 1) for k in range(to - source)]
                    self.fuse[f"{to}{source}"] = nn.Sequential(*steps)

    def forward(self, x):
        x = [branch(t) for branch, t in zip(self.branches, x)]
        out = []
        for to in range(self.n):
            total = None
            for source in range(self.n):
                given = x[source] if source == to else self.fuse[f"{to}{source}"](x[source])
                given = resize(given, x[to]) if source > to else given
                total = given if total is None else total + given
            out.append(self.act(total))
        return out


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of an image."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class LayerScale(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.eps = None  # its number is our gamma
        self.weight = nn.Parameter(torch.full((c,), 1e-6))

    def forward(self, x):
        return x * self.weight[:, None, None]


class ConvNeXt(Network):
    """ConvNeXt-T at base 96 under a feature pyramid."""

    def __init__(self, base=96, outputs=5, blocks=9):
        super().__init__()
        width = (8 * base + 2) // 3
        self.down, self.stages, self.out, self.lateral, self.smooth = (nn.ModuleList() for _ in range(5))
        for s in range(4):
            c, name = base << s, f"G.down{s}"
            if s == 0:
                self.down.append(nn.Sequential(self.conv(name, 1, c, 4, 4), self.layer_norm(name, c)))
            else:
                self.down.append(nn.Sequential(self.layer_norm(name, c // 2), self.conv(name, c // 2, c, 2, 2)))
            self.stages.append(nn.Sequential(*[ConvNeXtBlock(self, f"G.stage{s}.{k}", c) for k in range(blocks if s == 2 else 3)]))
            self.out.append(self.layer_norm(f"G.out{s}", c))
            self.lateral.append(self.conv(f"G.lateral{s}", c, width, 1))
            name = f"G.smooth{s}"
            self.smooth.append(nn.Sequential(self.conv(name, width, width // 2, 3, 1, 1), self.layer_norm(name, width // 2), nn.GELU()))
        self.head = self.conv("G.head", width // 2, outputs, 1)

    def layer_norm(self, name, c):
        return self.add(name + ".norm", ChannelNorm(c, eps=1e-6))

    def forward(self, image):
        levels, x = [], image
        for s in range(4):
            x = self.stages[s](self.down[s](x))
            levels.append(self.lateral[s](self.out[s](x)))
        for s in (2, 1, 0):
            levels[s] = levels[s] + resize(levels[s + 1], levels[s], "nearest")
        total = self.smooth[0](levels[0])
        for s in (1, 2, 3):
            total = total + resize(self.smooth[s](levels[s]), levels[0])
        return resize(self.head(total), image)


class ConvNeXtBlock(nn.Module):
    def __init__(self, owner, at, c):
        super().__init__()
        self.layers = nn.Sequential(
            owner.conv(at + ".depthwise", c, c, 7, 1, 3, groups=c), owner.layer_norm(at + ".depthwise", c),
            owner.conv(at + ".expand", c, 4 * c, 1), nn.GELU(), owner.conv(at + ".project", 4 * c, c, 1),
            owner.add(at + ".scale", LayerScale(c)))

    def forward(self, x):
        return x + self.layers(x)


class PatchGAN(Network):
    def __init__(self, base=64, layers=3, inputs=6):
        super().__init__()
        made = []
        for l in range(layers + 1):
            name, c = f"D.layer{l}", base << min(l, 3)
            made.append(self.conv(name, inputs, c, 4, 2 if l < layers else 1, 1, l == 0))
            made += [self.norm(name, c)] if l else []
            made.append(nn.LeakyReLU(0.2))
            inputs = c
        made.append(self.conv("D.score", inputs, 1, 4, 1, 1))
        self.layers = nn.Sequential(*made)

    def forward(self, x):
        return self.layers(x)


def gradient_correlation(a, b):
    """1 - mean NCC of the Sobel gradients, per sample and channel; as gan/nn/nn.h."""
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=a.dtype, device=a.device)
    kernels = torch.stack([kernel, kernel.t()])[:, None]

    def gradients(t):
        n, c, h, w = t.shape
        g = F.conv2d(t.reshape(n * c, 1, h, w), kernels).flatten(2)
        return g - g.mean(2, keepdim=True)

    ga, gb = gradients(a), gradients(b)
    return 1 - ((ga * gb).sum(2) / (ga.norm(dim=2) * gb.norm(dim=2) + 1e-6)).mean()


def intensity_sum(a, b):
    return (a - b).sum((2, 3)).abs().mean() / (a.shape[2] * a.shape[3])


def l1_loss(out, y, score):
    return F.l1_loss(out, y)


def critic_loss(out, y, score):
    return ((out - 1) ** 2).mean()


def gan_loss(out, y, score):
    losses = 100 * F.l1_loss(out, y) + gradient_correlation(out, y) + 100 * intensity_sum(out, y)
    return losses + 0.1 * ((score - 1) ** 2).mean()


def gan_critic_loss(real, fake):
    return 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean()


def update(loss, optimiser):
    """Without an optimiser the gradients stay for inspection."""
    if optimiser:
        optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if optimiser:
        optimiser.step()


class Single:
    """One network and one loss."""

    def __init__(self, network, loss):
        self.networks, self.calls, self.loss = [network], [network], loss

    def compile(self, **options):
        self.calls = [torch.compile(n, **options) for n in self.networks]

    def step(self, x, y, optimisers=(None,)):
        out = self.calls[0](x)
        loss = self.loss(out, y, None)
        update(loss, optimisers[0])
        return [loss], out


class Gan:
    """The product's step: the generator's, then the critic's on the same maps."""

    def __init__(self, generator, critic):
        self.networks = self.calls = [generator, critic]
        self.loss, self.critic_loss = gan_loss, gan_critic_loss

    def compile(self, **options):
        self.calls = [torch.compile(n, **options) for n in self.networks]
        self.loss, self.critic_loss = torch.compile(self.loss, **options), torch.compile(self.critic_loss, **options)

    def step(self, x, y, optimisers=(None, None)):
        generator, critic = self.calls
        for q in self.networks[1].parameters():
            q.requires_grad_(False)
        out = generator(x)
        loss = self.loss(out, y, critic(torch.cat([x, out], 1)))
        update(loss, optimisers[0])
        for q in self.networks[1].parameters():
            q.requires_grad_(True)
        made = out.detach()
        loss_of_critic = self.critic_loss(critic(torch.cat([x, y], 1)), critic(torch.cat([x, made], 1)))
        update(loss_of_critic, optimisers[1])
        return [loss, loss_of_critic], out


def make(name, base):
    """The network's step; base 0 = the usual width."""
    width = {"base": base} if base else {}
    if name == "resnet9":
        task = Single(ResNet(**width), l1_loss)
    elif name == "unet":
        task = Single(UNet(**width), l1_loss)
    elif name == "hrnet":
        task = Single(HRNet(**width), l1_loss)
    elif name == "convnext":
        task = Single(ConvNeXt(**width), l1_loss)
    elif name == "patchgan":
        task = Single(PatchGAN(**width), critic_loss)
    elif name == "gan":
        task = Gan(UNet(**width), PatchGAN(**width))
    else:
        raise SystemExit(f"networks.py: no network '{name}'")
    return task
