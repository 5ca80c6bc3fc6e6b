"""Tests of the Redshift stand-in."""
