"""A person answers for weights that the gate held back."""

from retina_studio.inference.registry import Registry, Version
from retina_studio.study.study import Study


def override(study: Study, registry: Registry, stem: str, which: str, name: str, reason: str) -> Version:
    """Promote weights in spite of the gate; the study's audit trail keeps who, why and what the gate had said.

    Args:
        study: whose engineers may do it, and whose trail keeps it.
        registry: of the weights.
        stem, which: the version, as `Registry.version`.
        name: of the engineer.
        reason: in their own words.

    Raises:
        RetinaError: nobody of this name is an engineer of the study, no reason, or no such version.
    """
    raise NotImplementedError
