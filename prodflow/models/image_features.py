"""What the classifier sees in an image before it has learnt anything: features of a fixed network or a backbone."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from prodflow.core.errors import SettingError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


class EdgeNetwork(nn.Module):
    """A small convolutional network with fixed weights: how much edge of which direction is where, and what colour.

    Filters for edges in eight directions run over the brightness at three scales. Each answer is split by sign,
    divided by the strength of all at its place (so that faint and strong contrast count alike), averaged over
    the cells of a grid, and its root taken. Mean colours of an 8x8 grid stand beside them. Nothing is trained, so
    an image's features never change: they can be cached, and the first answer already teaches.

    Input: float [images, 3, height, width] in [0, 1]. Output: float [images, 1728], each of length 1.
    """

    GRIDS = (8, 4, 4)
    COLOR_GRID = 8
    FAINTEST = 0.1

    def __init__(self, directions: int = 8, width: int = 5) -> None:
        """Make the filters."""
        super().__init__()
        self.register_buffer("filters", _edge_filters(directions, width), persistent=False)
        self.filters: Tensor

    def forward(self, images: Tensor) -> Tensor:
        """Return the features."""
        red, green, blue = images.unbind(1)
        bright = 0.299 * red + 0.587 * green + 0.114 * blue
        colors = torch.stack([bright, red - green, blue - bright], dim=1)
        parts = [functional.adaptive_avg_pool2d(colors, self.COLOR_GRID).flatten(1)]
        scaled = bright.unsqueeze(1)
        for number, grid in enumerate(self.GRIDS):
            scaled = functional.avg_pool2d(scaled, 2) if number else scaled
            parts.append(self._edges(scaled, grid))
        return functional.normalize(torch.cat(parts, dim=1), dim=1)

    def _edges(self, bright: Tensor, grid: int) -> Tensor:
        margin = self.filters.shape[-1] // 2
        found = functional.conv2d(functional.pad(bright, [margin] * 4, mode="replicate"), self.filters)
        found = torch.cat([functional.relu(found), functional.relu(-found)], dim=1)
        found = found / (found.square().sum(1, keepdim=True).sqrt() + self.FAINTEST)
        return functional.adaptive_avg_pool2d(found, grid).sqrt().flatten(1)


def _edge_filters(directions: int, width: int) -> Tensor:
    """Odd Gabor filters, float [directions, 1, width, width], each with mean 0 and length 1."""
    reach = torch.arange(width, dtype=torch.float32) - width // 2
    down, right = torch.meshgrid(reach, reach, indexing="ij")
    envelope = torch.exp(-(down**2 + right**2) / (2 * (width / 5) ** 2))
    filters = []
    for number in range(directions):
        angle = math.pi * number / directions
        across = right * math.cos(angle) + down * math.sin(angle)
        wave = envelope * torch.sin(-4 * math.pi * across / width)
        wave = wave - wave.mean()
        filters.append(wave / wave.norm())
    return torch.stack(filters).unsqueeze(1)


class Backbone(nn.Module):
    """A network of the user's: images normalised as for ImageNet in, one row of features an image out.

    Args:
        network: called with float [images, 3, size, size]; may give [images, features] or
            [images, features, height, width], which is averaged over its cells.
    """

    def __init__(self, network: nn.Module) -> None:
        """Keep the network and the normalisation."""
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(IMAGENET_DEVIATION).view(3, 1, 1), persistent=False)
        self.mean: Tensor
        self.deviation: Tensor

    def forward(self, images: Tensor) -> Tensor:
        """Return float [images, features].

        Raises:
            SettingError: if the network gives no tensor with a row an image.
        """
        found = self.network((images - self.mean) / self.deviation)
        if not isinstance(found, Tensor) or found.ndim < 2 or len(found) != len(images):
            came = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise SettingError(
                f"ImageClassifier: the backbone gave {came} for {len(images)} images; it must give [images, features]"
            )
        return (found.flatten(2).mean(2) if found.ndim > 2 else found).float()


def make_features(backbone: str | nn.Module | None) -> nn.Module:
    """Return the network for features, frozen.

    Args:
        backbone: None for the small network of prodflow's own, `"torchvision:resnet18"`, `"timm:name"` (both with
            their trained weights), or a module.

    Raises:
        SettingError: if the name is of another form, the package is not installed or has no such network.
    """
    if backbone is None:
        network: nn.Module = EdgeNetwork()
    else:
        network = Backbone(_named_network(backbone) if isinstance(backbone, str) else backbone)
    return network.eval().requires_grad_(False)


def _named_network(reference: str) -> nn.Module:
    package, _, name = reference.partition(":")
    makers = {"torchvision": _torchvision_network, "timm": _timm_network}
    if package not in makers or not name:
        raise SettingError(
            f"ImageClassifier: backbone={reference!r} is not of the form 'torchvision:resnet18' or 'timm:name'"
        )
    try:
        return makers[package](name)
    except ImportError as error:
        raise SettingError(f"ImageClassifier: backbone={reference!r} needs {package}: pip install {package}") from error
    except Exception as error:  # an unknown name, or weights that cannot be fetched, each package in its own way
        raise SettingError(f"ImageClassifier: backbone={reference!r} cannot be made: {error}") from error


def _torchvision_network(name: str) -> nn.Module:
    from torchvision.models import get_model

    network: Any = get_model(name, weights="DEFAULT")
    for last in ("fc", "classifier", "head", "heads"):
        if hasattr(network, last):
            setattr(network, last, nn.Identity())
            break
    return network  # type: ignore[no-any-return]


def _timm_network(name: str) -> nn.Module:
    import timm

    return timm.create_model(name, pretrained=True, num_classes=0)  # type: ignore[no-any-return]
