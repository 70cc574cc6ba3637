"""The minimiser, against functions whose smallest place is known."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from prodflow.models.lbfgs import minimize


@given(st.integers(1, 8), st.integers(0, 1000))
def test_finds_the_smallest_place_of_a_bowl(size: int, seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    root = torch.randn(size, size, generator=random, dtype=torch.float64)
    shape, middle = root @ root.T + torch.eye(size), torch.randn(size, generator=random, dtype=torch.float64)

    def bowl(at: Tensor) -> tuple[float, Tensor]:
        slope = shape @ (at - middle)
        return float((at - middle) @ slope / 2), slope

    found = minimize(torch.zeros(size, dtype=torch.float64), bowl, max_steps=200, enough=1e-14)

    assert bowl(found)[0] == pytest.approx(0, abs=1e-6)


def test_agrees_with_torch_on_a_logistic_regression() -> None:
    random = torch.Generator().manual_seed(0)
    inputs = torch.randn(60, 5, generator=random, dtype=torch.float64)
    targets = (inputs[:, 0] + 0.5 * torch.randn(60, generator=random, dtype=torch.float64) > 0).double()

    def loss(weights: Tensor) -> Tensor:
        losses = torch.nn.functional.binary_cross_entropy_with_logits(inputs @ weights, targets)
        return losses + 0.01 * weights.square().sum()

    def value_and_slope(at: Tensor) -> tuple[float, Tensor]:
        weights = at.clone().requires_grad_()
        value = loss(weights)
        [slope] = torch.autograd.grad(value, weights)
        return float(value.detach()), slope

    ours = minimize(torch.zeros(5, dtype=torch.float64), value_and_slope, max_steps=100, enough=1e-12)
    theirs = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([theirs], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss(theirs)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]

    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-3)


def test_never_ends_higher_than_it_began() -> None:
    def flat(at: Tensor) -> tuple[float, Tensor]:
        return 1.0, torch.zeros_like(at)

    assert minimize(torch.ones(3), flat, max_steps=5, enough=0.1).tolist() == [1, 1, 1]
