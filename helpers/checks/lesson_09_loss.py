"""An exercise of lesson 09 as data: the clipped loss over real tokens, each with the advantage of its answer."""

import torch

from ..token_losses import grpo_loss
from .exercise import Case, Exercise, Mistake
from .lesson_09_groups import normal
from .lesson_09_tokens import (
    ALL_COUNTED,
    BY_ANSWERS,
    LONG_AND_SHORT,
    TURNED,
    UNMASKED_SUM,
    behind,
    lengths_to_mask,
    only_real,
)

__all__ = ["GRPO_LOSS"]


def ratio_of(log_probs, old_log_probs) -> torch.Tensor:
    """The right ratio, token by token."""
    return (log_probs - old_log_probs.detach()).exp()


def clipped_gain(rho, weights, clip: float) -> torch.Tensor:
    """The right objective of each token."""
    return torch.minimum(rho * weights, rho.clamp(1 - clip, 1 + clip) * weights)


def gains(log_probs, old_log_probs, advantages, clip: float) -> torch.Tensor:
    """The right objective of each token from the arguments of the loss."""
    return clipped_gain(ratio_of(log_probs, old_log_probs), advantages.detach()[:, None], clip)


def reduced(reduce):
    """A wrong loss: the right gains [B, L], reduced wrongly with the mask."""

    def loss(log_probs, old_log_probs, advantages, mask, clip):
        return -reduce(gains(log_probs, old_log_probs, advantages, clip), mask)

    return loss


def gained(gain):
    """A wrong loss: the mean over real tokens of gain(ratio, weights, clip)."""

    def loss(log_probs, old_log_probs, advantages, mask, clip):
        rho, weights = ratio_of(log_probs, old_log_probs), advantages.detach()[:, None]
        return -gain(rho, weights, clip).expand_as(log_probs)[mask].mean()

    return loss


def advantages_not_detached(log_probs, old_log_probs, advantages, mask, clip):
    rho = ratio_of(log_probs, old_log_probs)
    return -clipped_gain(rho, advantages[:, None], clip)[mask].mean()


def old_not_detached(log_probs, old_log_probs, advantages, mask, clip):
    rho = (log_probs - old_log_probs).exp()
    return -clipped_gain(rho, advantages.detach()[:, None], clip)[mask].mean()


def nothing_detached(log_probs, old_log_probs, advantages, mask, clip):
    rho = (log_probs - old_log_probs).exp()
    return -clipped_gain(rho, advantages[:, None], clip)[mask].mean()


def upside_down(log_probs, old_log_probs, advantages, mask, clip):
    rho = (old_log_probs.detach() - log_probs).exp()
    return -clipped_gain(rho, advantages.detach()[:, None], clip)[mask].mean()


def whole_answer_ratio(log_probs, old_log_probs, advantages, mask, clip):
    log_ratio = only_real(log_probs - old_log_probs.detach(), mask).sum(1, keepdim=True)
    return (
        -clipped_gain(log_ratio.exp(), advantages.detach()[:, None], clip).expand_as(log_probs)[mask].mean()
    )


def one_ratio_per_answer(log_probs, old_log_probs, advantages, mask, clip):
    log_ratio = only_real(log_probs - old_log_probs.detach(), mask).sum(1)
    return -clipped_gain(log_ratio.exp(), advantages.detach(), clip).mean()


def no_ratio(log_probs, old_log_probs, advantages, mask, clip):
    return -(log_probs * advantages.detach()[:, None])[mask].mean()


def by_columns(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped_gain(ratio_of(log_probs, old_log_probs), advantages.detach(), clip)[mask].mean()


def standardised_again(log_probs, old_log_probs, advantages, mask, clip):
    calm = advantages.detach() - advantages.detach().mean()
    calm = calm / (calm.square().mean().sqrt() + 1e-8)
    return -gains(log_probs, old_log_probs, calm, clip)[mask].mean()


def standardised_again_by_sample_std(log_probs, old_log_probs, advantages, mask, clip):
    calm = (advantages - advantages.mean()).detach() / (advantages.detach().std() + 1e-8)
    return -gains(log_probs, old_log_probs, calm, clip)[mask].mean()


def smaller_mean(log_probs, old_log_probs, advantages, mask, clip):
    rho, weights = ratio_of(log_probs, old_log_probs), advantages.detach()[:, None]
    return -torch.minimum(
        (rho * weights)[mask].mean(), (rho.clamp(1 - clip, 1 + clip) * weights)[mask].mean()
    )


def detached_policy(log_probs, old_log_probs, advantages, mask, clip):
    rho = (log_probs.detach() - old_log_probs).exp()
    return -clipped_gain(rho, advantages.detach()[:, None], clip)[mask].mean()


def upside_down_unclipped(log_probs, old_log_probs, advantages, mask, clip):
    return -((old_log_probs.detach() - log_probs).exp() * advantages.detach()[:, None])[mask].mean()


def divided(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped_gain(log_probs / old_log_probs.detach(), advantages.detach()[:, None], clip)[mask].mean()


def mean_ratio_per_answer(log_probs, old_log_probs, advantages, mask, clip):
    log_ratio = only_real(log_probs - old_log_probs.detach(), mask).sum(1) / mask.sum(1)
    return -clipped_gain(log_ratio.exp(), advantages.detach(), clip).mean()


def masked_too_early(log_probs, old_log_probs, advantages, mask, clip):
    rho = ((log_probs - old_log_probs.detach()) * mask).exp()
    return -clipped_gain(rho, advantages.detach()[:, None], clip).mean()


def masked_too_early_by_reals(log_probs, old_log_probs, advantages, mask, clip):
    rho = ((log_probs - old_log_probs.detach()) * mask).exp()
    return -clipped_gain(rho, advantages.detach()[:, None], clip).sum() / mask.sum()


def answers(*shape: int, seed: int, mask: torch.Tensor, clip: float) -> tuple:
    """Two answers' worth of everything: ratios from about 0.5 to 2, other numbers behind the mask."""
    old = -normal(*shape, seed=seed).abs()
    new = old + 0.4 * normal(*shape, seed=seed + 20)
    advantages = normal(shape[0], seed=seed + 40) * 1.5
    return behind(new, mask, -0.3), behind(old, mask, -1.5), advantages, mask, clip


def two_tokens(ratios: list, advantages: list, clip: float) -> tuple:
    """Answers whose tokens have given ratios, all real."""
    rho = torch.tensor(ratios)
    return (
        rho.log() - 1.0,
        torch.full_like(rho, -1.0),
        torch.tensor(advantages),
        torch.ones(rho.shape).bool(),
        clip,
    )


AGAIN = "The advantages are standardised once more: they come standardised in their groups."
ONE_BY_ONE = "These are the losses of the tokens, one by one: take their mean over the real ones."
FIRST_PAPER = "Each answer is averaged by itself first, as in the first GRPO paper: asked for is one mean over all real tokens."

GRPO_LOSS = Exercise(
    reference=grpo_loss,
    returns="one number",
    differentiate=("log_probs", "old_log_probs", "advantages"),
    cases=(
        Case(
            "a policy that has not moved",
            two_tokens([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [1.0, -2.0], 0.2),
        ),
        Case(
            "ratios beyond the clip on both sides",
            two_tokens([[1.5, 0.5], [1.6, 0.4], [1.1, 0.95]], [2.0, -1.0, 0.5], 0.2),
        ),
        Case("answers of 5, 1 and 3 tokens", answers(3, 5, seed=1, mask=LONG_AND_SHORT, clip=0.2)),
        Case(
            "3 answers of up to 3 tokens",
            answers(3, 3, seed=2, mask=lengths_to_mask(3, 2, 1, width=3), clip=0.1),
        ),
        Case("a wide clip", answers(4, 6, seed=3, mask=lengths_to_mask(6, 2, 4, 1, width=6), clip=0.5)),
        Case("a single real token", answers(1, 3, seed=4, mask=lengths_to_mask(1, width=3), clip=0.2)),
        Case("no padding at all", answers(2, 4, seed=5, mask=lengths_to_mask(4, 4, width=4), clip=0.2)),
    ),
    mistakes=(
        Mistake(
            "A gradient flows into the advantages: they are data, detach them.",
            advantages_not_detached,
        ),
        Mistake(
            "A gradient flows into the old log-probabilities: they are data about the policy that wrote, detach them.",
            old_not_detached,
        ),
        Mistake(
            "Gradients flow into the old log-probabilities and the advantages: both are data, detach them.",
            nothing_detached,
        ),
        Mistake(
            "The wrong one is detached: the gradient belongs to the new log-probabilities, the old ones are data.",
            detached_policy,
        ),
        Mistake(
            "The sign is turned round: this is the objective to be climbed; a loss is minimised, so put a minus.",
            reduced(lambda gain, mask: -gain[mask].mean()),
        ),
        Mistake(FIRST_PAPER, reduced(lambda gain, mask: (only_real(gain, mask).sum(1) / mask.sum(1)).mean())),
        Mistake(
            "Padding is counted as well: average only where the mask is true.",
            reduced(lambda gain, mask: gain.mean()),
        ),
        Mistake(ALL_COUNTED, reduced(lambda gain, mask: (gain * mask).mean())),
        Mistake(
            "This is a sum over tokens: divide by the number of real tokens.",
            reduced(lambda gain, mask: gain[mask].sum()),
        ),
        Mistake(BY_ANSWERS, reduced(lambda gain, mask: (gain * mask).sum(1).mean())),
        Mistake(TURNED, reduced(lambda gain, mask: gain[~mask].mean())),
        Mistake(
            "Without `min` the clipped ratio stands alone: a bad move beyond the clip then has no gradient to mend it.",
            gained(lambda rho, weights, clip: rho.clamp(1 - clip, 1 + clip) * weights),
        ),
        Mistake(
            "The clip is missing: take the minimum with the clamped ratio times the advantage.",
            gained(lambda rho, weights, clip: rho * weights),
        ),
        Mistake(
            "The maximum takes the better of the two: the loss is pessimistic, take the minimum.",
            gained(
                lambda rho, weights, clip: torch.maximum(
                    rho * weights, rho.clamp(1 - clip, 1 + clip) * weights
                )
            ),
        ),
        Mistake(
            "Only ratios above 1 + clip are cut: for a negative advantage that is the wrong side.",
            gained(lambda rho, weights, clip: torch.minimum(rho, rho.clamp(1 - clip, 1 + clip)) * weights),
        ),
        Mistake(
            "The ratio is clamped to [-clip, clip]: it lies around 1, so clamp to [1 - clip, 1 + clip].",
            gained(lambda rho, weights, clip: torch.minimum(rho * weights, rho.clamp(-clip, clip) * weights)),
        ),
        Mistake("The ratio is upside down: new over old.", upside_down),
        Mistake(
            "The logarithm of the ratio is used as the ratio: take its exponential.",
            gained(lambda rho, weights, clip: clipped_gain(rho.log(), weights, clip)),
        ),
        Mistake(
            "The ratio is missing: this is REINFORCE on tokens; once the policy has moved, ρ and the clip are needed.",
            no_ratio,
        ),
        Mistake(
            "Here one ratio of whole answers is used for all tokens: in this loss each token has a ratio of its own.",
            whole_answer_ratio,
        ),
        Mistake(
            "Here one ratio of whole answers is used for all tokens: in this loss each token has a ratio of its own.",
            one_ratio_per_answer,
        ),
        Mistake(
            "The minimum is taken of two means: take it for each token, then average.",
            smaller_mean,
        ),
        Mistake(
            "[B, L] times [B] pairs places with answers, if it runs at all: make the advantages a column, `[:, None]`.",
            by_columns,
        ),
        Mistake(AGAIN, standardised_again),
        Mistake(AGAIN, standardised_again_by_sample_std),
        Mistake(ONE_BY_ONE, reduced(lambda gain, mask: gain[mask])),
        Mistake(ONE_BY_ONE, reduced(lambda gain, mask: gain * mask)),
        Mistake(ONE_BY_ONE, reduced(lambda gain, mask: gain)),
        Mistake(UNMASKED_SUM, reduced(lambda gain, mask: gain.sum() / mask.sum())),
        Mistake(
            "This is one loss for each answer: one number for the whole batch is asked for.",
            reduced(lambda gain, mask: only_real(gain, mask).sum(1) / mask.sum(1)),
        ),
        Mistake(
            "ratio · advantage is clamped as a whole: clamp the ratio, then multiply with the advantage.",
            gained(
                lambda rho, weights, clip: torch.minimum(
                    rho * weights, (rho * weights).clamp(1 - clip, 1 + clip)
                )
            ),
        ),
        Mistake(
            "The lower bound 1 - clip is missing: for a negative advantage that is the side that counts.",
            gained(
                lambda rho, weights, clip: torch.minimum(rho * weights, rho.clamp(max=1 + clip) * weights)
            ),
        ),
        Mistake(
            "The upper bound 1 + clip is missing: for a positive advantage that is the side that counts.",
            gained(
                lambda rho, weights, clip: torch.minimum(rho * weights, rho.clamp(min=1 - clip) * weights)
            ),
        ),
        Mistake(
            "The clip is fixed at 0.2: use the argument `clip`.",
            gained(lambda rho, weights, clip: clipped_gain(rho, weights, 0.2)),
        ),
        Mistake(
            "The log-ratio is clamped to [-clip, clip]: clamp the ratio itself to [1 - clip, 1 + clip].",
            gained(
                lambda rho, weights, clip: torch.minimum(
                    rho * weights, rho.log().clamp(-clip, clip).exp() * weights
                )
            ),
        ),
        Mistake(
            "The bounds of the clamp are swapped or equal: first 1 - clip, then 1 + clip.",
            gained(
                lambda rho, weights, clip: torch.minimum(
                    rho * weights, rho.clamp(1 + clip, 1 - clip) * weights
                )
            ),
        ),
        Mistake(
            "The advantages have lost their sign: a bad answer must become less likely.",
            gained(lambda rho, weights, clip: clipped_gain(rho, weights.abs(), clip)),
        ),
        Mistake(
            "The advantages are missing: every answer is praised alike.",
            gained(lambda rho, weights, clip: torch.minimum(rho, rho.clamp(1 - clip, 1 + clip))),
        ),
        Mistake(
            "The ratio is upside down, and the clip is missing: new over old, then clamp.",
            upside_down_unclipped,
        ),
        Mistake(
            "Log-probabilities are divided: a ratio of probabilities is `exp` of their difference.", divided
        ),
        Mistake(
            "This clips one ratio of a whole answer, its mean per token (that is GSPO): here each token has a ratio of its own.",
            mean_ratio_per_answer,
        ),
        Mistake(
            "Masked log-ratios are 0, so padding has ρ = 1 and still counts: mask the gains, with `masked_mean`.",
            masked_too_early,
        ),
        Mistake(
            "Masked log-ratios are 0, so padding has ρ = 1 and still counts: mask the gains, with `masked_mean`.",
            masked_too_early_by_reals,
        ),
        Mistake(
            "The ratio is detached inside the clamp: within the clip both halves of the minimum need their gradient.",
            gained(
                lambda rho, weights, clip: torch.minimum(
                    rho * weights, rho.detach().clamp(1 - clip, 1 + clip) * weights
                )
            ),
        ),
    ),
)
