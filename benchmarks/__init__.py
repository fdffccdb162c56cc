"""The measured claims, each one command: `python -m benchmarks.NAME`. The last line printed is one JSON object."""
