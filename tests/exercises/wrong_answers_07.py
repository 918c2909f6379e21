"""Lesson 07: wrong answers of students in a hurry, written from the exercises' texts alone."""

import torch


def errors_of(rewards, values, gamma):
    return rewards + gamma * values[1:] - values[:-1]


def td_last_without_value(rewards, values, gamma):
    found = errors_of(rewards, values, gamma)
    found[-1] = rewards[-1] - values[-2]
    return found


def td_rolled(rewards, values, gamma):
    values = values[:-1]
    return rewards + gamma * values.roll(-1) - values


def td_summed(rewards, values, gamma):
    return errors_of(rewards, values, gamma).sum()


def td_by_powers(rewards, values, gamma):
    steps = torch.arange(len(rewards))
    return gamma**steps * errors_of(rewards, values, gamma)


def td_one_short(rewards, values, gamma):
    return torch.stack([rewards[t] + gamma * values[t + 1] - values[t] for t in range(len(rewards) - 1)])


def td_ints(rewards, values, gamma):
    found = torch.zeros_like(rewards)
    for t in range(len(rewards)):
        found[t] = rewards[t] + gamma * values[t + 1] - values[t]
    return found


def td_with_returns(rewards, values, gamma):
    total, found = 0.0, []
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        found.insert(0, total - values[t])
    return torch.stack(found)


def td_max(rewards, values, gamma):
    return rewards + gamma * values.max() - values[:-1]


def n_step(rewards, values, gamma, n, *, stop=None, power=None, tail=None, shift=0, rest=True):
    """The right answer, with one place to go wrong in."""
    found, steps = torch.zeros(len(rewards)), len(rewards)
    for t in range(steps):
        end = min(t + n, steps) if stop is None else stop(t, n, steps)
        for k in range(t, end):
            found[t] += gamma ** ((k - t) if power is None else power(k, t)) * rewards[k]
        last = (end - t) if tail is None else tail(t, end, n)
        found[t] += gamma**last * values[end + shift] if rest else 0.0
    return found


def n_step_no_critic_at_the_end(rewards, values, gamma, n):
    found = n_step(rewards, values, gamma, n, rest=False)
    for t in range(len(rewards) - n):
        found[t] += gamma**n * values[t + n]
    return found


def n_step_zeros_where_short(rewards, values, gamma, n):
    found = torch.zeros(len(rewards))
    for t in range(len(rewards) - n + 1):
        found[t] = sum(gamma**k * rewards[t + k] for k in range(n)) + gamma**n * values[t + n]
    return found


def n_step_only_full(rewards, values, gamma, n):
    return torch.stack(
        [
            sum(gamma**k * rewards[t + k] for k in range(n)) + gamma**n * values[t + n]
            for t in range(len(rewards) - n + 1)
        ]
    )


def n_step_padded(rewards, values, gamma, n):
    """Zeros behind the end, for the values too."""
    steps = len(rewards)
    rewards = torch.cat([rewards, torch.zeros(n)])
    values = torch.cat([values, torch.zeros(n)])
    return torch.stack(
        [sum(gamma**k * rewards[t + k] for k in range(n)) + gamma**n * values[t + n] for t in range(steps)]
    )


def n_step_clamped(rewards, values, gamma, n):
    """The last value, but always n steps away."""
    return n_step(rewards, values, gamma, n, tail=lambda t, end, n: n)


def n_step_advantage(rewards, values, gamma, n):
    return n_step(rewards, values, gamma, n) - values[:-1]


def n_step_whole_return(rewards, values, gamma, n):
    total, found = values[-1], torch.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        found[t] = total
    return found


def n_step_one(rewards, values, gamma, n):
    return rewards + gamma * values[1:]


def n_step_first_only(rewards, values, gamma, n):
    end = min(n, len(rewards))
    return sum(gamma**k * rewards[k] for k in range(end)) + gamma**end * values[end]


def n_step_returns_inside(rewards, values, gamma, n):
    found = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        end = min(t + n, len(rewards))
        for k in range(t, end):
            found[t] += gamma ** (k - t) * rewards[k] + gamma ** (end - t) * values[end]
    return found


def n_step_in_blocks(rewards, values, gamma, n):
    """From the start of a block of n steps to the end of that block."""
    found = torch.zeros(len(rewards))
    for t in range(len(rewards)):
        end = min((t // n + 1) * n, len(rewards))
        found[t] = (
            sum(gamma ** (k - t) * rewards[k] for k in range(t, end)) + gamma ** (end - t) * values[end]
        )
    return found


def gae_with(rewards, values, gamma, decay, errors=None, start=0.0):
    errors = errors_of(rewards, values, gamma) if errors is None else errors
    found, total = torch.zeros(len(errors)), start
    for t in reversed(range(len(errors))):
        total = errors[t] + decay * total
        found[t] = total
    return found


def gae_forward(rewards, values, gamma, lam):
    found, total = [], 0.0
    for error in errors_of(rewards, values, gamma):
        total = error + gamma * lam * total
        found.append(total)
    return torch.stack(found)


def gae_appended(rewards, values, gamma, lam):
    found, total = [], 0.0
    for error in reversed(errors_of(rewards, values, gamma)):
        total = error + gamma * lam * total
        found.append(total)
    return torch.stack(found)


def gae_last_left_zero(rewards, values, gamma, lam):
    errors = errors_of(rewards, values, gamma)
    found = torch.zeros(len(errors))
    for t in reversed(range(len(errors) - 1)):
        found[t] = errors[t] + gamma * lam * found[t + 1]
    return found


def gae_first_left_zero(rewards, values, gamma, lam):
    found, total = torch.zeros(len(rewards)), 0.0
    errors = errors_of(rewards, values, gamma)
    for t in range(len(rewards) - 1, 0, -1):
        total = errors[t] + gamma * lam * total
        found[t] = total
    return found


def gae_one_step_only(rewards, values, gamma, lam):
    errors = errors_of(rewards, values, gamma)
    found = errors.clone()
    found[:-1] += gamma * lam * errors[1:]
    return found


def gae_normalised(rewards, values, gamma, lam):
    return (1 - lam) * gae_with(rewards, values, gamma, gamma * lam)


def gae_standardised(rewards, values, gamma, lam):
    found = gae_with(rewards, values, gamma, gamma * lam)
    return (found - found.mean()) / (found.std(correction=0) + 1e-8)


def gae_from_returns(rewards, values, gamma, lam):
    """Rewards-to-go at γλ, less the value."""
    return gae_with(rewards, values, gamma, gamma * lam, errors=rewards) - values[:-1]


def actor_part(log_probs, advantages):
    return -(log_probs * advantages.detach()).mean()


def critic_part(values, targets):
    return (values - targets.detach()).square().mean()


def loss_whole(log_probs, values, advantages, targets, entropies, value_coef, entropy_coef):
    return (
        actor_part(log_probs, advantages)
        + value_coef * critic_part(values, targets)
        - entropy_coef * entropies.mean()
    )


def bootstrap_next_step(next_values, terminated, truncated):
    found = torch.zeros_like(next_values)
    found[:-1] = next_values[1:] * (1 - terminated[:-1].float())
    return found


def indexes_past_the_end(rewards, values, gamma, n):
    found = []
    for t in range(len(rewards)):
        total = torch.zeros(())
        for k in range(n):
            total = total + gamma**k * rewards[t + k]
        found.append(total + gamma**n * values[t + n])
    return torch.stack(found)


def slices_and_indexes_past_the_end(rewards, values, gamma, n):
    found = []
    for t in range(len(rewards)):
        part = rewards[t : t + n]
        found.append((gamma ** torch.arange(len(part)) * part).sum() + gamma**n * values[t + n])
    return torch.stack(found)


def weighs_past_the_end(rewards, values, gamma, n):
    powers = gamma ** torch.arange(n)
    return torch.stack(
        [(powers * rewards[t : t + n]).sum() + gamma**n * values[t + n] for t in range(len(rewards))]
    )


def decays_the_own_error(rewards, values, gamma, lam):
    running, found = 0.0, []
    for delta in reversed(rewards + gamma * values[1:] - values[:-1]):
        running = gamma * lam * (delta + running)
        found.append(running)
    return torch.stack(found[::-1])


def errors_in_the_rewards(rewards, values, gamma, lam):
    rewards += gamma * values[1:] - values[:-1]
    return rewards


def centres_the_advantages(lp, v, a, t, h, cv, ch):
    a -= a.mean()
    return -(lp * a.detach()).mean() + cv * ((v - t.detach()) ** 2).mean() - ch * h.mean()


def adds_the_entropy_and_moves_the_targets(lp, v, a, t, h, cv, ch):
    t -= v.detach()
    return -(lp * a.detach()).mean() + cv * (t.detach() ** 2).mean() + ch * h.mean()


WRONG = {
    "td_errors": [
        lambda rewards, values, gamma: rewards + values[1:] - values[:-1],
        lambda rewards, values, gamma: rewards + gamma * values[:-1] - values[1:],
        lambda rewards, values, gamma: values[:-1] - rewards - gamma * values[1:],
        lambda rewards, values, gamma: rewards + gamma * (values[1:] - values[:-1]),
        lambda rewards, values, gamma: rewards - gamma * values[1:] + values[:-1],
        lambda rewards, values, gamma: gamma * (rewards + values[1:]) - values[:-1],
        lambda rewards, values, gamma: rewards + gamma * values[1:],
        lambda rewards, values, gamma: rewards - values[:-1],
        lambda rewards, values, gamma: (rewards + gamma * values[1:] - values[:-1]) ** 2,
        lambda rewards, values, gamma: (rewards + gamma * values[1:] - values[:-1]).abs(),
        td_last_without_value,
        td_rolled,
        td_summed,
        td_by_powers,
        td_one_short,
        td_ints,
        td_with_returns,
        td_max,
        lambda rewards, values, gamma: rewards[1:] + gamma * values[2:] - values[1:-1],
        lambda rewards, values, gamma: rewards + 0.99 * values[1:] - values[:-1],
        lambda rewards, values, gamma: (rewards + gamma * values[1:] - values[:-1]).mean(),
        lambda rewards, values, gamma: rewards[:, None] + gamma * values[1:] - values[:-1],
    ],
    "n_step_returns": [
        lambda r, v, g, n: n_step(r, v, g, n, rest=False),
        lambda r, v, g, n: n_step(r, v, g, n, power=lambda k, t: k),
        lambda r, v, g, n: n_step(r, v, g, n, power=lambda k, t: k - t + 1),
        lambda r, v, g, n: n_step(r, v, g, n, power=lambda k, t: 0),
        lambda r, v, g, n: n_step(r, v, g, n, tail=lambda t, end, n: 0),
        lambda r, v, g, n: n_step(r, v, g, n, tail=lambda t, end, n: end),
        lambda r, v, g, n: n_step(r, v, g, n, tail=lambda t, end, n: end - t - 1),
        lambda r, v, g, n: n_step(r, v, g, n, tail=lambda t, end, n: end - t + 1),
        lambda r, v, g, n: n_step(r, v, g, n, stop=lambda t, n, steps: min(t + n + 1, steps)),
        lambda r, v, g, n: n_step(r, v, g, n, stop=lambda t, n, steps: min(t + n - 1, steps)),
        lambda r, v, g, n: n_step(r, v, g, n, stop=lambda t, n, steps: min(t + n, steps - 1)),
        lambda r, v, g, n: n_step(r, v, g, n, shift=-1),
        n_step_no_critic_at_the_end,
        n_step_zeros_where_short,
        n_step_only_full,
        n_step_padded,
        n_step_clamped,
        n_step_advantage,
        n_step_whole_return,
        n_step_one,
        n_step_first_only,
        n_step_returns_inside,
        n_step_in_blocks,
        lambda r, v, g, n: n_step(r, v, g, n).to(r.dtype),
        lambda r, v, g, n: n_step(r, v, 1.0, n),
        lambda r, v, g, n: n_step(r, v, g, 3),
    ],
    "gae": [
        lambda r, v, g, lam: gae_with(r, v, g, g),
        lambda r, v, g, lam: gae_with(r, v, g, lam),
        lambda r, v, g, lam: gae_with(r, v, g, g + lam),
        lambda r, v, g, lam: gae_with(r, v, g, g * (1 - lam)),
        lambda r, v, g, lam: gae_with(r, v, 1.0, g * lam),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam, start=v[-1]),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam, errors=r + g * v[1:]),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam, errors=v[:-1] - r - g * v[1:]),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam, errors=r),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam) + v[:-1],
        lambda r, v, g, lam: gae_with(r, v, g, g * lam, errors=td_last_without_value(r, v, g)),
        gae_forward,
        gae_appended,
        gae_last_left_zero,
        gae_first_left_zero,
        gae_one_step_only,
        gae_normalised,
        gae_standardised,
        gae_from_returns,
        lambda r, v, g, lam: errors_of(r, v, g),
        lambda r, v, g, lam: errors_of(r, v, g) * (g * lam) ** torch.arange(len(r)),
        lambda r, v, g, lam: errors_of(r, v, g).flip(0).cumsum(0).flip(0),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam).to(r.dtype),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam).sum(),
        lambda r, v, g, lam: gae_with(r, v, g, g * lam)[:-1],
        lambda r, v, g, lam: n_step_whole_return(r, v, g, 0) - v[:-1],
    ],
    "actor_critic_loss": [
        lambda lp, v, a, t, h, cv, ch: -(lp * a).mean() + cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * (v - t).square().mean() - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: -(lp * a).mean() + cv * (v - t).square().mean() - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: -actor_part(lp, a) + cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) - cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, t) + ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, t) - ch * h.sum(),
        lambda lp, v, a, t, h, cv, ch: (
            -(lp * a.detach()).sum() + cv * (v - t.detach()).square().sum() - ch * h.sum()
        ),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + critic_part(v, t) - h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + ch * critic_part(v, t) - cv * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * (v - t.detach()).mean() - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * (v - t.detach()).abs().mean() - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + 0.5 * cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: (
            actor_part(lp, a) + cv * (v.detach() - t.detach()).square().mean() - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: (
            actor_part(lp, a) + cv * (v.detach() - t).square().mean() - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: (
            -(lp.exp() * a.detach()).mean() + cv * critic_part(v, t) - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, t) - ch * h.detach().mean(),
        lambda lp, v, a, t, h, cv, ch: (
            -lp.mean() * a.detach().mean() + cv * critic_part(v, t) - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: (
            actor_part(lp, (a - a.mean()) / (a.std() + 1e-8)) + cv * critic_part(v, t) - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: -(lp.detach() * a).mean() + cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, t - v) + cv * critic_part(v, t) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, a) - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, t),
        lambda lp, v, a, t, h, cv, ch: -lp * a.detach() + cv * (v - t.detach()) ** 2 - ch * h,
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * (v - t.detach()).mean() ** 2 - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: (
            actor_part(lp, a) + cv * (v[:, None] - t.detach()).square().mean() - ch * h.mean()
        ),
        lambda lp, v, a, t, h, cv, ch: (
            actor_part(lp, a) + cv * critic_part(v, t) - ch * -(lp.exp() * lp).mean()
        ),
        lambda lp, v, a, t, h, cv, ch: loss_whole(lp, v, a, t, h, cv, ch).item(),
        lambda lp, v, a, t, h, cv, ch: loss_whole(lp, v, a, t, h, cv, ch).detach(),
        lambda lp, v, a, t, h, cv, ch: actor_part(lp, a) + cv * critic_part(v, t).sqrt() - ch * h.mean(),
        lambda lp, v, a, t, h, cv, ch: (actor_part(lp, a), cv * critic_part(v, t), -ch * h.mean()),
    ],
    "bootstrap_values": [
        lambda x, terminated, truncated: torch.where(terminated.bool() | truncated.bool(), 0.0, x),
        lambda x, terminated, truncated: torch.where(truncated.bool(), 0.0, x),
        lambda x, terminated, truncated: torch.where(terminated.bool(), x, 0.0),
        lambda x, terminated, truncated: torch.where(truncated.bool(), x, 0.0),
        lambda x, terminated, truncated: torch.where(terminated.bool() & ~truncated.bool(), 0.0, x),
        lambda x, terminated, truncated: torch.where(terminated.bool() & truncated.bool(), 0.0, x),
        lambda x, terminated, truncated: x,
        lambda x, terminated, truncated: x * terminated,
        lambda x, terminated, truncated: torch.zeros_like(x),
        lambda x, terminated, truncated: x[~terminated.bool()],
        lambda x, terminated, truncated: torch.where(terminated.bool(), -1.0, x),
        lambda x, terminated, truncated: x * (1 - terminated.float()) * (1 - truncated.float()),
        lambda x, terminated, truncated: (x * (1 - terminated.float())).sum(),
        lambda x, terminated, truncated: x * (1 - terminated.float().cummax(0).values),
        lambda x, terminated, truncated: torch.where(terminated.bool().any(), torch.zeros_like(x), x),
        lambda x, terminated, truncated: torch.where(terminated.bool().any(1, keepdim=True), 0.0, x),
        lambda x, terminated, truncated: torch.where(terminated.bool().roll(1, dims=0), 0.0, x),
        lambda x, terminated, truncated: torch.where(terminated.bool().roll(-1, dims=0), 0.0, x),
        bootstrap_next_step,
        lambda x, terminated, truncated: 1 - terminated.float(),
        lambda x, terminated, truncated: x - terminated.float(),
        lambda x, terminated, truncated: x.masked_fill_(terminated.bool(), 0.0),
        lambda x, terminated, truncated: (x * (1 - terminated.float())).T,
        lambda x, terminated, truncated: x[0] * (1 - terminated[0].float()),
        lambda x, terminated, truncated: x if truncated.any() else x * (1 - terminated.float()),
        lambda x, terminated, truncated: torch.zeros_like(x) if terminated.any() else x,
    ],
}

TOLD = {
    "n_step_returns": [
        (indexes_past_the_end, "m = min(n, T - t)"),
        (slices_and_indexes_past_the_end, "m = min(n, T - t)"),
        (weighs_past_the_end, "m = min(n, T - t)"),
    ],
    "gae": [
        (decays_the_own_error, "own error"),
        (errors_in_the_rewards, ("TD errors alone", "stops with RuntimeError", "also changes `rewards`")),
    ],
    "actor_critic_loss": [
        (
            lambda lp, v, a, t, h, cv, ch: (
                -(lp * a.detach()).mean() - ch * h.mean(),
                cv * ((v - t.detach()) ** 2).mean(),
            ),
            ("one number", "their sum"),
        ),
        (
            lambda lp, v, a, t, h, cv, ch: [-(lp * a.detach()).mean(), ((v - t.detach()) ** 2).mean()],
            "one number is expected",
        ),
        (centres_the_advantages, ("mean of the advantages", "also changes `advantages`")),
        (
            adds_the_entropy_and_moves_the_targets,
            ("The entropy is added", "no gradient flows back to `values`", "also changes `targets`"),
        ),
        (
            lambda lp, v, a, t, h, cv, ch: (
                (lp * a).mean() + cv * ((v - t.detach()) ** 2).mean() - ch * h.mean()
            ),
            ("wrong sign", "gradient flows into `advantages`"),
        ),
    ],
}
