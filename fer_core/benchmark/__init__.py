"""Measures what the person waits for, on the same code that the window runs.

```python
for row in measure(Plan(quick=True)):
    ...
```
"""

from fer_core.benchmark.plan import Plan, measure
from fer_core.benchmark.report import REPORT_SCHEMA, Figure, Row, environment

__all__ = ["REPORT_SCHEMA", "Figure", "Plan", "Row", "environment", "measure"]
