from fer_core.datasets.registry import DATASETS, CheckedDataset, open_dataset

__all__ = ["DATASETS", "CheckedDataset", "open_dataset"]
