#!/usr/bin/env python3
"""search_runs.py FOLDER: the metrics of the latest run in a file store, as MLflow finds it."""
import json
import os
import sys

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow

mlflow.set_tracking_uri(sys.argv[1])
runs = mlflow.search_runs(search_all_experiments=True, order_by=["attributes.start_time DESC"], max_results=1, output_format="list")
print(json.dumps(runs[0].data.metrics, sort_keys=True))
