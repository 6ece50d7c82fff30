"""Runs mutmut and says for each module how many changed lines the tests have noticed.

Run by the Makefile. Exits 1 where a module stays below `LEAST`. Names of mutants, with * for any
text, limit the run to some; mutmut goes on where it was interrupted.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict

#: Share of the mutants of a module that must be noticed.
LEAST = 0.85
#: What mutmut calls them; one that never ends is noticed, too.
_NOTICED = ("killed", "timeout", "segfault", "caught by type check")
_OPEN = ("not checked", "check was interrupted by user", "skipped")


def by_module(lines):
    """Module → Counter of what became of its mutants, from the lines of `mutmut results`."""
    found = defaultdict(Counter)
    for line in lines:
        match = re.fullmatch(r"\s*([\w.]+?)\.x\w*__mutmut_\d+: (.+)", line)
        if match:
            found[match[1]][match[2]] += 1
    return found


def shares(found):
    """Module → (mutants that were tried, share of them that was noticed)."""
    tried = {}
    for module, counts in sorted(found.items()):
        done = sum(count for status, count in counts.items() if status not in _OPEN)
        if done:
            tried[module] = (done, sum(counts[status] for status in _NOTICED) / done)
    return tried


def main():
    """Exits 0 where enough was noticed in every module."""
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", *sys.argv[1:]], check=True)
    listed = subprocess.run(
        [*mutmut, "results", "--all", "true"], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout.splitlines()
    print("\n".join(line.strip() for line in listed if line.endswith((": survived", ": no tests"))))
    found = shares(by_module(listed))
    for module, (tried, share) in found.items():
        low = "" if share >= LEAST else f"  below {LEAST:.0%}"
        print(f"{module}  {tried} tried, {share:.1%} noticed{low}")
    sys.exit(any(share < LEAST for _, share in found.values()))


if __name__ == "__main__":
    main()
