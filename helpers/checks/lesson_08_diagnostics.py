"""The two diagnostics of lesson 08 as exercises, and the inputs that the other two share."""

import torch

from ..losses import approx_kl, clip_fraction
from .exercise import Case, Exercise, Mistake

__all__ = ["APPROX_KL", "CLIP_FRACTION", "moved", "normal"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def moved(ratios: list) -> tuple[torch.Tensor, torch.Tensor]:
    """New and old log-probabilities of actions with these ratios; the old probability is 1/4."""
    old = torch.full((len(ratios),), 0.25).log()
    return old + torch.tensor(ratios).log(), old


def on_log_ratio(change):
    """A wrong estimate: the mean of change(log ratio)."""
    return lambda log_probs, old_log_probs: change(log_probs - old_log_probs).mean()


def of_the_mean(log_probs, old_log_probs):
    x = (log_probs - old_log_probs).mean()
    return x.exp() - 1 - x


def weighed_twice(log_probs, old_log_probs):
    return old_log_probs.exp() * (old_log_probs - log_probs)


WEIGHED_TWICE = (
    "Each sample is weighed with its old probability: the samples were drawn with it, so that counts it twice. "
    "Take the plain mean."
)
BACKWARDS = (
    "The log-ratio has the wrong sign inside: the samples come from the old policy, so it is new minus old, "
    "log π - log π_old."
)

APPROX_KL = Exercise(
    reference=approx_kl,
    returns="one number",
    cases=(
        Case("an action twice as likely as before, and one half as likely", moved([2.0, 0.5])),
        Case("a policy that has not moved", moved([1.0, 1.0, 1.0])),
        Case("a single action, three times as likely", moved([3.0])),
        Case("a single action, a third as likely", moved([1 / 3])),
        Case("small steps", moved([1.1, 0.95, 1.02, 0.8])),
        Case("8 actions", (-normal(8, seed=3).abs(), -normal(8, seed=4).abs())),
        Case(
            "an action far out, with log-probabilities near -20",
            (torch.tensor([-20.0, -1.0]).double(), torch.tensor([-21.0, -1.5]).double()),
        ),
    ),
    mistakes=(
        Mistake(
            "This is k1, the mean of -log ρ: right on average, but noisy, and negative for some batches; k3 adds ρ - 1 to it.",
            on_log_ratio(lambda x: -x),
        ),
        Mistake(
            "This is the mean of +log ρ: k1 with its sign turned round; k3 is (ρ - 1) - log ρ.",
            on_log_ratio(lambda x: x),
        ),
        Mistake(
            "This is k2, half the squared log-ratio: it has a bias; k3 is (ρ - 1) - log ρ.",
            on_log_ratio(lambda x: 0.5 * x**2),
        ),
        Mistake(
            "This is the mean squared log-ratio, about twice the KL: k3 is (ρ - 1) - log ρ.",
            on_log_ratio(lambda x: x**2),
        ),
        Mistake(
            "This is the mean size of the log-ratio: sizes do not average to the KL; k3 is (ρ - 1) - log ρ.",
            on_log_ratio(torch.abs),
        ),
        Mistake(BACKWARDS, on_log_ratio(lambda x: (-x).exp() - 1 + x)),
        Mistake(
            "The -1 is missing: without it a policy that has not moved would be at distance 1.",
            on_log_ratio(lambda x: x.exp() - x),
        ),
        Mistake(
            "log ρ is added: subtract it; as written the estimate is negative for actions that became rarer.",
            on_log_ratio(lambda x: x.exp() - 1 + x),
        ),
        Mistake(
            "This is the mean of ρ - 1, which is 0 on average: subtract log ρ.",
            on_log_ratio(torch.expm1),
        ),
        Mistake(
            "This is the mean of ρ log ρ, an estimate of the other KL, KL(new ‖ old).",
            on_log_ratio(lambda x: x.exp() * x),
        ),
        Mistake(
            "This is an estimate of the other KL, KL(new ‖ old), from samples of the old policy: log ρ carries no factor ρ here.",
            on_log_ratio(lambda x: x.exp() * x - x.exp() + 1),
        ),
        Mistake(
            "(ρ - 1) times log ρ estimates the KL in both directions, added up: it is (ρ - 1) minus log ρ.",
            on_log_ratio(lambda x: x.expm1() * x),
        ),
        Mistake(
            "ρ is upside down, log ρ is not: both take new minus old.",
            on_log_ratio(lambda x: (-x).exp() - 1 - x),
        ),
        Mistake(
            "`exp` is taken of the ratio: log ρ is the difference of the log-probabilities, and ρ its exponential, once.",
            on_log_ratio(lambda x: x.exp().exp() - 1 - x.exp()),
        ),
        Mistake(
            "This is half of k3: the factor 1/2 belongs to k2.",
            on_log_ratio(lambda x: (x.expm1() - x) / 2),
        ),
        Mistake(
            "Probabilities are subtracted where their ratio minus 1 belongs: k3 is (ρ - 1) - log ρ.",
            lambda log_probs, old_log_probs: (
                log_probs.exp() - old_log_probs.exp() - log_probs + old_log_probs
            ).mean(),
        ),
        Mistake(
            "The sign is turned round: a KL is never negative.",
            on_log_ratio(lambda x: -(x.expm1() - x)),
        ),
        Mistake(
            WEIGHED_TWICE, lambda log_probs, old_log_probs: weighed_twice(log_probs, old_log_probs).mean()
        ),
        Mistake(
            WEIGHED_TWICE, lambda log_probs, old_log_probs: weighed_twice(log_probs, old_log_probs).sum()
        ),
        Mistake(
            "This is k3 of the mean log-ratio: take k3 for each action, then the mean.",
            of_the_mean,
        ),
        Mistake(
            "This is the sum over the batch, not the mean.",
            lambda log_probs, old_log_probs: (
                (log_probs - old_log_probs).expm1() - log_probs + old_log_probs
            ).sum(),
        ),
        Mistake(
            "This is one estimate for each action: take the mean over the batch.",
            lambda log_probs, old_log_probs: (log_probs - old_log_probs).expm1() - log_probs + old_log_probs,
        ),
        Mistake(
            "The log-ratio of base 2 is mixed in: use natural logarithms throughout, the answer is in nats.",
            on_log_ratio(lambda x: x.expm1() - x / torch.log(torch.tensor(2.0))),
        ),
        Mistake(
            "This is minus the log of the mean ratio, which is 0 on average: take k3 for each action, then the mean.",
            lambda log_probs, old_log_probs: -(log_probs - old_log_probs).exp().mean().log(),
        ),
        Mistake(
            "The log-ratio is used as if it were the ratio: take `exp` first; log ρ is the difference itself.",
            on_log_ratio(lambda x: x - 1 - x.log()),
        ),
        Mistake(
            "Logarithms are divided here: log ρ is their difference, and ρ is its exponential.",
            lambda log_probs, old_log_probs: (
                log_probs / old_log_probs - 1 - (log_probs / old_log_probs).log()
            ).mean(),
        ),
        Mistake(
            "The sign of ρ - 1 is turned round: k3 is (ρ - 1) - log ρ, which is never negative.",
            on_log_ratio(lambda x: 1 - x.exp() - x),
        ),
        Mistake(
            "The new log-probability stands where log ρ belongs: log ρ is new minus old.",
            lambda log_probs, old_log_probs: ((log_probs - old_log_probs).expm1() - log_probs).mean(),
        ),
        *(
            Mistake(
                WEIGHED_TWICE,
                lambda log_probs, old_log_probs, add=add: add(
                    old_log_probs.exp() * ((log_probs - old_log_probs).expm1() - log_probs + old_log_probs)
                ),
            )
            for add in (torch.mean, torch.sum)
        ),
    ),
)


def share(outside):
    """A wrong share: the mean of outside(ratio, clip)."""
    return lambda log_probs, old_log_probs, clip: (
        outside((log_probs - old_log_probs).exp(), clip).float().mean()
    )


def beyond(rho, clip):
    """The right answer before its mean."""
    return (rho < 1 - clip) | (rho > 1 + clip)


CLIP_FRACTION = Exercise(
    reference=clip_fraction,
    returns="one number between 0 and 1",
    cases=(
        Case("one ratio of four above, one below", (*moved([1.5, 0.6, 1.1, 1.0]), 0.2)),
        Case("a policy that has not moved", (*moved([1.0, 1.0]), 0.2)),
        Case("all ratios outside", (*moved([1.4, 0.5, 2.0]), 0.2)),
        Case("a single ratio, outside", (*moved([0.7]), 0.2)),
        Case(
            "ratios just inside and just outside",
            (*moved([1.21, 0.81, 1.22, 0.79, 1.23, 0.825, 1.19, 1.205, 0.83]), 0.2),
        ),
        Case("one ratio far out", (*moved([4.0, 1.0, 1.1]), 0.2)),
        Case("a clip of 0.1", (*moved([1.15, 0.85, 1.05, 1.3, 1.0]), 0.1)),
        Case("a clip of 0.5", (*moved([1.3, 0.7, 1.6, 0.55, 0.4, 1.1, 1.55, 3.0, 2.5]), 0.5)),
    ),
    mistakes=(
        Mistake(
            "The logarithm of the ratio is compared with clip: compare the ratio itself with 1 - clip and 1 + clip.",
            share(lambda rho, clip: rho.log().abs() > clip),
        ),
        Mistake(
            "The logarithm of the ratio is compared with 1 - clip and 1 + clip: take `exp` first.",
            share(lambda rho, clip: beyond(rho.log(), clip)),
        ),
        Mistake(
            "Only ratios above 1 + clip are counted: those below 1 - clip are outside as well.",
            share(lambda rho, clip: rho > 1 + clip),
        ),
        Mistake(
            "Only ratios below 1 - clip are counted: those above 1 + clip are outside as well.",
            share(lambda rho, clip: rho < 1 - clip),
        ),
        Mistake(
            "All ratios above 1 - clip are counted: those below it are outside, and those above 1 + clip.",
            share(lambda rho, clip: rho > 1 - clip),
        ),
        Mistake(
            "The mean ratio is compared with the clip: compare each ratio, then take the mean.",
            lambda log_probs, old_log_probs, clip: beyond(
                (log_probs - old_log_probs).exp().mean(), clip
            ).float(),
        ),
        Mistake(
            "Logarithms are divided here: a ratio of probabilities is a difference of their logarithms, then `exp`.",
            lambda log_probs, old_log_probs, clip: beyond(log_probs / old_log_probs, clip).float().mean(),
        ),
        Mistake(
            "This is the share inside the clip: the share outside is asked for.",
            share(lambda rho, clip: ~beyond(rho, clip)),
        ),
        Mistake(
            "No ratio is below 1 - clip and above 1 + clip at once: join the two with `|`, or.",
            share(lambda rho, clip: (rho < 1 - clip) & (rho > 1 + clip)),
        ),
        Mistake(
            "The ratio is compared with -clip and clip: a policy that has not moved has ratio 1, so measure from 1.",
            share(lambda rho, clip: rho.abs() > clip),
        ),
        Mistake(
            "0.2 is used whatever `clip` is given.",
            share(lambda rho, clip: beyond(rho, 0.2)),
        ),
        Mistake(
            "The ratio is upside down: it is new over old.",
            share(lambda rho, clip: beyond(1 / rho, clip)),
        ),
        Mistake(
            "The lower bound is 1/(1 + clip) here: it is 1 - clip.",
            share(lambda rho, clip: (rho < 1 / (1 + clip)) | (rho > 1 + clip)),
        ),
        Mistake(
            "Probabilities are subtracted here: it is their ratio that leaves the clip.",
            lambda log_probs, old_log_probs, clip: (
                ((log_probs.exp() - old_log_probs.exp()).abs() > clip).float().mean()
            ),
        ),
        Mistake(
            "This is how far the ratios are from 1 on average: count how many have left the clip.",
            share(lambda rho, clip: (rho - 1).abs()),
        ),
        Mistake(
            "This is how much the clip cuts off on average: count how many ratios it cuts.",
            share(lambda rho, clip: (rho - rho.clamp(1 - clip, 1 + clip)).abs()),
        ),
        Mistake(
            "This is the mean of the clipped ratios: count how many ratios lie outside.",
            share(lambda rho, clip: rho.clamp(1 - clip, 1 + clip)),
        ),
        Mistake(
            "This counts the ratios outside: divide by how many there are, take the mean.",
            lambda log_probs, old_log_probs, clip: beyond((log_probs - old_log_probs).exp(), clip).sum(),
        ),
        Mistake(
            "This is in per cent: return the share itself, between 0 and 1.",
            share(lambda rho, clip: 100 * beyond(rho, clip)),
        ),
        Mistake(
            "This says which ratios are outside: take the mean over the batch.",
            lambda log_probs, old_log_probs, clip: beyond((log_probs - old_log_probs).exp(), clip),
        ),
        Mistake(
            "This says whether any ratio is outside: the share of them is asked for.",
            share(lambda rho, clip: beyond(rho, clip).any()),
        ),
        Mistake(
            "`//` rounds down to a whole number: divide with `/`, or take the mean.",
            share(lambda rho, clip: beyond(rho, clip).sum() // len(rho)),
        ),
        Mistake(
            "The distance from 1 is compared with 1 + clip: |ρ - 1| > clip, or ρ itself with 1 - clip and 1 + clip.",
            share(lambda rho, clip: (rho - 1).abs() > 1 + clip),
        ),
        Mistake(
            "The squared distance from 1 is compared with clip: compare the distance itself.",
            share(lambda rho, clip: (rho - 1).square() > clip),
        ),
    ),
)
