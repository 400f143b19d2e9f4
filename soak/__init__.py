"""Long runs: kills, fuzzing, full-size loads; their figures go to docs/performance.md (`make soak`)."""
