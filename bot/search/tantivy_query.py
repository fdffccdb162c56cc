"""A query in the words of the index's engine."""

from collections.abc import Callable, Sequence

from tantivy import FieldType, Occur, Query, Schema

from bot import ports
from bot.search.analysis import folded
from bot.search.entries import Clause, Person, Sought, asked_orders, encoded

Names = Callable[[Person], Sequence[str]]
"""The folded names that are meant by parts of one."""


def engine_query(schema: Schema, query: ports.Query, sought: Sought, names: Names) -> Query:
    """Scores are of the words alone; the rest only lets through."""
    parts = [(Occur.Must, _clause(schema, one, names)) for one in sought.must]
    if sought.loose:
        parts.append((Occur.Must, _some_of(schema, sought)))
    parts += [(Occur.Must, _unscored(one)) for one in _filters(schema, query)]
    parts += [(Occur.MustNot, _clause(schema, one, names)) for one in sought.must_not]
    parts += [(Occur.MustNot, one) for one in _barred(schema, query)]
    if not any(occur is Occur.Must for occur, _ in parts):
        parts.append((Occur.Must, Query.all_query()))
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _some_of(schema: Schema, sought: Sought) -> Query:
    terms = [(_term(schema, sought.field, stem), weight) for stem, weight in sought.loose.items()]
    weighed = [term if weight == 1 else Query.boost_query(term, weight) for term, weight in terms]
    return weighed[0] if len(weighed) == 1 else Query.boolean_query([(Occur.Should, one) for one in weighed])


def _term(schema: Schema, field: str, stem: str) -> Query:
    return Query.term_query(schema, field, stem, "freq")


def _clause(schema: Schema, clause: Clause | Person, names: Names) -> Query:
    if isinstance(clause, Person):
        # Not scored: that a name is rare does not make its papers better.
        return _unscored(Query.term_set_query(schema, "author", list(names(clause))))
    if len(clause.stems) == 1:
        return _term(schema, clause.field, clause.stems[0][1])
    if clause.phrase:
        first = clause.stems[0][0]
        return Query.phrase_query(
            schema, clause.field, [(place - first, stem) for place, stem in clause.stems]
        )
    return Query.boolean_query([(Occur.Must, _term(schema, clause.field, stem)) for _, stem in clause.stems])


def _filters(schema: Schema, query: ports.Query) -> list[Query]:
    found = [
        Query.term_set_query(schema, name, list(map(folded, values)))
        for name, values in (("category", query.categories), ("source", query.sources))
        if values
    ]
    if query.within is not None:
        found.append(_ids(schema, query.within))
    if (orders := asked_orders(query)) is not None:
        found.append(_ordered(schema, orders))
    return found


def _ordered(schema: Schema, orders: range) -> Query:
    if not orders:
        return Query.empty_query()
    return Query.range_query(schema, "order", FieldType.Integer, orders.start, orders.stop - 1)


def _barred(schema: Schema, query: ports.Query) -> list[Query]:
    found = [
        Query.term_set_query(schema, name, list(map(folded, values)))
        for name, values in (("category", query.no_categories), ("source", query.no_sources))
        if values
    ]
    return [*found, _ids(schema, query.beyond)] if query.beyond else found


def _ids(schema: Schema, ids: frozenset[str]) -> Query:
    return Query.term_set_query(schema, "id", [encoded(one).decode() for one in ids])
