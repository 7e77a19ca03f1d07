"""Imports of datasets by people."""

from interchange.models.dataset_import import DatasetImport

__all__ = ["DatasetImport"]
