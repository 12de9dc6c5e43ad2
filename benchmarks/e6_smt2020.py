"""E6: SMT2020 HVLM, 100 days by rule (`benchmarks/smt2020`); its tables are not shipped, and without them nothing is measured."""

from __future__ import annotations

from benchmarks.smt2020.__main__ import main

if __name__ == "__main__":
    main()
