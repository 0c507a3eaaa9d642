"""Gradings for the tests of the vote: three graders who agree where nothing else is said."""

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape

GRADERS = ("Ada", "Ben", "Cleo")


def submit(study, image, grader, dr=1, lesion=None, disc=20):
    """Grade an image with a disc, perhaps a microaneurysm at x = `lesion`, and submit; anew where it was submitted."""
    session = study.session(study.image(image), study.grader(grader))
    if session.state == "submitted":
        session.reopen()
    else:
        session.apply(add_shapes(new_shape("OD", Ellipse(disc, 20, 8, 9))))
    for scale, value in (("gradability", "good"), ("dr", dr)):
        before = session.grading.grades.get(scale)
        if before != value:
            session.apply(SetGrade(scale, before, value))
    if lesion is not None:
        session.apply(add_shapes(new_shape("MA", Ellipse(lesion, 30, 2, 2))))
    session.submit(complete=False)
    return session


def submit_all(study, image, dr=(1, 1, 1), lesions=(None, None, None)):
    for grader, grade, lesion in zip(GRADERS, dr, lesions, strict=True):
        submit(study, image, grader, grade, lesion)
