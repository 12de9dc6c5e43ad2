"""SMT2020 HVLM, a semiconductor testbed: its tables converted into ordinary plant files, played by rule, and held against the reference.

D. Kopp, M. Hassoun, A. Kalir, L. Moench (2020), "SMT2020 - A Semiconductor Manufacturing Testbed", IEEE Trans. Semicond. Manuf.,
doi 10.1109/TSM.2020.3001933. The tables are no part of this project: `python -m benchmarks.smt2020 --data <folder>` says where they are.
"""
