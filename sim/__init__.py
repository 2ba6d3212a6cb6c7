"""Caseload: a wind tunnel for care-management programmes."""
