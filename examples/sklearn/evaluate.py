"""Evaluates the model on the held-out rows and writes build/metrics.json."""
import json
import pathlib
import pickle

from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

from train import read_params, split

params = read_params()
_, x, _, y = split(params)
data = pathlib.Path("build/model.pkl").read_bytes()
model = pickle.loads(data)
metrics = {
    "roc_auc": round(roc_auc_score(y, model.predict_proba(x)[:, 1]), 6),
    "accuracy": round(accuracy_score(y, model.predict(x)), 6),
    "recall": round(recall_score(y, model.predict(x), pos_label=0), 6),
    "test_rows": len(y),
    "model_kb": round(len(data) / 1000, 1),
}
pathlib.Path("build/metrics.json").write_text(json.dumps(metrics))
print(metrics)
