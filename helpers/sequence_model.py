"""Prompts in, answers written token by token out, and the log-probability of every token: a language model in small.

B answers of at most L tokens. An answer ends with the stop token or is cut after L tokens; behind its end it is padded with
further stop tokens, and the mask is false there.
"""

import torch

from .networks import network
from .shapes import match_shapes, need_counts

__all__ = ["SequenceModel", "all_answers"]


class SequenceModel(torch.nn.Module):
    """An autoregressive policy over token strings: each token is drawn given the prompt and the tokens before it.

    log π(answer | prompt) = Σ_t log π(a_t | prompt, a_0 ... a_{t-1})

    The state before token t is the prompt's vector plus one vector for each token written, from a table of its own for each
    place; a small network turns it into logits. So it is causal by construction.

    Args:
        n_prompts: at least 1; a prompt is an integer 0 ... n_prompts - 1.
        n_tokens: at least 1; tokens 0 ... n_tokens - 1 are written, `.stop` = n_tokens ends an answer.
        max_length: L, at least 1, the stop token included.
        hidden: sizes of the layers; the first one is that of the state.
        seed: draws the initial weights (int or torch.Generator), None: from torch's global generator.

    Source: Bengio et al., A neural probabilistic language model (2003), with all of the past in its window.
    """

    def __init__(self, n_prompts: int, n_tokens: int, max_length: int, hidden=(64, 64), *, seed=None):
        super().__init__()
        need_counts(n_prompts=n_prompts, n_tokens=n_tokens, max_length=max_length)
        generator = torch.Generator().manual_seed(seed) if isinstance(seed, int) else seed
        self.n_prompts, self.stop, self.max_length = n_prompts, n_tokens, max_length
        self.of_prompt = torch.nn.Parameter(_uniform(n_prompts, hidden[0], generator=generator))
        self.of_token = torch.nn.Parameter(_uniform(max_length, n_tokens + 1, hidden[0], generator=generator))
        self.head = network(hidden[0], hidden[1:], n_tokens + 1, generator)

    def logits(self, prompts: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """The logits from which each token was drawn, float [B, L, n_tokens + 1].

        Args:
            prompts: int64 [B].
            answers: int64 [B, L], padded with the stop token.

        Raises:
            ValueError: shapes that do not fit, or a prompt or token out of range.
        """
        prompts, answers = self._checked(prompts, answers)
        written = self.of_token[torch.arange(self.max_length - 1), answers[:, :-1]]
        states = torch.cat([self.of_prompt[prompts][:, None], written], dim=1).cumsum(dim=1)
        return self.head(states.relu())

    def evaluate(self, prompts: torch.Tensor, answers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probability of each token and entropy (nats) of what it was drawn from, both float [B, L], 0 behind the end."""
        log_probs = self.logits(prompts, answers).log_softmax(dim=-1)
        behind = ~self.mask(answers)
        chosen = log_probs.gather(2, answers[:, :, None])[:, :, 0].masked_fill(behind, 0.0)
        return chosen, -(log_probs.exp() * log_probs).sum(dim=-1).masked_fill(behind, 0.0)

    def log_prob(self, prompts: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """Log-probability of each token, float [B, L], 0 behind the end: the sum of a row is that of its answer."""
        return self.evaluate(prompts, answers)[0]

    def mask(self, answers: torch.Tensor) -> torch.Tensor:
        """Which tokens are real: those up to the first stop, which is one of them; bool [B, L]."""
        stops = answers == self.stop
        return stops.cumsum(dim=1) - stops.long() == 0

    @torch.no_grad()
    def sample(self, prompts: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """One answer to each prompt, all written side by side: int64 [B, L], padded with the stop token."""
        states = self.of_prompt[prompts]
        answers = torch.full((len(states), self.max_length), self.stop)
        writing = torch.ones(len(states), dtype=torch.bool)
        for place in range(self.max_length):
            probs = self.head(states.relu()).softmax(dim=-1)
            tokens = probs.multinomial(1, generator=generator)[:, 0]
            answers[writing, place] = tokens[writing]
            writing &= tokens != self.stop
            states = states + self.of_token[place, tokens]
        return answers

    def _checked(self, prompts, answers) -> tuple[torch.Tensor, torch.Tensor]:
        prompts, answers = torch.as_tensor(prompts), torch.as_tensor(answers)
        match_shapes(prompts=(prompts, "B"), answers=(answers, f"B {self.max_length}"))
        for name, values, largest in [
            ("prompts", prompts, self.n_prompts - 1),
            ("answers", answers, self.stop),
        ]:
            if len(values) and (values.min() < 0 or values.max() > largest):
                raise ValueError(f"{name}: expected 0 ... {largest}, got {values.min()} ... {values.max()}")
        return prompts, answers


def all_answers(n_tokens: int, max_length: int) -> torch.Tensor:
    """Every answer there is, those cut after `max_length` tokens included: their probabilities sum to one.

    Args:
        n_tokens: at least 1.
        max_length: L, at least 1.

    Returns:
        int64 [M, L], M = 1 + V + V² + ... + V^L for V = n_tokens, padded with the stop token V.

    Raises:
        ValueError: no token, or no place.
    """
    need_counts(n_tokens=n_tokens, max_length=max_length)
    places = [torch.arange(n_tokens + 1)] * max_length
    strings = torch.cartesian_prod(*places).view(-1, max_length)
    stops = strings == n_tokens
    return strings[(stops[:, 1:] | ~stops[:, :-1]).all(dim=1)]  # after a stop nothing but stops


def _uniform(*shape: int, generator) -> torch.Tensor:
    """Numbers between -1/2 and 1/2."""
    return torch.rand(*shape, generator=generator) - 0.5
