"""A source, analysed once, whole, and kept: source → pipeline → session → views.

```python
from fer_core import load_pipeline, open_source
from fer_core.analysis import Session, analyse, conditions_of, find_session, new_session, origin_of

pipeline = load_pipeline(thorough=True)
with open_source("clip.mp4") as source:
    session = find_session(source, conditions_of(pipeline))
    if session is None:
        session = new_session(origin_of(source), conditions_of(pipeline))
        analyse(source, pipeline, session)
    for person in session.persons():
        print(person.number, person.shares)
```

Importing it loads neither OpenCV nor an engine: names are looked up on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_core.analysis.about import Conditions, Origin, conditions_of, origin_of
    from fer_core.analysis.edits import Marker
    from fer_core.analysis.run import Outcome, Progress, analyse
    from fer_core.analysis.session import Session
    from fer_core.analysis.store import find_session, new_session
    from fer_core.analysis.views import Curve, Event, Person

__all__ = [
    "Conditions",
    "Curve",
    "Event",
    "Marker",
    "Origin",
    "Outcome",
    "Person",
    "Progress",
    "Session",
    "analyse",
    "conditions_of",
    "find_session",
    "new_session",
    "origin_of",
]

_HOME = {
    "Conditions": "about",
    "Curve": "views",
    "Event": "views",
    "Marker": "edits",
    "Origin": "about",
    "Outcome": "run",
    "Person": "views",
    "Progress": "run",
    "Session": "session",
    "analyse": "run",
    "conditions_of": "about",
    "find_session": "store",
    "new_session": "store",
    "origin_of": "about",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fer_core.analysis' has no attribute {name!r}")
    return getattr(import_module(f"fer_core.analysis.{_HOME[name]}"), name)
