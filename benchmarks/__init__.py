"""Measures, never tests: each module prints ratios against something simpler in the same run."""
