"""The exercises of lesson 04: terms that may be added for free."""

import torch

from ..baselines import leave_one_out
from ..estimators import standard_error
from ..log_derivative import baselined_gradient, expected_score
from .exercise import Case, Exercise, Mistake

__all__ = ["EXERCISES"]


def normal(*shape: int, seed: int) -> torch.Tensor:
    """Numbers of both signs."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def all_scores(logits: torch.Tensor) -> torch.Tensor:
    """The score of every action, one in each row, [A, A]."""
    return torch.eye(len(logits)) - logits.softmax(0)


def overflowing(logits, weights):
    """Right, but for a softmax that divides infinity by infinity."""
    probs = logits.exp() / logits.exp().sum()
    return probs * (weights - probs @ weights)


THREE = torch.tensor([0.7, 0.2, 0.1]).log()
ZERO_ANYWAY = (
    "This is 0 for any weights. Each action's weight multiplies the whole score of that action; "
    "then the sum runs over the actions, not over the logits."
)

EXPECTED_SCORE = Exercise(
    reference=expected_score,
    returns="[A]: one number for each logit",
    cases=(
        Case("weights 1, 2, 4 and a policy 0.7, 0.2, 0.1", (THREE, torch.tensor([1.0, 2.0, 4.0]))),
        Case("equal weights, where the answer is 0", (THREE, torch.tensor([2.0, 2.0, 2.0]))),
        Case("a weight for one action only", (THREE, torch.tensor([0.0, 0.0, 1.0]))),
        Case(
            "two actions, one reward positive and one negative", (torch.zeros(2), torch.tensor([1.0, -1.0]))
        ),
        Case("five actions", (normal(5, seed=1), normal(5, seed=2))),
        Case("a policy that is not normalised", (normal(4, seed=3) + 2.0, normal(4, seed=4))),
        Case("logits of 1000", (torch.tensor([1000.0, 999.0, -1000.0]), torch.tensor([1.0, 3.0, 2.0]))),
    ),
    mistakes=(
        Mistake(
            "The sign is turned round: the score of an action is its one-hot row minus π, so that its own entry is positive.",
            lambda logits, weights: -(logits.softmax(0) * weights) @ all_scores(logits),
        ),
        Mistake(
            "The probabilities π(a) are missing: a mean over actions weighs each action with how often it is taken.",
            lambda logits, weights: weights @ all_scores(logits),
        ),
        Mistake(
            "The actions are averaged as if all were equally likely: weigh each with π(a) instead of 1/A.",
            lambda logits, weights: weights @ all_scores(logits) / len(logits),
        ),
        Mistake(
            "After weighing with π(a) comes a sum, not a mean: the probabilities have divided already.",
            lambda logits, weights: (logits.softmax(0) * weights) @ all_scores(logits) / len(logits),
        ),
        Mistake(
            "The score is the one-hot row minus π; here π is not subtracted, so equal weights do not give 0.",
            lambda logits, weights: logits.softmax(0) * weights,
        ),
        Mistake(
            "What is subtracted must be weighted too: it is π times the mean weight Σ π(a) w(a), not π alone.",
            lambda logits, weights: logits.softmax(0) * (weights - 1),
        ),
        Mistake(
            "The mean weight runs over actions as π takes them, Σ π(a) w(a); this is the plain mean of the weights.",
            lambda logits, weights: logits.softmax(0) * (weights - weights.mean()),
        ),
        Mistake(ZERO_ANYWAY, lambda logits, weights: (logits.softmax(0) @ all_scores(logits)) * weights),
        Mistake(
            ZERO_ANYWAY,
            lambda logits, weights: (logits.softmax(0) * weights)[:, None].mul(all_scores(logits)).sum(1),
        ),
        Mistake(ZERO_ANYWAY, lambda logits, weights: logits.softmax(0) @ all_scores(logits) * weights.mean()),
        Mistake(
            "The entries are added up, which always gives 0: return one number for each logit.",
            lambda logits, weights: ((logits.softmax(0) * weights) @ all_scores(logits)).sum(),
        ),
        Mistake(
            "This is the table of weighted scores, one row for each action: add the rows up.",
            lambda logits, weights: (logits.softmax(0) * weights)[:, None] * all_scores(logits),
        ),
        Mistake(
            "This is the mean weight, Σ π(a) w(a); its gradient is asked for, with ∇ log π(a) in the sum.",
            lambda logits, weights: logits.softmax(0) @ weights,
        ),
        Mistake(
            "This weighs log π(a), not its gradient: the score is ∇ log π(a), the one-hot row minus π.",
            lambda logits, weights: logits.softmax(0) * weights * logits.log_softmax(0),
        ),
        Mistake(
            "This weighs log π(a), not its gradient: the score is ∇ log π(a), the one-hot row minus π.",
            lambda logits, weights: (logits.softmax(0) * weights * logits.log_softmax(0)).sum(),
        ),
        Mistake(
            "This is how much each weight exceeds the mean; it still has to be multiplied with π(a).",
            lambda logits, weights: weights - logits.softmax(0) @ weights,
        ),
        Mistake(
            "Only the action's own logit is counted, π(1 - π): each logit also lowers the other actions' probabilities.",
            lambda logits, weights: weights * logits.softmax(0) * (1 - logits.softmax(0)),
        ),
        Mistake(
            "Logits are not probabilities yet: take their softmax first.",
            lambda logits, weights: logits * (weights - logits @ weights),
        ),
        Mistake(
            "These are exp(logits), which need not sum to 1: divide by their sum, or use softmax.",
            lambda logits, weights: logits.exp() * (weights - logits.exp() @ weights),
        ),
        Mistake(
            "This is the score of the likeliest action only; the mean runs over all actions.",
            lambda logits, weights: weights[logits.argmax()] * all_scores(logits)[logits.argmax()],
        ),
        Mistake(
            "exp of a large logit is infinite, and infinity over infinity is NaN: use softmax, which subtracts the largest.",
            overflowing,
        ),
    ),
)


def spread(samples: torch.Tensor, ddof: int = 1) -> torch.Tensor:
    """The standard deviation of each column."""
    return samples.std(0, correction=ddof)


STANDARD_ERROR = Exercise(
    reference=standard_error,
    returns="[P]: one number for each column",
    cases=(
        Case("2 samples of 2 numbers", (torch.tensor([[1.0, 2.0], [5.0, 2.5]]),)),
        Case("4 samples of 3 numbers", (normal(4, 3, seed=5),)),
        Case("as many samples as numbers", (normal(3, 3, seed=6),)),
        Case("samples far from zero", (normal(5, 2, seed=7) + 5.0,)),
        Case("100 samples of 2 numbers", (normal(100, 2, seed=8) * torch.tensor([1.0, 4.0]),)),
        Case("a column of equal numbers", (torch.tensor([[2.0, 1.0], [2.0, 3.0], [2.0, 8.0]]),)),
    ),
    mistakes=(
        Mistake(
            "This is the spread of one sample; the mean of N samples spreads less: divide by the root of N.",
            spread,
        ),
        Mistake(
            "This is the spread of one sample (and with 1/N): take 1/(N - 1), and divide by the root of N.",
            lambda samples: spread(samples, 0),
        ),
        Mistake(
            "The spread is taken with 1/N inside, which is too small for few samples: use N - 1 (correction=1, ddof=1).",
            lambda samples: spread(samples, 0) / len(samples) ** 0.5,
        ),
        Mistake(
            "The spread is divided by N; variances shrink like 1/N, so the standard error shrinks like 1/√N.",
            lambda samples: spread(samples) / len(samples),
        ),
        Mistake(
            "The spread is divided by N (and taken with 1/N inside): use N - 1 inside, and divide by the root of N.",
            lambda samples: spread(samples, 0) / len(samples),
        ),
        Mistake(
            "This is the variance of the mean: take its square root.",
            lambda samples: samples.var(0) / len(samples),
        ),
        Mistake(
            "The variance is divided by the root of N: take the root of the variance too, or of the whole.",
            lambda samples: samples.var(0) / len(samples) ** 0.5,
        ),
        Mistake(
            "N - 1 counts twice here: it belongs inside the standard deviation only; outside, divide by the root of N.",
            lambda samples: spread(samples) / (len(samples) - 1) ** 0.5,
        ),
        Mistake(
            "This runs along each sample: samples stand in rows, so the spread is taken down each column, dim 0.",
            lambda samples: samples.std(1) / samples.shape[1] ** 0.5,
        ),
        Mistake(
            "This runs along each sample: samples stand in rows, so the spread is taken down each column, dim 0.",
            lambda samples: samples.std(1) / len(samples) ** 0.5,
        ),
        Mistake(
            "The spread is divided by the root of P, the number of columns: divide by the root of N, the number of samples.",
            lambda samples: spread(samples) / samples.shape[1] ** 0.5,
        ),
        Mistake(
            "The spread is divided by the root of N times P: each column has N samples only.",
            lambda samples: spread(samples) / samples.numel() ** 0.5,
        ),
        Mistake(
            "All entries are thrown together: give `std` the dimension of the samples, 0, to get one number for each column.",
            lambda samples: samples.std() / len(samples) ** 0.5,
        ),
        Mistake(
            "All entries are thrown together: give `std` the dimension of the samples, 0, to get one number for each column.",
            lambda samples: samples.std() / samples.numel() ** 0.5,
        ),
        Mistake(
            "This is the spread around zero: subtract each column's mean before squaring.",
            lambda samples: (samples**2).mean(0).sqrt() / len(samples) ** 0.5,
        ),
        Mistake(
            "This is the mean itself; asked for is how uncertain it is.",
            lambda samples: samples.mean(0),
        ),
        Mistake(
            "This is the half-width of a 95% band, 1.96 standard errors; return the standard error itself.",
            lambda samples: 1.96 * spread(samples) / len(samples) ** 0.5,
        ),
        Mistake(
            "This takes absolute instead of squared distances from the mean: the standard deviation squares them.",
            lambda samples: (samples - samples.mean(0)).abs().mean(0) / len(samples) ** 0.5,
        ),
        Mistake(
            "The values are right, but they stand in a table [1, P]: leave `keepdim` out.",
            lambda samples: samples.std(0, keepdim=True) / len(samples) ** 0.5,
        ),
        Mistake(
            "The columns are put together into one number: return one for each column.",
            lambda samples: (spread(samples) / len(samples) ** 0.5).mean(),
        ),
        Mistake(
            "The columns are put together into one number: return one for each column.",
            lambda samples: (spread(samples) / len(samples) ** 0.5).norm(),
        ),
    ),
)


def batch(n: int, p: int, seed: int) -> tuple:
    """Scores, returns and baselines of one batch."""
    return normal(n, p, seed=seed), normal(n, seed=seed + 1) + 2.0, normal(n, seed=seed + 2) + 1.0


def left(returns: torch.Tensor, baselines: torch.Tensor) -> torch.Tensor:
    """What remains of the returns, as a column."""
    return (returns - baselines)[:, None]


PLAIN = torch.tensor([[1.0, -1.0], [-2.0, 2.0]])

BASELINED_GRADIENT = Exercise(
    reference=baselined_gradient,
    returns="[P]: one number for each parameter",
    cases=(
        Case(
            "2 samples and one baseline for both", (PLAIN, torch.tensor([4.0, 1.0]), torch.tensor([2.0, 2.0]))
        ),
        Case("4 samples of 3 parameters", batch(4, 3, seed=10)),
        Case("as many samples as parameters", batch(3, 3, seed=20)),
        Case("a single sample", batch(1, 2, seed=30)),
        Case("baselines of 0", (*batch(5, 2, seed=40)[:2], torch.zeros(5))),
        Case("baselines that are the returns", (PLAIN, torch.tensor([4.0, 1.0]), torch.tensor([4.0, 1.0]))),
        Case("6 samples of 4 parameters", batch(6, 4, seed=50)),
    ),
    mistakes=(
        Mistake(
            "This is the sum over the samples, not their mean: divide by N.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).sum(0),
        ),
        Mistake(
            "The sign is turned round: it is return minus baseline, without the minus of a loss: this is a gradient to climb.",
            lambda scores, returns, baselines: -(scores * left(returns, baselines)).mean(0),
        ),
        Mistake(
            "The baseline is added; it is taken off the return.",
            lambda scores, returns, baselines: (scores * (returns + baselines)[:, None]).mean(0),
        ),
        Mistake(
            "The baselines are not used: weigh each score with its return minus its baseline.",
            lambda scores, returns, baselines: (scores * returns[:, None]).mean(0),
        ),
        Mistake(
            "Only the baselines are left: weigh each score with its return minus its baseline.",
            lambda scores, returns, baselines: (scores * baselines[:, None]).mean(0),
        ),
        Mistake(
            "One mean baseline is taken off all returns: each sample has its own.",
            lambda scores, returns, baselines: (scores * left(returns, baselines.mean())).mean(0),
        ),
        Mistake(
            "The mean of the returns is taken off instead of the baselines that are given.",
            lambda scores, returns, baselines: (scores * left(returns, returns.mean())).mean(0),
        ),
        Mistake(
            "The baselines are taken off the gradient; they must be taken off the returns, before the scores multiply them.",
            lambda scores, returns, baselines: (scores * returns[:, None]).mean(0) - baselines.mean(),
        ),
        Mistake(
            "The baseline is taken off the score; it belongs to the return, which then weighs the score.",
            lambda scores, returns, baselines: ((scores - baselines[:, None]) * returns[:, None]).mean(0),
        ),
        Mistake(
            "This is the product of two means: each sample's own score must meet its own weight, and then comes the mean.",
            lambda scores, returns, baselines: scores.mean(0) * (returns - baselines).mean(),
        ),
        Mistake(
            "This multiplies the mean score with the sum of the weights: each score must meet its own weight first.",
            lambda scores, returns, baselines: scores.mean(0) * (returns - baselines).sum(),
        ),
        Mistake(
            "The mean runs over the parameters: it runs over the samples, dim 0, and leaves one number for each parameter.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).mean(1),
        ),
        Mistake(
            "The mean runs over samples and parameters: take it over the samples only, dim 0.",
            lambda scores, returns, baselines: (scores * left(returns, baselines)).mean(),
        ),
        Mistake(
            "This is what each sample says: take the mean over the samples, dim 0.",
            lambda scores, returns, baselines: scores * left(returns, baselines),
        ),
        Mistake(
            "[N, P] times [N] pairs the weights with the columns: make them a column first, `[:, None]`.",
            lambda scores, returns, baselines: (scores * (returns - baselines)).mean(0),
        ),
        Mistake(
            "[N, 1] minus [N] is a table of all pairs: subtract the baselines before the returns become a column.",
            lambda scores, returns, baselines: (scores * (returns[:, None] - baselines)).mean(0),
        ),
        Mistake(
            "The mean divides by N - 1; that belongs to a variance, a mean divides by N.",
            lambda scores, returns, baselines: (
                (scores * left(returns, baselines)).sum(0) / max(len(returns) - 1, 1)
            ),
        ),
        Mistake(
            "The size of the weight is taken, `abs`: what was worse than its baseline must push the other way.",
            lambda scores, returns, baselines: (scores * left(returns, baselines).abs()).mean(0),
        ),
    ),
)


def others_mean(returns: torch.Tensor) -> torch.Tensor:
    """The right answer, from which some mistakes start."""
    return (returns.sum() - returns) / (len(returns) - 1)


def without_equal_returns(returns):
    """Tells the others by their value instead of their place."""
    return torch.stack([returns[returns != own].mean() for own in returns])


def overwrites(returns):
    """Puts each mean where the next one still needs the return."""
    means = returns.clone()
    for i in range(len(means)):
        means[i] = (means.sum() - means[i]) / (len(means) - 1)
    return means


def those_before(returns):
    """0 for the first sample."""
    before = returns.cumsum(0) - returns
    return before / torch.arange(len(returns)).clamp(min=1)


LEAVE_ONE_OUT = Exercise(
    reference=leave_one_out,
    returns="[N]: one baseline for each sample",
    cases=(
        Case("returns 1, 2 and 6", (torch.tensor([1.0, 2.0, 6.0]),)),
        Case("two returns", (torch.tensor([3.0, -1.0]),)),
        Case("five returns", (normal(5, seed=60),)),
        Case("the same return twice", (torch.tensor([4.0, 1.0, 4.0, 0.0]),)),
        Case("equal returns", (torch.full((3,), 5.0),)),
        Case("one return far from the others", (torch.tensor([1.0, 2.0, 3.0, 50.0]),)),
    ),
    mistakes=(
        Mistake(
            "This is the mean of all returns, the sample's own included: leave it out of the sum, and divide by N - 1.",
            lambda returns: returns.mean().expand(len(returns)),
        ),
        Mistake(
            "This is one mean for all samples: each sample has its own baseline, the mean of the others.",
            lambda returns: returns.mean(),
        ),
        Mistake(
            "The own return is left out of the sum, but the sum is divided by N: there are N - 1 others.",
            lambda returns: (returns.sum() - returns) / len(returns),
        ),
        Mistake(
            "This is the sum of the others: divide by how many they are, N - 1.",
            lambda returns: returns.sum() - returns,
        ),
        Mistake(
            "The whole sum is divided by N - 1: take the sample's own return out of the sum first.",
            lambda returns: (returns.sum() / (len(returns) - 1)).expand(len(returns)),
        ),
        Mistake(
            "The own return is taken off the mean, not out of the sum: sum the others, then divide by N - 1.",
            lambda returns: returns.mean() - returns,
        ),
        Mistake(
            "This is the return minus the mean of all; asked for is the baseline itself, the mean of the others.",
            lambda returns: returns - returns.mean(),
        ),
        Mistake(
            "This is what is left after the baseline is taken off; return the baseline itself.",
            lambda returns: returns - others_mean(returns),
        ),
        Mistake(
            "This is the baseline minus the return; return the baseline itself.",
            lambda returns: others_mean(returns) - returns,
        ),
        Mistake(
            "The others are told by their value here, so equal returns drop out too: leave out the place, not the value.",
            without_equal_returns,
        ),
        Mistake(
            "This is the mean of the samples before this one; the others are those before and after it.",
            those_before,
        ),
        Mistake(
            "The means are written over the returns, which later samples still need: collect them in a new tensor.",
            overwrites,
        ),
        Mistake(
            "This is the mean of this sample and those after it; the others are all but this one.",
            lambda returns: torch.stack([returns[i:].mean() for i in range(len(returns))]),
        ),
        Mistake(
            "This is the mean of the samples up to this one: the others are all but this one.",
            lambda returns: returns.cumsum(0) / torch.arange(1, len(returns) + 1),
        ),
        Mistake(
            "This is the return of one neighbour; the baseline is the mean of all others.",
            lambda returns: returns.roll(1),
        ),
        Mistake(
            "This is the return of one neighbour; the baseline is the mean of all others.",
            lambda returns: returns.roll(-1),
        ),
        Mistake(
            "This is the median of the others; the mean is asked for.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i].median() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "This is the largest of the others; their mean is asked for.",
            lambda returns: torch.stack(
                [returns[torch.arange(len(returns)) != i].max() for i in range(len(returns))]
            ),
        ),
        Mistake(
            "This leaves out the last sample only, once for all: each sample leaves out itself.",
            lambda returns: returns[:-1].mean().expand(len(returns)),
        ),
        Mistake(
            "This leaves out the last sample only, once for all: each sample leaves out itself.",
            lambda returns: returns[:-1].mean(),
        ),
        Mistake(
            "`//` rounds down; divide with `/`.",
            lambda returns: (returns.sum() - returns) // (len(returns) - 1),
        ),
        Mistake(
            "The values are right, but they stand in a column [N, 1]: leave `keepdim` out.",
            lambda returns: others_mean(returns)[:, None],
        ),
    ),
)

EXERCISES = (EXPECTED_SCORE, STANDARD_ERROR, BASELINED_GRADIENT, LEAVE_ONE_OUT)
