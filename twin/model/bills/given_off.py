"""Where the by-products of a material come off."""

from __future__ import annotations

from twin.model.plant import Operation, Plant


def gives_off_at(plant: Plant, material: str) -> str | None:
    """The operation whose good pieces give the by-products of a material off; None: it has none, or no operation that could.

    That is the one that takes it apart, if one does; else the last that is done to all lots, and to no piece a second time.
    """
    definition, routing = plant.materials.materials.get(material), plant.layout.routings.get(material, {})
    if definition is None or not definition.by_products:
        return None
    apart = next((name for name, it in routing.items() if it.takes_apart), None)
    return apart or next((name for name in reversed(routing) if _sees_every_piece_once(routing, name)), None)


def _sees_every_piece_once(routing: dict[str, Operation], operation: str) -> bool:
    if routing[operation].sample_every or routing[operation].sample < 1:
        return False
    steps = list(routing)
    place = steps.index(operation)
    return not any(back_to in steps[: place + 1] for later in steps[place + 1 :] for back_to in backs_of(routing[later]))


def backs_of(operation: Operation) -> list[str]:
    """The operations to which an operation sends pieces back."""
    limit = operation.queue_limit
    return [name for name in (operation.rework_to, limit.rework_to if limit else None) if name is not None]
