"""arXiv's categories (arxiv.org/category_taxonomy): one table for everybody who asks whether there is such a one."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

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

_TITLES = """\
astro-ph Astrophysics
astro-ph.CO Cosmology and Nongalactic Astrophysics
astro-ph.EP Earth and Planetary Astrophysics
astro-ph.GA Astrophysics of Galaxies
astro-ph.HE High Energy Astrophysical Phenomena
astro-ph.IM Instrumentation and Methods for Astrophysics
astro-ph.SR Solar and Stellar Astrophysics
cond-mat Condensed Matter
cond-mat.dis-nn Disordered Systems and Neural Networks
cond-mat.mes-hall Mesoscale and Nanoscale Physics
cond-mat.mtrl-sci Materials Science
cond-mat.other Other Condensed Matter
cond-mat.quant-gas Quantum Gases
cond-mat.soft Soft Condensed Matter
cond-mat.stat-mech Statistical Mechanics
cond-mat.str-el Strongly Correlated Electrons
cond-mat.supr-con Superconductivity
cs Computer Science
cs.AI Artificial Intelligence
cs.AR Hardware Architecture
cs.CC Computational Complexity
cs.CE Computational Engineering, Finance, and Science
cs.CG Computational Geometry
cs.CL Computation and Language
cs.CR Cryptography and Security
cs.CV Computer Vision and Pattern Recognition
cs.CY Computers and Society
cs.DB Databases
cs.DC Distributed, Parallel, and Cluster Computing
cs.DL Digital Libraries
cs.DM Discrete Mathematics
cs.DS Data Structures and Algorithms
cs.ET Emerging Technologies
cs.FL Formal Languages and Automata Theory
cs.GL General Literature
cs.GR Graphics
cs.GT Computer Science and Game Theory
cs.HC Human-Computer Interaction
cs.IR Information Retrieval
cs.IT Information Theory
cs.LG Machine Learning
cs.LO Logic in Computer Science
cs.MA Multiagent Systems
cs.MM Multimedia
cs.MS Mathematical Software
cs.NA Numerical Analysis
cs.NE Neural and Evolutionary Computing
cs.NI Networking and Internet Architecture
cs.OH Other Computer Science
cs.OS Operating Systems
cs.PF Performance
cs.PL Programming Languages
cs.RO Robotics
cs.SC Symbolic Computation
cs.SD Sound
cs.SE Software Engineering
cs.SI Social and Information Networks
cs.SY Systems and Control
econ Economics
econ.EM Econometrics
econ.GN General Economics
econ.TH Theoretical Economics
eess Electrical Engineering and Systems Science
eess.AS Audio and Speech Processing
eess.IV Image and Video Processing
eess.SP Signal Processing
eess.SY Systems and Control
gr-qc General Relativity and Quantum Cosmology
hep-ex High Energy Physics, Experiment
hep-lat High Energy Physics, Lattice
hep-ph High Energy Physics, Phenomenology
hep-th High Energy Physics, Theory
math Mathematics
math-ph Mathematical Physics
math.AC Commutative Algebra
math.AG Algebraic Geometry
math.AP Analysis of PDEs
math.AT Algebraic Topology
math.CA Classical Analysis and ODEs
math.CO Combinatorics
math.CT Category Theory
math.CV Complex Variables
math.DG Differential Geometry
math.DS Dynamical Systems
math.FA Functional Analysis
math.GM General Mathematics
math.GN General Topology
math.GR Group Theory
math.GT Geometric Topology
math.HO History and Overview
math.IT Information Theory
math.KT K-Theory and Homology
math.LO Logic
math.MG Metric Geometry
math.MP Mathematical Physics
math.NA Numerical Analysis
math.NT Number Theory
math.OA Operator Algebras
math.OC Optimization and Control
math.PR Probability
math.QA Quantum Algebra
math.RA Rings and Algebras
math.RT Representation Theory
math.SG Symplectic Geometry
math.SP Spectral Theory
math.ST Statistics Theory
nlin Nonlinear Sciences
nlin.AO Adaptation and Self-Organizing Systems
nlin.CD Chaotic Dynamics
nlin.CG Cellular Automata and Lattice Gases
nlin.PS Pattern Formation and Solitons
nlin.SI Exactly Solvable and Integrable Systems
nucl-ex Nuclear Experiment
nucl-th Nuclear Theory
physics Physics
physics.acc-ph Accelerator Physics
physics.ao-ph Atmospheric and Oceanic Physics
physics.app-ph Applied Physics
physics.atm-clus Atomic and Molecular Clusters
physics.atom-ph Atomic Physics
physics.bio-ph Biological Physics
physics.chem-ph Chemical Physics
physics.class-ph Classical Physics
physics.comp-ph Computational Physics
physics.data-an Data Analysis, Statistics and Probability
physics.ed-ph Physics Education
physics.flu-dyn Fluid Dynamics
physics.gen-ph General Physics
physics.geo-ph Geophysics
physics.hist-ph History and Philosophy of Physics
physics.ins-det Instrumentation and Detectors
physics.med-ph Medical Physics
physics.optics Optics
physics.plasm-ph Plasma Physics
physics.pop-ph Popular Physics
physics.soc-ph Physics and Society
physics.space-ph Space Physics
q-bio Quantitative Biology
q-bio.BM Biomolecules
q-bio.CB Cell Behavior
q-bio.GN Genomics
q-bio.MN Molecular Networks
q-bio.NC Neurons and Cognition
q-bio.OT Other Quantitative Biology
q-bio.PE Populations and Evolution
q-bio.QM Quantitative Methods
q-bio.SC Subcellular Processes
q-bio.TO Tissues and Organs
q-fin Quantitative Finance
q-fin.CP Computational Finance
q-fin.EC Economics
q-fin.GN General Finance
q-fin.MF Mathematical Finance
q-fin.PM Portfolio Management
q-fin.PR Pricing of Securities
q-fin.RM Risk Management
q-fin.ST Statistical Finance
q-fin.TR Trading and Market Microstructure
quant-ph Quantum Physics
stat Statistics
stat.AP Applications
stat.CO Computation
stat.ME Methodology
stat.ML Machine Learning
stat.OT Other Statistics
stat.TH Statistics Theory"""

TITLES: Mapping[str, str] = MappingProxyType(
    {name: title for name, _, title in (line.partition(" ") for line in _TITLES.splitlines())}
)
"""What arXiv calls each category and archive: `cs.CL` → `Computation and Language`."""

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
COMMON_NAMES = {
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
"""What people call some of them, folded."""


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
    if folded in COMMON_NAMES:
        return COMMON_NAMES[folded]
    archive = folded.partition(".")[0]
    own = [name for name in _FOLDED if name.startswith(f"{archive}.")] if archive in ARCHIVES else []
    near = get_close_matches(folded, own or _FOLDED, 1)
    return _FOLDED[near[0]] if near else ""
