"""Learn from a part of what is marked: how much more marking would bring, as a learning curve.

anna, week 1    0 s ====learned==== 20 s ------left out------ 40 s
"""

from collections import defaultdict
from collections.abc import Sequence

from kineograph.data.annotation import Annotation
from kineograph.data.copies import copies_of, originals


def part_learned(annotations: Sequence[Annotation], share: float) -> list[Annotation]:
    """The earliest `share` (0 to 1) of each person's time in each video, with the copies of these.

    Someone who marks begins at the beginning; so this is what less marking would have given. Where
    each clip is a file of its own, it is that share of each person's clips of each label. One at
    least is kept of each.
    """
    if share >= 1:
        return list(annotations)
    of_one: dict[tuple[str | None, str], list[Annotation]] = defaultdict(list)
    for each in originals(annotations):
        of_one[each.person, each.video if each.window else each.label].append(each)
    kept = []
    for own in of_one.values():
        own.sort(key=lambda each: (each.start_seconds, each.video, each.id))
        kept += own[: max(1, round(share * len(own)))]
    chosen = {each.id for each in [*kept, *copies_of(kept, annotations)]}
    return [each for each in annotations if each.id in chosen]
