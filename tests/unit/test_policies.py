"""Policies against torch.distributions, quadrature over their own network, and sampling in standard errors."""

import copy
import math

import numpy as np
import pytest
import torch

from helpers.policies import (
    BetaPolicy,
    CategoricalPolicy,
    GaussianPolicy,
    MixturePolicy,
    TabularPolicy,
    ValueFunction,
)

O, D = 4, 2  # noqa: E741
LOW, HIGH = [-2.0, 0.1], [3.0, 0.4]
MAKERS = {
    "tabular": lambda seed=0: shaken(TabularPolicy(O, 3)),
    "categorical": lambda seed=0: CategoricalPolicy(O, 3, seed=seed),
    "Gaussian": lambda seed=0: GaussianPolicy(O, D, seed=seed),
    "mixture": lambda seed=0: MixturePolicy(O, D, 3, seed=seed),
    "Beta": lambda seed=0: BetaPolicy(O, D, LOW, HIGH, seed=seed),
}
WITH_NETWORK = [name for name in MAKERS if name != "tabular"]


def shaken(policy, size=0.7):
    """The policy with its parameters moved, so that no test runs at a special point."""
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter += size * torch.randn(parameter.shape, generator=generator)
    return policy


def observe(policy, batch=6, seed=1):
    generator = torch.Generator().manual_seed(seed)
    if isinstance(policy, TabularPolicy):
        return torch.randint(len(policy.logits), (batch,), generator=generator)
    return torch.randn(batch, O, generator=generator)


def seeded(seed=2):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", MAKERS)
def test_log_prob_is_that_of_the_joint_distribution(name, dtype):
    policy = shaken(MAKERS[name]()).to(dtype)
    obs = observe(policy)
    actions = policy.sample(obs, seeded())
    expected = policy.distribution(obs).log_prob(actions)
    log_probs = policy.log_prob(obs, actions)
    assert log_probs.shape == expected.shape == (6,)
    assert log_probs.dtype == dtype
    tolerance = 1e-4 if dtype == torch.float32 else 1e-9
    torch.testing.assert_close(log_probs, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", ["tabular", "categorical", "Gaussian"])
def test_entropy_is_that_of_the_distribution(name):
    policy = shaken(MAKERS[name]()).double()
    obs = observe(policy)
    torch.testing.assert_close(policy.entropy(obs), policy.distribution(obs).entropy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", MAKERS)
def test_entropy_is_the_mean_surprise_of_its_samples(name):
    policy = shaken(MAKERS[name](), 0.3).double()
    obs = observe(policy, 1).expand(20_000, *([-1] * (name != "tabular")))
    surprise = -policy.log_prob(obs, policy.sample(obs, seeded())).detach()
    standard_error = surprise.std() / len(surprise) ** 0.5
    error_of_the_estimate = 0.02 if name == "mixture" else 0
    entropies = policy.entropy(obs)
    assert entropies.shape == (20_000,)
    assert abs(entropies[0] - surprise.mean()) < 4 * standard_error + error_of_the_estimate


@pytest.mark.parametrize("name", MAKERS)
def test_evaluate_is_both_at_once(name):
    policy = shaken(MAKERS[name]())
    obs = observe(policy)
    actions = policy.sample(obs, seeded())
    log_probs, entropies = policy.evaluate(obs, actions)
    assert torch.equal(log_probs, policy.log_prob(obs, actions))
    assert torch.equal(entropies, policy.entropy(obs))


@pytest.mark.parametrize("name", MAKERS)
def test_samples_are_detached_and_follow_the_generator_alone(name):
    policy = MAKERS[name]()
    obs = observe(policy)
    state = torch.random.get_rng_state()
    first = policy.sample(obs, seeded())
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(77)  # another global state changes nothing
    assert torch.equal(first, policy.sample(obs, seeded()))
    assert not torch.equal(first, policy.sample(obs.repeat_interleave(20, 0), seeded(5))[:6])
    assert not first.requires_grad
    assert first.shape == ((6,) if name in ("tabular", "categorical") else (6, D))
    assert (first.dtype == torch.int64) == (name in ("tabular", "categorical"))
    # without a generator torch's global one decides
    torch.manual_seed(3)
    once = policy.sample(obs)
    torch.manual_seed(3)
    assert torch.equal(once, policy.sample(obs))


@pytest.mark.parametrize("name", ["tabular", "categorical"])
def test_choices_come_with_their_probabilities(name):
    policy, count = shaken(MAKERS[name](), 0.5), 40_000
    obs = observe(policy, 1).expand(count, *([-1] * (name != "tabular")))
    probs = policy.distribution(obs[:1]).probs[0].detach()
    frequencies = torch.bincount(policy.sample(obs, seeded()), minlength=3) / count
    assert ((frequencies - probs).abs() < 4 * (probs * (1 - probs) / count).sqrt()).all()


@pytest.mark.parametrize("name", ["Gaussian", "mixture", "Beta"])
def test_continuous_samples_have_the_distribution_they_are_scored_with(name):
    # E[q(a)/p(a)] = 1 for any density q inside the support: here the density of another observation
    policy, count = shaken(MAKERS[name](), 0.2).double(), 40_000
    here, there = (row.expand(count, -1) for row in observe(policy, 2).split(1))
    actions = policy.sample(here, seeded())
    ratios = (policy.log_prob(there, actions) - policy.log_prob(here, actions)).exp().detach()
    assert ratios.std() > 0.01
    assert abs(ratios.mean() - 1) < 4 * ratios.std() / count**0.5


def test_extreme_logits_always_choose_the_sure_action():
    policy = TabularPolicy(1, 3, logits=torch.tensor([[-1e4, 1e4, -1e4]]))
    obs = torch.zeros(1000, dtype=torch.int64)
    assert (policy.sample(obs, seeded()) == 1).all()
    assert policy.entropy(obs).abs().max() == 0
    policy.log_prob(obs, obs + 2).sum().backward()
    assert policy.logits.grad.isfinite().all()


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_expected_score_of_every_weight_is_zero_by_quadrature(name):
    maker = {
        "categorical": lambda: CategoricalPolicy(O, 3, (8,), seed=0),
        "Gaussian": lambda: GaussianPolicy(O, 1, (8,), seed=0),
        "mixture": lambda: MixturePolicy(O, 1, 3, (8,), seed=0),
        "Beta": lambda: BetaPolicy(O, 1, -2.0, 3.0, (8,), seed=0),
    }[name]
    policy = shaken(maker().double(), 0.2)
    if name == "categorical":
        actions, weights = torch.arange(3), torch.ones(3)
    elif name == "Beta":  # u = sin²(t) smooths the bounds
        t = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000 * math.pi / 2
        actions, weights = (-2 + 5 * t.sin() ** 2)[:, None], 5 * (2 * t).sin() * math.pi / 40_000
    else:
        actions = torch.linspace(-40, 40, 40_001, dtype=torch.float64)[:, None]
        weights = torch.full((40_001,), 80 / 40_000, dtype=torch.float64)
    log_probs = policy.log_prob(observe(policy, 1).expand(len(actions), -1), actions)
    mass = weights * log_probs.detach().exp()
    assert mass.sum().item() == pytest.approx(1, abs=1e-6)
    scores = torch.autograd.grad((mass * log_probs).sum(), list(policy.parameters()))
    assert max(score.abs().max().item() for score in scores) < 1e-6


@pytest.mark.parametrize("name", MAKERS)
def test_a_new_policy_is_near_uniform_in_every_state(name):
    policy = TabularPolicy(O, 3) if name == "tabular" else MAKERS[name]()
    distribution = policy.distribution(observe(policy, 100))
    if name in ("tabular", "categorical"):
        assert (distribution.probs - 1 / 3).abs().max() < 0.1
    elif name == "Gaussian":
        assert distribution.base_dist.loc.abs().max() < 0.3
        assert (distribution.base_dist.scale == 1).all()
    elif name == "mixture":
        assert (distribution.mixture_distribution.probs - 1 / 3).abs().max() < 0.1
        # the components must differ, or their gradients would be the same for ever
        assert (distribution.component_distribution.base_dist.loc.diff(dim=1) > 0.5).all()
    else:
        beta = distribution.base_dist.base_dist
        assert (beta.concentration1 - beta.concentration0).abs().max() < 0.3
        assert 1 < beta.concentration1.min() < beta.concentration1.max() < 2


@pytest.mark.parametrize(
    "maker", [*(MAKERS[name] for name in WITH_NETWORK), lambda seed=0: ValueFunction(O, seed=seed)]
)
def test_the_seed_alone_decides_the_initial_weights(maker):
    state = torch.random.get_rng_state()
    weights = [torch.nn.utils.parameters_to_vector(maker(seed).parameters()) for seed in (0, 0, 1)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    from_generator = torch.nn.utils.parameters_to_vector(maker(torch.Generator().manual_seed(0)).parameters())
    assert torch.equal(from_generator, weights[0])
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(5)
    by_global_seed = torch.nn.utils.parameters_to_vector(maker(None).parameters())
    torch.manual_seed(5)
    assert torch.equal(torch.nn.utils.parameters_to_vector(maker(None).parameters()), by_global_seed)


def test_hidden_layers_are_as_asked():
    shapes = [
        tuple(p.shape) for p in CategoricalPolicy(O, 3, hidden=(5, 7)).network.parameters() if p.ndim == 2
    ]
    assert shapes == [(5, O), (7, 5), (3, 7)]
    assert [tuple(p.shape) for p in CategoricalPolicy(O, 3, hidden=()).parameters()] == [(3, O), (3,)]


def test_the_last_layer_starts_small_and_without_a_bias():
    linear = CategoricalPolicy(O, 3, hidden=(), seed=0)
    assert linear.distribution(torch.zeros(1, O)).probs.tolist() == [[pytest.approx(1 / 3)] * 3]
    assert 0 < linear.network[0].weight.abs().max() <= 0.1 * O**-0.5
    assert ValueFunction(O, hidden=(), seed=0)(torch.zeros(1, O)).item() == 0


def test_tabular_policy_reads_its_own_rows():
    logits = torch.tensor([[0.0, math.log(3)], [5.0, 5.0]], dtype=torch.float64)
    policy = TabularPolicy(2, 2, logits)
    torch.testing.assert_close(policy.probs, torch.tensor([[0.25, 0.75], [0.5, 0.5]], dtype=torch.float64))
    log_probs = policy.log_prob(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 0]))
    torch.testing.assert_close(log_probs, torch.tensor([0.25, 0.75, 0.5], dtype=torch.float64).log())
    log_probs.sum().backward()  # the score of an action is its indicator less the probabilities
    torch.testing.assert_close(policy.logits.grad[0], torch.tensor([1 - 0.5, 1 - 1.5], dtype=torch.float64))
    assert [name for name, _ in policy.named_parameters()] == ["logits"]
    logits += 1
    assert policy.logits[0, 0] == 0  # a copy
    assert TabularPolicy(3, 2).probs.tolist() == [[0.5, 0.5]] * 3


def test_beta_samples_stay_strictly_inside_even_where_rounding_would_not():
    policy = BetaPolicy(1, 2, LOW, HIGH, seed=0)
    with torch.no_grad():
        policy.network[-1].bias.copy_(torch.tensor([-300.0, 1e7, 1e7, -300.0]))  # α, α, β, β
    obs = torch.zeros(2000, 1)
    for copied in (policy, copy.deepcopy(policy).double()):
        actions = copied.sample(obs, seeded())
        assert (actions > torch.tensor(LOW, dtype=torch.float64)).all()
        assert (actions < torch.tensor(HIGH, dtype=torch.float64)).all()
        assert copied.log_prob(obs, actions).isfinite().all()
        assert copied.entropy(obs).isfinite().all()


def test_an_action_outside_the_bounds_of_a_beta_is_impossible():
    policy, obs = BetaPolicy(3, 2, -1.0, 2.0, seed=0), torch.zeros(4, 3)
    actions = torch.tensor([[0.0, 2.5], [-1.5, 0.0], [2.5, -1.5], [0.5, 0.5]])
    assert policy.log_prob(obs, actions).isneginf().tolist() == [True, True, True, False]


def test_beta_bounds_as_floats_or_one_for_each_coordinate():
    one, each = BetaPolicy(O, D, -1, 2.5, seed=0), BetaPolicy(O, D, np.float32([-1, -1]), [2.5, 2.5], seed=0)
    obs = torch.randn(5, O, generator=seeded())
    actions = one.sample(obs, seeded())
    assert torch.equal(one.log_prob(obs, actions), each.log_prob(obs, actions))
    for low, high in [(1.0, 1.0), ([0.0, 2.0], 1.0), ([0.0], 1.0), (-math.inf, 1.0), (0.0, math.nan)]:
        with pytest.raises(ValueError, match="expected"):
            BetaPolicy(O, D, low, high)


@pytest.mark.parametrize("size", [0, -1, 2.5, "3", None, [2]])
def test_a_size_that_is_none_is_refused_by_its_name(size):
    """Every family, each of its sizes in turn; the others are right."""
    families = [
        (TabularPolicy, {"n_states": 3, "n_actions": 2}),
        (CategoricalPolicy, {"obs_size": O, "n_actions": 2}),
        (GaussianPolicy, {"obs_size": O, "action_size": 2}),
        (MixturePolicy, {"obs_size": O, "action_size": 2, "n_components": 2}),
        (lambda **sizes: BetaPolicy(**sizes, low=-1.0, high=1.0), {"obs_size": O, "action_size": 2}),
    ]
    for family, sizes in families:
        family(**sizes)
        for name in sizes:
            with pytest.raises(ValueError, match=f"^{name}: expected a whole number of at least 1"):
                family(**sizes | {name: size})


def test_value_function_keeps_the_batch_dimension():
    critic = ValueFunction(O, hidden=(8,), seed=0)
    for batch in (1, 5):
        assert critic(torch.ones(batch, O)).shape == (batch,)
    torch.testing.assert_close(critic(torch.ones(5, O)), critic.network(torch.ones(5, O)).squeeze(1))
    assert critic(np.ones((2, O))).shape == (2,)


@pytest.mark.parametrize("name", MAKERS)
def test_arrays_are_taken_and_wrong_shapes_refused(name):
    policy = MAKERS[name]()
    obs = observe(policy)
    actions = policy.sample(obs.numpy(), seeded())
    assert torch.equal(actions, policy.sample(obs, seeded()))
    torch.testing.assert_close(policy.log_prob(obs.numpy(), actions.numpy()), policy.log_prob(obs, actions))
    for wrong_obs, wrong_actions in [
        (obs[:, None], actions),
        (obs[0], actions),
        (obs, actions[:5]),
        (obs, actions[:, None]),
    ]:
        with pytest.raises(ValueError, match="expected"):
            policy.log_prob(wrong_obs, wrong_actions)
    if name != "tabular":
        with pytest.raises(ValueError, match="expected"):
            policy.sample(obs[:, :2])


@pytest.mark.parametrize("name", ["tabular", "categorical"])
def test_states_and_actions_out_of_range_are_refused(name):
    policy = MAKERS[name]()
    obs = observe(policy, 1)
    for action in (-1, 3):
        with pytest.raises(ValueError, match=r"actions: expected 0 \.\.\. 2"):
            policy.log_prob(obs, torch.tensor([action]))
    if name == "tabular":
        for state in (-1, O):
            with pytest.raises(ValueError, match=r"obs: expected states 0 \.\.\. 3"):
                policy.log_prob(torch.tensor([state]), torch.tensor([0]))


@pytest.mark.parametrize("name", MAKERS)
def test_scores_of_all_samples_at_once(name):
    """torch.func sees log_prob as a function of the weights: one sample at a time gives the same gradients."""
    policy = shaken(MAKERS[name]()).double()
    obs = observe(policy)
    actions = policy.sample(obs, seeded())
    weights = {key: value.detach() for key, value in policy.named_parameters()}

    def log_prob(weights, one_obs, one_action):
        return torch.func.functional_call(policy, weights, (one_obs[None], one_action[None]))[0]

    at_once = torch.func.vmap(torch.func.grad(log_prob), in_dims=(None, 0, 0))(weights, obs, actions)
    for i in range(6):
        one = torch.autograd.grad(
            policy.log_prob(obs[i : i + 1], actions[i : i + 1]).sum(), list(policy.parameters())
        )
        for key, gradient in zip(weights, one, strict=True):
            torch.testing.assert_close(at_once[key][i], gradient)
