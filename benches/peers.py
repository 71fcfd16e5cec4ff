"""The same work by scikit-learn, for benches/compare.

    peers.py train-words CORPUS MODEL      CountVectorizer(1, 2) + MultinomialNB
    peers.py train-heads CORPUS MODEL      words 1–2 and characters 2–5, tf-idf, 14 logistic regressions
    peers.py train-default DATA TRAINING   the default recipe's comments and features, liblinear for each output
    peers.py score MODEL CORPUS OUT        probabilities of all outputs, a line a comment
"""
import csv
import json
import pathlib
import pickle
import sys

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline

N_OUTPUTS = 14


def read(path):
    comments = [json.loads(line) for line in open(path)]
    return [c["text"] for c in comments], np.array([c["label"] == "y" for c in comments])


def features(most=75_000, **least):
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=most, min_df=least.get("words", 1))
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=most, min_df=least.get("characters", 1)
    )
    return FeatureUnion([("words", words), ("characters", characters)])


class Heads:
    """Fourteen outputs over one vocabulary. What they learned does not change what scoring costs."""

    def fit(self, texts, labels):
        self.features = features()
        matrix = self.features.fit_transform(texts)
        chance = np.random.default_rng(1)
        fitted = [
            LogisticRegression(solver="liblinear", max_iter=20).fit(matrix, labels ^ (chance.random(len(labels)) < 0.1))
            for _ in range(N_OUTPUTS)
        ]
        self.weights = np.vstack([f.coef_ for f in fitted]).T
        self.bias = np.hstack([f.intercept_ for f in fitted])
        return self

    def predict_proba(self, texts):
        return 1 / (1 + np.exp(-(self.features.transform(texts) @ self.weights + self.bias)))


def default_recipe(data, training):
    """Texts of every source of the default recipe, and the two answers most of them have."""
    import tomllib

    texts, labels = [], []
    csv.field_size_limit(1 << 24)
    for source in tomllib.loads((training / "default.toml").read_text())["source"]:
        path = training / source["file"] if source["file"].startswith("starter") else data / source["file"]
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in path.open()]
        else:
            with path.open(newline="") as lines:
                tab = path.suffix == ".tsv"
                rows = list(csv.DictReader(lines, delimiter="\t" if tab else ",", quoting=csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL))
        texts += [row.get(source["text"]) or "" for row in rows]
        labels += [hash(row.get(source["text"])) % 10 < 3 for row in rows]
    return texts, np.array(labels)


def main():
    match sys.argv[1:]:
        case ["train-words", corpus, model]:
            texts, labels = read(corpus)
            fitted = make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()).fit(texts, labels)
            pickle.dump(fitted, open(model, "wb"))
        case ["train-heads", corpus, model]:
            pickle.dump(Heads().fit(*read(corpus)), open(model, "wb"))
        case ["train-default", data, training]:
            texts, labels = default_recipe(pathlib.Path(data), pathlib.Path(training))
            matrix = features(words=3, characters=8).fit_transform(texts)
            chance = np.random.default_rng(1)
            for _ in range(N_OUTPUTS):
                flipped = labels ^ (chance.random(len(labels)) < 0.1)
                LogisticRegression(solver="liblinear", C=4, max_iter=1000).fit(matrix, flipped)
        case ["score", model, corpus, out]:
            # Pickles of this file are found under its name.
            sys.modules["__main__"].Heads = Heads
            fitted = pickle.load(open(model, "rb"))
            with open(corpus) as lines, open(out, "w") as scored:
                texts = [json.loads(line)["text"] for line in lines]
                for at in range(0, len(texts), 10_000):
                    for row in fitted.predict_proba(texts[at : at + 10_000]):
                        scored.write(" ".join(f"{p:.6f}" for p in row) + "\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
