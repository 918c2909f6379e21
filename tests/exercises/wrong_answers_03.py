"""Lesson 03: what a hurried student types from the exercise's text alone; each is wrong on some input the text promises."""

import math

import numpy as np
import torch
from torch.nn.functional import one_hot


def score_of_an_action_counted_from_one(logits, action):
    score = -logits.softmax(0)
    score[action - 1] += 1
    return score


def score_in_float_exponentials(logits, action):
    score = -torch.exp(logits) / torch.exp(logits).sum()
    score[action] += 1
    return score


def score_by_autograd_of_the_probability(logits, action):
    leaf = logits.clone().requires_grad_()
    leaf.softmax(0)[action].backward()
    return leaf.grad


def score_by_autograd_of_all(logits, action):
    leaf = logits.clone().requires_grad_()
    leaf.log_softmax(0).sum().backward()
    return leaf.grad


def score_minus_one_at_the_action(logits, action):
    score = logits.softmax(0)
    score[action] -= 1
    return score


def score_moves_the_logits(logits, action):
    logits -= logits.max()
    return torch.eye(len(logits))[action] - logits.exp() / logits.exp().sum()


def steps_of(mdp, logits, states, actions):
    s, a, following = states[:-1], actions, states[1:]
    return mdp.start[states[0]].log(), logits.log_softmax(1)[s, a], mdp.transition[s, a, following].log()


def log_prob_without_start(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return (choices + answers).sum()


def log_prob_without_answers(mdp, logits, states, actions):
    start, choices, _ = steps_of(mdp, logits, states, actions)
    return start + choices.sum()


def log_prob_of_choices_only(mdp, logits, states, actions):
    return steps_of(mdp, logits, states, actions)[1].sum()


def log_prob_of_the_world_only(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + answers.sum()


def probability_itself(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return (start + choices.sum() + answers.sum()).exp()


def log_prob_mean(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return start + (choices + answers).mean()


def log_prob_discounted(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return start + (mdp.gamma ** torch.arange(len(actions)) * (choices + answers)).sum()


def log_prob_negative(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return -(start + choices.sum() + answers.sum())


def log_prob_each_step(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return start + choices + answers


def log_prob_over_states(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits.log_softmax(0)[states[:-1], actions].sum() + answers.sum()


def log_prob_raw_logits(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits[states[:-1], actions].sum() + answers.sum()


def log_prob_logs_of_logits(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits[states[:-1], actions].log().sum() + answers.sum()


def log_prob_softmax_without_log(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits.softmax(1)[states[:-1], actions].sum() + answers.sum()


def log_prob_twice_softmax(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits.softmax(1).log_softmax(1)[states[:-1], actions].sum() + answers.sum()


def log_prob_policy_in_the_next_state(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits.log_softmax(1)[states[1:], actions].sum() + answers.sum()


def log_prob_transition_turned(mdp, logits, states, actions):
    start, choices, _ = steps_of(mdp, logits, states, actions)
    return start + choices.sum() + mdp.transition[states[1:], actions, states[:-1]].log().sum()


def log_prob_without_the_last_step(mdp, logits, states, actions):
    total = mdp.start[states[0]].log()
    for t in range(len(actions) - 1):
        total = total + logits.log_softmax(1)[states[t], actions[t]]
        total = total + mdp.transition[states[t], actions[t], states[t + 1]].log()
    return total


def log_prob_without_the_last_answer(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return start + choices.sum() + answers[:-1].sum()


def log_prob_start_as_logits(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return mdp.start.log_softmax(0)[states[0]] + choices.sum() + answers.sum()


def log_prob_world_as_logits(mdp, logits, states, actions):
    start, choices, _ = steps_of(mdp, logits, states, actions)
    answers = mdp.transition.log_softmax(2)[states[:-1], actions, states[1:]]
    return start + choices.sum() + answers.sum()


def log_prob_world_without_log(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return mdp.start[states[0]] + choices.sum() + answers.exp().sum()


def log_prob_start_without_log(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return mdp.start[states[0]] + choices.sum() + answers.sum()


def log_prob_state_zero_starts(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return mdp.start[0].log() + choices.sum() + answers.sum()


def log_prob_start_every_step(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return mdp.start[states[:-1]].log().sum() + choices.sum() + answers.sum()


def log_prob_log_of_the_sum(mdp, logits, states, actions):
    _, choices, answers = steps_of(mdp, logits, states, actions)
    return (mdp.start[states[0]] + (choices + answers).exp().sum()).log()


def log_prob_base_ten(mdp, logits, states, actions):
    start, choices, answers = steps_of(mdp, logits, states, actions)
    return (start + choices.sum() + answers.sum()) / math.log(10)


def log_prob_all_pairs(mdp, logits, states, actions):
    start, _, answers = steps_of(mdp, logits, states, actions)
    return start + logits.log_softmax(1)[states[:-1]][:, actions].sum() + answers.sum()


def differences(f, theta, eps, above=1.0, below=1.0, divisor=None):
    divisor = 2 * eps if divisor is None else divisor
    steps = torch.eye(len(theta), dtype=theta.dtype) * eps
    return torch.tensor(
        [(float(f(theta + above * s)) - float(f(theta - below * s))) / divisor for s in steps]
    )


def differences_steps_pile_up(f, theta, eps):
    theta, gradient = theta.clone(), torch.zeros_like(theta)
    for p in range(len(theta)):
        step = torch.zeros_like(theta)
        step[p] = eps
        theta = theta + step
        gradient[p] = (f(theta) - f(theta - 2 * step)) / (2 * eps)
    return gradient


def differences_one_step_vector(f, theta, eps):
    gradient, step = torch.zeros_like(theta), torch.zeros_like(theta)
    for p in range(len(theta)):
        step[p] = eps
        gradient[p] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient


def differences_moves_theta(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(len(theta)):
        theta[p] += eps
        above = f(theta)
        theta[p] -= 2 * eps
        gradient[p] = (above - f(theta)) / (2 * eps)
    return gradient


def differences_two_names_for_one(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(len(theta)):
        up = down = theta.clone()
        up[p] += eps
        down[p] -= eps
        gradient[p] = (f(up) - f(down)) / (2 * eps)
    return gradient


def differences_put_back_too_early(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(len(theta)):
        theta[p] += eps
        above = f(theta)
        theta[p] -= eps
        gradient[p] = (above - f(theta)) / (2 * eps)
    return gradient


def differences_all_at_once(f, theta, eps):
    return (f(theta + eps) - f(theta - eps)) / (2 * eps)


def differences_the_same_for_all(f, theta, eps):
    return torch.full_like(theta, float(f(theta + eps) - f(theta - eps)) / (2 * eps))


def differences_second(f, theta, eps):
    steps = torch.eye(len(theta), dtype=theta.dtype) * eps
    return torch.tensor(
        [(float(f(theta + s)) - 2 * float(f(theta)) + float(f(theta - s))) / eps**2 for s in steps]
    )


def differences_by_autograd(f, theta, eps):
    leaf = theta.clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)[0]


def differences_whole_numbers(f, theta, eps):
    gradient = torch.zeros(len(theta), dtype=torch.long)
    for p in range(len(theta)):
        step = torch.zeros_like(theta)
        step[p] = eps
        gradient[p] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient


def differences_first_only(f, theta, eps):
    step = torch.zeros_like(theta)
    step[0] = eps
    return (f(theta + step) - f(theta - step)) / (2 * eps)


def differences_without_the_first(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(1, len(theta)):
        step = torch.zeros_like(theta)
        step[p] = eps
        gradient[p] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient


def differences_one_too_many(f, theta, eps):
    gradient = torch.zeros_like(theta)
    for p in range(len(theta) + 1):
        step = torch.zeros_like(theta)
        step[p] = eps
        gradient[p] = (f(theta + step) - f(theta - step)) / (2 * eps)
    return gradient


def differences_relative(f, theta, eps):
    steps = torch.diag(eps * theta)
    return torch.stack(
        [
            torch.as_tensor(f(theta + s) - f(theta - s)) / (2 * eps * t)
            for s, t in zip(steps, theta, strict=True)
        ]
    )


def elite_top_k(returns, fraction):
    mask = torch.zeros(len(returns), dtype=torch.bool)
    mask[returns.topk(int(fraction * len(returns))).indices] = True
    return mask


def elite_top_k_at_least_one(returns, fraction):
    mask = torch.zeros(len(returns), dtype=torch.bool)
    mask[returns.argsort(descending=True)[: max(1, int(len(returns) * fraction))]] = True
    return mask


def elite_kth_best(returns, fraction):
    k = max(1, round(fraction * len(returns)))
    return returns >= returns.sort(descending=True).values[k - 1]


def elite_rank(returns, fraction):
    return returns.argsort().argsort() >= (1 - fraction) * len(returns)


def elite_one_argsort(returns, fraction):
    return returns.argsort() >= (1 - fraction) * (len(returns) - 1)


def elite_of_the_sorted(returns, fraction):
    ordered = returns.sort().values
    return ordered >= ordered.quantile(1 - fraction)


def elite_sorted_at_index(returns, fraction):
    return returns >= returns.sort().values[int((1 - fraction) * len(returns))]


def log_of_the_product(mdp, logits, states, actions):
    probability = mdp.start[states[0]].item()
    for s, a, following in zip(states[:-1].tolist(), actions.tolist(), states[1:].tolist(), strict=True):
        probability *= logits.double().softmax(1)[s, a].item() * mdp.transition[s, a, following].item()
    return np.log(probability)


def log_prob_numpy(mdp, logits, states, actions):
    s, a = states.numpy(), actions.numpy()
    table = logits.numpy().astype(np.float64)
    log_pi = table - np.log(np.exp(table).sum(1, keepdims=True))
    return (
        np.log(mdp.start.numpy()[s[0]])
        + log_pi[s[:-1], a].sum()
        + np.log(mdp.transition.numpy()[s[:-1], a, s[1:]]).sum()
    )


def log_prob_with_the_math_module(mdp, logits, states, actions):
    total = math.log(mdp.start[states[0]])
    for s, a, z in zip(states.tolist(), actions.tolist(), states[1:].tolist(), strict=False):
        row = logits[s].tolist()
        total += row[a] - math.log(sum(math.exp(x) for x in row)) + math.log(mdp.transition[s, a, z])
    return total


def without_graph(mdp, logits, states, actions):
    with torch.no_grad():
        return unsliced(FIRST, FIRST, LAST)(mdp, logits, states, actions)


def unsliced(choices, before, after):
    """`states` used with one entry too many, in the policy, in the step's start or in its end."""

    def log_prob(mdp, logits, states, actions):
        total = torch.log(mdp.start[states[0]]) + logits.log_softmax(1)[states[choices], actions].sum()
        return total + mdp.transition[states[before], actions, states[after]].log().sum()

    return log_prob


ALL, FIRST, LAST = slice(None), slice(None, -1), slice(1, None)


def above_the_sorted(count):
    def mask(returns, fraction):
        ordered = returns.sort(descending=True).values
        return returns >= ordered[count(fraction * len(returns))]

    return mask


def sorts_in_place(returns, fraction):
    returns.copy_(returns.sort().values)
    return returns >= torch.quantile(returns, 1 - fraction)


def top_without_a_guard(returns, fraction):
    return returns >= returns.topk(int(fraction * len(returns))).values[-1]


def score_in_place_and_turned(logits, action):
    logits -= logits.max()
    score = logits.exp() / logits.exp().sum()
    score[action] -= 1
    return score


WRONG = {
    "softmax_score": [
        lambda logits, action: logits.softmax(0),
        lambda logits, action: logits.softmax(0) - torch.eye(len(logits))[action],
        score_minus_one_at_the_action,
        lambda logits, action: torch.eye(len(logits))[action] - logits,
        lambda logits, action: torch.eye(len(logits))[action] - logits.log_softmax(0),
        score_by_autograd_of_the_probability,
        score_by_autograd_of_all,
        lambda logits, action: logits.log_softmax(0)[action],
        lambda logits, action: 1 - logits.softmax(0)[action],
        lambda logits, action: 1 - logits.softmax(0),
        lambda logits, action: torch.eye(len(logits))[action] + logits.softmax(0),
        score_in_float_exponentials,
        lambda logits, action: torch.eye(len(logits))[action] - logits.exp(),
        lambda logits, action: torch.eye(len(logits))[action] * (1 - logits.softmax(0)),
        lambda logits, action: torch.eye(len(logits))[logits.argmax()] - logits.softmax(0),
        lambda logits, action: torch.eye(len(logits))[action] - logits / logits.sum(),
        lambda logits, action: torch.eye(len(logits))[action] - logits.sigmoid(),
        lambda logits, action: torch.eye(len(logits))[action] - logits.softmax(0)[action],
        lambda logits, action: torch.eye(len(logits))[action] / logits.softmax(0),
        lambda logits, action: torch.eye(len(logits)) - logits.softmax(0),
        lambda logits, action: one_hot(torch.tensor(action)) - logits.softmax(0),
        lambda logits, action: torch.eye(len(logits))[action] - 1 / len(logits),
        score_of_an_action_counted_from_one,
        score_moves_the_logits,
        lambda logits, action: (
            torch.eye(len(logits))[action] - torch.nan_to_num(logits.exp() / logits.exp().sum())
        ),
        lambda logits, action: torch.eye(len(logits))[action] - logits.clamp(-50, 50).softmax(0),
        lambda logits, action: (torch.eye(len(logits))[action] - logits.softmax(0)).long(),
        lambda logits, action: (torch.eye(len(logits))[action] - logits.softmax(0)).sum(),
        lambda logits, action: torch.eye(len(logits))[action] - logits.softmax(0).max(),
    ],
    "trajectory_log_prob": [
        log_prob_without_start,
        log_prob_without_answers,
        log_prob_of_choices_only,
        log_prob_of_the_world_only,
        probability_itself,
        log_prob_mean,
        log_prob_discounted,
        log_prob_negative,
        log_prob_each_step,
        log_prob_over_states,
        log_prob_raw_logits,
        log_prob_logs_of_logits,
        log_prob_softmax_without_log,
        log_prob_twice_softmax,
        log_prob_policy_in_the_next_state,
        log_prob_transition_turned,
        log_prob_without_the_last_step,
        log_prob_without_the_last_answer,
        log_prob_start_as_logits,
        log_prob_world_as_logits,
        log_prob_world_without_log,
        log_prob_start_without_log,
        log_prob_state_zero_starts,
        log_prob_start_every_step,
        log_prob_log_of_the_sum,
        log_prob_base_ten,
        log_prob_all_pairs,
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            * (
                logits.log_softmax(1)[states[:-1], actions]
                * mdp.transition[states[:-1], actions, states[1:]].log()
            ).sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + (
                logits.log_softmax(1)[states[:-1], actions]
                * mdp.transition[states[:-1], actions, states[1:]].log()
            ).sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + logits.log_softmax(1)[states[:-1], actions].sum()
            + mdp.transition[states[:-1], actions, states[1:]].log().sum()
            + mdp.reward[states[:-1], actions].sum()
        ),
        lambda mdp, logits, states, actions: (
            (
                mdp.start[states[0]].log()
                + logits.log_softmax(1)[states[:-1], actions].sum()
                + mdp.transition[states[:-1], actions, states[1:]].log().sum()
            )
            / len(actions)
        ),
        lambda mdp, logits, states, actions: (
            mdp.start.log().sum()
            + logits.log_softmax(1)[states[:-1], actions].sum()
            + mdp.transition[states[:-1], actions, states[1:]].log().sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + logits.log_softmax(1)[states[:-1]].sum()
            + mdp.transition[states[:-1], actions, states[1:]].log().sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + logits.log_softmax(1)[states[:-1], actions].sum()
            + mdp.transition[actions, states[:-1], states[1:]].log().sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]].log()
            + logits.log_softmax(1)[actions, states[:-1]].sum()
            + mdp.transition[states[:-1], actions, states[1:]].log().sum()
        ),
        lambda mdp, logits, states, actions: (
            mdp.start[states[0]]
            * logits.softmax(1)[states[:-1], actions].prod()
            * mdp.transition[states[:-1], actions, states[1:]].prod()
        ),
    ],
    "finite_difference_gradient": [
        lambda f, theta, eps: differences(f, theta, eps, below=0.0, divisor=eps),
        lambda f, theta, eps: differences(f, theta, eps, above=0.0, divisor=eps),
        lambda f, theta, eps: differences(f, theta, eps, divisor=eps),
        lambda f, theta, eps: differences(f, theta, eps, divisor=2),
        lambda f, theta, eps: differences(f, theta, eps, divisor=1.0) / 2 * eps,
        lambda f, theta, eps: -differences(f, theta, eps),
        lambda f, theta, eps: differences(f, theta, eps, above=0.5, below=0.5, divisor=eps),
        lambda f, theta, eps: differences(f, theta, 1e-5),
        lambda f, theta, eps: differences(f, theta, eps, divisor=eps**2),
        lambda f, theta, eps: differences(f, theta, eps).abs(),
        lambda f, theta, eps: differences(f, theta, eps).mean(),
        lambda f, theta, eps: differences(f, theta, eps).tolist(),
        lambda f, theta, eps: differences(f, theta, eps, below=0.0),
        differences_steps_pile_up,
        differences_one_step_vector,
        differences_moves_theta,
        differences_two_names_for_one,
        differences_put_back_too_early,
        differences_all_at_once,
        differences_the_same_for_all,
        differences_second,
        differences_by_autograd,
        differences_whole_numbers,
        differences_first_only,
        differences_without_the_first,
        differences_one_too_many,
        differences_relative,
        lambda f, theta, eps: torch.tensor(
            [(f(theta + eps * u) - f(theta - eps * u)) / (4 * eps) for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [abs(f(theta + eps * u) - f(theta - eps * u)) / (2 * eps) for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [(f(eps * u) - f(-eps * u)) / (2 * eps) for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [(f(theta * (1 + eps * u)) - f(theta * (1 - eps * u))) / (2 * eps) for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [(f(theta + 2 * eps * u) - f(theta)) / (2 * eps) for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [(f(theta[p] + eps) - f(theta[p] - eps)) / (2 * eps) for p in range(len(theta))]
        ),
        lambda f, theta, eps: torch.tensor(
            [[float((f(theta + eps * u) - f(theta - eps * u)) / (2 * eps))] for u in torch.eye(len(theta))]
        ),
        lambda f, theta, eps: (
            eps
            * torch.tensor(
                [float((f(theta + eps * u) - f(theta - eps * u)) / (2 * eps)) for u in torch.eye(len(theta))]
            )
        ),
    ],
    "elite_mask": [
        lambda returns, fraction: returns > torch.quantile(returns, 1 - fraction),
        lambda returns, fraction: returns >= torch.quantile(returns, fraction),
        lambda returns, fraction: returns <= torch.quantile(returns, fraction),
        lambda returns, fraction: returns <= torch.quantile(returns, 1 - fraction),
        lambda returns, fraction: returns < torch.quantile(returns, 1 - fraction),
        elite_top_k,
        elite_top_k_at_least_one,
        elite_kth_best,
        elite_rank,
        elite_one_argsort,
        elite_of_the_sorted,
        elite_sorted_at_index,
        lambda returns, fraction: returns.topk(max(1, int(fraction * len(returns)))).indices,
        lambda returns, fraction: returns[returns >= returns.quantile(1 - fraction)],
        lambda returns, fraction: (returns >= returns.quantile(1 - fraction)).nonzero().flatten(),
        lambda returns, fraction: returns.quantile(1 - fraction),
        lambda returns, fraction: returns * (returns >= returns.quantile(1 - fraction)),
        lambda returns, fraction: returns >= (1 - fraction) * returns.max(),
        lambda returns, fraction: returns >= returns.min() + (1 - fraction) * (returns.max() - returns.min()),
        lambda returns, fraction: returns >= returns.mean(),
        lambda returns, fraction: returns >= returns.quantile(0.9),
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="lower"),
        lambda returns, fraction: returns >= returns.quantile(1 - fraction, interpolation="nearest"),
        lambda returns, fraction: returns.numpy() >= np.percentile(returns.numpy(), 1 - fraction),
        lambda returns, fraction: returns >= 1 - fraction,
        lambda returns, fraction: returns == returns.max(),
        lambda returns, fraction: [r >= returns.quantile(1 - fraction) for r in returns],
        lambda returns, fraction: (returns >= returns.quantile(1 - fraction)).any(),
        lambda returns, fraction: returns >= returns.unique().quantile(1 - fraction),
        lambda returns, fraction: (returns >= returns.quantile(1 - fraction)) & (returns > 0),
        lambda returns, fraction: ~(returns >= returns.quantile(1 - fraction)),
        lambda returns, fraction: (returns >= returns.quantile(1 - fraction)).nonzero(),
        lambda returns, fraction: returns.argsort(descending=True)[: max(1, int(fraction * len(returns)))],
        lambda returns, fraction: returns.sort(descending=True).values[
            : max(1, int(fraction * len(returns)))
        ],
        lambda returns, fraction: torch.where(returns >= returns.quantile(1 - fraction), returns, 0.0),
        lambda returns, fraction: torch.where(returns >= returns.quantile(1 - fraction), 1.0, -1.0),
    ],
    "score_function_gradient": [
        lambda scores, returns: (scores * returns[:, None]).sum(0),
        lambda scores, returns: (scores * returns[:, None]).mean(1),
        lambda scores, returns: (scores * returns[:, None]).mean(),
        lambda scores, returns: scores * returns[:, None],
        lambda scores, returns: scores.mean(0) * returns.mean(),
        lambda scores, returns: scores.sum(0) * returns.sum() / len(returns),
        lambda scores, returns: scores.mean(0) * returns.sum(),
        lambda scores, returns: (scores * returns).mean(0),
        lambda scores, returns: (scores.T * returns).mean(0),
        lambda scores, returns: -(scores * returns[:, None]).mean(0),
        lambda scores, returns: (scores * (returns - returns.mean())[:, None]).mean(0),
        lambda scores, returns: (scores * ((returns - returns.mean()) / returns.var().sqrt())[:, None]).mean(
            0
        ),
        lambda scores, returns: (scores * returns[:, None]).sum(0) / (len(returns) - 1),
        lambda scores, returns: (scores * returns[:, None]).sum(0) / returns.sum(),
        lambda scores, returns: (scores * returns[:, None]).sum(0) / scores.shape[1],
        lambda scores, returns: scores.T @ returns / scores.numel(),
        lambda scores, returns: (scores * returns[:, None]).median(0).values,
        lambda scores, returns: scores[returns.argmax()] * returns.max(),
        lambda scores, returns: (scores + returns[:, None]).mean(0),
        lambda scores, returns: (scores * returns[:, None]).mean(0, keepdim=True),
        lambda scores, returns: (scores.exp() * returns[:, None]).mean(0),
        lambda scores, returns: scores.mean(0),
        lambda scores, returns: returns.mean(),
        lambda scores, returns: (scores * returns.abs()[:, None]).mean(0),
        lambda scores, returns: (scores.log() * returns[:, None]).mean(0),
        lambda scores, returns: (scores * (returns > 0)[:, None]).mean(0),
        lambda scores, returns: scores.T @ returns,
        lambda scores, returns: scores.T @ returns / len(returns) ** 0.5,
        lambda scores, returns: (scores.T @ returns / len(returns)).sum(),
        lambda scores, returns: (scores * returns[:, None] ** 2).mean(0),
        lambda scores, returns: (scores * returns[:, None]).mean(0).norm(),
        lambda scores, returns: (scores / returns[:, None]).mean(0),
    ],
}

TOLD = {
    "trajectory_log_prob": [
        (
            log_of_the_product,
            "no gradient flows back to `logits`",
        ),
        (
            log_prob_numpy,
            "NumPy keeps no graph",
        ),
        (
            log_prob_with_the_math_module,
            "no gradient flows back to `logits`",
        ),
        (without_graph, "no gradient flows back to `logits`"),
        (unsliced(ALL, FIRST, LAST), "`states` has one entry more than `actions`"),
        (unsliced(FIRST, ALL, LAST), "`states` has one entry more than `actions`"),
        (unsliced(FIRST, FIRST, ALL), "`states` has one entry more than `actions`"),
        (unsliced(FIRST, ALL, ALL), "`states` has one entry more than `actions`"),
        (unsliced(ALL, ALL, ALL), "`states` has one entry more than `actions`"),
    ],
    "elite_mask": [
        (
            lambda returns, fraction: (returns >= returns.quantile(1 - fraction)).int(),
            "their type is int32: bool is asked for",
        ),
        (
            lambda returns, fraction: torch.where(returns < returns.quantile(1 - fraction), 0.0, 1.0),
            "their type is float32: bool is asked for",
        ),
        (
            lambda returns, fraction: (returns >= torch.quantile(returns, 1 - fraction)).long(),
            "their type is int64: bool is asked for",
        ),
        (above_the_sorted(round), "sorted"),
        (above_the_sorted(int), "sorted"),
        (sorts_in_place, "also changes `returns`"),
        (top_without_a_guard, ("place fraction · N from the top", "stops with IndexError")),
    ],
    "softmax_score": [
        (lambda logits, action: logits.softmax(0)[action], "the probability of the action"),
        (lambda logits, action: 1 / logits.softmax(0) - 1, "1/π - 1"),
        (lambda logits, action: 1 / logits.softmax(0)[action] - 1, "1/π - 1"),
        (score_in_place_and_turned, ("sign", "also changes `logits`")),
    ],
}
