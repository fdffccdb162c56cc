"""How many interests a channel's likes show, and which paper belongs to which: papers grouped in the latent space."""

import numpy as np
from scipy.cluster.hierarchy import linkage

from bot.recommend.vectors import Array

APART = 0.35
"""Two groups are two interests where their correlation is below."""
LEAST = 3
"""So few likes are no interest of their own."""
_PAIRS, _TIGHT = 3.0, 0.25
"""So many imagined pairs of that cosine steady the measure of how alike a small group is within."""
_LOOSEST = 0.02
_LATEST = 300
"""So many of the latest likes are grouped; older ones join the nearest."""


def grouped(spots: Array) -> Array:
    """(n,): a group's number for each of the spots (n, dimensions), oldest first; 0 throughout where all is one."""
    if not spots.shape[1]:
        return np.zeros(len(spots), np.int64)
    old, late = spots[:-_LATEST], spots[-_LATEST:]
    labels = _grouped(late)
    nearest = (old @ means(late, labels).T).argmax(axis=1) if len(old) else np.zeros(0, np.int64)
    return np.concatenate([nearest, labels])


def means(spots: Array, labels: Array) -> Array:
    """(groups, dimensions): each group's middle, of length 1."""
    return np.array([middle(spots[labels == group]) for group in range(labels.max(initial=0) + 1)])


def middle(spots: Array) -> Array:
    """(dimensions,): of one group, one spot at least."""
    mean = spots.sum(axis=0) / len(spots)
    return np.asarray(mean / (np.sqrt(mean @ mean) or 1.0))


def halved(spots: Array) -> Array:
    """(n,) of 0 and 1: the two halves of Ward's tree (1963), at least one spot in each where n > 1."""
    labels = np.zeros(len(spots), np.int64)
    if len(spots) > 1 and spots.shape[1]:
        labels[
            _leaves(linkage(spots, "ward")[:, :2].astype(int), 2 * len(spots) - 2, len(spots), second=True)
        ] = 1
    elif len(spots) > 1:
        labels[len(spots) // 2 :] = 1
    return labels


def _grouped(spots: Array) -> Array:
    """Ward's tree is cut from its root while two halves correlate less than APART.

    The correlation is freed of how loose each half is within (Spearman's correction for attenuation, 1904), so that a
    broad interest is not cut up and two narrow ones that share some words are.
    """
    n = len(spots)
    if n < 2 * LEAST:
        return np.zeros(n, np.int64)
    tree = linkage(spots, "ward")[:, :2].astype(int)
    groups = _cut(tree, *_totals(tree, spots))
    labels = np.zeros(n, np.int64)
    for number, node in enumerate(groups):
        labels[_leaves(tree, node, n)] = number
    nearest = (spots @ means(spots, labels).T).argmax(axis=1)
    fair = np.bincount(nearest, minlength=len(groups)).min() >= LEAST
    return nearest if len(groups) > 1 and fair else labels


def _totals(tree: Array, spots: Array) -> tuple[Array, Array]:
    """The sum and the number of the spots below every node."""
    n = len(spots)
    total = np.vstack([spots, np.zeros((n - 1, spots.shape[1]))])
    count = np.ones(2 * n - 1)
    for node, (left, right) in enumerate(tree, n):
        total[node] = total[left] + total[right]
        count[node] = count[left] + count[right]
    return total, count


def _cut(tree: Array, total: Array, count: Array) -> list[int]:
    """The nodes that are groups, from left to right."""
    n = len(tree) + 1
    within = [_within(*node) for node in zip(total, count, strict=True)]

    def apart(left: int, right: int) -> bool:
        if min(count[left], count[right]) < LEAST:
            return False
        across = total[left] @ total[right] / (count[left] * count[right])
        return bool(across < APART * np.sqrt(within[left] * within[right]))

    groups, waiting = [], [2 * n - 2]
    while waiting:
        node = waiting.pop()
        left, right = tree[node - n] if node >= n else (0, 0)
        if node >= n and apart(left, right):
            waiting += [right, left]
        else:
            groups.append(node)
    return groups


def _leaves(tree: Array, node: int, n: int, *, second: bool = False) -> list[int]:
    """The spots below a node, or below its second child."""
    waiting, found = [int(tree[node - n][1]) if second else node], []
    while waiting:
        top = waiting.pop()
        if top < n:
            found.append(top)
        else:
            waiting += [int(child) for child in tree[top - n]]
    return found


def same(some: Array, others: Array) -> bool:
    """Whether two groups of spots are one interest, as `grouped` measures it; False where one is empty."""
    if not len(some) or not len(others) or not some.shape[1]:
        return False
    sums = some.sum(axis=0), others.sum(axis=0)
    across = sums[0] @ sums[1] / (len(some) * len(others))
    return bool(across >= APART * np.sqrt(_within(sums[0], len(some)) * _within(sums[1], len(others))))


def _within(total: Array, count: float) -> float:
    """How alike the `count` spots that add up to `total` are, pair by pair."""
    alike = total @ total - count + _PAIRS * _TIGHT
    return float(max(alike / (count * (count - 1) + _PAIRS), _LOOSEST))
