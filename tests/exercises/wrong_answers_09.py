"""Lesson 09: wrong answers that students give, written from the exercises' text alone."""

import math

import numpy as np
import torch


def groups_without_keepdim(rewards):
    return (rewards - rewards.mean(1)) / (rewards.std(1) + 1e-8)


def groups_in_place(rewards):
    rewards -= rewards.mean(1, keepdim=True)
    return rewards / (rewards.std(1, keepdim=True) + 1e-8)


def groups_equal_keep_their_reward(rewards):
    deviation = rewards.std(1, keepdim=True)
    return torch.where(deviation > 0, (rewards - rewards.mean(1, keepdim=True)) / deviation, rewards)


def groups_against_the_others(rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    return (rewards - others) / (rewards.std(1, keepdim=True) + 1e-8)


def groups_std_of_the_others(rewards):
    out = torch.zeros_like(rewards)
    for g in range(rewards.shape[0]):
        for k in range(rewards.shape[1]):
            others = torch.cat([rewards[g, :k], rewards[g, k + 1 :]])
            out[g, k] = (rewards[g, k] - others.mean()) / (others.std(correction=0) + 1e-8)
    return out


def groups_in_double_loop_first_group_only(rewards):
    mean, deviation = rewards[0].mean(), rewards[0].std()
    return (rewards - mean) / (deviation + 1e-8)


def groups_min_max(rewards):
    low, high = rewards.amin(1, keepdim=True), rewards.amax(1, keepdim=True)
    return (rewards - low) / (high - low + 1e-8)


def groups_guarded_by_one(rewards):
    deviation = rewards.std(1, keepdim=True).clamp(min=1.0)
    return (rewards - rewards.mean(1, keepdim=True)) / deviation


def penalty_in_place(log_probs, reference_log_probs):
    reference_log_probs -= log_probs
    return reference_log_probs.exp() - 1 - reference_log_probs


def mean_in_place(x, mask):
    x[~mask] = 0
    return x.sum() / mask.sum()


def mean_of_each_answer_first(x, mask):
    return (x.masked_fill(~mask, 0).sum(1) / mask.sum(1)).mean()


def mean_of_each_place_first(x, mask):
    return (x.masked_fill(~mask, 0).sum(0) / mask.sum(0).clamp(min=1)).mean()


def ratio_and_column(log_probs, old_log_probs, advantages):
    return (log_probs - old_log_probs.detach()).exp(), advantages.detach()[:, None]


def clipped(ratio, weight, clip):
    return torch.minimum(ratio * weight, ratio.clamp(1 - clip, 1 + clip) * weight)


def average(gain, mask):
    return gain[mask].mean()


def loss_plus(log_probs, old_log_probs, advantages, mask, clip):
    return average(clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip), mask)


def loss_max(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(torch.maximum(ratio * weight, ratio.clamp(1 - clip, 1 + clip) * weight), mask)


def loss_each_answer_first(log_probs, old_log_probs, advantages, mask, clip):
    gain = clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip)
    return -(gain.masked_fill(~mask, 0).sum(1) / mask.sum(1)).mean()


def loss_sum(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip)[mask].sum()


def loss_over_answers(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip)[mask].sum() / len(mask)


def loss_with_padding(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip).mean()


def loss_padding_counts(log_probs, old_log_probs, advantages, mask, clip):
    gain = clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip)
    return -torch.where(mask, gain, 0.0).mean()


def loss_mask_only_below(log_probs, old_log_probs, advantages, mask, clip):
    gain = clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip)
    return -gain.sum() / mask.sum()


def loss_old_not_detached(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs).exp()
    return -average(clipped(ratio, advantages.detach()[:, None], clip), mask)


def loss_advantages_not_detached(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -average(clipped(ratio, advantages[:, None], clip), mask)


def loss_nothing_detached(log_probs, old_log_probs, advantages, mask, clip):
    return -average(clipped((log_probs - old_log_probs).exp(), advantages[:, None], clip), mask)


def loss_clipped_only(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(ratio.clamp(1 - clip, 1 + clip) * weight, mask)


def loss_unclipped(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(ratio * weight, mask)


def loss_old_over_new(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (old_log_probs.detach() - log_probs).exp()
    return -average(clipped(ratio, advantages.detach()[:, None], clip), mask)


def loss_without_exp(log_probs, old_log_probs, advantages, mask, clip):
    ratio = log_probs - old_log_probs.detach()
    return -average(clipped(ratio, advantages.detach()[:, None], clip), mask)


def loss_ratio_of_logs(log_probs, old_log_probs, advantages, mask, clip):
    ratio = log_probs / old_log_probs.detach()
    return -average(clipped(ratio, advantages.detach()[:, None], clip), mask)


def loss_advantages_in_a_row(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return -average(clipped(ratio, advantages.detach(), clip), mask)


def loss_ratio_of_the_whole_answer(log_probs, old_log_probs, advantages, mask, clip):
    moved = torch.where(mask, log_probs - old_log_probs.detach(), 0.0).sum(1)
    return -clipped(moved.exp(), advantages.detach(), clip).mean()


def loss_log_prob_times_advantage(log_probs, old_log_probs, advantages, mask, clip):
    return -average(log_probs * advantages.detach()[:, None], mask)


def loss_product_clamped(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(torch.minimum(ratio * weight, (ratio * weight).clamp(1 - clip, 1 + clip)), mask)


def loss_clamped_around_zero(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(torch.minimum(ratio * weight, ratio.clamp(-clip, clip) * weight), mask)


def loss_min_of_the_ratios(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(torch.minimum(ratio, ratio.clamp(1 - clip, 1 + clip)) * weight, mask)


def loss_clip_always_a_fifth(log_probs, old_log_probs, advantages, mask, clip):
    return -average(clipped(*ratio_and_column(log_probs, old_log_probs, advantages), 0.2), mask)


def loss_all_detached(log_probs, old_log_probs, advantages, mask, clip):
    return -average(clipped(*ratio_and_column(log_probs.detach(), old_log_probs, advantages), clip), mask)


def loss_standardised_again(log_probs, old_log_probs, advantages, mask, clip):
    again = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    return -average(clipped(*ratio_and_column(log_probs, old_log_probs, again), clip), mask)


def loss_of_the_padding(log_probs, old_log_probs, advantages, mask, clip):
    return -average(clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip), ~mask)


def loss_of_each_token(log_probs, old_log_probs, advantages, mask, clip):
    return -clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip) * mask


def loss_as_a_number(log_probs, old_log_probs, advantages, mask, clip):
    return -average(clipped(*ratio_and_column(log_probs, old_log_probs, advantages), clip), mask).item()


def loss_clipped_above_only(log_probs, old_log_probs, advantages, mask, clip):
    ratio, weight = ratio_and_column(log_probs, old_log_probs, advantages)
    return -average(torch.minimum(ratio * weight, ratio.clamp(max=1 + clip) * weight), mask)


def groups_one_by_one(rewards):
    rows = []
    for group in rewards.float():
        rows.append((group - group.mean()) / (group.std() + 1e-4))
    return torch.stack(rows)


def groups_numpy_float32(rewards):
    r = np.asarray(rewards, dtype=np.float32).T
    return ((r - r.mean(0)) / (r.std(0, ddof=1) + np.float32(1e-6))).T


def penalty_loop(log_probs, reference_log_probs):
    out = np.zeros(log_probs.shape)
    for place in np.ndindex(*log_probs.shape):
        away = reference_log_probs[place].item() - log_probs[place].item()
        out[place] = math.exp(away) - 1 - away
    return out


def penalty_f(log_probs, reference_log_probs):
    """f(x) = exp(-x) - 1 + x at x = log π - log π_ref."""
    x = (log_probs - reference_log_probs).double()
    return torch.exp(-x).sub_(1).add_(x)


def mean_loop(x, mask):
    total, count = 0.0, 0
    for row, real in zip(x.tolist(), mask.tolist(), strict=True):
        for value, is_real in zip(row, real, strict=True):
            if is_real:
                total, count = total + value, count + 1
    return total / count


def no_graph(answer):
    """The same answer, computed where torch keeps no graph."""

    def computed(*arguments):
        with torch.no_grad():
            return answer(*arguments)

    return computed


def penalty(log_probs, reference_log_probs):
    return (reference_log_probs - log_probs).expm1() - (reference_log_probs - log_probs)


def half_square_in_place(log_probs, reference_log_probs):
    reference_log_probs -= log_probs
    return 0.5 * reference_log_probs**2


def wipes_nan(x, mask):
    x.nan_to_num_()
    return x.mean()


WRONG = {
    "group_advantages": [
        lambda rewards: (rewards - rewards.mean()) / (rewards.std() + 1e-8),
        lambda rewards: (rewards - rewards.mean(0)) / (rewards.std(0) + 1e-8),
        lambda rewards: (rewards - rewards.mean(0, keepdim=True)) / (rewards.std(0, correction=0) + 1e-8),
        lambda rewards: rewards - rewards.mean(1, keepdim=True),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, keepdim=True),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / (rewards.var(1, keepdim=True) + 1e-8),
        lambda rewards: (rewards.mean(1, keepdim=True) - rewards) / (rewards.std(1, keepdim=True) + 1e-8),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / (rewards.std() + 1e-8),
        lambda rewards: (rewards - rewards.mean()) / (rewards.std(1, keepdim=True) + 1e-8),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 0.1),
        lambda rewards: rewards / (rewards.std(1, keepdim=True) + 1e-8),
        lambda rewards: rewards - rewards.mean(1, keepdim=True) / (rewards.std(1, keepdim=True) + 1e-8),
        lambda rewards: (
            (rewards - rewards.median(1, keepdim=True)[0]) / (rewards.std(1, keepdim=True) + 1e-8)
        ),
        lambda rewards: (rewards - rewards.mean(1, keepdim=True)) / (rewards.mean(1, keepdim=True) + 1e-8),
        lambda rewards: rewards.float().softmax(1),
        groups_without_keepdim,
        groups_in_place,
        groups_equal_keep_their_reward,
        groups_against_the_others,
        groups_std_of_the_others,
        groups_in_double_loop_first_group_only,
        groups_min_max,
        groups_guarded_by_one,
    ],
    "kl_penalty": [
        lambda log_probs, reference_log_probs: (
            (log_probs - reference_log_probs).exp() - 1 - (log_probs - reference_log_probs)
        ),
        lambda log_probs, reference_log_probs: log_probs - reference_log_probs,
        lambda log_probs, reference_log_probs: reference_log_probs - log_probs,
        lambda log_probs, reference_log_probs: (log_probs - reference_log_probs) ** 2 / 2,
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs) - ((reference_log_probs - log_probs).exp() - 1)
        ),
        lambda log_probs, reference_log_probs: (
            reference_log_probs / log_probs - 1 - (reference_log_probs / log_probs).log()
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() - (reference_log_probs - log_probs)
        ),
        lambda log_probs, reference_log_probs: (reference_log_probs - log_probs).exp() - 1,
        lambda log_probs, reference_log_probs: (log_probs - reference_log_probs).abs(),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() - 1 - (reference_log_probs - log_probs)
        ).sum(1),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() - 1 - (reference_log_probs - log_probs)
        ).mean(),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() - 1 + (reference_log_probs - log_probs)
        ),
        lambda log_probs, reference_log_probs: log_probs.exp() * (log_probs - reference_log_probs),
        lambda log_probs, reference_log_probs: torch.nn.functional.kl_div(
            log_probs, reference_log_probs, log_target=True, reduction="none"
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() * (reference_log_probs - log_probs)
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).expm1() - 1 - (reference_log_probs - log_probs)
        ),
        lambda log_probs, reference_log_probs: (
            (log_probs - reference_log_probs).exp() - 1 - (reference_log_probs - log_probs)
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs).exp() - 1 - (log_probs - reference_log_probs)
        ),
        lambda log_probs, reference_log_probs: (
            (reference_log_probs - log_probs) - 1 - (reference_log_probs - log_probs).log()
        ),
        penalty_in_place,
    ],
    "masked_mean": [
        lambda x, mask: (x * mask).sum() / mask.sum(),
        lambda x, mask: (x * mask).mean(),
        lambda x, mask: x.mean(),
        lambda x, mask: x[mask].sum(),
        lambda x, mask: torch.where(mask, x, 0.0).mean(),
        lambda x, mask: x.nanmean(),
        lambda x, mask: x.nan_to_num().mean(),
        lambda x, mask: x[~mask].mean(),
        lambda x, mask: x[mask].sum() / len(x),
        lambda x, mask: x[mask].sum() / x.shape[1],
        lambda x, mask: x[mask].median(),
        lambda x, mask: x.masked_fill(~mask, 0).sum(1) / mask.sum(1),
        lambda x, mask: x.masked_fill(mask, 0).sum() / mask.sum(),
        lambda x, mask: x[mask],
        lambda x, mask: x[mask].sum() / (mask.sum() - 1),
        lambda x, mask: x.nansum() / mask.sum(),
        mean_in_place,
        mean_of_each_answer_first,
        mean_of_each_place_first,
        lambda x, mask: np.nanmean(np.where(mask, x, np.nan), axis=1).mean(),
    ],
    "grpo_loss": [
        loss_plus,
        loss_max,
        loss_each_answer_first,
        loss_sum,
        loss_over_answers,
        loss_with_padding,
        loss_padding_counts,
        loss_mask_only_below,
        loss_old_not_detached,
        loss_advantages_not_detached,
        loss_nothing_detached,
        loss_clipped_only,
        loss_unclipped,
        loss_old_over_new,
        loss_without_exp,
        loss_ratio_of_logs,
        loss_advantages_in_a_row,
        loss_ratio_of_the_whole_answer,
        loss_log_prob_times_advantage,
        loss_product_clamped,
        loss_clamped_around_zero,
        loss_min_of_the_ratios,
        loss_clip_always_a_fifth,
        loss_all_detached,
        loss_standardised_again,
        loss_of_the_padding,
        loss_of_each_token,
        loss_as_a_number,
        loss_clipped_above_only,
    ],
}

TOLD = {
    "group_advantages": [
        (
            lambda rewards: (
                (rewards - rewards.float().mean(dim=1, keepdim=True))
                / (rewards.float().std(dim=1, keepdim=True) + 1e-8)
            ),
            "the mean rounds",
        ),
        (
            lambda rewards: (
                (rewards - rewards.float().mean(-1)[:, None])
                / (rewards.float().std(-1, correction=0)[:, None] + 1e-6)
            ),
            "the mean rounds",
        ),
        (
            groups_one_by_one,
            "the mean rounds",
        ),
        (
            groups_numpy_float32,
            "the mean rounds",
        ),
        (
            lambda rewards: (
                (rewards - rewards.mean(1, keepdim=True))
                / (rewards.std(1, correction=0, keepdim=True) + 1e-8)
            ),
            ("eight times 0.3", "the mean rounds"),
        ),
        (
            lambda rewards: (
                (rewards - rewards.mean(1, keepdim=True)) / rewards.std(1, keepdim=True)
            ).nan_to_num(),
            "the mean rounds",
        ),
    ],
    "kl_penalty": [
        (
            lambda log_probs, reference_log_probs: (
                np.exp(reference_log_probs.numpy() - log_probs.numpy())
                - 1
                + log_probs.numpy()
                - reference_log_probs.numpy()
            ),
            "NumPy keeps no graph",
        ),
        (
            penalty_loop,
            "no gradient flows back to `log_probs`",
        ),
        (
            penalty_f,
            "its gradient cannot be taken",
        ),
        (
            lambda log_probs, reference_log_probs: (
                np.expm1(reference_log_probs.numpy() - log_probs.numpy())
                - (reference_log_probs.numpy() - log_probs.numpy())
            ),
            "NumPy keeps no graph",
        ),
        (no_graph(penalty), "no gradient flows back to `log_probs`"),
        (lambda *given: penalty(*given).detach(), "no gradient flows back to `log_probs`"),
        (
            lambda log_probs, reference_log_probs: (log_probs - reference_log_probs).detach(),
            ("This is k1", "no gradient flows back to `log_probs`"),
        ),
        (half_square_in_place, ("This is k2", "also changes `reference_log_probs`")),
    ],
    "masked_mean": [
        (
            lambda x, mask: np.mean(x.numpy()[mask.numpy()]),
            "NumPy keeps no graph",
        ),
        (
            mean_loop,
            "no gradient flows back to `x`",
        ),
        (
            lambda x, mask: np.ma.masked_array(x.numpy(), ~mask.numpy()).mean(),
            "NumPy keeps no graph",
        ),
        (
            lambda x, mask: np.average(np.where(mask, x, 0.0), weights=mask),
            "NumPy keeps no graph",
        ),
        (no_graph(lambda x, mask: x[mask].mean()), "no gradient flows back to `x`"),
        (lambda x, mask: x[mask].mean().item(), "no gradient flows back to `x`"),
        (lambda x, mask: (x * mask).sum() / mask.sum(), "0 · NaN is NaN"),
        (wipes_nan, ("Padding is counted", "also changes `x`")),
    ],
}
