"""arXiv's categories (arxiv.org/category_taxonomy): one table for everybody who asks whether there is such a one."""

from difflib import get_close_matches

_CHILDREN = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO "
    "SC SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
_ALONE = "gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph"

ARCHIVES = frozenset(_CHILDREN)
"""Those that have categories of their own: `cs`, `astro-ph`."""

CATEGORIES = frozenset(
    [*_ALONE.split(), *(f"{archive}.{child}" for archive, row in _CHILDREN.items() for child in row.split())]
)
"""All in which a paper may stand: `cs.CL`, `hep-th`, `physics.optics`."""

RETIRED = frozenset(
    "acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga funct-an mtrl-th "
    "patt-sol plasm-ph q-alg solv-int supr-con".split()
)
"""Those of the 1990s, which others took over; records of papers of that time still carry them."""

_TWINS = {
    "cs.IT": "math.IT",
    "cs.NA": "math.NA",
    "cs.SY": "eess.SY",
    "econ.GN": "q-fin.EC",
    "math-ph": "math.MP",
    "math.ST": "stat.TH",
}
_TWIN_OF = _TWINS | {twin: name for name, twin in _TWINS.items()}


def twin_of(name: str) -> str:
    """The other name of the same category (`math.IT` is an alias for `cs.IT`); empty where it has one name only."""
    return _TWIN_OF.get(name, "")


def within(name: str) -> tuple[str, ...]:
    """The category itself, and those of an archive."""
    return (name, *(f"{name}.{child}" for child in _CHILDREN.get(name, "").split()))


_FOLDED = {name.casefold(): name for name in sorted(CATEGORIES | ARCHIVES)}
_NAMES = {
    "robotics": "cs.RO",
    "machine learning": "cs.LG",
    "computer vision": "cs.CV",
    "vision": "cs.CV",
    "nlp": "cs.CL",
    "computational linguistics": "cs.CL",
    "artificial intelligence": "cs.AI",
    "information retrieval": "cs.IR",
    "cryptography": "cs.CR",
    "statistics": "stat.ME",
    "optics": "physics.optics",
}


def category_named(text: str) -> str:
    """The category or archive of that name in its own spelling (`CS.cl` → `cs.CL`); empty where there is none."""
    return _FOLDED.get(text.strip().casefold(), "")


def looks_like_category(text: str) -> bool:
    """Whether it can only be meant as one: an archive of arXiv, a dot, one more word."""
    archive, dot, rest = text.casefold().partition(".")
    return bool(dot) and archive in ARCHIVES and rest.replace("-", "").isalpha()


def nearest_category(text: str) -> str:
    """The category that was probably meant; empty where none is near."""
    folded = text.strip().casefold()
    if folded in _NAMES:
        return _NAMES[folded]
    archive = folded.partition(".")[0]
    own = [name for name in _FOLDED if name.startswith(f"{archive}.")] if archive in ARCHIVES else []
    near = get_close_matches(folded, own or _FOLDED, 1)
    return _FOLDED[near[0]] if near else ""
