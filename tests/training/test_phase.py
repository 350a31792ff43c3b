"""Which pictures an epoch draws."""

from __future__ import annotations

from dataclasses import replace

import torch

from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import Runner
from gallery_daemon.training.phase import TrainContext, draw_order
from gallery_daemon.training.recipe import ARTICLE


def _context(balance: float) -> TrainContext:
    """90 pictures of one class and 10 of another, of which the even ones train."""
    return TrainContext(
        replace(ARTICLE, balance=balance),
        torch.tensor([0] * 90 + [1] * 10),
        torch.arange(0, 100, 2),
        torch.arange(1, 100, 2),
        Runner(torch.device("cpu"), torch.float32, 8),
        seed=0,
        display=Silent(),
    )


def test_without_balance_every_picture_is_seen_once() -> None:
    """Shuffled, and only those who train."""
    order = draw_order(_context(0.0), torch.Generator().manual_seed(1))

    assert list(range(0, 100, 2)) == sorted(order.tolist())
    assert sorted(order.tolist()) != order.tolist()


def test_with_balance_the_rare_class_is_drawn_more_often() -> None:
    """5 of 50: fully balanced it is half of what is drawn, by the square root a quarter."""
    for balance, low, high in ((1.0, 0.45, 0.55), (0.5, 0.2, 0.3)):
        context, generator = _context(balance), torch.Generator().manual_seed(1)

        drawn = torch.cat([draw_order(context, generator) for _ in range(40)])

        assert set(drawn.tolist()) == set(range(0, 100, 2))
        assert low < (drawn >= 90).float().mean() < high
