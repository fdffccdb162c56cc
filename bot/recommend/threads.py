"""How many threads the algebra library uses: one, from the import of this module on, in the whole process.

One channel's products are so small that a second thread only waits, and takes a core while it does; a study is not
worth a second setting.
"""

from threadpoolctl import threadpool_limits

# The limit lasts as long as this object.
LIMIT = threadpool_limits(limits=1, user_api="blas")
