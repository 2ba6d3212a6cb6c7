"""Money: who pays whom, contracts, returns, the actuary's and the treasurer's figures; and the settlement of published results.

`accounts.account` makes the account of one replication from its tallies and what was measured, `summary.summarise` the trees of a run.
"""
