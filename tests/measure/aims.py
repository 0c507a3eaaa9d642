"""What the shipped weights are to reach on the test images of each set, and how it is measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """One figure of one model on one set.

    Attributes:
        title: what is measured.
        stem: the model.
        images: a glob of image names.
        figure: in the model's evaluation, its parts joined by "/".
        aim: what is to be reached.
        lower: whether less is better.
    """

    title: str
    stem: str
    images: str
    figure: str
    aim: float
    lower: bool = False

    def is_met(self, value: float | None) -> bool:
        """Whether a figure reaches the aim."""
        return value is not None and (value <= self.aim if self.lower else value >= self.aim)


AIMS = (
    Aim("Disc Dice, Drishti-GS1", "glaucoma", "drishti_*", "dice_od", 0.97),
    Aim("Cup Dice, Drishti-GS1", "glaucoma", "drishti_*", "dice_oc", 0.88),
    Aim("Disc Dice, RIM-ONE", "glaucoma", "rimone_*", "dice_od", 0.95),
    Aim("Disc centre, HRF, in disc diameters", "disc", "hrf_*", "centre_dd", 0.15, lower=True),
    Aim("Disc centre, HEI-MED, in disc diameters", "disc", "heimed_*", "centre_dd", 0.15, lower=True),
    Aim("Exudates, pixel F1, IDRiD", "lesion", "idrid_*", "pixel_f1_HaEx", 0.60),
    Aim("Haemorrhages, pixel F1, IDRiD", "lesion", "idrid_*", "pixel_f1_iHE", 0.45),
    Aim("Microaneurysms, pixel F1, IDRiD", "lesion", "idrid_*", "pixel_f1_MA", 0.25),
    Aim("DR grade, quadratic kappa", "lesion", "dr_grades_*", "kappa", 0.75),
    Aim("Pathologic myopia, AUC, PALM", "ppa", "palm_*", "classifier_auc", 0.99),
    Aim("DME, AUC", "oct", "oct_dme_*", "classes/dme/auc", 0.98),
    Aim("Drusen, Dice", "oct", "oct_drusen_*", "dice", 0.70),
)
