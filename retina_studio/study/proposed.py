"""Which images a model has looked at already."""

from sqlalchemy import select

from retina_studio.study.database import Database
from retina_studio.study.schema import ProposalRow


def images_proposed(database: Database, model: str, weights_hash: str) -> frozenset[int]:
    """The ids of the images that have a proposal of this model with these weights."""
    made = select(ProposalRow.image_id).where(
        ProposalRow.model == model, ProposalRow.weights_hash == weights_hash
    )
    with database.reading() as session:
        return frozenset(session.scalars(made))
