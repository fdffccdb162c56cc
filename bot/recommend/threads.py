"""How many threads the algebra library uses."""

from contextlib import AbstractContextManager

from threadpoolctl import ThreadpoolController

_blas = ThreadpoolController().select(user_api="blas")


def one_thread() -> AbstractContextManager[object]:
    """While many channels are ranked: one's products are so small that a second thread only waits on a core.

    It holds for the whole process.
    """
    limit: AbstractContextManager[object] = _blas.limit(limits=1)
    return limit
