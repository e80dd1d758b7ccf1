"""Trains a logistic regression on the breast cancer data that scikit-learn ships."""
import pathlib
import pickle

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def read_params(path="params.yaml"):
    lines = (line.split(":") for line in pathlib.Path(path).read_text().splitlines() if ":" in line)
    return {key.strip(): float(value) for key, value in lines}


def split(params):
    x, y = load_breast_cancer(return_X_y=True)
    x = x[:, : int(params["features"])]
    return train_test_split(x, y, test_size=0.3, random_state=int(params["seed"]), stratify=y)


if __name__ == "__main__":
    params = read_params()
    x, _, y, _ = split(params)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=params["C"], max_iter=int(params["max_iter"])))
    model.fit(x, y)
    pathlib.Path("build").mkdir(exist_ok=True)
    pathlib.Path("build/model.pkl").write_bytes(pickle.dumps(model))
    print(f"trained on {len(y)} rows")
