"""Who is simulated: a synthetic panel, or one read from a CSV file, as one array of persons."""

from sim.population.columns import COLUMNS
from sim.population.csv_panel import PanelErrors, PanelProblem, read_panel
from sim.population.drawing import draw_panel
from sim.population.person import EXCLUSIONS, LATENT, PERSON, Persons
from sim.population.practices import Practice, expand
from sim.population.scores import ScoreTable, score_table
from sim.population.synthesis import synthesise

__all__ = [
    "COLUMNS",
    "EXCLUSIONS",
    "LATENT",
    "PERSON",
    "PanelErrors",
    "PanelProblem",
    "Persons",
    "Practice",
    "ScoreTable",
    "draw_panel",
    "expand",
    "read_panel",
    "score_table",
    "synthesise",
]
