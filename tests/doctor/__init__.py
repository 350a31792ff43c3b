"""The doctor: judgements as tables, probes on real folders."""
