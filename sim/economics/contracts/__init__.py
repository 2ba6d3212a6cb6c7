"""One module a contract: its terms, read from `scenarios/defaults/contracts/`, and its settlement as a pure function of dollars."""
