"""The farm of lessons 04, 06 and 09, written out by hand: what may happen under fair coins, and what it pays."""

# Every episode: probability, states, actions, rewards. The last state, the end, is left out.
FARM = [
    (0.25, (0, 1), (0, 0), (2, 0)),
    (0.25, (0, 1), (0, 1), (2, 1)),
    (0.5 * 0.25 * 0.5, (0, 1), (1, 0), (0, 0)),
    (0.5 * 0.25 * 0.5, (0, 1), (1, 1), (0, 1)),
    (0.5 * 0.75 * 0.5, (0, 2), (1, 0), (0, 0)),
    (0.5 * 0.75 * 0.5, (0, 2), (1, 1), (0, 10)),
]
