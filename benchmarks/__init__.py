"""What the library costs beside hand-written code and its peers; see `run.py`."""
